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

/** What `unwrap` makes of a text, by its text alone. */
function plainlyUnwrapped(text: string): [string, boolean] {
  if (text.length < 2 || text[0] !== '=' || text[1] === '=') return [text, false];
  const inner = /^="(.*)"$/s.exec(text)?.[1];
  if (inner === undefined || /"\s*[&,;+]|[&,;+(]\s*"/.test(inner)) return [text, true];
  const isPaired = !inner.replaceAll('""', '').includes('"');
  return [(isPaired ? inner.replaceAll('""', '"') : inner).trim(), false];
}

test('a wrapper is removed alike whatever is in it, also where the field doubles its quotes', () => {
  let texts = ['', '="a"&"a', '="a"a', '="a +"" a'];
  for (let length = 0; length < 5; length++) {
    for (const text of texts) assertUnwrapped(`=${text}`);
    texts = texts.flatMap((text) => ['=', '"', 'a', ' ', '&'].map((sign) => text + sign));
  }
});

function assertUnwrapped(text: string): void {
  const due = plainlyUnwrapped(text);
  const cell = new Cell();
  for (const doubled of [0, 0x22]) {
    // between two quotes, which are not part of it
    const bytes = toBytes(`"${doubled === 0 ? text : text.replaceAll('"', '""')}"`);
    cell.set(bytes, 1, bytes.length - 1, doubled);
    cell.unwrap();
    const { isFormula } = cell;
    if (cell.text() !== due[0] || isFormula !== due[1]) assert.equal([cell.text(), isFormula], due, text);
    cell.undouble();
    assert.equal([cell.text(), cell.isFormula], due, text);
  }
}

test.run();
