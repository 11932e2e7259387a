/** Builds a vendor's SKU map, from the vendor's SKUs to the merchant's. */
import { ByteMap } from '../../../bytes/byte-map.ts';
import { trimSkuText } from '../../../bytes/signs/sku-signs.ts';
import { toBytes } from '../../../bytes/text.ts';
import { trimText } from '../../../bytes/trim.ts';
import { RelayError } from '../../../errors.ts';
import { EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { SideTableRows } from '../../../ports/engine.ts';
import { didYouMean } from '../../../text/suggest.ts';

/** A row of a side file behind a warning. */
export interface SideExample {
  code: string;
  /** With the header as 1. */
  row_number: number;
  cell: string;
}

export interface SkuMap {
  map: ByteMap;
  warnings: string[];
  examples: SideExample[];
}

/** The first row is the header `vendor_sku,sku`. Throws `invalid_input` without these two columns. */
export async function readSkuMap(parts: AsyncIterable<SideTableRows>, vendorId: string, seed = 0): Promise<SkuMap> {
  const map = new ByteMap(seed);
  let again = 0;
  let empty = 0;
  const examples: SideExample[] = [];
  let columns: { from: number; to: number } | null = null;
  let rowNumber = 0;
  for await (const { rows } of parts) {
    for (const row of rows) {
      rowNumber++;
      if (columns === null) {
        columns = columnsOf(row, vendorId);
        continue;
      }
      const key = trimSkuText(row[columns.from] ?? '');
      const sku = trimSkuText(row[columns.to] ?? '');
      if (key === '' && sku === '') continue;
      if (key === '' || sku === '') {
        if (empty++ < EXAMPLES_MAX)
          examples.push({ code: 'sku_map_incomplete_entries', row_number: rowNumber, cell: key || sku });
      } else if (map.set(toBytes(key), toBytes(sku)) && again++ < EXAMPLES_MAX)
        examples.push({ code: 'sku_map_duplicate_keys', row_number: rowNumber, cell: key });
    }
  }
  if (columns === null) columnsOf([], vendorId);
  const warnings: string[] = [];
  if (again > 0) warnings.push(`sku_map_duplicate_keys:${vendorId}:${again}`);
  if (empty > 0) warnings.push(`sku_map_incomplete_entries:${vendorId}:${empty}`);
  return { map, warnings, examples };
}

function columnsOf(row: readonly string[], vendorId: string): { from: number; to: number } {
  const header = row.map(trimText);
  return { from: skuMapColumn(header, 'vendor_sku', vendorId), to: skuMapColumn(header, 'sku', vendorId) };
}

function skuMapColumn(header: readonly string[], name: string, vendorId: string): number {
  const index = header.indexOf(name);
  const loose = index >= 0 ? index : header.findIndex((cell) => cell.toLowerCase() === name);
  if (loose >= 0) return loose;
  const shown = header.slice(0, 10).join(', ');
  const message = `it needs the headers vendor_sku and sku, separated by a comma; "${name}" is missing${didYouMean(name, header)}, the header is: ${shown}`;
  throw new RelayError('invalid_input', message, { details: { vendor_id: vendorId } });
}
