/** Reads a SKU map: UTF-8 CSV with the headers `vendor_sku,sku`, of which the last entry for a key wins. */

import { decode } from './decode.ts';
import { trimSku } from './fields.ts';
import { readTable } from './table.ts';
import { Failure } from './types.ts';

export interface SkuMap {
  skus: Map<string, string>;
  warnings: string[];
}

export function readSkuMap(bytes: Uint8Array, vendor_id: string): SkuMap {
  const bad = (reason: string) => new Failure('invalid_input', { vendor_id, sku_map: reason });
  const decoded = decode(bytes, 'utf-8');
  if (!('text' in decoded)) throw bad('not UTF-8');
  const [header, ...records] = readTable(decoded.text, ',').records;
  const names = (header?.fields ?? []).map((name) => trimSku(name).toLowerCase());
  const from = names.indexOf('vendor_sku');
  const to = names.indexOf('sku');
  if (from < 0 || to < 0) throw bad('headers');
  const map: SkuMap = { skus: new Map(), warnings: [] };
  const repeated = new Set<string>();
  for (const { fields, malformed } of records) {
    if (malformed) throw bad('quotes');
    const key = trimSku(fields[from] ?? '');
    const sku = trimSku(fields[to] ?? '');
    if (key === '' || sku === '') continue;
    if (map.skus.has(key)) repeated.add(key);
    map.skus.set(key, sku);
  }
  for (const key of repeated) map.warnings.push(`sku_map_duplicate:${vendor_id}:${key}`);
  return map;
}
