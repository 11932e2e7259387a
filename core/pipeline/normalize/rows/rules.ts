/**
 * Row filters that need the row as read: they test canonical values, or refuse a row with a code of their own.
 *
 * They run once per row, after its values are read, and compare numbers; only texts with patterns become strings. An
 * unreadable cell passes no test, and the row is reported for that cell.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the loops bound rules, the batch its records

import { EMPTY, readInteger, readMoneySlowly } from '../../../bytes/numbers.ts';
import { toBytes } from '../../../bytes/text.ts';
import { type NaiveClock, readDatetime } from '../../../bytes/time/datetime.ts';
import { type CanonicalColumn, COLUMN, COLUMN_KINDS, CONDITIONS } from '../../../canonical.ts';
import { assert } from '../../../errors.ts';
import type { RowTest } from '../../../layout.ts';
import type { RecordBatch } from '../../../scan/batch.ts';
import { Cell, type CellWrappers } from '../cells/cell.ts';
import type { ResolvedFilter } from '../columns/columns.ts';
import type { CurrentRow } from '../current-row.ts';
import { isListed, type ListedCells, type ListedTexts, listedCells, listedTexts } from './filters.ts';
import { numberOf, UNREADABLE } from './values.ts';

/** A rule that refuses rows, with its code, reason and the cell to report. */
export interface Refusing {
  code: string;
  reason: string;
  /** The canonical column that is tested; null for a column of the feed. */
  column: CanonicalColumn | null;
  /** The field that is tested; -1 for a value. */
  field: number;
}

interface Rule {
  is: RowCondition;
  where: RowCondition | null;
  keep: boolean;
  refusing: Refusing | null;
}

type RowCondition = { cells: ListedCells } | { texts: ListedTexts; column: CanonicalColumn } | NumberTest;

interface NumberTest {
  column: CanonicalColumn;
  /** A value passes if it is one of these, or inside the range. */
  numbers: ReadonlySet<number>;
  isEmpty: boolean;
  range: Range | null;
}

interface Range {
  low: number;
  high: number;
  /** True if the limit itself is outside. */
  lowIsOut: boolean;
  highIsOut: boolean;
}

const NONE: readonly Refusing[] = [];

export class RowRules {
  readonly #rules: readonly Rule[];
  readonly #wrappers: CellWrappers | null;
  readonly #cell = new Cell();

  constructor(rules: readonly ResolvedFilter[], wrappers: CellWrappers | null, naive: NaiveClock | null) {
    this.#rules = rules.map((rule) => compileRule(rule, naive));
    this.#wrappers = wrappers;
  }

  /** True if a rule leaves the row out. */
  drops(row: CurrentRow, batch: RecordBatch, record: number): boolean {
    for (let r = 0; r < this.#rules.length; r++) {
      const rule = this.#rules[r]!;
      if (rule.refusing !== null || !this.#applies(rule, row, batch, record)) continue;
      const passes = this.#passes(rule.is, row, batch, record);
      if (passes !== null && passes !== rule.keep) return true;
    }
    return false;
  }

  /** The rules that refuse the row. */
  refusing(row: CurrentRow, batch: RecordBatch, record: number): readonly Refusing[] {
    let found: Refusing[] | null = null;
    for (let r = 0; r < this.#rules.length; r++) {
      const rule = this.#rules[r]!;
      if (rule.refusing === null || !this.#applies(rule, row, batch, record)) continue;
      if (this.#passes(rule.is, row, batch, record) !== true) continue;
      found ??= [];
      found.push(rule.refusing);
    }
    return found ?? NONE;
  }

  #applies({ where }: Rule, row: CurrentRow, batch: RecordBatch, record: number): boolean {
    return where === null || this.#passes(where, row, batch, record) === true;
  }

  /** Null if the value is unreadable. */
  #passes(test: RowCondition, row: CurrentRow, batch: RecordBatch, record: number): boolean | null {
    if ('cells' in test) return this.#isListedCell(test.cells, row.window, batch, record);
    if ('texts' in test) {
      if (row.codes[COLUMN[test.column]] !== 0 || (test.column === 'sku' && row.badSku)) return null;
      this.#takeText(row, test.column);
      return isListed(test.texts, this.#cell);
    }
    const value = numberOf(row, test.column);
    if (value === UNREADABLE) return null;
    if (Number.isNaN(value)) return test.isEmpty;
    return test.numbers.has(value) || (test.range !== null && isInside(value, test.range));
  }

  #isListedCell(listed: ListedCells, window: Uint8Array, batch: RecordBatch, record: number): boolean {
    this.#cell.take(window, batch, batch.fieldAt(record, listed.field));
    if (this.#wrappers !== null) this.#cell.strip(this.#wrappers);
    return isListed(listed, this.#cell);
  }

  #takeText(row: CurrentRow, column: CanonicalColumn): void {
    const position = COLUMN[column];
    if (column === 'sku') this.#cell.set(row.sku, row.skuStart, row.skuEnd);
    else this.#cell.set(row.source[position]!, row.start[position]!, row.end[position]!, row.doubled[position]!);
    if (column !== 'vendor_sku' || !this.#cell.isEmpty || !row.mapped) return;
    const { sku } = COLUMN;
    this.#cell.set(row.source[sku]!, row.start[sku]!, row.end[sku]!, row.doubled[sku]!);
  }
}

function isInside(value: number, { low, high, lowIsOut, highIsOut }: Range): boolean {
  return (lowIsOut ? value > low : value >= low) && (highIsOut ? value < high : value <= high);
}

function compileRule({ filter, field, whereField }: ResolvedFilter, naive: NaiveClock | null): Rule {
  const { where, action, value, refusal } = filter;
  assert((action === 'refuse') === (refusal !== undefined), 'a rule that refuses says why');
  return {
    is: compileTest(filter, field, naive),
    where: where === null ? null : compileTest(where, whereField, naive),
    keep: action === 'keep',
    refusing: refusal === undefined ? null : { ...refusal, column: value ?? null, field },
  };
}

function compileTest(test: RowTest, field: number, naive: NaiveClock | null): RowCondition {
  const { value: column, values, range } = test;
  if (column === undefined) return { cells: listedCells(field, test) };
  if (COLUMN_KINDS[column] === 'text') return { column, texts: listedTexts(test) };
  const numbers = new Set(values.filter((text) => text !== '').map((text) => valueNumber(column, text, naive)));
  return {
    column,
    numbers,
    isEmpty: values.includes(''),
    range: range === undefined ? null : rangeOf(column, range, naive),
  };
}

function rangeOf(column: CanonicalColumn, range: NonNullable<RowTest['range']>, naive: NaiveClock | null): Range {
  const { below, above, at_least, at_most } = range;
  const number = (text: string | undefined, none: number) =>
    text === undefined ? none : valueNumber(column, text, naive);
  return {
    low: number(above ?? at_least, Number.NEGATIVE_INFINITY),
    high: number(below ?? at_most, Number.POSITIVE_INFINITY),
    lowIsOut: above !== undefined,
    highIsOut: below !== undefined,
  };
}

/** A value from the layout, in the form that `numberOf` gives. */
function valueNumber(column: CanonicalColumn, text: string, naive: NaiveClock | null): number {
  const number = parsed(column, text, naive);
  assert(number !== null, `a row filter of a layout compares ${column} with ${text}`);
  return number;
}

function parsed(column: CanonicalColumn, text: string, naive: NaiveClock | null): number | null {
  const bytes = toBytes(text.trim());
  switch (COLUMN_KINDS[column]) {
    case 'integer':
      return known(readInteger(bytes, 0, bytes.length));
    case 'money':
      return known(readMoneySlowly(text.trim()).micros);
    case 'condition':
      return known((CONDITIONS as readonly string[]).indexOf(text.trim().toLowerCase()) + 1 || EMPTY);
    default: {
      const seconds = readDatetime(bytes, 0, bytes.length, naive);
      return Number.isNaN(seconds) ? null : seconds;
    }
  }
}

function known(value: number): number | null {
  return value < 0 ? null : value;
}
