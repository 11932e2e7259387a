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

test.run();
