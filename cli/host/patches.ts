/** Corrected rows that the command line names, and those that the run which refused the other rows had already used. */
import path from 'node:path';
import { RelayError } from '../../core/errors.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { hashRead, type InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import type { FoundPatch } from '../../core/ports/engine.ts';
import { fileSource } from './files.ts';
import { readReport } from './reports.ts';

export interface NamedPatches {
  /** By vendor id. */
  files: ReadonlyMap<string, string>;
  /** The folder of the run that refused the rows. */
  run: string;
}

export class LocalPatches {
  readonly #named: NamedPatches | null;
  readonly #used = new Set<string>();

  constructor(named: NamedPatches | null) {
    this.#named = named;
  }

  /** Throws `PATCH_MISMATCH` if the vendor's file is not the one that the rows were refused from. */
  async find(vendorId: string, sha256: string): Promise<FoundPatch | null> {
    const file = this.#named?.files.get(vendorId);
    if (this.#named === null || file === undefined || this.#used.has(vendorId)) return null;
    const { run } = this.#named;
    const manifest = readReport<InputManifest>(run, PATHS.manifest);
    const vendor = manifest?.vendors[vendorId];
    const own = vendor === undefined ? null : hashRead(vendor);
    const at = (name: string) => fileSource(path.join(run, ...name.split('/')));
    const before = vendor?.patches?.findIndex(({ of_sha256 }) => of_sha256 === sha256) ?? -1;
    if (before >= 0 && own !== sha256) {
      const earlier = vendor?.patches?.[before]?.run_id ?? '';
      const n = before + 1;
      const copies = { source: at(PATHS.patch(vendorId, n)), rows: at(PATHS.patchRows(vendorId, n)) };
      return { run_id: earlier, ...copies, s3_key: null, etag: null };
    }
    const runId = manifest?.run_id ?? run;
    if (own !== sha256) {
      const message = `vendor ${vendorId}: the patch is for another file: run ${runId} read one with the SHA-256 ${own}, and this one has ${sha256}`;
      throw new RelayError('PATCH_MISMATCH', message, { details: { vendor_id: vendorId } });
    }
    this.#used.add(vendorId);
    return { run_id: runId, source: fileSource(file), rows: at(PATHS.rejectRows(vendorId)), s3_key: null, etag: null };
  }
}
