/** The parts of a workbook around its cells: relations, sheets, styles and shared strings. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Member } from '../testing/archives.ts';
import { openWorkbook, refusalCode, sharedStrings, sheetText } from '../testing/open-workbook.ts';

const STRINGS = '<si><t>zero</t></si><si><t>one</t></si>';

test('shared strings without runs are read as the others, and all are limited', async () => {
  const forms = await sharedStrings(
    '<si><t>a</t></si>\n<si> <t>b</t></si><si><t xml:space="preserve"> c</t></si><si><t >d</t></si><si/><si></si><si><t/></si>' +
      '<si><t>&lt;</t></si><si><t>g</t> </si><si><r><t>h</t></r></si><si><t>i</t><rPh><t>x</t></rPh></si><si><si><t>j</t></si></si><si><t>k</t></si>',
  );
  const texts = Array.from({ length: 14 }, (_, i) => forms.at(i));
  assert.equal(texts, ['a', 'b', ' c', 'd', '', '', '', '<', 'g', 'h', 'i', 'j', 'j', 'k'].slice(0, 14));
  const bytes = (limit: number) =>
    sharedStrings('<si><t>ab</t></si><si><r><t>é</t></r></si>', { sharedStringsBytes: limit });
  assert.is((await bytes(36)).at(1), 'é');
  assert.is(await bytes(35).catch(refusalCode), 'INPUT_TOO_LARGE');
});

const RELS = '_rels/.rels';
const relations = (...inside: string[]) => `<Relationships>${inside.join('')}</Relationships>`;
const relation = (id: string, type: string, target: string, more = '') =>
  `<Relationship Id="${id}" Type="${type}" Target="${target}"${more}/>`;
const one = '<row><c t="s"><v>0</v></c></row>';

test('the parts of a workbook are found by their relations', async () => {
  const book = (members: Member[]) => sheetText(one, { strings: STRINGS, members });
  const office = (target: string, more = '') => [
    { name: RELS, data: relations(relation('a', 'x/officeDocument', target, more)) },
  ];
  assert.is(await book(office('xl/workbook.xml')), 'zero\n');
  assert.is(await book(office('/xl/workbook.xml')), 'zero\n');
  assert.is(await book(office('./y/..//xl/./workbook.xml')), 'zero\n');
  assert.is(await book(office('XL/Workbook.xml')), 'zero\n');
  assert.is(await book(office('xl/workbook.xml', ' TargetMode="Internal"')), 'zero\n');
  assert.is(await book(office('xl/workbook.xml', ' TargetMode="External"')), 'invalid_input');
  assert.is(await book(office('xl/styles.xml')), 'invalid_input');
  assert.is(await book(office('xl/myworkbook.xml')), 'invalid_input');
  assert.is(
    await book([{ name: RELS, data: relations('<Relationship Id="a" Type="x/officeDocument"/>') }]),
    'invalid_input',
  );
  const twice = relation('a', 'officeDocument', 'xl/workbook.xml') + relation('a', 'x/officeDocument', 'word/a.xml');
  assert.is(await book([{ name: RELS, data: relations(twice) }]), 'zero\n');
  const long = (length: number) => relation('b', 'other', 'x'.repeat(length));
  const first = relation('a', 'officeDocument', 'xl/workbook.xml');
  assert.is(await book([{ name: RELS, data: relations(first, long(1024)) }]), 'zero\n');
  assert.is(await book([{ name: RELS, data: relations(first, long(1025)) }]), 'invalid_input');
  const sheets = relations(
    relation('s0', 'a/chartsheet', 'worksheets/chart.xml'),
    relation('s1', 'a/worksheet', 'worksheets/sheet1.xml'),
    relation('s1', 'a/worksheet', 'worksheets/sheet2.xml'),
    relation('t', 'a/sharedStrings', 'sharedStrings.xml'),
  );
  const both =
    '<workbook><sheets><sheet name="C" x:id="s0"/><sheet name="S" x:id="s1"/><sheet name="T" x:id="no"/></sheets></workbook>';
  const parts = [
    { name: 'xl/_rels/workbook.xml.rels', data: sheets },
    { name: 'xl/workbook.xml', data: both.replace('<workbook', '<workbook xmlns:x="x"') },
  ];
  assert.is(await book(parts), 'zero\n');
});

test('the sheets of a workbook have states, a system of dates, and a limit', async () => {
  const formats = { custom: '', ids: [14] };
  const dated = (date1904: string) =>
    sheetText('<row><c s="0"><v>1</v></c></row>', {
      formats,
      members: [
        {
          name: 'xl/workbook.xml',
          data: `<workbook xmlns:r="r"><workbookPr ${date1904}/><sheets><sheet name="S" r:id="s0"/></sheets></workbook>`,
        },
      ],
    });
  for (const value of ['1', 'true', 'on']) assert.is(await dated(`date1904="${value}"`), '1904-01-02\n', value);
  for (const value of ['0', 'false', '11', 'x1', ''])
    assert.is(await dated(`date1904="${value}"`), '1900-01-01\n', value);
  assert.is(await dated(''), '1900-01-01\n');
  const sheet = (name: string, state = '') => `<sheet name="${name}" state="${state}" r:id="s0"/>`;
  const listed = (inside: string, sheetName?: string) =>
    openWorkbook(
      {
        sheets: [{ name: 'S', rows: '<row><c><v>1</v></c></row>' }],
        members: [{ name: 'xl/workbook.xml', data: `<workbook xmlns:r="r"><sheets>${inside}</sheets></workbook>` }],
      },
      sheetName === undefined ? {} : { sheet: sheetName },
    ).then(({ via }) => via.join(), refusalCode);
  assert.is(
    await listed(sheet('A', 'hidden') + sheet('B', 'VeryHidden') + sheet('C', 'visible')),
    'sheet "C" of 3, hidden: "A", "B"',
  );
  assert.is(await listed(sheet('a ') + sheet('A'), 'A'), 'sheet "A" of 2, not read: "a "');
  assert.is(await listed(sheet('B') + sheet(' a'), 'A '), 'sheet " a" of 2, not read: "B"');
  assert.is(await listed(sheet('B') + sheet('A', 'hidden'), 'a'), 'sheet "A" (hidden) of 2, not read: "B"');
});

test('styles are those of cells, and bounded', async () => {
  const styled = (styles: string, style = 0) =>
    sheetText(`<row><c s="${style}"><v>1</v></c></row>`, {
      formats: { ids: [] },
      members: [{ name: 'xl/styles.xml', data: `<styleSheet>${styles}</styleSheet>` }],
    });
  const code = (text: string, id = 164) => `<numFmt numFmtId="${id}" formatCode="${text}"/>`;
  const cells = (...ids: number[]) => `<cellXfs>${ids.map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`;
  assert.is(await styled(code('000') + cells(164)), '001\n');
  assert.is(await styled(code('000') + cells(0, 164), 1), '001\n');
  assert.is(await styled(code('000') + cells(0, 164), 2), '1\n');
  assert.is(await styled(`${code('000')}<cellStyleXfs><xf numFmtId="164"/></cellStyleXfs>${cells(0)}`), '1\n');
  assert.is(await styled(`${code('000')}${cells(0)}<dxfs><xf numFmtId="164"/></dxfs>`, 1), '1\n');
  assert.is(await styled(`${code('000')}<cellXfs><xf/></cellXfs>`), '1\n');
  assert.is(await styled(code('00') + code('000') + cells(164, 164), 1), '001\n');
  assert.is(await styled(`${code('0'.repeat(1000))}${cells(164)}`), `${'1'.padStart(1000, '0')}\n`);
  assert.is(await styled(`${code('0'.repeat(1001))}${cells(164)}`), 'INPUT_TOO_LARGE');
});

test.run();
