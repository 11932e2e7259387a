/** How the columns that nothing reads are followed: which ones, for how long, over several files, and what is said of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../../../bytes/text.ts';
import type { ResolvedColumns } from '../../columns/columns.ts';
import { batchOfRows } from '../testing/batch-of-rows.ts';
import { collectedRows } from '../testing/collected-rows.ts';
import { type ReadValues, type UnreadColumn, type UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

const VALUES: ReadValues = { quantity: 1, cost: 0, price: 0, msrp: 0 };
const NOTHING: Pick<ResolvedColumns, 'index' | 'cells' | 'filters' | 'rules' | 'joins' | 'names'> = {
  index: Int32Array.of(0, -1),
  ...{ cells: [], filters: [], rules: [], joins: [], names: [] },
};
const columnsOf = (names: string[], more: Partial<ResolvedColumns> = {}) =>
  ({ ...NOTHING, names, ...more }) as ResolvedColumns;

/** Warns of cells that begin with `!`; a column may still matter unless a cell was `never`. Collects what it was shown. */
class Marks implements UnreadColumnKind<UnreadColumn> {
  readonly seen: string[] = [];
  readonly #settled = new Set<string>();

  open(column: UnreadColumn): UnreadColumn {
    return column;
  }

  look({ name }: UnreadColumn, window: Uint8Array, from: number, to: number): string | null {
    const cell = toText(window, from, to);
    this.seen.push(`${name} ${cell}`);
    if (cell === 'never') this.#settled.add(name);
    return cell.startsWith('!') ? cell : null;
  }

  isMeant({ name }: UnreadColumn): boolean {
    return !this.#settled.has(name);
  }
}

function followed(file: string | null = null) {
  const kind = new Marks();
  const { rows, shown } = collectedRows(file);
  const unread = new UnreadColumns(kind, rows);
  const look = (...cells: ReadonlyArray<readonly string[]>) => {
    const { window, batch } = batchOfRows(cells);
    for (let record = 0; record < batch.count; record++) unread.look(window, batch, record, VALUES);
  };
  const said = () => [...unread.warnings('marks', 'v'), ...shown.splice(0)];
  return { kind, rows, unread, look, said };
}

test('cells are trimmed, and empty ones are not looked at', () => {
  const { kind, unread, look, said } = followed();
  unread.startFile(columnsOf(['sku', 'a', 'b']));
  look(['S', ' !x ', '\t'], ['S', '', '\u00a0y\u00a0'], ['S', '!z'], ['S', '1', '2', '!more']);
  assert.equal(kind.seen, ['a !x', 'b y', 'a !z', 'a 1', 'b 2']);
  assert.equal(said(), ['marks:v:2:a', 'marks 2 a "!x"', 'marks 4 a "!z"']);
});

test('columns are those of the first row; without a name they are called by their place', () => {
  const { unread, look, said } = followed('b.csv');
  unread.startFile(columnsOf(['sku']));
  look(['S', '!1', 'x'], ['S', 'x', '!2'], ['S', 'x', '!3'], ['S', 'x', '!4']);
  assert.equal(said(), [
    ...['marks:v:1:#1', 'marks:v:3:#2'],
    ...['marks b.csv:2 #1 "!1"', 'marks b.csv:3 #2 "!2"', 'marks b.csv:4 #2 "!3"'],
  ]);
});

test('what a column, a factor, an adder, a filter, a rule or a side file reads is not unread', () => {
  const names = ['sku', 'cell', 'factor', 'adder', 'filter', 'where', 'rule', 'where of a rule', 'join', 'left'];
  const { kind, unread, look } = followed();
  const read = {
    cells: [{ fields: [1], factorFields: [2, -1], adders: [{ field: 3 }] }],
    filters: [{ field: 4, whereField: 5 }],
    rules: [{ field: 6, whereField: 7 }],
    joins: [{ field: 8 }],
  } as unknown as Partial<ResolvedColumns>;
  unread.startFile(columnsOf(names, read));
  look(names);
  assert.equal(kind.seen, ['left left']);
});

test('after each hundred rows of a file the columns that cannot matter are left', () => {
  const { kind, unread, look } = followed();
  const plain = ['S', 'x', 'y'];
  unread.startFile(columnsOf(['sku', 'a', 'b']));
  assert.is(unread.wantsRows, true);
  look(['S', 'never', 'y'], ...Array.from({ length: 99 }, () => plain));
  assert.is(kind.seen.filter((cell) => cell.startsWith('a')).length, 100);
  look(['S', 'x', 'never'], ...Array.from({ length: 98 }, () => plain));
  assert.is(kind.seen.filter((cell) => cell.startsWith('a')).length, 100);
  assert.is(unread.wantsRows, true);
  look(plain);
  assert.is(unread.wantsRows, false);
  assert.is(kind.seen.filter((cell) => cell.startsWith('b')).length, 200);
  // the next file begins anew
  unread.startFile(columnsOf(['sku', 'a', 'b']));
  assert.is(unread.wantsRows, true);
  look(plain);
  assert.is(kind.seen.filter((cell) => cell.startsWith('a')).length, 101);
});

test('without a file no row is wanted', () => {
  const { kind, unread, look } = followed();
  assert.is(unread.wantsRows, false);
  look(['S', '!x']);
  assert.equal(kind.seen, []);
});

test('a column of several files is one, wherever it is', () => {
  const { rows, unread, look, said } = followed('1.csv');
  unread.startFile(columnsOf(['sku', 'a', 'b']));
  look(['S', '!1', 'x']);
  rows.file = '2.csv';
  unread.startFile(columnsOf(['sku', 'b', 'a']));
  look(['S', 'x', '!2'], ['S', 'x', '!3']);
  assert.equal(said(), ['marks:v:3:a', 'marks 1.csv:2 a "!1"', 'marks 2.csv:2 a "!2"']);
});

test('a thousand columns are followed', () => {
  const { kind, unread, look } = followed();
  const names = Array.from({ length: 1002 }, (_, i) => `c${i}`);
  unread.startFile(columnsOf(names));
  look(names);
  assert.is(kind.seen.length, 1000);
  assert.is(kind.seen.at(-1), 'c1000 c1000');
  // those are known in a further file, and others are not added
  unread.startFile(columnsOf(['sku', 'new', 'c1000', 'c1001']));
  look(['S', 'x', 'y', 'z']);
  assert.equal(kind.seen.slice(1000), ['c1000 y']);
});

test.run();
