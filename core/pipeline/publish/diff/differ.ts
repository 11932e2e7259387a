/**
 * Compares two feeds row by row: which columns changed, how much prices moved, which winners switched. It writes the
 * lines of `delta.csv` and gathers `diff.json`.
 */
// biome-ignore-all lint/style/noNonNullAssertion: columns bound the cells
import { csvLine, toBytes, toText } from '../../../bytes/text.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';
import { Money } from '../../../money/money.ts';
import { unitsText } from '../../merge/output.ts';
import { Share, shareText } from '../figures/share.ts';
import { WorstList } from '../figures/worst-list.ts';
import { integerAt } from '../tables/cells.ts';
import { LineBuffer } from '../tables/line-buffer.ts';
import type { SortedRows } from '../tables/sorted-rows.ts';

export const CHANGES = ['added', 'changed', 'removed', 'zeroed', 'kept', 'held'] as const;
export type Change = (typeof CHANGES)[number];

const LARGEST_MAX = 50;
/** Bounds of the price histogram, in per cent. */
const STEPS = [1, 5, 10, 20, 50, 100] as const;
const STEP_SHARES = STEPS.map((step) => new Share(Money.ofUnits(BigInt(step), 2)));
/** Pairs of vendors that `diff.json` names. */
const SWITCHES_MAX = 20;

export interface DiffReport {
  changes: Record<Change | 'unchanged', number>;
  columns: { compared: string[]; only_before: string[]; only_after: string[] };
  /** Rows whose cell of a column changed. */
  column_changes: Record<string, number>;
  /**
   * Prices that both feeds have, counted by change in per cent; those of kept and zeroed rows are not counted. A bound
   * belongs to the band that is nearer to 0.
   */
  price_changes: Array<{ from_pct: number | null; to_pct: number | null; count: number }>;
  winner_switches: { count: number; largest: Array<{ from: string; to: string; count: number }> };
  largest: Array<{ sku: string; previous_price: string; price: string; change: string }>;
}

/** The cells of a row of the older feed that has no quotes. */
export interface PlainCells {
  bytes: Uint8Array;
  /** By column; each but the last ends one byte before the next begins. */
  starts: Int32Array;
  /** A bit for each column whose cell is another in the newer feed. */
  changed: number;
}

export interface DifferOptions {
  /** The columns of the newer feed. */
  columns: readonly string[];
  /** The older feed's columns; null if there is none. */
  before: readonly string[] | null;
  moneyDecimals: MoneyDecimals;
  /** Columns that do not count: a row that differs only in these has not changed. */
  uncounted?: ReadonlySet<string> | undefined;
}

export class Differ {
  readonly delta = new LineBuffer();
  readonly counts: Record<Change | 'unchanged', number> = {
    added: 0,
    changed: 0,
    removed: 0,
    zeroed: 0,
    kept: 0,
    held: 0,
    unchanged: 0,
  };
  readonly #columns: readonly string[];
  readonly #before: readonly string[];
  readonly #decimals: MoneyDecimals;
  /** By column: its position in the older feed, -1 if it has none. */
  readonly #beforeAt: Int32Array;
  /** True if both feeds have the same columns, in the same order. */
  readonly sameColumns: boolean;
  readonly #columnChanges: Float64Array;
  readonly #isCounted: readonly boolean[];
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #drops = new Float64Array(STEPS.length + 1);
  readonly #rises = new Float64Array(STEPS.length + 1);
  #samePrices = 0;
  readonly #switches = new Map<string, { from: string; to: string; count: number }>();
  readonly #largest = new WorstList<DiffReport['largest'][number]>(LARGEST_MAX);
  readonly #vendorColumn: number;
  readonly #priceBefore: number;
  readonly #quantityBefore: number;
  readonly #changeWords: Record<Change, Uint8Array>;

  constructor({ columns, before, moneyDecimals, uncounted = new Set() }: DifferOptions) {
    this.#columns = columns;
    this.#before = before ?? columns;
    this.#decimals = moneyDecimals;
    this.#beforeAt = Int32Array.from(columns, (column) => this.#before.indexOf(column));
    this.sameColumns = columns.length === this.#before.length && columns.every((one, i) => one === this.#before[i]);
    this.#columnChanges = new Float64Array(columns.length);
    this.#isCounted = columns.map((column) => !uncounted.has(column));
    this.#starts = new Int32Array(columns.length);
    this.#ends = new Int32Array(columns.length);
    this.#vendorColumn = columns.indexOf('vendor_id');
    this.#priceBefore = this.#before.indexOf('price');
    this.#quantityBefore = this.#before.indexOf('quantity_available');
    this.#changeWords = Object.fromEntries(CHANGES.map((word) => [word, toBytes(`${word},`)])) as never;
    this.delta.raw(toBytes(csvLine(['_change', ...columns, '_previous_price', '_previous_quantity'])));
  }

  /** Compares a row with the older feed's current one; true if a cell differs. The row is CSV without its line end. */
  differs(before: SortedRows, row: Uint8Array, from: number, to: number): boolean {
    if (this.sameColumns && before.equals(row, from, to)) return false;
    this.#split(row, from, to);
    let isChanged = false;
    for (let i = 0; i < this.#columns.length; i++) {
      const column = this.#beforeAt[i]!;
      if (column < 0 || this.#isSame(before, column, row, i)) continue;
      if (i === this.#vendorColumn) this.#countSwitch(before.text(column), this.#cellText(row, i));
      if (!this.#isCounted[i]) continue;
      isChanged = true;
      this.#columnChanges[i]!++;
    }
    return isChanged;
  }

  /** Counts rows that are the same in both feeds, to the byte. */
  same(rows: number): void {
    this.counts.unchanged += rows;
    if (this.#priceBefore >= 0) this.#samePrices += rows;
  }

  /** Counts a price that both feeds have. */
  priceMoved(previous: number, price: number, sku: () => string): void {
    if (previous === price) {
      this.#samePrices++;
      return;
    }
    const move = Math.abs(price - previous);
    const step = STEP_SHARES.findIndex((share) => !share.isExceeded(move, previous));
    (price < previous ? this.#drops : this.#rises)[step < 0 ? STEPS.length : step]!++;
    const weight = move / previous;
    if (!this.#largest.takes(weight)) return;
    const sign = price < previous ? '-' : '+';
    this.#largest.add(weight, {
      sku: sku(),
      previous_price: unitsText(previous, this.#decimals),
      price: unitsText(price, this.#decimals),
      change: `${sign}${shareText(move, previous)}`,
    });
  }

  /** Writes a line of the delta. `before` is at the SKU's row, or null if the older feed lacks it. */
  write(change: Change, row: { bytes: Uint8Array; from: number; to: number }, before: SortedRows | null): void {
    this.counts[change]++;
    const { delta } = this;
    delta.raw(this.#changeWords[change]);
    delta.raw(row.bytes, row.from, row.to);
    delta.byte(0x2c);
    if (before !== null && this.#priceBefore >= 0) before.writeCell(delta, this.#priceBefore);
    delta.byte(0x2c);
    if (before !== null && this.#quantityBefore >= 0) before.writeCell(delta, this.#quantityBefore);
    delta.byte(0x0a);
  }

  /** Counts a row of which `before` has the cells that changed, and writes its line of the delta. Both feeds have the same columns. */
  writeChanged(row: { bytes: Uint8Array; from: number; to: number }, before: PlainCells, vendorId: string): void {
    let isChanged = false;
    for (let i = 0; i < this.#columns.length; i++) {
      if (((before.changed >> i) & 1) === 0) continue;
      if (i === this.#vendorColumn) this.#countSwitch(plainText(before, i), vendorId);
      if (!this.#isCounted[i]) continue;
      isChanged = true;
      this.#columnChanges[i]!++;
    }
    if (!isChanged) {
      this.counts.unchanged++;
      return;
    }
    this.counts.changed++;
    const { delta } = this;
    delta.raw(this.#changeWords.changed);
    delta.raw(row.bytes, row.from, row.to);
    delta.byte(0x2c);
    this.#writePlainCell(before, this.#priceBefore);
    delta.byte(0x2c);
    this.#writePlainCell(before, this.#quantityBefore);
    delta.byte(0x0a);
  }

  #writePlainCell({ bytes, starts }: PlainCells, column: number): void {
    if (column >= 0) this.delta.raw(bytes, starts[column]!, starts[column + 1]! - 1);
  }

  /** Writes the older feed's current row with the newer feed's columns, as CSV without a line end. */
  rowOf(before: SortedRows, out: LineBuffer, isZeroed: boolean): void {
    for (let i = 0; i < this.#columns.length; i++) {
      if (i > 0) out.byte(0x2c);
      const column = this.#beforeAt[i]!;
      if (isZeroed && this.#columns[i] === 'quantity_available') out.byte(0x30);
      else if (column >= 0) before.writeCell(out, column);
    }
  }

  /** A kept or zeroed row: only its quantity can differ. */
  noteZeroed(before: SortedRows): void {
    const column = this.#columns.indexOf('quantity_available');
    if (column >= 0 && integerAt(before, this.#quantityBefore) !== 0 && this.#quantityBefore >= 0)
      this.#columnChanges[column]!++;
  }

  report(): DiffReport {
    const switches = [...this.#switches.values()].sort((a, b) => b.count - a.count);
    return {
      changes: this.counts,
      columns: {
        compared: this.#columns.filter((_, i) => this.#beforeAt[i]! >= 0),
        only_before: this.#before.filter((column) => !this.#columns.includes(column)),
        only_after: this.#columns.filter((_, i) => this.#beforeAt[i]! < 0),
      },
      column_changes: Object.fromEntries(
        this.#columns.flatMap((column, i) => (this.#columnChanges[i] === 0 ? [] : [[column, this.#columnChanges[i]!]])),
      ),
      price_changes: this.#histogram(),
      winner_switches: {
        count: switches.reduce((sum, { count }) => sum + count, 0),
        largest: switches.slice(0, SWITCHES_MAX),
      },
      largest: this.#largest.values,
    };
  }

  #histogram(): DiffReport['price_changes'] {
    const bounds = [0, ...STEPS, null];
    const bands = bounds.slice(0, -1).map((from, i) => ({ from: from as number, to: bounds[i + 1] ?? null, i }));
    const drops = bands.map(({ from, to, i }) => ({
      from_pct: to === null ? null : -to,
      to_pct: -from || 0,
      count: this.#drops[i]!,
    }));
    const rises = bands.map(({ from, to, i }) => ({ from_pct: from, to_pct: to, count: this.#rises[i]! }));
    return [...drops.reverse(), { from_pct: 0, to_pct: 0, count: this.#samePrices }, ...rises];
  }

  /** Finds the cells of a row in the output's own quoting. */
  #split(row: Uint8Array, from: number, to: number): void {
    let at = from;
    for (let i = 0; i < this.#columns.length; i++) {
      this.#starts[i] = at;
      if (row[at] === 0x22 && at < to) {
        at++;
        // the array may hold more behind the row
        while (at < to && (row[at] !== 0x22 || (at + 1 < to && row[at + 1] === 0x22))) at += row[at] === 0x22 ? 2 : 1;
        at++;
      } else while (at < to && row[at] !== 0x2c) at++;
      this.#ends[i] = at++;
    }
  }

  #isSame(before: SortedRows, column: number, row: Uint8Array, i: number): boolean {
    const field = before.first + column;
    const start = before.batch.fieldStart[field]!;
    const length = before.batch.fieldEnd[field]! - start;
    if (row[this.#starts[i]!] === 0x22 || before.batch.fieldStyle[field] !== 0) {
      return before.text(column) === this.#cellText(row, i);
    }
    if (length !== this.#ends[i]! - this.#starts[i]!) return false;
    for (let k = 0; k < length; k++) if (before.window[start + k] !== row[this.#starts[i]! + k]) return false;
    return true;
  }

  #cellText(row: Uint8Array, i: number): string {
    const text = toText(row, this.#starts[i]!, this.#ends[i]!);
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  }

  #countSwitch(from: string, to: string): void {
    // a kept row has no winner
    if (from === '' || to === '') return;
    const key = `${from}\n${to}`;
    const entry = this.#switches.get(key) ?? { from, to, count: 0 };
    this.#switches.set(key, entry);
    entry.count++;
  }
}

function plainText({ bytes, starts }: PlainCells, column: number): string {
  return toText(bytes, starts[column]!, starts[column + 1]! - 1);
}
