import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../bytes/text.ts';
import {
  csvCellAt,
  cutRefused,
  FeedBlocks,
  LineSamples,
  MARKS_MAX,
  type RefusedRow,
  RefusedRows,
  RowIndexBuilder,
  SAMPLE_BYTES,
  Thinned,
  type VendorIndex,
} from './row-index.ts';

test('a cell is found in a line, quoted or not, even with line ends and quotes in it', () => {
  const line = toBytes('x\nA,"b ""c"",\nd",,last\nnext');
  const cells = [0, 1, 2, 3].map((column) => csvCellAt(line, 2, column));
  assert.equal(cells, ['A', 'b "c",\nd', '', 'last']);
});

test('about a thousand blocks are kept, in order, however many there are; the first two always', () => {
  const blocks = new FeedBlocks(null);
  for (let i = 1; i <= 100_000; i++) {
    blocks.note(i * 10, i + 1);
    blocks.note(i * 10, i + 1);
  }
  blocks.end(1_000_010, 'bytes');
  const kept = blocks.index.blocks;
  assert.ok(kept.length > 400 && kept.length <= 1025, String(kept.length));
  assert.equal(kept.slice(0, 2), [
    [0, 1],
    [10, 2],
  ]);
  assert.ok(kept.every(([start], i) => i === 0 || start > (kept[i - 1]?.[0] ?? 0)));
  const gaps = kept.slice(3).map(([start], i) => start - (kept[i + 2]?.[0] ?? 0));
  assert.ok(Math.max(...gaps) <= 2 * Math.min(...gaps), 'evenly spread');
  assert.ok((kept.at(-1)?.[0] ?? 0) > 990_000);
});

test('every mark is kept up to the limit; past it every second one, and so on', () => {
  const marks = new Thinned<number>();
  const plain: number[] = [];
  let every = 1;
  for (let i = 0; i < 5000; i++) {
    marks.add(i);
    if (i < 2 || i % every === 0) plain.push(i);
    if (plain.length > MARKS_MAX) {
      plain.splice(0, plain.length, ...plain.filter((_, at) => at < 2 || at % 2 === 1));
      every *= 2;
    }
    if (i % 100 === 0 || i > 4990) assert.equal(marks.kept, plain);
  }
  assert.equal(marks.kept.slice(0, 4), [0, 1, 9, 17]);
});

test('blocks begin after the one before', () => {
  const blocks = new FeedBlocks('f.csv');
  for (const [start, line] of [
    [0, 1],
    [5, 2],
    [5, 3],
    [4, 4],
    [6, 5],
    [9, 6],
    [7, 7],
  ] as const)
    blocks.note(start, line);
  blocks.end(9, 'rows');
  assert.equal(blocks.index, {
    ...{ name: 'f.csv', unit: 'rows', length: 9, head: null },
    blocks: [
      [0, 1],
      [5, 2],
      [6, 5],
      [9, 6],
    ],
  });
});

test('refused rows without an entry in errors.json are only counted', () => {
  const [a, b]: RefusedRow[] = [
    ['A', 2, 2, 0],
    ['B', 4, 5, 0],
  ];
  const refused = new RefusedRows();
  for (const row of [null, a!, null, b!]) refused.add(row);
  assert.equal([refused.rows, refused.places, refused.listed, refused.hasRoom], [[a, b], [1, 3], 4, true]);
  for (const [listed, kept, more] of [
    [4, [a, b], 1],
    [3, [a], 2],
    [2, [a], 3],
    [1, [], 4],
    [0, [], 5],
  ] as const) {
    const index = { samples: [], rows: 0, files: [], refused: refused.rows, refused_more: 1 } as VendorIndex;
    cutRefused(index, refused, listed);
    assert.equal([index.refused, index.refused_more], [kept, more], `${listed}`);
  }
  for (let i = 2; i < 100_000; i++) refused.rows.push(a!);
  assert.not(refused.hasRoom);
  refused.rows.pop();
  assert.ok(refused.hasRoom);
});

test('the text of the first block is kept if it is short', () => {
  const headOf = (chunks: readonly string[], start: number, number = 0): string | null => {
    const blocks = new FeedBlocks(null, number);
    for (const chunk of chunks) blocks.pass(toBytes(chunk));
    blocks.note(start, 2);
    blocks.note(start + 5, 3);
    return blocks.index.head;
  };
  assert.is(headOf(['sk', 'u,', 'größe\nA,1\n'], 12), 'sku,größe\n');
  assert.is(headOf(['sku\n'], 4), 'sku\n');
  assert.is(headOf(['x'.repeat(5000)], 4096), 'x'.repeat(4096));
  assert.is(headOf(['x'.repeat(5000)], 4097), null);
  assert.is(headOf(['sku\n'], 4, 8), null, 'of the ninth file');
});

test('samples keep their distance and count the rows between them', () => {
  const samples = new LineSamples();
  for (let i = 0; i < 10; i++) {
    samples.add(5, i, () => `S${i}`);
    samples.pass(SAMPLE_BYTES / 2);
  }
  const offsets = [0, 2, 4, 6, 8].map((i) => [5 + (i * SAMPLE_BYTES) / 2, i, `S${i}`]);
  assert.equal(samples.index.samples, offsets);
});

test('the header of a file is not a sample, and the SKU may be in any column', async () => {
  const files = new Map<string, string>();
  const sinkFor = (path: string) => {
    const parts: string[] = [];
    return {
      write: (bytes: Uint8Array) => void parts.push(new TextDecoder().decode(bytes)),
      close: () => void files.set(path, parts.join('')),
      abort: () => {},
    };
  };
  const index = new RowIndexBuilder('r');
  const csv = index.sampled('a.csv', sinkFor('a.csv'), 'csv', 1);
  const jsonl = index.sampled('b.jsonl', sinkFor('b.jsonl'), 'jsonl', 1);
  const plain = sinkFor('c.csv');
  assert.is(index.sampled('c.csv', plain, 'csv', -1), plain, 'a file without SKUs');
  for (const text of ['', '_change,sku\nadded,"A,1"\n', '', `added,${'B'.repeat(SAMPLE_BYTES)}\n`, 'added,C\n'])
    await csv.write(toBytes(text));
  await jsonl.write(toBytes('{"price":"1","sku":"A"}\n'));
  for (const sink of [csv, jsonl]) await sink.close();
  await index.write({ create: sinkFor, source: () => assert.unreachable() as never });
  const written = JSON.parse(files.get('reports/row_index.json') ?? '');
  assert.equal(written.outputs, {
    'a.csv': {
      samples: [
        [12, 0, 'A,1'],
        [31 + SAMPLE_BYTES, 0, 'C'],
      ],
    },
    'b.jsonl': { samples: [[0, 0, 'A']] },
  });
  assert.is(files.get('a.csv')?.slice(0, 24), '_change,sku\nadded,"A,1"\n');
});

test.run();
