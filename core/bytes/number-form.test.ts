import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NumberForm } from '../layout.ts';
import { currencyMarks, isCurrencyMark } from '../money/currency-signs.ts';
import { NOT_IN_FORM, NumberReader, OTHER_CURRENCY } from './number-form.ts';
import { toBytes, toText } from './text.ts';

const PLAIN: NumberForm = { decimal: '.', thousands: null, currency: null, atLeast: false, zeroBelow: false };
const reader = (form: Partial<NumberForm>) => {
  const numbers = new NumberReader({ ...PLAIN, ...form });
  return (cell: string) => {
    const bytes = toBytes(`<${cell}>`);
    const length = numbers.read(bytes, 1, bytes.length - 1);
    return length < 0 ? length : toText(numbers.out, 0, length);
  };
};

test('numbers with the declared marks become plain numbers', () => {
  const german = reader({ decimal: ',', thousands: '.', currency: 'EUR' });
  const pairs: Array<[string, string | number]> = [
    ['1.234.567,8', '1234567.8'],
    ['12', '12'],
    ['-,5', '-.5'],
    ['7,', '7.'],
    ['1.23', NOT_IN_FORM],
    ['1234.567', NOT_IN_FORM],
    ['.123', NOT_IN_FORM],
    ['1..234', NOT_IN_FORM],
    ['1.234.', NOT_IN_FORM],
    ['1,234.567', NOT_IN_FORM],
    ['1,2,3', NOT_IN_FORM],
    [',', NOT_IN_FORM],
    ['+', NOT_IN_FORM],
    ['-€-5', NOT_IN_FORM],
    ['-€ 5', '-5'],
    ['€ -5', '-5'],
    ['eur\u00a05', '5'],
    ['€ 5 EUR', '5'],
    ['€€ 5', NOT_IN_FORM],
    ['5 USD', OTHER_CURRENCY],
    ['£5', OTHER_CURRENCY],
    ['₿5', OTHER_CURRENCY],
    ['5.5 €', NOT_IN_FORM],
    ['5 Stück', NOT_IN_FORM],
    ['EUR', NOT_IN_FORM],
    ['9'.repeat(101), NOT_IN_FORM],
  ];
  for (const [cell, expected] of pairs) assert.is(german(cell), expected, cell);
});

test('three digits after the decimal mark are ambiguous if they could be a group of thousands', () => {
  const german = reader({ decimal: ',', thousands: '.' });
  const english = reader({ decimal: '.', thousands: ',' });
  for (const cell of ['16,500', '1,000', '-129,900', '+999,999']) assert.is(german(cell), NOT_IN_FORM, cell);
  for (const cell of ['129.900', '1.500']) assert.is(english(cell), NOT_IN_FORM, cell);
  const clear: Array<[string, string]> = [
    ['16,50', '16.50'],
    ['16,5000', '16.5000'],
    ['0,500', '0.500'],
    [',500', '.500'],
    ['1.016,500', '1016.500'],
    ['1234,500', '1234.500'],
    ['16.500', '16500'],
  ];
  for (const [cell, expected] of clear) assert.is(german(cell), expected, cell);
  assert.is(reader({ decimal: ',', thousands: '.', decimals: 3 })('16,500'), '16.500');
  assert.is(reader({ decimal: ',', thousands: '.', decimals: 2 })('16,5000'), NOT_IN_FORM);
  assert.is(reader({ decimal: ',' })('16,500'), '16.500', 'no thousands are declared');
  assert.is(reader({ decimal: ',', thousands: ' ' })('16,500'), '16.500');
  assert.is(reader({ decimal: '.', decimals: 2 })('1.234'), NOT_IN_FORM);
});

test('a currency sign that several currencies share means the tenant’s if it may', () => {
  assert.is(reader({ currency: 'CAD' })('$5'), '5');
  assert.is(reader({ currency: 'CAD' })('C$5'), '5');
  assert.is(reader({ currency: 'CAD' })('US$5'), OTHER_CURRENCY);
  assert.is(reader({ currency: 'SEK' })('5 kr'), '5');
  assert.is(reader({ currency: 'GBP' })('$5'), OTHER_CURRENCY);
  assert.is(reader({ currency: 'INR' })('Rs. 5'), '5');
  assert.is(reader({})('$5'), NOT_IN_FORM);
});

test('"at least" numbers, and spaces and apostrophes between groups, are read if declared', () => {
  const stock = reader({ thousands: ' ', atLeast: true });
  for (const cell of ['1 000+', '>1 000', '>= 1\u202f000', '≥1\u00a0000', '1000']) assert.is(stock(cell), '1000', cell);
  for (const cell of ['>10+', '<10', '+', '>', '10++', '≥']) assert.is(stock(cell), NOT_IN_FORM, cell);
  assert.is(reader({ thousands: "'" })("1'000.5"), '1000.5');
  assert.is(reader({ thousands: "'" })('1’000'), '1000');
});

test('numbers below zero become zero if declared', () => {
  const oversold = reader({ zeroBelow: true });
  assert.equal(['-3', '3', '-0', '-', '-x'].map(oversold), ['0', '3', '0', NOT_IN_FORM, NOT_IN_FORM]);
});

test('with an implied decimal point every digit is kept', () => {
  const pairs: Array<[string, number, string | number]> = [
    ['1234', 2, '12.34'],
    ['-1234', 2, '-12.34'],
    ['+5', 2, '+.05'],
    ['12', 2, '.12'],
    ['0', 2, '.00'],
    ['12,5', 3, '.0125'],
    ['1.234,5', 3, '1.2345'],
    [',5', 6, '.0000005'],
    ['7,', 1, '.7'],
    ['x', 2, NOT_IN_FORM],
  ];
  for (const [cell, impliedDecimals, plain] of pairs) {
    assert.is(reader({ decimal: ',', thousands: '.', impliedDecimals })(cell), plain, cell);
  }
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 90n }), fc.integer({ min: 1, max: 6 }), (amount, impliedDecimals) => {
      const read = reader({ impliedDecimals })(String(amount)) as string;
      const [whole, rest] = read.split('.');
      assert.is(rest!.length, impliedDecimals);
      assert.is(BigInt(`0${whole}${rest}`), amount);
    }),
  );
});

test('units after a number are read if declared', () => {
  const stock = reader({ units: ['Stk', 'Stk.', '/m', 'Stück'], atLeast: true, currency: 'EUR' });
  for (const cell of ['12 Stk', '12STK.', '12 stk .', '12+ Stk', '>12 Stk', '12 €/m', '12/m', '12\u00a0Stück', '12'])
    assert.is(stock(cell), cell === '12 stk .' ? NOT_IN_FORM : '12', cell);
  for (const cell of ['Stk', '12 pcs', 'Stk 12', '12 Stk Stk', '12 Stk 5', '12 k'])
    assert.is(stock(cell), NOT_IN_FORM, cell);
});

test('property: a number with declared groups reads like the number without', () => {
  const marks = fc.constantFrom<[NumberForm['decimal'], NumberForm['thousands']]>(
    ['.', ','],
    [',', '.'],
    [',', ' '],
    ['.', "'"],
  );
  fc.assert(
    fc.property(
      marks,
      fc.nat(),
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 6 }),
      (form, whole, rest) => {
        const [decimal, thousands] = form;
        const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, thousands!);
        assert.is(reader({ decimal, thousands, decimals: 6 })(`${grouped}${decimal}${rest}`), `${whole}.${rest}`);
      },
    ),
  );
});

test('property: any bytes give a plain number or a code', () => {
  const read = reader({ decimal: ',', thousands: '.', currency: 'EUR', atLeast: true });
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'019.,-+>€EUR$ \u00a0x') }),
      (cell) => {
        const plain = read(cell);
        assert.ok(typeof plain === 'number' || /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain), `${cell}: ${plain}`);
      },
    ),
  );
});

/** What a pattern makes of a number of German form; null for none. */
function plainGerman(text: string, decimals?: number): string | null {
  const [, sign, whole = '', fraction] = /^([-+]?)(\d{1,3}(?:\.\d{3})+|\d*)(?:,(\d*))?$/.exec(text) ?? [];
  if (sign === undefined || whole + (fraction ?? '') === '' || (fraction ?? '').length > (decimals ?? 100)) return null;
  const mayBeGroup = fraction?.length === 3 && /^[1-9]\d{0,2}$/.test(whole) && (decimals ?? 0) < 3;
  return mayBeGroup ? null : sign + whole.replaceAll('.', '') + (fraction === undefined ? '' : `.${fraction}`);
}

test('all short texts of digits, groups and decimal marks are read as a pattern reads them', () => {
  const textsOf = (signs: string, most: number) => {
    const texts = [''];
    for (const text of texts) if (text.length < most) texts.push(...[...signs].map((sign) => text + sign));
    return texts.slice(1);
  };
  const texts = [...textsOf('1.,', 8), ...textsOf('01-,.', 5), '12.345.678,901', '1.234.567', '0.123', '123.456,7890'];
  for (const decimals of [undefined, 2, 3]) {
    const read = reader({ decimal: ',', thousands: '.', ...(decimals === undefined ? {} : { decimals }) });
    for (const text of texts) assert.is(read(text), plainGerman(text, decimals) ?? NOT_IN_FORM, `${text} ${decimals}`);
  }
});

const byLength = (texts: readonly string[]) => [...texts].sort((a, b) => b.length - a.length);
const lowered = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const withoutEnd = (text: string, marks: readonly string[]) => {
  const mark = marks.find((one) => lowered(text).endsWith(one));
  return mark === undefined ? text : text.slice(0, text.length - mark.length).trimEnd();
};
const signOf = (text: string) => /^[-+]/.exec(text)?.[0] ?? '';

/** What a cell means, on strings and by patterns. */
function plainly(cell: string, form: NumberForm): string | number {
  let text = withoutEnd(cell, byLength((form.units ?? []).map(lowered)));
  if (form.atLeast) {
    const rest = text.replace(/^(?:>=?|≥)/, '');
    text = rest === text ? text.replace(/(?<=\d)\+$/, '') : rest.trimStart();
  }
  let sign = signOf(text);
  text = text.slice(sign.length);
  const own = form.currency === null ? [] : currencyMarks(form.currency);
  if (form.currency !== null) {
    const mark = byLength(own).find((one) => lowered(text).startsWith(one));
    text = withoutEnd(mark === undefined ? text : text.slice(mark.length).trimStart(), byLength(own));
    const late = sign === '' ? signOf(text) : '';
    text = text.slice(late.length);
    sign += late;
  }
  const number = plainDigits(text, form);
  if (number !== null) {
    if (form.zeroBelow && sign === '-') return '0';
    const moved = form.impliedDecimals ?? 0;
    if (moved === 0) return sign + number;
    const [whole = '', fraction = ''] = number.split('.');
    const digits = whole.padStart(moved, '0');
    return `${sign}${digits.slice(0, digits.length - moved)}.${digits.slice(digits.length - moved)}${fraction}`;
  }
  const around = [/^\D+(?=\d)/, /(?<=\d)\D+$/].map((side) => side.exec(cell)?.[0] ?? '');
  const marks = around.map((side) => side.replace(/^[-+\s]+|[-+\s]+$/g, ''));
  const isForeign = marks.some((mark) => isCurrencyMark(mark) && !own.includes(mark.toLowerCase()));
  return form.currency !== null && isForeign ? OTHER_CURRENCY : NOT_IN_FORM;
}

function plainDigits(text: string, { decimal, thousands, decimals }: NumberForm): string | null {
  const group = { ',': ',', '.': '\\.', ' ': '[ \u00a0\u202f\u2009]', "'": "['’]", none: '(?!)' }[thousands ?? 'none'];
  const form = new RegExp(`^(\\d{1,3}(?:${group}\\d{3})+|\\d*)(?:${decimal === '.' ? '\\.' : decimal}(\\d*))?$`);
  const [, whole, fraction] = form.exec(text) ?? [];
  if (whole === undefined || whole + (fraction ?? '') === '') return null;
  if ((fraction ?? '').length > (decimals ?? 100)) return null;
  const isOther = thousands === (decimal === ',' ? '.' : ',') && (decimals ?? 0) < 3;
  if (isOther && fraction?.length === 3 && /^[1-9]\d{0,2}$/.test(whole)) return null;
  return whole.replace(/\D/g, '') + (fraction === undefined ? '' : `.${fraction}`);
}

test('cells within any text are read as patterns read them, in all forms', () => {
  const forms: [form: Partial<NumberForm>, words: string[]][] = [
    [{ thousands: ',', currency: 'USD', atLeast: true }, ['$', 'USD', '>', '>=', '≥', 'C$', 'CAD', 'US$', '5+']],
    [{ decimal: ',', thousands: '.', currency: 'SEK', zeroBelow: true }, ['kr', 'kr.', 'SEK', 'K', '€', 'DKK', '-']],
    [
      { decimal: ',', thousands: ' ', units: ['Az', 'k', 'kr'], atLeast: true, decimals: 2 },
      ['AZ', 'aZ', 'k', 'kr', 'KR', '>', '≥', 'a', '7+'],
    ],
    [
      { thousands: "'", impliedDecimals: 2, currency: 'EUR', units: ['€/m'] },
      ['€', 'EUR', 'e', '’', "'", '€/m', '/m', 'USD'],
    ],
  ];
  const usual = ['1', '20', '345', '000', '0', '1', '999', ',', '.', ',', '.', '-', '+', ' ', '\u00a0'];
  let state = 7;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 16) % limit;
  };
  for (const [change, words] of forms) {
    const form = { ...PLAIN, ...change };
    const numbers = new NumberReader(form);
    const all = [...usual, ...words];
    const anyOf = (count: number) => Array.from({ length: count }, () => all[below(all.length)]).join('');
    for (let n = 0; n < 1500; n++) {
      const cell = anyOf(1 + below(5)).trim();
      if (cell === '') continue;
      // what is before and after a cell is not part of it
      const [before, after] = [anyOf(below(2)), anyOf(1)];
      const from = toBytes(before).length;
      const length = numbers.read(toBytes(before + cell + after), from, from + toBytes(cell).length);
      const read = length < 0 ? length : toText(numbers.out, 0, length);
      assert.is(read, plainly(cell, form), `${cell} in ${JSON.stringify(change)}`);
    }
  }
});

test('a number may have a hundred bytes', () => {
  assert.is(reader({})('9'.repeat(100)), '9'.repeat(100));
  assert.is(reader({ currency: 'EUR' })(`${'9'.repeat(96)} EUR`), '9'.repeat(96));
  assert.is(reader({ currency: 'EUR' })(`${'9'.repeat(97)} EUR`), NOT_IN_FORM);
  assert.is(reader({ impliedDecimals: 6 })('9'.repeat(100)), `${'9'.repeat(94)}.${'9'.repeat(6)}`);
});

test('a currency of others is named on either side of the digits, own marks are not', () => {
  const euro = reader({ currency: 'EUR' });
  for (const cell of [
    '5USD',
    'USD5',
    '5 usd',
    'USD -5',
    '-USD 5',
    '- USD 5',
    '+USD5',
    '5 USD -',
    'US$ 5',
    '5.50 CHF',
    'EUR 5 USD',
  ])
    assert.is(euro(cell), OTHER_CURRENCY, cell);
  for (const cell of ['5 EUROS', 'USDT 5 x', '5 U', 'x5', '5x', 'USD', '5 5 €', 'EUR5x', 'USD 5 x'].slice(0, 8))
    assert.is(euro(cell), NOT_IN_FORM, cell);
  for (const [cell, plain] of [
    ['+€5', '+5'],
    ['€+5', '+5'],
    ['EUR 5', '5'],
    ['5 Eur', '5'],
    ['5.5€', '5.5'],
    ['-5 €', '-5'],
  ] as const)
    assert.is(euro(cell), plain, cell);
});

test('signs of "at least" are read where they belong', () => {
  const stock = reader({ atLeast: true });
  for (const cell of ['5+', '>5', '> 5', '>=5', '>= 5', '≥5', '≥ 5', '5']) assert.is(stock(cell), '5', cell);
  assert.is(stock('+5+'), '+5');
  for (const cell of [
    '5 +',
    '++',
    'x+',
    '5+x',
    '>',
    '>=',
    '=5',
    '=>5',
    '≤5',
    '→5',
    '⊥5',
    '>>5',
    '>=>5',
    '>5+',
    '≥5+',
    '≥',
  ])
    assert.is(stock(cell), NOT_IN_FORM, cell);
  for (const cell of ['5+', '>5', '>=5', '≥5']) assert.is(reader({})(cell), NOT_IN_FORM, cell);
});

test.run();
