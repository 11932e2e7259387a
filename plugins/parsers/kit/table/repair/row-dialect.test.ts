import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { profileColumns } from '../shape/column-profile.ts';
import type { TableShape } from '../shape/shape.ts';
import { alignments } from './row-dialect.ts';

const test = suite('rows that were split too often are joined');

const ROWS = Array.from({ length: 40 }, (_, i) => ({
  cells: [`AB-${1000 + i}`, i % 2 === 0 ? 'red wheel' : 'wheel', `${i}.50`],
  quoted: [false, false, false],
}));
const SHAPE: TableShape = { width: 3, profiles: profileColumns(ROWS, 3), effort: { left: 1e6 } };

function cellsOf(pieces: readonly string[], quoted: readonly number[] = []): string[][] {
  const isQuoted = pieces.map((_, i) => quoted.includes(i));
  return alignments({ cells: pieces, quoted: isQuoted }, ' ', SHAPE).map(({ cells }) => cells);
}

test('one or two surplus pieces are joined where they fit', () => {
  assert.equal(cellsOf(['AB-1000', 'blue', 'wheel', '7.50'])[0], ['AB-1000', 'blue wheel', '7.50']);
  assert.equal(cellsOf(['AB-1000', 'a', 'blue', 'wheel', '7.50'])[0], ['AB-1000', 'a blue wheel', '7.50']);
});

test('a row with one piece per column is left alone, and quoted pieces are not joined', () => {
  assert.equal(cellsOf(['AB-1000', 'wheel', '7.50']), []);
  assert.equal(cellsOf(['AB-1000', 'blue', 'wheel', '7.50'], [1, 2]), []);
});

test.run();
