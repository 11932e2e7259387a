import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../bytes/text.ts';
import { S_ROWS } from '../../kernel/assembly/places.ts';
import { Kernels } from '../../kernel/kernels.ts';
import { entryLayout } from './entry.ts';
import { RadixSorter } from './radix-sort.ts';
import { Segment, segmentSizes } from './segment.ts';
import { addRow } from './testing/rows.ts';

/** A segment has room for the rows of a test with it. */
const SEGMENT_BYTES = 1 << 18;
const LAYOUT = entryLayout(new Set());

function sorted(
  skus: string[],
  segment = new Segment(skus.length * 700 + 10_000, LAYOUT),
  sorter = new RadixSorter(LAYOUT.skuOffset),
): Array<[string, number]> {
  segment.clear();
  const rows = new Map<number, number>();
  for (const [row, sku] of skus.entries()) {
    const at = addRow(segment, { sku, line: '\n', rowNumber: row, source: [0, 0] });
    assert.ok(at >= 0);
    rows.set(at, row);
  }
  return [...sorter.sort(segment)].map((at) => {
    const skuAt = at + LAYOUT.skuOffset;
    return [toText(segment.arena, skuAt, skuAt + segment.skuLength(at)), rows.get(at)!];
  });
}

/** A segment in a kernel's memory, and its sorter. */
function inKernel(budgetBytes: number) {
  const sizes = { ...segmentSizes(budgetBytes), windowBytes: 64, linesBytes: 64, entriesBytes: 64, sourceWords: 8 };
  const kernels = new Kernels({ fromBytes: 0, ...sizes, mergeBytes: 8 });
  const kernel = kernels.forFeed(0);
  assert.ok(kernel);
  const segment = new Segment(budgetBytes, LAYOUT);
  assert.ok(segment.moveInto(kernel.segment));
  return { kernel, segment, sorter: new RadixSorter(LAYOUT.skuOffset, kernels) };
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
  const due = expected(skus);
  assert.equal(sorted(skus), due);
  const { segment, sorter } = inKernel(12 << 20);
  assert.equal(sorted(skus, segment, sorter), due);
  // one SKU in all rows, and SKUs of any bytes, which do not fit into a number
  const same = skus.slice(0, 5000).map(() => 'THE-ONE');
  assert.equal(sorted(same, segment, sorter), expected(same));
  const any = Array.from({ length: 5000 }, (_, i) => {
    const words = [1, 2, 3].map((n) => (Math.imul(i, 0x9e3779b1 + n) ^ Math.imul(n, 0x85ebca6b)) >>> 0);
    return String.fromCharCode(
      ...words.flatMap((word) => [1 + (word % 127), 1 + ((word >>> 9) % 127), (word >>> 17) % 128]),
    );
  });
  assert.equal(sorted(any, segment, sorter), expected(any));
});

test('segment and sorter can be reused for one vendor after another', () => {
  const segment = new Segment(1_000_000, LAYOUT);
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
  const { kernel, sorter, segment } = inKernel(SEGMENT_BYTES);
  const other = new Segment(SEGMENT_BYTES, LAYOUT);
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
  const { segment, sorter } = inKernel(SEGMENT_BYTES);
  for (const length of [0, 7, 8, 11, 12, 13, 19, 20, 21]) {
    for (const rows of [1, 2, 23, 24, 25, 26, 60]) {
      const skus = Array.from(
        { length: rows },
        (_, i) => `${'p'.repeat(length)}${String((i * 37) % 41).padStart(2, '0')}`,
      );
      assert.equal(sorted(skus), expected(skus), `${rows} rows after ${length} bytes`);
      const tails = skus.map((sku, i) => (i % 3 === 0 ? sku.slice(0, length) : sku));
      assert.equal(sorted(tails), expected(tails), `${rows} rows after ${length} bytes, some no longer`);
      assert.equal(
        sorted(tails, segment, sorter),
        expected(tails),
        `${rows} rows after ${length} bytes, in the kernel`,
      );
    }
  }
});

test('property: any SKUs are sorted', () => {
  const { segment, sorter } = inKernel(SEGMENT_BYTES);
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
        assert.equal(sorted(skus, segment, sorter), expected(skus));
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
