/** Finds the entries of a vendor's SKU map that no valid row of a run used. */
import { compareBytes } from '../../bytes/compare.ts';
import { toBytes, toText } from '../../bytes/text.ts';
import { CANONICAL_COLUMNS, COLUMN } from '../../canonical.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import type { Engine } from '../../pipeline/run.ts';
import type { RunFacts } from '../offers/replay.ts';
import { cellsOf, writtenLines } from '../run-files/lines.ts';
import { readMapEntries } from '../vendor-files/map-entries.ts';
import type { ListedSku } from './listed-sku.ts';

/** In the order of the vendor's SKUs. None for a vendor without a map. */
export async function unusedMapEntries(
  engine: Engine,
  facts: RunFacts,
  vendorId: string,
): Promise<Array<ListedSku & { vendor_sku: string }>> {
  const map = await readMapEntries(engine, facts, { vendorId, sku: null });
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

const NO_OFFER = { winner: null, price: null, held: null, offers: 0, loser: null, lost_by: null, difference: null };

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
