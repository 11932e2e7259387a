/** Finds the valid rows of a SKU, vendor by vendor, and the records that they came from. */
import { CANONICAL_COLUMNS, type ExtraColumn } from '../../canonical.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import type { RowIndex } from '../../pipeline/row-index.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import type { RowSource } from './caught-rows.ts';
import { type FoundRows, lookUp } from './look-up.ts';
import type { Findings } from './reading.ts';
import { type RowRange, readSources } from './row-sources.ts';

export interface VendorRows {
  found: FoundRows;
  /** By row of `found`; null if `rows.bin` does not say. */
  sources: Array<RowSource | null>;
}

export interface RowsWanted {
  files: RunFiles;
  sku: string;
  index: RowIndex | null;
  extras: readonly ExtraColumn[];
  findings: Findings;
}

/** By vendor. A vendor whose feed was not read has no entry. */
export async function findRows(
  wanted: RowsWanted,
  vendorIds: readonly string[],
): Promise<ReadonlyMap<string, VendorRows>> {
  const found = await Promise.all(vendorIds.map((id) => findVendorRows(wanted, id)));
  const ranges = new Map<string, RowRange>();
  for (const [i, id] of vendorIds.entries()) {
    const first = found[i]?.rows[0]?.ordinal;
    if (first !== undefined) ranges.set(id, { first, count: found[i]?.rows.length ?? 0 });
  }
  const sources = await findSources(wanted, ranges);
  const rowsByVendor = new Map<string, VendorRows>();
  for (const [i, id] of vendorIds.entries()) {
    const rows = found[i];
    if (rows != null) rowsByVendor.set(id, { found: rows, sources: sources?.get(id) ?? rows.rows.map(() => null) });
  }
  return rowsByVendor;
}

async function findVendorRows(
  { files, sku, index, extras, findings }: RowsWanted,
  vendorId: string,
): Promise<FoundRows | null> {
  const indexed = index?.vendors[vendorId];
  // a vendor whose feed was not read has no rows
  if (index !== null && indexed === undefined) return null;
  const path = PATHS.normalized(vendorId);
  const samples = indexed?.samples ?? null;
  const found = await lookUp(files, { path, format: 'csv', columns: [...CANONICAL_COLUMNS, ...extras], samples }, sku);
  if (found === null) findings.add('missing_artifact', path, `${path} is not there`);
  return found;
}

/** Where each row came from, by vendor; null if the run's files do not say, like those of an earlier release. */
async function findSources(
  { files, sku, index, findings }: RowsWanted,
  ranges: ReadonlyMap<string, RowRange>,
): Promise<ReadonlyMap<string, Array<RowSource | null>> | null> {
  const pages = index?.pages;
  if (ranges.size === 0 || pages == null) return null;
  const found = await readSources(files, { pages, sku }, ranges);
  if (found === null) findings.add('missing_artifact', PATHS.rows, `${PATHS.rows} is not there`);
  return found;
}
