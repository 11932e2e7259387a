/**
 * Counts rows whose amounts are for several pieces, as a column that nothing reads says: `100` or `per 100` under the
 * header `Price unit`. The price of one piece is only a part of such an amount.
 */
import { toText } from '../../../../bytes/text.ts';
import { saysPriceUnit } from '../../../../money/price-basis.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const PRICE_UNITS_UNREAD = 'price_units_unread';

/** Bytes of a cell such as `per 1,000 pcs`. */
const CELL_BYTES_MAX = 30;

interface PriceUnitColumn extends UnreadColumn {
  isNamed: boolean;
}

export type PriceUnitColumns = UnreadColumns<PriceUnitColumn>;

export class UnreadPriceUnits implements UnreadColumnKind<PriceUnitColumn> {
  open(column: UnreadColumn): PriceUnitColumn {
    return { ...column, isNamed: saysPriceUnit(column.name) };
  }

  look({ isNamed }: PriceUnitColumn, window: Uint8Array, from: number, to: number): string | null {
    if (!isNamed || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    // `1.00` is one piece, not a hundred
    const pieces = /\d[\d.,]*/
      .exec(cell)?.[0]
      .replace(/[.,]0{1,2}$/, '')
      .replace(/[.,]/g, '');
    return pieces !== undefined && Number(pieces) > 1 ? cell : null;
  }

  isMeant({ isNamed }: PriceUnitColumn): boolean {
    return isNamed;
  }
}
