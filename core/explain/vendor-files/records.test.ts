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

test('a feed of rows is left as it is; bytes are kept, and each reader has its own', async () => {
  const { feed, slice } = sliceOf(['h,i\n', 'a,1\nb,2\n', 'c,3\n'], [3]);
  const rows = FeedSlice.of(
    {
      name: null,
      unit: 'rows',
      length: 9,
      blocks: [
        [0, 1],
        [1, 2],
        [3, 9],
      ],
      head: null,
    },
    [9],
  );
  const left = cutRecords(feed, rows as FeedSlice, [9]);
  assert.is(left.feed, feed);
  assert.is(left.fileLine(3), 3);
  // what is read is overwritten by what comes next
  const lent = {
    ...feed,
    open: async function* () {
      const room = new Uint8Array(2);
      for await (const part of feed.open())
        for (let at = 0; at < part.length; at += 2) {
          room.set(part.subarray(at, at + 2));
          yield room.subarray(0, Math.min(2, part.length - at));
        }
    },
  };
  const { feed: found, fileLine } = cutRecords(lent, slice, [3]);
  assert.equal([2, 3].map(fileLine), [2, 3], 'before it is read');
  for (let i = 0; i < 2; i++) {
    const texts: string[] = [];
    for await (const item of found.open()) {
      texts.push(toText(item as Uint8Array));
      (item as Uint8Array).fill(0);
    }
    assert.equal(texts, ['h,i\nb,2\n']);
  }
  assert.equal([1, 2].map(fileLine), [1, 3]);
  const { feed: empty } = cutRecords({ ...feed, open: async function* () {} }, slice, []);
  for await (const _ of empty.open()) assert.unreachable('nothing to read');
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

test('any records that are wanted are cut out of any blocks, whatever line ends and quotes they have', async () => {
  let state = 5;
  const random = (limit: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return (state >>> 0) % limit;
  };
  const CELLS = ['x', '"y"', '"a\nb"', '"say ""hi""\n"', '""', '"\n\n,"'];
  for (let turn = 0; turn < 60; turn++) {
    const records = Array.from({ length: 3 + random(12) }, (_, i) => `${i},${CELLS[random(CELLS.length)]}\n`);
    if (turn % 3 === 0) records[records.length - 1] = records.at(-1)?.slice(0, -1) ?? '';
    const linesOf = (text: string) => text.split('\n').length - 1;
    const firstLines = records.map((_, i) => 2 + linesOf(records.slice(0, i).join('')));
    const blocks = ['h,i\n'];
    const blockOf: number[] = [];
    for (const [i, record] of records.entries()) {
      if (i === 0 || random(3) === 0) blocks.push('');
      blocks[blocks.length - 1] += record;
      blockOf.push(blocks.length - 1);
    }
    const wanted = [...new Set(Array.from({ length: 1 + random(3) }, () => random(records.length)))];
    const { text, fileLine } = await cut(
      blocks,
      wanted.map((i) => firstLines[i] ?? 0),
    );
    const taken = [...wanted].sort((a, b) => a - b);
    assert.is(text, `h,i\n${taken.map((i) => records[i]).join('')}`, JSON.stringify([blocks, taken]));
    const due = taken.flatMap((i) =>
      Array.from({ length: linesOf(records[i] ?? '') || 1 }, (_, more) => (firstLines[i] ?? 0) + more),
    );
    assert.equal(
      due.map((_, i) => fileLine(i + 2)),
      due,
    );
    assert.is(fileLine(1), 1);
  }
});

test('lines that no record begins on leave the feed as it is', async () => {
  const blocks = ['h,i\n', 'a,1\nb,2\n', 'c,3\n'];
  const whole = blocks.join('');
  assert.is((await cut(blocks, [4, 9])).text, 'h,i\nc,3\n');
  assert.is((await cut(blocks, [2, 3, 4])).text, whole);
  assert.is((await cut(blocks, [])).text, 'h,i\n');
  const { text, fileLine } = await cut(['h,i\n', 'a,"1\n', 'c,3"\nd,4\n'], [2]);
  assert.equal([text, fileLine(2), fileLine(3)], ['h,i\na,"1\n', 2, 3]);
  assert.is((await cut(blocks, [3], { quote: null })).text, 'h,i\nb,2\n');
});

test('of a gzip or ZIP archive, a quoted map or one that does not decode, all lines are kept', async () => {
  const kept = async (bytes: Uint8Array, sku = 'none', size: number | null = bytes.length) => {
    const files = {
      open: async function* () {
        yield bytes.slice();
      },
    };
    let read = 0;
    for await (const chunk of mapLines({ files, path: 'm.csv', size, sku }).open())
      read += (chunk as Uint8Array).length;
    return read === bytes.length;
  };
  const plain = toBytes('vendor_sku,sku\nV,A\nW,B\n');
  assert.equal([await kept(plain), await kept(plain, ''), await kept(plain, 'none', null)], [false, true, true]);
  const starts = [
    [0x1f, 0x8b],
    [0x50, 0x4b],
    [0x1f, 0x4b],
    [0x50, 0x8b],
  ].map((start) => Uint8Array.of(...start, ...plain));
  assert.equal(await Promise.all(starts.map((bytes) => kept(bytes))), [true, true, false, true]);
  assert.equal(await Promise.all(['a"b\nX', 'a\0b\nX'].map((text) => kept(toBytes(text)))), [true, true]);
  assert.not.ok(await kept(plain, 'none', 64 << 20));
  assert.ok(await kept(plain, 'none', (64 << 20) + 1), 'a large one is read in parts');
});

test.run();
