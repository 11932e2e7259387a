/** Lines and entries of sorted segments: from memory, or spilled and merged. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import { S_NEXT } from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { Kernels } from '../../kernel/kernels.ts';
import { LineSamples, SAMPLE_BYTES } from '../row-index.ts';
import { emitSegment, type SortedSegment } from './emit.ts';
import {
  entryLayout,
  WORD_BYTES,
  WORD_CONDITION,
  WORD_LINE_LENGTH,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
  WORD_TEXTS,
} from './entry.ts';
import { RadixSorter } from './radix-sort.ts';
import { Segment, segmentSizes } from './segment.ts';
import { headerLine } from './segment-lines.ts';
import { SegmentRun } from './segment-run.ts';
import { type SortedRun, SortedRunWriter, SpillBudget, SpillPool } from './sorted-run.ts';
import { mergeLines, spillSegment } from './spill.ts';
import { addRow, countingScratch, keptSink, type PlainRow } from './testing/rows.ts';

const LAYOUT = entryLayout(new Set(['brand', 'title']));
const HEADER = toBytes('sku,title\n');

/** Rows with lines of some lengths; one in a while is very long. */
function rowsOf(count: number, longest = 700): PlainRow[] {
  return Array.from({ length: count }, (_, i) => {
    const sku = `S${(i * 7919) % 997}${'-long'.repeat(i % 3)}`;
    const text = String(i).repeat(1 + (i % 97 === 0 ? longest : i % 11));
    // some lines have the SKU in quotes
    const cell = i % 13 === 0 ? `"${sku}"` : sku;
    const texts = [text.slice(0, i % 7), 'x'.repeat(i % 19)];
    return { sku, line: `${cell},${text}\n`, rowNumber: i + 2, source: [i + 3, i % 2], condition: i % 4, texts };
  });
}

const inOrder = (rows: readonly PlainRow[]) =>
  [...rows].sort((a, b) => Buffer.compare(Buffer.from(a.sku), Buffer.from(b.sku)) || a.rowNumber - b.rowNumber);

/** The rows in segments of so many. */
function segmentsOf(rows: readonly PlainRow[], each = rows.length): SortedSegment[] {
  const sorter = new RadixSorter(LAYOUT.skuOffset);
  const segments: SortedSegment[] = [];
  for (let at = 0; at < rows.length; at += each) {
    const segment = new Segment(16 << 20, LAYOUT);
    for (const row of rows.slice(at, at + each)) assert.ok(addRow(segment, row) >= 0);
    segments.push({ segment, order: sorter.sort(segment).slice() });
  }
  return segments;
}

function linesOf() {
  const [sink, rows, samples] = [keptSink(), keptSink(), new LineSamples()];
  return { sink, rows, samples, header: HEADER };
}

/** What the sinks got: the text, and row number, line and file of each of its lines; checks the samples. */
function written({ sink, rows, samples }: ReturnType<typeof linesOf>) {
  const bytes = sink.bytes();
  const words = new Uint32Array(rows.bytes().buffer);
  const text = toText(bytes);
  let last = -SAMPLE_BYTES;
  for (const [offset, before, sku] of samples.index.samples) {
    assert.is(text.slice(0, offset).split('\n').length - 2, before);
    assert.is(text.slice(offset, text.indexOf(',', offset)).replaceAll('"', ''), sku);
    assert.ok(offset >= last + SAMPLE_BYTES);
    last = offset;
  }
  const ends = bytes.length - last;
  return {
    text,
    sources: Array.from({ length: words.length / 3 }, (_, i) => [...words.subarray(3 * i, 3 * i + 3)]),
    samples: samples.index.samples.length,
    isSampledToItsEnd: ends < SAMPLE_BYTES + 10_000,
  };
}

function due(rows: readonly PlainRow[]) {
  const sorted = inOrder(rows);
  return {
    text: toText(HEADER) + sorted.map(({ line }) => line).join(''),
    sources: sorted.map(({ rowNumber, source }) => [rowNumber, ...source]),
  };
}

const writer = () => new SortedRunWriter(new SpillPool(countingScratch(1 << 20), new SpillBudget(1 << 30)));

/** SKU, row number, length of the line, condition and texts of each entry of a run, read with such a window. */
async function entriesOf(run: SortedRun, windowBytes: number) {
  const parts: Uint8Array[] = [];
  const room = new Uint8Array(windowBytes + 8);
  for (let turn = 0; ; turn++) {
    // a window may begin anywhere
    const window = room.subarray(turn % 3, windowBytes + (turn % 3));
    const count = await run.read(window);
    if (count === 0) break;
    parts.push(window.slice(0, count));
  }
  const bytes = Uint8Array.from(Buffer.concat(parts));
  const words = new Uint32Array(bytes.buffer);
  const found: unknown[] = [];
  for (let at = 0; at < bytes.length; at += words[(at >> 2) + WORD_BYTES]!) {
    const word = at >> 2;
    const from = at + LAYOUT.skuOffset;
    const sku = toText(bytes, from, from + words[word + WORD_SKU_LENGTH]!);
    let textAt = from + words[word + WORD_SKU_LENGTH]!;
    const texts = LAYOUT.texts.map((_, n) => {
      const start = textAt;
      textAt += words[word + WORD_TEXTS + n]!;
      return toText(bytes, start, textAt);
    });
    const [row, length] = [words[word + WORD_ROW_NUMBER]!, words[word + WORD_LINE_LENGTH]!];
    found.push([sku, row, length, words[word + WORD_CONDITION]!, texts]);
  }
  return found;
}

const entriesDue = (rows: readonly PlainRow[]) =>
  inOrder(rows).map(({ sku, rowNumber, line, condition, texts }) => [sku, rowNumber, line.length, condition, texts]);

test('the header has the canonical columns and the tenant’s own', () => {
  const columns = toText(headerLine(['grade', 'a,b'])).split(',');
  assert.equal([columns[0], columns.slice(-3).join(',')], ['sku', 'grade,"a,b"\n']);
});

test('a segment is written in the order of its SKUs: lines, where they came from, samples, entries', async () => {
  for (const [count, longest] of [
    [0, 1],
    [1, 1],
    [200, 700],
    [3000, 60_000],
    [2, 300_000],
  ] as const) {
    const rows = rowsOf(count, longest);
    const [sorted] =
      count === 0 ? [{ segment: new Segment(1000, LAYOUT), order: new Uint32Array(0) }] : segmentsOf(rows);
    const lines = linesOf();
    const out = writer();
    await emitSegment(sorted!, lines, out);
    const { text, sources, samples, isSampledToItsEnd } = written(lines);
    assert.equal({ text, sources }, due(rows), String(count));
    assert.is(samples > 0, count > 0);
    assert.ok(isSampledToItsEnd || longest > 100_000 || count === 0);
    assert.equal(await entriesOf(await out.finish(0), 4096), entriesDue(rows));
    const alone = linesOf();
    await emitSegment(sorted!, alone, null);
    assert.equal(alone.sink.bytes(), lines.sink.bytes());
    assert.ok(lines.sink.writes.every(({ length }) => length <= 512 * 1024 || count === 2));
    assert.ok(lines.sink.writes.length <= 2 + text.length / 200_000, `${lines.sink.writes.length} writes`);
  }
});

test('a segment that grows out of the kernel’s memory for a large row is written as any other', async () => {
  const sizes = { ...segmentSizes(20_000), windowBytes: 64, linesBytes: 1 << 20, entriesBytes: 1 << 19 };
  const kernels = new Kernels({ fromBytes: 0, ...sizes, sourceWords: 3 << 14, mergeBytes: 8 });
  const kernel = kernels.forFeed(0);
  assert.ok(kernel);
  const rows = rowsOf(40, 3);
  const segment = new Segment(20_000, LAYOUT);
  assert.ok(segment.moveInto(kernel.segment));
  // as much as a row might take, which then takes less
  assert.ok(segment.hasRoom(60_000));
  for (const row of rows) assert.ok(addRow(segment, row) >= 0);
  const order = new RadixSorter(LAYOUT.skuOffset, kernels).sort(segment);
  const lines = linesOf();
  await emitSegment({ segment, order, kernel }, lines, null);
  assert.equal(written(lines).text, due(rows).text);
});

test('a segment in the kernel’s memory is written as any other, whatever room its lines, sources and entries have', async () => {
  const roomy = { linesBytes: 1 << 20, entriesBytes: 1 << 19, sourceWords: 3 << 14 };
  for (const [count, longest, more, least] of [
    [200, 700, {}, 190],
    [800, 30_000, {}, 700],
    [800, 30_000, { linesBytes: 1 << 17 }, 600],
    // buffers that have outgrown the kernel's memory are no longer for the kernel
    [500, 10, { sourceWords: 3 * 64 }, 60],
    [500, 10, { linesBytes: 4 }, 0],
  ] as const) {
    const sizes = { ...segmentSizes(2 << 20), windowBytes: 64, ...roomy, ...more };
    const kernels = new Kernels({ fromBytes: 0, ...sizes, mergeBytes: 8 });
    const kernel = kernels.forFeed(0);
    assert.ok(kernel);
    const rows = rowsOf(count, longest);
    const segment = new Segment(2 << 20, LAYOUT);
    assert.ok(segment.moveInto(kernel.segment));
    for (const row of rows) assert.ok(addRow(segment, row) >= 0);
    const order = new RadixSorter(LAYOUT.skuOffset, kernels).sort(segment);
    const { state } = kernel;
    let taken = 0;
    const emit = () => {
      const from = state[S_NEXT]!;
      kernel.loops.emit();
      taken += state[S_NEXT]! - from;
    };
    const counting = { ...kernel, loops: { ...kernel.loops, emit } } as Kernel;
    for (const withEntries of [true, false]) {
      taken = 0;
      const lines = linesOf();
      const out = withEntries ? writer() : null;
      await emitSegment({ segment, order, kernel: counting }, lines, out);
      const { text, sources, isSampledToItsEnd } = written(lines);
      assert.equal({ text, sources }, due(rows), `${count} ${longest} ${JSON.stringify(more)}`);
      assert.ok(isSampledToItsEnd);
      assert.ok(taken >= least && (least > 0 || taken === 0), `the kernel copied ${taken} rows of ${count}`);
      if (out !== null) assert.equal(await entriesOf(await out.finish(0), 4096), entriesDue(rows));
    }
  }
});

test('what several segments spill merges to what one segment gives, lines and entries', async () => {
  const rows = rowsOf(1500, 60_000);
  for (const each of [1, 400, 1500]) {
    const some = each === 1 ? rows.slice(1, 30) : rows;
    const runs: SortedRun[] = [];
    const entries: unknown[][] = [];
    const writers = { lines: writer(), offers: writer() };
    for (const one of segmentsOf(some, each)) {
      const { lines, offers } = await spillSegment(one, writers, 3);
      runs.push(lines);
      assert.is(offers.owner, 3);
      entries.push(await entriesOf(offers, 1000));
    }
    const parts = Array.from({ length: Math.ceil(some.length / each) }, (_, i) => some.slice(i * each, (i + 1) * each));
    assert.equal(entries, parts.map(entriesDue));
    const lines = linesOf();
    await mergeLines(runs, lines, 1 << 20);
    const { text, sources, isSampledToItsEnd } = written(lines);
    assert.equal({ text, sources }, due(some), String(each));
    assert.ok(isSampledToItsEnd);
  }
  const lines = linesOf();
  await mergeLines([], lines, 1000);
  assert.equal(written(lines).text, toText(HEADER));
});

test('entries can be read from the segment with windows of any size', async () => {
  const rows = rowsOf(300, 100);
  const [sorted] = segmentsOf(rows);
  for (const windowBytes of [8, 40, 72, 136, 1000, 100_000])
    assert.equal(await entriesOf(new SegmentRun(4, sorted!), windowBytes), entriesDue(rows), String(windowBytes));
  assert.is(new SegmentRun(4, sorted!).owner, 4);
});

test.run();
