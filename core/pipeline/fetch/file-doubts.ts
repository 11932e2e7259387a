/** Doubts about which files a vendor sent: one of them twice, that of an earlier day again, or an older one than the published. */
import type { ManifestFile, ManifestVendor } from './input-manifest.ts';

export const FILE_DOUBTS = ['files_alike', 'feed_sent_again', 'feed_older_than_published'] as const;
const [ALIKE, SENT_AGAIN, OLDER] = FILE_DOUBTS;

/** Files that a vendor sends more often may well be alike. */
const SENT_AGAIN_HOURS = 20;

interface EarlierFile {
  sha256: string;
  last_modified: string;
}

/** Warnings about the files of this run. `earlier` are those of the run that is published; empty if that is not known. */
export function fileDoubts(vendorId: string, entry: ManifestVendor, earlier: readonly EarlierFile[]): string[] {
  return [...alikeFiles(vendorId, entry.files ?? []), ...againstEarlier(vendorId, entry, earlier)];
}

/** Files of one run with the same bytes, each pair once. */
function alikeFiles(vendorId: string, files: readonly ManifestFile[]): string[] {
  const first = new Map<string, string>();
  return files.flatMap(({ name, sha256 }) => {
    if (sha256 === null) return [];
    const other = first.get(sha256);
    if (other === undefined) first.set(sha256, name);
    return other === undefined ? [] : [`${ALIKE}:${vendorId}:${other} and ${name}`];
  });
}

function againstEarlier(vendorId: string, entry: ManifestVendor, earlier: readonly EarlierFile[]): string[] {
  const { run_copy_key, sha256, last_modified } = entry;
  if (last_modified === null || sha256 === null || earlier.length === 0) return [];
  const at = Date.parse(last_modified);
  const newest = Math.max(...earlier.map((one) => Date.parse(one.last_modified)));
  const name = run_copy_key?.slice(run_copy_key.lastIndexOf('/') + 1) ?? '';
  if (at < newest) {
    const published = new Date(newest).toISOString();
    return [`${OLDER}:${vendorId}:${name} of ${last_modified}, published ${published}`];
  }
  const same = earlier.find((one) => one.sha256 === sha256);
  if (same === undefined || at - Date.parse(same.last_modified) < SENT_AGAIN_HOURS * 3_600_000) return [];
  return [`${SENT_AGAIN}:${vendorId}:${name} of ${last_modified}, published ${same.last_modified}`];
}
