/**
 * Counts uploads against a tenant's quota of stored bytes. The counter is raised before the object appears, in one
 * atomic step: simultaneous uploads cannot exceed the quota together.
 */
import { RelayError } from '../../../core/errors.ts';
import type { UsageStore } from '../../../core/ports/service/upkeep.ts';
import type { EmbeddedArtifactStore } from './artifacts.ts';

export class UploadQuota {
  readonly #usage: UsageStore;
  readonly #artifacts: Pick<EmbeddedArtifactStore, 'head'>;
  readonly #max: number;

  constructor(usage: UsageStore, artifacts: Pick<EmbeddedArtifactStore, 'head'>, storedBytesMax: number) {
    this.#usage = usage;
    this.#artifacts = artifacts;
    this.#max = storedBytesMax;
  }

  /** How many bytes an upload may have. Throws `quota_stored_bytes` if it is known to have more. */
  async room(owner: string, key: string, length: number | null): Promise<number> {
    if (this.#max === Number.POSITIVE_INFINITY) return this.#max;
    const { bytes } = await this.#usage.storedBytes(owner);
    const room = this.#max - bytes + (await this.#sizeOf(key));
    if (room <= 0 || (length ?? 0) > room) throw this.full();
    return room;
  }

  /** Counts an upload that is about to appear. Returns a function that undoes it. Throws `quota_stored_bytes`. */
  async add(owner: string, key: string, size: number): Promise<() => Promise<void>> {
    const difference = size - (await this.#sizeOf(key));
    // first, because whoever finds the object while the upload is noted as waiting counts it too
    await this.#usage.closeUpload(owner, key);
    if (!(await this.#usage.addStored(owner, difference, this.#max))) throw this.full();
    return async () => void (await this.#usage.addStored(owner, -difference));
  }

  full(): RelayError {
    const message = `the tenant may store ${this.#max} bytes, and this upload would exceed them; nothing of it was kept`;
    return new RelayError('quota_stored_bytes', message);
  }

  async #sizeOf(key: string): Promise<number> {
    return (await this.#artifacts.head(key))?.size ?? 0;
  }
}
