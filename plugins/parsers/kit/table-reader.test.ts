import fc from 'fast-check';
import Papa from 'papaparse';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../../core/errors.ts';
import { readTable } from './table-reader.ts';

const dialect = { delimiter: ',', quote: '"', escape: null };
const read = (text: string, headerLines = 0): string[][] =>
  Array.from(readTable(text, { dialect, skipLines: 0, headerLines }).rows, (row) => row.cells);

test('well-formed tables are read as papaparse reads them', () => {
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
    { numRuns: 300 },
  );
});

test('lines count through blank lines, every line end and quoted cells', () => {
  const rows = [...readTable('a,b\r\n\r\n"x\ny",1\r2,3\n', { dialect, skipLines: 0, headerLines: 0 }).rows];
  assert.equal(
    rows.map((row) => row.line),
    [1, 3, 5],
  );
});

test('a repaired row says so, and a size past the limit is refused', () => {
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

test('a quoted cell over several lines with bad quotes is one cell where the lines are no rows', () => {
  assert.equal(read('a,b,c\n1,"he said "hi"\nand left",5\n2,x,6\n3,y,7\n', 1)[1], ['1', 'he said "hi"\nand left', '5']);
});

test('text that is not a table, and hostile quotes, end soon', () => {
  const started = performance.now();
  for (const text of [
    '"'.repeat(200_000),
    '",'.repeat(100_000),
    '"a\n'.repeat(50_000),
    ','.repeat(100_000),
    '"\n'.repeat(50_000),
  ])
    read(`a,b\n1,2\n${text}`);
  const ms = performance.now() - started;
  assert.ok(ms < 5000, `${ms} ms`);
});

test.run();
