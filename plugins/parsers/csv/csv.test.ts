import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { checkConfig } from '../../../core/config/check.ts';
import type { EngineLimits } from '../../../core/ports/engine.ts';
import { runCase, testRegistry } from '../../testing/harness.ts';
import { gzip, workbook, zip } from '../kit/container/testing/archives.ts';

function configFor(parser: object) {
  return {
    tenant_id: 't',
    timezone: 'Europe/Berlin',
    default_currency: 'EUR',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
    pricing: { base_margin_pct: 0, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'price', 'updated_at'] },
    error_policy: { max_invalid_rows: 9, max_invalid_row_pct: 1 },
  };
}

async function run(parser: object, feed: string | Uint8Array, limits: Partial<EngineLimits> = {}) {
  const bytes = typeof feed === 'string' ? toBytes(feed) : feed;
  return runCase({ config: configFor(parser), files: { v: { name: 'feed.csv', bytes } }, chunkBytes: 3, limits });
}

const problems = (parser: object) => {
  const checked = checkConfig(configFor(parser), testRegistry());
  return checked.ok ? [] : checked.problems.map((problem) => `${problem.path} ${problem.code}`);
};

test("a line that declares the delimiter, like Excel's sep=;, is not the header", async () => {
  for (const delimiter of ['auto', ';']) {
    const { merged, errors } = await run({ delimiter }, 'sep=;\r\nsku;quantity_available;cost\r\nA;1;5\r\nB;x;6\r\n');
    assert.is(merged, 'sku,price,updated_at\nA,5.00,2026-11-01T06:00:00Z\n');
    assert.equal(
      errors.map((entry) => ['row_number' in entry && entry.row_number, 'line' in entry && entry.line]),
      [[3, 4]],
    );
  }
});

test('a feed may be in gzip, in an archive or in a workbook', async () => {
  const text = 'sku;quantity_available;cost\nA;1;5\n';
  const cells = (...row: string[]) => row.map((cell) => `<c t="str"><v>${cell}</v></c>`).join('');
  const rows = `<row r="2">${cells('sku', 'quantity_available', 'cost')}</row><row r="4">${cells('A', '1', '5')}</row>`;
  const sheet = workbook({
    sheets: [
      { name: 'Notes', rows: '' },
      { name: 'Stock', rows },
    ],
  });
  const cases: Array<[object, Uint8Array, string]> = [
    [{}, gzip(text), 'gzip; encoding: '],
    [
      { member: '*.csv' },
      zip([
        { name: 'a.csv', data: text },
        { name: 'b.txt', data: 'x' },
      ]),
      'ZIP member "a.csv"; ',
    ],
    [{ sheet: 'Stock', quote: null }, sheet, 'sheet "Stock" of 2; encoding: '],
  ];
  for (const [options, bytes, reason] of cases) {
    const { merged, artifacts } = await run({ delimiter: ';', encoding: 'windows-1252', options }, bytes);
    assert.is(merged, 'sku,price,updated_at\nA,5.00,2026-11-01T06:00:00Z\n');
    const manifest = JSON.parse(artifacts.text('reports/input_manifest.json')!).vendors.v;
    assert.ok(manifest.reason.startsWith(reason), manifest.reason);
    assert.is(manifest.size, bytes.length);
    assert.equal(artifacts.files.get('inbound/v/feed.csv'), bytes);
  }
});

test('a damaged container, or one that unpacks to too much, fails the run with a vendor entry', async () => {
  const text = `sku,quantity_available,cost\n${'A,1,5\n'.repeat(2000)}`;
  const cut = gzip(text).slice(0, -4);
  const cases: Array<[Uint8Array, object, string]> = [
    [cut, {}, 'invalid_input'],
    [gzip(text), { vendorFileBytesMax: text.length - 1 }, 'INPUT_TOO_LARGE'],
    [Uint8Array.from([0x25, 0x50, 0x44, 0x46, 0x2d]), {}, 'invalid_input'],
  ];
  for (const [bytes, limits, code] of cases) {
    const { outcome, errors, merged } = await run({}, bytes, limits);
    assert.equal([outcome.error_code, merged], [code, undefined]);
    assert.equal([errors.at(-1)!.error_code, errors.at(-1)!.vendor_id], [code, 'v']);
  }
  assert.is((await run({}, gzip(text), { vendorFileBytesMax: text.length })).outcome.status, 'SUCCEEDED');
});

test('a file that two delimiters fit equally well is refused, not guessed', async () => {
  const { outcome } = await run({ delimiter: 'auto' }, 'a;b|c\nx;y|z\np;q|r\n');
  assert.is(outcome.error_code, 'invalid_input');
  assert.match(outcome.error_message!, 'declare parser.delimiter');
});

test('naive times can be read in the tenant’s zone', async () => {
  const { merged } = await run(
    { options: { timezone: 'tenant' } },
    'sku,quantity_available,cost,updated_at\nA,1,5,2026-07-01 12:00:00\n',
  );
  assert.is(merged, 'sku,price,updated_at\nA,5.00,2026-07-01T10:00:00Z\n');
});

test('options that cannot work are config problems', () => {
  assert.equal(problems({ delimiter: 'abcde' }), ['vendors[0].parser.delimiter invalid_value']);
  assert.equal(problems({ delimiter: '"' }), ['vendors[0].parser.delimiter invalid_value']);
  assert.equal(problems({ delimiter: "'", options: { quote: "'" } }), ['vendors[0].parser.delimiter invalid_value']);
  assert.equal(problems({ encoding: 'utf-9' }), ['vendors[0].parser.encoding unknown_encoding']);
  assert.equal(problems({ options: { header: false } }), [
    'vendors[0].parser.column_map.sku required',
    'vendors[0].parser.column_map.quantity_available required',
  ]);
  assert.equal(problems({ options: { header: false }, column_map: { sku: '#0', quantity_available: 'Stock' } }), [
    'vendors[0].parser.column_map.quantity_available invalid_value',
  ]);
  assert.equal(problems({ options: { timezone: 'Mars/Olympus' } }), [
    'vendors[0].parser.options.timezone invalid_value',
  ]);
});

test('all contradictions of a table are reported at once as config problems', () => {
  const options = {
    numbers: { thousands: '.', decimal: ',' },
    time_formats: ['MM/DD'],
    columns: {
      sku: { from: 'A', value: 'B' },
      title: { from: 'T', sum: ['T'], numbers: {}, add: [] },
      quantity_available: { words: { call: 'none', CALL: 0, later: -1 } },
      cost: {
        side_file: 'price',
        from: ['a', 'b'],
        add: [{}, { by: 'x', amount: 1 }, { amount: 'ten' }, { by: 'x', amounts: { y: -1 }, otherwise: 'no' }],
      },
      msrp: { numbers: { decimal: '.', thousands: '.' }, value: '1,5' },
      condition: { value: 'mint', words: { a: 'new' } },
      updated_at: { value: 'today' },
    },
    rows: [{ column: 'x' }, { column: 'x', keep: ['a'], drop: ['b'] }],
    side_files: [
      { name: 'prices', type: 's3', key: 'Part' },
      { name: 'Prices', type: 'file', key: 'Part', header: false },
      { name: 'sku_map', type: 'file', local_path: 'x', key: 'Part' },
    ],
  };
  const at = 'vendors[0].parser.options';
  const found = problems({ column_map: { sku: 'A' }, options }).map((problem) => problem.replace(`${at}.`, ''));
  assert.equal(found, [
    'columns.sku invalid_value',
    'columns.sku.from invalid_value',
    'columns.quantity_available.words.call invalid_value',
    'columns.quantity_available.words.later invalid_value',
    'columns.quantity_available.words invalid_value',
    'columns.cost.side_file invalid_value',
    'columns.cost.from invalid_value',
    'columns.cost.add[0] invalid_value',
    'columns.cost.add[1] invalid_value',
    'columns.cost.add[2].amount invalid_value',
    'columns.cost.add[3].amounts.y invalid_value',
    'columns.cost.add[3].otherwise invalid_value',
    'columns.msrp.value invalid_value',
    'columns.msrp.numbers.thousands invalid_value',
    'columns.condition.value invalid_value',
    'columns.title invalid_value',
    'columns.title.sum invalid_value',
    'columns.title.numbers invalid_value',
    'columns.title.add invalid_value',
    'columns.updated_at.value invalid_value',
    'time_formats[0] invalid_value',
    'rows[0] invalid_value',
    'rows[1] invalid_value',
    'side_files[0].s3_key required',
    'side_files[1].name invalid_value',
    'side_files[1].local_path required',
    'side_files[1].key invalid_value',
    'side_files[2].name invalid_value',
  ]);
});

test('without a header the whole table names columns by position', () => {
  const options = {
    header: false,
    columns: {
      sku: { from: '#0' },
      quantity_available: { sum: ['#1', 'Q*'] },
      cost: { first_filled: ['#2', 'Price'], add: [{ by: 'Code', amounts: {} }] },
      title: { words: {} },
    },
    rows: [{ column: ['#3', 'Type'], keep: ['R'] }],
    side_files: [{ name: 'x', type: 'file', local_path: 'x', key: 'Part', on: 'Part' }],
  };
  const found = problems({ options }).map((problem) => problem.replace('vendors[0].parser.options.', ''));
  assert.equal(found, [
    'columns.quantity_available.sum invalid_value',
    'columns.cost.first_filled invalid_value',
    'columns.cost.add[0].by invalid_value',
    'columns.title required',
    'rows[0].column invalid_value',
    'side_files[0].on invalid_value',
  ]);
});

test('an unknown key of a table is reported with its path and the nearest known key', () => {
  const raw = configFor({ options: { columns: { cots: {}, cost: { form: 'x' } }, header_row: 2 } });
  const checked = checkConfig(raw, testRegistry());
  assert.ok(!checked.ok);
  const found = checked.problems.map(({ path, code, message }) => [path.slice(11), code, /"(\w+)"/.exec(message)?.[1]]);
  assert.equal(found, [
    ['parser.options.columns.cost.form', 'unknown_key', 'from'],
    ['parser.options.header_row', 'unknown_key', 'header_rows'],
    // it could be an extra column, so the table's check decides
    ['parser.options.columns.cots', 'unknown_key', 'cost'],
  ]);
});

test.run();
