/** Builds a vendor's SKU map, from the vendor's SKUs to the merchant's. */
import { ByteMap } from '../../../bytes/byte-map.ts';
import { trimSkuText } from '../../../bytes/sku-signs.ts';
import { toBytes } from '../../../bytes/text.ts';
import { trimText } from '../../../bytes/trim.ts';
import { RelayError } from '../../../errors.ts';
import { didYouMean } from '../../../text/suggest.ts';

export interface SkuMap {
  map: ByteMap;
  warnings: string[];
}

/** `rows` starts with the header `vendor_sku,sku`. Throws `invalid_input` without these two columns. */
export function buildSkuMap(rows: readonly string[][], vendorId: string, seed = 0): SkuMap {
  const header = (rows[0] ?? []).map(trimText);
  const from = columnOf(header, 'vendor_sku', vendorId);
  const to = columnOf(header, 'sku', vendorId);
  const map = new ByteMap(seed);
  let again = 0;
  let empty = 0;
  for (const row of rows.slice(1)) {
    const key = trimSkuText(row[from] ?? '');
    const sku = trimSkuText(row[to] ?? '');
    if (key === '' && sku === '') continue;
    if (key === '' || sku === '') empty++;
    else if (map.set(toBytes(key), toBytes(sku))) again++;
  }
  const warnings: string[] = [];
  if (again > 0) warnings.push(`sku_map_duplicate_keys:${vendorId}:${again}`);
  if (empty > 0) warnings.push(`sku_map_incomplete_entries:${vendorId}:${empty}`);
  return { map, warnings };
}

function columnOf(header: readonly string[], name: string, vendorId: string): number {
  const index = header.indexOf(name);
  const loose = index >= 0 ? index : header.findIndex((cell) => cell.toLowerCase() === name);
  if (loose >= 0) return loose;
  const shown = header.slice(0, 10).join(', ');
  const message = `it needs the headers vendor_sku and sku, separated by a comma; "${name}" is missing${didYouMean(name, header)}, the header is: ${shown}`;
  throw new RelayError('invalid_input', message, { details: { vendor_id: vendorId } });
}
