/** Text columns get what a workbook's cells show; number columns get what is stored. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { runCase } from '../../testing/harness.ts';
import { PLAIN_TENANT } from '../../testing/plain-tenant.ts';
import { type SheetSpec, type WorkbookSpec, workbook } from '../kit/container/testing/archives.ts';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

/** A number under a format, an error, a truth value, or a formula without a value; a string is a text. */
type SheetCell = string | { value: string; format?: string; type?: 'n' | 's' | 'e' | 'b' } | { formula: string };

/** Escapes for XML. */
const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function bookOf(rows: readonly SheetCell[][], more: Partial<WorkbookSpec> = {}, sheets: SheetSpec[] = []): Uint8Array {
  const codes = [
    ...new Set(rows.flat().flatMap((one) => (typeof one === 'object' && 'format' in one ? [one.format!] : []))),
  ];
  const cell = (one: SheetCell): string => {
    if (typeof one === 'string') return `<c t="inlineStr"><is><t>${xml(one)}</t></is></c>`;
    if ('formula' in one) return `<c><f>${xml(one.formula)}</f></c>`;
    const style = one.format === undefined ? 0 : codes.indexOf(one.format) + 1;
    return `<c s="${style}" t="${one.type ?? 'n'}"><v>${xml(one.value)}</v></c>`;
  };
  const data = rows.map((row, i) => `<row r="${i + 1}">${row.map(cell).join('')}</row>`).join('');
  const formats = {
    custom: codes.map((code, i) => `<numFmt numFmtId="${i + 164}" formatCode="${xml(code)}"/>`).join(''),
    ids: [0, ...codes.map((_, i) => i + 164)],
  };
  return workbook({ formats, ...more, sheets: [{ name: 'Stock', rows: data }, ...sheets] });
}

const number = (value: string, format?: string): SheetCell => (format === undefined ? { value } : { value, format });
const COLUMNS = ['sku', 'quantity_available', 'cost', 'brand', 'title'];

async function run(bytes: Uint8Array, parser: object = {}, more: object = {}) {
  const { merged, errors, outcome, artifacts } = await runCase({
    config: {
      ...PLAIN_TENANT,
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
      output: { columns: COLUMNS },
    },
    files: { v: { name: 'feed.xlsx', bytes } },
    ...more,
  });
  const rows = merged?.trimEnd().split('\n').slice(1) ?? [];
  const codes = errors.map((one) =>
    'problems' in one ? one.problems.map((p) => `${p.column} ${p.error_code}`) : one.error_code,
  );
  const manifest = artifacts.text('reports/input_manifest.json') ?? '';
  return { rows, codes, warnings: outcome.summary?.warnings ?? [], manifest, errors };
}

test('SKUs and titles are read as shown, amounts and quantities as stored', async () => {
  const rows: SheetCell[][] = [
    COLUMNS,
    [
      number('42', '"SKU-"0000'),
      number('5', '0" pcs"'),
      number('12.5', '#,##0.00 "€"'),
      number('0.5', '0%'),
      number('46327', 'd-mmm'),
    ],
    [
      number('1234567', '0000-000'),
      number('7', '000'),
      number('9.994', '0'),
      number('1', '"Acme"'),
      number('12.5', '0.00'),
    ],
    [
      number('2065551234', '[<=9999999]###-####;(###) ###-####'),
      number('1'),
      number('1'),
      number('5.25', '# ?/?'),
      number('0.75', 'h:mm'),
    ],
    [
      number('12345678', '000\\-00\\-0000'),
      number('1'),
      number('1'),
      number('3', ';;;'),
      number('5012345678900', '0.00E+00'),
    ],
    [{ value: '0', format: '"T-"@', type: 's' }, number('1'), number('1'), 'B', { value: '1', type: 'b' }],
    [number('8', '\\A0000'), number('1'), number('1'), number('-5', '0;(0)'), number('1234', '#,##0')],
  ];
  const {
    rows: read,
    codes,
    warnings,
  } = await run(bookOf(rows, { strings: '<si><r><t>00</t></r><r><t>7</t></r></si>' }));
  assert.equal(codes, []);
  assert.equal(warnings, []);
  assert.equal(read, [
    '(206) 555-1234,1,1.00,5 1/4,18:00',
    '012-34-5678,1,1.00,,5012345678900',
    '1234-567,7,9.99,Acme,12.50',
    'A0008,1,1.00,(5),1234',
    'SKU-0042,5,12.50,50%,1-Nov',
    'T-007,1,1.00,B,TRUE',
  ]);
});

test('an error, or a formula without a value, is empty in a text column and refused in a number column', async () => {
  const error = (value: string): SheetCell => ({ value, type: 'e' });
  const rows: SheetCell[][] = [
    COLUMNS,
    ['A', number('1'), number('1'), error('#N/A'), { formula: 'VLOOKUP(A3,"x",2)' }],
    [error('#REF!'), number('1'), number('1'), 'B', 'T'],
    ['C', error('#VALUE!'), { formula: 'B4*2' }, 'B', 'T'],
    ['D', number('1'), number('1'), '#N/A', '=text'],
  ];
  const { rows: read, codes, warnings } = await run(bookOf(rows));
  assert.equal(read, ['A,1,1.00,,', 'D,1,1.00,#N/A,=text']);
  assert.equal(codes, [['sku missing_value'], ['quantity_available invalid_int', 'cost invalid_decimal']]);
  assert.equal(warnings, [
    'sheet_errors:v:3:"Stock" D2 "#N/A"; E2 "=VLOOKUP(A3,\\"x\\",2)"; A3 "#REF!"',
    'text_no_value:v:1',
    'invalid_rows_within_threshold',
  ]);
});

test('an error that `words` or a row filter names is read as that text', async () => {
  const rows: SheetCell[][] = [
    COLUMNS,
    ...['#N/A', '#REF!'].map((value): SheetCell[] => [
      { value, type: 'e' },
      number('1'),
      number('1'),
      { value, type: 'e' },
      'T',
    ]),
  ];
  rows.push(['C', number('1'), number('1'), 'B', 'T']);
  const options = { rows: [{ column: 'sku', drop: ['#*'] }] };
  assert.equal((await run(bookOf(rows), { options })).rows, ['C,1,1.00,B,T']);
  const columns = {
    brand: { from: 'brand', words: { '#N/A': 'Acme', '#REF!': '' } },
    sku: { join: { columns: ['sku', 'title'], with: '-' } },
  };
  const read = await run(bookOf(rows), { options: { columns } });
  assert.equal(read.rows, ['C-T,1,1.00,B,T', 'T,1,1.00,Acme,T']);
});

test('a sheet may have two header rows, titles, a header of numbers or no header', async () => {
  const titles: SheetCell[][] = [['List', '', number('46327', 'dd.mm.yyyy')], ['of two\nlines']];
  const row = [number('42', '"S"000'), number('5', '0" pcs"'), number('2.5', '0')];
  const top = bookOf([...titles, ['sku', 'quantity', 'cost'], ['', 'available', ''], row]);
  const options = { skip_lines: 3, header_rows: 2, columns: { quantity_available: { from: 'quantity available' } } };
  assert.equal((await run(top, { options })).rows, ['S042,5,2.50,,']);
  const years = bookOf([[number('2026', '"Y"0000'), number('46327', 'mmm-yy'), 'cost'], row]);
  const byYear = { columns: { sku: { from: 'Y2026' }, quantity_available: { from: '2026-11-01' } } };
  assert.equal((await run(years, { options: byYear })).rows, ['S042,5,2.50,,']);
  const byPlace = { sku: { from: '#0' }, quantity_available: { from: '#1' }, cost: { from: '#2' } };
  assert.equal((await run(bookOf([row]), { options: { header: false, columns: byPlace } })).rows, ['S042,5,2.50,,']);
});

test('a side file that is a workbook is joined by what its cells show', async () => {
  const prices = bookOf([
    ['Part', 'List', 'Name'],
    [number('42', '"S"000'), number('3.5', '"€"0'), number('7', '"N"00')],
    [{ value: '#N/A', type: 'e' }, number('1'), 'x'],
  ]);
  const feed = bookOf([COLUMNS, [number('42', '"S"000'), number('5'), number('1'), 'B', 'T']]);
  const options = {
    columns: { cost: { side_file: 'prices', from: 'List' }, title: { side_file: 'prices', from: 'Name' } },
    side_files: [{ name: 'prices', type: 'file', local_path: 'prices.xlsx', key: 'Part' }],
  };
  const { rows, warnings } = await run(feed, { options }, { sideFiles: { 'prices.xlsx': prices } });
  assert.equal(rows, ['S042,5,3.50,B,N07']);
  assert.equal(warnings, ['side_file_errors:v:prices:1']);
});

test('times of both date systems are read', async () => {
  const rows: SheetCell[][] = [['sku', 'quantity_available', 'cost', 'updated_at', 'title']];
  rows.push(['A', number('1'), number('1'), number('44865.5', 'dd.mm.yyyy'), number('44865.5', 'dd.mm.yyyy')]);
  const { rows: read, codes } = await run(bookOf(rows, { date1904: true }));
  assert.equal([read, codes], [['A,1,1.00,,01.11.2026'], []]);
});

test('a vendor module’s code gets numbers as stored and codes as shown', async () => {
  const moved = defineVendorParser({
    id: 'moved',
    version: '1.0.0',
    summary: 'cells moved',
    delimiter: ';',
    encodings: { candidates: [] },
    options: { row: z.boolean().default(true) },
    example: {},
    table: () => ({
      columns: { sku: { from: 'sku' }, quantity_available: { from: 'quantity_available' }, cost: { from: 'title' } },
    }),
    row: () => (cells) => [cells[0]!, cells[1]!, '', '', cells[4]!],
  });
  const feed = bookOf([COLUMNS, [number('42', '"S"000'), number('5'), '', '', number('2.5', '"x"0')]]);
  const { rows } = await run(feed, { format: 'moved' }, { plugins: [moved] });
  assert.equal(rows, ['S042,5,2.50,,']);
});

const filled = (name: string, state = 'visible'): SheetSpec => ({ name, state, rows: '<row><c><v>1</v></c></row>' });

test('unread sheets are named unless they are empty or hidden, or a sheet was asked for', async () => {
  const rows: SheetCell[][] = [COLUMNS, ['A', number('1'), number('1'), 'B', 'T']];
  const others = [filled('Prices'), { name: 'Sheet3', rows: '' }, filled('Old', 'hidden')];
  const book = bookOf(rows, {}, others);
  const { warnings, manifest } = await run(book);
  assert.equal(warnings, ['sheets_not_read:v:read "Stock", not "Prices"']);
  assert.match(manifest, 'sheet \\"Stock\\" of 4, not read: \\"Prices\\", hidden: \\"Old\\"');
  assert.equal((await run(book, { options: { sheet: 'Stock' } })).warnings, []);
  assert.equal((await run(bookOf(rows, {}, others.slice(1)))).warnings, []);
});

test('if the first sheet lacks the columns, the error names the other sheets', async () => {
  const { errors } = await run(bookOf([['Price list'], ['of Acme']], {}, [filled('Prices')]));
  assert.match(JSON.stringify(errors), 'this is the sheet \\"Stock\\", others are \\"Prices\\": choose one');
});

test.run();
