import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../bytes/text.ts';
import { INT_SKU_AT, INT_SKU_LENGTH, ROW_INTEGERS, Segment } from './segment.ts';
import { Sorter } from './sort.ts';

function sorted(skus: string[]): Array<[string, number]> {
  const segment = new Segment(skus.length * 300 + 10_000);
  for (const sku of skus) {
    const bytes = toBytes(sku);
    segment.arena.set(bytes, segment.used);
    segment.setKey(segment.rows++, segment.used, bytes.length);
    segment.used += bytes.length;
  }
  const order = new Sorter().sort(segment);
  return [...order].map((row) => {
    const at = segment.integers[row * ROW_INTEGERS + INT_SKU_AT]!;
    return [toText(segment.arena, at, at + segment.integers[row * ROW_INTEGERS + INT_SKU_LENGTH]!), row];
  });
}

function expected(skus: string[]): Array<[string, number]> {
  const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return skus.map((sku, row): [string, number] => [sku, row]).sort((a, b) => byCodePoint(a[0], b[0]) || a[1] - b[1]);
}

test('code point order, not UTF-16 order', () => {
  assert.equal(
    sorted(['\u{1F600}', '\uFF5E', 'z', 'Z', 'é']).map(([sku]) => sku),
    ['Z', 'z', 'é', '\uFF5E', '\u{1F600}'],
  );
});

test('shorter before longer, NUL included, equal ones in row order', () => {
  for (const times of [1, 40]) {
    const skus = Array.from({ length: times }, () => [
      'A\0',
      'A',
      'A\0\0\0\0\0\0\0\0',
      'A',
      'AAAAAAAA',
      'AAAAAAAAA',
    ]).flat();
    assert.equal(sorted(skus), expected(skus));
  }
});

test('many rows with one long common prefix take no longer than their bytes', () => {
  const skus = Array.from({ length: 60_000 }, (_, i) => `A-VERY-LONG-COMMON-PREFIX-OF-A-VENDOR-${(i * 7919) % 20_011}`);
  assert.equal(sorted(skus), expected(skus));
});

test('any SKUs at all', () => {
  const unit = fc.constantFrom('a', 'b', '\0', 'é', '\uFFFF', '\u{10000}');
  const sku = fc.tuple(fc.constantFrom('', 'abcdefgh', 'abcdefghijklmnop'), fc.string({ unit, maxLength: 10 }));
  fc.assert(
    fc.property(
      fc.array(
        sku.map((parts) => parts.join('')),
        { maxLength: 200 },
      ),
      fc.integer({ min: 1, max: 3 }),
      (some, times) => {
        const skus = Array.from({ length: times }, () => some).flat();
        assert.equal(sorted(skus), expected(skus));
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
