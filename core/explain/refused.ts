/**
 * Finds the refused rows of a SKU: the index of rows says which they are, `errors.json` has their problems and cells.
 */
import type { RowEntry, VendorEntry } from '../issue.ts';
import { PATHS } from '../pipeline/artifacts.ts';
import { type InputManifest, runCopies } from '../pipeline/fetch/input-manifest.ts';
import type { RefusedRow, RowIndex } from '../pipeline/row-index.ts';
import type { RunFiles } from '../ports/explaining.ts';
import { type Findings, readJsonFile } from './reading.ts';
import type { ExplainedRefusal } from './receipt.ts';

export interface RefusedFacts {
  files: RunFiles;
  manifest: InputManifest;
  index: RowIndex | null;
  findings: Findings;
}

type Entry = RowEntry | VendorEntry;

export async function readRefused(
  { files, manifest, index, findings }: RefusedFacts,
  sku: string,
): Promise<ExplainedRefusal[]> {
  if (index === null) return [];
  const wanted = Object.entries(index.vendors).flatMap(([vendorId, { refused }]) =>
    refused.filter(([one]) => one === sku).map((row): [string, RefusedRow] => [vendorId, row]),
  );
  if (wanted.length === 0) return [];
  const entries = await readJsonFile<Entry[]>(files, PATHS.errors, findings);
  if (entries === null) findings.add('missing_artifact', PATHS.errors, `${PATHS.errors} is not there`);
  const rows = entriesByPlace(entries ?? [], new Set(wanted.map(([vendorId]) => vendorId)));
  return wanted.map(([vendor_id, [, row_number, line, file]]) => {
    const copies = runCopies(manifest, vendor_id);
    const place = { vendor_id, file: copies[file]?.path ?? null, row_number, line };
    const name = copies.length > 1 ? copies[file]?.name : undefined;
    const entry = rows.get(placeOf({ vendor_id, row_number, line, file: name }));
    if (entry === undefined) {
      if (entries !== null)
        findings.add(
          'refused_row_differs',
          PATHS.errors,
          `${PATHS.errors} has no entry for row ${row_number} of vendor ${vendor_id}`,
        );
      return { ...place, problems: [], row_data: {} };
    }
    return { ...place, problems: entry.problems, row_data: entry.row_data };
  });
}

/**
 * A SKU may have as many refused rows as there are entries, so they are indexed by place. If several entries share a
 * place, the first counts.
 */
function entriesByPlace(entries: readonly Entry[], vendors: ReadonlySet<string>): Map<string, RowEntry> {
  const found = new Map<string, RowEntry>();
  for (const entry of entries) {
    if (!('row_number' in entry) || !vendors.has(entry.vendor_id)) continue;
    const place = placeOf(entry);
    if (!found.has(place)) found.set(place, entry);
  }
  return found;
}

type Place = Pick<RowEntry, 'vendor_id' | 'row_number' | 'line'> & { file?: string | undefined };

function placeOf({ vendor_id, row_number, line, file }: Place): string {
  return JSON.stringify([vendor_id, row_number, line, file]);
}
