/** Titles that were cut at a length: each condition on both sides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CANONICAL_COLUMNS, COLUMN } from '../../../canonical.ts';
import { batchOfRows } from './testing/batch-of-rows.ts';
import { collectedRows, rowOfCells } from './testing/collected-rows.ts';
import { TitleLengths } from './title-lengths.ts';

/** How many titles there are of each length. */
type Lengths = Record<number, number>;

function warned(lengths: Lengths, of = 'é'): string | null {
  const titles = new TitleLengths(collectedRows().rows);
  for (const [length, count] of Object.entries(lengths))
    for (let i = 0; i < count; i++) titles.look(rowOfCells(2, { title: of.repeat(Number(length)) }));
  return titles.warning('v')?.replace('titles_cut:v:', '') ?? null;
}

/** Ten lengths below the limit with one title each. */
const others = (limit: number): Lengths => Object.fromEntries(Array.from({ length: 10 }, (_, i) => [limit - 3 - i, 1]));

test('lengths that are limits', () => {
  for (const limit of [18, 20, 24, 25, 30, 32, 36, 48, 50, 63, 64, 72, 100, 127, 128, 250])
    assert.is(warned({ ...others(limit), [limit]: 5 }), `5:${limit}`, String(limit));
  for (const limit of [15, 17, 19, 21, 33, 62, 66, 126, 129, 254])
    assert.is(warned({ ...others(limit), [limit]: 5 }), null, String(limit));
  // all that is longer counts as one length, which is no limit
  assert.is(warned({ ...others(255), 255: 5 }), null);
  assert.is(warned({ ...others(255), 300: 5 }), null);
  assert.is(warned({}), null);
  assert.is(warned({ ...others(30), 30: 5 }, '漢'), '5:30');
  assert.is(warned({ ...others(30), 30: 5 }, 'x'), '5:30');
});

test('five titles of the length, and eight other lengths', () => {
  assert.is(warned({ ...others(30), 30: 4 }), null);
  const eight = { 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1 };
  assert.is(warned({ ...eight, 30: 5 }), '5:30');
  assert.is(warned({ ...eight, 8: 0, 30: 5 }), null);
  // at least one in fifty
  assert.is(warned({ ...eight, 1: 238, 30: 5 }), '5:30');
  assert.is(warned({ ...eight, 1: 239, 30: 5 }), null);
});

test('several times as many as of the lengths below it', () => {
  const base = others(30);
  for (const length of [25, 26, 27, 28]) {
    assert.is(warned({ ...base, [length]: 2, 30: 8 }), '8:30', String(length));
    assert.is(warned({ ...base, [length]: 3, 30: 8 }), null, String(length));
  }
  assert.is(warned({ ...base, 24: 3, 30: 8 }), '8:30');
  // one character less have those cut behind a space
  assert.is(warned({ ...base, 29: 4, 30: 8 }), '8:30');
  assert.is(warned({ ...base, 29: 5, 30: 8 }), null);
});

test('the longest ones are shown', () => {
  const { rows, shown } = collectedRows('a.csv');
  const titles = new TitleLengths(rows);
  const look = (line: number, title: string) => titles.look(rowOfCells(line, { title }));
  for (const length of Object.keys(others(20))) look(2, 'o'.repeat(Number(length)));
  look(3, '');
  for (const line of [4, 5, 6, 7, 8]) look(line, 'x'.repeat(20));
  look(9, 'short');
  assert.is(titles.warning('v'), 'titles_cut:v:5:20');
  assert.equal(
    shown,
    [4, 5].map((line) => `titles_cut a.csv:${line} title "${'x'.repeat(20)}"`),
  );
});

test('counts and rows that the kernel took', () => {
  const { rows, shown } = collectedRows();
  const titles = new TitleLengths(rows);
  const counts = new Int32Array(256);
  for (const length of Object.keys(others(24))) counts[Number(length)] = 1;
  counts[24] = 6;
  titles.take(counts);
  assert.is(
    counts.every((count) => count === 0),
    true,
  );
  const index = new Int32Array(CANONICAL_COLUMNS.length).fill(-1);
  index[COLUMN.title] = 1;
  const long = 'y'.repeat(22);
  const { window, batch } = batchOfRows([
    ['S', 'z'.repeat(23)],
    ['S', `""${long}`],
    ['S', 'w'.repeat(24)],
    ['S', 'z'.repeat(23)],
  ]);
  for (let record = 0; record < batch.count; record++) titles.showAt(window, batch, { record, index });
  assert.is(titles.warning('v'), 'titles_cut:v:6:24');
  assert.equal(shown, [`titles_cut 3 title ""${long}"`, `titles_cut 4 title "${'w'.repeat(24)}"`]);
});

test.run();
