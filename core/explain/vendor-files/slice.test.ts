/** Parts of a feed that are read again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../bytes/text.ts';
import type { PreparedFeed } from '../../plugin.ts';
import { all, chunksOf, filesOf } from '../testing/files.ts';
import { FeedSlice, slicedFeed, slicedSource } from './slice.ts';

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
  assert.is(FeedSlice.of({ ...INDEX, blocks: [[0, 1]] }, [3]), null);
});

test.run();
