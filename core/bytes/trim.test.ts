import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from './text.ts';
import { trimEnd, trimStart, trimText } from './trim.ts';

const isSpace = (c: string) => /[\p{White_Space}\ufeff]/u.test(c);

test('bytes and strings are trimmed of the same characters: white space and U+FEFF', () => {
  const wrong: string[] = [];
  for (let code = 0; code < 0x10000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const c = String.fromCharCode(code);
    const bytes = toBytes(`${c}x${c}`);
    const width = (bytes.length - 1) / 2;
    const expected = isSpace(c) ? [width, width + 1, 'x'] : [0, bytes.length, `${c}x${c}`];
    const found = [trimStart(bytes, 0, bytes.length), trimEnd(bytes, 0, bytes.length), trimText(`${c}x${c}`)];
    if (found.join() !== expected.join()) wrong.push(`U+${code.toString(16)}: ${found}`);
  }
  assert.equal(wrong, []);
});

test('only white space becomes empty, and no byte outside the cell is read', () => {
  for (const c of [' ', '\u0085', '\u00a0', '\u1680', '\u2003', '\u2028', '\u205f', '\u3000', '\ufeff']) {
    const bytes = toBytes(c);
    const two = toBytes(c + c);
    assert.is(trimStart(two, 0, two.length), two.length);
    assert.is(trimEnd(two, 0, two.length), 0);
    // a part of a character is no space
    for (let cut = 1; cut < bytes.length; cut++) {
      assert.is(trimEnd(bytes, cut, bytes.length), bytes.length, `${c} from ${cut}`);
      assert.is(trimStart(bytes, 0, cut), 0, `${c} to ${cut}`);
    }
  }
});

test.run();
