/**
 * Finds the row from which on the columns of a feed are swapped, as where one exporter's files are joined to another's without a header:
 * quantities look like the costs before, and costs like the quantities. A column that changes alone proves nothing: feeds are sorted and
 * grouped. But amounts with decimals that are whole and much higher from some row on are probably cents.
 */
// biome-ignore-all lint/style/noNonNullAssertion: blocks and positions are bounded

import { toBytes } from '../../../../bytes/text.ts';
import { CANONICAL_COLUMNS, COLUMN_COUNT, COLUMN_KINDS } from '../../../../canonical.ts';
import type { RowExamples } from '../row-examples.ts';
import { CellShape } from './cell-shape.ts';
import {
  BLANKS,
  type BlockStart,
  CELLS,
  type ColumnShapes,
  DIGITS,
  LENGTHS,
  LETTERS,
  MARKS,
  NUMBERS,
  SIZES,
  SUMS,
} from './column-shapes.ts';

export const SHAPE_CHANGES = ['columns_change_places', 'amounts_change_form'] as const;

/** So many cells before the change, and after it. */
const CELLS_MIN = 12;
/** Profiles that differ by this are of two kinds of columns. */
const DIFFERENT = 0.6;
/** Profiles that differ by less are of one kind. */
const ALIKE = 0.3;
/** Amounts grow by this many doublings if they become cents: less than 100 times, as the goods differ. */
const CENTS_BITS = 4;
const NEARLY_ALL = 0.98;

/** The shape of a column's cells in some blocks: shares from 0 to 1, and means of logarithms. */
interface Profile {
  cells: number;
  letters: number;
  digits: number;
  blanks: number;
  marks: number;
  numbers: number;
  length: number;
  size: number;
}

interface ShapeChange {
  block: number;
  /** Positions. */
  columns: number[];
  /** How far the columns are apart before and after it. */
  weight: number;
}

/** `code:vendor:columns:text`. */
export function shapeChanges(shapes: ColumnShapes, rows: RowExamples, vendorId: string): string[] {
  const columns = shapes.starts.length < 2 ? [] : otherAtEnd(shapes);
  if (columns.length === 0) return [];
  const judge = new ShapeJudge(shapes, columns);
  const swap = judge.swap();
  if (swap !== null) return [judge.warning(SHAPE_CHANGES[0], swap, rows, vendorId)];
  return judge.cents().map((change) => judge.warning(SHAPE_CHANGES[1], change, rows, vendorId));
}

/** The positions of columns that look otherwise at the end than at the beginning. Of most feeds that is nearly all that is worked out. */
function otherAtEnd(shapes: ColumnShapes): number[] {
  const blocks = shapes.starts.length;
  const part = Math.max(1, blocks >> 3);
  const sums = new Float64Array(SUMS);
  return CANONICAL_COLUMNS.flatMap((_, position) => {
    const profile = (from: number, to: number) => {
      sums.fill(0);
      for (let block = from; block < to; block++)
        for (let which = 0; which < SUMS; which++) sums[which]! += shapes.sum(block, position, which);
      return profileOfSums(sums);
    };
    const [first, last] = [profile(0, part), profile(blocks - part, blocks)];
    return first.cells > 0 && last.cells > 0 && distance(first, last) >= ALIKE ? [position] : [];
  });
}

class ShapeJudge {
  readonly #shapes: ColumnShapes;
  readonly #columns: readonly number[];
  readonly #blocks: number;
  /** Sums of all blocks before each one. */
  readonly #before: Float64Array;
  readonly #sums = new Float64Array(SUMS);

  /** `columns` are the positions to look at. */
  constructor(shapes: ColumnShapes, columns: readonly number[]) {
    this.#shapes = shapes;
    this.#columns = columns;
    this.#blocks = shapes.starts.length;
    const stride = COLUMN_COUNT * SUMS;
    this.#before = new Float64Array((this.#blocks + 1) * stride);
    for (const position of columns)
      for (let block = 0; block < this.#blocks; block++)
        for (let which = 0; which < SUMS; which++) {
          const at = block * stride + position * SUMS + which;
          this.#before[at + stride] = this.#before[at]! + shapes.sum(block, position, which);
        }
  }

  #profile(position: number, from: number, to: number): Profile {
    const sums = this.#sums;
    const before = this.#before;
    const start = (from * COLUMN_COUNT + position) * SUMS;
    const end = (to * COLUMN_COUNT + position) * SUMS;
    for (let which = 0; which < SUMS; which++) sums[which] = before[end + which]! - before[start + which]!;
    return profileOfSums(sums);
  }

  /** The place where columns change places with each other; null if there is none. */
  swap(): ShapeChange | null {
    const changes: ShapeChange[] = [];
    for (let block = 1; block < this.#blocks; block++) {
      const changed = this.#columns.filter((position) => this.#isOther(position, block));
      if (changed.length < 2) continue;
      const moved = changed.filter((one) => changed.some((other) => other !== one && this.#becomes(one, other, block)));
      const taken = moved.filter((one) => moved.some((other) => other !== one && this.#becomes(other, one, block)));
      if (taken.length < 2) continue;
      const weight = taken.reduce((sum, one) => sum + this.#distance(one, block), 0);
      changes.push({ block, columns: taken, weight });
    }
    return changes.reduce<ShapeChange | null>(
      (best, one) => (best === null || one.weight > best.weight ? one : best),
      null,
    );
  }

  /** Columns of amounts that lose or get decimals, and are much higher without them. */
  cents(): ShapeChange[] {
    return this.#columns.flatMap((position) => {
      if (COLUMN_KINDS[CANONICAL_COLUMNS[position]!] !== 'money') return [];
      for (let block = 1; block < this.#blocks; block++) {
        const [before, after] = [this.#profile(position, 0, block), this.#profile(position, block, this.#blocks)];
        if (Math.min(before.cells, after.cells) < CELLS_MIN) continue;
        const [fraction, whole] = before.marks > after.marks ? [before, after] : [after, before];
        const isOther = fraction.marks >= NEARLY_ALL && whole.marks <= 1 - NEARLY_ALL;
        if (isOther && whole.size - fraction.size >= CENTS_BITS && this.#isSteady(position, block))
          return [{ block, columns: [position], weight: 1 }];
      }
      return [];
    });
  }

  #distance(position: number, block: number): number {
    return distance(this.#profile(position, 0, block), this.#profile(position, block, this.#blocks));
  }

  #isOther(position: number, block: number): boolean {
    const [before, after] = [this.#profile(position, 0, block), this.#profile(position, block, this.#blocks)];
    if (Math.min(before.cells, after.cells) < CELLS_MIN) return false;
    return distance(before, after) >= DIFFERENT && this.#isSteady(position, block);
  }

  /** True if the column looks alike all the time before the block, and all the time after it: a sorted one does not. */
  #isSteady(position: number, block: number): boolean {
    const parts = [
      [0, block >> 1, block],
      [block, (block + this.#blocks) >> 1, this.#blocks],
    ] as const;
    return parts.every(([from, middle, to]) => {
      const [first, second] = [this.#profile(position, from, middle), this.#profile(position, middle, to)];
      return first.cells === 0 || second.cells === 0 || distance(first, second) < ALIKE;
    });
  }

  /** True if one column looks from the block on as the other did before. */
  #becomes(one: number, other: number, block: number): boolean {
    return distance(this.#profile(one, block, this.#blocks), this.#profile(other, 0, block)) < ALIKE;
  }

  /** True if the block's first cell looks more like those that follow than like those before. */
  #startsChanged({ cells }: BlockStart, position: number, block: number): boolean {
    const cell = toBytes(cells[position] ?? '');
    if (cell.length === 0) return false;
    const shape = new CellShape();
    shape.read(cell, 0, cell.length);
    const one = profileOf(shape);
    const [before, after] = [this.#profile(position, 0, block), this.#profile(position, block, this.#blocks)];
    return distance(one, after) < distance(one, before);
  }

  warning(code: string, { block, columns }: ShapeChange, rows: RowExamples, vendorId: string): string {
    const { starts } = this.#shapes;
    // the block itself may begin before the change
    const isInside = columns.some((position) => !this.#startsChanged(starts[block]!, position, block));
    const after = starts[Math.min(block + (isInside ? 1 : 0), starts.length - 1)]!;
    const before = starts[0]!;
    const names = columns.map((position) => CANONICAL_COLUMNS[position]!);
    const shown = columns.map((position) => {
      for (const { file, line, cells } of [before, after])
        rows.addAt(code, {
          ...(file === null ? {} : { file }),
          ...{ line, column: CANONICAL_COLUMNS[position]!, cell: cells[position] ?? '' },
        });
      return `${CANONICAL_COLUMNS[position]} "${before.cells[position] ?? ''}" and then "${after.cells[position] ?? ''}"`;
    });
    const place = after.file === null ? '' : `${after.file} `;
    return `${code}:${vendorId}:${names.join(',')}:${place}line ${after.line}: ${shown.join('; ')}`;
  }
}

/** Called thousands of times for a feed whose columns change: it makes one object and no closures. */
function profileOfSums(sums: Float64Array): Profile {
  const cells = sums[CELLS]!;
  const numbers = sums[NUMBERS]!;
  // without cells all sums are 0
  const of = cells === 0 ? 1 : cells;
  return {
    cells,
    letters: sums[LETTERS]! / of,
    digits: sums[DIGITS]! / of,
    blanks: sums[BLANKS]! / of,
    marks: sums[MARKS]! / of,
    numbers: numbers / of,
    length: sums[LENGTHS]! / of,
    size: sums[SIZES]! / (numbers === 0 ? 1 : numbers),
  };
}

function profileOf(shape: CellShape): Profile {
  return {
    ...{ cells: 1, letters: shape.hasLetters, digits: shape.hasDigits, blanks: shape.hasBlank, marks: shape.hasMark },
    ...{ numbers: shape.isNumber ? 1 : 0, length: Math.log2(1 + shape.length), size: Math.log2(1 + shape.whole) },
  };
}

/** 0 for profiles that are the same; 1 for a share that goes from none to all, four times the length, or 16 times the size. */
function distance(a: Profile, b: Profile): number {
  const areNumbers = Math.min(a.numbers, b.numbers) > 0.9;
  return Math.max(
    Math.abs(a.letters - b.letters),
    Math.abs(a.digits - b.digits),
    Math.abs(a.blanks - b.blanks),
    Math.abs(a.marks - b.marks),
    Math.abs(a.numbers - b.numbers),
    areNumbers ? Math.abs(a.size - b.size) / 4 : Math.abs(a.length - b.length) / 2,
  );
}
