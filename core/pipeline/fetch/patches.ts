/** Looks for the corrected rows of a vendor's file, and reads the file with them. */
import type { VendorConfig } from '../../config/schema.ts';
import type { PreparedFeed } from '../../plugin.ts';
import type { ByteSource, EngineLimits, RunArtifacts, RunInputs } from '../../ports/engine.ts';
import { PATHS } from '../artifacts.ts';
import type { ManifestPatch } from './input-manifest.ts';
import { applyPatch } from './patch.ts';
import type { RunCopies } from './run-copies.ts';

/** The most patches of one file. Each applies to the file that the one before made. */
const PATCHES_MAX = 20;

export interface PatchedFile {
  source: ByteSource;
  feed: PreparedFeed;
}

export interface PatchesSetting {
  vendor: VendorConfig;
  inputs: RunInputs;
  artifacts: RunArtifacts;
  limits: Pick<EngineLimits, 'recordBytesMax' | 'windowBytes'>;
  prepare(source: ByteSource): Promise<PreparedFeed>;
  copies: Pick<RunCopies, 'copy' | 'runKey'>;
}

/** The file itself if there are no corrected rows for a file with this hash. */
export async function withPatches(
  plain: PatchedFile,
  hash: string | null,
  { vendor, inputs, artifacts, limits, prepare, copies }: PatchesSetting,
): Promise<PatchedFile & { patches: ManifestPatch[] }> {
  const { vendor_id } = vendor;
  const patches: ManifestPatch[] = [];
  let read = plain;
  let of_sha256 = hash;
  for (let n = 1; n <= PATCHES_MAX && of_sha256 !== null; n++) {
    const patch = (await inputs.patch?.(vendor, of_sha256)) ?? null;
    if (patch === null) break;
    const { run_id, s3_key, etag } = patch;
    const sha256 = await copies.copy(patch.source, PATHS.patch(vendor_id, n));
    await copies.copy(patch.rows, PATHS.patchRows(vendor_id, n));
    const [source, rows] = [PATHS.patch(vendor_id, n), PATHS.patchRows(vendor_id, n)].map((one) =>
      artifacts.source(one),
    ) as [ByteSource, ByteSource];
    const applied = await applyPatch({ feed: read.feed, patch: { ...patch, source, rows }, limits });
    const { name } = plain.source;
    const path = PATHS.patched(vendor_id, n, name);
    let patched_size = 0;
    const open = async function* () {
      for await (const chunk of applied.open()) {
        patched_size += chunk.length;
        yield chunk;
      }
    };
    const patched_sha256 = await copies.copy({ name, size: null, open }, path);
    patches.push({
      ...{ run_id, s3_key, etag, sha256, of_sha256, patched_sha256, patched_size, rows: applied.rows },
      run_copy_key: copies.runKey(PATHS.patch(vendor_id, n)),
      patched_copy_key: copies.runKey(path),
    });
    const corrected = artifacts.source(path);
    read = { source: corrected, feed: await prepare(corrected) };
    // a patch that changes nothing would be found again
    of_sha256 = patched_sha256 === of_sha256 ? null : patched_sha256;
  }
  return { ...read, patches };
}
