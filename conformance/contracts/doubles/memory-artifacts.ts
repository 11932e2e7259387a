/** Objects in memory that keep the whole contract, so that a double breaks only one promise. */
import { RelayError } from '../../../core/errors.ts';
import type {
  ArtifactStore,
  ObjectInfo,
  ObjectSink,
  ReadOptions,
  SignGetOptions,
  WriteOptions,
} from '../../../core/ports/service/objects.ts';
import { decodeCursor, encodeCursor } from '../../../stores/cursor.ts';
import { type Grant, Signatures } from '../../../stores/embedded/objects/signatures.ts';
import { checkKey, compareKeys, keyProblem } from '../../../stores/object-key.ts';

export class MemoryArtifactStore implements ArtifactStore {
  time = 1_800_000_000_000;
  readonly signatures = new Signatures(new Uint8Array(32));
  protected readonly objects = new Map<string, { info: ObjectInfo; bytes: Uint8Array }>();
  #writes = 0;

  async newest(prefix: string, isWanted: (key: string) => boolean = () => true): Promise<ObjectInfo | null> {
    let best: ObjectInfo | null = null;
    for (const info of this.under(prefix).filter(({ key }) => isWanted(key))) {
      if (best === null || info.lastModified >= best.lastModified) best = info;
    }
    return best;
  }

  async list(prefix: string, cursor?: string | null, limit = 1000) {
    const [after] = decodeCursor(cursor, [''] as const) ?? [''];
    const rest = this.under(prefix).filter((info) => compareKeys(info.key, after) > 0);
    const objects = rest.slice(0, limit);
    return { objects, next: rest.length > limit ? encodeCursor([objects.at(-1)!.key]) : null };
  }

  async find(key: string): Promise<ObjectInfo | null> {
    return this.objects.get(key)?.info ?? null;
  }

  async head(key: string): Promise<ObjectInfo | null> {
    return this.objects.get(key)?.info ?? null;
  }

  async read(key: string, options: ReadOptions = {}): Promise<{ info: ObjectInfo; body: AsyncIterable<Uint8Array> }> {
    const found = this.objects.get(key);
    if (found === undefined || keyProblem(key) !== null) throw new RelayError('not_found', key);
    const { info, bytes } = found;
    if (options.ifMatch !== undefined && options.ifMatch !== info.etag)
      throw new RelayError('precondition_failed', key);
    const { first, last } = options.range ?? { first: 0, last: bytes.length - 1 };
    const whole = Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last;
    if (options.range !== undefined && !(whole && first < bytes.length)) {
      throw new RelayError('invalid_range', key, { details: { size: bytes.length } });
    }
    const part = bytes.subarray(first, last + 1);
    const body = (async function* () {
      for (let at = 0; at < part.length; at += 65_536) {
        await new Promise((resolve) => setImmediate(resolve));
        yield part.slice(at, at + 65_536);
      }
    })();
    return { info, body };
  }

  async write(key: string, options: WriteOptions = {}): Promise<ObjectSink> {
    checkKey(key);
    const parts: Uint8Array[] = [];
    return {
      write: async (bytes) => {
        parts.push(bytes.slice());
        await new Promise((resolve) => setImmediate(resolve));
      },
      close: async () => {
        this.require(key, options);
        return this.store(key, Buffer.concat(parts), options.contentType ?? null);
      },
      abort: () => undefined,
    };
  }

  async copy(from: string, to: string, options: { ifMatch?: string } = {}): Promise<ObjectInfo> {
    checkKey(to);
    const { info } = await this.read(from, options);
    return this.store(to, this.objects.get(from)!.bytes, info.contentType);
  }

  async signGet(key: string, options: SignGetOptions): Promise<string> {
    const { filename = null, contentType = null, expiresInSeconds } = options;
    return this.sign({ method: 'GET', key, expiresAt: this.time + expiresInSeconds * 1000, filename, contentType });
  }

  async signPut(key: string, options: { expiresInSeconds: number; contentType?: string }) {
    const expiresAt = this.time + options.expiresInSeconds * 1000;
    const contentType = options.contentType ?? null;
    const url = this.sign({ method: 'PUT', key, expiresAt, filename: null, contentType });
    return { url, headers: contentType === null ? {} : { 'content-type': contentType }, expiresAt };
  }

  async remove(key: string): Promise<boolean> {
    return this.objects.delete(key);
  }

  async check(): Promise<void> {}

  protected sign(grant: Grant): string {
    return this.signatures.sign(grant, 'https://memory.example');
  }

  protected under(prefix: string): ObjectInfo[] {
    const all = [...this.objects.values()].map((one) => one.info).filter((info) => info.key.startsWith(prefix));
    return all.sort((a, b) => compareKeys(a.key, b.key));
  }

  /** Throws if the condition of a write does not hold. */
  protected require(key: string, { ifMatch, ifNoneMatch }: WriteOptions): void {
    const etag = this.objects.get(key)?.info.etag;
    const good = ifNoneMatch ? etag === undefined : ifMatch === undefined || etag === ifMatch;
    if (!good) throw new RelayError('precondition_failed', key);
  }

  protected store(key: string, bytes: Uint8Array, contentType: string | null): ObjectInfo {
    const info = { key, size: bytes.length, etag: this.etagOf(bytes), lastModified: this.time, contentType };
    this.objects.set(key, { info, bytes });
    return info;
  }

  protected etagOf(_bytes: Uint8Array): string {
    return `etag-${this.#writes++}`;
  }
}
