import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lookAlikes, nearSkus } from './near.ts';

test('similar SKUs are found: first with other punctuation or zeros, then with typing errors', () => {
  assert.equal(nearSkus('a100', ['A-0100', 'A-100', 'B-7', 'A101']), ['A-100', 'A-0100', 'A101']);
  assert.equal(nearSkus('42', ['0042', '4-2', '99999']).sort(), ['0042', '4-2']);
  assert.equal(nearSkus('zzzzzz', ['A', 'B']), []);
  const alike = ['A\u200bB', 'AB', 'CAFE\u0301', 'A-B', 'ab'];
  assert.equal([lookAlikes('AB', alike), lookAlikes('CAF\u00c9', alike)], [['A\u200bB'], ['CAFE\u0301']]);
  assert.equal(lookAlikes('CABLE-100', ['CABLE-1O0', 'CABLE-lO0', 'CABLE-I00', 'CABLE-1o0', 'CABLE-101']), [
    ...['CABLE-1O0', 'CABLE-lO0', 'CABLE-I00'],
  ]);
});

test('capitals, white space, marks and leading zeros do not count; the SKU itself is not near itself', () => {
  for (const [sku, same, other] of [
    ['AB', 'a b', 'a b2345'],
    ['AB', 'A\u200b\u200bB', 'xyz'],
    ['AB', 'a--B..', 'xyz'],
    ['12', '00012', 'xyz'],
    ['AB', '0\u200bab', 'xyz'],
    ['0', '000', 'xyz'],
    ['\uff21B', 'ab', 'xyz'],
  ] as const) {
    assert.equal(nearSkus(sku, [other, sku, same, same]), [same], same);
  }
  // zeros inside a SKU are part of it
  assert.equal(nearSkus('100200300', ['10020300', '100200300']), ['10020300']);
  assert.equal(nearSkus('A00000001', ['A1']), []);
});

test('there are five at the most, and of one kind only as many as there are', () => {
  const marked = ['A-1', 'A.1', 'A 1', 'a1', 'A/1', 'A_1', 'A:1'];
  assert.equal(nearSkus('A1', marked), marked.slice(0, 5));
  assert.equal(nearSkus('ABCDEF', ['ABCDEG', 'ABCDEH', 'AB-CDEF', 'ABCDEI', 'ABCDEJ', 'ABCDEK']), [
    ...['AB-CDEF', 'ABCDEG', 'ABCDEH', 'ABCDEI', 'ABCDEJ'],
  ]);
  const unseen = ['A\u200b', 'A\u200c', 'A\u200d', 'A\u2060', 'A\ufeff', 'A '];
  assert.equal(lookAlikes('A', [...unseen, 'A\u200b']), unseen.slice(0, 5));
  assert.equal(lookAlikes('A1', ['A\u200b\u200bl', 'A I ', 'Al', 'A1', 'AL', 'A11']), ['A\u200b\u200bl', 'A I ', 'Al']);
  assert.equal(lookAlikes('OO', ['00', 'O0', 'oo']), ['00', 'O0']);
});

test.run();
