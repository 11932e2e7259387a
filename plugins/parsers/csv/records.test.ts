/** What is a record of a feed, and what is none. */
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

test('rows of empty cells are no records, wherever they are', async () => {
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

test('0x1A at the end is the end, in the middle a sign of the cell', async () => {
  for (const end of ['\x1a', '\r\n\x1a', '\n\x1a\x1a\n', '\n\x1a\0\0\0']) {
    const { rows, invalid } = await read(`sku;quantity_available;cost;title\nA;1;5;a${end}`);
    assert.equal([rows, invalid], [['A,1,5.00,a'], []], JSON.stringify(end));
  }
});

test.run();
