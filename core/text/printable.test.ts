/** Control characters must not reach a terminal. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { printable, printableCell, printableLines } from './printable.ts';

const test = suite('text: printable');

const SPELLED: ReadonlyArray<readonly [string, string]> = [
  ['\0', '\\u0000'],
  ['\x07', '\\u0007'],
  ['\t', '\\u0009'],
  ['\r', '\\u000d'],
  ['\x1b[31m', '\\u001b[31m'],
  ['\x1b]0;title\x07', '\\u001b]0;title\\u0007'],
  ['\x7f', '\\u007f'],
  ['\u0085', '\\u0085'],
  ['\u009b31m', '\\u009b31m'],
  ['\u061c', '\\u061c'],
  ['\u200e\u200f', '\\u200e\\u200f'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['\u202e', '\\u202e'],
  ['\u2066\u2069', '\\u2066\\u2069'],
  ['\ud800', '\\ud800'],
  ['a\udc00b', 'a\\udc00b'],
];

test('each control character is spelled out, in one line and in several', () => {
  for (const [raw, shown] of SPELLED) {
    assert.is(printable(raw), shown);
    assert.is(printableLines(raw), shown);
  }
});

test('a line feed is kept only if several lines are shown', () => {
  assert.is(printable('a\nb'), 'a\\u000ab');
  assert.is(printableLines('a\nb\r\n'), 'a\nb\\u000d\n');
});

test('other text is unchanged', () => {
  for (const text of ['', 'plain', 'Größe 12 "', '日本語', '👩‍👩‍👧', 'a\u00a0b', '\\u001b', 'שלום', '\u{10FFFF}'])
    assert.is(printable(text), text);
});

test('JSON with control characters spelled out has the same value', () => {
  const value = { '\u202ekey': `a\u009b\u007f\u2028${'\u001b'}\n\ud800` };
  const text = printableLines(`${JSON.stringify(value, null, 2)}\n`);
  assert.not.match(text, /(?!\n)[\p{Cc}\u202e\u2028]/u);
  assert.equal(JSON.parse(text), value);
});

test('a long cell is cut, but never inside a surrogate pair', () => {
  assert.is(printableCell('abc', 3), 'abc');
  assert.is(printableCell('abcd', 3), 'abc…');
  assert.is(printableCell('ab👍c', 3), 'ab…');
  assert.is(printableCell('\x1babc', 2), '\\u001ba…');
});

test.run();
