/** A number in a sheet is that number, whatever the config declares for texts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { toBytes } from '../../../core/bytes/text.ts';
import { runCase } from '../../testing/harness.ts';
import { PLAIN_TENANT } from '../../testing/plain-tenant.ts';
import { type SheetCell, sheetOf } from '../kit/container/testing/archives.ts';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

function caseOf(parser: object, feed: Uint8Array, more: object = {}) {
  const config = {
    ...PLAIN_TENANT,
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
    output: { columns: ['sku', 'quantity_available', 'cost', 'msrp', 'title'] },
  };
  return runCase({ config, files: { v: { name: 'feed.xlsx', bytes: feed } }, chunkBytes: 7, ...more });
}

const COMMA = { decimal: ',', thousands: '.', currency: true };
const FEED = sheetOf(
  ['sku', 'quantity_available', 'cost', 'title'],
  [7001, 1000, 1.125, 12.5],
  ['7002', '1.000', '1.125', 'Fe"lge, 17'],
  ['7003', -3, '1.234,50 €', '  '],
  ['7004', 1.5, '12.5', '=X'],
);
const MERGED = 'sku,quantity_available,cost,msrp,title\n7001,1000,1.13,,12.5\n7002,1000,1125.00,,"Fe""lge, 17"\n';
const numbersOf = (entries: Awaited<ReturnType<typeof caseOf>>['errors']) =>
  entries.map((entry) => 'problems' in entry && entry.problems.map(({ error_code, value }) => [error_code, value]));

test('under the file’s `numbers`, a sheet’s number is itself and a text is read as declared', async () => {
  const { merged, errors } = await caseOf({ options: { numbers: COMMA } }, FEED);
  assert.is(merged, MERGED.replace('1.13', '1.12'));
  assert.equal(numbersOf(errors), [
    [['negative_value', '-3']],
    [
      ['invalid_int', '1.5'],
      ['invalid_decimal', '12.5'],
    ],
  ]);
  const row = errors[0]!;
  assert.equal('row_data' in row && row.row_data, {
    sku: '7003',
    quantity_available: '-3',
    cost: '1.234,50 €',
    title: '  ',
  });
});

test('so it is under a column’s `numbers`, in `sum` and `first_filled`; below_zero applies to numbers too', async () => {
  const columns = {
    quantity_available: { sum: ['quantity_available'], numbers: { thousands: '.', decimal: ',', below_zero: 'zero' } },
    cost: { first_filled: ['none', 'cost'], numbers: COMMA },
  };
  const { merged } = await caseOf({ options: { columns } }, FEED);
  assert.is(merged, `${MERGED.replace('1.13', '1.12')}7003,0,1234.50,,\n`);
});

test('divide_by applies to a sheet’s numbers', async () => {
  const feed = sheetOf(['sku', 'quantity_available', 'cost'], ['A', 1, 1250.5], ['B', 1, '1.250,5 €']);
  const { merged } = await caseOf({ options: { numbers: { ...COMMA, divide_by: 100, decimals: 1 } } }, feed);
  assert.is(merged, 'sku,quantity_available,cost,msrp,title\nA,1,12.50,,\nB,1,12.50,,\n');
});

test('numbers are themselves in a side file that is a workbook', async () => {
  const options = {
    numbers: COMMA,
    columns: { msrp: { side_file: 'prices', from: 'List' } },
    side_files: [{ name: 'prices', type: 'file', local_path: 'prices.xlsx', key: 'Part', missing: 'skip_row' }],
  };
  const prices = sheetOf(['Part', 'Note', 'List'], [7001, 'a', 2.125], ['7002', 'b', '2.125']);
  const { merged } = await caseOf({ options }, FEED, { sideFiles: { 'prices.xlsx': prices } });
  assert.is(
    merged,
    'sku,quantity_available,cost,msrp,title\n7001,1000,1.12,2.12,12.5\n7002,1000,1125.00,2125.00,"Fe""lge, 17"\n',
  );
});

test('in a vendor module a cell that row() moves stays a number, and one that it makes is a text', async () => {
  const shifted = defineVendorParser({
    id: 'shifted',
    version: '1.0.0',
    summary: 'cells moved',
    delimiter: ';',
    encodings: { candidates: [] },
    options: { row: z.boolean().default(true) },
    example: {},
    table: () => ({
      numbers: COMMA as { decimal: ','; thousands: '.'; currency: true },
      columns: {
        sku: { from: 'sku' },
        quantity_available: { from: 'quantity_available' },
        cost: { from: 'cost' },
        msrp: { from: 'title' },
      },
    }),
    row: () => (cells) => [cells[0]!, cells[1]!, cells[3]!, cells[0] === '1' ? '3.125' : cells[2]!],
  });
  const feed = sheetOf(['sku', 'quantity_available', 'cost', 'title'], [1, 1, 9.5, 1.125], [2, 1, '9.500', '1.125']);
  const { merged } = await caseOf({ format: 'shifted' }, feed, { plugins: [shifted] });
  const [, ...rows] = merged!.trimEnd().split('\n');
  assert.equal(
    rows.map((row) => row.split(',').slice(2, 4)),
    [
      ['1.12', '3125.00'],
      ['1125.00', '9500.00'],
    ],
  );
});

test('repair changes no row of a sheet: a short row has empty cells at its end', async () => {
  const rows: SheetCell[][] = [['sku', 'brand', 'quantity_available', 'cost', 'title']];
  for (let i = 0; i < 40; i++) rows.push([`A${i}`, 'Brand', i, i + 0.5, `Title ${i}`]);
  rows.push(['B', 'Brand', 3, 4.5]);
  const { merged, outcome } = await caseOf({ options: { repair: true } }, sheetOf(...rows));
  assert.ok(merged!.endsWith('B,3,4.50,,\n'), merged);
  assert.not.ok(outcome.summary?.warnings.some((warning) => warning.startsWith('rows_repaired')));
});

test('a delimited file has only texts', async () => {
  const feed = 'sku;quantity_available;cost\n1;1;"1.125"\n2;1;1.125\n';
  const { merged } = await caseOf({ delimiter: ';', options: { numbers: COMMA } }, toBytes(feed));
  assert.is(merged, 'sku,quantity_available,cost,msrp,title\n1,1,1125.00,,\n2,1,1125.00,,\n');
});

test('a row whose last cells the sheet leaves out is not a short row', async () => {
  const sheet = sheetOf(['sku', 'quantity_available', 'cost', 'title'], ['A', 1, 2, 'Lamp'], ['B', 1, 2], ['C']);
  const { outcome, merged } = await caseOf({}, sheet);
  assert.is(merged, 'sku,quantity_available,cost,msrp,title\nA,1,2.00,,Lamp\nB,1,2.00,,\n');
  assert.equal(outcome.summary.warnings, ['empty_quantities:v:1']);
});

test.run();
