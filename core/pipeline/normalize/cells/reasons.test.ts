/** What the reason of an invalid cell advises: cells on both sides of each form. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CanonicalColumn, COLUMN } from '../../../canonical.ts';
import { ROW_CODES, type RowCode } from '../../../issue.ts';
import type { NumberForm } from '../../../layout.ts';
import type { ResolvedCell } from '../columns/columns.ts';
import { CellReasons } from './reasons.ts';

/** What tells the advice. */
const ADVICE: ReadonlyArray<readonly [name: string, words: string]> = [
  ['unwrap', 'options.unwrap'],
  ['unescape', 'options.unescape_formulas'],
  ['words', '.words'],
  ['minus', 'minus'],
  ['currency', 'numbers.currency'],
  ['week', 'week date'],
  ['day', 'day of a year'],
  ['midnight', 'midnight'],
  ['leap', 'leap second'],
  ['order', 'comes first'],
  ['form', 'another form'],
  ['decimals', 'may be thousands'],
];

const PLAIN = new CellReasons({ cells: [] });

/** The advice of each cell; `-` for none. */
function advised(code: RowCode, column: CanonicalColumn, cells: readonly string[], reasons = PLAIN): string {
  return cells
    .map((cell) => {
      const said = reasons.of(COLUMN[column], code, cell);
      return ADVICE.find(([, words]) => said.includes(words))?.[0] ?? '-';
    })
    .join(' ');
}

/** Cells that get another advice. */
const othersThan = (advice: string, code: RowCode, column: CanonicalColumn, cells: readonly string[]): string[] =>
  cells.filter((cell) => advised(code, column, [cell]) !== advice);

const repeated = (advice: string, cells: readonly string[]): string => cells.map(() => advice).join(' ');

function declared(column: CanonicalColumn, numbers: Partial<NumberForm> | null, times: string[] = []): CellReasons {
  const form = { decimal: ',', thousands: null, currency: null, atLeast: false, ...numbers } as NumberForm;
  const source = { origin: { kind: 'field' }, form: { ...(numbers === null ? {} : { numbers: form }), times } };
  return new CellReasons({ cells: [{ column, position: COLUMN[column], source } as unknown as ResolvedCell] });
}

test('numbers', () => {
  for (const [code, column] of [
    ['invalid_int', 'quantity_available'],
    ['invalid_decimal', 'cost'],
  ] as const) {
    for (const [advice, cells] of [
      ['unwrap', ['="007"', '=""', '="x y"']],
      ['unescape', ["'=1", "'+5", "'-5", "'@x"]],
      ['words', ['low stock', 'N/A', 'né', 'ab']],
      ['minus', ['5-', '5 -', '1.50\u2212', '0-']],
      ['-', ['x', '-', '', '?', '1x', 'x="7"', '="7"x', '="7""', '=7', "'7", "x'=1", '5-x', '5  -', 'x-', '12 pcs x']],
    ] as const)
      assert.equal(othersThan(advice, code, column, cells), [], `${code} ${advice}`);
    assert.is(PLAIN.of(COLUMN[column], code, null), ROW_CODES[code]);
    assert.is(advised(code, column, [`${'a'.repeat(100)}`, `${'a'.repeat(101)}`]), 'words -');
  }
  // only numbers are advised so
  for (const code of ['invalid_condition', 'negative_value'] as const)
    assert.is(advised(code, 'condition', ['="007"', "'=1", 'low stock', '5-']), '- - - -');
});

test('amounts with a sign or code of a currency', () => {
  const cells = ['$9.10', '9,10 EUR', "EUR 1'234.50", '€ 5', '-5 $', '+5$'];
  assert.is(advised('invalid_decimal', 'cost', cells), repeated('currency', cells));
  assert.is(advised('invalid_decimal', 'cost', ['$', '9.1.2', '9.10 XQQ', '5 pcs', '5x$']), '- - - - -');
  assert.is(advised('invalid_int', 'quantity_available', ['$9']), '-');
  // the parser reads one already
  assert.is(advised('invalid_decimal', 'cost', ['$9.10'], declared('cost', { currency: 'EUR' })), '-');
  assert.is(advised('invalid_decimal', 'cost', ['$9.10'], declared('cost', {})), 'currency');
});

test('times', () => {
  for (const [advice, cells] of [
    ['week', ['2026-W40-1', '2026W401', '2026-w40', '2026W40', '2026-W40x', '2026-W40-8']],
    ['day', ['2026-278', '2026-278x', '2026-278-1']],
    ['midnight', ['2026-10-05T24:00', '2026-10-05 24:00:00', '05.10.2026t24:00']],
    ['leap', ['2026-10-05T10:00:60', '2026-10-05 10:00:60Z', '5.10.26T23:59:60x']],
    ['order', ['1/2/2026', '01.02.2026', '1-12-2026 08:00', '10/5/2026x']],
    [
      'form',
      [
        ...[
          '20261005',
          '20261005T1000',
          '20261005 100000',
          '20261005t100000x',
          '202610051000',
          '20261005x',
          '20261005T10',
        ],
        ...['2026/1/5', '2026/10/05 08:00', '2026-10-05T10:00z', '2026-10-05 10:00 UTC', '2026-10-05t10:00:00.123 GMT'],
        ...[
          '2026-10-05T10:00 +2',
          '2026-10-05T10:00-5',
          '2026-10-05T1:00z',
          '5-Oct-2026',
          '05 Oct 2026',
          '31.Oct.2026 x',
        ],
      ],
    ],
    [
      '-',
      [
        ...[
          'soon',
          '',
          'x2026-W40',
          '2026-W4',

          '2026W4012',
          'x2026-278',
          '2026-2781',
          '2026-10-05T23:00:61',
        ],
        ...[
          '2026-10-05T10:00:601',
          '2026-10-05T1:00:60',
          'x1/2/2026',
          '1/2/20261',
          '123/2/2026',
          '1/123/2026',
          '1/2/26',
        ],
        ...['x20261005', '2026100512345678', '202610051', '2026/x', '226/1/5', 'x2026/1/5'],
        ...['2026-10-05T10z', '2026-10-05T10: z:', '2026-10-05T10:00', '2026-10-05T10:00  z', 'x2026-10-05T10:00z'],
        ...['123 Oct 2026', 'x5 Oct 2026', '5 Oct 206', '5 October 2026', '5 O1t 2026', '5/Oct/2026'],
        `2026-10-05T${'0'.repeat(21)}z`,
      ],
    ],
  ] as const)
    assert.equal(othersThan(advice, 'invalid_datetime', 'updated_at', cells), [], advice);
  // where forms are declared, another one is no advice, and the order of day and month is
  const forms = declared('updated_at', null, ['YYYYMMDD']);
  assert.is(advised('invalid_datetime', 'updated_at', ['2026/10/05', '1/2/2026', '2026-278'], forms), '- order day');
  assert.is(forms.of(COLUMN.updated_at, 'invalid_datetime', 'x').startsWith('not YYYYMMDD, and '), true);
  assert.is(advised('invalid_int', 'quantity_available', ['2026-278', '1/2/2026', '20261005']), '- - -');
});

test('numbers whose decimals may be thousands', () => {
  for (const [decimal, mark, other] of [
    [',', ',', '.'],
    ['.', '.', ','],
  ] as const) {
    const numbers = { decimal, thousands: other } as const;
    const reasons = declared('cost', numbers);
    const yes = [`1${mark}234`, `12${mark}000`, `123${mark}456`, `x1${mark}234`, `1${mark}234x`];
    assert.is(advised('invalid_decimal', 'cost', yes, reasons), repeated('decimals', yes));
    const no = ['0', '1234', `1${mark}23`, `1${mark}2345`, `0${mark}125`, `1234${mark}567`, `1${other}234`];
    no.push(`1${mark}234${other}5`, `9${other}1${mark}234`, `9${mark}1${mark}234`);
    assert.is(advised('invalid_decimal', 'cost', no, reasons), repeated('-', no));
    assert.is(
      advised('invalid_decimal', 'cost', yes, declared('cost', { ...numbers, decimals: 3 })),
      repeated('-', yes),
    );
    assert.is(advised('invalid_decimal', 'msrp', yes, reasons), repeated('-', yes));
  }
  const pieces = declared('quantity_available', { thousands: '.' });
  assert.is(advised('invalid_int', 'quantity_available', ['1,234'], pieces), 'decimals');
});

test('what is declared is said', () => {
  const said = (numbers: Partial<NumberForm>) => declared('cost', numbers).of(COLUMN.cost, 'invalid_decimal', '');
  const after = (numbers: Partial<NumberForm>) => said(numbers).split('declares it: ')[1];
  assert.is(after({}), 'decimal mark ",", no thousands');
  assert.is(
    after({ thousands: '.', currency: 'EUR', atLeast: true, units: ['Stk', 'pcs'], decimals: 2 }),
    [
      'decimal mark ",", thousands ".", with or without EUR, "50+" and ">50", units Stk, pcs, at most 2 decimals',
    ].join(),
  );
  assert.is(after({ decimals: 0 }), 'decimal mark ",", no thousands, at most 0 decimals');
  assert.match(after({ decimals: 0, impliedDecimals: 2 })!, 'no decimals, since numbers.divide_by is 100 ');
  assert.match(after({ decimals: 1, impliedDecimals: 2 })!, ', at most 1 decimals');
  // texts have no reason of their own
  assert.is(declared('brand', {}).of(COLUMN.brand, 'invalid_decimal', ''), ROW_CODES.invalid_decimal);
  const whole = declared('quantity_available', {});
  assert.is(whole.of(COLUMN.quantity_available, 'invalid_decimal', ''), ROW_CODES.invalid_decimal);
  assert.match(whole.of(COLUMN.quantity_available, 'invalid_int', ''), `${ROW_CODES.invalid_int} as the parser`);
});

test.run();
