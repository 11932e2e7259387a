/** The two prices of a shop: the selling price, and the crossed-out one. */
import { z } from 'zod';
import { Money } from '../../core/money/money.ts';
import type { OutputRow } from '../../core/plugin.ts';

export const compareAtOption = z
  .boolean()
  .default(false)
  .describe('True to show `msrp` as the regular price and `price` as the sale price, where `msrp` is higher.');

/** `sale` is empty if the goods sell at their regular price. */
export function shopPrices(row: OutputRow, comparesMsrp: boolean): { regular: string; sale: string } {
  const price = row.text('price') ?? '';
  const msrp = comparesMsrp ? row.text('msrp') : null;
  const isSale = msrp !== null && price !== '' && Money.of(msrp).compare(Money.of(price)) > 0;
  return isSale ? { regular: msrp, sale: price } : { regular: price, sale: '' };
}
