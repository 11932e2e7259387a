/** What a run reports if a feed differs from its declared columns. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

async function run(parser: object, text: string) {
  const vendors = [{ vendor_id: 'a', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }];
  const files = { a: { name: 'a.csv', bytes: new TextEncoder().encode(text) } };
  const { outcome, errors, artifacts } = await runCase({ config: { ...PLAIN_TENANT, vendors }, files });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  const rows = errors.flatMap((entry) => ('row_number' in entry ? [entry] : []));
  const normalized = new TextDecoder().decode(artifacts.files.get('normalized/a/normalized.csv'));
  return { warnings: outcome.summary.warnings, rows, normalized };
}

const test = suite('declared columns');

test('amounts in cents may have no decimals unless decimals are declared', async () => {
  const feed = 'sku,quantity_available,cost\nA,1,1250\nB,1,12.50\nC,1,1299.0\nD,1,7.\n';
  const { rows } = await run({ options: { numbers: { divide_by: 100 } } }, feed);
  assert.equal(
    rows.map(({ row_number, column, error_code }) => [row_number, column, error_code]),
    [
      [3, 'cost', 'invalid_decimal'],
      [4, 'cost', 'invalid_decimal'],
    ],
  );
  for (const { reason } of rows) assert.match(reason, /numbers\.divide_by is 100/);
  for (const numbers of [{ divide_by: 100, decimals: 2 }, { divide_by: 10 }, { divide_by: 1000 }]) {
    assert.equal((await run({ options: { numbers } }, feed)).rows, [], JSON.stringify(numbers));
  }
});

test('a declared column that is absent gets a warning, wherever its name comes from', async () => {
  const feed = 'sku,quantity_available,price,VPE\nA,1,10,1\n';
  const missing = ['mapped_column_missing:a:cost'];
  const specs = [{ divide_by: 'VPE' }, { divide_by: 2 }, { numbers: { divide_by: 100 } }, { words: { x: 1 } }];
  for (const cost of [...specs, { from: 'EK' }]) {
    assert.equal((await run({ options: { columns: { cost } } }, feed)).warnings, missing, JSON.stringify(cost));
  }
  for (const columns of [{ cost: { divide_by: 2, optional: true } }, {}]) {
    assert.equal((await run({ options: { columns } }, feed)).warnings, []);
  }
  assert.equal((await run({ options: { numbers: { decimal: '.' } } }, feed)).warnings, []);
});

test('a time in a declared form is written in the contract’s, even if it has as many bytes, T and Z', async () => {
  const declared = { options: { time_formats: ['DD.MM.YYYYTHH:mm:ssZ'] } };
  for (const [parser, given, time] of [
    [declared, '05.10.2026T06:07:08Z', '2026-10-05T06:07:08Z'],
    [declared, '2026-05-10T06:07:08Z', '2026-05-10T06:07:08Z'],
    [{}, '2026-05-10 06:07:08Z', '2026-05-10T06:07:08Z'],
    [{}, '2026-05-10T06:07:08Z', '2026-05-10T06:07:08Z'],
  ] as const) {
    const { normalized } = await run(parser, `sku,quantity_available,cost,updated_at\nA,1,1,${given}\n`);
    assert.is(normalized.slice(-21), `${time}\n`, given);
  }
});

test('a header that another column is read from is not reported as unread', async () => {
  const feed = 'sku,quantity_available,Price\nA,1,10\n';
  assert.equal((await run({ column_map: { cost: 'Price' } }, feed)).warnings, []);
  const options = { columns: { cost: { from: 'Net', divide_by: 'Price' } } };
  assert.equal((await run({ options }, feed.replace('Price', 'Price,Net').replace(',10', ',2,10'))).warnings, []);
  const unread = feed.replace('Price', 'Price,Net').replace(',10', ',2,10');
  assert.equal((await run({ column_map: { cost: 'Net' } }, unread)).warnings, ['header_not_read:a:price:Price']);
});

test('empty quantities are counted if other rows have one', async () => {
  const feed = (...quantities: string[]) =>
    `sku,quantity_available,cost\n${quantities.map((quantity, i) => `S${i},${quantity},1\n`).join('')}`;
  assert.equal((await run({}, feed('1', '', ' ', '0', 'x'))).warnings, [
    'invalid_rows_within_threshold',
    'empty_quantities:a:2',
  ]);
  for (const text of [feed('', ''), feed('1', '0'), feed('')]) assert.equal((await run({}, text)).warnings, []);
  const words = (to: number | null) => ({
    options: { columns: { quantity_available: { words: { '': to ?? 0, none: to } } } },
  });
  assert.equal((await run(words(0), feed('1', '', 'none'))).warnings, []);
  assert.equal((await run(words(null), feed('1', 'none', ''))).warnings, ['empty_quantities:a:1']);
  const sum = { options: { columns: { quantity_available: { sum: ['quantity_available'] } } } };
  assert.equal((await run(sum, feed('1', ''))).warnings, ['empty_quantities:a:1']);
});

test('a file that ends in a decimal mark gets a warning that it may be cut off', async () => {
  const head = 'sku;quantity_available;cost\nA;1;10.50\n';
  const cut = ['last_cell_cut_off:a:3'];
  const comma = { numbers: { decimal: ',', thousands: '.' } };
  const ends: Array<[end: string, warnings: string[], options?: object]> = [
    ['B;1;119.', cut],
    ['B;1;119. ', cut],
    ['B;1;119,', [...cut], comma],
    ['B;1;119.\n', []],
    ['B;1;119.5', []],
    ['B;1;119', []],
    ['B;1;', []],
    ['B;1;"119."', []],
    ['B;1;7.\nC;1;8.', []],
    ['B;1', ['short_rows:a:1:line 3 has 2 of 3 fields, the last of the file, without a line end: it may be cut off']],
  ];
  for (const [end, warnings, options = {}] of ends) {
    const text = options === comma ? head.replace('.50', ',50') : head;
    assert.equal((await run({ delimiter: ';', options }, `${text}${end}`)).warnings, warnings, end);
  }
});

test.run();
