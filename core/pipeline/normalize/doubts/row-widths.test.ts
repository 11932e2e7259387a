/** Rows whose number of cells is not the header's: what is said of them, and when the feed is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../errors.ts';
import { RowWidths, ShortRows } from './row-widths.ts';
import { batchOfRows } from './testing/batch-of-rows.ts';

const HEADER = ['sku', 'qty', 'cost'];

/** What is said of rows, each a text with commas; `!` before it: it has content past the header. */
function widths(header: readonly string[], width: number, rows: readonly string[], file: string | null = null) {
  const short = new ShortRows();
  short.file = file;
  const found = new RowWidths(header, width, short);
  const { window, batch } = batchOfRows(rows.map((row) => row.replace('!', '').split(',')));
  for (const [record, row] of rows.entries())
    if (batch.firstField[record + 1]! - batch.firstField[record]! !== width)
      found.add(window, batch, record, row.startsWith('!'));
  return { found, short };
}

const said = (rows: readonly string[], header: readonly string[] = HEADER, file: string | null = null) =>
  widths(header, header.length, rows, file).short.warning('v', rows.length);

test('short rows are shown by their first and last', () => {
  assert.is(said(['a,1,2', 'b,1,2']), null);
  assert.is(said(['a,1,2', 'b,1']), 'short_rows:v:1:line 3 has 2 of 3 fields');
  assert.is(
    said(['a,1,2', 'b,1', 'c', 'd', 'e,1', 'f,1,2']),
    'short_rows:v:4:line 3 has 2 of 3 fields; line 6 has 2 of 3 fields',
  );
  assert.is(said(['a', 'b,1']), 'short_rows:v:2:every row; line 2 has 1 of 3 fields; line 3 has 2 of 3 fields');
  assert.is(said(['a']), 'short_rows:v:1:line 2 has 1 of 3 fields');
  assert.is(said(['b,1'], HEADER, 'x.csv'), 'short_rows:v:1:x.csv line 2 has 2 of 3 fields');
  // long ones, and those without the nameless columns at the end, are not short
  assert.is(said(['a,1,2,', '!a,1,2,3']), null);
  assert.is(said(['a,1', 'a,1,2'], ['sku', 'qty', '', ' ']), null);
  assert.is(said(['a'], ['sku', 'qty', '', ' ']), 'short_rows:v:1:line 2 has 1 of 2 fields');
});

test('short rows of several files, and the one that ends a file', () => {
  const short = new ShortRows();
  const lines: Array<[file: string, line: number]> = [
    ['a.csv', 5],
    ['a.csv', 9],
    ['b.csv', 3],
  ];
  for (const [file, line] of lines) {
    short.file = file;
    short.add(line, 2, 3);
    short.endsWithoutLineEnd(8);
  }
  short.file = 'c.csv';
  short.endsWithoutLineEnd(3);
  const shown = short.examples(10);
  assert.equal(shown, [
    { file: 'a.csv', line: 5, note: '2 of 3 fields' },
    { file: 'b.csv', line: 3, note: '2 of 3 fields' },
  ]);
  short.file = 'b.csv';
  short.endsWithoutLineEnd(3);
  assert.is(short.count, 3);
  assert.match(short.examples(10)[1]!.note!, 'may be cut off');
  assert.match(short.warning('v', 10)!, /b\.csv line 3 .* may be cut off$/);
  assert.match(short.examples(3)[0]!.note!, 'every row is short');
  assert.not.match(short.examples(4)[0]!.note!, 'every row');
  // a later row is not cut off
  short.add(4, 1, 3);
  assert.not.match(short.warning('v', 10)!, 'cut off');
  // one row alone, in a single file
  const one = new ShortRows();
  one.endsWithoutLineEnd(2);
  one.add(2, 2, 3);
  one.endsWithoutLineEnd(2);
  assert.equal(Object.keys(one.examples(5)[0]!), ['line', 'note']);
  assert.is(one.warning('v', 1)!.startsWith('short_rows:v:1:line 2 has 2 of 3 fields, the last'), true);
});

test('rows that begin with their number, and have an empty cell more', () => {
  const warned = (rows: readonly string[], total = rows.length) =>
    widths(HEADER, 3, rows).found.warning(total, 'v')?.split('first cells are ')[1] ?? null;
  const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => `${first + i},a,1,`);
  assert.is(warned(from(0, 3)), '0, 1, 2');
  assert.is(warned(from(1, 5)), '1, 2, 3');
  assert.is(warned(from(2, 3)), null);
  assert.is(warned(from(1, 2)), null);
  assert.is(warned(from(0, 3), 4), null);
  assert.is(warned(['0,a,1,', '1,a,1,', '3,a,1,']), null);
  assert.is(warned(['a,1,2,', 'b,1,2,', 'c,1,2,']), null);
  assert.is(warned([]), null);
});

test('a feed whose rows do not line up with its header is refused', () => {
  const refused = (header: readonly string[], rows: readonly string[], total = rows.length): string => {
    const { found } = widths(header, header.length, rows);
    try {
      found.check(total, 'v');
    } catch (error) {
      assert.instance(error, RelayError);
      assert.is((error as RelayError).code, 'invalid_input');
      return (error as RelayError).message;
    }
    return '-';
  };
  const gap = ['sku', '', 'qty', 'cost'];
  assert.match(
    refused(gap, ['a,1,2', 'b,1,2']),
    /4 columns, 1 of them without a name \(#1, after "sku"\), and 2 of 2 rows have 1 less/,
  );
  assert.match(refused(['', 'sku', 'qty'], ['a,1', 'b,1']), '(#0, before "sku")');
  assert.is(refused(gap, ['a,1,2'], 2), '-');
  assert.is(refused(gap, ['a,1', 'b,1']), '-');
  assert.is(refused(gap, ['a,1,2,', 'b,1,2,3']), '-');
  assert.is(refused(HEADER, ['a,1', 'b,1']), '-');
  assert.match(refused(['a', '', '', 'b'], ['x,1', 'y,1', 'z,1,2,3']), '2 of them without a name');
  // names only at the end are no gap
  assert.is(refused(['sku', 'qty', ''], ['a,1', 'b,1']), '-');
  // some rows are longer, and others have empty cells there
  assert.match(
    refused(HEADER, ['!a,1,2,3', '!b,1,2,3', 'c,1,2,']),
    /2 of 3 rows have more cells .*\(3\), so the 1 whose/,
  );
  assert.is(refused(HEADER, ['!a,1,2,3', '!b,1,2,3']), '-');
  assert.is(refused(HEADER, ['!a,1,2,3', 'b,1,2,']), '-');
  assert.is(refused(HEADER, ['c,1,2,', 'd,1,2,']), '-');
});

test('without a header every column counts', () => {
  assert.is(widths([], 3, ['a,1', 'b,1,2']).short.warning('v', 2), 'short_rows:v:1:line 2 has 2 of 3 fields');
  assert.is(widths([], 3, ['a,1', 'b,1']).found.width, 3);
});

test.run();
