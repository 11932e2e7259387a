import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scoreWords } from './score.ts';

const BESIDE_DIGIT = -2.5;
const total = (word: string) => scoreWords([word], []).total;

test('a letter beyond ASCII is odd right beside a digit; others, and East Asian ones, are not', () => {
  for (const [word, plain, added] of [
    ['aé5', 'aé', BESIDE_DIGIT],
    ['éa5', 'éa', 0],
    ['5éa', 'éa', BESIDE_DIGIT],
    ['5aé', 'aé', 0],
    ['5é5', 'é', 2 * BESIDE_DIGIT],
    ['5-éa-5', 'éa', 0],
    ['日5', '日', 0],
    ['5日', '日', 0],
  ] as const) {
    assert.ok(Math.abs(total(word) - total(plain) - added) < 1e-9, `${word}: ${total(word) - total(plain)}`);
  }
});

test('signs count wherever they are, and absurd ones are told', () => {
  assert.is(scoreWords(['plain'], []).size, 0);
  assert.not(scoreWords(['5½', 'é'], []).absurd);
  assert.ok(scoreWords(['5½', 'a\u0085b', 'é'], []).absurd);
});

test.run();
