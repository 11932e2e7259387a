/** Objects and jobs in memory. Chunks are small, so that chunk ends fall everywhere. */
import { RelayError } from '../../core/errors.ts';
import type { JobMessage } from '../../core/ports/service/jobs.ts';
import type {
  ArtifactStore,
  ObjectInfo,
  ObjectSink,
  ReadOptions,
  SignGetOptions,
  SignPutOptions,
  WriteOptions,
} from '../../core/ports/service/objects.ts';

export class MemoryArtifactFiles implements ArtifactStore {
  readonly objects = new Map<string, Uint8Array>();
  /** How many bytes readers have received. */
  bytesRead = 0;
  chunkBytes = 7;
  /** The start of signed addresses; empty imitates a store without a server. */
  origin = 'https://objects.example';
  now: () => number = () => 0;
  readonly #etags = new WeakMap<Uint8Array, string>();
  #etagCount = 0;
  /** Called at the end of each write, before its condition is checked. */
  beforeClose: (key: string) => void | Promise<void> = () => {};

  put(key: string, text: string): void {
    this.objects.set(key, new TextEncoder().encode(text));
  }

  find(key: string): Promise<ObjectInfo | null> {
    return this.head(key);
  }

  async head(key: string): Promise<ObjectInfo | null> {
    const bytes = this.objects.get(key);
    return bytes === undefined ? null : this.#infoOf(key, bytes);
  }

  async read(key: string, options: ReadOptions = {}) {
    const bytes = this.objects.get(key);
    if (bytes === undefined) throw new RelayError('not_found', key);
    if (options.ifMatch !== undefined && options.ifMatch !== this.#etagOf(bytes)) throw changed(key);
    const { first, last } = options.range ?? { first: 0, last: bytes.length - 1 };
    return { info: this.#infoOf(key, bytes), body: this.#chunks(bytes.subarray(first, last + 1)) };
  }

  /** All chunks share one buffer: a reader that keeps a chunk without copying it fails. */
  async *#chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(this.chunkBytes);
    for (let at = 0; at < bytes.length; at += buffer.length) {
      const part = bytes.subarray(at, at + buffer.length);
      buffer.set(part);
      this.bytesRead += part.length;
      yield buffer.subarray(0, part.length);
    }
  }

  /** One object per page unless a limit is given. */
  async list(prefix: string, cursor?: string | null, limit = 1) {
    if (cursor != null && !/^\d{1,9}$/.test(cursor)) throw new RelayError('invalid_cursor', 'not a cursor');
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const at = Number(cursor ?? 0);
    const objects = keys.slice(at, at + limit).map((key) => this.#infoOf(key, this.objects.get(key)!));
    return { objects, next: at + limit < keys.length ? String(at + limit) : null };
  }

  async signGet(key: string, options: SignGetOptions): Promise<string> {
    const query = new URLSearchParams({ filename: options.filename ?? '', type: options.contentType ?? '' });
    return `${this.origin}/objects/${encodeURI(key)}?${query}&for=${options.expiresInSeconds}`;
  }

  async signPut(key: string, options: SignPutOptions) {
    const url = `${this.origin}/objects/${encodeURI(key)}?put=${options.expiresInSeconds}`;
    return { url, headers: { 'x-signed': 'yes' }, expiresAt: this.now() + options.expiresInSeconds * 1000 };
  }

  async check(): Promise<void> {}

  async write(key: string, { ifMatch, ifNoneMatch }: WriteOptions = {}): Promise<ObjectSink> {
    const parts: Uint8Array[] = [];
    return {
      write: (bytes) => void parts.push(bytes.slice()),
      abort: () => void parts.splice(0),
      close: async () => {
        await this.beforeClose(key);
        const now = this.objects.get(key);
        if (ifNoneMatch === true && now !== undefined) throw changed(key);
        if (ifMatch !== undefined && (now === undefined || this.#etagOf(now) !== ifMatch)) throw changed(key);
        const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
        let at = 0;
        for (const part of parts) {
          bytes.set(part, at);
          at += part.length;
        }
        this.objects.set(key, bytes);
        return { etag: this.#etagOf(bytes) };
      },
    };
  }

  #infoOf(key: string, bytes: Uint8Array): ObjectInfo {
    return { key, size: bytes.length, etag: this.#etagOf(bytes), lastModified: 0, contentType: null };
  }

  /** Each write has its own ETag. */
  #etagOf(bytes: Uint8Array): string {
    const etag = this.#etags.get(bytes) ?? `e${++this.#etagCount}`;
    this.#etags.set(bytes, etag);
    return etag;
  }

  // only workers call these
  newest = (): Promise<never> => neverCalled();
  copy = (): Promise<never> => neverCalled();

  async remove(key: string): Promise<boolean> {
    return this.objects.delete(key);
  }
}

export class MemoryQueue {
  readonly sent: JobMessage[] = [];
  failure: Error | null = null;

  async send(job: JobMessage): Promise<void> {
    if (this.failure !== null) throw this.failure;
    this.sent.push(job);
  }

  async check(): Promise<void> {}
}

function changed(key: string): RelayError {
  return new RelayError('precondition_failed', `${key} is another one`);
}

export async function neverCalled(): Promise<never> {
  throw new Error('the API does not call this');
}
