/**
 * Counts uploads against a tenant's quotas of stored bytes and of files. The counters are raised before the object appears, in one
 * atomic step: simultaneous uploads cannot exceed a quota together.
 */
import { RelayError } from '../../../core/errors.ts';
import type { UsageStore } from '../../../core/ports/service/upkeep.ts';
import type { EmbeddedArtifactStore } from './artifacts.ts';

export interface UploadMax {
  storedBytes: number;
  files: number;
}

export class UploadQuota {
  readonly #usage: UsageStore;
  readonly #artifacts: Pick<EmbeddedArtifactStore, 'find'>;
  readonly #max: UploadMax;

  constructor(usage: UsageStore, artifacts: Pick<EmbeddedArtifactStore, 'find'>, max: UploadMax) {
    this.#usage = usage;
    this.#artifacts = artifacts;
    this.#max = max;
  }

  /** How many bytes an upload may have. Throws `quota_stored_bytes` if it is known to have more, and `quota_files`. */
  async room(owner: string, key: string, length: number | null): Promise<number> {
    const { storedBytes: max, files: filesMax } = this.#max;
    const now = await this.#artifacts.find(key);
    const { bytes, files } = await this.#usage.storedBytes(owner);
    if (now === null && files >= filesMax) throw this.#tooMany();
    const room = max - bytes + (now?.size ?? 0);
    if (room <= 0 || (length ?? 0) > room) throw this.full();
    return room;
  }

  /** Counts an upload that is about to appear. Returns a function that undoes it. Throws `quota_stored_bytes` and `quota_files`. */
  async add(owner: string, key: string, size: number): Promise<() => Promise<void>> {
    const now = await this.#artifacts.find(key);
    const difference = size - (now?.size ?? 0);
    const files = now === null ? 1 : 0;
    // first, because whoever finds the object while the upload is noted as waiting counts it too
    await this.#usage.closeUpload(owner, key);
    // both at once share a commit
    const [fits, isOneMore] = await Promise.all([
      this.#usage.addStored(owner, difference, this.#max.storedBytes),
      files === 0 || this.#usage.addFiles(owner, files, this.#max.files),
    ]);
    const undo = async () => {
      if (fits) await this.#usage.addStored(owner, -difference);
      if (files > 0 && isOneMore) await this.#usage.addFiles(owner, -files);
    };
    if (fits && isOneMore) return undo;
    await undo();
    throw fits ? this.#tooMany() : this.full();
  }

  full(): RelayError {
    const message = `the tenant may store ${this.#max.storedBytes} bytes, and this upload would exceed them; nothing of it was kept`;
    return new RelayError('quota_stored_bytes', message);
  }

  #tooMany(): RelayError {
    const message = `the tenant may have ${this.#max.files} uploaded files; remove old ones, or have the operator raise QUOTA_FILES; nothing of this upload was kept`;
    return new RelayError('quota_files', message);
  }
}
