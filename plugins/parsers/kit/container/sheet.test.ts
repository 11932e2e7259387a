import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../../core/errors.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../../../../core/ports/engine.ts';
import { memorySource } from '../../../in-memory/ports.ts';
import { openTable } from './container.ts';
import { type SheetSpec, type WorkbookSpec, workbook, zip } from './testing/archives.ts';
import { decimalText, numberText } from './workbook/cell-text.ts';
import { formatOf, NumberFormat } from './workbook/number-format.ts';

interface Options {
  sheet?: string;
  limits?: Partial<EngineLimits>;
  square?: boolean;
}

async function read(bytes: Uint8Array, { sheet, limits = {}, square = false }: Options = {}) {
  const table = await openTable(memorySource('feed.xlsx', bytes, 33), {
    member: null,
    sheet: sheet ?? null,
    limits: { ...DEFAULT_LIMITS, ...limits },
    squareSheet: square,
  });
  const parts: Uint8Array[] = [];
  for await (const chunk of table.source.open()) parts.push(chunk.slice());
  return { text: Buffer.concat(parts).toString(), ...table };
}

async function refusal(spec: WorkbookSpec | Uint8Array, options: Options = {}): Promise<string> {
  try {
    return `read: ${(await read(spec instanceof Uint8Array ? spec : workbook(spec), options)).text}`;
  } catch (error) {
    assert.instance(error, RelayError, String((error as Error).stack));
    return `${(error as RelayError).code}: ${(error as Error).message}`;
  }
}

const textOf = async (spec: Omit<WorkbookSpec, 'sheets'>, rows: string): Promise<string> =>
  (await read(workbook({ ...spec, sheets: [{ name: 'S', rows }] }))).text;

test('shared, rich, inline and formula texts are read, with escapes and what needs quotes', async () => {
  const strings = `<si><t>a &amp; "b"</t></si><si><r><t>ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">ch </t></r>
    <rPh sb="0" eb="1"><t>kana</t></rPh></si><si><t>two_x000D_
lines</t></si><si><t>_x005F_x0041_</t></si><si/>`;
  const cells = [
    ...[0, 1, 2, 3, 4].map((n) => `<c t="s"><v>${n}</v></c>`),
    '<c t="inlineStr"><is><t>in, line</t></is></c>',
    '<c t="str"><f>A1&amp;"x"</f><v>made</v></c>',
    '<c><f>SUM(A1:A2)</f></c>',
    '<c t="e"><v>#N/A</v></c>',
    '<c t="b"><v>1</v></c>',
    '<c t="d"><v>2026-11-01T00:00:00</v></c>',
    '<c t="str"><v>007</v></c>',
  ];
  assert.is(
    await textOf({ strings }, `<row r="1">${cells.join('')}</row>`),
    '"a & ""b""",rich ,"two\r\nlines",_x0041_,,"in, line",made,=SUM(A1:A2),#N/A,TRUE,2026-11-01,007\n',
  );
});

test('cells keep their places across gaps in rows and columns, even without addresses', async () => {
  const rows =
    '<row><c><v>1</v></c><c r="D1"><v>4</v></c><c><v>5</v></c></row><row r="4"><c r="B4"><v>2</v></c><c r="C4" s="1"/></row><row r="6"/>';
  assert.is(await textOf({}, rows), '1,,,4,5\n\n\n,2,,,\n');
  const wider = `${rows}<row r="7"><c r="F7"><v>6</v></c></row>`;
  const square = workbook({ sheets: [{ name: 'S', rows: wider }] });
  assert.is((await read(square)).text, '1,,,4,5\n\n\n,2,,,\n\n\n,,,,,6\n');
  assert.is((await read(square, { square: true })).text, '1,,,4,5,\n\n\n,2,,,,\n\n\n,,,,,6\n');
  assert.is(
    await textOf({}, '<row><c><v>1</v></c><c><v>2</v></c></row><row><c t="str"><v> </v></c></row>'),
    '1,2\n \n',
  );
});

test('a number becomes the text that a person sees, without binary noise', () => {
  const cases: [string, string][] = [
    ['19.989999999999998', '19.99'],
    ['0.30000000000000004', '0.3'],
    ['0.1', '0.1'],
    ['10.50', '10.5'],
    ['4711.0', '4711'],
    ['4711.', '4711'],
    ['+4711', '4711'],
    ['-0.50', '-0.5'],
    ['.5', '0.5'],
    ['1E3', '1000'],
    ['-5', '-5'],
    ['1E-3', '0.001'],
    ['1.2345E+2', '123.45'],
    ['1e15', '1000000000000000'],
    ['8.9012345678901227E+18', '8901234567890122700'],
    ['12345678901234567', '12345678901234567'],
    ['1234.5678901234567', '1234.56789012346'],
    ['9.9999999999999999E-2', '0.1'],
    ['-0.10000000000000001', '-0.1'],
    ['007', '007'],
    [`${'9'.repeat(310)}.5`, `${'9'.repeat(310)}.5`],
    ['n/a', 'n/a'],
    ['', ''],
  ];
  for (const [stored, text] of cases) assert.is(decimalText(stored), text, stored);
});

test('a number with a date format becomes a date or a time', () => {
  const kinds: [string, string][] = [
    ['yyyy-mm-dd', 'date'],
    ['m/d/yy h:mm', 'date'],
    ['[$-409]mmm\\-yy;@', 'date'],
    ['mmmm', 'date'],
    ['h:mm AM/PM', 'time'],
    ['mm:ss.0', 'time'],
    ['[h]:mm:ss', 'duration'],
    ['[mm]:ss', 'duration'],
    ['General', 'general'],
    ['#,##0.00 "days"', 'number'],
    ['[Red]0.00', 'number'],
    ['[$€-407]#,##0.00', 'number'],
    ['0.00E+00', 'scientific'],
    ['@', 'text'],
  ];
  const kindOf = (format: NumberFormat | null) => format?.choose(1)?.section.kind;
  for (const [code, kind] of kinds) assert.is(kindOf(new NumberFormat(code)), kind, code);
  assert.is(kindOf(formatOf(14, undefined)), 'date');
  assert.is(kindOf(formatOf(46, undefined)), 'duration');
  assert.equal([formatOf(0, undefined), formatOf(49, undefined), formatOf(164, 'General')], [null, null, null]);
  const date = formatOf(14, undefined);
  const cases: [string, string][] = [
    ['46327', '2026-11-01'],
    ['46327.520833333336', '2026-11-01 12:30:00'],
    ['46326.999999999', '2026-11-01'],
    ['1', '1900-01-01'],
    ['59', '1900-02-28'],
    ['61', '1900-03-01'],
    ['0.75', '18:00:00'],
    ['-1', '-1'],
    ['1e9', '1000000000'],
    ['', ''],
  ];
  for (const [stored, text] of cases) assert.is(numberText(stored, date, false), text, stored);
  assert.is(numberText('44865', date, true), '2026-11-01');
  assert.is(numberText('1.5', formatOf(46, undefined), false), '36:00:00');
  assert.is(numberText('46327.25', formatOf(20, undefined), false), '2026-11-01 06:00:00');
});

test('styles of a workbook reach its cells', async () => {
  const formats = { custom: '<numFmt numFmtId="164" formatCode="000000"/>', ids: [0, 14, 164] };
  const rows = '<row r="1"><c s="1"><v>46327</v></c><c s="2"><v>42</v></c><c s="9"><v>7</v></c><c><v>8</v></c></row>';
  assert.is(await textOf({ formats }, rows), '2026-11-01,000042,7,8\n');
  assert.is(await textOf({ formats, date1904: true }, '<row r="1"><c s="1"><v>44865</v></c></row>'), '2026-11-01\n');
});

const sheet = (name: string, state = 'visible'): SheetSpec => ({
  name,
  state,
  rows: `<row r="1"><c t="inlineStr"><is><t>${name}</t></is></c></row>`,
});

test('the first visible sheet is read, or the named one', async () => {
  const bytes = workbook({
    sheets: [sheet('Notes', 'hidden'), sheet('Stock'), sheet('Prices'), sheet('Old', 'veryHidden')],
  });
  const first = await read(bytes);
  const via = ['sheet "Stock" of 4, not read: "Prices", hidden: "Notes", "Old"'];
  assert.equal([first.text, first.via, first.isSheet], ['Stock\n', via, true]);
  assert.is((await read(bytes, { sheet: 'prices ' })).text, 'Prices\n');
  assert.is((await read(bytes, { sheet: 'Notes' })).text, 'Notes\n');
  const missing = await refusal(bytes, { sheet: 'Price' });
  assert.match(missing, /^invalid_input: .*did you mean "Prices".*"Notes", "Stock", "Prices", "Old"/);
  assert.match(await refusal({ sheets: [sheet('A', 'hidden')] }), /^invalid_input: .*no visible sheet/);
});

test('a workbook inside an archive is read', async () => {
  const bytes = zip([{ name: 'a/feed.xlsx', data: workbook({ sheets: [sheet('S')] }), method: 0 }]);
  assert.equal((await read(bytes)).via, ['ZIP member "a/feed.xlsx"', 'sheet "S"']);
});

test('broken or malicious XML is refused', async () => {
  const one = (rows: string): WorkbookSpec => ({ sheets: [{ name: 'S', rows }] });
  const part = (data: string): WorkbookSpec => ({
    ...one(''),
    members: [{ name: 'xl/worksheets/sheet1.xml', data, method: 0 }],
  });
  const cases: [WorkbookSpec, RegExp][] = [
    [part('<!DOCTYPE x [<!ENTITY a "aa">]><worksheet/>'), /document type/],
    [one('<row r="1"><c t="str"><v>&unknown;</v></c></row>'), /well-formed/],
    [part('<worksheet><sheetData>'), /well-formed/],
    [part(`<worksheet>${'<a>'.repeat(100)}`), /nested/],
    [part(`<worksheet a="${'x'.repeat(3 << 20)}"/>`), /no end/],
    [one('<row r="2"/><row r="2"/>'), /row 2 comes after row 2/],
    [one('<row r="1048577"/>'), /row 1048577/],
    [one('<row r="1"><c r="A2"><v>1</v></c></row>'), /cell "A2"/],
    [one('<c r="A1"/>'), /outside a row/],
    [one('<row r="1"><c t="s"><v>0</v></c></row>'), /a text that does not exist/],
    [
      { ...one(''), members: [{ name: 'xl/workbook.xml', data: '<workbook><sheets/></workbook>' }] },
      /no visible sheet/,
    ],
    [{ ...one(''), members: [{ name: 'XL/worksheets/Sheet1.xml', data: '<a/>' }] }, /more than one part/],
  ];
  for (const [spec, words] of cases) {
    const message = await refusal(spec);
    assert.match(message, /^invalid_input: /);
    assert.match(message, words);
  }
});

test('limits hold on both sides', async () => {
  const strings = `<si><t>${'x'.repeat(90)}</t></si><si><t>€</t></si>`;
  const spec: WorkbookSpec = { strings, sheets: [{ name: 'S', rows: '<row r="1"><c t="s"><v>1</v></c></row>' }] };
  const cases: [keyof EngineLimits, WorkbookSpec, number, string][] = [
    ['sharedStringsBytes', spec, 90 + 16 + 3 + 16, 'LIMIT_SHARED_STRINGS_BYTES'],
    ['cellCharsMax', spec, 90, 'LIMIT_CELL_CHARS'],
    [
      'sheetColumnsMax',
      { sheets: [{ name: 'S', rows: '<row><c r="AB1"><v>1</v></c></row>' }] },
      28,
      'LIMIT_SHEET_COLUMNS',
    ],
    [
      'sheetEmptyCellsMax',
      { sheets: [{ name: 'S', rows: '<row><c r="XFD1"><v>1</v></c></row>' }] },
      16_383 - 50,
      'LIMIT_SHEET_EMPTY_CELLS',
    ],
    [
      'cellCharsMax',
      { sheets: [{ name: 'S', rows: '<row><c t="str"><v>abcde</v></c></row>' }] },
      5,
      'LIMIT_CELL_CHARS',
    ],
    [
      'vendorFileBytesMax',
      { sheets: [{ name: 'S', rows: `<row r="3"><c><v>1</v></c></row>${' '.repeat(5)}` }] },
      900,
      '',
    ],
  ];
  for (const [limit, one, max, name] of cases) {
    assert.match(await refusal(one, { limits: { [limit]: max } }), /^read: /, limit);
    if (name === '') continue;
    const message = await refusal(one, { limits: { [limit]: max - 1 } });
    assert.match(message, /^INPUT_TOO_LARGE: /, limit);
    assert.ok(message.includes(name), message);
  }
  const long = { sheets: [{ name: 'S', rows: '<row r="1000000"><c><v>1</v></c></row>' }] };
  assert.match(await refusal(long, { limits: { vendorFileBytesMax: 1_000_001 } }), /^read: /);
  assert.match(await refusal(long, { limits: { vendorFileBytesMax: 1_000_000 } }), /LIMIT_VENDOR_FILE_BYTES/);
});

test.run();
