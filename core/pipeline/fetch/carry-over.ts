/** Carries the files of the last published run over into a run whose vendor is in trouble. */
import type { VendorConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import type { CarriedFile } from '../../ports/publishing.ts';
import { PATHS } from '../artifacts.ts';
import { ageSeconds, hoursOf, newestOf } from './file-age.ts';
import type { ManifestCarriedOver, ManifestFile } from './input-manifest.ts';
import type { RunCopies } from './run-copies.ts';

export interface Carried {
  newest: CarriedFile;
  /** For the manifest; how the feed is read is not known yet. */
  entry: ManifestCarriedOver;
}

/**
 * Copies the vendor's files of the published run `runId` into this one; null if it has none. If they are too old:
 * `leave_out` where the config says so, or throws `trouble` with an explanation.
 */
export async function carryOverFiles(
  { vendor_id, on_trouble }: VendorConfig,
  trouble: RelayError,
  from: { runId: string | null; files: readonly CarriedFile[]; now: number; copies: RunCopies },
): Promise<Carried | 'leave_out' | null> {
  const newest = newestOf(from.files);
  if (newest === null) return null;
  const seconds = ageSeconds(newest.last_modified, from.now);
  const most = on_trouble?.carry_over_max_hours ?? 0;
  if (seconds > most * 3600) {
    if (on_trouble?.carry_over_then === 'leave_out') return 'leave_out';
    const more = `its file in run ${from.runId} is ${hoursOf(seconds)} hours old, and carry_over_max_hours is ${most}; on_trouble.carry_over_then: leave_out goes on without it`;
    throw new RelayError(trouble.code, `${trouble.message}; ${more}`, { details: { vendor_id } });
  }
  const files: ManifestFile[] = [];
  for (const file of from.files) files.push(await copyEarlier(file, vendor_id, from.copies));
  const code = trouble.code === 'REQUIRED_VENDOR_MISSING' ? 'missing' : trouble.code;
  const entry: ManifestCarriedOver = {
    trouble: trouble.code === 'GUARDRAIL_TRIPPED' ? 'stale' : code,
    run_id: from.runId,
    age_hours: hoursOf(seconds),
    sha256: newest.sha256,
    last_modified: newest.last_modified,
    ...{ encoding: null, delimiter: null, reason: null },
    files,
  };
  return { newest, entry };
}

async function copyEarlier(file: CarriedFile, vendorId: string, copies: RunCopies): Promise<ManifestFile> {
  const { source, s3_key, etag, size, last_modified } = file;
  const path = PATHS.carriedOver(vendorId, source.name);
  const sha256 = await copies.copy(source, path);
  if (sha256 !== file.sha256)
    throw new RelayError('invalid_input', `${source.name} has changed since the last published run used it`);
  return { name: source.name, s3_key, etag, size, last_modified, sha256, run_copy_key: copies.runKey(path) };
}

export function carriedOverWarning(vendorId: string, { trouble, run_id, age_hours }: ManifestCarriedOver): string {
  return `vendor_carried_over:${vendorId}:${trouble}: that of run ${run_id}, ${ageWords(age_hours)}`;
}

/** Says how far ahead of the run's clock a file is: one of the two clocks is wrong. */
function ageWords(hours: number): string {
  return hours >= 0
    ? `${hours} hours old`
    : `dated ${-hours} hours after the clock of this run, so one of the two is wrong`;
}
