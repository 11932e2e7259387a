/** Compares the rows that a vendor's feed gives now with those that the run's files have. */
import { PATHS } from '../../pipeline/artifacts.ts';
import type { VendorRows } from '../run-files/vendor-rows.ts';
import type { ReplayedVendor } from './replay.ts';

/** What is different about a vendor's rows; null if nothing is. */
export function rowDifference(
  vendorId: string,
  was: VendorRows | undefined,
  replayed: ReplayedVendor | undefined,
): { path: string; message: string } | null {
  const rows = was?.found.rows ?? [];
  const path = PATHS.normalized(vendorId);
  if (replayed === undefined || replayed.rows.length !== rows.length) {
    const count = replayed?.rows.length ?? 0;
    return { path, message: `${path} has ${rows.length} rows for the SKU, its feed gives ${count}` };
  }
  for (const [i, row] of replayed.rows.entries()) {
    const text = rows[i]?.text;
    if (text !== row.text) return { path, message: `${path} has "${text}" where its feed gives "${row.text}"` };
    const source = was?.sources[i] ?? null;
    const line = replayed.files[row.source.file]?.fileLine(row.source.line);
    if (source !== null && (source.line !== line || source.file !== row.source.file)) {
      const message = `${PATHS.rows} names line ${source.line} for a row of vendor ${vendorId}, which is in line ${line}`;
      return { path: PATHS.rows, message };
    }
  }
  return null;
}
