import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, nearest, nearestSku, suggestionsFrom } from './suggest.ts';

test('the nearest name is found despite case, spaces, dashes, and wrong, missing, surplus or swapped letters', () => {
  const names = ['sku', 'quantity_available', 'lead_time_days', 'price'];
  for (const [given, near] of [
    ['SKU', 'sku'],
    ['quantity available', 'quantity_available'],
    ['prcie', 'price'],
    ['pric', 'price'],
    ['pricee', 'price'],
    ['prixe', 'price'],
    ['lead-timedays', 'lead_time_days'],
    ['something else', null],
    ['x'.repeat(101), null],
  ] as const) {
    assert.is(nearest(given, names), near, given);
  }
  assert.is(didYouMean('prcie', names), ' (did you mean "price"?)');
  assert.is(didYouMean('zzzzzz', names), '');
});

test('of many unknown names the first get a suggestion', () => {
  const names = Array.from({ length: 100 }, (_, i) => `a_column_with_a_name_${i}`);
  const hint = suggestionsFrom(names);
  const hints = Array.from({ length: 5000 }, (_, i) => hint(`a_column_with_a_nmae_${i % 100}`));
  assert.is(hints[7], ' (did you mean "a_column_with_a_name_7"?)');
  const without = hints.indexOf('');
  assert.ok(without > 20 && without < 100, `${without} hints`);
  assert.is(hints.lastIndexOf(hints[7] as string), 7);
});

/** The distance by its definition, with the whole table. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i || j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = (di: number, dj: number) => table[i - di]![j - dj]!;
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const others = [at(1, 0) + 1, at(0, 1) + 1, at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1)];
      table[i]![j] = Math.min(...others, ...(isSwapped ? [at(2, 2) + 1] : []));
    }
  }
  return table[a.length]![b.length]!;
}

test('the first name with the smallest distance is taken, if that is below a third of the letters', () => {
  let state = 7;
  const random = (n: number) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  const word = () => Array.from({ length: 1 + random(12) }, () => 'abc'[random(3)]).join('');
  for (let i = 0; i < 400; i++) {
    const name = word();
    const names = Array.from({ length: 8 }, word);
    const limit = Math.max(1, Math.floor(name.length / 3));
    const least = Math.min(...names.map((one) => distance(name, one)));
    const expected = least > limit ? null : names.find((one) => distance(name, one) === least);
    assert.is(nearest(name, names), expected, `${name} of ${names.join()}`);
  }
});

test('long names, long candidates and too many of them get no suggestion', () => {
  const x = (count: number) => 'x'.repeat(count);
  assert.equal([nearest(x(100), [x(99)]), nearest(x(101), [x(100)])], [x(99), null]);
  const dashed = (count: number) => `abcdef${'-'.repeat(count - 6)}`;
  assert.equal([nearest('abcdeg', [dashed(200)]), nearest('abcdeg', [dashed(201)])], [dashed(200), null]);
  const others = (count: number) => Array.from({ length: count }, () => 'zzzzzz');
  assert.equal(
    [1998, 1999, 2000].map((count) => nearest('abcdeg', [...others(count), 'abcdef'])),
    ['abcdef', 'abcdef', null],
  );
});

test('a SKU like another has its digits, but for leading zeros: another number is another article', () => {
  const skus = ['P-14020', 'AB-0100', 'WIDGET', '42'];
  const near = ['P-10000', 'ab100', 'ab 101', 'WIDGT', '042', '43', 'p14020'].map((sku) => nearestSku(sku, skus));
  assert.equal(near, [null, 'AB-0100', null, 'WIDGET', '42', null, 'P-14020']);
});

test('letters that become several when folded are handled', () => {
  assert.is(nearest('İ'.repeat(100), ['x', 'İ'.repeat(200), 'İ'.repeat(100)]), 'İ'.repeat(100));
});

test.run();
