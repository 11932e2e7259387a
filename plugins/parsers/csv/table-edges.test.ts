/** Preamble, footer and row rules in workbooks, and in feeds of several files. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { runCase } from '../../testing/harness.ts';
import { PLAIN_TENANT } from '../../testing/plain-tenant.ts';
import { type SheetCell, sheetOf } from '../kit/container/testing/archives.ts';

async function run(options: object, feed: Uint8Array | Array<[string, string]>, delimiter = ';') {
  const config = {
    ...PLAIN_TENANT,
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', delimiter, options } }],
    output: { columns: ['sku', 'quantity_available', 'cost', 'brand'] },
  };
  const files = Array.isArray(feed)
    ? feed.map(([name, text]) => ({ name, bytes: toBytes(text) }))
    : { name: 'feed.xlsx', bytes: feed };
  const { merged, errors, outcome } = await runCase({ config, files: { v: files }, chunkBytes: 7 });
  const rows = (merged ?? '').split('\n').slice(1, -1);
  return { rows, errors, message: outcome.error_message ?? '' };
}

const OPTIONS = {
  skip_lines: 2,
  numbers: { decimal: ',', thousands: '.' },
  preamble: [
    { name: 'place', after: 'Depot' },
    { name: 'no', after: 'Number', is: ['4711'] },
  ],
  footer: 'TOTAL;{sum:quantity_available};{sum:cost}',
  columns: { brand: { preamble: 'place' } },
};

test('numbers of a sheet are numbers in its footer too', async () => {
  for (const delimiter of [';', 'auto']) {
    const footer = delimiter === ';' ? OPTIONS.footer : [['TOTAL', '{sum:quantity_available}', '{sum:cost}']];
    const sheet = (total: SheetCell) =>
      sheetOf(
        ['Depot', 'Berlin; Mitte'],
        ['Number', 4711],
        ['sku', 'quantity_available', 'cost'],
        ['A', 1000, 1.125],
        ['B', '2', '1,5'],
        ['TOTAL', 1002, total],
      );
    const seen = await run({ ...OPTIONS, footer }, sheet(2.625), delimiter);
    assert.equal(seen.rows, ['A,1000,1.12,Berlin; Mitte', 'B,2,1.50,Berlin; Mitte'], seen.message);
    assert.equal((await run({ ...OPTIONS, footer }, sheet('2,625'), delimiter)).message.includes('footer'), true);
    assert.match((await run({ ...OPTIONS, footer }, sheet(2.5), delimiter)).message, 'footer_mismatch');
  }
});

test('each file of a feed has its own preamble and footer', async () => {
  const options = { ...OPTIONS, files: { match: 'stock-*.csv' }, footer: 'TOTAL;{rows}' };
  const file = (place: string, sku: string, rows: number) =>
    `Depot;${place}\nNumber;4711\nsku;quantity_available;cost\n${sku};1;2\nTOTAL;${rows}\n`;
  const seen = await run(options, [
    ['stock-east.csv', file('Ost', 'A', 1)],
    ['stock-west.csv', file('West', 'B', 1)],
  ]);
  assert.equal(seen.rows, ['A,1,2.00,Ost', 'B,1,2.00,West'], seen.message);
  const cut = await run(options, [
    ['stock-east.csv', file('Ost', 'A', 1)],
    ['stock-west.csv', file('West', 'B', 2)],
  ]);
  assert.match(cut.message, 'stock-west.csv: footer_mismatch: the footer (line 5) says 2 rows, and the feed has 1');
  assert.equal(
    cut.errors.map(({ error_code }) => error_code),
    ['footer_mismatch'],
  );
});

test('a row rule on a workbook’s column tests what the cell shows', async () => {
  const rows = [{ column: 'note', refuse: ['7'] }];
  const sheet = sheetOf(['sku', 'quantity_available', 'note'], ['A', 1, 7], ['B', 1, 8]);
  const seen = await run({ rows }, sheet);
  assert.equal(
    seen.errors.map((one) => 'line' in one && [one.line, one.column, one.value]),
    [[2, 'note', '7']],
  );
});

test.run();
