import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { score } from './dialect-score.ts';
import { findTableStart } from './table-start.ts';

const test = suite('starts of tables');

function headerLinesOf(rows: readonly string[]): number {
  const sample = `${rows.join('\n')}\n`;
  return findTableStart(sample, score(sample, { delimiter: ',', quote: '"', escape: null }), {}).headerLines;
}

test('a header is recognized by all rows below it, whatever the last one is', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `AB-${100 + i},${i},${i}.50`);
  assert.is(headerLinesOf(['item,stock,price', ...rows]), 1);
  assert.is(headerLinesOf(['item,stock,price', ...rows, 'end,of,list']), 1);
  assert.is(headerLinesOf(['item,stock,price', 'code,pieces,net', ...rows, 'end,of,list']), 2);
  assert.is(headerLinesOf([...rows, 'end,of,list']), 0);
});

test('several years are column names; a single one is a number of the first row', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `AB-${100 + i},${i},${i}.50`);
  assert.is(headerLinesOf(['item,2019,2020', ...rows]), 1);
  assert.is(headerLinesOf(['AB-99,2019,2.50', ...rows]), 0);
  assert.is(headerLinesOf(['item,2019,2019', ...rows]), 0, 'names differ');
  assert.is(headerLinesOf(['AB-99,2019', ...rows.map((row) => row.replace(/\.50$/, '').replace(/,\d+,/, ','))]), 0);
});

test('a header that lacks a name or two is not taken for a line above the table', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `AB-${100 + i},${i},${i}.50,Article ${i},new`);
  const startOf = (lines: readonly string[]) => {
    const sample = `${lines.join('\n')}\n`;
    const { skip, headerLines } = findTableStart(
      sample,
      score(sample, { delimiter: ',', quote: '"', escape: null }),
      {},
    );
    return [skip, headerLines];
  };
  assert.equal(startOf(['item,stock,price,title', ...rows]), [0, 1]);
  assert.equal(startOf(['item,stock,price', ...rows]), [0, 1]);
  assert.equal(startOf(['item,stock', ...rows]), [1, 0]);
  assert.equal(startOf(['12,of,30', ...rows]), [0, 0], 'more than half of the columns');
});

test('lines above a table are told from its header, also where that is written in another delimiter', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `AB-${100 + i},${i},${i}.50`);
  const wide = rows.map((row, i) => `${row},Article ${i},new,x`);
  const startOf = (lines: readonly string[]) => {
    const sample = `${lines.join('\n')}\n`;
    const dialect = score(sample, { delimiter: ',', quote: '"', escape: null });
    const { skip, headerLines } = findTableStart(sample, dialect, {});
    return [skip, headerLines];
  };
  assert.equal(startOf(['item;stock;price', ...rows]), [0, 1]);
  assert.equal(startOf(['item stock price', ...rows]), [0, 1], 'blanks separate names right above rows');
  assert.equal(startOf(['item stock price', 'code,pieces,net', ...rows]), [1, 1], 'and not above names');
  const header = 'item,stock,price,title,condition,note';
  assert.equal(startOf(['Stock,of,Acme', '2026-10-31', header, ...wide]), [2, 1], 'a narrow row is between');
});

test.run();
