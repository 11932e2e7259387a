/** The scan takes ordinary rows, and reads them as the handlers do. It leaves unusual rows to the handlers. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../../core/bytes/text.ts';
import { shareOf } from '../../../../../core/testing/share.ts';
import { COLUMNS, LIMITS, linesOf } from '../testing/lines-of-sheet.ts';
import { isCutRow, SheetScan } from './sheet-scan.ts';

const test = suite('sheet scan');

/** Rows with all that an ordinary one may have. `N` is the row's number. */
const ORDINARY = [
  '<row r="N" spans="1:3" x14ac:dyDescent="0.25" ht="15.5"><c r="AN"><v>12.5</v></c><c r="CN" s="1" t="s"><v>1</v></c></row>',
  '<row r="N"><c r="BN" t="inlineStr"><is><t xml:space="preserve"> a&amp;_x0041_ </t></is></c><c/></row>',
  '<row r="N"> <c t="str"><f>A1</f> <v>é x</v> </c><c t="b"><v>1</v></c><c s="2" t="n"><v>7</v></c> </row>',
  '<row r="N" _a="1" Zz="z"><c t="inlineStr"><is><t>b</t></is></c><c t="e"><v>#N/A</v></c><c t="d"><v>2026-10-31</v></c></row>',
];
const SIGNS = [...'"\'</>= &;AZaxz09:_-.]#', '\n', '\t', '\u0001', '\u007f', '\u00a0'];

/** Each text with one character less, one twice, or one that is another. */
const spoilt = (texts: readonly string[]): string[] =>
  texts.flatMap((text) =>
    [...text].flatMap((sign, i) => {
      const put = (signs: string) => text.slice(0, i) + signs + text.slice(i + 1);
      return [put(''), put(sign + sign), ...SIGNS.map(put)];
    }),
  );

test('of ordinary rows with one character changed, only those are scanned that the handlers read alike', async () => {
  const scan = new SheetScan(LIMITS);
  let number = 1;
  const { from, to } = shareOf(5, 5);
  const some = spoilt(ORDINARY).filter((_, i) => i % 5 >= from && i % 5 < to);
  const taken = some.filter((text) => {
    const row = text.replaceAll('N', String(number + 1));
    const bytes = toBytes(row);
    if (scan.read(bytes, 0, number) !== bytes.length || scan.row !== number + 1) return false;
    // the handlers refuse a text that is not there
    if (scan.types.subarray(0, scan.count).some((type, i) => type === 1 && scan.from[i]! > 7)) return false;
    number++;
    return true;
  });
  const rows = taken.map((text, i) => text.replaceAll('N', String(i + 2))).join('');
  const form = { columns: COLUMNS };
  const header = '<row r="1"><c><v>1</v></c></row>';
  const expected = await linesOf(header + rows, { size: 1 << 20, scans: false, form });
  const found = await linesOf(header + rows, { size: 1 << 20, scans: true, form });
  assert.equal(found.text.split('\n'), expected.text.split('\n'));
  // a row that is left to the handlers costs ten times as much
  assert.is(taken.length, from === 0 ? 365 : 1489);
});

test('only ordinary rows are scanned', () => {
  const scan = new SheetScan(LIMITS);
  const attributes = (count: number) => Array.from({ length: count }, (_, i) => ` a${i}="1"`).join('');
  const isTaken = (xml: string) => scan.read(toBytes(`${xml}<row></row>`), 0, 3) === toBytes(xml).length;
  for (const xml of [
    '<row r="4" spans="1:2" x14ac:dyDescent="0.25"><c r="A4" s="2" t="s"><v>1</v></c><c r="C4"><v>2.5</v></c></row>',
    '\n <row><c><v>1</v></c> <c t="inlineStr"><is><t xml:space="preserve"> é &amp; </t></is></c><c s="1"/></row>',
    '<row><c t="str"><f>A1&amp;B1</f><v>x</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c/><c></c></row>',
    '<row r="9"/>',
    `<row${attributes(12)}></row>`,
    '<row r="1048576"/>',
    '<row><c r="AD4" s="100000" /></row>',
    `<row><c><f>${'A'.repeat(60)}</f><v>1</v></c><c t="str"><v>${'x'.repeat(60)}</v></c></row>`,
    '<row><c t="inlineStr"><v>a</v></c><c t="str"><v></v></c><c t="n"><v>1</v></c></row>',
    '<row><c t="s"><v>123456789</v></c></row>',
  ]) {
    assert.ok(isTaken(xml), xml);
  }
  const cells = (xml: string) => `<row>${xml}</row>`;
  for (const xml of [
    ...[
      '<row r="3"></row>',
      '<row r="4" r="4"></row>',
      '<row r="04"></row>',
      '<row r="1048577"/>',
      '<x:row></x:row>',
      '<row',
    ],
    cells('<c r="B4"><v>1</v></c><c r="A4"><v>1</v></c>'),
    cells('<c r="A5"><v>1</v></c>'),
    cells('<c r="AE4"><v>1</v></c>'),
    cells('<c r="A4" r="A4"><v>1</v></c>'),
    cells('<c q="1"><v>1</v></c>'),
    cells('<c><v>1</v><v>1</v></c>'),
    cells('<c><f>A1</f></c>'),
    cells('<c><f t="shared">A1</f><v>1</v></c>'),
    cells('<c t="s"><v> 1</v></c>'),
    cells('<c t="str"><v>a&#65;</v></c>'),
    cells('<c t="str"><v>a]]b</v></c>'),
    cells('<c t="str"><v>a\ufffe</v></c>'),
    cells('<c t="str"><v>a\u0001</v></c>'),
    cells('<c t="inlineStr"><is><r><t>a</t></r></is></c>'),
    cells(`<c t="str"><v>${'x'.repeat(61)}</v></c>`),
    `<row${attributes(13)}></row>`,
    cells('<c s="100001"/>'),
    cells('<c r="AAAA4"/>'),
    cells(`<c><f>${'A'.repeat(61)}</f><v>1</v></c>`),
    cells(`<c t="inlineStr"><is><t>${'x'.repeat(61)}</t></is></c>`),
    ...['x', 'sx', 'str1', 'inlineStr2', ''].map((type) => cells(`<c t="${type}"><v>1</v></c>`)),
    ...['1234567890', '01', '', '1x'].map((number) => cells(`<c t="s"><v>${number}</v></c>`)),
    cells('<c t="str"><is><t>a</t></is></c>'),
    cells('<c/>'.repeat(31)),
    cells('text'),
    cells('xc><v>1</v></c>'),
    cells('<c t="b"><v></v></c>'),
  ]) {
    assert.not.ok(isTaken(xml), xml);
  }
  // an empty row that no other row follows may be cut for all that the scan knows
  assert.is(scan.read(toBytes('<row r="9"/>'), 0, 3), -1);
});

test('a row that is cut is waited for, up to 8 KiB', () => {
  const isCut = (xml: string, at = 0) => isCutRow(toBytes(xml), at);
  for (const xml of ['<row', '<row r="4"><c', ' \n<row><c></c></row', `<row${' '.repeat(8_188)}`])
    assert.ok(isCut(xml), xml);
  for (const xml of ['', '<ro', 'x<row', '<row></row>', '<row><c/></row><row', `<row${' '.repeat(8_189)}`]) {
    assert.not.ok(isCut(xml), xml);
  }
  assert.ok(isCut(`${'x'.repeat(9_000)}<row`, 9_000));
});

test.run();
