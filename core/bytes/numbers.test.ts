/** The readers and writers of numbers against plain models: all short texts, and texts and numbers at the limits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  EMPTY,
  INVALID,
  NEGATIVE,
  readInteger,
  readMoney,
  readMoneySlowly,
  SLOW,
  writeCents,
  writeInteger,
  writeMicros,
  writeMills,
} from './numbers.ts';
import { toBytes, toText } from './text.ts';

/** All texts of these signs, up to so many. */
function textsOf(signs: string, most: number): string[] {
  const texts = [''];
  for (const text of texts) if (text.length < most) texts.push(...[...signs].map((sign) => text + sign));
  return texts;
}

/** The signs beside the digits in ASCII are there too. */
const SHORT = textsOf('019.-+/:', 4);
const NINES = [8, 9, 10, 14, 15, 16, 17].map((count) => '9'.repeat(count));
const LONG = NINES.flatMap((digits) => [
  digits,
  `-${digits}`,
  `+000${digits}`,
  `${digits}.00`,
  `${digits}.01`,
  `0${digits}`,
]);

/** What a reader says of a text, whatever is around it. */
function assertReads(text: string, read: (bytes: Uint8Array, from: number, to: number) => number, expected: number) {
  for (const around of ['#', '1', '0', '.']) {
    const bytes = toBytes(around + text + around);
    assert.is(read(bytes, 1, bytes.length - 1), expected, `${text} between ${around}`);
  }
}

function plainInteger(text: string): number {
  if (text === '') return EMPTY;
  const [, sign, digits = ''] = /^([-+]?)(\d+)(?:\.0+)?$/.exec(text) ?? [];
  if (digits === '') return INVALID;
  if (sign === '-' && BigInt(digits) > 0n) return NEGATIVE;
  return BigInt(digits) > 999_999_999_999_999n ? INVALID : Number(digits);
}

test('integers are read as a pattern reads them', () => {
  for (const text of [...SHORT, ...LONG]) assertReads(text, readInteger, plainInteger(text));
});

function plainMoney(text: string): number {
  if (text === '') return EMPTY;
  const [, whole = '', fraction = ''] = /^(\d{1,9}|\d{0,9}(?=\.))(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  return whole + fraction === '' ? SLOW : Number(whole + fraction.padEnd(6, '0'));
}

test('amounts of up to nine digits and six decimals are read as a pattern reads them, others not', () => {
  const decimals = [1, 2, 3, 4, 5, 6, 7].flatMap((count) =>
    ['12', '', '999999999', '1234567890'].map((whole) => `${whole}.${'1234567'.slice(0, count)}`),
  );
  for (const text of [...SHORT, ...LONG, ...decimals]) assertReads(text, readMoney, plainMoney(text));
});

/** Half to even, in whole numbers. */
function halfEven(value: bigint, divisor: bigint): bigint {
  const [down, rest2] = [value / divisor, (value % divisor) * 2n];
  return rest2 > divisor || (rest2 === divisor && down % 2n === 1n) ? down + 1n : down;
}

function plainAmount(text: string): { micros: number; rounded: boolean } {
  const [all, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (all === undefined || whole + fraction === '') return { micros: INVALID, rounded: false };
  const value = BigInt(whole + fraction) * 1_000_000n;
  if (sign === '-' && value > 0n) return { micros: NEGATIVE, rounded: false };
  if (BigInt(whole) > 999_999_999n) return { micros: INVALID, rounded: false };
  const one = 10n ** BigInt(fraction.length);
  return { micros: Number(halfEven(value, one)), rounded: value % one !== 0n };
}

test('any other amount is rounded half to even to six decimals, as in whole numbers', () => {
  const wholes = ['', '0', '00', '7', '000000001', '999999999', '0999999999', '1000000000'];
  const fractions = ['', '.', '.0', '.5', '.123456', '.1234565', '.1234575', '.12345650', '.12345751', '.1234564999'];
  fractions.push('.9999995', '.0000005', '.0000015', '.00000150', '.00000051', '.0000004', '.0000006', '.0000000');
  const texts = ['', '+', '-'].flatMap((sign) =>
    wholes.flatMap((whole) => fractions.map((rest) => sign + whole + rest)),
  );
  for (const text of [...texts, ...SHORT]) assert.equal(readMoneySlowly(text), plainAmount(text), text);
});

/** Numbers beside each power of ten and the limits of machine numbers. */
const EDGES = [
  ...Array.from({ length: 16 }, (_, i) => 10 ** i),
  ...[2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER - 1, 25, 123_456_789, 1_234_567_890_123],
].flatMap((value) => [value - 1, value, value + 1]);

/** What is written, and nothing beside it. */
function written(write: (out: Uint8Array, at: number) => number): string {
  const out = new Uint8Array(40).fill(0x23);
  const end = write(out, 3);
  assert.ok(out.every((byte, i) => (i >= 3 && i < end) || byte === 0x23));
  return toText(out, 3, end);
}

/** Units of `10^-decimals` as a text. */
function decimal(units: bigint, decimals: number): string {
  const digits = String(units).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

test('numbers are written where they should be, with all digits', () => {
  for (const value of EDGES) {
    assert.is(
      written((out, at) => writeInteger(out, at, value)),
      String(value),
    );
    assert.is(
      written((out, at) => writeCents(out, at, value)),
      decimal(BigInt(value), 2),
    );
    assert.is(
      written((out, at) => writeMills(out, at, value)),
      decimal(BigInt(value), 3),
    );
  }
});

test('micros are written with two or three decimals, half to even', () => {
  const micros = [
    ...EDGES,
    4_999,
    5_000,
    5_001,
    15_000,
    14_999,
    25_000,
    500,
    499,
    501,
    1_500,
    2_500,
    999_999_999_999_500,
  ];
  for (const value of micros) {
    for (const decimals of [2, 3] as const) {
      const units = halfEven(BigInt(value), 10n ** BigInt(6 - decimals));
      assert.is(
        written((out, at) => writeMicros(out, at, value, decimals)),
        decimal(units, decimals),
        String(value),
      );
    }
  }
});

test.run();
