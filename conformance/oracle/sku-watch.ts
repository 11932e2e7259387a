/** The expected warnings about doubtful SKUs (docs/ERRORS.md), with counts and without examples. */

import type { Config, Row } from './types.ts';

/** Warnings as `code:number` or `code:vendor:number`. `rowsByVendor` has the valid rows in file order. */
export function skuWarnings(config: Config, rowsByVendor: ReadonlyMap<string, readonly Row[]>): string[] {
  const skus = [...new Set([...rowsByVendor.values()].flat().map(({ sku }) => sku))];
  const numbers = skus.filter((sku) => /^[0-9]+$/.test(sku));
  const others = skus.filter((sku) => !/^[0-9]+$/.test(sku));
  return [
    ...counted(
      'skus_differ_in_case',
      twins(others, (sku) => sku.toLowerCase()),
    ),
    ...counted(
      'skus_differ_in_zeros',
      twins(numbers, (sku) => String(BigInt(sku))),
    ),
    ...config.vendors
      .filter(({ duplicate_sku }) => duplicate_sku === undefined)
      .flatMap(({ vendor_id }) =>
        counted(`duplicate_rows_differ:${vendor_id}`, contradictions(rowsByVendor.get(vendor_id) ?? [])),
      ),
  ];
}

function counted(code: string, count: number): string[] {
  return count === 0 ? [] : [`${code}:${count}`];
}

/** How many SKUs have an earlier one that is alike. */
function twins(skus: readonly string[], alike: (sku: string) => string): number {
  return skus.length - new Set(skus.map(alike)).size;
}

/** How many SKUs have two successive rows with the same condition but another quantity, cost or price. */
function contradictions(rows: readonly Row[]): number {
  const bySku = new Map<string, Row[]>();
  for (const row of rows) bySku.set(row.sku, [...(bySku.get(row.sku) ?? []), row]);
  const text = ({ quantity_available, cost, price }: Row) => [quantity_available, cost ?? '', price ?? ''].join();
  const differ = (a: Row, b: Row) => a.condition === b.condition && text(a) !== text(b);
  return [...bySku.values()].filter((same) => same.some((row, i) => i > 0 && differ(same[i - 1]!, row))).length;
}
