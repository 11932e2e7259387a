/** The cells of a sheet by the XML that stores them, as text and one by one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openWorkbook, sheetText } from '../testing/open-workbook.ts';

const STRINGS = '<si><t>zero</t></si><si><t>one</t></si>';

test('a cell is what its type and value say', async () => {
  const cases: [xml: string, cell: string][] = [
    ['<c><v>5</v></c>', 'number|5|5'],
    ['<c t="n"><v>5.50</v></c>', 'number|5.5|5.50'],
    ['<c><v>5.</v></c>', 'number|5|5.'],
    ['<c><v> 4 </v></c>', 'number|4| 4 '],
    ['<c><v>x</v></c>', 'text|x|'],
    ['<c t="b"><v>0</v></c>', 'text|FALSE|'],
    ['<c t="b"><v> false </v></c>', 'text|FALSE|'],
    ['<c t="b"><v>1</v></c>', 'text|TRUE|'],
    ['<c t="b"><v>00</v></c>', 'text|TRUE|'],
    ['<c t="d"><v>2026-10-30T00:00:00Z</v></c>', 'text|2026-10-30|'],
    ['<c t="d"><v>2026-10-30T00:00:00.000</v></c>', 'text|2026-10-30|'],
    ['<c t="d"><v>2026-10-30T00:00:00</v></c>', 'text|2026-10-30|'],
    ['<c t="d"><v>2026-10-30T08:00:00</v></c>', 'text|2026-10-30T08:00:00|'],
    ['<c t="d"><v>2026-10-30T00:00:00.5</v></c>', 'text|2026-10-30T00:00:00.5|'],
    ['<c t="d"><v>2026-10-30T00:00:00+01:00</v></c>', 'text|2026-10-30T00:00:00+01:00|'],
    ['<c t="e"><v>#N/A</v></c>', 'error|#N/A|'],
    ['<c><f>A1</f></c>', 'formula|=A1|'],
    ['<c><f>A1</f><v>7</v></c>', 'number|7|7'],
    ['<c t="str"><f>A1</f><v>7</v></c>', 'text|7|'],
    ['<c t="s"><v>1</v></c>', 'text|one|'],
    ['<c t="s"><v> 01 </v></c>', 'text|one|'],
    ['<c t="x"><v>y</v></c>', 'text|y|'],
    ['<c t="inlineStr"><v>v</v></c>', 'text|v|'],
    ['<c t="inlineStr"><is><t>a</t></is></c>', 'text|a|'],
    ['<c t="inlineStr"><is>x<r>y<t>a</t>z</r><r><t>b</t></r>w</is></c>', 'text|ab|'],
    ['<c t="inlineStr"><is><t>a</t><rPh sb="0"><t>kana</t></rPh><t>b</t></is></c>', 'text|ab|'],
    ['<c t="inlineStr"><is><t>_x0041_x_x00e9_ _x004_</t></is></c>', 'text|Axé _x004_|'],
    ['<c t="str"><v>_x0041_</v></c>', 'text|_x0041_|'],
    ['<c><v>1</v><extLst><v2>9</v2></extLst></c>', 'number|1|1'],
    ['<c t="str"><v>a &amp; b</v></c>', 'text|a & b|'],
  ];
  for (const [xml, cell] of cases) {
    const { cells, text } = await openWorkbook({
      strings: STRINGS,
      sheets: [{ name: 'S', rows: `<row>${xml}</row>` }],
    });
    assert.equal(cells, [`1: ${cell}`], xml);
    assert.is(text, `${cell.split('|')[1]}\n`, xml);
  }
  for (const value of ['2', '-1', '1.0', '1 1', '', 'x']) {
    assert.is(await sheetText(`<row><c t="s"><v>${value}</v></c></row>`, { strings: STRINGS }), 'invalid_input', value);
  }
});

test('cells and rows are where their addresses say, in any order', async () => {
  const at = (reference: string, value = reference) => `<c r="${reference}" t="str"><v>${value}</v></c>`;
  const cases: [rows: string, text: string][] = [
    [`<row>${at('C1')}${at('A1')}${at('B1')}</row>`, 'A1,B1,C1\n'],
    [`<row>${['E1', 'A1', 'D1', 'B1', 'C1', 'F1'].map((one) => at(one)).join('')}</row>`, 'A1,B1,C1,D1,E1,F1\n'],
    [`<row>${at('A1', 'old')}${at('B1')}${at('A1', 'new')}</row>`, 'new,B1\n'],
    [`<row>${at('B1', 'old')}${at('B1', 'new')}</row>`, ',new\n'],
    [`<row>${at('AA1')}</row>`, `${','.repeat(26)}AA1\n`],
    [`<row r="2">${at('B2')}<c t="str"><v>c</v></c></row>`, '\n,B2,c\n'],
    [`<row>${at('A1')}</row><row r="3">${at('A3')}</row><row>${at('A4')}</row>`, 'A1\n\nA3\nA4\n'],
    ['<row/><row><c/></row><row><c><v/></c></row><row><c><v>1</v></c></row>', '\n\n\n1\n'],
    ['<v>5</v><row><c><v>1</v></c></row><f>2</f>', '1\n'],
    [`<row r="3">${at('A03')}</row>`, '\n\nA03\n'],
    ...['r="0"', 'r="1.5"', 'r="x"', 'r="-1"', 'r="1048577"'].map((r): [string, string] => [
      `<row ${r}><c><v>1</v></c></row>`,
      'invalid_input',
    ]),
    ...['a1', 'AAAA1', 'A12345678', 'A2', '1', 'A', 'A1x', 'xA1'].map((r): [string, string] => [
      `<row>${at(r)}</row>`,
      'invalid_input',
    ]),
    ['<c r="A1"/>', 'invalid_input'],
    ['<row><c><row/></c></row>', 'invalid_input'],
    ['<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>', 'invalid_input'],
  ];
  for (const [rows, text] of cases) assert.is(await sheetText(rows), text, rows);
});

test('limits of cells count characters, not how they are written', async () => {
  const inline = (text: string) => `<row><c t="inlineStr"><is><t>${text}</t></is></c></row>`;
  const five = { limits: { cellCharsMax: 5 } };
  const long = 'INPUT_TOO_LARGE';
  const cases: [rows: string, text: string][] = [
    [inline('abcde'), 'abcde\n'],
    [inline('abcdef'), long],
    [inline('_x0041_'.repeat(5)), 'AAAAA\n'],
    [inline('_x0041_'.repeat(6)), long],
    ['<row><c t="str"><v>ééééé</v></c></row>', 'ééééé\n'],
    ['<row><c t="str"><v>éééééé</v></c></row>', long],
    [`<row><c><f>${'A'.repeat(34)}</f><v>1</v></c></row>`, '1\n'],
    [`<row><c><f>${'A'.repeat(35)}</f><v>1</v></c></row>`, long],
    ['<row><c><f>ABCD</f></c></row>', '=ABCD\n'],
    ['<row><c><f>ABCDE</f></c></row>', long],
  ];
  for (const [rows, text] of cases) assert.is(await sheetText(rows, {}, five), text, rows);
  const shared = (text: string) =>
    sheetText('<row><c t="s"><v>0</v></c></row>', { strings: `<si><t>${text}</t></si>` }, five);
  const found = await Promise.all(
    ['ééééé', 'éééééé', '_x0041_'.repeat(5), '_x0041_'.repeat(6), '&amp;bcde'].map(shared),
  );
  assert.equal(found, ['ééééé\n', long, 'AAAAA\n', long, '&bcde\n']);
});

test('empty cells are limited over all rows, with some for each filled cell', async () => {
  const row = (number: number) => `<row r="${number}"><c r="CV${number}"><v>1</v></c></row>`;
  // a row of 100 columns has 99 empty cells, of which 50 are free
  const most = (limit: number) => sheetText(row(1) + row(2), {}, { limits: { sheetEmptyCellsMax: limit } });
  assert.equal([(await most(98)).length, await most(97)], [202, 'INPUT_TOO_LARGE']);
});

test.run();
