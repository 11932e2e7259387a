/** Finds the rows of two feeds that differ in certain ways, by SKU: counts them and keeps the first ones. */
import type { MoneyDecimals } from '../../../money/currencies.ts';
import type { Money } from '../../../money/money.ts';
import { shareText } from '../figures/share.ts';
import { integerAt, NONE, unitsAt } from '../tables/cells.ts';
import type { SortedRows } from '../tables/sorted-rows.ts';

/**
 * `stock`: the quantity changed. `sold_out`: it fell from above 0 to 0, or the row is gone; `restocked`: the reverse.
 * `winner`: another vendor.
 */
export const ROW_CHANGES = ['price', 'stock', 'sold_out', 'restocked', 'winner', 'added', 'removed'] as const;
export type RowChange = (typeof ROW_CHANGES)[number];

export interface ChangedRowsOptions {
  /** Rows with one of these changes. */
  only: ReadonlySet<RowChange>;
  /** Price moves below this share of the older price are no change; null for none. */
  minChange: Money | null;
  /** Rows that are kept. */
  limit: number;
  moneyDecimals: MoneyDecimals;
}

const CELLS = ['price', 'quantity_available', 'vendor_id'] as const;
type ComparedCells = Record<(typeof CELLS)[number], string | null>;

export interface ChangedRow {
  sku: string;
  /** The changes that were asked for. */
  changes: RowChange[];
  /** The price move as a share of the older price, with its sign; null if the price is the same or one has none. */
  price_change: string | null;
  /** Null where the feed has no row; a cell is null if it is empty, or the feed lacks the column. */
  before: ComparedCells | null;
  after: ComparedCells | null;
}

export interface ChangedRowsReport {
  count: number;
  first: ChangedRow[];
}

export class ChangedRows {
  readonly #options: ChangedRowsOptions;
  readonly #first: ChangedRow[] = [];
  #count = 0;

  constructor(options: ChangedRowsOptions) {
    this.#options = options;
  }

  get report(): ChangedRowsReport {
    return { count: this.#count, first: this.#first };
  }

  /** The current rows of a SKU; null for the feed that lacks it. */
  look(before: SortedRows | null, after: SortedRows | null): void {
    const { only, limit } = this.#options;
    const [cells, other] = [comparedCells(before), comparedCells(after)];
    const move = this.#priceMove(before, after);
    const changes = ROW_CHANGES.filter(
      (one) => only.has(one) && this.#isChange(one, { before, after, cells, other, move }),
    );
    if (changes.length === 0) return;
    this.#count++;
    if (this.#first.length >= limit) return;
    const shown = after ?? before;
    this.#first.push({
      sku: shown?.text(shown.indexOf('sku')) ?? '',
      changes,
      price_change: move?.text ?? null,
      before: cells,
      after: other,
    });
  }

  #isChange(change: RowChange, { before, after, cells, other, move }: ComparedFeeds): boolean {
    const both = cells !== null && other !== null;
    switch (change) {
      case 'price':
        return move?.isEnough ?? false;
      case 'stock':
        return both && differ(cells.quantity_available, other.quantity_available);
      case 'sold_out':
        return quantityOf(before) > 0 && (after === null || quantityOf(after) === 0);
      case 'restocked':
        return quantityOf(after) > 0 && (before === null || quantityOf(before) === 0);
      case 'winner':
        return both && differ(cells.vendor_id, other.vendor_id);
      case 'added':
        return before === null;
      default:
        return after === null;
    }
  }

  #priceMove(before: SortedRows | null, after: SortedRows | null): PriceMove | null {
    if (before === null || after === null) return null;
    const { moneyDecimals, minChange } = this.#options;
    const [was, is] = [before, after].map((rows) => unitsAt(rows, rows.indexOf('price'), moneyDecimals)) as [
      number,
      number,
    ];
    if (was === NONE || is === NONE || was === is) return null;
    const move = Math.abs(is - was);
    const isEnough =
      minChange === null || BigInt(move) * 10n ** BigInt(minChange.scale) >= BigInt(was) * minChange.units;
    return { isEnough, text: `${is > was ? '+' : '-'}${shareText(move, was)}` };
  }
}

interface PriceMove {
  isEnough: boolean;
  text: string;
}

interface ComparedFeeds {
  before: SortedRows | null;
  after: SortedRows | null;
  cells: ComparedCells | null;
  other: ComparedCells | null;
  move: PriceMove | null;
}

/** False if one of the feeds lacks the column: then nothing can be said about it. */
function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function quantityOf(rows: SortedRows | null): number {
  return rows === null ? NONE : integerAt(rows, rows.indexOf('quantity_available'));
}

function comparedCells(rows: SortedRows | null): ComparedCells | null {
  if (rows === null) return null;
  return Object.fromEntries(CELLS.map((column) => [column, comparedText(rows, column)])) as ComparedCells;
}

function comparedText(rows: SortedRows, column: string): string | null {
  return rows.text(rows.indexOf(column)) || null;
}
