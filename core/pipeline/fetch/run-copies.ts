/** The copies of a vendor's files below the run: a later attempt reads the same bytes. */
import { RelayError } from '../../errors.ts';
import type { ByteSource, Hasher, RunArtifacts } from '../../ports/engine.ts';
import { runPrefix, writing } from '../artifacts.ts';

export interface CopySetting {
  runId: string;
  config: { tenant_id: string };
  artifacts: RunArtifacts;
  createHasher(): Hasher;
  vendorFileBytesMax: number;
}

export class RunCopies {
  readonly #setting: CopySetting;
  readonly #vendorId: string;

  constructor(setting: CopySetting, vendorId: string) {
    this.#setting = setting;
    this.#vendorId = vendorId;
  }

  /** Copies a file into the run; returns its SHA-256. */
  async copy(source: ByteSource, path: string): Promise<string> {
    const { artifacts, vendorFileBytesMax: max } = this.#setting;
    const hasher = this.#setting.createHasher();
    await writing(artifacts, path, async (sink) => {
      let bytes = 0;
      for await (const chunk of source.lend?.() ?? source.open()) {
        bytes += chunk.length;
        if (bytes > max) throw tooLarge(this.#vendorId, source.name, bytes, max);
        // hashed while the sink writes
        const written = sink.write(chunk);
        hasher.update(chunk);
        await written;
      }
    });
    return hasher.digest();
  }

  runKey(path: string): string {
    return `${runPrefix(this.#setting.runId, this.#setting.config.tenant_id)}${path}`;
  }
}

export function tooLarge(vendorId: string, name: string, bytes: number, max: number): RelayError {
  const message = `vendor ${vendorId}: ${name} has ${bytes} bytes or more; the limit is ${max} (LIMIT_VENDOR_FILE_BYTES)`;
  return new RelayError('INPUT_TOO_LARGE', message, { details: { vendor_id: vendorId } });
}
