/** Round trip: the vendor parser of the same shop reads back what an export wrote. */
import Papa from 'papaparse';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import type { OutputChange } from '../../core/plugin.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type MemoryRun, memoryEngine, runInMemory } from '../../plugins/in-memory/run.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';

const COLUMNS = ['sku', 'quantity_available', 'price', 'msrp', 'condition', 'brand', 'title'];
const FEED = `sku,quantity_available,price,msrp,condition,brand,title
A-1,4,12.50,19.99,new,Nord,"Wheel, 17"""
-B,0,7.00,7.00,refurb,,Valve
+C,3,5.00,,,Süd,-Rim
"D ""x"", y",1,0.99,2.00,used,"A	b","two
lines"
`;

const base = {
  tenant_id: 't',
  timezone: 'UTC',
  default_currency: 'EUR',
  pricing: {
    ...{ base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0 },
    ...{ map_policy: {}, rounding: {} },
  },
  merge: { strategy: 'best_offer' },
};
const vendorOf = (parser: object) => [{ vendor_id: 'v', inbound: { type: 'local' }, parser }];

async function run(config: object, feed: string, before: MemoryRun | null = null): Promise<MemoryRun> {
  const result = await runInMemory(memoryEngine(testRegistry()), {
    config: { ...base, ...config },
    files: { v: { name: 'feed', bytes: new TextEncoder().encode(feed) } },
    publishing: {
      baseline: before && baselineOf({ runId: 'before', read: (path) => before.artifacts.files.get(path) }),
      decisions: null,
      force: null,
    },
  });
  assert.is(result.outcome.status, 'SUCCEEDED', JSON.stringify(result.errors));
  return result;
}

interface Shop {
  use: string;
  with: object;
  file: string;
  /** How the shop's own export is read. */
  parser: object;
  /** What the format carries. */
  columns: string[];
}

const SHOPS: readonly Shop[] = [
  {
    use: 'csv',
    with: {},
    file: 'csv.csv',
    parser: { format: 'csv' },
    columns: COLUMNS,
  },
  {
    use: 'shopify-inventory',
    with: { location: 'Main' },
    file: 'shopify-inventory.csv',
    parser: { format: 'shopify-inventory', options: { quantity: 'on_hand', locations: ['Main'] } },
    columns: ['sku', 'quantity_available', 'title'],
  },
  {
    use: 'woocommerce-products',
    with: { compare_at_msrp: true, decimal: ',', names: true },
    file: 'woocommerce-products.csv',
    parser: { format: 'woocommerce-products', options: { decimal: ',' } },
    columns: ['sku', 'quantity_available', 'price', 'brand', 'title'],
  },
  {
    use: 'google-merchant',
    with: { compare_at_msrp: true },
    file: 'google-merchant.tsv',
    parser: { format: 'google-merchant', options: {} },
    columns: ['sku', 'quantity_available', 'price', 'condition', 'brand', 'title'],
  },
];

/** The cells of the columns, by SKU: of the feed that went out, or of the rows that came in. */
function cellsOf(result: MemoryRun, path: string, columns: readonly string[]): Record<string, unknown> {
  const text = result.artifacts.text(path) ?? '';
  const { data } = Papa.parse<Record<string, string>>(text, {
    header: true,
    delimiter: ',',
    newline: '\n',
    skipEmptyLines: true,
  });
  return Object.fromEntries(data.map((row) => [row.sku, columns.map((column) => row[column])]));
}

const SENT = 'outputs/merged_inventory.csv';
const READ = 'normalized/v/normalized.csv';
const output = (exports: object[] = []) => ({ columns: COLUMNS, exports });

for (const { use, with: options, file, parser, columns } of SHOPS) {
  test(`${use}: the feed is read back`, async () => {
    const sent = await run({ vendors: vendorOf({ format: 'csv' }), output: output([{ use, with: options }]) }, FEED);
    const text = sent.artifacts.text(`outputs/exports/${file}`) ?? '';
    const read = await run({ vendors: vendorOf(parser), output: output() }, text);
    assert.is(read.outcome.summary.invalid_rows, 0);
    assert.equal(cellsOf(read, READ, columns), cellsOf(sent, SENT, columns));
  });

  test(`${use}: the delta updates the feed before it`, async () => {
    const exports = [
      { use, with: options },
      { use, name: 'changes', content: 'delta', with: options },
    ];
    const config = {
      vendors: vendorOf({ format: 'csv' }),
      output: output(exports),
      publish: { vanished: { removed: 'drop' } },
    };
    const first = await run(config, FEED);
    const second = await run(
      config,
      FEED.replace('A-1,4', 'A-1,9')
        .replace(/^-B.*\n/m, '')
        .concat('E,2,8.00,,,,New\n'),
      first,
    );
    const [before, changes, after] = await Promise.all(
      [
        [first, file],
        [second, file.replace(/^[^.]*/, 'changes')],
        [second, file],
      ].map(async ([from, name]) => {
        const text = (from as MemoryRun).artifacts.text(`outputs/exports/${name}`) ?? '';
        return cellsOf(await run({ vendors: vendorOf(parser), output: output() }, text), READ, columns);
      }),
    );
    assert.equal(Object.keys(changes!).sort(), ['-B', 'A-1', 'E']);
    const quantity = columns.indexOf('quantity_available');
    // the shop keeps a removed product, with nothing in stock
    assert.is((changes!['-B'] as unknown[])[quantity], '0');
    const shop = { ...before, ...changes } as Record<string, unknown>;
    assert.equal({ ...shop, '-B': undefined }, { ...after, '-B': undefined });
  });
}

test('jsonl: feed and delta have every cell', async () => {
  const exports = [{ use: 'jsonl' }, { use: 'jsonl', name: 'changes', content: 'delta' }];
  const config = { vendors: vendorOf({ format: 'csv' }), publish: {} };
  const asCsv = await run({ ...config, output: output(exports) }, FEED);
  const asJsonl = await run({ ...config, output: { ...output(exports), format: 'jsonl' } }, FEED);
  const feed = asJsonl.artifacts.text('outputs/merged_inventory.jsonl');
  // the export is the same from either form of the feed
  for (const one of [asCsv, asJsonl]) assert.is(one.artifacts.text('outputs/exports/jsonl.jsonl'), feed);
  const added = (asCsv.artifacts.text('outputs/exports/changes.jsonl') ?? '').split('\n').slice(0, -1);
  assert.equal(
    added.map((line) => (JSON.parse(line) as { _change: OutputChange })._change),
    ['added', 'added', 'added', 'added'],
  );
});

test('a run over some vendors has no delta; a feed without rows has its header', async () => {
  const exports = [{ use: 'csv' }, { use: 'csv', name: 'changes', content: 'delta' }];
  const config = { ...base, vendors: vendorOf({ format: 'csv' }), publish: {}, output: output(exports) };
  const vendors = [...config.vendors, { ...config.vendors[0], vendor_id: 'w', required: false }];
  const files = { v: { name: 'feed', bytes: new TextEncoder().encode('sku,quantity_available,price\nA,1,\n') } };
  const result = await runInMemory(memoryEngine(testRegistry()), {
    config: { ...config, vendors },
    files,
    vendors: ['v'],
  });
  assert.is(result.artifacts.text('outputs/exports/csv.csv'), `${COLUMNS.join(',')}\n`);
  assert.is(result.artifacts.text('outputs/exports/changes.csv'), undefined);
});

test('mistakes in a config of exports are refused', () => {
  const problems = (more: object, config: object = {}) => {
    const checked = checkConfig(
      { ...base, vendors: vendorOf({ format: 'csv' }), output: { ...output(), ...more }, ...config },
      testRegistry(),
    );
    return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
  };
  assert.equal(problems({ exports: [{ use: 'csv' }, { use: 'csv', name: 'two' }] }), []);
  assert.equal(problems({ exports: [{ use: 'csv' }, { use: 'csv' }] }), ['output.exports[1].name duplicate_export']);
  assert.equal(problems({ exports: [{ use: 'csv', content: 'delta' }] }), [
    'output.exports[0].content delta_without_publish',
  ]);
  assert.equal(problems({ exports: [{ use: 'cvs' }] }), ['output.exports[0].use unknown_plugin']);
  assert.equal(
    problems({
      columns: ['sku', 'price'],
      exports: [{ use: 'google-merchant', with: { attributes: { link: 'url' } } }],
    }),
    ['output.columns export_column_missing', 'output.exports[0].with.attributes.link export_column_missing'],
  );
  const shop = { location: 'Main', handle: 'h', option_names: ['sku', 'n'], option_values: ['v'] };
  const bad: Array<[string, object, string[]]> = [
    ['shopify-inventory', shop, ['with.handle', 'with.option_names[1]', 'with.option_values[0]']],
    ['woocommerce-products', { gtin: 'g' }, ['with.gtin']],
    ['csv', { columns: [{ from: 'c' }] }, ['with.columns[0].from']],
  ];
  for (const [use, settings, paths] of bad) {
    const found = problems({ exports: [{ use, with: settings }] });
    assert.equal(
      found,
      paths.map((path) => `output.exports[0].${path} export_column_missing`),
      use,
    );
  }
  assert.equal(problems({ escape_formulas: true, exports: [{ use: 'csv' }] }), [
    'output.escape_formulas invalid_value',
  ]);
  assert.ok(problems({ format: 'google-merchant' }).includes('output.format invalid_value'));
});

test.run();
