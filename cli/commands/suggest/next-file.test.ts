/** `relay suggest` proposes nothing that could lose rows of the next file, and asks where this file does not tell. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { relay } from '../../testing/sandbox.ts';
import { suggested as suggestReport } from '../../testing/suggested.ts';
import type { SuggestReport } from './report.ts';

const test = suite('relay suggest: the next file');

const rows = (count: number, from = 1): string =>
  Array.from({ length: count }, (_, i) => `SK-${from + i},${(i * 7) % 30},${i + 1}.50,Lamp ${i}\n`).join('');
const HEADER = 'sku,qty,cost,title\n';

async function suggested(text: string, args: readonly string[] = []): Promise<SuggestReport> {
  const report = await suggestReport(text, args);
  assert.not.match(JSON.stringify(report), 'skip_last_rows":');
  return report;
}

function asked({ questions }: SuggestReport): string[] {
  return questions.map(({ code, column }) => (column === null ? code : `${code} ${column}`));
}

interface Ending {
  name: string;
  text: string;
  filters: unknown;
  read: [number, number];
  asks?: string[];
}

const NO_TITLE = { column: 'title', is: [''] };
const NO_SKU = { column: 'sku', is: [''] };
const ENDINGS: Ending[] = [
  {
    name: 'two files joined',
    text: HEADER + rows(20) + HEADER + rows(30, 21),
    filters: [{ column: 'sku', drop: ['sku'] }],
    read: [50, 0],
  },
  {
    name: 'three files joined, with byte order marks, blank lines and totals',
    text: `${HEADER}${rows(9)}Total,,,\n\n\ufeff${HEADER}${rows(9, 10)}\n${HEADER}${rows(9, 20)}Total,,,\n`,
    filters: [{ column: 'sku', drop: ['sku', 'Total'] }],
    read: [27, 0],
  },
  {
    name: 'a total with a number',
    text: `${HEADER}${rows(9)}Total: 9,80,45.50,\n`,
    filters: [{ column: 'sku', drop: ['Total: *'], where: NO_TITLE }],
    read: [9, 0],
  },
  {
    name: 'a word in another column',
    text: `${HEADER}${rows(9)},80,45.50,Summe\n`,
    filters: [{ column: 'title', drop: ['Summe'], where: NO_SKU }],
    read: [9, 0],
  },
  {
    name: 'a line of text',
    text: `${HEADER}${rows(9)}\n-- 9 rows exported 2026-11-01 --\n`,
    filters: [{ column: 'sku', drop: ['-- * rows exported * --'], where: { column: 'qty', is: [''] } }],
    read: [9, 0],
  },
  {
    name: 'a number alone',
    text: `${HEADER}${rows(9)},80,,\n`,
    filters: undefined,
    read: [10, 1],
    asks: ['footer_untold'],
  },
  {
    name: 'a SKU that is a word in the last row',
    text: `${HEADER}${rows(9)}DELUXE,,,\n`,
    filters: [{ column: 'sku', drop: ['DELUXE'], where: { column: 'qty', is: [''] } }],
    read: [9, 0],
  },
  {
    name: 'another table below',
    text: `${HEADER}${rows(9)}\nbranch,city\nB1,Bonn\nB2,Kiel\nB3,Ulm\n`,
    filters: undefined,
    read: [13, 4],
    asks: ['other_tables'],
  },
];

for (const { name, text, filters, read, asks = [] } of ENDINGS) {
  test(`the end of the file: ${name}`, async () => {
    const report = await suggested(text);
    assert.equal(report.config.parser.options?.rows, filters);
    assert.equal([report.read.total_rows, report.read.invalid_rows], read);
    assert.equal(asked(report), asks);
  });
}

const AMOUNTS: { header: string; cells: string[]; divided: boolean; asks: string[] }[] = [
  { header: 'unit_cost_cents', cells: ['350', '28330', '1299'], divided: true, asks: [] },
  { header: 'costCents', cells: ['350', '28330', '1299'], divided: true, asks: [] },
  { header: 'Net price (ct)', cells: ['350', '28330', '1299'], divided: true, asks: [] },
  { header: 'cost in pence', cells: ['350', '28330', '1299'], divided: true, asks: [] },
  { header: 'cost minor units', cells: ['350', '28330', '1299'], divided: true, asks: [] },
  { header: 'Cost (cents)', cells: ['3.50', '283.30', '12.99'], divided: false, asks: ['cents_with_decimals cost'] },
  { header: 'unit_cost', cells: ['28330', '350', '1299'], divided: false, asks: ['whole_amounts cost'] },
  { header: 'unit_cost', cells: ['3', '50', '12'], divided: false, asks: [] },
  { header: 'unit_cost', cells: ['28330.50', '350', '1299'], divided: false, asks: [] },
  { header: 'Cost incl. VAT', cells: ['3.50', '4.50', '5.50'], divided: false, asks: ['gross_amounts cost'] },
  { header: 'Gross', cells: ['3.50', '4.50', '5.50'], divided: false, asks: ['gross_amounts'] },
  { header: 'EK inkl. MwSt', cells: ['3.50', '4.50', '5.50'], divided: false, asks: ['gross_amounts cost'] },
  { header: 'Prix achat TTC', cells: ['3.50', '4.50', '5.50'], divided: false, asks: ['gross_amounts cost'] },
  { header: 'Gross weight', cells: ['3.50', '4.50', '5.50'], divided: false, asks: [] },
  { header: 'Cost per 100', cells: ['3.50', '4.50', '5.50'], divided: false, asks: ['pack_prices'] },
  { header: 'Cost per piece', cells: ['3.50', '4.50', '5.50'], divided: false, asks: [] },
  { header: 'Pack size', cells: ['6', '1', '12'], divided: false, asks: ['pack_size'] },
  { header: 'VPE', cells: ['6 Stk', '1 Stk', '12 Stk'], divided: false, asks: ['pack_size'] },
  { header: 'Per', cells: ['per 100', '', '1'], divided: false, asks: ['pack_size'] },
  { header: 'Pack size', cells: ['1', '1', '1'], divided: false, asks: [] },
];

for (const { header, cells, divided, asks } of AMOUNTS) {
  test(`${header}: ${cells.join(', ')}`, async () => {
    const report = await suggested(
      `sku,qty,${header}\n${cells.map((cell, i) => `SK-${i},${i * 3},${cell}\n`).join('')}`,
    );
    const { columns } = (report.config.parser.options ?? {}) as { columns?: { cost?: object } };
    assert.equal(columns?.cost, divided ? { numbers: { divide_by: 100 } } : undefined);
    assert.equal(asked(report), asks);
    if (divided)
      assert.equal(
        report.rows.map(({ cells: read }) => read.cost),
        ['3.5', '283.3', '12.99'],
      );
  });
}

test('a column named SKU wins over a part number, and ETA days are the lead time', async () => {
  const body = Array.from({ length: 9 }, (_, i) => `P${i}77,HB-${i + 100},${i * 3},1.50,${i % 5}\n`).join('');
  const report = await suggested(`Part #,Harbor SKU,Qty,Cost,ETA (days)\n${body}`);
  assert.is(report.config.parser.column_map!.sku, 'Harbor SKU');
  assert.is(report.config.parser.column_map!.lead_time_days, 'ETA (days)');
  assert.equal(
    report.columns.find(({ column }) => column === 'sku')!.rivals.map(({ source }) => source),
    ['Part #'],
  );
});

/** `digits` and its check digit. */
function ean(digits: string): string {
  const sum = [...digits].reverse().reduce((all, digit, i) => all + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return digits + ((10 - (sum % 10)) % 10);
}

test('without a header, numbers are the quantity, EANs neither SKU nor quantity, and rows are shown', async () => {
  const body = (more: (i: number) => string): string =>
    Array.from({ length: 12 }, (_, i) => `Y,${ean(String(400638133300 + i * 7))},SK-${i + 100}${more(i)}\n`).join('');
  const full = await suggested(body((i) => `,${(i * 7) % 9}`));
  assert.equal(full.config.parser.column_map, { sku: '#2', quantity_available: '#3' });
  assert.is(full.rows.length, 5);
  const none = await suggested(body(() => ''));
  assert.equal(none.config.parser.column_map, { sku: '#2' });
  assert.equal(none.rows, []);
  assert.is(none.sample_rows.length, 6);
  assert.equal(none.sample_rows[1], ['Y', ean('400638133300'), 'SK-100']);
});

test('ISO 8601 times, also with fractions of seconds, need no date format', async () => {
  for (const [time, read] of [
    ['2026-10-31T10:00:00.123Z', '2026-10-31T10:00:00Z'],
    ['2026-10-31T10:00:00,5+02:00', '2026-10-31T08:00:00Z'],
    ['2026-10-31T10:00Z', '2026-10-31T10:00:00Z'],
    ['2026-10-31 10:00:00.123456', '2026-10-31T10:00:00Z'],
  ]) {
    const report = await suggested(`sku,qty,cost,updated_at\nW-1,1,1.00,"${time}"\nW-2,2,1.00,"${time}"\n`);
    assert.is(report.rows[0]?.cells.updated_at, read, time);
  }
});

test('options give the lines above the table and the lines of the header', async () => {
  const text = `Nordlicht\na,b,c,d\n${HEADER}${rows(9)}`;
  const told = await suggested(text, ['--skip-lines', '2', '--header-lines', '1']);
  assert.equal(told.config.parser.options, { skip_lines: 2 });
  assert.is(told.read.total_rows, 9);
  const none = await suggested(rows(9), ['--header-lines', '0']);
  assert.equal(none.header, { lines_above: 0, lines: 0, names: [] });
  assert.is((await relay(['suggest', 'feed.csv', '--skip-lines', 'x'])).code, 2);
  assert.is((await relay(['suggest', 'feed.csv', '--header-lines', '11'])).code, 2);
});

test.run();
