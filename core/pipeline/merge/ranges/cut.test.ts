/** Cuts of sorted runs: each SKU is in one range, and ranges are about equally large. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../../bytes/text.ts';
import { align8, WORD_BYTES, WORD_SKU_LENGTH } from '../../sort/entry.ts';
import { CHUNK_BYTES, type SortedRun, SortedRunWriter, SpillBudget, SpillPool } from '../../sort/sorted-run.ts';
import { countingScratch } from '../../sort/testing/rows.ts';
import { claimsOne, lastUnclaimed, newClaims, rangeOf } from './claims.ts';
import { canCut, cutRuns } from './cut.ts';

const SKU_OFFSET = 24;
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A run of these SKUs; an entry has so many bytes more. */
async function runOf(skus: readonly string[], owner: number, { more = 0, budget = 1 << 30 } = {}): Promise<SortedRun> {
  const writer = new SortedRunWriter(new SpillPool(countingScratch(10_000), new SpillBudget(budget)));
  for (const sku of [...skus].sort(byBytes)) {
    const bytes = toBytes(sku);
    const size = align8(SKU_OFFSET + bytes.length + more);
    if (!writer.hasRoom(size)) await writer.flush(size);
    writer.words[(writer.at >> 2) + WORD_BYTES] = size;
    writer.words[(writer.at >> 2) + WORD_SKU_LENGTH] = bytes.length;
    writer.bytes.set(bytes, writer.at + SKU_OFFSET);
    writer.at += size;
  }
  return writer.finish(owner);
}

async function skusOf(run: SortedRun): Promise<string[]> {
  const parts: Uint8Array[] = [];
  const window = new Uint8Array(50_000);
  for (let count = await run.read(window); count > 0; count = await run.read(window))
    parts.push(window.slice(0, count));
  const bytes = Uint8Array.from(Buffer.concat(parts));
  const words = new Uint32Array(bytes.buffer);
  const skus: string[] = [];
  for (let at = 0; at < bytes.length; at += words[(at >> 2) + WORD_BYTES]!) {
    skus.push(toText(bytes, at + SKU_OFFSET, at + SKU_OFFSET + words[(at >> 2) + WORD_SKU_LENGTH]!));
  }
  return skus;
}

/** The SKUs of each range by run; checks that they are those of the runs, in order, and the rows before each range. */
async function rangesOf(runs: readonly SortedRun[], count: number) {
  const vendors = 1 + Math.max(0, ...runs.map(({ owner }) => owner));
  const cut = await cutRuns(runs, { skuOffset: SKU_OFFSET, skuBytesMax: 300, vendors, count });
  const all: string[][] = await Promise.all(runs.map((run) => skusOf(run.slice(0, run.bytes))));
  assert.is(cut.bounds.length, cut.passed.length + 1);
  assert.ok(cut.passed.length <= count || count === 0);
  const passed = Array.from({ length: vendors }, () => 0);
  const seen = runs.map((): string[] => []);
  const sizes: number[] = [];
  let last: string | null = null;
  for (const [range, before] of cut.passed.entries()) {
    assert.equal(before, passed);
    let first: string | null = null;
    let lastHere: string | null = last;
    const slices = rangeOf(runs, cut, range);
    sizes.push(slices.reduce((sum, { bytes }) => sum + bytes, 0));
    for (const [i, slice] of slices.entries()) {
      const skus = await skusOf(slice);
      seen[i]!.push(...skus);
      passed[slice.owner]! += skus.length;
      for (const sku of skus) {
        if (first === null || byBytes(sku, first) < 0) first = sku;
        if (lastHere === null || byBytes(sku, lastHere) > 0) lastHere = sku;
      }
    }
    if (first !== null && last !== null) assert.ok(byBytes(last, first) < 0, `${last} is before ${first}`);
    last = lastHere;
  }
  assert.equal(seen, all);
  assert.is(
    cut.hasZeros,
    all.flat().some((sku) => sku.startsWith('0')),
  );
  return sizes;
}

const skusFrom = (count: number, step: number, start = 0) =>
  Array.from({ length: count }, (_, i) => `${'SKU-OF-A-VENDOR-'.slice(0, i % 17)}${start + i * step}`);

test('each SKU is in one range, in memory and in scratch, in few chunks and in many', async () => {
  for (const budget of [1 << 30, 0]) {
    for (const [more, count] of [
      [0, 3],
      [200, 8],
      [1000, 30],
    ] as const) {
      const runs = [
        await runOf(skusFrom(600, 3), 0, { more, budget }),
        await runOf(skusFrom(500, 5), 1, { more: more / 2, budget }),
        await runOf([], 1, { budget }),
        await runOf(skusFrom(300, 7), 1, { more: 3 * more, budget }),
        await runOf(['A', 'A', 'A'], 2, { budget }),
      ];
      assert.ok(runs.every(canCut));
      const sizes = await rangesOf(runs, count);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      assert.ok(sizes.length > count / 2, `${sizes.length} of ${count} ranges`);
      assert.ok(Math.max(...sizes) < total / sizes.length + 2 * CHUNK_BYTES, `${Math.max(...sizes)} of ${total}`);
    }
  }
});

test('ranges are equal but for a sample of each run', async () => {
  for (const budget of [1 << 30, 0]) {
    for (const [runs, rows, more, count] of [
      [1, 64, 0, 2],
      [1, 1000, 0, 4],
      [1, 1000, 0, 16],
      [3, 400, 40, 5],
      [2, 3000, 400, 6],
      [1, 4000, 900, 12],
    ] as const) {
      const made = await Promise.all(
        Array.from({ length: runs }, (_, i) =>
          runOf(
            Array.from({ length: rows }, (_, n) => `S${String(n * runs + i).padStart(6, '0')}`),
            i,
            { more, budget },
          ),
        ),
      );
      const sizes = await rangesOf(made, count);
      const total = made.reduce((sum, { bytes }) => sum + bytes, 0);
      const sampleOf = ({ bytes, marks }: SortedRun) =>
        bytes / 64 + (marks.length > 2 ? CHUNK_BYTES : 0) + bytes / rows;
      const most = made.reduce((sum, run) => sum + sampleOf(run), 0);
      assert.is(sizes.length, count);
      for (const size of sizes) assert.ok(Math.abs(size - total / count) <= most, `${size} of ${total}, ${count}`);
    }
  }
});

test('runs without entries, of one SKU, and a single range are not cut', async () => {
  for (const [runs, count, ranges] of [
    [[], 4, 1],
    [[[], []], 4, 1],
    [[['A', 'A', 'A', 'A']], 4, 1],
    [[skusFrom(50, 1)], 1, 1],
    [[['A', 'B']], 2, 2],
    [[['0', '00']], 2, 2],
    [[['/', '1', '10']], 2, 2],
  ] as const) {
    const made = await Promise.all((runs as ReadonlyArray<readonly string[]>).map((skus, owner) => runOf(skus, owner)));
    assert.is((await rangesOf(made, count)).length, ranges, JSON.stringify(runs));
  }
});

test('zeros at the start of a SKU are found wherever its run has them', async () => {
  for (const zeros of [['0'], ['01', '0z'], ['0\u{1f600}'], []])
    for (const others of [['/z', '1'], ['+', 'A'], []])
      await rangesOf([await runOf(['A', 'B'], 0), await runOf([...zeros, ...others], 1)], 3);
});

test('a run that was made without marks cannot be cut, unless it is empty', async () => {
  const run = await runOf(['A'], 0);
  run.marks = [];
  assert.not.ok(canCut(run));
  assert.ok(canCut(await runOf([], 0)));
});

test('ranges are claimed from both ends, each once', () => {
  const claims = newClaims(3);
  assert.equal([claimsOne(claims, 3), claimsOne(claims, 3), lastUnclaimed(claims)], [true, true, 2]);
  assert.equal([claimsOne(claims, 3), claimsOne(claims, 3), lastUnclaimed(claims)], [true, false, 1]);
});

test.run();
