import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CANONICAL_COLUMNS } from '../../canonical.ts';
import { type RowToExplain, readCells } from './cells.ts';

test('a vendor SKU is called replaced only if it has a value', () => {
  const position = CANONICAL_COLUMNS.indexOf('vendor_sku');
  const index = new Int32Array(CANONICAL_COLUMNS.length).fill(-1);
  index[position] = 0;
  const columns = { index, extras: [], cells: [], names: ['own'] } as unknown as RowToExplain['columns'];
  const row = { layout: { columns: {} } as RowToExplain['layout'], columns, now: '', conversion: null, isMapped: true };
  const howOf = (value: string | null) => {
    const explained = { ...row, raw: [''], valueOf: (column: string) => (column === 'vendor_sku' ? value : null) };
    return readCells(explained).map(({ column, how }) => [column, how.length]);
  };
  assert.equal(howOf('V1'), [['vendor_sku', 1]]);
  assert.equal(howOf(null), [['vendor_sku', 0]]);
});

test.run();
