/** The order of object keys. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkKey, compareKeys, isListable, keyProblem } from './object-key.ts';

test('keys are in the order of their UTF-8 bytes, also beyond U+FFFF', () => {
  const texts = [
    '',
    'a',
    'b',
    'ab',
    'a/',
    'a.',
    'é',
    '\u0800',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{10000}',
    '\u{10ffff}',
  ];
  const keys = texts.flatMap((first) => texts.map((last) => first + last));
  for (const a of keys) {
    for (const b of keys) {
      const byBytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.is(Math.sign(compareKeys(a, b)), byBytes, JSON.stringify([a, b]));
    }
  }
});

test('keys that are valid, and those that are not', () => {
  const long = (parts: number[]) => parts.map((length) => 'x'.repeat(length)).join('/');
  const table: ReadonlyArray<[string, boolean]> = [
    ['a', true],
    ['a/b.c/…', true],
    ['.a', true],
    ['a..', true],
    ['...', true],
    ['a/...', true],
    [' ', true],
    ['a\nb', true],
    ['a\ud83d\ude00', true],
    [long([255]), true],
    [long([256]), false],
    [long([1, 256]), false],
    ['é'.repeat(127), true],
    ['é'.repeat(128), false],
    [long([255, 255, 255, 255]), true],
    [`${long([255, 255, 255, 255])}/`, false],
    [long([255, 255, 255, 254, 1]), true],
    [long([255, 255, 255, 255, 1]), false],
    ['', false],
    ['/', false],
    ['/a', false],
    ['a/', false],
    ['a//b', false],
    ['.', false],
    ['..', false],
    ['a/.', false],
    ['./a', false],
    ['a/../b', false],
    ['a\\b', false],
    ['a\0', false],
    ['\ud800', false],
    ['a\udc00b', false],
  ];
  for (const [key, isValid] of table) {
    assert.is(keyProblem(key) === null, isValid, JSON.stringify(key.slice(0, 20)));
    let code = null;
    try {
      checkKey(key);
    } catch (error) {
      code = (error as { code: string }).code;
    }
    assert.is(code, isValid ? null : 'invalid_key');
  }
  assert.equal(['', '/', 'a/', 'a', 'a\\b', 'a/b'].map(isListable), [false, false, false, true, true, true]);
});

test.run();
