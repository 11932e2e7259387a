/** Records of feeds and lines of SKU maps, read out of larger files. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import type { Layout } from '../../layout.ts';
import type { FileIndex } from '../../pipeline/row-index.ts';
import type { PreparedFeed } from '../../plugin.ts';
import { mapLines } from './map-lines.ts';
import { cutRecords } from './records.ts';
import { FeedSlice } from './slice.ts';

const LAYOUT = { delimiter: ',', quote: '"', skipLines: 0, header: true, columns: {}, timeZone: null };

/** A feed of these blocks, the first of which is the header. */
function sliceOf(blocks: readonly string[], lines: readonly number[], layout: Partial<Layout> = {}) {
  const text = blocks.join('');
  const starts = blocks.map((_, i): [number, number] => {
    const before = blocks.slice(0, i).join('');
    return [toBytes(before).length, before.split('\n').length];
  });
  const index: FileIndex = { name: null, unit: 'bytes', length: toBytes(text).length, blocks: starts, head: null };
  const slice = FeedSlice.of(index, lines);
  assert.ok(slice !== null);
  const bytes = toBytes(text);
  const feed = {
    ...{ encoding: 'utf-8', delimiter: 'comma', reason: '' },
    layout: { ...LAYOUT, ...layout },
    open: async function* () {
      for (const { start, end } of slice.parts) yield bytes.slice(start, end ?? bytes.length);
    },
  } satisfies PreparedFeed;
  return { feed, slice };
}

async function cut(blocks: readonly string[], lines: readonly number[], layout: Partial<Layout> = {}) {
  const { feed, slice } = sliceOf(blocks, lines, layout);
  const found = cutRecords(feed, slice, lines);
  const read = async () => {
    let text = '';
    for await (const item of found.feed.open()) text += item instanceof Uint8Array ? toText(item) : '';
    return text;
  };
  const text = await read();
  assert.is(await read(), text, 'it can be opened again');
  return { text, fileLine: (line: number) => found.fileLine(line) };
}

test('only the header and the wanted records of a feed are read, with their lines in the file', async () => {
  for (const end of ['\n', '\r\n']) {
    const blocks = ['h,i\n', 'a,1\nb,"x\ny"\nc,3\n', 'd,4\ne,5\n', 'f,6\n', 'g,7'].map((one) =>
      one.replaceAll('\n', end),
    );
    const due = ['h,i\n', 'b,"x\ny"\n', 'e,5\n', 'g,7'].join('').replaceAll('\n', end);
    const { text, fileLine } = await cut(blocks, [9, 3, 7]);
    assert.is(text, due);
    assert.equal([1, 2, 3, 4, 5].map(fileLine), [1, 3, 4, 7, 9]);
  }
});

test('a feed with other line ends, escapes or its own code, and the first block, are read whole', async () => {
  const blocks = ['h,i\n', 'a,1\nb,2\n', 'c,3\n'];
  const whole = 'h,i\na,1\nb,2\n';
  assert.is((await cut(blocks, [3])).text, 'h,i\nb,2\n');
  assert.is((await cut(blocks, [3], { escape: '\\' })).text, whole);
  assert.is((await cut(blocks, [3], { row: (cells) => cells })).text, whole);
  assert.is((await cut(blocks, [1, 3])).text, whole);
  assert.is((await cut(['h,i\n', 'a,1\rx,9\nb,2\n', 'c,3\n'], [3])).text, 'h,i\na,1\rx,9\nb,2\n');
});

test('only the header and the lines with the SKU are read of a SKU map, unless its lines are not plain', async () => {
  const read = async (text: string | Uint8Array, sku: string) => {
    const bytes = typeof text === 'string' ? toBytes(text) : text;
    let reads = 0;
    const files = {
      open: async function* () {
        reads++;
        yield bytes.slice();
      },
    };
    const source = mapLines({ files, path: 'side_files/a/sku_map/m.csv', size: bytes.length, sku });
    for await (const _ of source.open());
    let found = '';
    for await (const chunk of source.open()) found += toText(chunk);
    assert.is(reads, 1);
    return found;
  };
  const text = 'vendor_sku,sku\nV-1,A\nV-2,B\nA,C\nV-3,AB';
  assert.is(await read(text, 'A'), 'vendor_sku,sku\nV-1,A\nA,C\nV-3,AB');
  assert.is(await read(text, 'V-2'), 'vendor_sku,sku\nV-2,B\n');
  assert.is(await read(text, 'none'), 'vendor_sku,sku\n');
  const quoted = 'vendor_sku,sku\nV-1,"A"\nV-2,B\n';
  assert.is(await read(quoted, 'B'), quoted);
  const archive = Uint8Array.of(0x50, 0x4b, 3, 4, 10, 65, 10);
  assert.is(await read(archive, 'none'), toText(archive));
});

test.run();
