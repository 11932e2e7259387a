/** Decides which rows a layout keeps, by the values of their columns. */
import type { RowTest } from '../../../layout.ts';
import type { RecordBatch } from '../../../scan/batch.ts';
import { globMatcher, isGlob } from '../../../text/glob.ts';
import { Cell, type CellWrappers } from '../cells/cell.ts';
import { Words } from '../cells/words.ts';
import type { ResolvedFilter } from '../columns/columns.ts';

export class RowFilters {
  readonly #filters: readonly Filter[];
  readonly #wrappers: CellWrappers | null;
  readonly #cell = new Cell();

  constructor(filters: readonly ResolvedFilter[], wrappers: CellWrappers | null) {
    this.#filters = filters.map(compileFilter);
    this.#wrappers = wrappers;
  }

  keeps(window: Uint8Array, batch: RecordBatch, record: number): boolean {
    const cell = this.#cell;
    for (let f = 0; f < this.#filters.length; f++) {
      // biome-ignore lint/style/noNonNullAssertion: the loop bounds the filters
      const { is, where, keep } = this.#filters[f]!;
      if (where !== null) {
        cell.take(window, batch, batch.fieldAt(record, where.field));
        if (this.#wrappers !== null) cell.strip(this.#wrappers);
        if (!isListed(where, cell)) continue;
      }
      cell.take(window, batch, batch.fieldAt(record, is.field));
      if (this.#wrappers !== null) cell.strip(this.#wrappers);
      if (isListed(is, cell) !== keep) return false;
    }
    return true;
  }
}

interface Filter {
  is: ListedCells;
  where: ListedCells | null;
  keep: boolean;
}

function compileFilter({ filter, field, whereField }: ResolvedFilter): Filter {
  const where = filter.where === null ? null : listedCells(whereField, filter.where);
  return { is: listedCells(field, filter), where, keep: filter.action === 'keep' };
}

/** The listed cells of one column. */
export interface ListedCells extends ListedTexts {
  field: number;
}

export interface ListedTexts {
  words: Words;
  patterns: ReadonlyArray<(text: string) => boolean>;
}

export function listedCells(field: number, test: Pick<RowTest, 'values' | 'exactly'>): ListedCells {
  return { field, ...listedTexts(test) };
}

export function listedTexts({ values, exactly = false }: Pick<RowTest, 'values' | 'exactly'>): ListedTexts {
  const words = new Words();
  const isPattern = (value: string) => !exactly && isGlob(value);
  for (const value of values) if (!isPattern(value)) words.add(value, '');
  return { words, patterns: values.filter(isPattern).map(globMatcher) };
}

export function isListed({ words, patterns }: ListedTexts, cell: Cell): boolean {
  if (words.find(cell) >= 0) return true;
  if (patterns.length === 0) return false;
  const text = cell.text();
  return patterns.some((matches) => matches(text));
}
