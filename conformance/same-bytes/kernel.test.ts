/** With the kernel a run writes the same bytes and ends the same way as with TypeScript alone. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf, shareOf } from '../../core/testing/share.ts';
import type { MemoryCase } from '../../plugins/in-memory/run.ts';
import { workbook } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { generateCase } from '../oracle/generate/generate.ts';
import { assertSame, kernelCalls, runWith } from '../support/kernel-runs.ts';

const SEEDS = 40;
const SPILLING = { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 };
test('property: tenants end the same way with the same files, also with tiny chunks and budgets that spill', async () => {
  const { from, to } = shareOf(SEEDS);
  const { taken } = await kernelCalls(async () => {
    for (let seed = from; seed < to; seed++) {
      const one = { ...(generateCase(seed) as unknown as MemoryCase), chunkBytes: [1, 13, 700, 65536][seed % 4]! };
      await assertSame(one, seed % 3 === 0 ? SPILLING : {}, `seed ${seed}`);
    }
  });
  assert.ok(taken > countOf(20), `the kernel took ${taken} rows`);
});

const HEADER =
  'sku,vendor_sku,quantity_available,lead_time_days,cost,map_price,price,msrp,condition,brand,title,updated_at';

function configOf(parser: object = {}, rest: object = {}): object {
  return {
    tenant_id: 'northwind',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
    pricing: { base_margin_pct: '0.20', min_price: '1', shipping_handling_flat: '1', map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'brand', 'title', 'msrp', 'price', 'updated_at'] },
    error_policy: { max_invalid_rows: 1_000_000, max_invalid_row_pct: 1 },
    ...rest,
  };
}

const cell = (...cells: string[]) => fc.constantFrom(...cells);
const sku = fc.oneof(
  fc.integer({ min: 1, max: 99999 }).map((n) => `AB-${n}`),
  fc.integer({ min: 1, max: 999 }).map((n) => `NA-${n}-of-a-long-article-number-${n % 7}`),
  cell('1-Mar', 'Mar-01', '2026-03-01', '12E5', '1.5E+10', '4711.0', 'a  b', 'a b', 'null', 'N/A', '#N/A', '-', "'007"),
  cell('', ' x ', 'é1', '\u200bz', 'a\u00a0b', 'А-1', '"q""q"', '"a,b"', 'a\tb', 'total', 'tr', 's', 'SO-1', 'a&amp;b'),
);
const integer = fc.oneof(
  fc.nat({ max: 5000 }).map(String),
  cell(
    '',
    '0',
    '00',
    '007',
    '+3',
    '-0',
    '-1',
    '12.0',
    '12.',
    '1.000',
    '1,000',
    '999999999999999',
    '9999999999999999',
    '99999',
    '20261128',
    'x',
    ' 5 ',
  ),
);
const money = fc.oneof(
  fc.nat({ max: 999999 }).map((n) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`),
  cell(
    '',
    '0',
    '5',
    '.5',
    '5.',
    '0.125',
    '1.299',
    '1299.500',
    '12.3456',
    '1.000005',
    '0.005',
    '0.015',
    '2.5',
    '-1',
    '$5',
    ' 7.25 ',
  ),
  cell(
    '999999999.999999',
    '1000000000',
    '0000000001.5',
    '1.2345675',
    '1e3',
    '00.10',
    '12345.678',
    '1.0000',
    '0.000001',
  ),
);
const condition = cell('', 'new', 'New', 'NEW', 'used', 'USED', 'refurb', 'Refurb', 'old', ' new ', 'newx', 'ne');
const brand = fc.oneof(
  cell(
    'Acme',
    'Orion',
    '',
    ' padded ',
    '\u00a0nbsp\u00a0',
    '\u3000wide\u3000',
    'Größe',
    'é',
    'AT&amp;T',
    'tab\there',
    'x\u0007y',
  ),
  fc.string({ maxLength: 40 }).map((text) => `"${text.replaceAll('"', '""')}"`),
);
const title = fc.oneof(
  cell(
    'Plain',
    '"with, comma"',
    '"has ""quotes"""',
    "it's",
    '"two\nlines"',
    '5" wheel',
    '"',
    'a=C3=BCb',
    'x'.repeat(70),
  ),
  fc.string({ maxLength: 60 }).map((text) => `"${text.replaceAll('"', '""')}"`),
);
const time = cell(
  ...['', '2026-09-08T23:08:00Z', '2026-09-08 23:08:00Z', '2026-09-08', '2026-09-08T23:08', '2026-09-08T23:08:00.5Z'],
  ...[
    '2026-09-08T23:08:00+02:00',
    '2026-09-08T23:08:00-0530',
    '2026-09-08T23:08+02',
    '2026-02-29',
    '2024-02-29',
    '2026-13-01',
  ],
  ...[
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '0001-01-01T00:00:00+01:00',
    '1969-12-31T23:59:59',
    '2026-09-08T24:00:00Z',
  ],
);
const row = fc
  .tuple(sku, cell('', 'V1', '"v,2"'), integer, integer, money, money, money, money, condition, brand, title, time)
  .map((cells) => cells.join(','));
const ordinary = fc
  .nat({ max: 120 })
  .map((n) => `QL-${n},,${n % 100},3,${n % 900}.56,,${n % 90}.5,779.48,New,Vulcan,Eco ${n},2026-09-08T23:08:00Z`);
const odd = fc.oneof(row, row, cell('', ',,,,,,,,,,,', 'short,row', `${'x,'.repeat(14)}y`, '"open', 'a"b,1', ' '));
const lines = fc.array(fc.oneof({ weight: 5, arbitrary: ordinary }, { weight: 2, arbitrary: odd }), {
  minLength: 8,
  maxLength: 40,
});
const settings = fc.record({
  lineEnd: cell('\n', '\n', '\r\n', '\r'),
  chunkBytes: fc.constantFrom(1, 7, 64, 333, 65536),
  limits: fc.constantFrom(
    {},
    {},
    SPILLING,
    { skuBytesMax: 8 },
    { recordBytesMax: 90 },
    { recordCellsMax: 64 },
    { extraCellBytesMax: 3 },
  ),
});

function caseOf(table: readonly string[], lineEnd: string, chunkBytes: number, config: object): MemoryCase {
  const bytes = new TextEncoder().encode([HEADER, ...table, ''].join(lineEnd));
  return {
    config,
    files: { v: { name: 'v.csv', bytes } },
    skuMaps: { v: new TextEncoder().encode(SKU_MAP) },
    sideFiles: { 'prices.csv': new TextEncoder().encode(PRICES) },
    chunkBytes,
  };
}

/** Rows enough for the kernel, whatever the few random cases of the short form are. */
const ORDINARY = Array.from({ length: 80 }, (_, n) => `QL-${n},,5,3,${n}.56,,9.5,779.48,New,Vulcan,Eco ${n},`);

test('property: feeds of ordinary and odd rows end the same way', async () => {
  const property = fc.asyncProperty(lines, settings, async (table, { lineEnd, chunkBytes, limits }) => {
    await assertSame(caseOf(table, lineEnd, chunkBytes, configOf()), limits);
  });
  const options = { numRuns: countOf(120), examples: [[ORDINARY, { lineEnd: '\n', chunkBytes: 65536, limits: {} }]] };
  assert.ok((await kernelCalls(() => fc.assert(property, options))).taken > countOf(500));
});

/** Numbers that are stored, and texts that look like them: mostly ordinary ones, and three decimals. */
const mostly = (ordinary: fc.Arbitrary<string>, ...others: fc.Arbitrary<string>[]) =>
  fc.oneof({ weight: 20, arbitrary: ordinary }, ...others);
const sheetInteger = mostly(fc.nat({ max: 90 }).map(String), integer);
const sheetMoney = mostly(cell('', '5', '12.5', '1.299', '0.125', '1299.001', '19.99'), money);
const sheetCell = (of: fc.Arbitrary<string>) =>
  fc.tuple(of, cell('n', 'n', 's')).map(([text, type]) => {
    if (text === '') return '<c/>';
    const isStored = type === 'n' && /^\d+(\.\d+)?$/.test(text);
    return isStored ? `<c><v>${text}</v></c>` : `<c t="inlineStr"><is><t>${text}</t></is></c>`;
  });
const sheetRow = fc
  .tuple(
    sheetCell(mostly(cell('A-1', 'B-2', '4711', '1-Mar'), cell('', '0.125', '47.110'))),
    ...[sheetInteger, sheetInteger, sheetMoney, sheetMoney, sheetMoney, sheetMoney].map(sheetCell),
    sheetCell(mostly(cell('new', 'used'), condition)),
  )
  .map(([name, ...numbers]) => `<row>${name}<c/>${numbers.join('')}<c/><c/><c s="1"><v>46327.5</v></c></row>`);

test('property: sheets with numbers that are stored, and with texts that look like them, end the same way', async () => {
  const header = HEADER.split(',').map((name) => `<c t="inlineStr"><is><t>${name}</t></is></c>`);
  const property = fc.asyncProperty(fc.array(sheetRow, { minLength: 8, maxLength: 40 }), async (rows) => {
    const sheet = `<row>${header.join('')}</row>${rows.join('')}`;
    const bytes = workbook({ sheets: [{ name: 'S', rows: sheet }], formats: { ids: [0, 22] } });
    await assertSame({ ...caseOf([], '\n', 65536, configOf()), files: { v: { name: 'v.xlsx', bytes } } }, {});
  });
  const { taken } = await kernelCalls(() => fc.assert(property, { numRuns: countOf(60) }));
  assert.ok(taken > countOf(300), `${taken} rows`);
});

const VALIDATORS = [
  { use: 'required_fields', with: { columns: ['lead_time_days', 'brand'] } },
  { use: 'number_range', with: { column: 'price', min: '1' } },
];

function withVendor(vendor: object, rest: object = {}): object {
  const config = configOf({}, rest) as { vendors: object[] };
  return { ...config, vendors: [{ ...config.vendors[0], ...vendor }] };
}

/** Maps SKUs to ones that are odd, empty, long, or have a control character. */
const SKU_MAP = [
  'vendor_sku,sku',
  ...Array.from({ length: 60 }, (_, i) => `QL-${i},M-${i % 20}`),
  'x,1-Mar',
  'a b,é',
  'SO-1,a\tb',
  'tr,"q,r"',
  `s,${'L'.repeat(5000)}`,
].join('\n');

/** Prices of some SKUs. */
const PRICES = ['Part,Dealer', ...Array.from({ length: 90 }, (_, i) => `QL-${i},${i}.25`), 'tr,x', 'SO-1,$5', ''].join(
  '\n',
);
const priceList = (rest: object) => ({
  columns: { cost: { side_file: 'prices', from: 'Dealer' } },
  side_files: [{ name: 'prices', type: 'file', local_path: 'prices.csv', key: 'Part', missing: 'empty', ...rest }],
});

/** Layouts with composed values, which are read ahead of the kernel. */
const COMPOSED: Array<[name: string, options: object]> = [
  ['numbers in a form', { numbers: { decimal: '.', thousands: ',', currency: true } }],
  ['numbers with commas', { numbers: { decimal: ',', thousands: '.' } }],
  [
    'words, and forms of times',
    {
      time_formats: ['YYYY-MM-DD', 'YYYY-DD-MM'],
      columns: {
        quantity_available: { from: 'quantity_available', words: { x: 7, '1.000': 1000, '': 3 } },
        condition: { from: 'condition', words: { old: 'used', newx: 'new', ne: '' } },
      },
    },
  ],
  [
    'a sum, factors and a filter',
    {
      rows: [{ column: 'brand', keep: ['Acme', 'Vulcan', ''] }],
      columns: {
        quantity_available: { sum: ['quantity_available', 'lead_time_days'] },
        cost: { from: 'cost', multiply_by: 'lead_time_days' },
        price: { from: ['price', 'msrp'], divide_by: 3 },
      },
    },
  ],
  ['a price list by SKU', priceList({})],
  ['a price list by SKU, without which rows are left out', priceList({ missing: 'skip_row' })],
  ['a price list by another column', priceList({ on: 'title' })],
];

const CONFIGS: Array<[name: string, config: object]> = [
  ...COMPOSED.map(([name, options]): [string, object] => [name, configOf({ options })]),
  ['three decimals', configOf({}, { default_currency: 'KWD' })],
  ['a time zone', configOf({ options: { timezone: 'Europe/Berlin' } })],
  ['an extra column', configOf({ column_map: { maker: 'brand' } }, { extra_columns: ['maker'] })],
  ['filters', configOf({ options: { rows: [{ column: 'brand', keep: ['Acme', 'Vulcan'] }] } })],
  ['validators', configOf({}, { validators: VALIDATORS })],
  ['SKUs that may be there once', withVendor({ duplicate_sku: 'error' })],
  ['a SKU map', withVendor({ sku_map: { type: 'file', local_path: 'map.csv' } })],
  [
    'a SKU map, filters, validators and unique SKUs in a zone',
    withVendor(
      {
        sku_map: { type: 'file', local_path: 'map.csv' },
        duplicate_sku: 'error',
        parser: {
          format: 'csv',
          options: { timezone: 'America/New_York', rows: [{ column: 'condition', drop: ['used'] }] },
        },
      },
      { validators: VALIDATORS },
    ),
  ],
];

/** Rows that the kernel took in all of these tests. The few cases of one config may by chance have too few. */
let takenBeside = 0;

for (const [name, config] of CONFIGS) {
  test(`ordinary rows end the same way beside ${name}`, async () => {
    const property = fc.asyncProperty(lines, settings, async (table, { lineEnd, chunkBytes, limits }) => {
      await assertSame(caseOf(table, lineEnd, chunkBytes, config), limits);
    });
    const { taken } = await kernelCalls(() => fc.assert(property, { numRuns: countOf(25) }));
    takenBeside += taken;
  });
}

test('the kernel took many of these rows', () => {
  assert.ok(takenBeside > CONFIGS.length * countOf(50), `${takenBeside} rows`);
});

test('the kernel takes rows with the prices that a price list has for their own SKUs', async () => {
  const config = configOf({ options: priceList({}) });
  const { taken } = await kernelCalls(async () => {
    const run = await assertSame(caseOf(ORDINARY, '\n', 65536, config), {});
    assert.match(run.normalized('v') ?? '', /^QL-7,,v,5,3,7\.25,/m);
  });
  assert.is(taken, ORDINARY.length);
});

test('a quantity of more digits than products of it have room for equals no amount', async () => {
  // its micros are 2^64 and those of the cost
  const table = ORDINARY.map((_, n) => `QL-${n},,18446744073710,3,0.448384,,9.5,779.48,New,Vulcan,Eco ${n},`);
  const run = await assertSame(caseOf(table, '\n', 65536, configOf()), {});
  assert.not.ok(run.artifacts.text('reports/run_summary.json')?.includes('quantity_equals_amount'));
});

test('times that have two readings are counted in their own file only, with the kernel and without', async () => {
  const options = { files: { match: '*' }, time_formats: ['DD/MM/YYYY', 'MM/DD/YYYY'] };
  const file = (name: string, ...lines: string[]) => ({ name, bytes: new TextEncoder().encode(lines.join('\n')) });
  const v = [
    file('a.csv', 'sku,quantity_available,cost,updated_at', 'A-1,1,2.50,03/04/2026'),
    file('b.csv', 'sku,quantity_available,cost', 'B-1,1,2.50', 'B-2,1,3.50'),
  ];
  const run = await assertSame({ config: configOf({ options }), files: { v } }, {});
  assert.ok(run.artifacts.text('reports/run_summary.json')?.includes('"times_ambiguous:v:1"'));
});

test('titles that were cut are shown without one that is shorter and ends in a space', async () => {
  const titleOf = (n: number) =>
    n === 3 ? `${'w'.repeat(49)} ` : n % 3 === 0 && n > 5 ? 'x'.repeat(50) : 'y'.repeat(5 + (n % 30));
  const table = ORDINARY.map((_, n) => `QL-${n},,5,3,${n}.56,,9.5,779.48,New,Vulcan,${titleOf(n)},`);
  const run = await assertSame(caseOf(table, '\n', 65536, configOf()), {});
  const summary = run.artifacts.text('reports/run_summary.json') ?? '';
  assert.ok(summary.includes('titles_cut:v:') && summary.includes('xxx') && !summary.includes('www'));
});

test('thousands of rows end the same way, past the limits for samples and line changes', async () => {
  const table: string[] = [];
  for (let i = 0; i < 13_000; i++) {
    const text = i % 2 === 0 && i < 10_000 ? `"two\nlines"` : i % 11 === 0 ? 'R&amp;D' : `Title ${i}`;
    table.push(
      `SK-${(i * 7919) % 13_000},,${i % 30 === 0 ? '' : i},3,1.56,,0.5,7.125,used,Br,${text},2026-09-08T23:08:00Z`,
    );
  }
  const run = await assertSame(caseOf(table, '\n', 65536, configOf()), {});
  assert.is(run.outcome.status, 'SUCCEEDED');
});

test('the kernel takes rows whose brands and titles begin like odd ones', async () => {
  // many ordinary texts begin with the two letters of a word for an empty cell or a total
  const words =
    'Nord Tools Nullarbor Summit Total-Cover Page-Up Notch Trek False-Bay Unda North Dito-Line Printex None-stick';
  const table = words
    .split(' ')
    .map((word, i) => `SK-${i},,5,3,1.56,,2.5,7.12,new,${word},${word} ${i},2026-09-08T23:08:00Z`);
  const { taken } = await kernelCalls(() => runWith(caseOf(table, '\n', 65536, configOf()), { kernelFromBytes: 0 }));
  assert.is(taken, table.length);
});

test('without memory for a kernel the run works without it', async () => {
  const described = WebAssembly.Memory;
  WebAssembly.Memory = function none() {
    throw new RangeError('no address space');
  } as unknown as typeof WebAssembly.Memory;
  try {
    const run = await runWith(caseOf(['A,,1,1,2,,3,4,new,b,t,'], '\n', 64, configOf()), { kernelFromBytes: 0 });
    assert.is(run.outcome.summary.total_rows, 1);
  } finally {
    WebAssembly.Memory = described;
  }
});

test.run();
