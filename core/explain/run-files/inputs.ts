/** The files that a run read, as a receipt names them. */
import type { InputManifest, ManifestSideFile } from '../../pipeline/fetch/input-manifest.ts';
import type { RowIndex } from '../../pipeline/row-index.ts';
import type { ExplainedInput } from '../receipt/receipt.ts';

/** One entry a file; a vendor without files has one too. */
export function explainedInputs({ vendors }: InputManifest, index: RowIndex | null): ExplainedInput[] {
  return Object.entries(vendors).flatMap(([vendor_id, entry]): ExplainedInput[] => {
    const { status, carried_over } = entry;
    const side_files = (entry.side_files ?? []).map(sideFileOf);
    const isCarried = carried_over !== undefined;
    const used = index === null ? null : index.vendors[vendor_id] !== undefined;
    const common = { vendor_id, status, carried_over: isCarried, patched: (entry.patches ?? []).length > 0, used };
    const files = carried_over?.files ?? entry.files ?? null;
    if (files === null || files.length === 0) {
      const { sha256, size, last_modified, run_copy_key } = entry;
      return [{ ...common, file: runCopyName(run_copy_key), sha256, size, last_modified, side_files }];
    }
    return files.map(({ run_copy_key, sha256, size, last_modified }, i) => ({
      ...{ ...common, file: runCopyName(run_copy_key), sha256, size, last_modified },
      // side files belong to the vendor, not to a file: they are named once
      side_files: i === 0 ? side_files : [],
    }));
  });
}

function runCopyName(key: string | null): string | null {
  return key == null ? null : key.slice(key.lastIndexOf('/') + 1);
}

function sideFileOf({ name, run_copy_key, sha256 }: ManifestSideFile): ExplainedInput['side_files'][number] {
  return { name, file: runCopyName(run_copy_key) ?? '', sha256 };
}
