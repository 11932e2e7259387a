/** Rows that are the header once more: all names in their places, or some in others. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../../errors.ts';
import { batchOfRows } from '../doubts/testing/batch-of-rows.ts';
import { dropBlankRows, hasContent, isBlankRecord } from './blank.ts';
import { HeaderAgain } from './header-again.ts';

const NAMES = ['\ufeffSKU', ' qty ', 'cost', 'cost', '', 'note'];

test('names of the header', () => {
  const again = new HeaderAgain(NAMES, 'v');
  const isName = (cell: string | null) => again.isName(cell);
  assert.equal(['sku', '\ufeffSku', 'QTY', ' note '].map(isName), [true, true, true, true]);
  assert.equal(
    ['cost', '', 'x', null, '5', 'x\ufeff'].map(isName),
    Array.from({ length: 6 }, () => false),
  );
  // a name that is there three times has no place either
  assert.is(new HeaderAgain(['a', 'a', 'a'], 'v').isName('a'), false);
});

test('two names and half of the cells make a header', () => {
  const again = new HeaderAgain(NAMES, 'v');
  const said = (cells: string[], file: string | null = null): boolean | string => {
    try {
      return again.isHeader(cells, { file, line: 7 });
    } catch (error) {
      assert.is((error as RelayError).code, 'invalid_input');
      assert.is((error as RelayError).details.vendor_id, 'v');
      return (error as RelayError).message;
    }
  };
  assert.is(said(['sku', 'qty', 'cost', 'cost', '', 'note']), true);
  assert.is(said(['sku', 'Qty']), true);
  assert.is(said(['sku', 'x', 'x', 'x']), false);
  assert.is(said(['sku', 'qty', 'x', 'x']), true);
  assert.is(said(['sku', 'qty', 'x', 'x', 'x']), false);
  assert.is(said(['sku', 'qty', ' ', 'x', 'x', '']), true);
  assert.is(said(['sku']), false);
  assert.match(String(said(['qty', 'sku'])), 'line 7 is a header again, with "qty" as column 1 and not 2');
  assert.match(String(said(['sku', 'x', 'qty'], 'b.csv')), 'line 7 of b.csv is a header again, with "qty" as column 3');
});

test('blank lines and rows of empty cells are dropped', () => {
  const { window, batch } = batchOfRows([
    ['a', ''],
    [''],
    ['  '],
    ['', ' '],
    ['\u00a0', 'x'],
    ['\u00a0'],
    ['', ''],
    ['b'],
  ]);
  const lines: number[] = [];
  assert.equal(
    [0, 1, 2, 3, 5].map((record) => isBlankRecord(window, batch, record)),
    [false, true, true, false, true],
  );
  assert.is(
    dropBlankRows(window, batch, (line) => lines.push(line)),
    2,
  );
  assert.equal(lines, [5, 8]);
  assert.equal([...batch.line.subarray(0, batch.count)], [2, 6, 9]);
  assert.equal(
    [hasContent(window, batch, 0, 2), hasContent(window, batch, 1, 2), hasContent(window, batch, 1, 1)],
    [true, false, false],
  );
  assert.is(dropBlankRows(window, batch), 0);
  assert.is(batch.count, 3);
});

test.run();
