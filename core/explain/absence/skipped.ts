/** Looks for a SKU in the rows that layouts leave out. Only the vendors' files have those rows. */
import { trimText } from '../../bytes/trim.ts';
import { COLUMN } from '../../canonical.ts';
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import { bindPlugins } from '../../pipeline/bind.ts';
import { type InputManifest, runCopies } from '../../pipeline/fetch/input-manifest.ts';
import { HookWaits } from '../../pipeline/hook-waits.ts';
import type { ResolvedColumns } from '../../pipeline/normalize/columns/columns.ts';
import type { RowIndex } from '../../pipeline/row-index.ts';
import type { Engine } from '../../pipeline/run.ts';
import type { RunSummary } from '../../pipeline/run-types.ts';
import { DEFAULT_LIMITS } from '../../ports/engine.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import type { Absence } from '../receipt/receipt.ts';
import { Findings, readJsonFile, runSource } from '../run-files/reading.ts';
import { readRawRows } from '../vendor-files/raw-rows.ts';

export interface SkippedFacts {
  engine: Engine;
  files: RunFiles;
  sku: string;
  manifest: InputManifest;
  index: RowIndex | null;
  config: TenantConfig;
}

export interface SkippedRows {
  rows: Absence['rows'];
  /** Vendors whose files are too large to search for rows that were left out. */
  unsearched: string[];
}

/** The most rows that are shown. */
const ROWS_MAX = 5;
/** A vendor's files are searched up to this many bytes. */
const SEARCH_BYTES_MAX = 256 << 20;

export async function findSkipped(facts: SkippedFacts): Promise<SkippedRows> {
  const { files, manifest, config, engine } = facts;
  const summary = await readJsonFile<RunSummary>(files, PATHS.summary, new Findings());
  const found: SkippedRows = { rows: [], unsearched: [] };
  const vendors = config.vendors.filter(({ vendor_id }) => leavesRowsOut(summary, vendor_id));
  if (vendors.length === 0) return found;
  const limits = { ...DEFAULT_LIMITS, ...engine.limits };
  const plugins = await bindPlugins(config, engine.registry, engine.pricing, {
    limits,
    waits: new HookWaits(),
    used: [],
  });
  for (const vendor of vendors) {
    const copies = runCopies(manifest, vendor.vendor_id);
    if (copies.reduce((sum, { size }) => sum + size, 0) > SEARCH_BYTES_MAX) {
      found.unsearched.push(vendor.vendor_id);
      continue;
    }
    for (const { path, size } of copies) {
      const feed = await plugins.parser(vendor).prepare(runSource(files, path, size));
      const raw = await readRawRows(feed, {
        ...{ vendor, extras: config.extra_columns, limits, most: ROWS_MAX },
        wants: ({ columns, cell }) => skuFields(columns).some((field) => trimText(cell(field)) === facts.sku),
      }).catch(orNone);
      for (const [line, cells] of raw.cells)
        found.rows.push({ vendor_id: vendor.vendor_id, file: path, row_number: 0, line, cells });
    }
  }
  return found;
}

function orNone(error: unknown): { cells: Map<number, string[]> } {
  if (error instanceof RelayError) return { cells: new Map() };
  throw error;
}

function leavesRowsOut(summary: RunSummary | null, vendorId: VendorConfig['vendor_id']): boolean {
  return summary?.warnings.some((warning) => warning.startsWith(`rows_skipped:${vendorId}:`)) ?? false;
}

function skuFields({ index, cells }: ResolvedColumns): readonly number[] {
  const field = index[COLUMN.sku] ?? -1;
  return field >= 0 ? [field] : (cells.find(({ position }) => position === COLUMN.sku)?.fields ?? []);
}
