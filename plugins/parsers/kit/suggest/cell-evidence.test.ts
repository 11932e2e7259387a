import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isBarcode } from './cell-evidence.ts';

const test = suite('barcodes');

test('only one of ten check digits is valid, in each of the four lengths', () => {
  for (const code of ['96385074', '036000291452', '4006381333931', '10012345678902']) {
    const right = Array.from('0123456789', (digit) => code.slice(0, -1) + digit).filter(isBarcode);
    assert.equal(right, [code]);
  }
  for (const digits of ['963850', '96385074', '963850741', '9638507412', '40063813339312', '400638133393123']) {
    const ends = Array.from('0123456789', (digit) => digits + digit);
    assert.not.ok(ends.some(isBarcode), `${digits.length + 1} digits`);
  }
  const zeros = Array.from('0123456789', (digit) => `40063813339${digit}0`);
  assert.is(zeros.filter(isBarcode).length, 1, 'a check digit may be 0');
  for (const other of ['00000000', '9638507', '963850745', '9638507X', '']) assert.not.ok(isBarcode(other), other);
});

test.run();
