import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../bytes/text.ts';
import { Cell } from './cell.ts';

/** What `strip` leaves of a cell, whatever is beside it, and whether it is a formula. */
function stripped(text: string, formulas: boolean, apostrophes: boolean): [string, boolean] {
  const bytes = toBytes(`="${text}="`);
  const cell = new Cell();
  cell.set(bytes, 2, bytes.length - 2);
  cell.strip({ formulas, apostrophes });
  return [cell.text(), cell.isFormula];
}

test('wrappers of numbers are removed, and other formulas are recognized', () => {
  for (const [text, left, isFormula] of [
    ['="007"', '007', false],
    ['=" 007 "', '007', false],
    ['="a""b"', 'a"b', false],
    ['=""', '', false],
    ['=', '=', false],
    ['', '', false],
    ['=="1"', '=="1"', false],
    ['=1', '=1', true],
    ['="', '="', true],
    ['="a"&"b"', '="a"&"b"', true],
    ['x="1"', 'x="1"', false],
  ] as const) {
    assert.equal(stripped(text, true, false), [left, isFormula], text);
    assert.equal(stripped(text, false, true), [text, false], text);
  }
});

test('an apostrophe before the start of a formula is removed, and the rest is not treated as a formula', () => {
  for (const [text, left] of [
    ["'=1+1", '=1+1'],
    ["'+1", '+1'],
    ["'-3", '-3'],
    ["'@x", '@x'],
    ["'tis", "'tis"],
    ["'", "'"],
    ["''=", "''="],
  ] as const) {
    assert.equal(stripped(text, true, true), [left, false], text);
    assert.equal(stripped(text, true, false), [text, false], text);
  }
});

test.run();
