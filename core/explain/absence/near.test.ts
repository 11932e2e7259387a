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

test.run();
