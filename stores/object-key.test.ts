/** The order of object keys. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareKeys } from './object-key.ts';

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

test.run();
