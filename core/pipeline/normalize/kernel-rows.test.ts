/** Which files and rows the kernel gets: at the limits of its memory, and only where all that it needs is there. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import { COLUMN_COUNT } from '../../canonical.ts';
import {
  COLUMNS_MAX,
  NOTE_DATE,
  NOTE_ODD_SHIFT,
  NOTE_SAMPLE,
  NOTE_SKU,
  NOTE_TITLE,
  NOTES,
  S_CLEAR_FORMS,
  S_EXTRA_BYTES_MAX,
  S_FROM,
  S_HAS_CHECKS,
  S_HAS_FILTERS,
  S_HAS_SKU_MAP,
  S_HAS_ZONE,
  S_MAPPED_BYTES_MAX,
  S_NOTES,
  S_OTHER_FORMS,
  S_ROW_LINE,
  S_ROW_NUMBER,
  S_ROWS,
  S_SKU_BYTES_MAX,
  S_TO,
  S_USED,
  S_VALID_ROWS,
  VENDOR_ID_MAX,
} from '../../kernel/assembly/places.ts';
import { RecordBatch } from '../../scan/batch.ts';
import {
  NUMBER_COST,
  NUMBER_OPTIONAL,
  NUMBER_PRICE,
  NUMBER_QUANTITY,
  WORD_SKU_LENGTH,
  WORD_SOURCE_LINE,
} from '../sort/entry.ts';
import type { CurrentRow } from './current-row.ts';
import { type CountedRows, KernelRows } from './kernel-rows.ts';
import { optionsOf, smallKernel } from './testing/kernel-options.ts';

const kernel = smallKernel();

test('a layout with what only TypeScript can do is read by it alone', () => {
  const reads = (more: object) => KernelRows.reads(optionsOf(more));
  for (const one of [{}, { composed: { hasOnlyValues: true } }]) assert.is(reads(one), true);
  const checked = { composed: { hasOnlyValues: true }, checker: { accept: () => true } };
  for (const one of [{ composed: { hasOnlyValues: false } }, checked, { rules: {} }, { sums: {} }])
    assert.is(reads(one), false, Object.keys(one).join());
  const columns = (count: number) => ({ columns: { index: new Int32Array(count) } });
  assert.equal([reads(columns(COLUMNS_MAX)), reads(columns(COLUMNS_MAX + 1))], [true, false]);
  const vendorOf = (bytes: number) => ({ vendorId: 'é'.repeat(bytes / 2) });
  assert.equal([reads(vendorOf(VENDOR_ID_MAX)), reads(vendorOf(VENDOR_ID_MAX + 2))], [true, false]);
});

test('a batch is the kernel’s if window, records, fields and segment are in its memory', () => {
  let moves = 0;
  const rowsWith = (canMove: boolean) => {
    const moveInto = (arrays: unknown) => {
      assert.is(arrays, kernel.segment);
      moves++;
      return canMove;
    };
    return new KernelRows(kernel, optionsOf({ segment: { moveInto } }));
  };
  const batch = new RecordBatch(8, kernel.batch);
  assert.is(rowsWith(true).has(kernel.window, batch), true);
  assert.is(rowsWith(false).has(kernel.window, batch), false);
  assert.is(moves, 2);
  const other = new RecordBatch(8);
  const grown = new RecordBatch(8, { ...kernel.batch, fieldStart: other.fieldStart });
  const moved = new RecordBatch(8, { ...kernel.batch, firstField: other.firstField });
  for (const [window, one] of [
    [kernel.window.slice(), batch],
    [kernel.window, other],
    [kernel.window, grown],
    [kernel.window, moved],
  ] as const)
    assert.is(rowsWith(true).has(window, one), false);
  assert.is(moves, 2, 'a segment moves only for a batch that is here');
});

test('rows are taken where the segment is in the kernel’s memory, and seldom asked for where they are odd', () => {
  let calls = 0;
  let takes = 0;
  const loops = {
    ...kernel.loops,
    rows: () => {
      calls++;
      const { state } = kernel;
      assert.equal([state[S_TO], state[S_ROWS], state[S_USED]], [5, 2, 16]);
      state[S_FROM] = (state[S_FROM] ?? 0) + takes;
    },
  };
  const segment = { arena: kernel.segment.arena, rows: 2, used: 16 };
  const options = optionsOf({
    ...{ segment, forms: { next: Number.MAX_SAFE_INTEGER }, unread: { wantsRows: false } },
    ...{ examples: { lines: { shift: 0, isFull: false } }, textDoubts: { titles: { take: () => {} } } },
  });
  const kinds: number[] = [];
  const counts: CountedRows = {
    ...{ records: 1, totalRows: 2, mappedRows: 3, skippedRows: 4, validRows: 5, emptyQuantities: 6 },
    addKinds: (one) => void kinds.push(one),
  };
  const batch = new RecordBatch(8, kernel.batch);
  batch.count = 5;
  const rows = new KernelRows({ ...kernel, loops }, options);
  segment.arena = kernel.segment.arena.slice();
  assert.equal([rows.take(batch, 1, counts), calls], [1, 0]);
  segment.arena = kernel.segment.arena;
  takes = 4;
  for (let i = 0; i < 10; i++) assert.is(rows.take(batch, 1, counts), 5);
  assert.equal([calls, kinds.length], [10, 10]);
  takes = 0;
  for (let i = 0; i < 1000; i++) assert.is(rows.take(batch, 1, counts), 1);
  assert.ok(calls > 15 && calls < 40, `${calls} calls`);
  assert.is(kinds.length, 10);
  const { addKinds: _, ...rest } = counts;
  assert.equal(rest, { records: 1, totalRows: 2, mappedRows: 3, skippedRows: 4, validRows: 5, emptyQuantities: 6 });
});

test('some of the rows that the kernel took are looked at, in their records; forms of columns are noted', () => {
  const looked: number[] = [];
  const cleared: number[] = [];
  const forms = {
    next: 3,
    lookAt: (_window: Uint8Array, _batch: RecordBatch, record: number) => {
      looked.push(record);
      forms.next += looked.length;
    },
  };
  // the segment has two rows; those of the kernel are on the lines 12, 15 and 16, of records that begin on 12, 14 and 16
  const words = Int32Array.of(0, 0, 12, 15, 16);
  const entryAt = (of: number) => 4 * of;
  const segment = { arena: kernel.segment.arena, rows: 2, used: 0, words, entryAt };
  const row = { extraBytesMax: 0, rowNumber: 1, line: 1, otherForms: new Uint8Array(COLUMN_COUNT) };
  const options = optionsOf({
    ...{ segment, row, forms, decimalForms: { noteClear: (column: number) => cleared.push(column) } },
    ...{ unread: { wantsRows: false }, examples: { lines: { shift: 0, isFull: false } } },
    textDoubts: { titles: { take: () => {} } },
  });
  const { state } = kernel;
  const loops = {
    ...kernel.loops,
    rows: () => {
      state[S_FROM] = 4;
      state[S_VALID_ROWS] = 7;
      state[S_OTHER_FORMS] = 1 | (1 << (COLUMN_COUNT - 1));
      state[S_CLEAR_FORMS] = 0b110;
      state[S_ROW_NUMBER] = 9;
      state[S_ROW_LINE] = 17;
    },
  };
  const batch = new RecordBatch(8, kernel.batch);
  batch.count = 5;
  batch.line.set([10, 12, 14, 16, 18]);
  const counts = { validRows: 4, addKinds: () => {} } as unknown as CountedRows;
  forms.next = 5;
  assert.is(new KernelRows({ ...kernel, loops }, options).take(batch, 0, counts), 4);
  // the fifth and the sixth valid row; the eighth is not there yet
  assert.equal([looked, forms.next], [[1, 2], 8]);
  assert.equal(
    [...row.otherForms].flatMap((one, column) => (one === 1 ? [column] : [])),
    [0, COLUMN_COUNT - 1],
  );
  assert.equal([cleared, row.rowNumber, row.line, counts.validRows], [[1, 2], 9, 17, 7]);
  // the last row that was taken
  forms.next = 7;
  counts.validRows = 4;
  new KernelRows({ ...kernel, loops }, options).take(batch, 0, counts);
  assert.equal(looked, [1, 2, 3]);
});

test('rows that the kernel noted are looked at as the normalizer does: each by its record and its place in the segment', () => {
  const seen: unknown[] = [];
  const { arena } = kernel.segment;
  const [skuOffset, numbersOffset] = [64, 24];
  const entryAt = (of: number) => [0, 0, 128, 512][of] ?? 0;
  const words = new Int32Array(256);
  const numbers = new Float64Array(128);
  for (const [of, sku, line] of [
    [2, 'A-1', 12],
    [3, '\u200bB', 15],
  ] as const) {
    const at = entryAt(of);
    arena.set(toBytes(sku), at + skuOffset);
    words[(at >> 2) + WORD_SKU_LENGTH] = toBytes(sku).length;
    words[(at >> 2) + WORD_SOURCE_LINE] = line;
    const first = (at + numbersOffset) >> 3;
    for (const [i, place] of [NUMBER_QUANTITY, NUMBER_COST, NUMBER_PRICE, NUMBER_OPTIONAL].entries())
      numbers[first + place] = of * 10 + i;
  }
  const shown = (name: string) => (row: CurrentRow) =>
    void seen.push([name, toText(row.sku, row.skuStart, row.skuEnd), row.line, row.skuKinds !== 0]);
  const columns = { index: new Int32Array(20), width: 3 };
  const placed = (name: string, window: unknown, { record, index }: { record: number; index: unknown }) => {
    assert.is(window, kernel.window);
    assert.is(index, columns.index);
    seen.push([name, record]);
  };
  const optionsFor = (msrp: boolean) =>
    optionsOf({
      ...{ segment: { arena, rows: 0, used: 0, words, numbers, entryAt }, columns },
      entryLayout: { numbersOffset, skuOffset, texts: [], msrp, updatedAt: false },
      ...{ forms: { next: Number.MAX_SAFE_INTEGER }, examples: { lines: { shift: 0, isFull: false } } },
      ...{ skuDoubts: { look: shown('sku') }, skuDates: { look: shown('date') } },
      oddValues: {
        lookAt: (odd: number, window: unknown, _batch: unknown, at: { record: number; index: unknown }) =>
          placed(`odd ${odd}`, window, at),
      },
      textDoubts: {
        titles: {
          take: () => {},
          showAt: (window: unknown, _batch: unknown, at: { record: number; index: unknown }) =>
            placed('title', window, at),
        },
      },
      unread: {
        wantsRows: true,
        look: (_window: unknown, _batch: unknown, record: number, values: object) =>
          void seen.push(['sample', record, ...Object.values(values)]),
      },
    });
  const noted: Array<[record: number, odd: number, flags: number, of: number]> = [
    [1, 5, 0, 0],
    [2, 0, NOTE_SKU, 2],
    [3, 0, NOTE_DATE | NOTE_TITLE, 3],
    [0, 1, NOTE_SAMPLE | NOTE_SKU | NOTE_DATE, 3],
  ];
  const loops = {
    ...kernel.loops,
    rows: () => {
      const { state, bytes } = kernel;
      const notes = new Int32Array(bytes.buffer, NOTES);
      for (const [i, [record, odd, flags, of]] of noted.entries())
        notes.set([record | (odd << NOTE_ODD_SHIFT), flags | (of << 4)], 2 * i);
      state[S_FROM] = 4;
      state[S_NOTES] = noted.length;
    },
  };
  const batch = new RecordBatch(8, kernel.batch);
  const counts = { validRows: 0, addKinds: () => {} } as unknown as CountedRows;
  const take = (msrp: boolean) => new KernelRows({ ...kernel, loops }, optionsFor(msrp)).take(batch, 0, counts);
  take(true);
  assert.equal(seen.splice(0), [
    ['odd 5', 1],
    ['sku', 'A-1', 12, false],
    ['date', '\u200bB', 15, true],
    ['title', 3],
    ['sku', '\u200bB', 15, true],
    ['date', '\u200bB', 15, true],
    ['sample', 0, 30, 31, 32, 33],
    ['odd 1', 0],
  ]);
  take(false);
  assert.equal(seen[6], ['sample', 0, 30, 31, 32, 0]);
});

test('the kernel knows what a file has besides its rows', () => {
  const some = { naive: () => 0, filters: {}, skuMap: { valueBytesMax: 7 }, checker: { accept: () => true } };
  const flags = [S_HAS_ZONE, S_HAS_FILTERS, S_HAS_SKU_MAP, S_HAS_CHECKS, S_MAPPED_BYTES_MAX];
  const knows = (more: object, places: readonly number[]) => {
    new KernelRows(kernel, optionsOf(more));
    return places.map((place) => kernel.state[place]);
  };
  assert.equal(knows({}, flags), [0, 0, 0, 0, 0]);
  assert.equal(knows(some, flags), [1, 1, 1, 1, 7]);
  const limits = [S_SKU_BYTES_MAX, S_EXTRA_BYTES_MAX];
  const most = 0x7fffffff;
  assert.equal(knows({ skuBytesMax: 9, row: { extraBytesMax: 8 } }, limits), [9, 8]);
  assert.equal(knows({ skuBytesMax: 1e12, row: { extraBytesMax: 1e12 } }, limits), [most, most]);
});

test.run();
