/** `extra_columns`: read by name, map or position, in every parser and in little memory; reported, written, ignored if not declared. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import { Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

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
    ...PLAIN_TENANT,
    default_currency: 'USD',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
    extra_columns,
    output: { format, columns: columns ?? ['gtin', 'sku', 'price', 'image_url'] },
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

test('extra cells are texts, after the canonical columns and where the output names them', async () => {
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

test('the files are the same if spilled to scratch and with tiny windows', async () => {
  const config = configOf({ parser: MAPPED });
  const plain = await run(FEED, config, { now: T });
  const limits = { sortBytes: 1, offersBytes: 1, mergeBytes: 1, windowBytes: 7 };
  const small = await run(FEED, config, { now: T, limits, chunkBytes: 3 });
  assert.is(small.merged, plain.merged);
  assert.is(small.normalized('v'), plain.normalized('v'));
});

test('long cells fit even when fully quoted', async () => {
  const cell = '"'.repeat(5_000);
  const feed = `sku,quantity_available,cost,gtin,image_url\n${Array.from({ length: 50 }, (_, i) => `S${i + 10},1,1,"${cell}${cell}","${cell}${cell}"\n`).join('')}`;
  const result = await run(feed, configOf({ columns: ['gtin'] }), { limits: { sortBytes: 40_000 } });
  assert.is(result.outcome.status, 'SUCCEEDED');
  assert.is(result.merged!.split('\n')[1], `"${cell}${cell}"`);
});

test('extra columns are read by position and with a layout; a feed may lack them', async () => {
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

test('vendor modules read extra columns too', async () => {
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

test('a table composes extra columns like canonical ones', async () => {
  const table = {
    side_files: [{ name: 'pictures', type: 'file', local_path: 'pictures.csv', key: 'id', missing: 'empty' }],
    skip_lines: 1,
    preamble: [{ name: 'season', line: 1, after: 'Season:' }],
    columns: {
      gtin: { first_filled: ['EAN', { from: 'UPC', words: { none: null } }] },
      label: { join: { columns: ['brand', 'colour'], with: ' / ' }, words: { 'n/a': null } },
      season: { preamble: 'season' },
      picture: { side_file: 'pictures', from: 'url' },
      origin: { value: 'EU' },
      colour: { words: { rd: 'red' } },
      size: { from: ['Size', 'Format'], optional: true },
    },
  };
  const extra_columns = Object.keys(table.columns);
  const config = configOf({ extra_columns, columns: ['sku', ...extra_columns], parser: { options: table } });
  const feed =
    'Season: 2026\nsku,quantity_available,cost,EAN,UPC,brand,colour\nA,1,1,,77,Bosch,rd\nB,1,1,88,99,n/a,\nC,1,1,,None,,n/a\n';
  const files = { v: { name: 'feed.csv', bytes: bytes(feed) } };
  const sideFiles = { 'pictures.csv': bytes('id,url\nA,https://x/a\n') };
  const result = await runCase({ config, files, sideFiles, plugins: [] });
  assert.is(
    result.merged,
    `sku,${extra_columns}\nA,77,Bosch / rd,2026,https://x/a,EU,red,\nB,88,,2026,,EU,,\nC,,,2026,,EU,n/a,\n`,
  );
  assert.not.ok(result.outcome.summary.warnings.some((one) => one.includes(':size')));
});

test('a table may name only extra columns of the config, and treats them as texts', () => {
  const registry = new Registry(BUILTIN_PLUGINS);
  const problemsOf = (columns: object, format = 'csv') => {
    const parser = { format, options: { columns } };
    const checked = checkConfig(configOf({ columns: ['sku'], parser }), registry);
    return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path.slice(34)} ${code}`);
  };
  for (const format of ['csv', 'shopify-inventory']) {
    assert.equal(problemsOf({ gtin: { join: { columns: ['a', 'b'] } } }, format), []);
    assert.equal(problemsOf({ gtni: { value: 'x' } }, format), ['gtni unknown_key']);
    assert.equal(problemsOf({ vendor_id: { value: 'x' } }, format), ['vendor_id unknown_key']);
  }
  assert.equal(problemsOf({ 'Gtin 1': { value: 'x' } }), ['Gtin 1 unknown_key']);
  assert.equal(problemsOf({ gtin: { sum: 'a', numbers: { decimal: ',' }, add: [{ amount: 1 }] } }), [
    'gtin.sum invalid_value',
    'gtin.numbers invalid_value',
    'gtin.add invalid_value',
  ]);
  const twice = configOf({ columns: ['sku'], parser: { ...MAPPED, options: { columns: { gtin: { from: 'UPC' } } } } });
  const checked = checkConfig(twice, registry);
  assert.equal(checked.ok ? [] : checked.problems.map(({ message }) => message), [
    'parser.column_map names the column too',
  ]);
  const misspelt = checkConfig(configOf({ parser: { options: { columns: { gtni: {} } } } }), registry);
  assert.match(misspelt.ok ? '' : misspelt.problems[0]!.message, 'did you mean "gtin"?');
});

test('a cell of an extra column has a limit, even a composed one', async () => {
  const options = {
    columns: { gtin: { join: { columns: ['EAN', 'EAN'] } }, image_url: { join: { columns: ['a', 'EAN'] } } },
  };
  const feed = 'sku,quantity_available,cost,EAN,a\nA,1,1,ééé,\nB,1,1,éé,é\nC,x,1,éé,éé\n';
  for (const config of [configOf({ parser: { options } }), configOf({ parser: MAPPED })]) {
    const codes = async (extraCellBytesMax: number) =>
      (await run(feed, config, { limits: { extraCellBytesMax } })).errors.flatMap((entry) =>
        'problems' in entry ? entry.problems.map((one) => `${one.error_code} ${one.column}`) : [],
      );
    const isJoined = config.vendors[0]!.parser !== undefined && 'options' in config.vendors[0]!.parser;
    assert.equal(await codes(100), ['invalid_int quantity_available']);
    if (isJoined) {
      assert.equal(await codes(12), ['invalid_int quantity_available']);
      assert.equal(await codes(11), ['extra_cell_too_long gtin', 'invalid_int quantity_available']);
      assert.equal((await codes(7)).length, 5);
      // row A's cell has exactly the bytes that may follow its first part
      assert.is((await codes(6)).filter((code) => code === 'extra_cell_too_long gtin').length, 3);
    } else {
      assert.equal(await codes(6), ['invalid_int quantity_available']);
      assert.equal(await codes(5), ['extra_cell_too_long gtin', 'invalid_int quantity_available']);
    }
  }
});

test('a config that names an undeclared extra column is refused', () => {
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
  const three = configOf({ extra_columns: ['a', 'b', 'c'], columns: ['sku', 'c'] });
  assert.ok(checkConfig(three, registry, { extraColumnsMax: 3 }).ok);
  const two = checkConfig(three, registry, { extraColumnsMax: 2 });
  assert.equal(two.ok ? [] : two.problems.map(({ path }) => path), ['extra_columns', 'output.columns[1]']);
});

test.run();
