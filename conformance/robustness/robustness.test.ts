/** `relay clean` on some of the polluted files. `npm run robustness` takes all of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { someOf } from '../../core/testing/share.ts';
import { load } from './load.ts';
import { type Polluted, pollute } from './pollutions.ts';
import { scoreOf } from './score.ts';
import { SOURCE_TABLES } from './sources.ts';

/** Takes every 60th pollution of single rows, and all others. */
const EVERY = 60;
const TABLES = ['orders', 'catalogue', 'places', 'remarks', 'short'];
/** Pollutions that leave several readings: a separator between two words or numbers, spaces between words. */
const OPEN = (polluted: Polluted): boolean =>
  polluted.axis === 'separator missing' || polluted.name === 'delimiter_space_bare';

let file = '';
test.before(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), 'relay-robustness-')), 'polluted.csv');
});
test.after(async () => rm(path.dirname(file), { recursive: true, force: true }));

for (const source of SOURCE_TABLES.filter(({ name }) => TABLES.includes(name))) {
  test(`polluted files of "${source.name}" are read as by a careful person`, async () => {
    for (const polluted of someOf([...pollute(source, EVERY)])) {
      await writeFile(file, polluted.text);
      for (const flags of [polluted.flags, []]) {
        const loaded = await load(file, flags);
        const what = `${polluted.name} ${flags.join(' ')}`;
        if (OPEN(polluted)) assert.ok(loaded !== null && lettersOf(loaded) === lettersOf(polluted.expected), what);
        else assert.equal(loaded, polluted.expected, what);
      }
    }
  });
}

test('the score falls with each lost, invented or misplaced cell', () => {
  const table = [
    ['a', 'b'],
    ['1', 'x'],
    ['2', 'y'],
  ];
  assert.equal(scoreOf(table, table), { sum: 10, exact: true });
  assert.equal(scoreOf(table, null), { sum: 0, exact: false });
  assert.equal(scoreOf([], []), { sum: 10, exact: true });
  const worse = [
    table.slice(0, 2),
    [...table, ['3', 'z']],
    [table[0]!, ['1', 'x'], ['2']],
    [['a'], ...table.slice(1)],
    table.slice(1),
  ];
  for (const loaded of worse) {
    const { sum, exact } = scoreOf(table, loaded);
    assert.ok(sum > 0 && sum < 10 && !exact, JSON.stringify(loaded));
  }
});

/** The characters of all cells except word separators: none may be lost, whatever cell they are in. */
function lettersOf(rows: readonly (readonly string[])[]): string {
  return rows
    .flat()
    .join('')
    .replace(/[\s,:"]/g, '');
}

test.run();
