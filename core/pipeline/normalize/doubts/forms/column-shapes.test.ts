/** Rows are summed up in blocks. Too many blocks are halved in number, and no cell is lost or counted twice. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../bytes/text.ts';
import { COLUMN } from '../../../../canonical.ts';
import { CELLS, ColumnShapes, NUMBERS, SIZES } from './column-shapes.ts';

const position = COLUMN.cost;

function shapesOf(rows: number): ColumnShapes {
  const shapes = new ColumnShapes();
  for (let line = 1; line <= rows; line++) {
    const cell = toBytes(line % 2 === 0 ? '3' : 'none');
    shapes.look({ line, cells: (take) => take(position, cell, 0, cell.length) });
  }
  return shapes;
}

for (const [rows, blocks, perBlock] of [
  [1, 1, 1],
  [65, 65, 1],
  [512, 512, 1],
  [513, 257, 2],
  [1300, 325, 4],
] as const) {
  test(`${rows} rows are in ${blocks} blocks`, () => {
    const shapes = shapesOf(rows);
    assert.equal(
      shapes.starts.map(({ line }) => line),
      Array.from({ length: blocks }, (_, i) => 1 + i * perBlock),
    );
    const total = (which: number) => shapes.starts.reduce((sum, _, i) => sum + shapes.sum(i, position, which), 0);
    const even = Math.floor(rows / 2);
    assert.equal([total(CELLS), total(NUMBERS), total(SIZES)], [rows, even, 2 * even]);
    const { count, least, most } = shapes.ranges[position]!;
    assert.equal([count, most], [even, even === 0 ? 0 : 3]);
    assert.is(least, even === 0 ? Number.POSITIVE_INFINITY : 3);
  });
}

test.run();
