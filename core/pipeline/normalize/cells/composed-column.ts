/** A composed column as `ComposedCells` runs it: the layout's declaration, compiled once per feed. */
import { readMoneySlowly } from '../../../bytes/numbers.ts';
import { toBytes } from '../../../bytes/text.ts';
import { type ColumnKind, columnKind } from '../../../canonical.ts';
import { assert } from '../../../errors.ts';
import type { ResolvedCell, ResolvedJoin } from '../columns/columns.ts';
import type { SideTable } from '../lookups/side-table.ts';
import { Cell } from './cell.ts';
import { CellReader } from './cell-reader.ts';
import { type CompiledFactor, compileFactor } from './factors.ts';
import { Words } from './words.ts';

export interface ComposedColumn {
  /** In `CANONICAL_COLUMNS`. */
  position: number;
  kind: ColumnKind;
  /** False if the layout says what three decimals mean, or moves the decimal point: see `decimal-forms.ts`. */
  isWatched: boolean;
  fields: readonly number[];
  sums: boolean;
  constant: Uint8Array | null;
  /** The join and its column that give the cell; null for a cell of the feed. */
  side: { join: Join; column: number } | null;
  reader: CellReader;
  /** By field, if fields have words of their own; else empty. */
  fieldReaders: readonly CellReader[];
  /** Between the cells of a join; null for other columns. */
  separator: Uint8Array | null;
  /** Where a join is put together; grows as needed. */
  joined: Uint8Array;
  factors: readonly CompiledFactor[];
  adders: readonly CompiledAdder[];
}

/** A side file, and its row for the row being read. */
export interface Join {
  name: string;
  /** The feed's field with the key; -1 for the SKU. */
  field: number;
  table: SideTable;
  missing: 'error' | 'skip_row' | 'empty';
  /** The row being read; -1 for none. */
  row: number;
  key: Cell;
}

interface CompiledAdder {
  field: number;
  words: Words;
  /** Micros, by the word's entry. */
  amounts: readonly number[];
  /** Micros for an unknown word; -1 if that is an error. */
  otherwise: number;
}

export function compileJoin({ file, field }: ResolvedJoin, tables: ReadonlyMap<string, SideTable>): Join {
  const table = tables.get(file.name);
  assert(table !== undefined, `side file ${file.name} was read`);
  return { name: file.name, field, table, missing: file.missing, row: -1, key: new Cell() };
}

export function compileColumn(cell: ResolvedCell, joins: readonly Join[]): ComposedColumn {
  const { column, position, source, fields } = cell;
  const { origin, form = {} } = source;
  const kind = columnKind(column);
  return {
    position,
    kind,
    isWatched: (form.numbers?.decimals ?? 0) < 3 && (form.numbers?.impliedDecimals ?? 0) === 0,
    fields,
    sums: origin.kind === 'sum',
    constant: origin.kind === 'constant' ? toBytes(origin.text) : null,
    side: origin.kind === 'side_file' ? sideOf(origin, joins) : null,
    reader: new CellReader(form, kind),
    fieldReaders: cell.fieldWords.map((words) => new CellReader(form, kind, words)),
    separator: origin.kind === 'join' ? toBytes(origin.separator) : null,
    joined: new Uint8Array(0),
    factors: (source.factors ?? []).map((factor, i) => compileFactor(factor, cell.factorFields[i] ?? -1)),
    adders: cell.adders.map(({ adder, field }) => {
      const words = new Words();
      for (const word of Object.keys(adder.amounts)) words.add(word, '');
      const amounts = Object.values(adder.amounts).map(microsOf);
      return { field, words, amounts, otherwise: adder.otherwise === null ? -1 : microsOf(adder.otherwise) };
    }),
  };
}

function sideOf(origin: { file: string; column: string }, joins: readonly Join[]): ComposedColumn['side'] {
  const join = joins.find(({ name }) => name === origin.file);
  assert(join !== undefined, `the layout joins side file ${origin.file}`);
  return { join, column: join.table.column(origin.column) };
}

function microsOf(text: string): number {
  const { micros } = readMoneySlowly(text);
  assert(micros >= 0, `an adder of a layout is not an amount: ${text}`);
  return micros;
}
