/** The refused rows of a SKU: the index of rows knows which they are, `errors.json` has their problems and cells. */
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
  return wanted.map(([vendor_id, [, row_number, line, file]]) => {
    const copies = runCopies(manifest, vendor_id);
    const place = { vendor_id, file: copies[file]?.path ?? null, row_number, line };
    const name = copies.length > 1 ? copies[file]?.name : undefined;
    const entry = entries?.find((one) => isRow(one) && isAt(one, { ...place, name }));
    if (entry === undefined || !isRow(entry)) {
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

function isRow(entry: Entry): entry is RowEntry {
  return 'row_number' in entry;
}

function isAt(
  entry: RowEntry,
  place: { vendor_id: string; row_number: number; line: number; name: string | undefined },
): boolean {
  const { vendor_id, row_number, line, file } = entry;
  return vendor_id === place.vendor_id && row_number === place.row_number && line === place.line && file === place.name;
}
