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

test('names that begin alike, or with a capital, show where the second of two begins', () => {
  const rows = Array.from({ length: 12 }, (_, i) => [`word ${i}`, 'lamp', 'oak', 'red']);
  for (const [names, expected] of [
    [
      ['itemsku', 'itemnameitemcolour', 'itemkind'],
      ['itemsku', 'itemname', 'itemcolour', 'itemkind'],
    ],
    [
      ['itemsku', 'nameitemcolour', 'itemkind'],
      ['itemsku', 'name', 'itemcolour', 'itemkind'],
    ],
    // two letters are too few, and each of two places is as good
    [['itsku', 'nameitcolour', 'itkind'], null],
    [['itemsku', 'itemaitemb', 'itemcitemd'], null],
    [
      ['sku', 'nameColour', 'kind'],
      ['sku', 'name', 'Colour', 'kind'],
    ],
    [['sku', 'nameColour', 'kindSize'], null],
    [['sku', 'NAMEColour', 'kind'], null],
    [['sku', 'name', 'kind'], null],
  ] as const) {
    assert.equal(split(names, rows), expected, names.join());
  }
});

test('marks around a name do not hide what it says', () => {
  const rows = Array.from({ length: 12 }, (_, i) => [`AB-${100 + i}`, `2026-11-${10 + i}`, 'oak', `${i}`]);
  for (const [names, expected] of [
    [
      ['a', '__datecolour', 'left'],
      ['a', '__date', 'colour', 'left'],
    ],
    [
      ['a', '-_datecolour', 'left'],
      ['a', '-_date', 'colour', 'left'],
    ],
    [
      ['a', 'day', 'colourqty__'],
      ['a', 'day', 'colour', 'qty__'],
    ],
    [['a', '__date--name', 'left'], null],
    [['a', `${'_'.repeat(497)}datecolour`, 'left'], null],
  ] as const) {
    assert.equal(split(names, rows), expected, names.join().slice(0, 40));
  }
});

test.run();
