import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ByteSink, RunArtifacts } from '../../ports/engine.ts';
import { type RowIndex, RowIndexBuilder } from '../row-index.ts';
import { PageStarts } from './page-starts.ts';
import { RowPages } from './row-pages.ts';
import { countingScratch } from './testing/rows.ts';

const READ_MAX = 100_000;

/** `count` entries of a vendor, from its row `first` on. */
function entries(vendor: number, first: number, count: number): Uint8Array {
  const words = Uint32Array.from({ length: count * 3 }, (_, i) => (i % 3 === 0 ? first + Math.floor(i / 3) : vendor));
  return new Uint8Array(words.buffer);
}

async function write(pages: RowPages, vendors: readonly string[]) {
  const files = new Map<string, Uint8Array>();
  const create = (path: string): ByteSink => {
    const parts: Uint8Array[] = [];
    return {
      write: (bytes) => void parts.push(bytes.slice()),
      close: () => void files.set(path, Buffer.concat(parts)),
      abort: () => {},
    };
  };
  const artifacts: RunArtifacts = { create, source: () => assert.unreachable() as never };
  const index = new RowIndexBuilder('r');
  for (const id of vendors) index.addVendor(id, { rows: 0, samples: [], files: [], refused: [], refused_more: 0 });
  await pages.write(artifacts, index);
  await index.write(artifacts);
  const { pages: written } = JSON.parse(Buffer.from(files.get('reports/row_index.json') ?? '').toString()) as RowIndex;
  const bytes = files.get('reports/rows.bin') ?? new Uint8Array(0);
  const words = new Uint32Array(Uint8Array.from(bytes).buffer);
  const rows = Array.from({ length: words.length / 3 }, (_, i) => [words[i * 3 + 1], words[i * 3]]);
  return { pages: written, rows };
}

test('a page’s entries are together, vendor by vendor; entries that are not merged come last', async () => {
  const scratch = countingScratch(READ_MAX);
  const pages = new RowPages(scratch, ['a', 'b', 'c', 'd']);
  await pages.sink('a').write(entries(9, 0, 4));
  for (const [vendor, id] of ['a', 'b', 'c'].entries()) {
    const sink = pages.sink(id);
    await sink.write(entries(vendor, 0, 3));
    await sink.write(entries(vendor, 3, 2));
    await sink.close();
  }
  const starts = new PageStarts([0, 0, 0, 0], 3);
  assert.ok(starts.isDue);
  starts.begin('A');
  assert.not.ok(starts.isDue);
  for (const vendor of [0, 1, 1]) starts.add(vendor);
  assert.ok(starts.isDue);
  starts.begin('M');
  for (const vendor of [0, 0, 0, 1, 1]) starts.add(vendor);
  pages.starts.absorb(starts.state());
  // vendor c is left out, so none of its rows appear
  const written = await write(pages, ['a', 'b']);
  assert.equal(written.pages, {
    vendors: ['a', 'b', 'c', 'd'],
    rows: [5, 5, 0, 0],
    starts: [
      ['A', [0, 0, 0, 0]],
      ['M', [1, 2, 0, 0]],
    ],
  });
  assert.equal(written.rows.map((row) => row.join('.')).join(' '), '0.0 1.0 1.1 0.1 0.2 0.3 0.4 1.2 1.3 1.4');
  assert.is(scratch.files, 0, 'a few rows stay in memory');
});

test('many rows are spilled to scratch, and there are still about a thousand pages', async () => {
  const scratch = countingScratch(READ_MAX);
  const pages = new RowPages(scratch, ['a', 'b']);
  const count = 300_000;
  const sinks = [pages.sink('a'), pages.sink('b')];
  for (let first = 0; first < count; first += 10_000)
    for (const [vendor, sink] of sinks.entries()) await sink.write(entries(vendor, first, 10_000));
  const passing = new PageStarts([0, 0], 100);
  for (let row = 0; row < count; row++) {
    if (passing.isDue) passing.begin(String(row).padStart(6, '0'));
    for (const vendor of [0, 1]) passing.add(vendor);
  }
  pages.starts.absorb(passing.state());
  const written = await write(pages, ['a', 'b']);
  assert.ok(scratch.files > 0);
  assert.is(written.rows.length, 2 * count);
  const { starts } = written.pages;
  assert.ok(starts.length > 400 && starts.length <= 1025, String(starts.length));
  let at = 0;
  for (const [i, [sku, before]] of starts.entries()) {
    assert.equal(before, [Number(sku), Number(sku)]);
    const rows = (starts[i + 1]?.[1][0] ?? count) - Number(sku);
    for (const vendor of [0, 1]) {
      assert.equal(written.rows[at], [vendor, Number(sku)]);
      at += rows;
    }
  }
  await pages.dispose();
  assert.is(scratch.live, 0);
});

test.run();
