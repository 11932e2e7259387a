/** Number formats of workbooks: pieces that people combine, and some that nobody should. */
import { Random } from '../../oracle/generate/random.ts';

/** Stored numbers, from a spreadsheet's first day to its last, and beyond. */
export const STORED = [
  '0',
  '1',
  '-1',
  '0.5',
  '42',
  '-7.25',
  '1234567.891',
  '45961.75',
  '0.000694',
  '1E-7',
  '2958466',
  'x',
];

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

export function numberFormat(number: number): string {
  const random = new Random(number * 104_729);
  return Array.from({ length: random.pick([1, 1, 1, 2, 2, 3, 4]) }, () =>
    random.chance(0.06) ? '' : section(random),
  ).join(';');
}
