/** Kinds of messy tables that were once silently misread, each with what a careful person reads. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { detectDialect } from './detect/sniff.ts';
import { readTable } from './table-reader.ts';

/** The cells, header first, and the lines that were repaired. */
function read(text: string): { rows: string[][]; repaired: number[] } {
  const dialect = detectDialect(text);
  const { skipLines, headerLines, width } = dialect;
  const table = readTable(text, { dialect, skipLines, headerLines, ...(width > 1 ? { width } : {}) });
  const rows = [...table.rows];
  return { rows: rows.map(({ cells }) => cells), repaired: rows.flatMap((row) => (row.repaired ? [row.line] : [])) };
}

const lines = (n: number, row: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => row(i + 1)).join('');

test('quoted cells are never joined: the empty cell beside them is the surplus one', () => {
  const row = (i: number): string => `SK-${i},${i},${i}.50,Oak Lamp ${i},"Made of oak, oiled ${i}",\n`;
  const odd = 'SK-8,8,8.50,,"Oak Rug, small","Made of oak, oiled 8",\n';
  const { rows, repaired } = read(`sku,qty,cost,type,text,remark\n${lines(7, row)}${odd}${lines(5, row)}`);
  assert.equal(rows[8], ['SK-8', '8', '8.50', 'Oak Rug, small', 'Made of oak, oiled 8', '']);
  assert.equal(repaired, [9]);
});

test('a cell in the other quote character counts as quoted only if it doubles one inside', () => {
  const row = (i: number): string => `SK-${i},${i},Oak Lamp ${i},"Made of oak, oiled ${i}"\n`;
  const odd = (title: string): string =>
    read(`sku,qty,title,text\n${lines(7, row)}SK-8,8,${title},oiled\n${lines(5, row)}`).rows[8]![2]!;
  assert.is(odd("'Men''s jacket'"), "Men's jacket");
  for (const title of ["'Oak Rug'", "'Men's jacket'", "''Oak''"]) assert.is(odd(title), title);
  const { repaired } = read(`sku,qty,title,text\n${lines(7, row)}SK-8,8,'Men''s rug',oiled\n${lines(5, row)}`);
  assert.equal(repaired, [9]);
});

test('a row with another separator and a cell over two lines is one row, if its cells fit the columns', () => {
  const row = (i: number): string => `SK-${i},${i},${i}.50,"Oak Lamp ${i}"\n`;
  const whole = read(`sku,qty,cost,title\n${lines(7, row)}SK-8;8;8.50;"Oak Rug\nsmall"\n${lines(5, row)}`);
  assert.equal(whole.rows[8], ['SK-8', '8', '8.50', 'Oak Rug\nsmall']);
  assert.equal([whole.repaired, whole.rows.length], [[9], 14]);
});

test('of two tables of many rows without a blank line between them the first is read', () => {
  const first = lines(30, (i) => `SK-${i},${i},${i}.50,Oak Lamp ${i}\n`);
  const second = lines(30, (i) => `Store ${i},Main Street ${i}\n`);
  const { rows } = read(`sku,qty,cost,title\n${first}store,street\n${second}`);
  assert.equal(
    [rows[0], rows[30]],
    [
      ['sku', 'qty', 'cost', 'title'],
      ['SK-30', '30', '30.50', 'Oak Lamp 30'],
    ],
  );
});

test('a header of names outweighs rows that leave out their last cells', () => {
  const { rows, repaired } = read(`sku,title,remark\nAB-1,Lamp,sale\n${lines(5, (i) => `AE-${i},Plug ${i}\n`)}`);
  assert.equal(rows.slice(0, 3), [
    ['sku', 'title', 'remark'],
    ['AB-1', 'Lamp', 'sale'],
    ['AE-1', 'Plug 1'],
  ]);
  assert.is(rows.length, 7);
  assert.equal(repaired, []);
});

test('a lone quote at the end of a row is its last cell, whatever the next row has', () => {
  for (const [url, every] of [
    ['https://x.example', 1],
    ['"https://x.example"', 1],
    ['"https://x.example"', 4],
    ['https://x.example', 3],
  ] as const) {
    const has = (i: number): boolean => i % every === 0;
    const { rows } = read(
      `sku,qty,title,url,note\n${lines(12, (i) => `S-${i},${i},Lamp ${i},${url},${has(i) ? '"' : ''}\n`)}`,
    );
    const expected = Array.from({ length: 12 }, (_, n) => [
      `S-${n + 1}`,
      String(n + 1),
      `Lamp ${n + 1}`,
      'https://x.example',
      has(n + 1) ? '"' : '',
    ]);
    assert.equal(rows.slice(1), expected);
  }
  // a cell over several lines stays one cell
  assert.equal(read('a,b\n1,"\nx, y"\n2,z\n').rows[1], ['1', '\nx, y']);
});

test('an empty header name is surplus if the rows have one cell fewer', () => {
  const rows = lines(7, (i) => `S-${i},${i},${i}.5,Lamp ${i},"nice, ${i}","red"\n`);
  const header = ['sku', 'qty', 'cost', 'title', 'remark', 'colour'];
  for (const text of [',sku,qty,cost,title,"remark","colour"', '"sku","qty",,cost,title,remark,"colour"'])
    assert.equal(read(`${text}\n${rows}`).rows[0], header, text);
});

test("'' for empty cells is not a quote character, and a space after a comma not part of the delimiter", () => {
  const empty = read(`sku;"qty"\n${lines(7, (i) => `S-${i};${i % 2 ? "''" : i}\n`)}`);
  assert.equal(empty.rows.slice(0, 2), [
    ['sku', 'qty'],
    ['S-1', "''"],
  ]);
  assert.equal(read(`sku,qty, title\n${lines(4, (i) => `${1000 + i},4, Brass lamp ${i}\n`)}`).rows[1], [
    '1001',
    '4',
    ' Brass lamp 1',
  ]);
});

test('a list with one column is read as one column', () => {
  for (const value of ['A 1', 'A:1', 'Oak lamp 7', 'Red 1.5 m'])
    for (const n of [1, 4])
      assert.equal(read(`sku\n${lines(n, () => `${value}\n`)}`).rows[1], [value], `${value} ${n}`);
});

test('titles padded with separators are not a table', () => {
  const table = `sku;qty;cost;title;colour;note;z\n${lines(4, (i) => `S-${i};${i};${i},5;Lamp;red;;x\n`)}`;
  const pad = (title: string): string => `${title}${';'.repeat(7 - title.split(';').length)}\n`;
  for (const titles of [
    ['Nordlicht GmbH', 'Preisliste', 'Stand 2024'],
    ['Nordlicht GmbH', 'Kunde;4711', 'Stand;2024-01-01'],
  ])
    for (const gap of ['\n', ';;;;;;\n', '']) {
      const { rows } = read(titles.map(pad).join('') + gap + table);
      assert.equal([rows[0]?.[0], rows.length], ['sku', 5], JSON.stringify([titles, gap]));
    }
});

test.run();
