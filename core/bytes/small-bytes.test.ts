/** Cells as they are written, conditions, and the small helpers of bytes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITIONS } from '../canonical.ts';
import { FORMULA_STARTS, isDigit, isLineEnd } from './ascii.ts';
import { compareBytes } from './compare.ts';
import { concatBytes } from './concat.ts';
import { conditionAt, writeCondition } from './condition.ts';
import { textLines } from './lines.ts';
import { csvLine, needsQuotes, quotedCell, toBytes, toText, undoubled, writeCell } from './text.ts';

test('a cell is written as a text would be, in its place', () => {
  const texts = [
    '',
    'a',
    'a,b',
    '"',
    'a"b',
    '""',
    '"a""b"',
    "it''s",
    "''''",
    "a'",
    "'",
    'x\ny',
    'a\r',
    'é"',
    'a+b',
    "a''b''c,",
    `'"''"`,
  ];
  for (const text of texts) {
    for (const doubled of [0, 34, 39]) {
      const plain = undoubled(text, doubled);
      const expected = csvLine([plain]).slice(0, -1);
      // signs around the cell that would make it another one
      const bytes = toBytes(`'"${text}'"`);
      const out = new Uint8Array(60).fill(0x23);
      const end = writeCell(out, 2, bytes, 2, bytes.length - 2, doubled);
      assert.is(toText(out, 2, end), expected, `${text} ${doubled}`);
      assert.equal([out[1], out[end]], [0x23, 0x23]);
    }
  }
});

test('pairs of a quote are one, from left to right', () => {
  assert.equal(
    ['a""b', '"""', "''", '""""'].map((text) => undoubled(text, 34)),
    ['a"b', '""', "''", '""'],
  );
  assert.is(undoubled("it''s", 39), "it's");
  assert.is(undoubled('a""b', 0), 'a""b');
});

test('a line of cells quotes those that need it', () => {
  assert.is(csvLine(['a', 'b c', '', '1,5', 'x"y', 'l\nm', 'l\rm']), 'a,b c,,"1,5","x""y","l\nm","l\rm"\n');
  assert.is(csvLine([]), '\n');
  assert.is(quotedCell('a"b'), '"a""b"');
  const quoted = Array.from({ length: 256 }, (_, byte) => byte).filter(needsQuotes);
  assert.equal(
    quoted,
    [...'\n\r",'].map((sign) => sign.charCodeAt(0)).sort((a, b) => a - b),
  );
});

test('lines are the same in chunks of any size', async () => {
  async function* chunksOf(text: string, size: number) {
    const bytes = toBytes(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  for (const text of ['', 'a', 'a\n', '\n\nä€😀\nb\r\n c', 'ä\n'])
    for (const size of [1, 2, 3, 100]) {
      const found: string[] = [];
      for await (const lines of textLines(chunksOf(text, size))) found.push(...lines);
      assert.equal(
        found,
        text
          .replace(/\n$/, '')
          .split('\n')
          .slice(text === '' ? 1 : 0),
        `${text} ${size}`,
      );
    }
});

test('bytes of ASCII have their meanings', () => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  assert.is(String.fromCharCode(...all.filter(isDigit)), '0123456789');
  assert.is(String.fromCharCode(...all.filter(isLineEnd)), '\n\r');
  assert.is(String.fromCharCode(...FORMULA_STARTS), '=+-@\t\r');
});

test('conditions are read in any case, and written in small letters', () => {
  const read = (text: string) => {
    const bytes = toBytes(`n${text}w`);
    return conditionAt(bytes, 1, bytes.length - 1);
  };
  const words: readonly string[] = CONDITIONS;
  for (const [i, word] of words.entries()) {
    for (const text of [word, word.toUpperCase(), `${word[0]?.toUpperCase()}${word.slice(1)}`]) {
      assert.is(words[read(text) - 1], word, text);
    }
    const out = new Uint8Array(20).fill(0x23);
    const condition = read(word);
    const end = writeCondition(out, 3, condition);
    assert.equal([toText(out, 3, end), out[2], out[end]], [word, 0x23, 0x23], String(i));
    for (const text of [
      word.slice(1),
      word.slice(0, -1),
      `${word}s`,
      ` ${word}`,
      `x${word.slice(1)}`,
      `${word.slice(0, -1)}x`,
    ])
      assert.is(read(text), -1, text);
  }
  assert.is(read(''), 0);
  for (const none of [0, -1]) {
    const out = new Uint8Array(3).fill(0x23);
    assert.is(writeCondition(out, 1, none), 1);
    assert.is(toText(out), '###');
  }
});

test('bytes are compared by code points, and put one after the other', () => {
  const texts = ['', 'a', 'aa', 'ab', 'b', 'z', 'é', '日', '\uffff', '\u{1f600}'];
  for (const [i, one] of texts.entries())
    for (const [j, other] of texts.entries())
      assert.is(Math.sign(compareBytes(toBytes(one), toBytes(other))), Math.sign(i - j), `${one} ${other}`);
  assert.equal([...concatBytes([[1, 2], new Uint8Array([3]), []])], [1, 2, 3]);
  assert.is(concatBytes([]).length, 0);
});

test('a byte order mark stays in a text', () => {
  assert.is(toText(toBytes('\ufeffa')), '\ufeffa');
  assert.is(toText(toBytes('abcd'), 1, 3), 'bc');
  assert.is(toText(toBytes('abcd'), 1), 'bcd');
});

test.run();
