import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { globMatcher, isGlob } from './glob.ts';

test('stars, question marks and plain texts, in any case', () => {
  const matches = (pattern: string, text: string) => globMatcher(pattern)(text);
  for (const [pattern, text] of [
    ['r*', 'R-1'],
    ['*', ''],
    ['a?c', 'aÖC'],
    ['*b*', 'abc'],
    ['a*b*c', 'aXbbYc'],
    ['a', 'A'],
    ['?', '😀'],
  ]) {
    assert.ok(matches(pattern!, text!), `${pattern} ${text}`);
  }
  for (const [pattern, text] of [
    ['r*', 'xr'],
    ['?', ''],
    ['a*b', 'ac'],
    ['a', 'ab'],
    ['', 'a'],
    ['*a', 'ab'],
  ]) {
    assert.not.ok(matches(pattern!, text!), `${pattern} ${text}`);
  }
  assert.equal(['a*', 'a?', 'a', ''].map(isGlob), [true, true, false, false]);
});

test('it agrees with a regular expression', () => {
  const word = (units: string) => fc.string({ unit: fc.constantFrom(...units), maxLength: 8 });
  fc.assert(
    fc.property(word('ab*?'), word('ab'), (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`);
      assert.is(globMatcher(pattern)(text), expression.test(text));
    }),
  );
});

test('many stars take no more than pattern times text', () => {
  assert.is(globMatcher('*a'.repeat(100))(`${'a'.repeat(50_000)}b`), false);
});

test.run();
