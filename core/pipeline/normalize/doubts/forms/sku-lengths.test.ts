/** SKUs that lost leading zeros or were rounded: each limit on both sides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../bytes/text.ts';
import { collectedRows } from '../testing/collected-rows.ts';
import { SkuLengths } from './sku-lengths.ts';

function said(skus: readonly string[], file: string | null = null): string[] {
  const lengths = new SkuLengths();
  for (const [i, sku] of skus.entries()) {
    const bytes = toBytes(`9${sku}9`);
    lengths.look(bytes, 1, bytes.length - 1, { file, line: i + 2 });
  }
  const { rows, shown } = collectedRows();
  return [...lengths.warnings('v', rows), ...shown];
}

const warned = (skus: readonly string[]) => said(skus)[0] ?? '';
const times = (count: number, sku: (i: number) => string) => Array.from({ length: count }, (_, i) => sku(i));
/** SKUs of six digits that begin with 1 to 9 in turn. */
const six = (count: number) => times(count, (i) => `${1 + (i % 9)}${String(10_007 + 37 * i).slice(0, 5)}`);
const short = (count: number, length = 4) => times(count, (i) => String(7 * 10 ** (length - 1) + i));
/** A GTIN: `digits` and its check digit. */
function gtin(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

test('a few SKUs that are shorter than all others are doubted', () => {
  assert.equal(said([...six(17), ...short(3)]), [
    'skus_shorter:v:3:line 19 "7000"; line 20 "7001"; line 21 "7002"',
    ...['skus_shorter 19 sku "7000"', 'skus_shorter 20 sku "7001"', 'skus_shorter 21 sku "7002"'],
  ]);
  assert.equal(said([...short(3), ...six(17)], 'a.csv').slice(0, 2), [
    'skus_shorter:v:3:a.csv line 2 "7000"; a.csv line 3 "7001"; a.csv line 4 "7002"',
    'skus_shorter a.csv:2 sku "7000"',
  ]);
  // examples are in the order of the feed, whatever their lengths
  assert.is(
    warned(['70001', '7001', ...six(18), '7002', '70003']),
    'skus_shorter:v:4:line 2 "70001"; line 3 "7001"; line 22 "7002"',
  );
  assert.is(warned([...six(60), ...short(20)]).split(':')[2], '20');
  for (const [skus, why] of [
    [[...six(16), ...short(3)], 'fewer than 20 rows'],
    [[...six(18), ...short(2)], 'two shorter ones'],
    [[...six(14), ...short(6)], 'less than three quarters'],
    [six(30), 'one length'],
    [[...six(17), ...short(3), '1234-5'], 'one has a hyphen'],
    [[...six(17), ...short(3), '1234B'], 'one has a letter'],
    [[...six(17), ...short(3), '1'.repeat(25)], 'one is too long'],
    [[...six(17), ...short(3), '012345'], 'zeros are there'],
    [[...six(17), ...short(3), '7'], 'more than four zeros would be lost'],
    [[...times(17, (i) => `${1 + (i % 9)}${1000 + i}`), ...short(3)], 'of five digits'],
    [[...times(17, (i) => `${1 + (i % 4)}${10_000 + i}`), ...short(3)], 'counted up'],
  ] as const) {
    assert.equal(said(skus), [], why);
  }
  assert.is(warned([...times(17, (i) => `${1 + (i % 5)}${10_000 + i}`), ...short(3)]).split(':')[2], '3');
  // exactly three quarters; as short as four lost zeros make it; as long as a SKU may be
  assert.is(warned([...six(15), ...short(5)]).split(':')[2], '5');
  assert.is(warned([...six(17), '70', '71', '72']).split(':')[2], '3');
  const long = times(17, (i) => `${1 + (i % 9)}${'1234567'.repeat(4).slice(0, 23)}`);
  assert.is(warned([...long, ...times(3, (i) => `8${'1'.repeat(20)}${i}`)]).split(':')[2], '3');
});

test('short barcodes among long ones are doubted if their check digits are right', () => {
  const long = (count: number, length = 12) =>
    times(count, (i) => gtin(String(10 ** (length - 2) * (1 + (i % 9)) + 7919 * i)));
  const cut = (count: number, length = 11) => times(count, (i) => gtin(String(4 * 10 ** (length - 2) + 31 * i)));
  for (const length of [12, 13, 14]) {
    const rest = length === 12 ? [] : long(1, 12);
    assert.is(warned([...long(17, length), ...rest, ...cut(3)]).split(':')[2], '3', String(length));
  }
  for (const length of [7, 9, 10, 11]) assert.is(warned([...long(17), ...cut(3, length)]).split(':')[2], '3');
  // other kinds of SKUs beside them do not matter, nor do a few that are no barcodes
  assert.is(warned([...long(17), ...cut(3), 'A-1', '12']).split(':')[2], '3');
  assert.is(warned([...long(18), '111111111110', '111111111112', ...cut(9), '40000000001']).split(':')[2], '10');
  // long numbers that are no barcodes are judged by their lengths
  const wrong = times(17, (i) => `${1 + (i % 9)}${10 ** 10 + i}`);
  assert.is(warned([...wrong, ...short(3, 8)]).split(':')[2], '3');
  for (const [skus, why] of [
    [[...long(18), ...cut(2)], 'two'],
    [[...long(17), ...cut(3, 8)], 'short barcodes of eight digits'],
    [[...long(17), ...cut(3, 6)], 'too short'],
    [[...long(17), ...cut(2), '40000000001'], 'a wrong check digit'],
    [[...long(17), ...cut(3), '012'], 'a zero in front'],
    [[...long(20, 16), ...cut(3)], 'longer than barcodes'],
  ] as const) {
    assert.equal(said(skus), [], why);
  }
});

test('long SKUs that end in zeros are doubted if most do', () => {
  const rounded = (count: number, length = 12, zeros = 6) =>
    times(count, (i) => `${String(10 ** (length - zeros - 1) * 3 + i)}${'0'.repeat(zeros)}`);
  const other = (count: number) => times(count, (i) => `1${10 ** 10 + 7 * i + 1}`);
  assert.equal(said([...rounded(11), ...other(9)]), [
    'skus_rounded:v:11:line 2 "300000000000"; line 3 "300001000000"; line 4 "300002000000"',
    ...['skus_rounded 2 sku "300000000000"', 'skus_rounded 3 sku "300001000000"', 'skus_rounded 4 sku "300002000000"'],
  ]);
  assert.match(warned(rounded(20, 22, 7)), /^skus_rounded/);
  for (const [skus, why] of [
    [[...rounded(10), ...other(10)], 'half of them'],
    [rounded(19), 'fewer than 20 rows'],
    [rounded(30, 12, 5), 'five zeros'],
    [rounded(30, 11, 6), 'eleven digits'],
    [rounded(30, 22, 6), 'more digits are left than a number has'],
  ] as const) {
    assert.not.match(warned(skus), /^skus_rounded/, why);
  }
});

test.run();
