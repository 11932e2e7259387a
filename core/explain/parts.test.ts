/** The parts of explaining: lines, lookups, slices and similar SKUs. `conformance/explain/` tests whole receipts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../bytes/text.ts';
import { CANONICAL_COLUMNS } from '../canonical.ts';
import { RelayError } from '../errors.ts';
import type { PreparedFeed } from '../plugin.ts';
import { lookAlikes, nearSkus } from './absence/near.ts';
import { type RowToExplain, readCells } from './offers/cells.ts';
import { cellsOf, writtenLines } from './run-files/lines.ts';
import { lookUp } from './run-files/look-up.ts';
import { FeedSlice, slicedFeed, slicedSource } from './vendor-files/slice.ts';

async function* chunksOf(text: string, size: number) {
  const bytes = toBytes(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('lines end outside quotes, for any chunks', async () => {
  const text = 'a,b\n"x\n""y""",2\nlast';
  for (const size of [1, 2, 7, 100]) {
    const lines = (await all(writtenLines(chunksOf(text, size), 'csv'))).map((line) => toText(line));
    assert.equal(lines, ['a,b', '"x\n""y""",2', 'last'], String(size));
    assert.equal(lines.map(cellsOf), [['a', 'b'], ['x\n"y"', '2'], ['last']]);
  }
});

const SKUS = ['A', 'A-1', 'B', 'B', 'B', 'C"', '\u00e9', '\uff5e', '\u{1f600}'];
const ROWS = SKUS.map((sku, i) => `${/"/.test(sku) ? `"${sku.replaceAll('"', '""')}"` : sku},${i}`);
const TABLE = `sku,n\n${ROWS.join('\n')}\n`;

function filesOf(text: string) {
  return {
    open: async function* (path: string, range = { first: 0, last: Number.MAX_SAFE_INTEGER }) {
      if (path !== 'f') throw new RelayError('not_found', path);
      yield toBytes(text).slice(range.first, range.last + 1);
    },
  };
}

test('a SKU is found by any samples, with its rows, their position and its neighbours', async () => {
  const at = (i: number): [number, number, string] => [
    toBytes(
      `sku,n\n${ROWS.slice(0, i)
        .map((row) => `${row}\n`)
        .join('')}`,
    ).length,
    i,
    SKUS[i] ?? '',
  ];
  for (const samples of [null, [at(0)], [at(0), at(3), at(6)], SKUS.map((_, i) => at(i))]) {
    const file = { path: 'f', format: 'csv' as const, columns: ['sku', 'n'], samples };
    for (const sku of new Set([...SKUS, '', 'A-0', 'Z', '\u{1f601}'])) {
      const found = await lookUp(filesOf(TABLE), file, sku);
      const due = SKUS.flatMap((one, i) => (one === sku ? [i] : []));
      assert.equal(
        found?.rows.map(({ ordinal, cells }) => [ordinal, cells.n]),
        due.map((i) => [i, String(i)]),
        sku,
      );
      if (due.length === 0) assert.ok((found?.neighbours().length ?? 0) > 0, `"${sku}" has neighbours`);
    }
    assert.is(await lookUp(filesOf(TABLE), { ...file, path: 'none' }, 'A'), null);
  }
});

test('an escaped SKU is found in its place, and so is one that only looks escaped', async () => {
  const table = "sku,n\n'-1,0\n'=A,1\nB,2\n";
  const samples: Array<[number, number, string]> = [
    [6, 0, "'-1"],
    [18, 2, 'B'],
  ];
  const file = { path: 'f', format: 'csv' as const, columns: ['sku', 'n'], samples, isEscaped: true };
  const cells = async (sku: string) => (await lookUp(filesOf(table), file, sku))?.rows.map((row) => row.cells.n);
  assert.equal(
    [await cells('-1'), await cells('=A'), await cells('B'), await cells("'-1")],
    [['0'], ['1'], ['2'], ['0']],
  );
});

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

test('similar SKUs are found: first with other punctuation or zeros, then with typing errors', () => {
  assert.equal(nearSkus('a100', ['A-0100', 'A-100', 'B-7', 'A101']), ['A-100', 'A-0100', 'A101']);
  assert.equal(nearSkus('42', ['0042', '4-2', '99999']).sort(), ['0042', '4-2']);
  assert.equal(nearSkus('zzzzzz', ['A', 'B']), []);
  const alike = ['A\u200bB', 'AB', 'CAFE\u0301', 'A-B', 'ab'];
  assert.equal([lookAlikes('AB', alike), lookAlikes('CAF\u00c9', alike)], [['A\u200bB'], ['CAFE\u0301']]);
  assert.equal(lookAlikes('CABLE-100', ['CABLE-1O0', 'CABLE-lO0', 'CABLE-I00', 'CABLE-1o0', 'CABLE-101']), [
    ...['CABLE-1O0', 'CABLE-lO0', 'CABLE-I00'],
  ]);
});

test('a vendor SKU is called replaced only if it has a value', () => {
  const position = CANONICAL_COLUMNS.indexOf('vendor_sku');
  const index = new Int32Array(CANONICAL_COLUMNS.length).fill(-1);
  index[position] = 0;
  const columns = { index, extras: [], cells: [], names: ['own'] } as unknown as RowToExplain['columns'];
  const row = { layout: { columns: {} } as RowToExplain['layout'], columns, now: '', conversion: null, isMapped: true };
  const howOf = (value: string | null) => {
    const explained = { ...row, raw: [''], valueOf: (column: string) => (column === 'vendor_sku' ? value : null) };
    return readCells(explained).map(({ column, how }) => [column, how.length]);
  };
  assert.equal(howOf('V1'), [['vendor_sku', 1]]);
  assert.equal(howOf(null), [['vendor_sku', 0]]);
});

test.run();
