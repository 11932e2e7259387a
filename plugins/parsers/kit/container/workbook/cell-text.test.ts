/** Stored numbers of a workbook as plain decimals, and its serial numbers as dates and times. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decimalText, isNumberText, isoText, isSerial, numberText, shifted } from './cell-text.ts';
import { NumberFormat } from './number-format.ts';

test('numbers are plain decimals; a fraction has at most 15 significant digits', () => {
  const cases: [stored: string, text: string][] = [
    ['12.5', '12.5'],
    ['12.50', '12.5'],
    ['12.', '12'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['-0.0', '-0'],
    ['+5', '5'],
    ['007', '007'],
    ['00012.50', '12.5'],
    ['00.50', '0.5'],
    [' 12.5 ', '12.5'],
    ['123456789012.345', '123456789012.345'],
    ['123456789012.3456', '123456789012.346'],
    ['-123456789012.345', '-123456789012.345'],
    ['0.000123456789012345', '0.000123456789012345'],
    ['0.0001234567890123456', '0.000123456789012346'],
    ['19.989999999999998', '19.99'],
    ['1234567890123456789', '1234567890123456789'],
    ['1E3', '1000'],
    ['1.5e+3', '1500'],
    ['1.5e3', '1500'],
    ['150E-1', '15'],
    ['1E-7', '0.0000001'],
    ['-2.5E-3', '-0.0025'],
    ['0.00012E2', '0.012'],
    [`${'9'.repeat(320)}.5`, `${'9'.repeat(320)}.5`],
    ['1E1000', '1E1000'],
    ['.', '.'],
    ['', ''],
    [' ', ' '],
    ['E5', 'E5'],
    ['1-2', '1-2'],
    ['1.2.3', '1.2.3'],
    ['12a', '12a'],
    ['a12', 'a12'],
  ];
  for (const [stored, text] of cases) assert.is(decimalText(stored), text, stored);
});

test('a number is shifted by powers of ten, without zeros that it does not need', () => {
  const cases: [text: string, by: number, shown: string][] = [
    ['1.25', 2, '125'],
    ['1.25', 1, '12.5'],
    ['1.25', 3, '1250'],
    ['125', -2, '1.25'],
    ['125', -3, '0.125'],
    ['-125', -5, '-0.00125'],
    ['100', -2, '1'],
    ['0.5', -1, '0.05'],
    ['5E2', -1, '50'],
    ['00125', -2, '1.25'],
    ['007', 0, '7'],
    ['000', 0, '0'],
    ['0.05', 1, '0.5'],
  ];
  for (const [text, by, shown] of cases) assert.is(shifted(text, by), shown, `${text} by ${by}`);
});

test('a serial number is a date, a date with a time, or below one a time', () => {
  const cases: [value: number, kind: 'date' | 'time' | 'duration', date1904: boolean, text: string][] = [
    [1, 'date', false, '1900-01-01'],
    [59, 'date', false, '1900-02-28'],
    [60, 'date', false, '1900-02-28'],
    [61, 'date', false, '1900-03-01'],
    [46327, 'date', false, '2026-11-01'],
    [44865, 'date', true, '2026-11-01'],
    [46327.25, 'time', false, '2026-11-01 06:00:00'],
    [46327.9999999, 'date', false, '2026-11-02'],
    [46327 + 86_399 / 86_400, 'date', false, '2026-11-01 23:59:59'],
    [0, 'date', false, '00:00:00'],
    [10 / 24, 'date', false, '10:00:00'],
    [(9 * 3600 + 9 * 60 + 9) / 86_400, 'time', true, '09:09:09'],
    [(10 * 3600 + 10 * 60 + 10) / 86_400, 'time', false, '10:10:10'],
    [1.5, 'duration', false, '36:00:00'],
    [1, 'duration', false, '24:00:00'],
  ];
  for (const [value, kind, date1904, text] of cases)
    assert.is(isoText(value, kind, date1904), text, `${value} ${kind}`);
  assert.equal([-0.1, 0, 2_957_002.9, 2_957_003].map(isSerial), [false, true, true, false]);
});

test('only the numbers that a format shows as dates are dates', () => {
  const date = new NumberFormat('yyyy-mm-dd');
  const cases: [stored: string, format: NumberFormat | null, text: string][] = [
    ['46327', date, '2026-11-01'],
    ['46327', null, '46327'],
    ['46327.50', null, '46327.5'],
    ['46327', new NumberFormat('0.00'), '46327'],
    ['-1', date, '-1'],
    ['2957003', date, '2957003'],
    [' ', date, ' '],
    ['', date, ''],
    ['x', date, 'x'],
    ['0', new NumberFormat('h:mm'), '00:00:00'],
    ['1.5', new NumberFormat('[h]:mm'), '36:00:00'],
    ['46327', new NumberFormat('[>50000]yyyy;0'), '46327'],
    ['5', new NumberFormat('[<1]0;[<2]0'), '5'],
  ];
  for (const [stored, format, text] of cases) assert.is(numberText(stored, format, false), text, stored);
  const texts = ['5', '-5.25', '5.', '.5', '+5', '2026-11-01', '5 ', ' 5', '1e5', ''];
  assert.equal(texts.filter(isNumberText), ['5', '-5.25']);
});

test.run();
