import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodingCases } from './corpus.ts';
import { judge } from './judge.ts';

const test = suite('encodings');

test('no feed is silently misread, and most are read', async () => {
  const counts = { right: 0, refused: 0, wrong: 0 };
  const wrong: string[] = [];
  for (const one of encodingCases([3], 1)) {
    const { outcome, detail } = await judge(one);
    counts[outcome]++;
    if (outcome === 'wrong') wrong.push(`${one.language} in ${one.encoding}: ${detail}`);
  }
  assert.equal(wrong, []);
  assert.ok(counts.right > 3 * counts.refused, JSON.stringify(counts));
});

test.run();
