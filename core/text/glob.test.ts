import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { globMatcher, isGlob } from './glob.ts';

test('stars, question marks and plain texts match, in any letter case', () => {
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

test('property: it agrees with a regular expression', () => {
  const word = (units: string) => fc.string({ unit: fc.constantFrom(...units), maxLength: 8 });
  fc.assert(
    fc.property(word('ab*?'), word('ab'), (pattern, text) => {
      assert.is(globMatcher(pattern)(text), regular(pattern).test(text));
    }),
  );
});

const regular = (pattern: string) => new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`, 's');

test('long parts of patterns are found in one pass, and as a regular expression finds them', () => {
  const word = (units: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...units), maxLength });
  let marked = 0;
  fc.assert(
    fc.property(word('aaab?', 70), word('aaabc?*', 12), word('aaab', 200), (long, short, text) => {
      for (const pattern of [`*${long}`, `*${long}*${short}`, `${short}*${long}*`, `*${long}*${long}*`]) {
        const texts = [text, text + long.replaceAll('?', 'a'), `${text}${long.replaceAll('?', 'b')}${text}`];
        if (long.includes('?')) marked++;
        for (const one of texts) assert.is(globMatcher(pattern)(one), regular(pattern).test(one), `${pattern} ${one}`);
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(marked > 100);
});

test('the cost of a pattern grows with the text, not with text times pattern', () => {
  const cpuOf = (pattern: string, text: string) => {
    const before = process.cpuUsage();
    assert.is(globMatcher(pattern)(text), false);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  for (const [pattern, text] of [
    [`*${'a'.repeat(50_000)}b*`, 'a'.repeat(200_000)],
    [`*b${'a'.repeat(50_000)}*`, `${'a'.repeat(199_999)}c`],
    [`*${'a'.repeat(5_000)}?b*`, 'a'.repeat(20_000)],
    ['*a'.repeat(50_000), `${'a'.repeat(200_000)}b`],
  ] as const) {
    // text × pattern are 10^8 to 10^10 steps
    assert.ok(cpuOf(pattern, text) < 1000, pattern.slice(0, 10));
  }
});

test.run();
