import fc from 'fast-check';
import Papa from 'papaparse';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../../../core/errors.ts';
import { countOf } from '../../../../core/testing/share.ts';
import { detectDialect } from './detect/sniff.ts';
import { readRecord, type TableDialect } from './dialect.ts';
import { readTable } from './table-reader.ts';

const dialect = { delimiter: ',', quote: '"', escape: null };
const read = (text: string, headerLines = 0): string[][] =>
  Array.from(readTable(text, { dialect, skipLines: 0, headerLines }).rows, (row) => row.cells);

test('property: well-formed tables are read as by papaparse', () => {
  const cell = fc.stringMatching(/^[ab1 .,"\n;-]{0,6}$/);
  const tables = fc
    .integer({ min: 2, max: 4 })
    .chain((w) => fc.array(fc.array(cell, { minLength: w, maxLength: w }), { minLength: 1, maxLength: 6 }));
  fc.assert(
    fc.property(tables, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), (rows, newline, quotes) => {
      const text = Papa.unparse(rows, { newline, quotes });
      const expected = Papa.parse<string[]>(text, { delimiter: ',', newline, quoteChar: '"', escapeChar: '"' }).data;
      assert.equal(read(text), expected);
    }),
    { numRuns: countOf(300) },
  );
});

test('a record that is read up to a place is the one of the text that ends there', () => {
  const commas = { delimiter: ',', quote: '"', escape: null };
  const dialects: TableDialect[] = [
    ...[commas, { ...commas, escape: '\\' }, { ...commas, escape: '"' }, { ...commas, padded: true }],
    { delimiter: ',', quote: null, escape: '\\' },
    { delimiter: ' ', quote: '"', escape: null, merged: true },
    { delimiter: ' ', quote: "'", escape: '\\', merged: true, padded: true },
  ];
  const signs = fc.array(fc.constantFrom(...'ab,,"" \n\r\\\''), { maxLength: 9 });
  fc.assert(
    fc.property(signs, fc.nat(9), fc.nat(9), fc.constantFrom(...dialects), (all, start, more, one) => {
      const text = all.join('');
      const from = Math.min(start, text.length);
      const to = Math.min(from + more, text.length);
      assert.equal(readRecord(text, from, one, to), readRecord(text.slice(0, to), from, one));
    }),
    { numRuns: 600, seed: 5 },
  );
});

test('line numbers count blank lines, every kind of line end and quoted cells', () => {
  const rows = [...readTable('a,b\r\n\r\n"x\ny",1\r2,3\n', { dialect, skipLines: 0, headerLines: 0 }).rows];
  assert.equal(
    rows.map((row) => row.line),
    [1, 3, 5],
  );
});

test('a repaired row is marked, and a row over the size limit refused', () => {
  const rows = [...readTable('a,b\n1,"x "y" z"\n2,w\n', { dialect, skipLines: 0, headerLines: 1 }).rows];
  assert.equal(
    rows.map((row) => row.repaired),
    [null, 'quotes', null],
  );
  assert.is(readTable('a,b\n', { dialect, skipLines: 0, headerLines: 1, charsMax: 4 }).width, 2);
  try {
    readTable('a,b\n1', { dialect, skipLines: 0, headerLines: 1, charsMax: 4 });
    assert.unreachable();
  } catch (error) {
    assert.is((error as RelayError).code, 'INPUT_TOO_LARGE');
  }
});

test('a quoted cell over several lines with bad quotes is one cell if the lines are not rows', () => {
  assert.equal(read('a,b,c\n1,"he said "hi"\nand left",5\n2,x,6\n3,y,7\n', 1)[1], ['1', 'he said "hi"\nand left', '5']);
});

test('a cell over several lines is found even after a missing separator or a stray quote', () => {
  const rows = 'id,state,remark,seen\n1,open,"a\nb",2024\n2,open,c,2024\n3,shut,d,2024\n';
  const right = ['4', 'open', 'works\nagain', '2025'];
  assert.equal(read(`${rows}4,open"works\nagain",2025\n5,open,x,2024\n`, 1).slice(4), [
    right,
    ['5', 'open', 'x', '2024'],
  ]);
  assert.equal(read(`${rows}4,open"works,\nagain",2025\n`, 1)[4], ['4', 'open', 'works,\nagain', '2025']);
  assert.equal(read(`${rows}4,open,""works\nagain",2025\n`, 1)[4], ['4', 'open', '"works\nagain', '2025']);
  // a line that is a row of its own belongs to no cell
  const [short, next] = read(`${rows}4,12"x\n5,open,x",2024\n`, 1).slice(4);
  assert.equal(
    [short, next],
    [
      ['4', '12"x'],
      ['5', 'open', 'x"', '2024'],
    ],
  );
});

test('number columns decide how a surplus separator is read, or leave it open', () => {
  const phrases = (i: number): string => `Item ${i} of oak`;
  const words = (i: number): string => ['Shelf', 'Lamp', 'Desk'][i % 3]!;
  const last = (title: (i: number) => string, row: string): string[] => {
    const body = Array.from({ length: 50 }, (_, i) => `${i + 10},${title(i)},${i % 13},${(i * 1.37 + 3).toFixed(2)}\n`);
    return read(`sku,title,qty,price\n${body.join('')}${row}\n`, 1).at(-1)!;
  };
  for (const title of [phrases, words]) {
    assert.equal(last(title, '2,Shelf, oak,4,5.00'), ['2', 'Shelf, oak', '4', '5.00']);
    assert.equal(last(title, '2,Shelf, oak, big,4,5.00'), ['2', 'Shelf, oak, big', '4', '5.00']);
    assert.equal(last(title, '2,x,4,5,00'), ['2', 'x', '4', '5,00']);
    assert.equal(last(title, 'A,x,4,5,00'), ['A', 'x', '4', '5,00']);
    // a thousands separator or a title with a 4; a missing quantity or one beside the price
    for (const row of ['2,x,4,1,234.00', '2,x,4,5,0', '2,x,45.00']) assert.equal(last(title, row), row.split(','), row);
  }
});

test('property: no letter is lost, whatever the text and its quotes', () => {
  const pieces = fc.constantFrom(
    'a',
    'bc',
    '1',
    '2.5',
    ',',
    ',',
    ';',
    '"',
    '"',
    '""',
    ',"',
    '",',
    "'",
    '\n',
    '\r\n',
    '|',
    '\\',
    ' ',
  );
  const lettersOf = (texts: readonly string[]): string =>
    [...texts.join('').replace(/[^a-c0-9.]/g, '')].sort().join('');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const text = parts.join('');
      const found = detectDialect(text);
      const table = readTable(text, { dialect: found, skipLines: found.skipLines, headerLines: found.headerLines });
      const cells = [...table.rows].flatMap((row) => row.cells);
      const lines = text.split(/\r\n|\n|\r/);
      const left = table.otherTables.flatMap(({ firstLine, lastLine }) => lines.slice(firstLine - 1, lastLine));
      assert.is(lettersOf([...cells, ...lines.slice(0, found.skipLines), ...left]), lettersOf([text]), text);
    }),
    { numRuns: countOf(800) },
  );
});

test('hostile quotes, and text that is not a table, take little time', () => {
  const started = process.cpuUsage();
  for (const text of [
    '"'.repeat(200_000),
    '",'.repeat(100_000),
    '"a\n'.repeat(50_000),
    ','.repeat(100_000),
    '"\n'.repeat(50_000),
  ])
    read(`a,b\n1,2\n${text}`);
  // CPU time, independent of other processes. Reading in quadratic time would take minutes.
  const ms = process.cpuUsage(started).user / 1000;
  assert.ok(ms < 20_000, `${ms} ms`);
});

test('a row broken by another kind of line end is joined with a space', () => {
  const dialect = { delimiter: ';', quote: '"', escape: null };
  const feed = 'a;b;c;d\r\n1;2;x\ny;4\r\n1;2;3\r\n1;2\r\n5;6;7;8\n9;8;7;6\r\n';
  const rows = [...readTable(feed, { dialect, skipLines: 0, headerLines: 1, width: 4 }).rows];
  assert.equal(
    rows.map(({ cells, line, repaired }) => [line, cells.join('|'), repaired]),
    [
      [1, 'a|b|c|d', null],
      [2, '1|2|x y|4', 'line end inside'],
      [4, '1|2|3', null],
      [5, '1|2', null],
      [6, '5|6|7|8', null],
      [7, '9|8|7|6', null],
    ],
  );
});

test.run();
