/** Rows of a sheet are written alike, scanned or not, however the XML is cut, and in pieces. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../../../../core/errors.ts';
import { DEFAULT_LIMITS } from '../../../../../core/ports/engine.ts';
import { countOf } from '../../../../../core/testing/share.ts';
import { CODES, COLUMNS, formOf, LIMITS, linesOf, workbookOf } from '../testing/lines-of-sheet.ts';
import { SheetLines } from './sheet-lines.ts';
import { readRows } from './sheet-rows.ts';

const test = suite('lines of a sheet');

const oneOf = (...texts: string[]) => fc.constantFrom(...texts);
const NUMBERS = [
  '5',
  '-3',
  '12.50',
  '0.0',
  '007.10',
  '12.',
  '1E3',
  '19.989999999999998',
  '46327',
  '46327.25',
  '',
  ' 4 ',
];
const TEXTS = [
  'a',
  'x &amp; y',
  '&#65;',
  '_x0041_',
  ' ',
  '\u00a0',
  'é',
  'q"q',
  'a,b',
  ']',
  ']]>',
  'two\nlines',
  '&no;',
  '\u0007',
];
const text = fc.oneof(oneOf(...TEXTS), oneOf(...TEXTS, 'x'.repeat(60), 'y'.repeat(61)));
const value = fc.oneof(oneOf(...NUMBERS), text);
const content = fc.oneof(
  { weight: 6, arbitrary: value.map((v) => ['', `<v>${v}</v>`]) },
  {
    weight: 6,
    arbitrary: oneOf('0', '1', '2', '3', '4', '5', '6', '7', '9', '00').map((v) => [' t="s"', `<v>${v}</v>`]),
  },
  { weight: 3, arbitrary: text.map((v) => [' t="inlineStr"', `<is><t xml:space="preserve">${v}</t></is>`]) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(oneOf('str', 'b', 'd', 'e', 'n', 'x', 'inlineStr'), value)
      .map(([t, v]) => [` t="${t}"`, `<v>${v}</v>`]),
  },
  { weight: 2, arbitrary: value.map((v) => ['', `<f>A1</f><v>${v}</v>`]) },
  {
    weight: 1,
    arbitrary: oneOf(
      '',
      '<v/>',
      '<f>A1</f>',
      '<f t="shared">A</f><v>1</v>',
      '<is><r><t>r</t></r></is>',
      '<v>1<!-- --></v>',
    ).map((inside) => ['', inside]),
  },
);
const cell = fc.tuple(
  content,
  fc.integer({ min: 0, max: 40 }),
  oneOf('', '', '', ' s="1"', ' s="2"', ' s="3"', ' s="4"', ' s="5"', ' s="6"', ' s="7"', ' s="8"'),
  fc.integer({ min: 0, max: 60 }),
);
const row = fc.tuple(fc.array(cell, { maxLength: 5 }), fc.integer({ min: 0, max: 30 }));

/** XML of rows, of which some cells have addresses and some go back to an earlier column. */
function xmlOf(rows: readonly (readonly [ReadonlyArray<[string[], number, string, number]>, number])[]): string {
  let number = 0;
  return rows
    .map(([cells, form]) => {
      number += form === 0 ? 3 : 1;
      let column = 0;
      const inside = cells.map(([[type = '', inner = ''], jump, style, odd]) => {
        column += jump === 0 ? 4 : jump === 1 ? -1 : 1;
        const letter = String.fromCharCode(64 + Math.max(1, Math.min(26, column)));
        const address = form < 20 ? ` r="${letter}${number}"` : '';
        const blank = odd === 0 ? '\n' : '';
        if (inner === '') return `<c${address}${style}/>`;
        return odd === 1
          ? `<c${style}${type}${address}${style}>${inner}</c>`
          : `${blank}<c${address}${style}${type}>${inner}</c>${blank}`;
      });
      const attributes =
        form === 1 ? ' spans="1:3" spans="1:3"' : form < 25 ? ` r="${number}" spans="1:3" x:d="0.25"` : '';
      return form === 2
        ? `<row r="${number}"/>`
        : `<row${form < 20 || form % 2 === 0 ? attributes || ` r="${number}"` : ` r="${number}"`}>${inside.join('')}</row>`;
    })
    .join('');
}

test('property: scanned rows equal those of the handlers, for chunks of every size', async () => {
  let scanned = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 5 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 700 }),
      async (rows, quoteTexts, hasColumns, width, size) => {
        const xml = xmlOf(rows as Parameters<typeof xmlOf>[0]);
        const form = { quoteTexts, width, columns: hasColumns ? COLUMNS : null };
        const expected = await linesOf(xml, { size: 1 << 20, scans: false, form });
        const found = await linesOf(xml, { size, scans: true, form });
        assert.is(found.text, expected.text, `${xml}: ${JSON.stringify([found.text, expected.text])}`);
        scanned += found.scanned;
      },
    ),
    // always the same cases: how many of their rows can be scanned varies by half
    { numRuns: countOf(500), seed: 6 },
  );
  assert.ok(scanned > countOf(500) * 0.3, `${scanned} rows were scanned`);
});

/** Each kind of cell that a sheet may have, once, with each of the number formats. */
const EACH_CELL = [
  ...[...NUMBERS, '0', '00', '1.0', '1.5', '.5', '-', '1.2.3', '1/2', '123456789012345', '1234567890123456'].map(
    (v) => `><v>${v}</v>`,
  ),
  ...['0.12345678901234', '0.123456789012345', '10', '100.05', '-0', '-1.10'].map((v) => `><v>${v}</v>`),
  ...['0', '1', '2', '3', '4', '5', '6', '7'].map((v) => ` t="s"><v>${v}</v>`),
  ...['a', 'x &amp; y', '_x0041_', ' ', '\u00a0', '\u00a0b', 'é', 'q"q', '~', '\u007f', 'x'.repeat(50)].flatMap((v) => [
    ` t="str"><v>${v}</v>`,
    ` t="inlineStr"><is><t xml:space="preserve">${v}</t></is>`,
  ]),
  ...['b', 'd', 'e'].flatMap((t) => ['0', '1', 'true', '2026-10-31T00:00:00'].map((v) => ` t="${t}"><v>${v}</v>`)),
  '><f>A1</f><v>4.5</v>',
];

test('each kind of cell is written as the handlers write it, in a column of each kind', async () => {
  const rows = EACH_CELL.map((inside, i) => {
    const styles = ['', ...CODES.slice(1).map((_, style) => ` s="${style + 1}"`)];
    const style = (column: number) => styles[(i + column) % styles.length];
    const cells = [0, 1, 2, 3, 4].map((column) => `<c${style(column)}${inside}</c>`);
    return `<row r="${2 * i + 2}">${cells.join('')}</row><row r="${2 * i + 3}"><c r="C${2 * i + 3}"${inside}</c></row>`;
  });
  const header = `<row r="1">${'<c><v>1</v></c>'.repeat(5)}</row>`;
  for (const form of [{ columns: COLUMNS }, { columns: null, quoteTexts: false, width: 6 }]) {
    const size = 1 << 20;
    const expected = await linesOf(header + rows.join(''), { size, scans: false, form });
    const found = await linesOf(header + rows.join(''), { size, scans: true, form });
    assert.equal(found.text.split('\n'), expected.text.split('\n'));
    assert.not.match(found.text, /^[A-Za-z_]+:/, found.text.slice(0, 200));
    assert.ok(found.scanned > rows.length, `${found.scanned} rows were scanned`);
  }
});

test('lines are passed on in pieces, also where many rows have one long text', async () => {
  const long = 'é'.repeat(9_000);
  const limits = { ...DEFAULT_LIMITS, vendorFileBytesMax: 70 * 18_003 };
  const piecesOf = async (rows: number, scans: boolean) => {
    const xml = Array.from({ length: rows }, () => '<row><c t="s"><v>0</v></c></row>').join('');
    const workbook = workbookOf(xml, { size: 1 << 20, strings: `<si><t>${long}</t></si>`, limits });
    const lines = new SheetLines('S', limits, formOf(), false);
    const sink = { row: lines.row.bind(lines), ...(scans ? { scanned: lines.scanned.bind(lines) } : {}) };
    const pieces: Uint8Array[] = [];
    for await (const _ of readRows(workbook, { name: 'S', hidden: false, part: '' }, limits, sink))
      pieces.push(...lines.full());
    pieces.push(...lines.rest());
    return pieces;
  };
  for (const scans of [true, false]) {
    const pieces = await piecesOf(70, scans);
    assert.is(String(Buffer.concat(pieces)), `"${long}"\n`.repeat(70));
    const sizes = pieces.map(({ length }) => length);
    // the first piece is the megabyte that may wait; a piece has 64 KiB, up to the end of a row
    assert.equal(
      sizes,
      [59, 4, 4, 3].map((rows) => rows * 18_003),
    );
    try {
      await piecesOf(71, scans);
      assert.unreachable();
    } catch (error) {
      assert.is((error as RelayError).code, 'INPUT_TOO_LARGE');
    }
  }
});

test('texts are quoted, numbers are not, and short rows are filled up to the widest, within a limit', async () => {
  const wide = '<row r="1"><c r="A1"><v>1</v></c><c r="ZZ1"><v>2</v></c></row>';
  const short = '<row><c t="str"><v>5</v></c></row>';
  const limits = { ...LIMITS, sheetColumnsMax: 1000, sheetEmptyCellsMax: 700 };
  for (const scans of [true, false]) {
    const read = async (rows: string, quoteTexts = true) =>
      (await linesOf(rows, { size: 1 << 20, scans, form: { quoteTexts }, limits })).text.split('\n');
    const commas = ','.repeat(701);
    assert.equal((await read(wide + short)).slice(0, 2), [`1${commas}2`, `"5"${commas}`]);
    assert.equal(
      (await read(short.replace('<row>', '<row r="1">') + short + wide.replaceAll('1"', '3"'), false)).slice(0, 3),
      ['5', '5', `1${commas}2`],
    );
    // 651 empty cells besides fifty for the filled one
    assert.match((await read(wide + short + short))[0] ?? '', /^INPUT_TOO_LARGE: S: its rows have more than 700 empty/);
    const types = ['n', 'str', 'b', 'd', 'e'].map((type) => `<c t="${type}"><v>1</v></c>`).join('');
    assert.is((await read(`<row>${types}</row>`))[0], '1,"1","TRUE","1","1"');
  }
});

test('a row with two faults fails for the same fault, scanned or not', async () => {
  const long = `<c s="8" t="inlineStr"><is><t>${'x'.repeat(60)}</t></is></c>`;
  const xml = `<row r="1"><c><v>1</v></c></row><row r="2">${long}<c t="s"><v>9</v></c></row>`;
  const form = { quoteTexts: false };
  const found = await linesOf(xml, { size: 1 << 20, scans: true, form });
  assert.is(found.text, (await linesOf(xml, { size: 1 << 20, scans: false, form })).text);
  assert.match(found.text, 'row 2 refers to a text that does not exist');
});

test.run();
