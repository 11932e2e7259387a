/** Values from the lines above the header: found by line or label, read like cells, and reported if missing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { checkConfig } from '../../../core/config/check.ts';
import { PreambleBytes } from '../../../core/pipeline/normalize/feed/preamble.ts';
import { runCase, testRegistry } from '../../testing/harness.ts';
import { csvOptionsConfig } from '../../testing/plain-tenant.ts';

const TABLE = 'sku;quantity_available;cost\nA;1;2\nB;3;4\n';

interface Setting {
  head: string;
  columns: Record<string, object>;
  preamble: object[];
  more?: object;
  chunkBytes?: number;
  delimiter?: string;
  table?: string;
}

async function run({ head, columns, preamble, more = {}, chunkBytes = 5, delimiter = ';', table = TABLE }: Setting) {
  const skip_lines = head.split(/\r\n|\r|\n/).length - 1;
  const options = { skip_lines, columns, preamble, ...more };
  const files = { v: { name: 'feed.csv', bytes: toBytes(head + table) } };
  const { normalized, errors, outcome } = await runCase({
    config: csvOptionsConfig(options, delimiter),
    files,
    chunkBytes,
  });
  const [header = '', ...lines] = (normalized('v') ?? '').split('\n');
  const names = header.split(',');
  const [entry] = errors;
  return {
    column: (name: string) => lines.slice(0, -1).map((line) => line.split(',')[names.indexOf(name)]),
    fault: entry?.error_code ?? '',
    message: outcome.error_message ?? '',
    code: outcome.error_code,
    warnings: outcome.summary.warnings,
  };
}

/** The lines above the header, where the value is, and the value; for a fault `!` and its code. */
const FOUND: Array<[string, object, string]> = [
  ['Warehouse;Berlin\n', { after: 'Warehouse' }, 'Berlin'],
  ['Warehouse:;;Berlin;\n', { after: 'warehouse' }, 'Berlin'],
  ['Warehouse: Berlin\n', { after: 'Warehouse' }, 'Berlin'],
  ['x\n"Warehouse";"Berlin; Mitte"\ny\n', { after: 'Warehouse' }, 'Berlin; Mitte'],
  ['Stock of warehouse   Berlin Mitte;\n', { after: 'warehouse' }, 'Berlin Mitte'],
  ['Warehouses: 4\nWarehouse: Berlin\n', { after: 'Warehouse' }, 'Berlin'],
  ['Subwarehouse: 4\n', { after: 'Warehouse' }, '!preamble_missing'],
  ['Warehouse = Berlin\r\n', { after: 'Warehouse' }, 'Berlin'],
  ['Warehouse\u00a0Berlin\n', { after: 'Warehouse' }, 'Berlin'],
  ['Warehouse;\n', { after: 'Warehouse' }, '!preamble_missing'],
  ['Depot;Berlin\n', { after: 'Warehouse' }, '!preamble_missing'],
  ['Depot;Berlin\n', { after: 'Warehouse', optional: true }, ''],
  ['List\nBerlin;;\n', { line: 2 }, 'Berlin'],
  ['List\n;Berlin\n', { line: 2 }, 'Berlin'],
  ['List\nWarehouse;Berlin;Mitte\n', { line: 2, cell: '#2' }, 'Mitte'],
  ['List\nWarehouse;Berlin\n', { line: 2, cell: '#2' }, '!preamble_missing'],
  ['List\n;;\n', { line: 2 }, '!preamble_missing'],
  ['From Berlin to Ulm\n', { after: 'from', before: 'to' }, 'Berlin'],
  ['From Berlin\n', { after: 'from', before: 'to' }, '!preamble_missing'],
  ['Stock Berlin (EUR)\n', { line: 1, before: '(' }, 'Stock Berlin'],
  ['Vendor: Smith; Jones & Co\n', { after: 'Vendor', whole_line: true }, 'Smith; Jones & Co'],
  ['Warehouse: Berlin\nWarehouse: Ulm\n', { after: 'Warehouse' }, '!preamble_ambiguous'],
  ['Warehouse: Berlin\nWarehouse: Ulm\n', { after: 'Warehouse', line: 2 }, 'Ulm'],
  ['Warehouse: Berlin\nWarehouse: Berlin\n', { after: 'Warehouse' }, 'Berlin'],
  ['Warehouse: Berlin\n', { after: 'Warehouse', is: ['Ulm', 'BERLIN'] }, 'Berlin'],
  ['Warehouse: Berlin\n', { after: 'Warehouse', is: ['Ulm'] }, '!preamble_mismatch'],
  [`Warehouse: ${'x'.repeat(1001)}\n`, { after: 'Warehouse' }, '!preamble_mismatch'],
  ['Warehouse: 17" wheels\n', { after: 'Warehouse' }, '17" wheels'],
  ['"Warehouse: ""B"""\n', { after: 'Warehouse' }, '"B"'],
];

test('a value is found by line or label', async () => {
  for (const [head, place, wanted] of FOUND) {
    for (const chunkBytes of [1, 1 << 16]) {
      const preamble = [{ name: 'place', ...place }];
      const seen = await run({ head, preamble, columns: { brand: { preamble: 'place' } }, chunkBytes });
      const what = `${head}${JSON.stringify(place)}: ${seen.message}`;
      assert.is(seen.fault, wanted.startsWith('!') ? wanted.slice(1) : '', what);
      const quoted = /["]/.test(wanted) ? `"${wanted.replaceAll('"', '""')}"` : wanted;
      if (!wanted.startsWith('!')) assert.equal(seen.column('brand'), [quoted, quoted], what);
      else assert.is(seen.code, 'invalid_input', what);
      assert.is(seen.warnings.includes('preamble_value_missing:v:place'), wanted === '', what);
    }
  }
});

test('a value is read like a cell of its column', async () => {
  const head = 'Price list valid from 01.03.2026\nCondition: A-Ware\nLead time: 1.200 days\nList price 1.234,50 EUR\n';
  const seen = await run({
    head,
    preamble: [
      { name: 'valid', after: 'valid from' },
      { name: 'grade', after: 'Condition' },
      { name: 'lead', after: 'Lead time', before: 'days' },
      { name: 'list', after: 'List price' },
    ],
    columns: {
      updated_at: { preamble: 'valid' },
      condition: { preamble: 'grade', words: { 'A-Ware': 'new' } },
      lead_time_days: { preamble: 'lead' },
      msrp: { preamble: 'list' },
    },
    more: { time_formats: ['DD.MM.YYYY'], numbers: { decimal: ',', thousands: '.', currency: true } },
  });
  assert.is(seen.fault, '', seen.message);
  assert.equal(seen.column('updated_at'), ['2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z']);
  assert.equal(seen.column('condition'), ['new', 'new']);
  assert.equal(seen.column('lead_time_days'), ['1200', '1200']);
  assert.equal(seen.column('msrp'), ['1234.50', '1234.50']);
});

test('a value that is invalid for its column fails the run at once, with line and value', async () => {
  const seen = await run({
    head: 'Stock\nPrice list valid from March 1\n',
    preamble: [{ name: 'valid', after: 'valid from' }],
    columns: { updated_at: { preamble: 'valid' } },
  });
  assert.is(seen.fault, 'preamble_mismatch');
  assert.match(
    seen.message,
    'vendor v: preamble_mismatch: "valid" (line 2) is "March 1", which is no value of updated_at',
  );
});

test('the currency in the preamble must be the tenant’s', async () => {
  const preamble = [{ name: 'currency', after: 'Currency', currency: true }];
  for (const [text, fault] of [
    ['EUR', ''],
    ['€', ''],
    ['eur', ''],
    ['USD', 'preamble_mismatch'],
    ['', 'preamble_missing'],
  ] as const) {
    const seen = await run({ head: `Currency: ${text}\n`, preamble, columns: {} });
    assert.is(seen.fault, fault, `${text}: ${seen.message}`);
  }
});

test('all missing values are named at once, with their expected places', async () => {
  const seen = await run({
    head: 'List\n\n',
    preamble: [
      { name: 'valid', after: 'valid from', before: 'to' },
      { name: 'place', line: 2, cell: '#1' },
    ],
    columns: { updated_at: { preamble: 'valid' }, brand: { preamble: 'place' } },
  });
  assert.match(
    seen.message,
    'the 2 lines above the header lack "valid", after "valid from" before "to"; "place", in line 2 in cell #1',
  );
});

test('a feed that ends above its header is refused', async () => {
  const preamble = [{ name: 'place', after: 'Warehouse' }];
  const seen = await run({
    head: 'Warehouse: Berlin',
    table: '',
    preamble,
    columns: { brand: { preamble: 'place' } },
    more: { skip_lines: 3 },
  });
  assert.is(seen.code, 'missing_required_columns', seen.message);
  assert.is(
    (await run({ head: '', table: '', preamble, columns: {}, more: { skip_lines: 3 } })).fault,
    'preamble_missing',
  );
});

test('a feed in an encoding of another width says so, with a preamble and without one', async () => {
  const options = { skip_lines: 1, preamble: [{ name: 'place', after: 'Warehouse' }] };
  for (const [given, start, fault] of [
    [options, 'Warehouse;Berlin\n', 'preamble_missing'],
    [{}, '', 'missing_required_columns'],
  ] as const) {
    const plain = csvOptionsConfig(given, ';');
    const vendors = plain.vendors.map((vendor) => ({ ...vendor, parser: { ...vendor.parser, encoding: 'utf-16le' } }));
    const files = { v: { name: 'feed.csv', bytes: toBytes(`${start}${TABLE}`.padEnd(100, ' ')) } };
    const { errors, outcome } = await runCase({ config: { ...plain, vendors }, files });
    assert.is(errors[0]?.error_code, fault);
    assert.match(outcome.error_message ?? '', 'the file may not be UTF-16; try parser.encoding "utf-8" or "auto"');
  }
});

test('a value may be a wrapped cell, or belong to a feed without a header', async () => {
  const seen = await run({
    head: 'Warehouse;="007"\n',
    table: 'A;1\n',
    preamble: [{ name: 'place', after: 'Warehouse' }],
    columns: { sku: { from: '#0' }, quantity_available: { from: '#1' }, brand: { preamble: 'place' } },
    more: { header: false, unwrap: true },
  });
  assert.equal(seen.column('brand'), ['007'], seen.message);
});

const PROBLEMS: Array<[object, string]> = [
  [{ preamble: [{ name: 'a' }], skip_lines: 1 }, 'preamble[0]: needs line or after'],
  [{ preamble: [{ name: 'a', line: 3 }], skip_lines: 1 }, 'preamble[0].line: is not above the header: skip_lines is 1'],
  [{ preamble: [{ name: 'a', after: 'x' }] }, 'preamble[0]: needs lines above the header: skip_lines is 0'],
  [
    { preamble: [{ name: 'a', after: 'x', cell: '1' }], skip_lines: 1 },
    'preamble[0].cell: must be a position such as "#0"',
  ],
  [
    { preamble: [{ name: 'a', after: 'x', cell: '#1', whole_line: true }], skip_lines: 1 },
    'preamble[0].cell: a line that is one cell has no positions',
  ],
  [
    { preamble: [{ name: 'a', after: 'x', is: ['EUR'], currency: true }], skip_lines: 1 },
    'preamble[0].is: cannot be combined with currency',
  ],
  [
    { preamble: [{ name: 'a', aftr: 'x', line: 1 }], skip_lines: 1 },
    'preamble[0].aftr: is not a setting (did you mean "after"?)',
  ],
  [
    {
      preamble: [
        { name: 'a', line: 1 },
        { name: 'a', line: 2 },
      ],
      skip_lines: 2,
    },
    'preamble[1].name: is already the name of another value',
  ],
  [
    { preamble: [{ name: 'valid', line: 1 }], columns: { updated_at: { preamble: 'vald' } }, skip_lines: 1 },
    'columns.updated_at.preamble: is none of preamble (did you mean "valid"?)',
  ],
  [
    {
      preamble: [{ name: 'valid', line: 1 }],
      columns: { updated_at: { preamble: 'valid', from: 'x' } },
      skip_lines: 1,
    },
    'columns.updated_at: has more than one source: from, preamble',
  ],
];

test('impossible preambles are refused', () => {
  for (const [options, problem] of PROBLEMS) {
    const checked = checkConfig(csvOptionsConfig(options), testRegistry());
    const found = checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`);
    assert.equal(found, [`vendors[0].parser.options.${problem}`]);
  }
});

test('the first 256 KiB above the header are searched, and a message says how many lines lack a value', async () => {
  const bytes = new PreambleBytes();
  for (const part of ['a\r\nb', 'c\n', '\rd', 'x'.repeat((1 << 18) - 10), 'yz', 'late']) bytes.add(toBytes(part));
  const lines = bytes.lines();
  assert.equal([lines.length, ...lines.slice(0, 3)], [4, 'a', 'bc', '']);
  assert.equal([lines[3]?.length, lines[3]?.slice(-3)], [(1 << 18) - 7, 'xyz']);
  assert.equal(new PreambleBytes().lines(), []);
  const columns = { brand: { preamble: 'of' } };
  for (const [head, lacks] of [
    ['List\n', 'the line above the header lacks'],
    ['List\nMay\n', 'the 2 lines above the header lack'],
  ] as const) {
    const seen = await run({ head, columns, preamble: [{ name: 'of', after: 'by' }] });
    assert.match(seen.message, new RegExp(`${lacks} "of", after "by"$`));
  }
});

test.run();
