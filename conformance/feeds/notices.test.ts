/** The notices of whole runs: every warning has one, and its examples name the right place of the feed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NoticeExample } from '../../core/notices/notices.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const CONFIG = {
  ...PLAIN_TENANT,
  default_currency: 'USD',
  pricing: { base_margin_pct: '0.2', min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  output: { columns: ['sku', 'price'] },
};

const vendor = (vendor_id: string, more: object = {}) => ({
  vendor_id,
  inbound: { type: 'local' },
  parser: { format: 'csv' },
  ...more,
});

interface Case {
  vendors: object[];
  files: Record<string, string | string[]>;
  skuMaps?: Record<string, string>;
}

async function noticesOfRun({ vendors, files, skuMaps = {} }: Case) {
  const named = (id: string, text: string, i: number) => ({ name: `${id}-${i + 1}.csv`, bytes: bytes(text) });
  const { outcome, artifacts } = await runCase({
    config: { ...CONFIG, vendors },
    files: Object.fromEntries(
      Object.entries(files).map(([id, texts]) => [id, [texts].flat().map((text, i) => named(id, text, i))]),
    ),
    skuMaps: Object.fromEntries(Object.entries(skuMaps).map(([id, text]) => [id, bytes(text)])),
  });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  const { warnings, notices } = outcome.summary;
  assert.equal([...new Set(notices.map(({ code }) => code))], [...new Set(warnings.map((text) => text.split(':')[0]))]);
  assert.equal(JSON.parse(artifacts.text('reports/run_summary.json')!).notices, notices);
  return new Map(notices.map((notice) => [`${notice.code}:${notice.vendor_id ?? ''}`, notice]));
}

const test = suite('notices of runs');

const ROWS = [
  'sku,quantity_available,cost,msrp,title',
  'A,1,10,,"two\nlines"',
  'B,2,0,,t',
  '',
  ',,,,',
  'C,3,1.12345678,100,t',
  '5.01E+12,1,4,,t',
  'D,x,5,,t',
  'TOTAL,1,,,',
  'A\u200bB,1,9,,t',
  '',
].join('\n');

test('examples name the right row after cells of two lines, blank lines and filtered rows', async () => {
  const options = { rows: [{ column: 'sku', drop: ['TOTAL'] }] };
  const notices = await noticesOfRun({
    vendors: [vendor('a', { parser: { format: 'csv', options } }), vendor('b')],
    files: { a: ROWS, b: 'sku,quantity_available,cost,map_price\nC,1,30,\nA,1,12,20\n' },
  });
  const at = (line: number, more: NoticeExample): NoticeExample => ({ file: 'a-1.csv', line, ...more });
  const sku = (cell: string) => ({ column: 'sku', cell });
  const ofA = (line: number, cell: string, note?: string): NoticeExample => {
    return { vendor_id: 'a', file: 'a-1.csv', line, ...sku(cell), ...(note === undefined ? {} : { note }) };
  };
  const expected: Record<string, NoticeExample[]> = {
    'zero_costs:a': [at(4, sku('B'))],
    'zero_cost_wins:': [ofA(4, 'B', 'at 0.00')],
    'rows_blank:a': [at(6, {})],
    'money_rounded:a': [at(7, { column: 'cost', cell: '1.12345678' })],
    'price_far_below_msrp:': [ofA(7, 'C', 'at 1.35, MSRP 100.00')],
    'price_far_below_rivals:': [ofA(7, 'C', 'at 1.35, median of rivals 30.00')],
    'map_of_losing_vendor:': [ofA(2, 'A', 'at 12.00, MAP of b 20.00')],
    'sku_looks_like_number:a': [at(8, sku('5.01E+12'))],
    'invalid_rows_within_threshold:': [
      { vendor_id: 'a', file: 'a-1.csv', line: 9, column: 'quantity_available', cell: 'x', note: 'invalid_int' },
    ],
    'rows_skipped:a': [at(10, { cell: 'TOTAL' })],
    'sku_hidden_signs:a': [at(11, sku('A\\u{200B}B'))],
  };
  assert.equal(
    Object.fromEntries([...notices].map(([key, { examples }]) => [key, examples])),
    sorted(expected, notices),
  );
});

/** The expected values in the order of the run's warnings. */
function sorted<T>(expected: Record<string, T>, notices: ReadonlyMap<string, unknown>): Record<string, T> {
  assert.equal([...notices.keys()].sort(), Object.keys(expected).sort());
  return Object.fromEntries([...notices.keys()].map((key) => [key, expected[key]!]));
}

test('in a feed of several files an example names the file, and a winner’s its row', async () => {
  const file = (rows: string) => `sku,quantity_available,cost\n${rows}`;
  const options = { files: { match: '*' } };
  const notices = await noticesOfRun({
    vendors: [vendor('a', { parser: { format: 'csv', options } })],
    files: { a: [file('A,1,2\n'), file('B,1,0\n1.0E+9,1,3\n')] },
  });
  assert.equal(notices.get('sku_looks_like_number:a')!.examples, [
    { file: 'a-2.csv', line: 3, column: 'sku', cell: '1.0E+9' },
  ]);
  assert.equal(notices.get('zero_costs:a')!.examples, [{ row_number: 2, column: 'sku', cell: 'B' }]);
});

test('an example from a SKU map names the map’s row', async () => {
  const skuMaps = { a: 'vendor_sku,sku\nX,1\nY,\nX,2\n' };
  const sku_map = { type: 'file', local_path: 'map.csv' };
  const notices = await noticesOfRun({
    vendors: [vendor('a', { sku_map })],
    files: { a: 'sku,quantity_available,cost\nA,1,2\nB,1,2\nC,1,2\n' },
    skuMaps,
  });
  assert.match(notices.get('sku_map_duplicate_keys:a')!.what, /row 4 of \S+, "X"$/);
  assert.match(notices.get('sku_map_incomplete_entries:a')!.what, /row 3 of \S+, "Y"$/);
  assert.equal(notices.get('sku_map_unused:a')!.examples, [
    { file: 'a-1.csv', line: 2, column: 'sku', cell: 'A' },
    { file: 'a-1.csv', line: 3, column: 'sku', cell: 'B' },
  ]);
});

test('a failed run has notices too', async () => {
  const { outcome } = await runCase({
    config: { ...CONFIG, vendors: [vendor('a')], error_policy: {} },
    files: { a: { name: 'a.csv', bytes: bytes('sku,quantity_available,cost\nA,x,1\n1.0E+9,1,1\n') } },
  });
  assert.is(outcome.error_code, 'validation_errors');
  assert.equal(
    outcome.summary.notices.map(({ code }) => code),
    ['sku_looks_like_number'],
  );
});

test.run();
