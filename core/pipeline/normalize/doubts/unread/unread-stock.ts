/**
 * Counts rows in stock of which less can be sold than was read, as a column that nothing reads says: pieces that are reserved or allocated, or
 * a smaller number under `Available` beside one under `On hand`. Under `On order` it counts rows that have the quantity there: in most rows
 * that is no chance.
 */
import { toText } from '../../../../bytes/text.ts';
import { COLUMN } from '../../../../canonical.ts';
import { type StockKind, stockKind } from '../../../../text/stock-words.ts';
import { headerOf, type ResolvedColumns } from '../../columns/columns.ts';
import type { ReadValues, UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const STOCK_UNREAD = 'stock_unread';

/** Bytes of a cell such as `12 pcs`. */
const CELL_BYTES_MAX = 20;
const WHOLE = /^(\d{1,9})(?:[.,]0+)?(?![\d.,])/;
/** So many rows, and more than half of them, and quantities that are also on order are no chance. */
const SAME_ROWS_MIN = 5;

interface StockColumn extends UnreadColumn {
  kind: StockKind | null;
  rows: number;
}

export type StockColumns = UnreadColumns<StockColumn>;

export class UnreadStock implements UnreadColumnKind<StockColumn> {
  #quantity = 0;
  /** True if the header of the quantity says that it is what can be sold. */
  #isNet = false;

  startFile(columns: ResolvedColumns): void {
    const header = headerOf(columns, COLUMN.quantity_available);
    // feeds that were made for Relay have the column's own name, whatever they count
    this.#isNet = header !== 'quantity_available' && stockKind(header) === 'available';
  }

  startRow({ quantity }: ReadValues): void {
    this.#quantity = quantity;
  }

  open(column: UnreadColumn): StockColumn {
    const kind = stockKind(column.name);
    return { ...column, kind: this.#isNet && kind !== 'ordered' ? null : kind, rows: 0 };
  }

  look(column: StockColumn, window: Uint8Array, from: number, to: number): string | null {
    const { kind } = column;
    if (kind === null || this.#quantity <= 0) return null;
    column.rows++;
    if (to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    const match = WHOLE.exec(cell);
    if (match === null) return null;
    const pieces = Number(match[1]);
    const isFewer = kind === 'available' ? pieces < this.#quantity : kind === 'reserved' && pieces > 0;
    return isFewer || (kind === 'ordered' && pieces === this.#quantity) ? cell : null;
  }

  isMeant({ kind, count, rows }: StockColumn): boolean {
    return kind === 'ordered' ? count >= SAME_ROWS_MIN && 2 * count > rows : kind !== null;
  }
}
