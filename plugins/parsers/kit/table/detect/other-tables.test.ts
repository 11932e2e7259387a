/** Where another table begins, by its header, its width and what follows it; and the lines of the tables below. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRecord } from '../dialect.ts';
import { profileColumns } from '../shape/column-profile.ts';
import type { TableShape } from '../shape/shape.ts';
import { isSameHeader, nameTables, type OtherTable, startsTable } from './other-tables.ts';

const test = suite('other tables');

const dialect = { delimiter: ',', quote: '"', escape: null };
const shapeOf = (rows: string[][]): TableShape => {
  const width = rows[0]?.length ?? 0;
  const profiles = profileColumns(
    rows.map((cells) => ({ cells, quoted: [] })),
    width,
  );
  return { width, profiles, effort: { left: 0 } };
};
const TITLES = ['oak lamp', 'rug'];
const SHAPE = shapeOf(Array.from({ length: 12 }, (_, i) => [`A-${i}`, `${i + 3}`, `${i}.50`, TITLES[i % 2] ?? '']));
const ONE_COLUMN = shapeOf(Array.from({ length: 12 }, (_, i) => [`A-${i}`]));

interface Way {
  blank?: boolean;
  repaired?: boolean;
  header?: string[] | null;
  mostlyShort?: boolean;
  shape?: TableShape;
}

function starts(text: string, { blank, repaired, header = null, mostlyShort, shape = SHAPE }: Way): boolean {
  const { cells } = readRecord(text, 0, dialect);
  const row = { cells, afterBlank: blank === true, repaired: repaired === true ? ('quotes' as const) : null };
  return startsTable(text, 0, row, { dialect, shape: { ...shape, mostlyShort: mostlyShort === true }, header });
}

const HEADER = ['sku', 'qty', 'cost', 'title'];
/** How the row is met, in the order of the signs below. */
const WAYS: Way[] = [
  { header: HEADER },
  { header: HEADER, blank: true },
  { header: HEADER, repaired: true },
  { header: HEADER, blank: true, repaired: true },
  { header: HEADER, mostlyShort: true },
  { header: HEADER, blank: true, mostlyShort: true },
  {},
];
const signs = (text: string, more: Way): string =>
  WAYS.map((way) => (starts(text, { ...way, ...more }) ? 'x' : '.')).join('');

test('a table begins with its header, or after a blank line with rows of another form', () => {
  const cases: [begins: string, text: string][] = [
    ['xxxxxx.', 'sku,qty,cost,title'],
    ['xxxxxx.', '\ufeffsku,qty,cost,title'],
    ['xxxxxx.', 'sku,qty,cost'],
    ['xxxxxx.', 'sku,qty'],
    ['.......', 'sku'],
    ['xxxxxx.', 'sku,qty,cost,title,x'],
    ['.......', 'sku,QTY'],
    ['.......', 'sku,qty,x,title'],
    ['xxxxxx.', 'SKU, Qty,Cost,\ufeffTitle'],
    ['xxxxxx.', 'title,cost,qty,sku'],
    ['.......', 'title,cost,qty,x'],
    ['.......', 'sku,sku,qty,cost'],
    ['.......', 'sku,,cost'],
    ['.......', 'x,qty,cost,title'],
    ['.......', 'A-1,5,1.50,x'],
    ['.......', 'A-1,5,1.50,x\nA-2,6,1.50,x'],
    ['.x.x.x.', 'store,street\nAnna,Bert'],
    ['xx.x.xx', 'store,street\nAnna,Bert\nCarl,Dora'],
    ['.......', 'store,street\nAnna,Bert\nCarl'],
    ['xx.x.xx', 'store,street\n\nAnna,Bert\nCarl,Dora'],
    ['.x...x.', 'store,5\nAnna,Bert\nCarl,Dora'],
    ['.x...x.', 'store,store\nAnna,Bert\nCarl,Dora'],
    ['.......', 'store\nAnna\nBert'],
    ['.x.x.x.', 'name,place,city,zip\nAnna,B,C,D'],
    ['.......', 'name,place,city,zip'],
    ['.......', 'name,5,1.5,zip\nAnna,B,C,D'],
    ['.......', 'name,5,city,zip\nAnna,B,C,D'],
    ['.x.x.x.', 'Stores\nstore,street\nAnna,Bert\nCarl,Dora'],
    ['.x.x.x.', 'Stores\n\nstore,street\nAnna,Bert'],
    ['.......', 'Stores\nstore,street'],
    ['.x...x.', '1,2\n3,4'],
    ['.......', '1,2'],
    ['.......', 'A-1,5\nA-2,6'],
    ['.x.x.x.', 'A-1,x\nA-2,y'],
    ['.......', ',5\n,6'],
    ['.x.x.x.', 'Hello, world\nBye, all'],
    ['.x...x.', '1,2,3,4,5\n1,2,3,4,5'],
    ['.......', 'A-1,5,1.5,x,y\nA-2,5,1.5,x,y'],
    ['.x.x.x.', 'x,y,z,w,v\na,b,c,d,e'],
    ['.x...x.', 'a;b\nc;d'],
    ['.......', 'a;b'],
    ['.......', 'a; b\nc; d'],
    ['.x...x.', 'name size\nx 1\ny 2'],
    ['.......', 'name size\nx 1'],
    ['.......', 'x y\nz w\nu v'],
    ['.x...x.', 'a\tb\nc\td'],
    ['.......', 'one\ntwo\nthree'],
    ['.......', 'store,street\nAnna,Bert\nAnna,Bert\nAnna,Bert\nAnna,Bert\nx,y,z'],
    ['xx.x.xx', 'store,street\nAnna,Bert\nAnna,Bert\nAnna,Bert\nAnna,Bert\nAnna,Bert\nx,y,z'],
    ['xx.x.xx', 'store,street\nAnna,Bert\nAnna,Bert\nAnna,Bert\nAnna,Bert\nAnna,Bert\nAnna,Bert\nx,y,z'],
  ];
  for (const [begins, text] of cases) assert.is(signs(text, {}), begins, JSON.stringify(text));
});

test('below a table of one column, rows of several cells are another table', () => {
  const cases: [begins: string, text: string][] = [
    ['.x.x.x.', 'a,b\nc,d'],
    ['.x...x.', '1,2\n3,4'],
    ['xx.xxxx', 'name,size\nx,1\ny,2'],
    ['.......', 'word\nother'],
    ['.......', 'word'],
  ];
  for (const [begins, text] of cases) assert.is(signs(text, { shape: ONE_COLUMN, header: null }), begins, text);
});

test('names above a column of numbers are a header of their own, others may be rows', () => {
  const of = (row: (i: number) => string[]) => shapeOf(Array.from({ length: 12 }, (_, i) => row(i)));
  const word = (i: number) => ['oak', 'ash', 'elm', 'fir'][i % 4] ?? '';
  const cases: [begins: boolean, text: string, shape: TableShape][] = [
    [true, 'name,stock\nAnna,Bert', of((i) => [word(i), String(i)])],
    [false, 'name,\nAnna,Bert', of((i) => [word(i), String(i)])],
    [false, 'name, \nAnna,Bert', of((i) => [word(i), String(i)])],
    [false, 'name,stock\nAnna,Bert', of((i) => [word(i), word(i + 1)])],
    [false, 'name,stock\nAnna,Bert', of((i) => [word(i), `AB-${10 + i}`])],
    [true, 'name,seen\nAnna,Bert', of((i) => [`AB-${10 + i}`, `2026-10-${10 + i}`])],
    [true, 'Anna,Bert\nCarl,Dora', of((i) => [word(i), word(i + 1), word(i + 2)])],
    [true, 'name,stock\nAnna,Bert\n\nx,y,z', of((i) => [word(i), String(i), '1.50'])],
  ];
  for (const [begins, text, shape] of cases) assert.is(starts(text, { shape, blank: true }), begins, text);
});

test('two names are the header again only as they are written', () => {
  const shape = shapeOf([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  const again = (text: string, header: string[]) => starts(text, { shape, header });
  assert.ok(again('a,b', ['a', 'b']));
  for (const text of ['b,a', 'A,B', 'a']) assert.not.ok(again(text, ['a', 'b']), text);
  assert.not.ok(again('x,', ['x', '']), 'one name');
  assert.ok(again('C,a,b', ['a', 'b', 'c']));
  assert.not.ok(again('A,B,A', ['a', 'b', 'a']), 'a name twice');
  assert.not.ok(again('a,b', ['a', 'b', 'c', 'd', 'e']), 'fewer than half of the names');
  assert.not.ok(again('a,', ['a', '', 'c']), 'an empty name');
});

test('a row is the same header if its names are, in other capitals if there are three', () => {
  const same = ['sku,qty', '\ufeffsku,qty', 'sku', ',qty,x', 'sku,qty,x'];
  for (const text of same) assert.ok(isSameHeader(text.split(','), text.replace('\ufeff', '').split(',')), text);
  assert.ok(isSameHeader(['SKU', ' Qty', 'x'], ['sku', 'qty', 'x']));
  for (const [row, header] of [
    ['SKU,qty', 'sku,qty'],
    ['sku,qty,y', 'sku,qty,x'],
    ['x,qty,sku', 'sku,qty,x'],
    ['sku,qty', 'sku,qty,x'],
    ['sku,', 'sku,'],
    [', ', ', '],
    ['', ''],
  ] as const) {
    assert.not.ok(isSameHeader(row.split(','), header.split(',')), row);
  }
});

test('tables below are the blocks between blank lines', () => {
  for (const [text, lines] of [
    ['', ''],
    ['a\nb\n\nc\n', '10-11 13-13'],
    ['\n\na', '12-12'],
    ['a\r\n\r\n \r\nb\nc', '10-10 13-14'],
    ['a\n\n\n', '10-10'],
    ['a\rb\r\rc', '10-11 13-13'],
  ] as const) {
    const others: OtherTable[] = [];
    nameTables(text, 0, 10, others);
    assert.is(
      others.map(({ firstLine, lastLine }) => `${firstLine}-${lastLine}`).join(' '),
      lines,
      JSON.stringify(text),
    );
  }
});

test.run();
