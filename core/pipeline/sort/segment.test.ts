import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../bytes/text.ts';
import type { SegmentArrays } from '../../kernel/kernel.ts';
import { entryLayout, prefix } from './entry.ts';
import { Segment, segmentSizes } from './segment.ts';
import { addRow, type PlainRow } from './testing/rows.ts';

const LAYOUT = entryLayout(new Set());
const rowOf = (i: number, line = `line ${i}\n`): PlainRow => {
  return { sku: `SKU-${i}-of-a-vendor`, line, rowNumber: i, source: [i, 0] };
};

/** The lines, in the order of the rows. */
function linesOf(segment: Segment): string[] {
  return Array.from({ length: segment.rows }, (_, row) => {
    const at = segment.lineAt(segment.entryAt(row));
    return toText(segment.arena, at, at + segment.lineLength(segment.entryAt(row)));
  });
}

test('the prefix of a SKU is its next four bytes, with zeros after its end', () => {
  const bytes = Uint8Array.of(9, 1, 2, 3, 255, 5);
  const cases = [-5, -1, 0, 1, 2, 3, 4, 5].map((length) => prefix(bytes, 1, length).toString(16));
  assert.equal(cases, ['0', '0', '0', '1000000', '1020000', '1020300', '10203ff', '10203ff']);
});

test('it takes rows until its budget is used up, whatever the size of the arrays at the start', () => {
  for (const budget of [1000, 100_000, 3_000_000, 9_000_000]) {
    const { arenaBytes, rowsMax } = segmentSizes(budget);
    assert.ok(arenaBytes + rowsMax * 16 <= budget + 80);
    assert.is(arenaBytes % 8, 0);
    for (const [line, isOfRows] of [
      ['', true],
      ['x'.repeat(500), false],
    ] as const) {
      const segment = new Segment(budget, LAYOUT);
      let rows = 0;
      while (addRow(segment, rowOf(rows, line)) >= 0) rows++;
      assert.is(segment.rows, rows);
      if (isOfRows) assert.ok(rows === rowsMax || segment.used + 96 > arenaBytes, `${budget}: ${rows} of ${rowsMax}`);
      else assert.ok(segment.used + 600 > arenaBytes && segment.used <= arenaBytes, `${budget}: ${segment.used}`);
      assert.ok(segment.capacity >= rows && segment.capacity <= rowsMax);
      assert.is(segment.arena.length <= arenaBytes, true);
      assert.equal(
        linesOf(segment).every((one) => one === line),
        true,
      );
      segment.clear();
      assert.equal([segment.rows, segment.used], [0, 0]);
      assert.ok(addRow(segment, rowOf(0)) >= 0);
    }
  }
});

test('a first row of any size fits, a second one does not', () => {
  const segment = new Segment(1000, LAYOUT);
  const line = 'y'.repeat(5000);
  assert.ok(addRow(segment, rowOf(0, line)) >= 0);
  assert.equal(linesOf(segment), [line]);
  assert.ok(addRow(segment, rowOf(1, line)) < 0);
  segment.clear();
  assert.ok(addRow(segment, rowOf(1, line)) >= 0, 'it keeps the room');
});

test('the arrays start small and grow in steps, with what they have', () => {
  const segment = new Segment(16 << 20, LAYOUT);
  const capacities = new Set<number>();
  const arenas = new Set<number>();
  for (let i = 0; i < 42_000; i++) {
    addRow(segment, rowOf(i));
    capacities.add(segment.capacity);
    arenas.add(segment.arena.length);
  }
  const { arenaBytes, rowsMax } = segmentSizes(16 << 20);
  assert.equal([...capacities], [512, 4096, 32_768, rowsMax]);
  assert.equal([...arenas], [65_536, 524_288, 4_194_304, arenaBytes]);
  assert.equal(
    linesOf(segment),
    Array.from({ length: 42_000 }, (_, i) => `line ${i}\n`),
  );
});

test('it moves into other arrays with its rows, unless those are too small for its budget', () => {
  const arraysOf = (budget: number): SegmentArrays => {
    const { arenaBytes, rowsMax } = segmentSizes(budget);
    const arena = new Uint8Array(arenaBytes);
    return {
      ...{ arena, words: new Uint32Array(arena.buffer), numbers: new Float64Array(arena.buffer) },
      index: new Uint32Array(4 * rowsMax),
    } as unknown as SegmentArrays;
  };
  const segment = new Segment(50_000, LAYOUT);
  for (let i = 0; i < 20; i++) addRow(segment, rowOf(i));
  const lines = linesOf(segment);
  assert.not.ok(segment.moveInto(arraysOf(40_000)));
  const arrays = arraysOf(50_000);
  assert.ok(segment.moveInto(arrays));
  assert.is(segment.arena, arrays.arena);
  assert.equal(linesOf(segment), lines);
  addRow(segment, rowOf(20));
  assert.ok(segment.moveInto(arrays));
  assert.equal(linesOf(segment), [...lines, 'line 20\n']);
  const outgrown = new Segment(50_000, LAYOUT);
  addRow(outgrown, rowOf(0, 'z'.repeat(60_000)));
  assert.not.ok(outgrown.moveInto(arraysOf(50_000)));
});

test.run();
