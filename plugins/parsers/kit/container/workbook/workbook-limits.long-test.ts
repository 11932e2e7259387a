/** Limits of a workbook that only large ones meet. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedStrings, sheetText } from '../testing/open-workbook.ts';

const CELL = '<row><c s="0"><v>1</v></c></row>';
/** The sheet's text with another part instead of the workbook's own. */
const withPart = (name: string, data: string) => sheetText(CELL, { formats: { ids: [0] }, members: [{ name, data }] });

test('shared strings keep their numbers, many and long ones', async () => {
  const limits = { cellCharsMax: 2_000_000, sharedStringsBytes: 1 << 30 };
  const many = await sharedStrings(Array.from({ length: 66_000 }, (_, i) => `<si><t>${i}</t></si>`).join(''), limits);
  const numbers = [0, 1, 65_535, 65_536, 65_537, 65_999];
  assert.equal(
    numbers.map((n) => many.at(n)),
    numbers.map(String),
  );
  assert.equal(
    [-1, 66_000, Number.NaN].map((n) => many.at(n)),
    [undefined, undefined, undefined],
  );
  const texts = [300_000, 250_000, 5, 600_000, 2, 300_000].map((size, i) => 'äéîøüß'.charAt(i).repeat(size));
  const long = await sharedStrings(texts.map((text) => `<si><t>${text}</t></si>`).join(''), limits);
  assert.equal(
    texts.map((text, i) => long.at(i) === text),
    texts.map(() => true),
  );
});

test('a sheet ends with row 1048576', async () => {
  assert.is((await sheetText('<row r="1048576"><c><v>1</v></c></row>')).length, 1_048_577);
  assert.is(await sheetText('<row r="1048577"><c><v>1</v></c></row>'), 'invalid_input');
});

test('relations, sheets and styles are bounded', async () => {
  const relations = (more: number) =>
    withPart(
      '_rels/.rels',
      `<Relationships><Relationship Type="officeDocument" Target="xl/workbook.xml"/>${'<Relationship Target="x"/>'.repeat(more)}</Relationships>`,
    );
  assert.equal([await relations(19_999), await relations(20_000)], ['1\n', 'invalid_input']);
  const sheets = (more: number) =>
    withPart(
      'xl/workbook.xml',
      `<workbook xmlns:r="r"><sheets>${'<sheet name="A" state="hidden" r:id="s0"/>'.repeat(more)}<sheet name="B" r:id="s0"/></sheets></workbook>`,
    );
  assert.equal([await sheets(9_999), await sheets(10_000)], ['1\n', 'invalid_input']);
  const styles = (inside: string) => withPart('xl/styles.xml', `<styleSheet>${inside}</styleSheet>`);
  const cells = (count: number) => styles(`<cellXfs>${'<xf/>'.repeat(count)}</cellXfs>`);
  assert.equal([await cells(100_000), await cells(100_001)], ['1\n', 'invalid_input']);
  const codes = (count: number, more: string) => {
    const all = [...Array(count).fill('x'.repeat(1000)), more];
    return styles(all.map((code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${code}"/>`).join(''));
  };
  assert.equal([await codes(1000, ''), await codes(1000, '0')], ['1\n', 'INPUT_TOO_LARGE']);
});

test.run();
