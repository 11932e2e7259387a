import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import type { Scratch } from '../../ports/engine.ts';
import { align8, prefix, WORD_BYTES, WORD_KEY_HIGH, WORD_KEY_LOW, WORD_SKU_LENGTH } from './entry.ts';
import { type SortedRun, SortedRunWriter, SpillBudget, SpillPool } from './sorted-run.ts';
import { SortedRunMerge } from './sorted-run-merge.ts';

const SKU_OFFSET = 24;
/** The word before the SKU: the entry's place in its sorted run. */
const WORD_PLACE = 4;

const noScratch: Scratch = { create: () => Promise.reject(new Error('all fits in memory')) };

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function runOf(skus: readonly string[], owner: number): Promise<SortedRun> {
  const writer = new SortedRunWriter(new SpillPool(noScratch, new SpillBudget(1 << 30)));
  for (const [place, sku] of skus.entries()) {
    const bytes = toBytes(sku);
    const size = align8(SKU_OFFSET + bytes.length);
    if (!writer.hasRoom(size)) await writer.flush(size);
    const word = writer.at >> 2;
    writer.words[word + WORD_BYTES] = size;
    writer.words[word + WORD_KEY_HIGH] = prefix(bytes, 0, bytes.length);
    writer.words[word + WORD_KEY_LOW] = prefix(bytes, 4, bytes.length - 4);
    writer.words[word + WORD_SKU_LENGTH] = bytes.length;
    writer.words[word + WORD_PLACE] = place;
    writer.bytes.set(bytes, writer.at + SKU_OFFSET);
    writer.at += size;
  }
  return writer.finish(owner);
}

/** The merged SKUs, each with its sorted run and its place there. */
async function merged(
  runs: ReadonlyArray<readonly string[]>,
  budgetBytes: number,
): Promise<Array<[string, number, number]>> {
  const sorted = await Promise.all(runs.map(runOf));
  const merge = await SortedRunMerge.open(sorted, SKU_OFFSET, { budgetBytes });
  const found: Array<[string, number, number]> = [];
  for (let cursor = merge.top; cursor !== undefined; cursor = merge.top) {
    const { words, bytes, at, owner } = cursor;
    const from = at + SKU_OFFSET;
    const sku = toText(bytes, from, from + words[(at >> 2) + WORD_SKU_LENGTH]!);
    found.push([sku, owner, words[(at >> 2) + WORD_PLACE]!]);
    if (!merge.advance()) await merge.refill();
  }
  return found;
}

function expected(runs: ReadonlyArray<readonly string[]>): Array<[string, number, number]> {
  return runs
    .flatMap((skus, run) => skus.map((sku, place): [string, number, number] => [sku, run, place]))
    .sort((a, b) => byCodePoint(a[0], b[0]) || a[1] - b[1] || a[2] - b[2]);
}

test('no sorted run, empty ones and a single one are merged', async () => {
  assert.equal(await merged([], 1000), []);
  assert.equal(await merged([[], []], 1000), []);
  assert.equal(await merged([[], ['A', 'B', 'B'], []], 1000), expected([[], ['A', 'B', 'B'], []]));
});

test('equal SKUs come in the order of their sorted runs, then of their rows', async () => {
  const runs = [['AAAAAAAA', 'AAAAAAAA'], ['AAAAAAAA'], ['AAAAAAAA', 'AAAAAAAA', 'AAAAAAAA']];
  assert.equal(
    (await merged(runs, 1)).map(([, run, place]) => `${run}.${place}`),
    ['0.0', '0.1', '1.0', '2.0', '2.1', '2.2'],
  );
});

test('property: sorted runs are merged in order, whatever prefixes SKUs share, with windows of one entry and of all', async () => {
  const sku = fc.oneof(
    // zero bytes, and lengths around the length of a key
    fc.string({ unit: fc.constantFrom('\0', 'A', '\u{1F600}'), maxLength: 9 }),
    fc
      .tuple(fc.constantFrom('', 'one-long-prefix-', 'one-long-prefix-and-more-'), fc.nat(99))
      .map(([a, b]) => `${a}${b}`),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const run = fc.array(sku, { maxLength: 30 }).map((skus) => skus.sort(byCodePoint));
  await fc.assert(
    fc.asyncProperty(fc.array(run, { maxLength: 9 }), fc.constantFrom(1, 800, 1 << 20), async (runs, budget) => {
      assert.equal(await merged(runs, budget), expected(runs));
    }),
    { numRuns: 300 },
  );
});

test.run();
