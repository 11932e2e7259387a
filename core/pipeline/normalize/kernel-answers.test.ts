/** What the kernel asks in the middle of a row, and what it is told. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ByteMap } from '../../bytes/byte-map.ts';
import { IS_ODD } from '../../bytes/signs/sku-signs.ts';
import { toBytes, toText } from '../../bytes/text.ts';
import { COLUMN } from '../../canonical.ts';
import {
  CELL_END,
  CELL_START,
  CELL_STYLE,
  LONG_SKU,
  MAPPED_SKU,
  MAPPED_SKU_MAX,
  N_COST,
  N_LEAD_TIME,
  N_MAP_PRICE,
  N_MSRP,
  N_PRICE,
  N_QUANTITY,
  N_UPDATED_AT,
  NOT_MAPPED,
  S_ROW_CONDITION,
  S_ROW_IS_MAPPED,
  S_ROW_LINE,
  S_ROW_NUMBER,
  S_ROW_SKU_END,
  S_ROW_SKU_KINDS,
  S_ROW_SKU_START,
} from '../../kernel/assembly/places.ts';
import { PLAIN, QUOTED, QUOTED_DOUBLED, RecordBatch } from '../../scan/batch.ts';
import type { CurrentRow } from './current-row.ts';
import { KernelAnswers } from './kernel-answers.ts';
import { optionsOf, smallKernel } from './testing/kernel-options.ts';

const kernel = smallKernel();

/** What the kernel asks, with a batch at hand or without one. */
function answersOf(more: object, batch: RecordBatch | null = new RecordBatch(8, kernel.batch)): KernelAnswers {
  const answers = new KernelAnswers(kernel, optionsOf(more));
  assert.is(kernel.caller, answers);
  answers.batch = batch;
  return answers;
}

test('the kernel is told times, mapped SKUs and which rows the filters keep', () => {
  assert.is(answersOf({}).utcOf(7), 7);
  assert.is(answersOf({ naive: (wall: number) => wall - 3600 }).utcOf(7), -3593);

  const skuMap = new ByteMap();
  const value = (count: number) => 'v'.repeat(count);
  for (const [key, mapped] of [
    ['A', 'first'],
    ['KEY', 'é-2'],
    ['B', value(MAPPED_SKU_MAX)],
    ['C', value(MAPPED_SKU_MAX + 1)],
  ] as const)
    skuMap.set(toBytes(key), toBytes(mapped));
  const { byteOffset } = kernel.window;
  const asked = (key: string, map: ByteMap | null = skuMap) => {
    kernel.window.set(toBytes(`x${key}x`));
    const from = byteOffset + 1;
    const length = answersOf({ skuMap: map }).mapSku(from, from + toBytes(key).length);
    return length < 0 ? length : toText(kernel.bytes, MAPPED_SKU, MAPPED_SKU + length);
  };
  assert.equal([asked('A'), asked('KEY'), asked('B')], ['first', 'é-2', value(MAPPED_SKU_MAX)]);
  assert.equal([asked('C'), asked('KE'), asked('A', null)], [LONG_SKU, NOT_MAPPED, NOT_MAPPED]);

  const kept: unknown[] = [];
  const filters = {
    keeps: (window: unknown, batch: unknown, record: number) => {
      assert.is(window, kernel.window);
      kept.push(batch);
      return record === 1;
    },
  };
  const batch = new RecordBatch(8, kernel.batch);
  const answers = answersOf({ filters }, batch);
  assert.equal([answers.keepsRow(0), answers.keepsRow(1), kept], [false, true, [batch, batch]]);
  assert.equal([answersOf({ filters }, null).keepsRow(0), answersOf({}).keepsRow(0), kept.length], [true, true, 2]);
});

test('validators see the row that the kernel has read', () => {
  const fields = 4;
  const { buffer } = kernel.bytes;
  const { byteOffset } = kernel.window;
  const [starts, ends] = [new Uint32Array(buffer, CELL_START, fields), new Uint32Array(buffer, CELL_END, fields)];
  const cellOf = (from: number) => (from < 0 ? 0 : byteOffset + from);
  starts.set([3, -1, 9, 20].map(cellOf));
  ends.set([7, 5, 9, 26].map(cellOf));
  new Uint8Array(buffer, CELL_STYLE, fields).set([PLAIN, PLAIN, QUOTED, QUOTED_DOUBLED]);
  const { state, numbers } = kernel;
  const words = [S_ROW_NUMBER, S_ROW_LINE, S_ROW_SKU_START, S_ROW_SKU_END, S_ROW_IS_MAPPED, S_ROW_CONDITION];
  for (const [i, place] of words.entries()) state[place] = [7, 9, 100, 103, 1, 2][i] ?? 0;
  state[S_ROW_SKU_KINDS] = -1;
  const amounts = [N_QUANTITY, N_LEAD_TIME, N_COST, N_MAP_PRICE, N_PRICE, N_MSRP, N_UPDATED_AT];
  for (const [i, place] of amounts.entries()) numbers[place] = 10 + i;
  let cleared = 0;
  const row = {
    ...{ extraBytesMax: 0, start: new Int32Array(fields).fill(-9), end: new Int32Array(fields).fill(-9) },
    ...{ doubled: new Uint8Array(fields).fill(9), badSku: true, badTime: true, rounded: 5 },
    clearForms: () => void cleared++,
  };
  const batch = new RecordBatch(8, kernel.batch);
  batch.quote = 39;
  let said = true;
  const asked: unknown[] = [];
  const accept = (given: unknown, record: number) => {
    asked.push([given === batch, record]);
    return said;
  };
  const columns = { index: new Int32Array(fields), width: fields };
  const answers = answersOf({ row, columns, checker: { accept } }, batch);
  assert.is(answers.acceptRow(3), true);
  said = false;
  assert.is(answers.acceptRow(4), false);
  assert.equal(
    [asked, cleared],
    [
      [
        [true, 3],
        [true, 4],
      ],
      2,
    ],
  );
  const { clearForms: _, ...values } = row;
  assert.equal(
    [[...row.start], [...row.end], [...row.doubled]],
    [
      [3, 0, 9, 20],
      [7, 0, 9, 26],
      [0, 0, 0, 39],
    ],
  );
  const isEmpty = row.start[COLUMN.quantity_available] === row.end[COLUMN.quantity_available];
  assert.equal(
    { ...values, sku: null, start: null, end: null, doubled: null },
    {
      ...{ extraBytesMax: 0, start: null, end: null, doubled: null, sku: null, rowNumber: 7, line: 9 },
      ...{
        skuStart: 100,
        skuEnd: 103,
        mapped: true,
        badSku: false,
        skuKinds: IS_ODD,
        quantity: 10,
        noQuantity: isEmpty,
      },
      ...{
        leadTime: 11,
        cost: 12,
        mapPrice: 13,
        price: 14,
        msrp: 15,
        condition: 2,
        updatedAt: 16,
        badTime: false,
        rounded: 0,
      },
    },
  );
  assert.is((row as unknown as CurrentRow).sku, kernel.bytes);
  state[S_ROW_IS_MAPPED] = 0;
  ends[COLUMN.quantity_available] = starts[COLUMN.quantity_available] ?? 0;
  answers.acceptRow(0);
  assert.is((row as unknown as CurrentRow).noQuantity, true);
  assert.is((row as unknown as CurrentRow).mapped, false);
  assert.equal(
    [answersOf({ row, columns, checker: { accept } }, null).acceptRow(1), answersOf({}).acceptRow(1)],
    [true, true],
  );
  assert.is(asked.length, 3);
});

test.run();
