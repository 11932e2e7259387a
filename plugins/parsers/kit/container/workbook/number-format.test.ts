/** What number formats say: the kind of each section, the section that a number is shown by, and its marks. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatOf, NumberFormat } from './number-format.ts';

/** The kind of the section that shows a number; `~` a language, `+` if a minus is written before it; `-` for no section. */
function kindAt(format: NumberFormat, value: number): string {
  const chosen = format.choose(value);
  if (chosen === null) return '-';
  const { kind, language } = chosen.section;
  return kind + (language === 'english' ? '' : `~${language}`) + (chosen.isSigned ? '+' : '');
}

function marksOf({ currency, isPercent, hasDates, hasCodes, hasTextMark }: NumberFormat): string {
  const marks = Object.entries({ isPercent, hasDates, hasCodes, hasTextMark }).flatMap(([name, has]) =>
    has ? [name.replace(/^(is|has)/, '').toLowerCase()] : [],
  );
  return [...(currency === null ? [] : [currency]), ...marks].join(' ');
}

const check = (cases: readonly (readonly [code: string, kind: string, marks?: string])[]) => {
  for (const [code, kind, marks = ''] of cases) {
    const format = new NumberFormat(code);
    assert.equal([kindAt(format, 1), marksOf(format)], [`${kind}+`, marks], code);
  }
};

test('a section is of one kind', () => {
  check([
    ['0', 'number'],
    ['General', 'general'],
    ['GENERAL x', 'general'],
    ['Gene', 'literal'],
    ['', 'literal'],
    ['\\', 'literal'],
    ['_', 'literal'],
    ['*', 'literal'],
    ['"', 'literal'],
    ['%', 'literal', 'percent'],
    ['0%', 'number', 'percent'],
    ['"%"0', 'number'],
    ['@', 'text', 'textmark'],
    ['0@', 'text', 'textmark'],
    ['0E+0', 'scientific'],
    ['0e-0', 'scientific'],
    ['# ?/?', 'fraction'],
    ['0/0', 'fraction'],
    ['?/8', 'fraction'],
    ['0/x', 'number'],
    ['/0', 'number'],
    ['0"a"/2', 'number'],
    ['0/"x8"', 'number'],
    ['0/08', 'fraction'],
  ]);
});

test('an m is minutes after hours and before seconds, and else months', () => {
  check([
    ['yyyy', 'date', 'dates'],
    ['d', 'date', 'dates'],
    ['m', 'date', 'dates'],
    ['mm', 'date', 'dates'],
    ['h', 'time', 'dates'],
    ['s', 'time', 'dates'],
    ['h:m', 'time', 'dates'],
    ['m:s', 'time', 'dates'],
    ['h m', 'time', 'dates'],
    ['h"x"m', 'time', 'dates'],
    ['m"x"s', 'time', 'dates'],
    ['s"x"m', 'date', 'dates'],
    ['m"x"h', 'date', 'dates'],
    ['h:mmm', 'date', 'dates'],
    ['mmm:s', 'date', 'dates'],
    ['[h]:m', 'duration', 'dates'],
    ['[H]:m', 'duration', 'dates'],
    ['m:[s]', 'duration', 'dates'],
    ['[h]', 'duration', 'dates'],
    ['[mm]', 'duration', 'dates'],
    ['[s]', 'duration', 'dates'],
    ['[hm]', 'literal'],
    ['[h', 'time', 'dates'],
    ['AM/PM', 'time', 'dates'],
    ['a/p', 'time', 'dates'],
    ['a/x', 'literal'],
    ['A', 'literal'],
  ]);
});

test('the language of names is that of the code after the sign, and letters of eras are another', () => {
  check([
    ['[$]d', 'date', 'dates'],
    ['[$-409]d', 'date', 'dates'],
    ['[$-0409]d', 'date', 'dates'],
    ['[$-809]d', 'date', 'dates'],
    ['[$-0]d', 'date', 'dates'],
    ['[$-10409]d', 'date', 'dates'],
    ['[$-1000409]d', 'date', 'dates'],
    ['[$-en-GB]d', 'date', 'dates'],
    ['[$-EN]d', 'date', 'dates'],
    ['[$-20409]d', 'date~other', 'dates'],
    ['[$-407]d', 'date~other', 'dates'],
    ['[$-12345678]d', 'date~other', 'dates'],
    ['[$-409409409]d', 'date~other', 'dates'],
    ['[$-x409]d', 'date~other', 'dates'],
    ['[$-de-en]d', 'date~other', 'dates'],
    ['[$-english]d', 'date~other', 'dates'],
    ['[$-F800]d', 'date~system', 'dates'],
    ['[$-f400]h', 'time~system', 'dates'],
    ['[$-F8000]d', 'date~other', 'dates'],
    ['[$-1F800]d', 'date~other', 'dates'],
    ['eyy', 'date~other', 'dates'],
    ['gd', 'date~other', 'dates'],
    ['yyb', 'date~other', 'dates'],
    ['he', 'time', 'dates'],
    ['0e', 'number'],
    ['e', 'literal'],
  ]);
});

test('a currency is a word of the format', () => {
  check([
    ['$0', 'number', '$'],
    ['[$EUR]0', 'number', 'EUR'],
    ['[$€-407]0', 'number~other', '€'],
    ['[$-407]0', 'number~other'],
    ['"USD" 0', 'number', 'USD'],
    ['0 "EUR "', 'number', 'EUR'],
    ['"net EUR"0', 'number', 'EUR codes'],
    ['0" pcs"', 'number'],
    ['0;"EUR"0', 'number', 'EUR'],
  ]);
  assert.equal(
    ['0;"EUR"0', '0;;;"EUR "@'].map((code) => marksOf(new NumberFormat(code))),
    ['EUR', 'textmark'],
  );
});

test('a format is one of codes by its zeros, its signs between digits, and a word before them', () => {
  const codes = [
    ...['00', '000', '0-0', '0-#', '#-#', '"A"0', '"Ab"0', '"A1"0', '"A b-"0', '"EUR-"0', '"Ä"0', '"a#"0'],
    ...['"a_"0', '"a/"0', '[$SKU-409]0', '"$SKU"0', '0;00', '"SKU "0-0', '#0"x"#', '"a1"#'],
  ];
  const amounts = [
    ...[
      '0',
      '#',
      '??',
      '#0',
      '0 0',
      "0'0",
      '0’0',
      '# #',
      '0"A"',
      '"1"0',
      '"-"0',
      '"SKU$"0',
      '"a."0',
      '"EUR"0',
      '"eur "0',
    ],
    ...[
      '00%',
      '0.00',
      '00.0',
      '0,000',
      '"SKU"',
      '00@',
      '0;0;0;"A"00',
      'yy-0',
      '"a "0',
      `"a${'$'.repeat(9)}${'b'.repeat(12)}$"0`,
    ],
  ];
  for (const code of codes) assert.is(new NumberFormat(code).hasCodes, true, code);
  for (const code of amounts) assert.is(new NumberFormat(code).hasCodes, false, code);
});

test('a section is chosen by the sign of a number, or by its condition', () => {
  const values = [-2, -1, 0, 1, 1.5, 2];
  /** The number of the section, from 1, that shows each value. */
  const chosen = (code: string) => {
    const format = new NumberFormat(code);
    return values.map((value) => {
      const found = format.choose(value);
      const [text] = found?.section.tokens.flatMap((token) => (token.kind === 'literal' ? [token.text] : [])) ?? [];
      return `${text ?? '-'}${found?.isSigned ? '+' : ''}`;
    });
  };
  const cases: [code: string, shown: string][] = [
    ['"a"', 'a+ a+ a+ a+ a+ a+'],
    ['"a";"b"', 'b b a+ a+ a+ a+'],
    ['"a";"b";"c"', 'b b c a+ a+ a+'],
    ['"a";"b";"c";"d"', 'b b c a+ a+ a+'],
    ['"a";"b";"c";"d";"e"', 'b b c a+ a+ a+'],
    ['"a";@', 'a+ a+ a+ a+ a+ a+'],
    ['"a";"b";@', 'b b a+ a+ a+ a+'],
    ['[>1]"a"', '- - - - a+ a+'],
    ['[>=1]"a"', '- - - a+ a+ a+'],
    ['[ >1 ]"a"', '- - - - a+ a+'],
    ['[<>1]"a"', 'a+ a+ a+ - a+ a+'],
    ['[=1.5]"a"', '- - - - a+ -'],
    ['[> 1.5]"a"', '- - - - - a+'],
    ['[<1]"a"', 'a+ a+ a+ - - -'],
    ['[<0]"a"', 'a a - - - -'],
    ['[<=0]"a"', 'a a a - - -'],
    ['[<=-1]"a"', 'a a - - - -'],
    ['[<=1]"a"', 'a+ a+ a+ a+ - -'],
    ['[>-2E0]"a"', '- a+ a+ a+ a+ a+'],
    ['[>-0.2e+1]"a"', '- a+ a+ a+ a+ a+'],
    ['[>20e-1]"a"', '- - - - - -'],
    ['[=>1]"a"', 'a+ a+ a+ a+ a+ a+'],
    ['[>1x]"a"', 'a+ a+ a+ a+ a+ a+'],
    ['[x>1]"a"', 'a+ a+ a+ a+ a+ a+'],
    ['[Red]"a"', 'a+ a+ a+ a+ a+ a+'],
    ['[>1]"a";"b"', 'b+ b+ b+ b+ a+ a+'],
    ['[>1]"a";[>0]"b";"c"', 'c+ c+ c+ b+ a+ a+'],
    ['[>1]"a";"b";"c"', 'b b c+ c+ a+ a+'],
    ['"a";[<-1]"b";"c"', 'b c c a+ a+ a+'],
    ['"a";[>5]"b"', '- - a+ a+ a+ a+'],
  ];
  for (const [code, shown] of cases) assert.is(chosen(code).join(' '), shown, code);
});

test('a number of a format that a workbook need not define has a code', () => {
  const shown = Array.from({ length: 60 }, (_, id) => {
    const format = formatOf(id, undefined);
    return format === null ? '' : `${kindAt(format, 1)}${kindAt(format, -1)} ${marksOf(format)}`;
  });
  const [date, time] = ['date~system+date~system+ dates', 'time~system+time~system+ dates'];
  const [number, amount] = ['number+number+ ', 'number+number '];
  const [day, clock] = ['date+date+ dates', 'time+time+ dates'];
  const fraction = 'fraction+fraction+ ';
  const percent = 'number+number+ percent';
  const scientific = 'scientific+scientific+ ';
  const expected = [
    ...['', number, number, number, number, amount, amount, amount, amount, percent, percent, scientific],
    ...[fraction, fraction, date, day, day, day, clock, clock, clock, clock, date, '', '', '', ''],
    ...[date, date, date, date, date, time, time, time, time, date, amount, amount, amount, amount],
    ...[amount, amount, amount, amount, clock, 'duration+duration+ dates', clock, scientific, '', date, date, date],
    ...[date, date, date, date, date, date, ''],
  ];
  assert.equal(shown, expected);
  assert.equal(
    [formatOf(164, 'General'), formatOf(164, '@'), formatOf(164, undefined), formatOf(2, '@')],
    [null, null, null, null],
  );
  assert.is(formatOf(2, '00')?.hasCodes, true);
});

test.run();
