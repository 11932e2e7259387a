import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { profileColumns } from './column-profile.ts';
import { splitName } from './header-split.ts';
import type { TableShape } from './shape.ts';

function split(names: readonly string[], rows: readonly (readonly string[])[]): string[] | null {
  const records = rows.map((cells) => ({ cells, quoted: [] }));
  return splitName(names, { profiles: profileColumns(records, rows[0]?.length ?? 0) } as unknown as TableShape);
}

test('a header name is split if both halves fit the kinds of their columns', () => {
  const rows = Array.from({ length: 12 }, (_, i) => [`AB-${100 + i}`, `2026-11-${10 + i}`, `10:${10 + i}`, `${i}`]);
  assert.equal(split(['sku', 'datetime', 'qty'], rows), ['sku', 'date', 'time', 'qty']);
  assert.is(split(['sku', '_date_time', 'qty'], rows), null, 'two splits are as good');
  assert.is(split(['sku', 'whatever', 'qty'], rows), null);
});

test.run();
