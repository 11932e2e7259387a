import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../bytes/text.ts';
import { CellShape } from './cell-shape.ts';

/** Has letters, digits, a blank, a decimal mark; is a number; its whole part and its last digit. */
const SHAPES = {
  '': [0, 0, 0, 0, false, 0, -1],
  '7': [0, 1, 0, 0, true, 7, 7],
  '12.50': [0, 1, 0, 1, true, 12, 0],
  '1,5': [0, 1, 0, 1, true, 1, 5],
  '1,234': [0, 1, 0, 1, true, 1234, 4],
  '1,234.5': [0, 1, 0, 1, true, 1234, 5],
  '12.': [0, 1, 0, 1, true, 12, 2],
  '-3 $': [0, 1, 1, 0, true, 3, 3],
  '/:9': [0, 1, 0, 0, true, 9, 9],
  '@[`{': [0, 0, 0, 0, false, 0, -1],
  AZ: [1, 0, 0, 0, false, 0, -1],
  a: [1, 0, 0, 0, false, 0, -1],
  z: [1, 0, 0, 0, false, 0, -1],
  é: [1, 0, 0, 0, false, 0, -1],
  'A 1': [1, 1, 1, 0, false, 1, 1],
  // longer than what is read of a cell
  '00000000000000000000000000000001': [0, 1, 0, 0, true, 1, 1],
  '000000000000000000000000000000001': [0, 1, 0, 0, false, 0, 0],
} as const;

test('the shape of a cell does not depend on its neighbours', () => {
  const shape = new CellShape();
  for (const [text, expected] of Object.entries(SHAPES)) {
    const bytes = toBytes(`x9${text}9x`);
    shape.read(bytes, 2, bytes.length - 2);
    const { hasLetters, hasDigits, hasBlank, hasMark, isNumber, whole, lastDigit } = shape;
    assert.equal([hasLetters, hasDigits, hasBlank, hasMark, isNumber, whole, lastDigit], expected, text);
    assert.is(shape.length, toBytes(text).length);
  }
});

test.run();
