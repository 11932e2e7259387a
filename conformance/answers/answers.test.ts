/**
 * The API answers as it did when `npm run answers` last ran. The lists were not checked by hand: a line that changes
 * shows what clients will see, and the person who made it says whether that is meant.
 */
import fs from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATIONS, fileOf } from './conversations.ts';

for (const [name, hold] of Object.entries(CONVERSATIONS)) {
  test(`${name} are answered as before`, async () => {
    const lines = await hold();
    const expected = fs.readFileSync(fileOf(name), 'utf8').split('\n').slice(0, -1);
    const at = lines.findIndex((line, i) => line !== expected[i]);
    if (at >= 0) {
      const asked = lines.slice(0, at + 1).findLast((line) => !line.startsWith(' '));
      assert.unreachable(`line ${at + 1} has changed: ${asked}\n  was ${expected[at]}\n  is  ${lines[at]}`);
    }
    assert.is(lines.length, expected.length);
  });
}

test.run();
