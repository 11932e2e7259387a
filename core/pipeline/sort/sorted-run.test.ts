/** Sorted runs: written in chunks, in memory or in scratch, and read whole or in parts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHUNK_BYTES, type SortedRun, SortedRunWriter, SpillBudget, SpillPool } from './sorted-run.ts';
import { countingScratch } from './testing/rows.ts';

/** An entry: its size, and a number in its last word. */
async function add(writer: SortedRunWriter, bytes: number, number: number): Promise<void> {
  if (!writer.hasRoom(bytes)) await writer.flush(bytes);
  const source = new Uint32Array(2 + (bytes >> 2));
  source[2] = bytes;
  source[source.length - 1] = number;
  writer.copyWords(source, 2, 0, bytes);
  writer.at += bytes;
}

async function read(run: SortedRun, windowBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const window = new Uint8Array(windowBytes);
  for (;;) {
    const count = await run.read(window);
    if (count === 0) return Uint8Array.from(Buffer.concat(parts));
    parts.push(window.slice(0, count));
  }
}

/** The numbers of its entries. */
async function numbersOf(run: SortedRun, windowBytes = 1000): Promise<number[]> {
  const words = new Uint32Array((await read(run, windowBytes)).buffer);
  const numbers: number[] = [];
  for (let at = 0; at < words.length; at += words[at]! >> 2) numbers.push(words[at + (words[at]! >> 2) - 1]!);
  return numbers;
}

function writerOf(budget: number, readMax = 5000) {
  const scratch = countingScratch(readMax);
  const spill = new SpillBudget(budget);
  const pool = new SpillPool(scratch, spill);
  return { scratch, pool, used: () => Number(spill.used[0]), writer: new SortedRunWriter(pool) };
}

const MANY = Array.from({ length: 3000 }, (_, i) => [16 + 8 * (i % 60), i] as const);
const NUMBERS = MANY.map(([, number]) => number);
const TOTAL = MANY.reduce((sum, [bytes]) => sum + bytes, 0);

test('a budget is taken and given back', () => {
  const budget = new SpillBudget(100);
  assert.equal([budget.take(60), budget.take(41), budget.take(40), budget.take(1)], [true, false, true, false]);
  budget.give(1);
  assert.equal([budget.take(2), budget.take(1)], [false, true]);
  assert.is(Number(budget.used[0]), 100);
  assert.ok(new SpillBudget(100, budget.used).take(0));
  assert.not.ok(new SpillBudget(100, budget.used).take(1), 'another budget counts the same bytes');
});

test('entries come back in order, in memory and in scratch, with windows of any size', async () => {
  for (const [budget, files, left] of [
    [1 << 30, 0, TOTAL],
    [CHUNK_BYTES + 1000, 1, 0],
    [0, 1, 0],
  ] as const) {
    const { writer, scratch, used, pool } = writerOf(budget);
    for (const [bytes, number] of MANY) await add(writer, bytes, number);
    const run = await writer.finish(7);
    assert.equal([run.owner, run.bytes, scratch.files, used()], [7, TOTAL, files, left], String(budget));
    assert.equal([run.file === null, run.chunks.length > 2], [files === 0, files === 0]);
    assert.equal(await numbersOf(run), NUMBERS);
    assert.is(await run.read(new Uint8Array(8)), 0, 'it is read once');
    // the writer begins another run
    await add(writer, 24, 5);
    const next = await writer.finish(8);
    assert.equal([next.owner, next.bytes, next.marks, await numbersOf(next)], [8, 24, [{ at: 0, rows: 0 }], [5]]);
    await pool.dispose();
    assert.is(scratch.live, 0);
  }
});

test('a run has no bytes, chunks or marks without entries', async () => {
  const { writer, scratch } = writerOf(0);
  const run = await writer.finish(1);
  assert.equal([run.bytes, run.chunks, run.marks, run.file, scratch.files], [0, [], [], null, 0]);
  assert.is(await run.read(new Uint8Array(8)), 0);
  await writer.flush();
  assert.is(scratch.files, 0);
});

test('each chunk has a mark, from which a slice of the run can be read', async () => {
  for (const budget of [1 << 30, 0]) {
    const { writer } = writerOf(budget);
    for (const [bytes, number] of MANY) await add(writer, bytes, number);
    const run = await writer.finish(3);
    assert.ok(run.marks.length > 2);
    const ends = [...run.marks.slice(1), { at: run.bytes, rows: MANY.length }];
    for (const [i, mark] of run.marks.entries()) {
      const end = ends[i]!;
      assert.ok(end.at - mark.at <= CHUNK_BYTES);
      const slice = run.slice(mark.at, end.at);
      assert.equal([slice.owner, slice.bytes], [3, end.at - mark.at]);
      assert.equal(await numbersOf(slice), NUMBERS.slice(mark.rows, end.rows), `chunk ${i}`);
    }
    const [, second, third] = run.marks as [unknown, { at: number; rows: number }, { at: number; rows: number }];
    const [first] = MANY[second.rows]!;
    assert.equal(await numbersOf(run.slice(second.at + first, third.at)), NUMBERS.slice(second.rows + 1, third.rows));
    assert.equal(await numbersOf(run.slice(0, second.at)), NUMBERS.slice(0, second.rows));
    assert.equal(await numbersOf(run.slice(second.at, run.bytes)), NUMBERS.slice(second.rows));
    const all = run.slice(0, run.bytes);
    if (budget > 0) {
      const before = all.chunks.map((chunk) => chunk.slice());
      all.share();
      assert.ok(all.chunks.every(({ buffer }) => buffer instanceof SharedArrayBuffer));
      assert.equal(
        all.chunks.map((chunk) => Uint8Array.from(chunk)),
        before,
      );
    }
    assert.equal(await numbersOf(all), NUMBERS);
    assert.equal(await numbersOf(run.slice(second.at, second.at)), []);
  }
});

test('an entry of any size fits: a chunk grows up to its full size, and larger for one entry', async () => {
  const { writer } = writerOf(1 << 30);
  const sizes: number[] = [];
  for (const [i, bytes] of [16 * 1024 - 8, 16, 8, CHUNK_BYTES - 16 * 1024 - 16, 8, CHUNK_BYTES * 2, 16].entries()) {
    await add(writer, bytes, i);
    sizes.push(writer.at);
  }
  assert.equal(sizes, [16_376, 16_392, 16_400, CHUNK_BYTES, 8, CHUNK_BYTES * 2, 16]);
  const run = await writer.finish(0);
  assert.equal(
    run.marks.map(({ rows }) => rows),
    [0, 4, 5, 6],
  );
  assert.is(run.chunks[0]?.length, CHUNK_BYTES);
});

test('a writer goes on in other bytes if its entries fit there', async () => {
  const { writer } = writerOf(1 << 30);
  await add(writer, 32, 1);
  const small = new Uint8Array(24);
  writer.moveInto(small);
  assert.is.not(writer.bytes, small);
  const room = new Uint8Array(new ArrayBuffer(80), 8, 72);
  writer.moveInto(room);
  assert.is(writer.bytes, room);
  assert.equal([writer.words.length, writer.numbers.length, writer.words[0]], [18, 9, 32]);
  await add(writer, 40, 2);
  assert.is(writer.bytes, room);
  writer.moveInto(room);
  const run = await writer.finish(0);
  assert.equal(await numbersOf(run, 8), [1, 2]);
});

test.run();
