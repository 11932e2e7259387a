/** Limits of rows, SKUs and side files, on both sides. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../../core/config/check.ts';
import type { EngineLimits } from '../../../core/ports/engine.ts';
import { runCase, testRegistry } from '../../testing/harness.ts';
import { PLAIN_TENANT } from '../../testing/plain-tenant.ts';

const test = suite('csv: limits');

const CONFIG = {
  ...PLAIN_TENANT,
  tenant_id: 'shop',
  default_currency: 'USD',
  vendors: [
    {
      vendor_id: 'acme',
      inbound: { type: 's3' },
      parser: { format: 'csv' },
      sku_map: { type: 's3', s3_key: 'map.csv' },
    },
  ],
  pricing: { base_margin_pct: 0.2, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  output: { columns: ['sku', 'price'] },
};
const HEADER = 'sku,quantity_available,cost';

function run(feed: string, map: string, limits: Partial<EngineLimits> = {}) {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const files = { acme: { name: 'feed.csv', bytes: bytes(feed) } };
  return runCase({ config: CONFIG, files, skuMaps: { acme: bytes(map) }, limits });
}

const codesOf = ({ errors }: Awaited<ReturnType<typeof run>>) =>
  errors.map((one) => ('row_number' in one ? `${one.row_number} ${one.error_code} ${one.column}` : one.error_code));

test('a SKU with more bytes than the limit makes the row invalid, even one from the SKU map', async () => {
  const feed = `${HEADER}\n${'é'.repeat(10)},1,1\n${'é'.repeat(10)}x,1,1\nB,1,1\nok,1,1\n`;
  const map = `vendor_sku,sku\nB,${'b'.repeat(21)}\n${'é'.repeat(10)}x,short\n`;
  assert.equal(codesOf(await run(feed, map, { skuBytesMax: 20 })), ['4 sku_too_long sku']);
  assert.equal(codesOf(await run(feed, map)), []);
});

test('SKUs with a common prefix of 60,000 bytes are sorted', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${'p'.repeat(60_000)}${(i * 7) % 30},1,1\n`);
  const { outcome, merged = '' } = await run(`${HEADER}\n${rows.join('')}`, 'vendor_sku,sku\n', {
    skuBytesMax: 100_000,
  });
  assert.is(outcome.error_code, null);
  const skus = merged.split('\n').slice(1, -1);
  assert.is(skus.length, 30);
  assert.equal(skus, [...skus].sort());
});

test('a row with more cells than the limit is invalid, whatever is in them', async () => {
  const limits = { recordCellsMax: 64 };
  const feed = (cells: number) => `${HEADER}\nA,1,1\nB,1,1${','.repeat(cells - 3)}\n`;
  assert.equal(codesOf(await run(feed(64), 'vendor_sku,sku\n', limits)), []);
  const over = await run(feed(65), 'vendor_sku,sku\n', limits);
  assert.equal(codesOf(over), ['3 too_many_fields null']);
  const header = await run(`${HEADER}${',x'.repeat(62)}\nA,1,1\n`, 'vendor_sku,sku\n', limits);
  assert.match(header.outcome.error_message ?? '', /LIMIT_RECORD_CELLS/);
});

test('a SKU map is limited in rows and bytes; blank lines are not rows', async () => {
  const feed = `${HEADER}\nA,1,1\n`;
  const map = `vendor_sku,sku\n${'\n'.repeat(500_000)}A,X\nB,Y\n`;
  assert.is((await run(feed, map, { sideFileRowsMax: 2 })).outcome.error_code, null);
  for (const limits of [{ sideFileRowsMax: 1 }, { sideFileBytesMax: 1000 }]) {
    const { outcome } = await run(feed, map, limits);
    assert.is(outcome.error_code, 'INPUT_TOO_LARGE');
    assert.match(outcome.error_message ?? '', /LIMIT_SIDE_FILE_(ROWS|BYTES)/);
  }
});

test('a SKU map is read in parts that may split rows, quotes and line ends', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `V${i},"M,${i}\r\n"""\r\n`);
  const { merged } = await run(`${HEADER}\nV0,1,1\nV19999,1,1\n`, `vendor_sku,sku\r\n${rows.join('')}\r\n`);
  assert.is(merged, 'sku,price\n', 'these SKUs have line ends');
  const plain = rows.map((row) => row.replace('\r\n"', ' "'));
  const good = await run(`${HEADER}\nV0,1,1\nV19999,1,1\n`, `vendor_sku,sku\r\n${plain.join('')}`);
  assert.ok(good.merged?.includes('"M,0 """') && good.merged.includes('"M,19999 """'), good.merged);
  const open = await run(
    `${HEADER}\nV0,1,1\n`,
    `vendor_sku,sku\n${'V,M\n'.repeat(50_000)}V,"M\n${'V,M\n'.repeat(50_000)}`,
    {
      recordBytesMax: 100_000,
    },
  );
  assert.match(open.outcome.error_message ?? '', /row 50002 .*LIMIT_RECORD_BYTES/);
});

test('the problems of a config are limited in number and length', () => {
  const vendors = Array.from({ length: 200 }, (_, i) => `v${i}`).join(',');
  const raw = { ...CONFIG, merge: { strategy: 'best_offer', best_offer: { sort_by: [`vendor_priority:${vendors}`] } } };
  const checked = checkConfig(raw, testRegistry());
  if (checked.ok) throw new Error('it passes');
  assert.is(checked.count, 200);
  assert.is(checked.problems.length, 101);
  assert.equal(checked.problems.at(-1), { path: '(root)', code: 'more_problems', message: 'and 100 more problems' });
  const long = checkConfig({ ...CONFIG, timezone: 'x'.repeat(5000), ['k'.repeat(5000)]: 1 }, testRegistry());
  if (long.ok) throw new Error('it passes');
  for (const { path, message } of long.problems) assert.ok(path.length <= 301 && message.length <= 1001);
});

test.run();
