/**
 * `input_manifest.json`: which files a run reads and how. The engine writes it; a later attempt at the run reads it to
 * use the same files again.
 */
import type { VendorConfig } from '../../config/schema.ts';
import type { EncodingOpinion } from '../../plugin.ts';
import type { FoundInput, PassedOver } from '../../ports/engine.ts';
import type { BaselineName, DecisionsName } from '../../ports/publishing.ts';
import { runPrefix } from '../artifacts.ts';

export interface InputManifest {
  run_id: string;
  tenant_id: string;
  config_version: number;
  generated_at: string;
  /** Only if the config has `publish` or `guardrails`: what the run is measured against; null if nothing is published yet. */
  baseline?: BaselineName | null;
  /** The pinned decisions on held SKUs. */
  decisions?: DecisionsName | null;
  /** Why holds and guardrails are set aside. */
  forced?: string | null;
  /** In place of `baseline` if the run is not compared: the publication whose run's files may be carried over; null if none. */
  carry_over_source?: BaselineName | null;
  /** By vendor id. A vendor is absent if an earlier one failed before this one was looked for. */
  vendors: Record<string, ManifestVendor>;
}

export interface ManifestVendor {
  status: 'found' | 'missing';
  required: boolean;
  s3_prefix: string | null;
  expected_prefix: string | null;
  s3_key: string | null;
  etag: string | null;
  size: number | null;
  last_modified: string | null;
  sha256: string | null;
  selection: 'latest_by_last_modified' | 'all_matching';
  run_copy_key: string | null;
  parser: string;
  encoding: string | null;
  delimiter: string | null;
  reason: string | null;
  /** Absent if no second detector was asked. */
  encoding_second_opinion?: EncodingOpinion;
  /** All files of the feed if its parser reads several; the fields above then describe the newest one. */
  files?: ManifestFile[];
  /** Corrected rows that were applied to the file, one patch after the other; absent if there are none. */
  patches?: ManifestPatch[];
  /** The file of an earlier run that was read in place of this vendor's; absent if none was. */
  carried_over?: ManifestCarriedOver;
  /** Up to five files in the vendor's folder that are not feeds; absent if there are none. */
  passed_over?: readonly PassedOver[];
  /** Absent if there are none. */
  side_files?: ManifestSideFile[];
}

export interface ManifestPatch {
  /** The run that refused the rows. */
  run_id: string;
  s3_key: string | null;
  etag: string | null;
  /** The hash of the patch. */
  sha256: string;
  /** The hashes of the file before and after the patch. */
  of_sha256: string;
  patched_sha256: string;
  rows: number;
  /** The size of the patched file, in bytes. */
  patched_size: number;
  /** The run's copies of the patch and of the patched file. */
  run_copy_key: string;
  patched_copy_key: string;
}

/**
 * The hash of what was finally read of a vendor's own file: with all patches. Null if there was no file, or several.
 */
export function hashRead({ sha256, carried_over, files, patches = [] }: ManifestVendor): string | null {
  if (files !== undefined && files.length > 1) return null;
  let hash = sha256 ?? carried_over?.sha256 ?? null;
  for (const { of_sha256, patched_sha256 } of patches) if (of_sha256 === hash) hash = patched_sha256;
  return hash;
}

export interface ManifestFile {
  name: string;
  s3_key: string | null;
  etag: string | null;
  size: number;
  last_modified: string;
  /** Null until the file is copied. */
  sha256: string | null;
  run_copy_key: string;
  /** Absent if no second detector was asked. */
  encoding_second_opinion?: EncodingOpinion;
}

export interface ManifestCarriedOver {
  /** Why: `missing`, `stale`, or the code of what was wrong. */
  trouble: string;
  /** The run whose file it is. */
  run_id: string | null;
  /** The file's age at the run's clock, with at most two decimals. */
  age_hours: number;
  sha256: string;
  last_modified: string;
  encoding: string | null;
  delimiter: string | null;
  reason: string | null;
  files: ManifestFile[];
}

export interface ManifestSideFile extends ManifestFile {
  sha256: string;
}

/** A vendor's entry before its files are copied; `files` is null unless the parser reads several. */
export function manifestVendor(
  vendor: VendorConfig,
  expectedPrefix: string | null,
  newest: FoundInput | null,
  files: ManifestFile[] | null,
): ManifestVendor {
  return {
    status: newest === null ? 'missing' : 'found',
    required: vendor.required,
    s3_prefix: vendor.inbound.s3_prefix,
    expected_prefix: expectedPrefix,
    s3_key: newest?.s3_key ?? null,
    etag: newest?.etag ?? null,
    size: newest?.size ?? null,
    last_modified: newest?.last_modified ?? null,
    sha256: null,
    selection: files === null ? 'latest_by_last_modified' : 'all_matching',
    run_copy_key: null,
    parser: vendor.parser.format,
    encoding: null,
    delimiter: null,
    reason: newest === null ? `no ${files === null ? '' : 'matching '}file under the expected prefix` : null,
    ...(files === null ? {} : { files }),
  };
}

/** An input file that the run has copied. */
export interface PinnedFile {
  run_copy_key: string;
  s3_key: string | null;
  etag: string | null;
  size: number | null;
  last_modified: string | null;
  sha256: string;
}

/** The copies of all files of a feed; null if one is missing. */
export function pinnedCopies(vendor: ManifestVendor): PinnedFile[] | null {
  const files = vendor.files ?? [vendor];
  const made = files.flatMap(({ run_copy_key, sha256, ...rest }) =>
    run_copy_key == null || sha256 === null ? [] : [{ ...rest, run_copy_key, sha256 }],
  );
  return made.length === files.length ? made : null;
}

/** The entry of an attempt that failed, after an earlier one: what was pinned once stays pinned for the attempts that follow. */
export function keptEntry(
  before: ManifestVendor | undefined,
  now: ManifestVendor | undefined,
): ManifestVendor | undefined {
  if (before === undefined || (before.status !== 'missing' && pinnedCopies(before) === null)) return now;
  const had = new Set(before.side_files?.map(({ name }) => name));
  const added = now?.side_files?.filter(({ name }) => !had.has(name)) ?? [];
  const patches = before.patches ?? now?.patches;
  return {
    ...before,
    ...(had.size + added.length === 0 ? {} : { side_files: [...(before.side_files ?? []), ...added] }),
    ...(patches === undefined ? {} : { patches }),
  };
}

/** A file of an earlier run, by its path below that run's prefix. */
export type RunCopy = Omit<ManifestFile, 'run_copy_key' | 'sha256'> & { path: string; sha256: string };

/** The files that a vendor gave to a run, or that were carried over into it. */
export function runCopies({ run_id, tenant_id, vendors }: InputManifest, vendorId: string): RunCopy[] {
  const vendor = vendors[vendorId];
  if (vendor === undefined) return [];
  const prefix = runPrefix(run_id, tenant_id);
  const files: readonly PinnedCopy[] = vendor.carried_over?.files ?? vendor.files ?? [vendor];
  return files.flatMap(({ run_copy_key, sha256, s3_key, etag, size, last_modified }) => {
    if (run_copy_key == null || sha256 === null || size === null || last_modified === null) return [];
    const path = run_copy_key.slice(prefix.length);
    return [{ path, name: path.slice(path.lastIndexOf('/') + 1), s3_key, etag, size, last_modified, sha256 }];
  });
}

/** The same files as they were finally read: with corrected rows, if there were any. */
export function readCopies(manifest: InputManifest, vendorId: string): RunCopy[] {
  const prefix = runPrefix(manifest.run_id, manifest.tenant_id);
  const { patches = [] } = manifest.vendors[vendorId] ?? {};
  return runCopies(manifest, vendorId).map((copy) => {
    let read = copy;
    for (const { of_sha256, patched_sha256, patched_size, patched_copy_key } of patches) {
      if (of_sha256 !== read.sha256) continue;
      read = { ...read, path: patched_copy_key.slice(prefix.length), sha256: patched_sha256, size: patched_size };
    }
    return read;
  });
}

type PinnedCopy = Pick<ManifestVendor, 'run_copy_key' | 'sha256' | 's3_key' | 'etag' | 'size' | 'last_modified'>;
