/**
 * Follows what the cells of each column look like from the beginning of a feed to its end, in rows that are taken here and there: all of the
 * first ones, later ever fewer. `shape-changes.ts` tells from it where columns are swapped from some row on.
 *
 * The rows are summed up in at most `BLOCKS_MAX` blocks, one after the other. If there are more, two become one: memory is bounded, and a row
 * costs a look at the bytes of its cells.
 */
// biome-ignore-all lint/style/noNonNullAssertion: blocks and positions are bounded
import { toText } from '../../../../bytes/text.ts';
import { CANONICAL_COLUMNS, COLUMN, COLUMN_COUNT } from '../../../../canonical.ts';
import { CellShape } from './cell-shape.ts';

const BLOCKS_MAX = 512;
/** Most feeds are short: there is room for so many blocks at first. */
const BLOCKS_START = 64;
/** What is summed up for each column in each block: how many cells, how many of these have letters, blanks, marks, digits, and are numbers; sums of logarithms. */
export const [CELLS, LETTERS, BLANKS, MARKS, NUMBERS, LENGTHS, SIZES, DIGITS] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
export const SUMS = 8;
const STRIDE = COLUMN_COUNT * SUMS;

/**
 * Rows that are taken: all up to the first number, then every sixty-fourth up to the next one, and so on. The kernel's are the same, so that
 * what is said does not depend on who reads a row; each costs some thirty microseconds, as the code is cold.
 */
const STEPS: ReadonlyArray<readonly [upTo: number, step: number]> = [
  [256, 1],
  [4096, 64],
  [65_536, 2048],
  [Number.POSITIVE_INFINITY, 32_768],
];

/** Where a block begins: its first row. */
export interface BlockStart {
  file: string | null;
  line: number;
  /** By position. */
  cells: string[];
}

/** What all numbers of a column have in common. */
export interface NumberRange {
  count: number;
  withMarks: number;
  least: number;
  most: number;
  /** Numbers whose last digit is not 0, 5 or 9, the digits that prices are rounded to. */
  unevenEnds: number;
  /** Numbers that are 0. */
  zeros: number;
  first: { file: string | null; line: number; cell: string } | null;
}

const CELL_BYTES = 60;
/** These are not followed: they hold few words, or times. */
const FOLLOWED = CANONICAL_COLUMNS.flatMap((_, position) =>
  [COLUMN.condition, COLUMN.updated_at, COLUMN.vendor_id].includes(position) ? [] : [position],
);

/** The cells of a row. */
export interface ShapedRow {
  line: number;
  /** Calls back with the trimmed cell of each column that the feed has. */
  cells(take: (position: number, bytes: Uint8Array, from: number, to: number) => void): void;
}

export class ColumnShapes {
  /** The rows that follow are of this file; null if the feed is one file. */
  file: string | null = null;
  /** The number of the next valid row that is taken, from 1. */
  next = 1;
  readonly starts: BlockStart[] = [];
  readonly ranges: NumberRange[] = CANONICAL_COLUMNS.map(() => ({
    ...{ count: 0, withMarks: 0, least: Number.POSITIVE_INFINITY, most: 0, unevenEnds: 0, zeros: 0, first: null },
  }));
  #sums = new Float64Array(BLOCKS_START * STRIDE);
  readonly #shape = new CellShape();
  #rowsPerBlock = 1;
  #rowsInLast = 0;
  #start: BlockStart | null = null;
  #line = 0;
  #at = 0;

  /** Takes a row. */
  look(row: ShapedRow): void {
    this.next += STEPS.find(([upTo]) => this.next < upTo)![1];
    this.#line = row.line;
    this.#beginRow();
    row.cells(this.#take);
    this.#start = null;
  }

  /** A sum of a column in a block. */
  sum(block: number, position: number, which: number): number {
    return this.#sums[block * STRIDE + position * SUMS + which]!;
  }

  #beginRow(): void {
    if (this.starts.length > 0 && this.#rowsInLast < this.#rowsPerBlock) {
      this.#rowsInLast++;
      return;
    }
    if (this.starts.length === BLOCKS_MAX) this.#halve();
    else if (this.starts.length * STRIDE === this.#sums.length) this.#grow();
    this.#start = { file: this.file, line: this.#line, cells: [] };
    this.starts.push(this.#start);
    this.#rowsInLast = 1;
    this.#at = (this.starts.length - 1) * STRIDE;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#sums.length);
    larger.set(this.#sums);
    this.#sums = larger;
  }

  /** Makes one block of every two. */
  #halve(): void {
    const sums = this.#sums;
    for (let block = 0; block < BLOCKS_MAX / 2; block++) {
      this.starts[block] = this.starts[2 * block]!;
      for (let i = 0; i < STRIDE; i++)
        sums[block * STRIDE + i] = sums[2 * block * STRIDE + i]! + sums[(2 * block + 1) * STRIDE + i]!;
    }
    this.starts.length = BLOCKS_MAX / 2;
    sums.fill(0, (BLOCKS_MAX / 2) * STRIDE);
    this.#rowsPerBlock *= 2;
  }

  readonly #take = (position: number, bytes: Uint8Array, from: number, to: number): void => {
    if (from >= to) return;
    const shape = this.#shape;
    const sums = this.#sums;
    shape.read(bytes, from, to);
    if (this.#start !== null) this.#start.cells[position] = toText(bytes, from, Math.min(to, from + CELL_BYTES));
    const at = this.#at + position * SUMS;
    sums[at + CELLS]!++;
    sums[at + LETTERS]! += shape.hasLetters;
    sums[at + DIGITS]! += shape.hasDigits;
    sums[at + BLANKS]! += shape.hasBlank;
    sums[at + MARKS]! += shape.hasMark;
    sums[at + LENGTHS]! += Math.log2(1 + shape.length);
    if (!shape.isNumber) return;
    sums[at + NUMBERS]!++;
    sums[at + SIZES]! += Math.log2(1 + shape.whole);
    this.#count(this.ranges[position]!, bytes, from, to);
  };

  #count(range: NumberRange, bytes: Uint8Array, from: number, to: number): void {
    const { whole, hasMark, lastDigit, isZero } = this.#shape;
    range.count++;
    range.withMarks += hasMark;
    if (isZero) range.zeros++;
    range.least = Math.min(range.least, whole);
    range.most = Math.max(range.most, whole);
    if (lastDigit % 5 !== 0 && lastDigit !== 9) range.unevenEnds++;
    range.first ??= { file: this.file, line: this.#line, cell: toText(bytes, from, to) };
  }
}

/** The positions of columns that are followed, for `ShapedRow.cells`. */
export const SHAPED: readonly number[] = FOLLOWED;
