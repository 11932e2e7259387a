/** `extra_columns`: read by name, map and position, in every parser, in small memory; reported, written, and left alone without it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../core/config/check.ts';
import { Registry } from '../core/registry.ts';
import { BUILTIN_PLUGINS } from '../plugins/index.ts';
import { runCase } from '../plugins/testing/harness.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

interface Given {
  extra_columns?: unknown;
  columns?: unknown;
  format?: string;
  parser?: object;
  more?: object;
}

function configOf({
  extra_columns = ['gtin', 'image_url'],
  columns,
  format = 'csv',
  parser = {},
  more = {},
}: Given = {}) {
  return {
    ...{ tenant_id: 't', timezone: 'UTC', default_currency: 'USD' },
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
    pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    extra_columns,
    output: { format, columns: columns ?? ['gtin', 'sku', 'price', 'image_url'] },
    error_policy: { max_invalid_rows: 100, max_invalid_row_pct: 1 },
    ...more,
  };
}

function run(feed: string, config: object, more: object = {}) {
  return runCase({ config, files: { v: { name: 'feed.csv', bytes: bytes(feed) } }, plugins: [], ...more });
}

const FEED = 'sku,quantity_available,cost,EAN,image_url\nB,1,2, 0400638133393 ,"https://x/a,b"\nA,1,1,,"say ""x"""\n';
const MAPPED = { column_map: { gtin: 'ean' } };
const HEAD =
  'sku,vendor_sku,vendor_id,quantity_available,lead_time_days,cost,map_price,price,msrp,condition,brand,title,updated_at';
const T = '2026-11-01T06:00:00Z';

test('extra cells are texts, behind the canonical ones and where the output asks for them', async () => {
  const result = await run(FEED, configOf({ parser: MAPPED }), { now: T });
  const rows = [`A,,v,1,,1.00,,,,,,,${T},,"say ""x"""`, `B,,v,1,,2.00,,,,,,,${T},0400638133393,"https://x/a,b"`];
  assert.is(result.normalized('v'), `${HEAD},gtin,image_url\n${rows.join('\n')}\n`);
  assert.is(result.merged, 'gtin,sku,price,image_url\n,A,1.00,"say ""x"""\n0400638133393,B,2.00,"https://x/a,b"\n');
  assert.ok(result.outcome.summary.warnings.includes('header_matched_loosely:v:gtin:EAN'));
  const lines = await run(FEED, configOf({ parser: MAPPED, format: 'jsonl' }), { now: T });
  assert.is(
    lines.artifacts.text('outputs/merged_inventory.jsonl')!.split('\n')[0],
    '{"gtin":null,"sku":"A","price":"1.00","image_url":"say \\"x\\""}',
  );
});

test('spilled to scratch and in windows of few bytes, the files are the same', async () => {
  const config = configOf({ parser: MAPPED });
  const plain = await run(FEED, config, { now: T });
  const limits = { sortBytes: 1, offersBytes: 1, mergeBytes: 1, windowBytes: 7 };
  const small = await run(FEED, config, { now: T, limits, chunkBytes: 3 });
  assert.is(small.merged, plain.merged);
  assert.is(small.normalized('v'), plain.normalized('v'));
});

test('long cells that are quoted in full fit', async () => {
  const cell = '"'.repeat(5_000);
  const feed = `sku,quantity_available,cost,gtin,image_url\n${Array.from({ length: 50 }, (_, i) => `S${i + 10},1,1,"${cell}${cell}","${cell}${cell}"\n`).join('')}`;
  const result = await run(feed, configOf({ columns: ['gtin'] }), { limits: { sortBytes: 40_000 } });
  assert.is(result.outcome.status, 'SUCCEEDED');
  assert.is(result.merged!.split('\n')[1], `"${cell}${cell}"`);
});

test('by position, with a layout, and where the feed lacks the column', async () => {
  const byPosition = configOf({
    parser: { column_map: { sku: '#0', quantity_available: '#1', cost: '#2', gtin: '#3' }, options: { header: false } },
  });
  assert.is((await run('A,1,2,77\n', byPosition)).merged, 'gtin,sku,price,image_url\n77,A,2.00,\n');
  const unwrapped = configOf({ parser: { ...MAPPED, options: { unwrap: true } } });
  assert.is(
    (await run('sku,quantity_available,cost,EAN\nA,1,2,="0077"\n', unwrapped)).merged,
    'gtin,sku,price,image_url\n0077,A,2.00,\n',
  );
  const lacking = await run('sku,quantity_available,cost\nA,1,2\n', configOf({ parser: MAPPED }));
  assert.is(lacking.merged, 'gtin,sku,price,image_url\n,A,2.00,\n');
  assert.ok(lacking.outcome.summary.warnings.includes('mapped_column_missing:v:gtin'));
  const formula = await run('sku,quantity_available,cost,EAN\nA,1,2,"=HYPERLINK(""x"")"\nB,x,1,=1+1\n', unwrapped);
  assert.equal(
    formula.errors.map((entry) =>
      'problems' in entry ? entry.problems.map((one) => `${one.error_code} ${one.column}`) : [],
    ),
    [['formula gtin'], ['invalid_int quantity_available', 'formula gtin']],
  );
});

test('vendor modules read them too', async () => {
  const feed =
    'Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,Incoming,Unavailable,Committed,Available,On hand\nx,X,Title,Default,A,9506,US,Main,0,0,0,5,5\n';
  const config = configOf({
    extra_columns: ['hs_code'],
    columns: ['sku', 'hs_code'],
    parser: { format: 'shopify-inventory', column_map: { hs_code: 'HS Code' } },
  });
  const result = await run(feed, { ...config, output: { columns: ['sku', 'hs_code', 'quantity_available'] } });
  assert.ok(
    result.normalized('v')!.split('\n')[1]!.endsWith(',9506'),
    `${result.normalized('v')} ${result.outcome.error_message}`,
  );
});

test('without extra_columns a config may not name them', () => {
  const registry = new Registry(BUILTIN_PLUGINS);
  const problemsOf = (given: Given) => {
    const checked = checkConfig(configOf(given), registry);
    return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
  };
  assert.equal(problemsOf({ parser: MAPPED }), []);
  assert.equal(problemsOf({ extra_columns: [] }), [
    'output.columns[0] invalid_value',
    'output.columns[3] invalid_value',
  ]);
  const columns = ['sku'];
  assert.equal(problemsOf({ extra_columns: [], columns, parser: MAPPED }), [
    'vendors[0].parser.column_map.gtin unknown_column',
  ]);
  assert.equal(problemsOf({ extra_columns: ['a', 'sku', 'a'], columns }), [
    'extra_columns[1] duplicate_column',
    'extra_columns[2] duplicate_column',
  ]);
  assert.equal(problemsOf({ extra_columns: ['GTIN', '1a', ''], columns }).length, 3);
  const many = Array.from({ length: 21 }, (_, i) => `x${i}`);
  assert.equal(problemsOf({ extra_columns: many.slice(0, 20), columns: [...many.slice(0, 20), ...columns] }), []);
  assert.equal(problemsOf({ extra_columns: many, columns }), ['extra_columns invalid_value']);
  assert.equal(problemsOf({ columns: ['gtin', 'gtin'] }), ['output.columns[1] duplicate_column']);
});

test.run();
