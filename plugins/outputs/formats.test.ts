/** Lines of the output formats for single rows: which columns options give, cells that are empty, and columns that are missing. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TenantConfig } from '../../core/config/schema.ts';
import type { ConfigProblem, FeedFormat, OutputContext, OutputRow, Plugin } from '../../core/plugin.ts';
import { csvOutput } from './csv.ts';
import { googleMerchantOutput } from './google-merchant.ts';
import { jsonlOutput } from './jsonl.ts';
import { shopifyInventoryOutput } from './shopify-inventory.ts';
import { lineOf } from './table.ts';
import { woocommerceProductsOutput } from './woocommerce-products.ts';

const test = suite('output formats');

const CELLS: Record<string, string> = {
  ...{ sku: 'A-1', quantity_available: '4', price: '12.50', msrp: '19.99', condition: 'refurb', brand: 'Nord' },
  ...{ title: 'Wheel', handle: 'wheel', o1: 'Size', v1: 'M', v3: 'red', gtin: '4006381333931', mpn: 'N-1' },
};
const rowOf = (cells: Record<string, string>, quantity = 4): OutputRow => ({
  change: 'added',
  sku: 'A-1',
  quantity,
  text: (column) => cells[column] ?? null,
});
const ROW = rowOf(CELLS);

interface Given {
  columns?: string[];
  content?: OutputContext['content'];
}

async function formatOf<Options>(
  plugin: Plugin<'output', Options>,
  options: object,
  { columns = Object.keys(CELLS), content = 'full' }: Given = {},
): Promise<FeedFormat> {
  const create = await plugin.load();
  const config = { default_currency: 'EUR', output: { columns } } as TenantConfig;
  return create(plugin.manifest.options.parse(options) as Options, { config, content });
}

/** The header, and the lines of the rows. */
async function written<Options>(
  plugin: Plugin<'output', Options>,
  options: object,
  { rows = [ROW], ...given }: Given & { rows?: OutputRow[] } = {},
): Promise<string> {
  const format = await formatOf(plugin, options, given);
  return [format.head?.() ?? '', ...rows.map((row) => format.row(row))].join('');
}

test('a line quotes what would not be read back, and is never blank', () => {
  for (const [cells, line] of [
    [['a', 'b'], 'a,b'],
    [['a,b', ''], '"a,b",'],
    [['a"b'], '"a""b"'],
    [['a\nb', 'a\rb'], '"a\nb","a\rb"'],
    [['a;b'], 'a;b'],
    [[''], '""'],
    [[], '""'],
    [['', ''], ','],
  ] as const) {
    assert.is(lineOf(cells), `${line}\n`);
  }
  assert.is(lineOf(['a;b', 'a,b'], ';'), '"a;b";a,b\n');
});

test('csv has the chosen columns, or those of the feed', async () => {
  const columns = ['sku', 'price'];
  const renamed = [{ from: '_change' }, { from: 'price', as: 'Preis' }];
  assert.is(await written(csvOutput, {}, { columns }), 'sku,price\nA-1,12.50\n');
  assert.is(await written(csvOutput, {}, { columns, content: 'delta' }), '_change,sku,price\nadded,A-1,12.50\n');
  assert.is(await written(csvOutput, { columns: renamed, delimiter: '\t' }, {}), '_change\tPreis\nadded\t12.50\n');
  assert.is((await formatOf(csvOutput, {})).extension, 'csv');
  const formulas = rowOf({ a: '=1', b: '+1', c: '-1', d: '@x', e: 'x=1' });
  const given = { columns: ['a', 'b', 'c', 'd', 'e', 'none'], rows: [formulas] };
  assert.is(await written(csvOutput, { escape_formulas: true }, given), "a,b,c,d,e,none\n'=1,'+1,'-1,'@x,x=1,\n");
  assert.is(await written(csvOutput, {}, given), 'a,b,c,d,e,none\n=1,+1,-1,@x,x=1,\n');
  for (const wrong of [
    { columns: [] },
    { columns: [{ from: '' }] },
    { columns: [{ from: 'a', as: '' }] },
    { columns: Array(201).fill({ from: 'a' }) },
    { delimiter: ':' },
    { columns: [{ from: 'a', to: 'b' }] },
  ]) {
    assert.not.ok(csvOutput.manifest.options.safeParse(wrong).success, JSON.stringify(wrong).slice(0, 60));
  }
  assert.ok(csvOutput.manifest.options.safeParse({ columns: Array(200).fill({ from: 'a' }) }).success);
});

test('jsonl has whole numbers as numbers, amounts as texts and empty cells as null', async () => {
  const columns = ['sku', 'quantity_available', 'lead_time_days', 'price', 'gtin'];
  const rows = [rowOf({ ...CELLS, gtin: '12' })];
  const line = '"sku":"A-1","quantity_available":4,"lead_time_days":null,"price":"12.50","gtin":"12"';
  assert.is(await written(jsonlOutput, {}, { columns, rows }), `{${line}}\n`);
  assert.is(await written(jsonlOutput, {}, { columns, rows, content: 'delta' }), `{"_change":"added",${line}}\n`);
  assert.is((await formatOf(jsonlOutput, {})).extension, 'jsonl');
});

test('google-merchant has an attribute for each column that it knows, unless the options name another', async () => {
  const sold = rowOf({ ...CELLS, condition: 'used', price: '' }, 0);
  const rows = [ROW, sold, rowOf({ price: '5.00' }, 1)];
  assert.is(
    await written(googleMerchantOutput, {}, { rows }),
    [
      'id\tquantity\tavailability\tprice\ttitle\tbrand\tcondition\tgtin\tmpn',
      'A-1\t4\tin_stock\t12.50 EUR\tWheel\tNord\trefurbished\t4006381333931\tN-1',
      'A-1\t0\tout_of_stock\t\tWheel\tNord\tused\t4006381333931\tN-1',
      'A-1\t1\tin_stock\t5.00 EUR\t\t\t\t\t\n',
    ].join('\n'),
  );
  const columns = ['sku', 'quantity_available', 'price', 'title', 'mpn', 'msrp'];
  const attributes = { title: 'handle', size: 'v1', condition: 'condition' };
  assert.is(
    await written(googleMerchantOutput, { compare_at_msrp: true, attributes }, { columns }),
    'id\tquantity\tavailability\tprice\tsale_price\tmpn\ttitle\tsize\tcondition\nA-1\t4\tin_stock\t19.99 EUR\t12.50 EUR\tN-1\twheel\tM\trefurbished\n',
  );
  assert.is(
    await written(googleMerchantOutput, { store_code: 'B 1', attributes: { size: 'v1' } }),
    'store_code\tid\tquantity\tavailability\tprice\tsize\nB 1\tA-1\t4\tin_stock\t12.50 EUR\tM\n',
  );
  assert.is((await formatOf(googleMerchantOutput, {})).extension, 'tsv');
  const takes = (options: object) => googleMerchantOutput.manifest.options.safeParse(options).success;
  for (const name of ['a', 'image_link', `a${'9'.repeat(62)}`]) assert.ok(takes({ attributes: { [name]: 'x' } }), name);
  for (const name of ['', 'A', '9a', '_a', 'a-b', 'a b', `a${'9'.repeat(63)}`])
    assert.not.ok(takes({ attributes: { [name]: 'x' } }), name);
  assert.not.ok(takes({ attributes: { a: '' } }));
  assert.not.ok(takes({ store_code: '' }));
});

test('a price is crossed out only where msrp is above it', async () => {
  const rows = [
    ['12.50', '12.51'],
    ['12.50', '12.5'],
    ['12.50', '9.00'],
    ['', '9.00'],
    ['12.50', ''],
  ].map(([price = '', msrp = '']) => rowOf(msrp === '' ? { price } : { price, msrp }));
  const options = { compare_at_msrp: true, decimal: ',' };
  const columns = ['sku', 'quantity_available', 'price', 'msrp'];
  assert.is(
    await written(woocommerceProductsOutput, options, { columns, rows }),
    `SKU,In stock?,Stock,Sale price,Regular price\n${['"12,50","12,51"', ',"12,50"', ',"12,50"', ',', ',"12,50"'].map((prices) => `A-1,1,4,${prices}\n`).join('')}`,
  );
});

test('woocommerce-products writes names of products to create, brands of the feed, and a gtin where one is named', async () => {
  const columns = ['sku', 'quantity_available', 'price', 'title', 'brand'];
  const plain = 'A-1,1,4,12.50,Nord\n';
  for (const [options, file] of [
    [{}, `SKU,In stock?,Stock,Regular price,Brands\n${plain}`],
    [{ names: true }, 'SKU,Name,In stock?,Stock,Regular price,Brands\nA-1,Wheel,1,4,12.50,Nord\n'],
    [{ type: 'simple' }, 'Type,SKU,Name,In stock?,Stock,Regular price,Brands\nsimple,A-1,Wheel,1,4,12.50,Nord\n'],
    [{ type: 'variation', names: false }, `Type,SKU,In stock?,Stock,Regular price,Brands\nvariation,${plain}`],
    [
      { gtin: 'gtin' },
      'SKU,"GTIN, UPC, EAN, or ISBN",In stock?,Stock,Regular price,Brands\nA-1,4006381333931,1,4,12.50,Nord\n',
    ],
  ] as const) {
    assert.is(await written(woocommerceProductsOutput, options, { columns }), file, JSON.stringify(options));
  }
  const few = { columns: ['sku', 'quantity_available', 'price'], rows: [rowOf({ price: '1.00' }, 0)] };
  assert.is(
    await written(woocommerceProductsOutput, { names: true, gtin: 'gtin' }, few),
    'SKU,"GTIN, UPC, EAN, or ISBN",In stock?,Stock,Regular price\nA-1,,0,0,1.00\n',
  );
  assert.is((await formatOf(woocommerceProductsOutput, {})).extension, 'csv');
});

test('shopify-inventory has three options; a handle without any gets those of an only variant', async () => {
  const head =
    'Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,Location,On hand (new)\n';
  for (const [options, line] of [
    [{}, ',Wheel,,,,,,,A-1,Main,4\n'],
    [{ handle: 'handle' }, 'wheel,Wheel,Title,Default Title,,,,,A-1,Main,4\n'],
    [{ handle: 'none' }, ',Wheel,,,,,,,A-1,Main,4\n'],
    [{ option_names: ['o1'], option_values: ['v1'] }, ',Wheel,Size,M,,,,,A-1,Main,4\n'],
    [
      { handle: 'handle', option_names: ['none', 'o1'], option_values: ['none', 'none', 'v3'] },
      'wheel,Wheel,,,Size,,,red,A-1,Main,4\n',
    ],
  ] as const) {
    assert.is(await written(shopifyInventoryOutput, { location: 'Main', ...options }), head + line);
  }
  assert.is(
    await written(shopifyInventoryOutput, { location: 'Main' }, { rows: [rowOf({}, 0)] }),
    `${head},,,,,,,,A-1,Main,0\n`,
  );
  assert.is((await formatOf(shopifyInventoryOutput, { location: 'x' })).extension, 'csv');
  const takes = (options: object) => shopifyInventoryOutput.manifest.options.safeParse(options).success;
  assert.ok(takes({ location: 'x', option_names: ['a', 'b', 'c'], option_values: ['a', 'b', 'c'] }));
  for (const wrong of [
    {},
    { location: '' },
    { location: 'x', handle: '' },
    { location: 'x', option_names: ['a', 'b', 'c', 'd'] },
    { location: 'x', option_values: ['a', 'b', 'c', 'd'] },
    { location: 'x', option_names: [''] },
    { location: 'x', option_values: [''] },
  ]) {
    assert.not.ok(takes(wrong), JSON.stringify(wrong));
  }
});

test('columns that a format needs are those of the feed', () => {
  const problems = <Options>(plugin: Plugin<'output', Options>, options: object, columns: unknown): string[] => {
    const parsed = plugin.manifest.options.parse(options) as Options;
    const found: ConfigProblem[] = plugin.manifest.check?.(parsed, { output: { columns } }, 'x.with') ?? [];
    for (const { code } of found) assert.is(code, 'export_column_missing');
    return found.map(({ path }) => path);
  };
  const least = ['sku', 'quantity_available'];
  const named = { columns: [{ from: '_change' }, { from: 'sku' }, { from: 'a' }] };
  const options = { location: 'x', handle: 'h', option_names: ['sku', 'n'], option_values: ['v', 'sku'] };
  assert.equal(problems(csvOutput, {}, least), []);
  assert.equal(problems(csvOutput, {}, ['sku']), ['output.columns']);
  assert.equal(problems(csvOutput, {}, []), ['output.columns', 'output.columns']);
  assert.equal(problems(csvOutput, {}, undefined), [], 'the schema says what is wrong with it');
  assert.equal(problems(csvOutput, named, least), ['x.with.columns[2].from']);
  assert.equal(problems(jsonlOutput, {}, least), []);
  assert.equal(problems(jsonlOutput, {}, ['quantity_available']), ['output.columns']);
  assert.equal(problems(googleMerchantOutput, {}, [...least, 'price']), []);
  assert.equal(problems(googleMerchantOutput, { compare_at_msrp: true, attributes: { a: 'sku', b: 'none' } }, least), [
    'output.columns',
    'output.columns',
    'x.with.attributes.b',
  ]);
  assert.equal(problems(woocommerceProductsOutput, {}, least), ['output.columns']);
  assert.equal(problems(woocommerceProductsOutput, { compare_at_msrp: true, gtin: 'g' }, [...least, 'price']), [
    'output.columns',
    'x.with.gtin',
  ]);
  assert.equal(problems(woocommerceProductsOutput, { gtin: 'g' }, [...least, 'price', 'g']), []);
  assert.equal(problems(shopifyInventoryOutput, { location: 'x' }, least), []);
  assert.equal(problems(shopifyInventoryOutput, options, least), [
    'x.with.handle',
    'x.with.option_names[1]',
    'x.with.option_values[0]',
  ]);
});

test.run();
