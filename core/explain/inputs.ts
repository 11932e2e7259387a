/** The files that a run read, as a receipt names them. */
import type { InputManifest } from '../pipeline/fetch/input-manifest.ts';
import type { ExplainedInput } from './receipt.ts';

/** One entry a file; a vendor without files has one too. */
export function explainedInputs({ vendors }: InputManifest): ExplainedInput[] {
  return Object.entries(vendors).flatMap(([vendor_id, entry]): ExplainedInput[] => {
    const { status, carried_over } = entry;
    const isCarried = carried_over !== undefined;
    const files = carried_over?.files ?? entry.files ?? null;
    if (files === null || files.length === 0) {
      const { sha256, size, last_modified, run_copy_key } = entry;
      return [{ vendor_id, status, file: nameOf(run_copy_key), sha256, size, last_modified, carried_over: isCarried }];
    }
    return files.map(({ run_copy_key, sha256, size, last_modified }) => ({
      ...{ vendor_id, status, file: nameOf(run_copy_key), sha256, size, last_modified, carried_over: isCarried },
    }));
  });
}

function nameOf(key: string | null): string | null {
  return key === null ? null : key.slice(key.lastIndexOf('/') + 1);
}
