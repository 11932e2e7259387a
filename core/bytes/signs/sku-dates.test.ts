import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mayBeDate, skuDate } from './sku-dates.ts';

/** The shape of a date that a SKU has, with `!` if it is not a real date; null if it has none. */
function read(sku: string): string | null {
  const bytes = new TextEncoder().encode(sku);
  const found = mayBeDate(bytes, 0, bytes.length) ? skuDate(sku) : null;
  return found === null ? null : `${found.shape}${found.isDate ? '' : '!'}`;
}

test('SKUs that look like dates are recognized', () => {
  const cases: Array<[string, string | null]> = [
    ['1-Mar', '1-Aa'],
    ['31-Dec-26', '1-Aa'],
    ['01. Mrz', '1-Aa'],
    ['01.Mrz', '1-Aa'],
    ['01. Mär', '1-Aa'],
    ['1-mars', '1-a'],
    ['1-déc', '1-a'],
    ['Mar-01', 'Aa'],
    ['Mrz 01', 'Aa'],
    ['janv.-01', 'a'],
    ['2026-03-01', '1-1-1'],
    ['2026-03-01 00:00:00', '1-1-1'],
    ['1.3.2026', '1.1.1'],
    ['13/3/26', '1/1/1'],
    ['32-Mar', '1-Aa!'],
    ['2-Red', '1-Aa!'],
    ['2-set', '1-a!'],
    ['Oak-12', 'Aa!'],
    ['2026-13-32', '1-1-1!'],
    ['12.34.56', '1.1.1!'],
    ['1-1-1', '1-1-1!'],
    ['1-MAR', null],
    ['MAR-01', null],
    ['Mar-1', null],
    ['AB-1234', null],
    ['10-200', null],
    ['4711', null],
    ['', null],
  ];
  for (const [sku, expected] of cases) assert.is(read(sku), expected, sku);
});

test('days and months in every order, with every mark, and what is beside them', () => {
  const shapes: Record<string, string[]> = {
    '1-Aa': [
      '1-Mar',
      '1 Mar',
      '1.Mar',
      '1. Mar',
      '31-Mar',
      '01-Sept',
      '1-Mar.-26',
      '1-Mar-2026',
      '1 Mar 2026',
      '1.Mar.26',
      '9-Juin',
    ],
    '1-Aa!': ['0-Mar', '32-Mar', '99-Oak', '1-Oaks-26'],
    '1-a': ['1-mar', '1-août-26'],
    '1-a!': ['0-mar', '1-oak', '1. märz'],
    Aa: ['Mar-26', 'Mar 26', 'Mar.-26', 'Mar. 26', 'Mar-2026', 'Sept-26', 'Août-26'],
    'Aa!': ['Oak-26', 'Maple-2026', 'Oaks 26'],
    a: ['mar-26', 'déc.-26'],
    '1-1-1': [
      '2026-3-1',
      '2026-12-31',
      '2026-31-12',
      '31-12-2026',
      '1-3-26',
      '2026-03-01T00:00',
      '1-3-2026 00:00',
      '1-3-2026 00:00:00',
    ],
    '1-1-1!': [
      '2026-0-1',
      '2026-1-0',
      '2026-13-13',
      '2026-1-32',
      '2026-3-123',
      '1-3-202',
      '1-3-1',
      '0-1-2026',
      '13-13-26',
      '32-1-26',
    ],
    '1/1/1': ['12/31/26', '2026/03/01', '1/1/2026'],
    '1.1.1': ['31.12.2026', '2026.03.01'],
  };
  for (const [shape, skus] of Object.entries(shapes)) for (const sku of skus) assert.is(read(sku), shape, sku);
  for (const sku of [
    ...[
      '100-Mar',
      '1--Mar',
      '1-Ma',
      '1-Marchx',
      '1-Mar-202',
      '1-Mar-20261',
      '1_Mar',
      '1-Mar-',
      'x1-Mar',
      '1-MAr',
      '1-maR',
      '1.-Mar',
    ],
    ...[
      'Ma-26',
      'Mar_26',
      'Mar/26',
      'Mar-261',
      'Marchx-26',
      'Mar26',
      '1Mar-26',
      'MAR-26',
      'mAR-26',
      'Mar--26',
      'Mar-26x',
    ],
    ...[
      '2026-03/01',
      '20261-3-1',
      '2026-3',
      '2026-123-1',
      '1-3-20261',
      '1-3-2026 00:01',
      '1-3-2026 00:00:0',
      '1-3-2026 01:00',
      '1,3,2026',
      '1-3-2026x',
      '1 3 2026',
    ],
    ...['1-M', '2026-03-01 00:00:00.00000', 'A1-Mar', 'ab-1', 'a-12', '12', '1-3'],
  ])
    assert.is(read(sku), null, sku);
});

test('few bytes decide whether a SKU is looked at', () => {
  assert.equal(skuDate('123-3-2026'), { shape: '1-1-1', isDate: false });
  const may = (sku: string) => {
    const bytes = new TextEncoder().encode(`-9${sku}9-`);
    return mayBeDate(bytes, 2, bytes.length - 2);
  };
  for (const sku of [
    '1-ab',
    '1 ab',
    '1.ab',
    '1/ab',
    '12-a',
    '2026-',
    `1-${'a'.repeat(22)}`,
    'Ab-12',
    'Ab-1234',
    'aé-12',
  ])
    assert.ok(may(sku), sku);
  for (const sku of [
    '1-a',
    '1,ab',
    '1:ab',
    '12,a',
    '2026,',
    '2026a',
    `1-${'a'.repeat(23)}`,
    'AB-12',
    'Ab-1x',
    'Ab-x1',
    'Ab,12',
    'Ab_1234',
    'A1-12',
    '1234567',
    'Ab012',
  ])
    assert.not.ok(may(sku), sku);
});

test.run();
