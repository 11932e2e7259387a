import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { surveyBytes } from './survey.ts';

const KEPT_BYTES = 12 * 1024;

async function surveyOf(text: string) {
  return surveyBytes(
    (async function* () {
      yield Uint8Array.from(Buffer.from(text, 'latin1'));
    })(),
  );
}

test('distinct words are kept up to a number of bytes, then only words with a new byte', async () => {
  const words = Array.from({ length: 20_000 }, (_, i) => `\xe9${i}`);
  const few = await surveyOf(words.slice(0, 100).concat(words.slice(0, 100)).join(' '));
  assert.is(few.words.length, 100, 'each once');
  const many = await surveyOf([...words, '\xe8last', '\xe9last', `${'x'.repeat(5000)}\xe7`, 'end'].join(' '));
  const bytes = many.words.reduce((sum, word) => sum + word.length, 0);
  assert.ok(bytes >= KEPT_BYTES && bytes < KEPT_BYTES + 20, `${bytes} bytes`);
  const kept = many.words.map((word) => Buffer.from(word).toString('latin1'));
  assert.ok(kept.includes('\xe8last'));
  assert.not(kept.includes('\xe9last'));
  assert.ok(
    kept.every((word) => word.length < 10),
    'a very long word is not kept',
  );
});

test.run();
