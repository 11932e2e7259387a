import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../errors.ts';
import { FileBatch } from './file-batch.ts';

const MINUTE = 60_000;
const batch = (
  wanted: { match?: string; withinMinutes?: number | null; filesMax?: number },
  ...files: Array<[string, number]>
) => {
  const one = new FileBatch({ match: '*', withinMinutes: null, filesMax: 10, ...wanted });
  for (const [name, minutes] of files) one.add({ name, time: minutes * MINUTE });
  return one.files().map((file) => file.name);
};

test('all matching files are taken, in order of their names', () => {
  assert.equal(
    batch({ match: 'stock-*.csv' }, ['stock-b.csv', 1], ['other.csv', 9], ['STOCK-a.CSV', 5], ['stock-.csv.bak', 7]),
    ['STOCK-a.CSV', 'stock-b.csv'],
  );
  assert.equal(batch({}, ['\u{1f6de}', 1], ['\uff01', 1], ['a', 1]), ['a', '\uff01', '\u{1f6de}']);
  assert.equal(batch({ match: 'x' }, ['y', 1]), []);
});

test('only files that came within so many minutes of the newest are taken, in any order of the listing', () => {
  const files: Array<[string, number]> = [
    ['a', 100],
    ['b', 40],
    ['c', 41],
    ['d', 99],
    ['z', 3],
  ];
  for (const order of [files, [...files].reverse()])
    assert.equal(batch({ withinMinutes: 59 }, ...order), ['a', 'c', 'd']);
  assert.equal(batch({ withinMinutes: 0 }, ...files), ['a']);
});

test('too many files are refused; as many as the limit are not, and old ones do not count', () => {
  const many = (count: number, minutes: number): Array<[string, number]> =>
    Array.from({ length: count }, (_, i) => [`${minutes}-${i}`, minutes]);
  assert.is(batch({ filesMax: 3 }, ...many(3, 1)).length, 3);
  assert.throws(
    () => batch({ filesMax: 3 }, ...many(4, 1)),
    (error: RelayError) => error.code === 'invalid_input',
  );
  assert.throws(
    () => batch({ filesMax: 3 }, ...many(5_000, 1)),
    (error: RelayError) => error instanceof RelayError,
  );
  assert.is(batch({ filesMax: 3, withinMinutes: 5 }, ...many(900, 1), ...many(2, 90), ...many(900, 2)).length, 2);
});

test.run();
