/** What counts as a record of a feed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { runCase } from '../../testing/harness.ts';

interface Read {
  rows: string[];
  /** Row number, line and code of each invalid row. */
  invalid: string[];
  warnings: string[];
}

async function read(feed: string, options: object = {}, parser: object = {}, chunkBytes = 3): Promise<Read> {
  const config = {
    tenant_id: 't',
    timezone: 'Europe/Berlin',
    default_currency: 'EUR',
    vendors: [
      { vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', delimiter: ';', options, ...parser } },
    ],
    pricing: { base_margin_pct: 0, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'quantity_available', 'cost', 'title', 'updated_at'] },
    error_policy: { max_invalid_rows: 99, max_invalid_row_pct: 1 },
  };
  const { merged, errors, outcome } = await runCase({
    config,
    files: { v: { name: 'feed.csv', bytes: toBytes(feed) } },
    chunkBytes,
  });
  const invalid = errors.flatMap((entry) =>
    'row_number' in entry ? [`${entry.row_number} ${entry.line} ${entry.error_code}`] : [],
  );
  const rows = (merged ?? '').split('\n').slice(1, -1);
  const warnings = outcome.summary.warnings.filter(
    (warning) => !warning.startsWith('no_cost') && !/^header_/.test(warning),
  );
  return { rows: rows.map((row) => row.replace(/,2026-11-01T06:00:00Z$/, '')), invalid, warnings };
}

test('rows of empty cells are not records, wherever they are', async () => {
  const feed = [
    ';;;',
    'sku;quantity_available;cost;title',
    ' ; ;\t;',
    'A;1;5;a',
    ';',
    '"";" ";;',
    '"";"";"";""',
    '',
    '  ',
    'B;x;5;b',
    ';;;;;;',
  ];
  const { rows, invalid, warnings } = await read(feed.join('\n'));
  assert.equal(rows, ['A,1,5.00,a']);
  assert.equal(invalid, ['3 10 invalid_int']);
  assert.equal(warnings, ['invalid_rows_within_threshold', 'rows_blank:v:6']);
});

test('0x1A at the end ends the file; in the middle it belongs to its cell', async () => {
  for (const end of ['\x1a', '\r\n\x1a', '\n\x1a\x1a\n', '\n\x1a\0\0\0']) {
    const { rows, invalid } = await read(`sku;quantity_available;cost;title\nA;1;5;a${end}`);
    assert.equal([rows, invalid], [['A,1,5.00,a'], []], JSON.stringify(end));
  }
});

const HEAD = 'sku;cost;title;quantity_available\r\n';
const GOOD = ['W-2;4.10;Valve;5\r\n', 'W-3;2.00;Rim;7\r\n'];
const LAST = 'W-4;3.00;Hub;2\r\nW-5;3.50;Cap;9\r\n';
const around = (row: string) => [HEAD, GOOD[0], row, GOOD[1], LAST].join('');

test('a row broken by another kind of line end is one row, invalid or repaired', async () => {
  const cases: Array<[row: string, repaired: string | null]> = [
    ['W-1;9.75;Wheel\nlarge;4\r\n', 'W-1,4,9.75,Wheel large'],
    ['W-1;9.75;Wheel\rlarge;4\r\n', 'W-1,4,9.75,Wheel large'],
    ['W-1;9.75;Wheel\n\nlarge;4\r\n', 'W-1,4,9.75,Wheel large'],
    ['W-1;9.75;Wheel \n very\nlarge\n;4\r\n', 'W-1,4,9.75,Wheel very large'],
    ['W-1;9.75;\nWheel;4\r\n', 'W-1,4,9.75,Wheel'],
    ['W-1;9.75\n;Wheel\n;4\r\n', 'W-1,4,9.75,Wheel'],
    ['"W-1";"9.75";Wheel\nlarge;"4"\r\n', 'W-1,4,9.75,Wheel large'],
    ['W-1;9.75;Wheel;4\n \n0\r\n', null],
    ['W\n-1;9.75;Wheel;4\r\n', null],
    ['W-1;9\n.75;Wheel;4\r\n', null],
  ];
  for (const chunk of [1, 7, 1 << 20]) {
    for (const [row, repaired] of cases) {
      const name = JSON.stringify([row, chunk]);
      const off = await read(around(row), {}, {}, chunk);
      assert.equal(off.rows, ['W-2,5,4.10,Valve', 'W-3,7,2.00,Rim', 'W-4,2,3.00,Hub', 'W-5,9,3.50,Cap'], name);
      assert.equal(off.invalid, ['3 3 broken_record'], name);
      const on = await read(around(row), { repair: true }, {}, chunk);
      assert.equal(
        on.rows.filter((one) => one.startsWith('W-1')),
        repaired === null ? [] : [repaired],
        name,
      );
      assert.is(on.invalid.length, repaired === null ? 1 : 0, name);
      assert.is(on.rows.length, repaired === null ? 4 : 5, name);
    }
  }
});

test('broken rows are found in feeds with LF and with CR, and at the end of the feed', async () => {
  for (const [own, other] of [
    ['\n', '\r'],
    ['\n', '\r\n'],
    ['\r', '\n'],
    ['\r', '\r\n'],
    ['\r\n', '\r'],
  ] as const) {
    const feed = around(`W-1;9.75;Wheel${'@'}large;4\r\n`).replaceAll('\r\n', own).replace('@', other);
    assert.equal((await read(feed, {}, {}, 5)).invalid, ['3 3 broken_record'], JSON.stringify([own, other]));
  }
  assert.equal((await read(`${HEAD}${GOOD[0]}W-1;9.75;Wheel\nlarge;4`)).invalid, ['3 3 broken_record']);
  assert.equal((await read(`${HEAD}${GOOD[0]}W-1;9.75;Wheel\n`)).rows, ['W-1,0,9.75,Wheel', 'W-2,5,4.10,Valve']);
});

test('complete rows may end either way, and a single short row stays a short row', async () => {
  const feeds = [
    `${HEAD}A;1;a;1\nB;2;b;2\nC;3;c;3\r\nD;4;d;4\nE;5;e;5`,
    `${HEAD}A;1;a;1\nB;2;b;2\nC;3;c\nD;4;d;4\rE;5;e;5\n`,
    `${HEAD}A;1;a;1\nB;2;b;2\nC;3;c;3\r\nD;4;d\r\nE;5;e;5\n`,
  ];
  for (const feed of feeds) {
    const { rows, invalid } = await read(feed);
    assert.equal(invalid, [], feed);
    assert.is(rows.length, 5, feed);
  }
});

test('SKUs: trimmed of format characters, refused with control characters, warned of with examples', async () => {
  const skus = ['\u200bA\u00ad', 'B\0', '"C\nD"', 'E\u200bF', '5.01E+12', '1,23E+11', '1E+05', '4E+4', '\u200e \u200b'];
  const feed = `sku;quantity_available;cost;title\n${skus.map((sku) => `${sku};1;5;t`).join('\n')}\n`;
  const { rows, invalid, warnings } = await read(feed);
  const expected = ['1,23E+11', '1E+05', '4E+4', '5.01E+12', 'A', 'E\u200bF'];
  assert.equal(
    rows,
    expected.map((sku) => `${sku.includes(',') ? `"${sku}"` : sku},1,5.00,t`),
  );
  assert.equal(invalid, ['3 3 invalid_sku', '4 4 invalid_sku', '10 11 missing_value']);
  assert.equal(warnings.slice(0, 2), [
    'sku_hidden_signs:v:1:line 6 "E\\u{200B}F"',
    'sku_looks_like_number:v:4:line 7 "5.01E+12"; line 8 "1,23E+11"; line 9 "1E+05"',
  ]);
});

test.run();
