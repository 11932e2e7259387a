/** Decides which rows a layout keeps, by the values of their columns. */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records, the loop the filters
import type { RecordBatch } from '../../../scan/batch.ts';
import { globMatcher, isGlob } from '../../../text/glob.ts';
import { Cell, type CellWrappers } from '../cells/cell.ts';
import { Words } from '../cells/words.ts';
import type { ResolvedFilter } from '../columns.ts';

export class RowFilters {
  readonly #filters: readonly Filter[];
  readonly #wrappers: CellWrappers | null;
  readonly #cell = new Cell();

  constructor(filters: readonly ResolvedFilter[], wrappers: CellWrappers | null) {
    this.#filters = filters.map(compileFilter);
    this.#wrappers = wrappers;
  }

  keeps(window: Uint8Array, batch: RecordBatch, record: number): boolean {
    const first = batch.firstField[record]!;
    const fields = batch.firstField[record + 1]! - first;
    const cell = this.#cell;
    for (let f = 0; f < this.#filters.length; f++) {
      const { is, where, keep } = this.#filters[f]!;
      if (where !== null) {
        cell.take(window, batch, first, fields, where.field);
        if (this.#wrappers !== null) cell.strip(this.#wrappers);
        if (!isListed(where, cell)) continue;
      }
      cell.take(window, batch, first, fields, is.field);
      if (this.#wrappers !== null) cell.strip(this.#wrappers);
      if (isListed(is, cell) !== keep) return false;
    }
    return true;
  }
}

interface Filter {
  is: Listed;
  where: Listed | null;
  keep: boolean;
}

/** The listed values of one column. */
interface Listed {
  field: number;
  words: Words;
  patterns: ReadonlyArray<(text: string) => boolean>;
}

function compileFilter({ filter, field, whereField }: ResolvedFilter): Filter {
  const where = filter.where === null ? null : listed(whereField, filter.where.values);
  return { is: listed(field, filter.values), where, keep: filter.action === 'keep' };
}

function listed(field: number, values: readonly string[]): Listed {
  const words = new Words();
  for (const value of values) if (!isGlob(value)) words.add(value, '');
  return { field, words, patterns: values.filter(isGlob).map(globMatcher) };
}

function isListed({ words, patterns }: Listed, cell: Cell): boolean {
  if (words.find(cell) >= 0) return true;
  if (patterns.length === 0) return false;
  const text = cell.text();
  return patterns.some((matches) => matches(text));
}
