/** Says which rows a layout keeps, by what stands in their columns. */
import type { RecordBatch } from '../scan/batch.ts';
import { globMatcher, isGlob } from '../text/glob.ts';
import { Cell } from './cell.ts';
import type { ResolvedFilter } from './columns.ts';
import { Words } from './words.ts';

export class RowFilters {
  readonly #filters: readonly Filter[];
  readonly #unwrap: boolean;
  readonly #cell = new Cell();

  constructor(filters: readonly ResolvedFilter[], unwrap: boolean) {
    this.#filters = filters.map(compiled);
    this.#unwrap = unwrap;
  }

  keeps(window: Uint8Array, batch: RecordBatch, record: number): boolean {
    const first = batch.firstField[record]!;
    const fields = batch.firstField[record + 1]! - first;
    const cell = this.#cell;
    for (let f = 0; f < this.#filters.length; f++) {
      const filter = this.#filters[f]!;
      cell.take(window, batch, first, fields, filter.field);
      if (this.#unwrap) cell.unwrap();
      if (isListed(filter, cell) !== filter.keep) return false;
    }
    return true;
  }
}

interface Filter {
  field: number;
  keep: boolean;
  words: Words;
  patterns: ReadonlyArray<(text: string) => boolean>;
}

function compiled({ filter, field }: ResolvedFilter): Filter {
  const words = new Words();
  for (const value of filter.values) if (!isGlob(value)) words.add(value, '');
  return { field, keep: filter.action === 'keep', words, patterns: filter.values.filter(isGlob).map(globMatcher) };
}

function isListed(filter: Filter, cell: Cell): boolean {
  if (filter.words.find(cell) >= 0) return true;
  if (filter.patterns.length === 0) return false;
  const text = cell.text();
  return filter.patterns.some((matches) => matches(text));
}
