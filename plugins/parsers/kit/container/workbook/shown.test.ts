/** What a spreadsheet shows of a stored value, by its number format. Checked by hand against Excel's rules (ECMA-376, 18.8.31). */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf } from '../../../../../core/testing/share.ts';
import { formatOf, NumberFormat } from './number-format.ts';
import { codeText, shownNumber, shownText } from './shown.ts';

type Case = [code: string, stored: string, shown: string];

function check(cases: readonly Case[], date1904 = false): void {
  for (const [code, stored, shown] of cases) {
    assert.is(shownNumber(stored, new NumberFormat(code), date1904), shown, `${code} of ${stored}`);
  }
}

test('literals among digits, leading zeros, sections and conditions are shown', () => {
  check([
    ['"SKU-"0000', '42', 'SKU-0042'],
    ['"SKU-"0000', '12345', 'SKU-12345'],
    ['"A;B"0;"C"0', '-7', 'C7'],
    ['0000-000', '42', '0000-042'],
    ['0000-000', '1234567', '1234-567'],
    ['0000-000', '12345678', '12345-678'],
    ['[<=9999999]###-####;(###) ###-####', '5551234', '555-1234'],
    ['[<=9999999]###-####;(###) ###-####', '2065551234', '(206) 555-1234'],
    ['[<=9999999]###\\-####;\\(###\\)\\ ###\\-####', '2065551234', '(206) 555-1234'],
    ['000\\-00\\-0000', '12345678', '012-34-5678'],
    ['\\A0000', '42', 'A0042'],
    ['00000', '42', '00042'],
    ['00000', '-42', '-00042'],
    ['0#', '5', '05'],
    ['0000"/"00', '1226', '0012/26'],
    ['[Red]"N"00', '5', 'N05'],
    ['[$SKU-409]000', '5', 'SKU005'],
    ['0.0.0', '12.5', '12.5.0'],
    ['0" pcs"', '5', '5 pcs'],
    ['0;;"none"', '0', 'none'],
    ['0;;"none"', '-5', ''],
    ['[=1]"one";[=2]"two";0', '2', 'two'],
    ['[=1]"one";[=2]"two";0', '-3', '-3'],
    ['[<0]"minus "0;0', '-3', 'minus 3'],
    ['[>100]"many"', '5', '5'],
    ['General" kg"', '12.5', '12.5 kg'],
    ['General" kg"', '-12.5', '-12.5 kg'],
    ['"SKU-"@', '42', 'SKU-42'],
    ['0;-0;0;"T-"@', '42', '42'],
    ['"new";"used"', '1', 'new'],
    ['"new";"used"', '-1', 'used'],
    [';;;', '5', ''],
    ['???-???', '12', '   - 12'],
    ['_(0000_)', '7', ' 0007 '],
    ['* 0000', '7', '0007'],
    ['0000"', '7', '0007"'],
    ['0[', '7', '7['],
    ['0##', '5', '005'],
    ['0-##', '5', '0-05'],
    ['##', '5', '5'],
    ['#-##', '5', '-5'],
    [',000', '5', ',005'],
    ['0000,000', '5', '0000005'],
    ['?,???', '12', '  12'],
    ['0.00', 'x', 'x'],
    ['0', '007', '7'],
    ['0.0', '1E399', `1${'0'.repeat(399)}.0`],
    ['0.0', '1E400', `1${'0'.repeat(400)}`],
  ]);
});

test('decimals, percent, thousands, fractions and powers of ten are shown', () => {
  check([
    ['0.00', '12.5', '12.50'],
    ['0.00', '12.345', '12.35'],
    ['0.00', '-0.005', '-0.01'],
    ['0.00', '1.005', '1.01'],
    ['0.00', '19.989999999999998', '19.99'],
    ['0.0', '9.96', '10.0'],
    ['0', '99.5', '100'],
    ['#', '0.4', ''],
    ['0.##', '5', '5'],
    ['0.0#', '5.25', '5.25'],
    ['.00', '0.5', '.50'],
    ['0.00?', '1.5', '1.50 '],
    ['0%', '0.5', '50%'],
    ['0.0%', '0.125', '12.5%'],
    ['0%', '-0.5', '-50%'],
    ['#,##0', '1234567', '1234567'],
    ['#,##0.00 "€"', '1234.5', '1234.50 €'],
    ['0,', '12345', '12'],
    ['0.0,,"M"', '1250000', '1.3M'],
    ['#,##0_);(#,##0)', '-5', '(5)'],
    ['# ?/?', '5.25', '5 1/4'],
    ['# ??/??', '0.3333333333333333', '1/3'],
    ['# ?/?', '5', '5'],
    ['# ?/?', '5.999', '6'],
    ['0 ?/?', '0.5', '0 1/2'],
    ['?/?', '1.5', '3/2'],
    ['# ?/8', '5.25', '5 2/8'],
    ['# ?/8" in"', '5.25', '5 2/8 in'],
    ['# ?/100', '0.25', '25/100'],
    ['# ???/???', '3.14159265358979', '3 16/113'],
    ['0.00E+00', '5012345678900', '5012345678900'],
    ['##0.0E+0', '0.00012', '0.00012'],
    ['.00', '12.5', '12.50'],
    ['"x".0', '12.5', 'x12.5'],
    ['0.0"m"', '2', '2.0m'],
    ['0.#"m"', '2', '2m'],
    ['0,.0', '12345', '12.3'],
    ['0,"-"000', '12345', '12-345'],
    ['0,"K"', '12345', '12K'],
    ['0%%', '0.5', '5000%%'],
    ['0.0#-#', '1.5', '1.5-'],
    ['0.0-00', '1.5', '1.5-00'],
    ['# ?/?', '0', '0'],
    ['# ?/?', '0.04', '0'],
    ['0 ?/?', '0.25', '0 1/4'],
    ['# ?/?', '-5.25', '-5 1/4'],
    ['"a" # ?/?" b"', '5.25', 'a 5 1/4 b'],
    ['# ?/8"x"0', '5.25', '5 2/8x'],
    ['# ?/8#', '5.25', '5 2/8'],
    ['# ?/80', '5.25', '5 20/80'],
    ['# ?/8', '5.99', '6'],
    ['?/8', '5.25', '42/8'],
    ['# ????????/????????', '0.00000011', '1/9090909'],
  ]);
});

test('a fraction is the nearest one with a denominator of so many digits', () => {
  const divisor = fc.constantFrom(10_000, 997, 64, 11);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), divisor, fc.integer({ min: 1, max: 2 }), (above, below, digits) => {
      const value = above / below;
      const format = new NumberFormat(`${'?'.repeat(digits)}/${'?'.repeat(digits)}`);
      const [top = 0, bottom = 0] = shownNumber(String(value), format, false).split('/').map(Number);
      assert.ok(bottom >= 1 && bottom < 10 ** digits, `${value} is ${top}/${bottom}`);
      const distances = Array.from({ length: 10 ** digits - 1 }, (_, i) =>
        Math.abs(Math.round(value * (i + 1)) / (i + 1) - value),
      );
      assert.ok(Math.abs(top / bottom - value) <= Math.min(...distances) + 1e-9, `${value} is ${top}/${bottom}`);
    }),
    { numRuns: countOf(200) },
  );
});

test('dates and times are shown, in both date systems', () => {
  check([
    ['yyyy-mm-dd', '46327', '2026-11-01'],
    ['dd.mm.yyyy', '46327', '01.11.2026'],
    ['d-mmm', '46327', '1-Nov'],
    ['d-mmm-yy;@', '46327', '1-Nov-26'],
    ['dddd, mmmm dd, yyyy', '46327', 'Sunday, November 01, 2026'],
    ['[$-409]ddd mmmmm', '46327', 'Sun N'],
    ['[$-en-US]mmm', '46327', 'Nov'],
    ['[$-407]d. mmmm yyyy', '46327', '2026-11-01'],
    ['[$-F800]dddd, mmmm dd, yyyy', '46327', '2026-11-01'],
    ['[$-F400]h:mm:ss AM/PM', '0.5', '12:00:00'],
    ['e/m/d', '46327', '2026-11-01'],
    ['"KW"yymm', '46327', 'KW2611'],
    ['yyyy"Q"', '46327.7', '2026Q'],
    ['h:mm', '0.75', '18:00'],
    ['hh:mm:ss', '0.0423726851851852', '01:01:01'],
    ['h:mm AM/PM', '0.75', '6:00 PM'],
    ['h:mm A/P', '0', '12:00 A'],
    ['mm:ss.0', '0.000706018518518519', '01:01.0'],
    ['ss.000', '0.0000144675925925926', '01.250'],
    ['[h]:mm:ss', '1.5', '36:00:00'],
    ['[mm]:ss', '0.0423726851851852', '61:01'],
    ['m/d/yy h:mm', '46327.9999999', '11/2/26 0:00'],
    ['m/d/yyyy', '60', '2/29/1900'],
    ['m/d/yyyy', '1', '1/1/1900'],
    ['yyyy', '-1', '-1'],
    ['yyyy', '1e9', '1000000000'],
    ['m/d/yyyy', '0', '1/0/1900'],
    ['m/d/yyyy h:mm', '0.5', '1/0/1900 12:00'],
    ['ddd', '1', 'Sun'],
    ['d mmmm yy', '38', '7 February 00'],
    ['ddddd mmm', '46327', 'Sunday Nov'],
    ['0yyyy', '46327', '2026'],
    ['yyyy" a"00', '46327.5', '2026 a'],
    ['hh:mm:ss', '0.0430902777777778', '01:02:03'],
    ['h:mm', '0.0430902777777778', '1:02'],
    ['m:s', '0.0430902777777778', '2:3'],
    ['[h]', '0.0430902777777778', '1'],
    ['[mm]', '0.0430902777777778', '62'],
    ['[s]', '0.0430902777777778', '3723'],
    ['[hh]', '0.0430902777777778', '01'],
    ['h AM/PM', '0.25', '6 AM'],
    ['h AM/PM', '0.5', '12 PM'],
    ['h A/P', '0.75', '6 P'],
    ['h:mm', '0.9999999', '0:00'],
    // the points of the date are no fraction of a second
    ['dd.mm.yyyy hh:mm:ss.00', '46327.0000144675925926', '01.11.2026 00:00:01.25'],
    ['ss.0', '0.0000144675925926', '01.3'],
    ['ss.0000', '0.0000144675925926', '01.250'],
  ]);
  check(
    [
      ['dd.mm.yyyy', '44865', '01.11.2026'],
      ['m/d/yyyy', '0', '1/1/1904'],
    ],
    true,
  );
});

test('built-in formats are known', () => {
  const cases: [number, string, string][] = [
    [1, '42', '42'],
    [2, '42', '42.00'],
    [9, '0.5', '50%'],
    [13, '0.25', '1/4'],
    [14, '46327', '2026-11-01'],
    [15, '46327', '1-Nov-26'],
    [16, '46327', '1-Nov'],
    [17, '46327', 'Nov-26'],
    [22, '46327.5', '2026-11-01 12:00:00'],
    [27, '46327', '2026-11-01'],
    [45, '0.0423726851851852', '01:01'],
  ];
  for (const [id, stored, shown] of cases) {
    const format = formatOf(id, undefined);
    assert.is(format && shownNumber(stored, format, false), shown, String(id));
  }
});

test('texts are shown by the text section of a format', () => {
  const cases: Case[] = [
    ['"SKU-"@', '0042', 'SKU-0042'],
    ['0;-0;0;"T-"@" x"', 'A', 'T-A x'],
    ['0', 'A', 'A'],
    ['0;-0;0', 'A', 'A'],
    ['0;@', 'A', 'A'],
    [';;;', 'A', ''],
  ];
  for (const [code, text, shown] of cases) assert.is(shownText(text, new NumberFormat(code)), shown, code);
});

test('a format tells codes from amounts', () => {
  const codes: Case[] = [
    ['00000', '42', '00042'],
    ['"SKU-"0', '42', 'SKU-42'],
    ['\\A0', '42', 'A42'],
    ['0000-000', '42', '0000-042'],
    ['[<=9999999]###-####;(###) ###-####', '5551234', '555-1234'],
  ];
  for (const [code, stored, shown] of codes) assert.is(codeText(stored, new NumberFormat(code)), shown, code);
  const amounts = [
    '0',
    '0.00',
    '#,##0',
    '0,000',
    '# ##0',
    "#'##0",
    '"EUR"0',
    '"$"0',
    '0" pcs"',
    '"Rs."0',
    '[$€]0',
    '00.0',
  ];
  for (const code of [...amounts, '# ??/??', 'yymmdd', 'General']) {
    assert.is(codeText('42', new NumberFormat(code)), null, code);
  }
  assert.equal([codeText('-42', new NumberFormat('0000')), codeText('4.2', new NumberFormat('0000'))], [null, null]);
});

test('a format is read once, whatever its length', () => {
  const codes = [
    '[',
    '[[',
    '"',
    '"a',
    '\\',
    '_',
    '*',
    '[h',
    '0#',
    'm:',
    '[<',
    'a/p',
    '0"-"',
    '#,',
    'general',
    'E+',
    '?/',
  ];
  for (const code of codes) {
    const timeOf = (length: number): number => {
      const text = code.repeat(Math.ceil(length / code.length));
      // CPU time, because wall time depends on other processes
      const start = process.cpuUsage();
      const format = new NumberFormat(text);
      shownNumber('1234567', format, false);
      shownText('abc', format);
      codeText('42', format);
      return process.cpuUsage(start).user / 1000;
    };
    timeOf(1000);
    assert.ok(timeOf(200_000) < 2000, code);
  }
  assert.is(shownNumber('42', new NumberFormat(`${'['.repeat(1800)}0`), false), `${'['.repeat(1800)}42`);
});

test.run();
