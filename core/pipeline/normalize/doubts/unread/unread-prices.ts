/**
 * Counts rows with a lower amount than their cost or price in a column that nothing reads, under a header of prices that hold for a while:
 * `sale_price`, `Aktionspreis`.
 */
import { toText } from '../../../../bytes/text.ts';
import { saysSalePrice } from '../../../../text/stock-words.ts';
import type { ReadValues, UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const SALE_PRICES_UNREAD = 'sale_prices_unread';

/** Bytes of a cell such as `EUR 1.234,56`. */
const CELL_BYTES_MAX = 24;
const MICROS = 1e6;
/** A number, with the decimals if it has one or two, or more than three. */
const AMOUNT = /^\D{0,5}(\d[\d., ']*?)(?:[.,](\d{1,2}|\d{4,}))?\D{0,5}$/;

interface SaleColumn extends UnreadColumn {
  isNamed: boolean;
}

export type SaleColumns = UnreadColumns<SaleColumn>;

export class UnreadPrices implements UnreadColumnKind<SaleColumn> {
  #highest = 0;

  startRow({ cost, price }: ReadValues): void {
    this.#highest = Math.max(cost, price);
  }

  open(column: UnreadColumn): SaleColumn {
    return { ...column, isNamed: saysSalePrice(column.name) };
  }

  look({ isNamed }: SaleColumn, window: Uint8Array, from: number, to: number): string | null {
    if (!isNamed || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    const [, whole = '', decimals = ''] = AMOUNT.exec(cell) ?? [];
    const micros = Number(`${whole.replace(/\D/g, '')}.${decimals}`) * MICROS;
    return micros > 0 && micros < this.#highest ? cell : null;
  }

  isMeant({ isNamed }: SaleColumn): boolean {
    return isNamed;
  }
}
