/** The line of each row, kept as the places where the distance between line and row number changes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RowLines } from './row-lines.ts';

const test = suite('row lines');

function linesOf(lines: readonly number[], first = 2): RowLines {
  const kept = new RowLines();
  for (const [i, line] of lines.entries()) {
    const row = first + i;
    if (line - row !== kept.shift) kept.note(row, line);
  }
  return kept;
}

test('each row has its line, whatever lies between the rows', () => {
  const cases = [[2, 3, 4], [5, 6, 7], [2, 4, 5, 9, 10, 11], [2], []];
  for (const lines of cases) {
    const kept = linesOf(lines);
    for (const [i, line] of lines.entries()) assert.is(kept.lineOf(2 + i), line);
  }
});

test('past a limit lines are unknown, but never wrong', () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => 2 * i + 2);
  const kept = linesOf(lines);
  const found = lines.map((_, i) => kept.lineOf(2 + i));
  const known = found.indexOf(null);
  assert.ok(known >= 4096 && known < 5000);
  assert.equal(found.slice(0, known), lines.slice(0, known));
  assert.ok(found.slice(known).every((line) => line === null));
});

test('4,096 places are kept, and the state of one is another', () => {
  const lines = Array.from({ length: 4_098 }, (_, i) => 2 * i + 3);
  const kept = new RowLines();
  for (const [i, line] of lines.entries()) {
    assert.is(kept.isFull, i > 4_096);
    kept.note(2 + i, line);
  }
  for (const one of [kept, RowLines.from(kept.state())]) {
    assert.equal([one.lineOf(4_097), one.lineOf(4_098), one.lineOf(4_099)], [8_193, null, null]);
    assert.equal([one.isFull, one.shift, one.lineOf(1)], [true, 8_193 - 4_097, 1]);
  }
});

test.run();
