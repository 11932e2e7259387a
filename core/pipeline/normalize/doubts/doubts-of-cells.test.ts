/** Doubts about SKUs and texts: which rows are counted and shown, and when nothing is said. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IS_ODD, skuKinds } from '../../../bytes/signs/sku-signs.ts';
import { toBytes } from '../../../bytes/text.ts';
import { COLUMN } from '../../../canonical.ts';
import { CurrentRow } from '../current-row.ts';
import { RowExamples } from './row-examples.ts';
import { SkuDates } from './sku-dates.ts';
import { SkuDoubts } from './sku-doubts.ts';
import { batchOfRows } from './testing/batch-of-rows.ts';
import { collectedRows, rowOfCells } from './testing/collected-rows.ts';
import { TextDoubts } from './text-doubts.ts';

function rowOfSku(sku: string, line: number): CurrentRow {
  const row = new CurrentRow(0, 100);
  row.line = line;
  row.sku = toBytes(`x${sku}x`);
  row.skuStart = 1;
  row.skuEnd = row.sku.length - 1;
  row.skuKinds = skuKinds(row.sku, row.skuStart, row.skuEnd) & IS_ODD;
  return row;
}

test('SKUs as dates: not more than half of the rows, and no other SKU of the shape', () => {
  const said = (skus: readonly string[], validRows = skus.length, file: string | null = null) => {
    const { rows, shown } = collectedRows(file);
    const dates = new SkuDates(rows);
    for (const [i, sku] of skus.entries()) dates.look(rowOfSku(sku, i + 2));
    return [dates.warning('v', validRows), ...shown];
  };
  assert.equal(said(['1-Mar', 'AB-1']), [
    'sku_looks_like_date:v:1:line 2 "1-Mar"',
    'sku_looks_like_date 2 sku "1-Mar"',
  ]);
  assert.equal(said(['1-Mar'], 1), [null]);
  assert.equal(said(['AB-1', 'AB-2']), [null]);
  assert.equal(said(['1-Mar', 'AB-1', '1-Red']), [null]);
  assert.equal(said(['1-Red', 'AB-1', '1-Mar', '2-Mar']), [null]);
  // of another shape
  assert.is(said(['1-Red', 'AB-1', '2026-03-01'])[0], 'sku_looks_like_date:v:1:line 4 "2026-03-01"');
  const many = said(['1-Mar', '2-Mar', '3-Mar', '4-Mar', '2026-03-01', '2026-03-02'], 12, 'a.csv');
  const shown = [2, 3, 4].map((line) => `a.csv line ${line} "${line - 1}-Mar"`).join('; ');
  assert.is(many[0], `sku_looks_like_date:v:6:${shown}`);
  assert.is(many.length, 6);
  assert.is(many[4], 'sku_looks_like_date a.csv:6 sku "2026-03-01"');
});

test('SKUs that are odd or words: three are shown', () => {
  const said = (skus: readonly string[], file: string | null = null) => {
    const { rows, shown } = collectedRows(file);
    const doubts = new SkuDoubts(rows);
    for (const [i, sku] of skus.entries()) doubts.look(rowOfSku(sku, i + 2));
    return [...doubts.warnings('v'), ...shown];
  };
  assert.equal(said(['AB-1', '4711', 'null-1']), []);
  assert.equal(said(['NULL', 'n/a', '#REF!', 'none'], 'a.csv'), [
    'sku_no_value:v:4:a.csv line 2 "NULL"; a.csv line 3 "n/a"; a.csv line 4 "#REF!"',
    ...['a.csv:2 sku "NULL"', 'a.csv:3 sku "n/a"', 'a.csv:4 sku "#REF!"'].map((row) => `sku_no_value ${row}`),
  ]);
  // letters that only look Latin, unless others of the script do not
  const [disguised, second] = ['\u0410\u0412-1', '\u0410\u0412-2'];
  const shown = '\\u{0410}\\u{0412}-1';
  assert.equal(said(['A', disguised]), [`sku_look_alikes:v:1:line 3 "${shown}"`, `sku_look_alikes 3 sku "${shown}"`]);
  assert.is(said([disguised, second]).length, 2);
  assert.match(said([disguised, second])[0]!, /^sku_look_alikes:v:2:line 2 .*; line 3 /);
  assert.equal(said([disguised, '\u0416\u041a-1']), []);
  assert.equal(said(['\u0416\u041a-1', disguised]), []);
  // together with those of mixed letters
  const mixed = said(['A\u0412-1', disguised, second, '\u0410\u0412-3', '\u0410\u0412-4'], 'a.csv');
  assert.match(mixed[0]!, /^sku_look_alikes:v:5:(a\.csv line \d "[^"]*"(; |$)){3}$/);
  assert.is(mixed.length, 3);
});

test('texts: two of each doubt are shown, and all are counted', () => {
  const { rows, shown } = collectedRows();
  const doubts = new TextDoubts(rows);
  for (const [i, title] of ['a &amp; b', 'plain', '<b>x</b>', '&lt;', '', '&gt;'].entries())
    doubts.look(rowOfCells(i + 2, { title, brand: title === 'plain' ? '<i>y</i>' : 'Acme' }));
  const counts = doubts.warnings('v');
  assert.equal(counts.sort(), ['text_escaped:v:3', 'text_markup:v:2'].sort());
  assert.equal(shown, [
    'text_escaped 2 title "a &amp; b"',
    'text_markup 3 brand "<i>y</i>"',
    'text_markup 4 title "<b>x</b>"',
    'text_escaped 5 title "&lt;"',
  ]);
});

test('examples of rows: cut cells, the amount that was rounded, and records that are no rows', () => {
  const shown: object[] = [];
  const log = { example: (_code: string, _vendor: string | null, place: object) => void shown.push(place) };
  const rows = new RowExamples(log as unknown as ConstructorParameters<typeof RowExamples>[0], 'v');
  const row = new CurrentRow(0, 100);
  row.line = 5;
  const set = (position: number, text: string, doubled = 0) => {
    row.source[position] = toBytes(`,${text},`);
    row.start[position] = 1;
    row.end[position] = 1 + text.length;
    row.doubled[position] = doubled;
  };
  set(COLUMN.sku, `a""b${'x'.repeat(400)}`, 34);
  set(COLUMN.cost, '1.123456');
  set(COLUMN.price, '1.12345678');
  rows.add('code', row);
  rows.add('code', row, COLUMN.price);
  rows.addRounded(row);
  assert.equal(shown, [
    { line: 5, column: 'sku', cell: `a"b${'x'.repeat(296)}` },
    { line: 5, column: 'price', cell: '1.12345678' },
    { line: 5, column: 'price', cell: '1.12345678' },
  ]);
  for (const [cell, isShown] of [
    ['0.1234567', true],
    ['0,1234567', true],
    ['0.1234560', false],
    ['0.12345601', true],
    ['0.123456', false],
    ['1234567', false],
  ] as const) {
    set(COLUMN.price, cell);
    rows.addRounded(row);
    assert.is((shown.at(-1) as { column: string }).column, isShown ? 'price' : 'sku', cell);
  }
  rows.file = 'a.csv';
  const { window, batch } = batchOfRows([
    ['', ' ', ' x '],
    ['', ''],
  ]);
  for (const record of [0, 1]) rows.addRecord('code', window, batch, record);
  assert.equal(shown.slice(-2), [
    { file: 'a.csv', line: 2, cell: 'x' },
    { file: 'a.csv', line: 3 },
  ]);
});

test.run();
