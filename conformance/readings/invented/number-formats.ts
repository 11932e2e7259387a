/** Number formats of workbooks: pieces that people combine, and some that nobody should. */
import { Random } from '../../oracle/generate/random.ts';

/** Stored numbers, from a spreadsheet's first day to its last and beyond, in the ways programs write them. */
const STORED = [
  ...['0', '1', '-1', '0.5', '42', '-7.25', '1234567.891', '45961.75', '0.000694', '1E-7', '2958466', 'x', '+5', '007'],
  ...[
    '1.50',
    ' 3 ',
    '',
    '1.2e3',
    '-0.0',
    '-.5',
    '5.',
    '123456789012345678',
    '0.10000000000000001',
    '59.99999999999999',
  ],
  ...['2957003', '2957002.5', '60', '61', '45961.999999', '0.9999999', '1-2', '12a', 'a12', '1e40', '-1E-3', '10.00'],
  ...['1000', '99999.995', '0.333333333333', '1.75', '+-1', '0.06', '12:30', '4.0E+12', '100', '-1000.10'],
];
const STORED_SHOWN = 11;
/** The numbers of formats that a workbook need not define. */
const BUILT_IN = 50;

const DIGITS = [
  '0',
  '#',
  '00',
  '000',
  '0000',
  '#,##0',
  '0.00',
  '#,##0.00',
  '#.##',
  '???',
  '0,',
  '0 0',
  '#-##',
  '0.0.0',
  '# ?/?',
  '0E+00',
  'General',
  '@',
];
const DATES = [
  'yyyy',
  'yy',
  'm',
  'mm',
  'mmm',
  'mmmm',
  'mmmmm',
  'd',
  'dd',
  'ddd',
  'dddd',
  'h',
  'hh',
  'mm',
  'ss',
  's',
  '[h]',
  '[mm]',
  '[ss]',
  'AM/PM',
  'a/p',
  'ss.0',
  'e',
  'b',
];
const BETWEEN = ['-', '/', '.', ':', ' ', '', 'T', '\\ ', '\\-', '", "', ' "of" '];
const AROUND = [
  '"SKU-"',
  '" pcs"',
  '"A;B"',
  '\\A',
  '[$€-407]',
  '[$$-409]',
  '[$SKU-409]',
  '[$-40C]',
  '[Red]',
  '[Color5]',
  '[>100]',
  '[<=0]',
  '[=1]',
  '[<>2]',
  '€',
  '$',
  '%',
  '_-',
  '_(',
  '*x',
  '* ',
  '(',
  ')',
  '+',
  'EUR',
  '[h',
  '"open',
  '\\',
  '"EUR "',
  '" USD"',
  '!',
];

function section(random: Random): string {
  const pick = (list: readonly string[], share: number) => (random.chance(share) ? random.pick(list) : '');
  const core = random.chance(0.55)
    ? random.pick(DIGITS)
    : Array.from({ length: random.int(1, 5) }, () => random.pick(DATES)).join(random.pick(BETWEEN));
  return pick(AROUND, 0.4) + pick(AROUND, 0.2) + core + pick(AROUND, 0.3) + pick(DIGITS, 0.1);
}

/** Some of the stored numbers, others for each format. */
export function storedNumbers(number: number): string[] {
  return new Random(number * 65_537).shuffle(STORED).slice(0, STORED_SHOWN);
}

/** A format's code; undefined if the number alone says what it is. */
export function numberFormat(number: number): string | undefined {
  if (number < BUILT_IN) return undefined;
  const random = new Random(number * 104_729);
  return Array.from({ length: random.pick([1, 1, 1, 2, 2, 3, 4]) }, () =>
    random.chance(0.06) ? '' : section(random),
  ).join(';');
}
