/** Parts of a feed that are read again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../bytes/text.ts';
import type { PreparedFeed } from '../../plugin.ts';
import { all, chunksOf, filesOf } from '../testing/files.ts';
import { asPart, FeedSlice, slicedFeed, slicedSource } from './slice.ts';

const INDEX = {
  ...{ name: null, unit: 'bytes' as const, length: 40 },
  blocks: [
    [0, 1],
    [10, 2],
    [20, 5],
    [30, 6],
  ] as Array<[number, number]>,
  head: null as string | null,
};
const TEXT = 'header....block-1...block-2...block-3...';

test('a slice has the header and the blocks of the wanted lines, with their line numbers', async () => {
  const slice = FeedSlice.of(INDEX, [5, 6]);
  assert.ok(slice);
  assert.equal(
    slice?.parts.map(({ start, end }) => [start, end]),
    [
      [0, 10],
      [20, null],
    ],
  );
  // the header is line 1 of the slice, followed by line 5 of the file
  assert.equal(
    [1, 2, 3].map((line) => slice?.fileLine(line)),
    [1, 5, 6],
  );
  const text = async (head: string | null): Promise<string> => {
    const source = slicedSource({
      files: filesOf(`\ufeff${TEXT}`),
      path: 'f',
      slice: slice as FeedSlice,
      mark: 3,
      head,
    });
    return (await all(source.open())).map((bytes) => toText(bytes)).join('');
  };
  assert.is(await text(null), '\ufeffheader....block-2...block-3...');
  assert.is(await text('HEADER....'), '\ufeffHEADER....block-2...block-3...', 'the header that is known is not read');
  let opened = 0;
  const open = () => {
    opened++;
    return chunksOf(TEXT, 7);
  };
  const feed = { open } as unknown as PreparedFeed;
  const sliced = slicedFeed(feed, slice as FeedSlice);
  for (let i = 0; i < 2; i++) {
    const text = (await all(sliced.open())).map((bytes) => toText(bytes as Uint8Array)).join('');
    assert.is(text, 'header....block-2...block-3...');
  }
  assert.is(opened, 1, 'it is read once');
});

test('rows of a parser keep their lines; a file without known blocks has no slice', async () => {
  const slice = FeedSlice.of({ ...INDEX, unit: 'rows' }, [3]);
  const rows = Array.from({ length: 40 }, (_, i) => ({ cells: [`r${i}`], ...(i === 12 ? { line: 99 } : {}) }));
  const feed = {
    open: async function* () {
      yield* rows;
    },
  } as unknown as PreparedFeed;
  const found = await all(slicedFeed(feed, slice as FeedSlice).open());
  assert.equal(found.length, 20);
  assert.equal(
    found.slice(9, 14).map((row) => (row as { line: number }).line),
    [10, 11, 12, 99, 14],
  );
  assert.is(slice?.fileLine(14), 14);
  assert.equal([slice?.head, FeedSlice.of({ ...INDEX, unit: 'rows' }, [6])?.fileLine(3)], [null, 3]);
  for (const change of [{ blocks: INDEX.blocks.slice(0, 1) }, { blocks: [] }, { length: 0 }])
    assert.is(FeedSlice.of({ ...INDEX, ...change }, [3]), null);
});

test('a slice that memory does not hold is none; rows are not kept', () => {
  // without the block from 10 to 20
  const most = (64 << 20) + 10;
  for (const [length, unit, isSliced] of [
    [most, 'bytes', true],
    [most + 1, 'bytes', false],
    [most + 1, 'rows', true],
  ] as const)
    assert.is(FeedSlice.of({ ...INDEX, unit, length }, [5, 6]) !== null, isSliced, `${length} ${unit}`);
  assert.ok(FeedSlice.of({ ...INDEX, length: most * 2 }, [2]), 'what is not wanted does not count');
});

test('a sliced file has its name and its own bytes each time; one that is gone has none', async () => {
  const slice = FeedSlice.of(INDEX, [2]) as FeedSlice;
  const source = slicedSource({ files: filesOf(TEXT), path: 'f', slice, mark: 0, head: null });
  const [first] = await all(source.open());
  const text = toText(first as Uint8Array);
  first?.fill(0);
  assert.equal(
    (await all(source.open())).map((bytes) => toText(bytes)),
    [text],
  );
  const gone = slicedSource({ files: filesOf(TEXT), path: 'a/b.csv', slice, mark: 0, head: null });
  assert.equal([gone.name, await all(gone.open())], ['b.csv', []]);
});

test('a feed is read as far as its last part, without what its layout says of the end', async () => {
  let read = 0;
  const open = async function* () {
    for await (const chunk of chunksOf(TEXT, 5)) {
      read++;
      yield chunk;
    }
  };
  const layout = { delimiter: ',', skipLastRows: 1, footer: [] };
  const feed = { open, layout, encoding: 'utf-8' } as unknown as PreparedFeed;
  const chunks = await all(slicedFeed(feed, FeedSlice.of(INDEX, [2]) as FeedSlice).open());
  assert.equal([chunks.length, read], [4, 4]);
  assert.equal(asPart(feed), { open, layout: { delimiter: ',' }, encoding: 'utf-8' });
});

test('slices of any blocks have the text of those blocks, and know the lines of the file', async () => {
  const random = mulberry(7);
  for (let turn = 0; turn < 60; turn++) {
    // blocks of some lines; a block is what is between two places where a record begins
    const texts = Array.from({ length: 2 + random(6) }, (_, i) =>
      Array.from(
        { length: i === 0 ? 1 : 1 + random(4) },
        (_line, line) => `block ${i} line ${line}${'.'.repeat(random(5))}\n`,
      ).join(''),
    );
    const blocks = texts.map((_, i): [number, number] => {
      const before = texts.slice(0, i).join('');
      return [before.length, before.split('\n').length];
    });
    const text = texts.join('');
    const lines = text.split('\n').slice(0, -1);
    const wanted = Array.from({ length: 1 + random(3) }, () => 1 + random(lines.length));
    const blockOf = (line: number) => blocks.findLastIndex(([, first]) => first <= line);
    const due = new Set([0, ...wanted.map(blockOf)]);
    const slice = FeedSlice.of({ ...INDEX, length: text.length, blocks }, wanted);
    assert.ok(slice);
    assert.equal(slice?.head, { bytes: blocks[1]?.[0], line: blocks[1]?.[1] });
    const expected = texts.filter((_, i) => due.has(i)).join('');
    const mark = turn % 2 === 0 ? 0 : 3;
    const files = filesOf(`${mark === 0 ? '' : '\ufeff'}${text}`);
    const head = turn % 3 === 0 ? (texts[0] ?? null) : null;
    const source = slicedSource({ files, path: 'f', slice: slice as FeedSlice, mark, head });
    const read = (await all(source.open() as AsyncIterable<Uint8Array>)).map((bytes) => toText(bytes)).join('');
    assert.is(read, `${mark === 0 ? '' : '\ufeff'}${expected}`);
    for (const size of [1, 7, 1000]) {
      const feed = { open: () => chunksOf(text, size) } as unknown as PreparedFeed;
      const sliced = await all(slicedFeed(feed, slice as FeedSlice).open() as AsyncIterable<Uint8Array>);
      assert.is(sliced.map((bytes) => toText(bytes)).join(''), expected);
      assert.ok(sliced.every((bytes) => bytes.length > 0));
    }
    const fileLines = lines.flatMap((_, i) => (due.has(blockOf(i + 1)) ? [i + 1] : []));
    assert.equal(
      fileLines.map((_, i) => slice?.fileLine(i + 1)),
      fileLines,
    );
  }
});

/** Numbers below a limit, the same ones for a seed. */
function mulberry(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return (state >>> 0) % limit;
  };
}

test.run();
