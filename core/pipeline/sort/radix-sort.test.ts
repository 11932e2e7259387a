import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import { S_ROWS } from '../../kernel/assembly/places.ts';
import { Kernels } from '../../kernel/kernels.ts';
import { align8, entryLayout, WORD_SKU_LENGTH } from './entry.ts';
import { RadixSorter } from './radix-sort.ts';
import { Segment, segmentSizes } from './segment.ts';

/** A segment has room for the rows of a test with it. */
const SEGMENT_BYTES = 1 << 18;
const LAYOUT = entryLayout(new Set());

function sorted(
  skus: string[],
  segment = new Segment(skus.length * 600 + 10_000),
  sorter = new RadixSorter(LAYOUT.skuOffset),
): Array<[string, number]> {
  segment.clear();
  for (const sku of skus) {
    const bytes = toBytes(sku);
    const at = segment.used;
    const skuAt = at + LAYOUT.skuOffset;
    assert.ok(segment.hasRoom(align8(LAYOUT.skuOffset + bytes.length)));
    segment.words[(at >> 2) + WORD_SKU_LENGTH] = bytes.length;
    segment.arena.set(bytes, skuAt);
    segment.addRow(at, skuAt, align8(skuAt + bytes.length));
  }
  const order = sorter.sort(segment);
  return [...order].map((row) => {
    const at = segment.entryAt[row]!;
    const length = segment.words[(at >> 2) + WORD_SKU_LENGTH]!;
    return [toText(segment.arena, at + LAYOUT.skuOffset, at + LAYOUT.skuOffset + length), row];
  });
}

function expected(skus: string[]): Array<[string, number]> {
  const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return skus.map((sku, row): [string, number] => [sku, row]).sort((a, b) => byCodePoint(a[0], b[0]) || a[1] - b[1]);
}

test('SKUs are sorted in code point order, not in UTF-16 order', () => {
  assert.equal(
    sorted(['\u{1F600}', '\uFF5E', 'z', 'Z', 'é']).map(([sku]) => sku),
    ['Z', 'z', 'é', '\uFF5E', '\u{1F600}'],
  );
});

test('shorter SKUs come first, even before a NUL, and equal ones stay in row order', () => {
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

test('rows with a long common prefix cost time in proportion to their bytes', () => {
  const skus = Array.from({ length: 60_000 }, (_, i) => `A-VERY-LONG-COMMON-PREFIX-OF-A-VENDOR-${(i * 7919) % 20_011}`);
  assert.equal(sorted(skus), expected(skus));
});

test('segment and sorter can be reused for one vendor after another', () => {
  const segment = new Segment(1_000_000);
  const sorter = new RadixSorter(LAYOUT.skuOffset);
  for (let round = 0; round < 6; round++) {
    // other bytes of the keys differ in each round, so that the number of passes is odd and even
    const skus = Array.from(
      { length: 300 },
      (_, i) => `${'x'.repeat(round)}${(i * 131) % (round % 2 === 0 ? 7 : 997)}`,
    );
    assert.equal(sorted(skus, segment, sorter), expected(skus), `round ${round}`);
  }
});

test('segments in the kernel’s memory and others are sorted in turn', () => {
  const sizes = { ...segmentSizes(SEGMENT_BYTES), windowBytes: 64, linesBytes: 64, entriesBytes: 64, sourceWords: 8 };
  const kernels = new Kernels({ fromBytes: 0, ...sizes, mergeBytes: 8 });
  const kernel = kernels.forFeed(0);
  assert.ok(kernel);
  const sorter = new RadixSorter(LAYOUT.skuOffset, kernels);
  const segment = new Segment(SEGMENT_BYTES);
  assert.ok(segment.moveInto(kernel.segment));
  const other = new Segment(SEGMENT_BYTES);
  for (let round = 0; round < 4; round++) {
    for (const rows of [300, 10, 25, 24, 90]) {
      const skus = Array.from(
        { length: rows },
        (_, i) => `${'p'.repeat(round)}${(i * 131) % (round % 2 === 0 ? 7 : 997)}`,
      );
      kernel.state[S_ROWS] = 0;
      assert.equal(sorted(skus, segment, sorter), expected(skus), `${rows} rows, round ${round}`);
      assert.is(kernel.state[S_ROWS], rows > 24 ? rows : 0);
      kernel.state[S_ROWS] = 0;
      assert.equal(sorted(skus, other, sorter), expected(skus), `${rows} rows elsewhere, round ${round}`);
      assert.is(kernel.state[S_ROWS], 0);
    }
  }
});

test('row counts around the limits of each method sort, with prefixes around the key length', () => {
  for (const length of [0, 7, 8, 11, 12, 13, 19, 20, 21]) {
    for (const rows of [1, 2, 23, 24, 25, 26, 60]) {
      const skus = Array.from(
        { length: rows },
        (_, i) => `${'p'.repeat(length)}${String((i * 37) % 41).padStart(2, '0')}`,
      );
      assert.equal(sorted(skus), expected(skus), `${rows} rows after ${length} bytes`);
      const tails = skus.map((sku, i) => (i % 3 === 0 ? sku.slice(0, length) : sku));
      assert.equal(sorted(tails), expected(tails), `${rows} rows after ${length} bytes, some no longer`);
    }
  }
});

test('property: any SKUs are sorted', () => {
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
