/** SKU maps: headers, entries that are not whole, and keys that are there twice. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../../bytes/text.ts';
import type { RelayError } from '../../../errors.ts';
import { readSkuMap } from './sku-map.ts';

async function read(...parts: string[][][]) {
  const given = async function* () {
    for (const rows of parts) yield { rows, errors: 0 } as never;
  };
  const { map, warnings, examples } = await readSkuMap(given(), 'v');
  const of = (key: string) => {
    const bytes = toBytes(key);
    const entry = map.find(bytes, 0, bytes.length);
    return entry < 0 ? null : toText(map.bytes, map.valueStart(entry), map.valueEnd(entry));
  };
  return { of, warnings, examples: examples.map(({ code, row_number, cell }) => `${code} ${row_number} ${cell}`) };
}

test('entries by the names of the columns', async () => {
  const { of, warnings, examples } = await read(
    [
      ['note', ' SKU ', 'Vendor_SKU'],
      ['x', ' A ', ' a '],
      ['', 'B', 'b'],
    ],
    [['', '', ''], ['', 'C', 'c'], []],
  );
  assert.equal(['a', 'b', 'c', 'A', ''].map(of), ['A', 'B', 'C', null, null]);
  assert.equal([warnings, examples], [[], []]);
  // an exact name comes before another one
  const exact = await read([
    ['VENDOR_SKU', 'vendor_sku', 'Sku', 'sku'],
    ['1', '2', '3', '4'],
  ]);
  assert.equal([exact.of('2'), exact.of('1')], ['4', null]);
});

test('the last of two entries for a key wins, and entries that lack a part are left out', async () => {
  const { of, warnings, examples } = await read([
    ['vendor_sku', 'sku'],
    ...[
      ['a', 'A'],
      ['a', 'B'],
      ['a', 'C'],
      ['a', 'D'],
      ['x', ''],
      ['', 'Y'],
      ['z', ' '],
      ['b', 'B'],
    ],
  ]);
  assert.equal([of('a'), of('b'), of('x')], ['D', 'B', null]);
  assert.equal(warnings, ['sku_map_duplicate_keys:v:3', 'sku_map_incomplete_entries:v:3']);
  assert.equal(examples, [
    ...['sku_map_duplicate_keys 3 a', 'sku_map_duplicate_keys 4 a'],
    ...['sku_map_incomplete_entries 6 x', 'sku_map_incomplete_entries 7 Y'],
  ]);
});

test('a map without its columns is refused', async () => {
  const refused = (...rows: string[][]) =>
    read(rows).then(
      () => '-',
      ({ code, message }: RelayError) => `${code} ${message}`,
    );
  for (const rows of [
    [],
    [[]],
    [['vendor_sku']],
    [['sku']],
    [
      ['a', 'b'],
      ['vendor_sku', 'sku'],
    ],
  ])
    assert.match(await refused(...rows), /^invalid_input .*"(vendor_)?sku" is missing/);
  assert.is(await refused(['vendor_sku', 'sku']), '-');
  const many = Array.from({ length: 12 }, (_, i) => `n${i}`);
  assert.match(await refused(many), /: n0, n1, n2, n3, n4, n5, n6, n7, n8, n9$/);
});

test.run();
