/** A quote at the end of a line: a mistake of its own, or the start of a cell over several lines. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTable } from './table-reader.ts';

const HEADER = 'sku,qty,cost,title,note';
const BODY = Array.from({ length: 12 }, (_, i) => `AB-${10 + i},${i},${i}.50,oak rug,new`);

/** Rows whose last cell is empty. */
const between = (count: number) => Array.from({ length: count }, (_, i) => `AB-${50 + i},${i},3.50,oak,`);

/** The last cells of the rows that start at these lines, which are put below twelve rows; and how they were repaired. */
function read(lines: readonly string[], rest: readonly string[] = BODY.slice(0, 2), delimiter = ','): unknown[] {
  const text = [HEADER, ...BODY, ...lines, ...rest].map((line) => `${line.replaceAll(',', delimiter)}\n`).join('');
  const dialect = { delimiter, quote: '"', escape: null };
  const { rows } = readTable(text, { dialect, skipLines: 0, headerLines: 1 });
  return [...rows].slice(13).map(({ cells, repaired }) => [cells.length, cells[4], repaired]);
}
const GOOD = [5, 'new', null];
const LONE = [5, '"', 'quotes'];

test('two lines that end in a quote are two rows if they look alike', () => {
  const [one, other] = ['AB-40,5,1.50,oak,"', 'AB-41,6,2.50,rug,"'];
  for (const delimiter of [',', '||']) {
    assert.equal(read([one, other], undefined, delimiter), [LONE, LONE, GOOD, GOOD]);
    const rows = read([one, ...between(2), other], undefined, delimiter);
    assert.equal(rows, [LONE, [5, '', null], [5, '', null], LONE, GOOD, GOOD]);
  }
  const inCell = (line: string) => [5, `\n${line.slice(0, -1)}`, null];
  for (const [first, second] of [
    // the second line starts with another form, has another cell empty, or few cells are filled
    [one, 'see,6,2.50,rug,"'],
    [one, 'AB-41,,2.50,rug,"'],
    ['AB-40,5,,,"', 'AB-41,6,,,"'],
    // it closes a text, or is of another width
    [one, 'AB-41,6,2.50,rug,x"'],
    [one, 'AB-41,6,2.50,"'],
  ] as const) {
    assert.equal(read([first, second]), [inCell(second), GOOD, GOOD], second);
  }
});

test('a quote that nothing closes opens no cell, if the next line is a row', () => {
  assert.equal(read(['AB-40,5,1.50,oak,"']), [LONE, GOOD, GOOD]);
  assert.equal(read(['AB-40,5,1.50,oak,"'], []), [LONE], 'the last line');
});

test('a cell takes in thirty lines at most before they are taken for rows of their own', () => {
  const [one, other] = ['AB-40,5,1.50,oak,"', 'AB-41,6,2.50,rug,"'];
  assert.is(read([one, ...between(29), other]).length, 33);
  assert.is(read([one, ...between(30), other]).length, 3);
});

test.run();
