/** Finds the entries of a vendor's SKU map that no valid row of a run used. */
import { compareBytes } from '../bytes/compare.ts';
import { trimSkuText } from '../bytes/sku-signs.ts';
import { toBytes, toText } from '../bytes/text.ts';
import { trimText } from '../bytes/trim.ts';
import { CANONICAL_COLUMNS, COLUMN } from '../canonical.ts';
import { PATHS, runPrefix } from '../pipeline/artifacts.ts';
import { SKU_MAP } from '../pipeline/fetch/named-files.ts';
import { SKU_MAP_FORM } from '../pipeline/normalize/lookups/side-files.ts';
import type { Engine } from '../pipeline/run.ts';
import { DEFAULT_LIMITS } from '../ports/engine.ts';
import { cellsOf, writtenLines } from './lines.ts';
import type { ListedSku } from './listed-sku.ts';
import { runSource } from './reading.ts';
import type { RunFacts } from './replay.ts';

/** In the order of the vendor's SKUs. None for a vendor without a map. */
export async function unusedMapEntries(
  engine: Engine,
  facts: RunFacts,
  vendorId: string,
): Promise<Array<ListedSku & { vendor_sku: string }>> {
  const map = await readMap(engine, facts, vendorId);
  // by the SKU that an entry names
  const keys = new Map<string, string[]>();
  for (const [key, sku] of map) {
    const ofSku = keys.get(sku) ?? [];
    keys.set(sku, ofSku);
    ofSku.push(key);
  }
  for await (const [sku, own] of namedRows(facts, vendorId)) {
    if (map.get(own) === sku) map.delete(own);
    // the feed has SKUs of its own in `vendor_sku`, so which entry named the row is not known
    else {
      for (const key of keys.get(sku) ?? []) map.delete(key);
      keys.delete(sku);
    }
  }
  const left = [...map].map(([key, sku]) => ({ ...NO_OFFER, sku, vendor_sku: key, bytes: toBytes(key) }));
  return left.sort((a, b) => compareBytes(a.bytes, b.bytes)).map(({ bytes: _, ...entry }) => entry);
}

const NO_OFFER = { winner: null, price: null, offers: 0, loser: null, lost_by: null, difference: null };

async function readMap(engine: Engine, { files, manifest }: RunFacts, vendorId: string): Promise<Map<string, string>> {
  const map = new Map<string, string>();
  const file = manifest.vendors[vendorId]?.side_files?.find(({ name }) => name === SKU_MAP);
  if (file === undefined) return map;
  const path = file.run_copy_key.slice(runPrefix(manifest.run_id, manifest.tenant_id).length);
  const limits = { ...DEFAULT_LIMITS, ...engine.limits };
  let at: [from: number, to: number] | null = null;
  for await (const { rows } of engine.readSideTable(runSource(files, path, file.size), SKU_MAP_FORM, limits)) {
    for (const row of rows) {
      if (at === null) {
        const header = row.map((cell) => trimText(cell).toLowerCase());
        at = [header.indexOf('vendor_sku'), header.indexOf('sku')];
        continue;
      }
      const [key, sku] = at.map((column) => trimSkuText(row[column] ?? '')) as [string, string];
      if (key !== '' && sku !== '') map.set(key, sku);
    }
  }
  return map;
}

/** SKU and vendor's SKU of each valid row of the vendor. */
async function* namedRows({ files }: RunFacts, vendorId: string): AsyncGenerator<[sku: string, own: string]> {
  const own = CANONICAL_COLUMNS.indexOf('vendor_sku');
  let isHeader = true;
  for await (const line of writtenLines(files.open(PATHS.normalized(vendorId)), 'csv')) {
    const cells = isHeader ? [] : cellsOf(toText(line));
    if (!isHeader) yield [cells[COLUMN.sku] ?? '', cells[own] ?? ''];
    isHeader = false;
  }
}
