import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { partOf } from './glob-parts.ts';

test('a part is found right after an incomplete occurrence of itself', () => {
  for (let length = 1; length <= 8; length++) {
    for (let bits = 0; bits < 1 << length; bits++) {
      const word = bits.toString(2).padStart(length, '0');
      const part = partOf([...word]);
      // such as 0010 and 0010000
      for (let cut = 0; cut <= length; cut++) {
        const text = word.slice(0, cut) + word;
        assert.is(part.find([...text], 0, text.length), text.indexOf(word), `${word} in ${text}`);
      }
    }
  }
});

test('a part with question marks is found where every character fits, within the limits', () => {
  const part = partOf([...`a?${'b'.repeat(40)}?c`]);
  const text = [...`xa1${'b'.repeat(40)}2ca1${'b'.repeat(40)}c`];
  assert.equal([part.find(text, 0, text.length), part.find(text, 0, 44), part.find(text, 0, 45)], [1, -1, 1]);
  assert.is(part.find(text, 2, text.length), -1);
  assert.equal([part.isAt(text, 1), part.isAt(text, 0), part.length], [true, false, 44]);
});

test.run();
