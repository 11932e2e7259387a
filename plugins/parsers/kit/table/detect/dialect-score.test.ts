import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TableDialect } from '../dialect.ts';
import { score } from './dialect-score.ts';

const test = suite('scores of dialects');

const COLON: TableDialect = { delimiter: ':', quote: null, escape: null };

/** The score of a two-column table in which, in `inValues` of every ten rows, the colon could be part of a time. */
function colonScore(inValues: number): number {
  const rows = Array.from({ length: 40 }, (_, i) => (i % 10 < inValues ? `1${i}:2${i}` : `1${i}:b${i}`));
  return score(`${rows.join('\n')}\n`, COLON).score;
}

test('colons between digits count against the colon as delimiter; if most are, it is ruled out', () => {
  const [none, some, many, most] = [0, 3, 7, 9].map(colonScore) as [number, number, number, number];
  assert.ok(none > some && some > many && many > 0, `${none}, ${some}, ${many}`);
  assert.is(most, 0);
});

test('up to sixteen spaces may be around cells in quotes', () => {
  const padded: TableDialect = { delimiter: ',', quote: '"', escape: null, padded: true };
  const scoreOf = (before: number, after: number) => {
    const cell = (i: number) => `${' '.repeat(before)}"a, ${i}b"${' '.repeat(after)}`;
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${cell(i)},${i}\n`);
    return score(`id,name,v\n${rows.join('')}`, padded).score;
  };
  const best = scoreOf(0, 0);
  assert.equal([scoreOf(16, 0), scoreOf(0, 16), scoreOf(16, 16)], [best, best, best]);
  assert.ok(scoreOf(17, 0) < best && scoreOf(0, 17) < best);
});

test.run();
