import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { profileColumns } from './column-profile.ts';
import { onlyReading, type TableShape } from './shape.ts';

const test = suite('readings of an odd row');

/** A table whose second column is empty in every other row, or never. */
function shapeOf(isOftenEmpty: boolean): TableShape {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    cells: [`A${i}`, isOftenEmpty && i % 2 === 0 ? '' : `word${i}`, String(i)],
    quoted: [false, false, false],
  }));
  return { width: 3, profiles: profileColumns(rows, 3), effort: { left: 1e6 } };
}

test('an empty cell fits only a column that is often empty', () => {
  const gap = { cells: ['A7', '', '5'], gap: 1 };
  const full = { cells: ['A7', 'word7', '5'], cost: 2 };
  assert.equal(onlyReading([gap, full], shapeOf(true)), gap.cells);
  assert.equal(onlyReading([gap, full], shapeOf(false)), full.cells);
  assert.equal(onlyReading([gap], shapeOf(false)), null);
});

test.run();
