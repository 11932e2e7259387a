/**
 * Compares what the kit says with what it said when `npm run readings` last ran. The lists were not checked by hand: a line
 * that changes shows what a change does to messy files, and the person who made it says whether that is better.
 */
import fs from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LISTS, listFile, saidLine } from './said.ts';

const SHOWN = 5;

/** Tests of every n-th line of each list, or of the lists that are wanted. */
export function compareLists(every: number, isWanted = (_name: string) => true): void {
  const test = suite('readings');
  for (const [name, list] of Object.entries(LISTS)) {
    if (!isWanted(name)) continue;
    const { count, isSlow = false } = list;
    if (isSlow && every > 1) continue;
    const step = Math.min(every, list.step ?? every);
    test(`${name} are read as before`, async () => {
      const expected = fs.readFileSync(listFile(name), 'utf8').split('\n').slice(0, -1);
      assert.is(expected.length, count);
      const changed: string[] = [];
      for (let number = 0; number < count; number += step) {
        const line = await saidLine(list, number);
        if (line !== expected[number]) changed.push(`  was ${expected[number]}\n  is  ${line}`);
      }
      assert.is(changed.length, 0, `${changed.length} lines have changed:\n${changed.slice(0, SHOWN).join('\n')}`);
    });
  }
  test.run();
}
