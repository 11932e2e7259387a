/**
 * Finds the refused rows of a SKU: the index of rows says which they are, `errors.json` has their problems and cells.
 */
import { toText } from '../../bytes/text.ts';
import { trimText } from '../../bytes/trim.ts';
import type { RowEntry } from '../../issue.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import { type InputManifest, readCopies } from '../../pipeline/fetch/input-manifest.ts';
import type { RefusedRow, RowIndex } from '../../pipeline/row-index.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import type { ExplainedRefusal } from '../receipt/receipt.ts';
import { parsedEntry, readErrorLines, rowOfEntry } from '../run-files/error-lines.ts';
import { ROWS_MAX } from '../run-files/look-up.ts';
import type { Findings } from '../run-files/reading.ts';

export interface RefusedFacts {
  files: RunFiles;
  manifest: InputManifest;
  index: RowIndex | null;
  findings: Findings;
}

export async function readRefused(
  { files, manifest, index, findings }: RefusedFacts,
  sku: string,
): Promise<ExplainedRefusal[]> {
  if (index === null) return refusedByCells({ files, manifest }, sku);
  const wanted = Object.entries(index.vendors).flatMap(([vendorId, { refused }]) =>
    refused.filter(([one]) => one === sku).map((row): [string, RefusedRow] => [vendorId, row]),
  );
  if (wanted.length === 0) return [];
  const rows = await entriesByPlace(files, wanted, findings);
  if (rows === null) findings.add('missing_artifact', PATHS.errors, `${PATHS.errors} is not there`);
  return wanted.map(([vendor_id, [, row_number, line, file]]) => {
    const copies = readCopies(manifest, vendor_id);
    const place = { vendor_id, file: copies[file]?.path ?? null, row_number, line };
    const name = copies.length > 1 ? copies[file]?.name : undefined;
    const entry = rows?.get(refusedKey({ vendor_id, row_number, line, file: name }));
    if (entry === undefined) {
      if (rows !== null)
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

/** For a run that stopped before it had an index: the refused rows with a cell that is the SKU as it came. */
async function refusedByCells(
  { files, manifest }: Pick<RefusedFacts, 'files' | 'manifest'>,
  sku: string,
): Promise<ExplainedRefusal[]> {
  const found: ExplainedRefusal[] = [];
  const key = JSON.stringify(sku).slice(1, -1);
  await readErrorLines(files, (line) => {
    if (found.length >= ROWS_MAX || !toText(line).includes(key) || rowOfEntry(line) === null) return;
    const entry = parsedEntry(line) as RowEntry | undefined;
    if (entry === undefined || !Object.values(entry.row_data).some((cell) => trimText(cell) === sku)) return;
    const { vendor_id, row_number, line: physical, problems, row_data } = entry;
    const copies = readCopies(manifest, vendor_id);
    const copy = entry.file === undefined ? copies[0] : copies.find(({ name }) => name === entry.file);
    found.push({ vendor_id, file: copy?.path ?? null, row_number, line: physical, problems, row_data });
  });
  return found;
}

/**
 * A SKU may have as many refused rows as there are entries, so they are indexed by place. If several entries share a
 * place, the first counts.
 */
async function entriesByPlace(
  files: RunFiles,
  wanted: ReadonlyArray<[string, RefusedRow]>,
  findings: Findings,
): Promise<Map<string, RowEntry> | null> {
  const numbers = new Set(wanted.map(([, [, rowNumber]]) => rowNumber));
  const vendors = new Set(wanted.map(([vendorId]) => vendorId));
  const found = new Map<string, RowEntry>();
  const isThere = await readErrorLines(files, (line) => {
    const row = rowOfEntry(line);
    if (row === null || !numbers.has(row.rowNumber) || !vendors.has(row.vendorId)) return;
    const entry = parsedEntry(line) as RowEntry | undefined;
    if (entry === undefined) findings.add('damaged_artifact', PATHS.errors, `${PATHS.errors} is not JSON`);
    else {
      const place = refusedKey(entry);
      if (!found.has(place)) found.set(place, entry);
    }
  });
  return isThere ? found : null;
}

type RefusedPlace = Pick<RowEntry, 'vendor_id' | 'row_number' | 'line'> & { file?: string | undefined };

function refusedKey({ vendor_id, row_number, line, file }: RefusedPlace): string {
  return JSON.stringify([vendor_id, row_number, line, file]);
}
