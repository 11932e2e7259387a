/** Which of the last rows are a footer: by their width, their words, and cells that only they lack. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { footerLines, saysFooter } from './footer.ts';
import type { TableShape } from './shape.ts';

/** The lines of the footer among these last rows of a table of `count` rows, in which `empties` cells of each column are empty. */
function footerOf(rows: readonly string[], count: number, empties: readonly number[]): number[] {
  const profiles = empties.map((number) => ({ count, empties: number }));
  const shape = { width: empties.length, profiles, effort: { left: 0 } } as unknown as TableShape;
  return footerLines(
    rows.map((row, i) => ({ cells: row.split(','), line: i + 1 })),
    shape,
  );
}

test('rows that lack most cells are a footer, but not in a table of few rows', () => {
  const rows = ['A,1,2,x', 'B,1,2,x', ',,12,'];
  assert.equal(footerOf(rows, 50, [1, 1, 0, 1]), [3]);
  assert.equal(footerOf(rows, 6, [1, 1, 0, 1]), [3]);
  assert.equal(footerOf(rows, 5, [1, 1, 0, 1]), [], 'the longest footer has five rows');
  assert.equal(footerOf(rows, 50, [2, 2, 0, 2]), [], 'other rows lack them, too');
  assert.equal(footerOf(['A,1,2,x', 'B,,2,'], 50, [0, 1, 0, 1]), [2], 'half of the columns');
  assert.equal(footerOf(['A,1,2,x', 'B,1,2,'], 50, [0, 0, 0, 1]), [], 'one cell');
  assert.equal(footerOf(['A,1,2,x,y', 'B,,2,,y'], 50, [0, 1, 0, 1, 0]), [], 'fewer than half of the columns');
});

test('a single cell, words or rules are a footer only in a row that lacks a cell', () => {
  assert.equal(footerOf(['A,1', 'the end'], 3, [0, 0]), [2]);
  assert.equal(footerOf(['A,1', 'B,2', '', ''], 3, [0, 0]), [3, 4]);
  assert.equal(footerOf(['A,1,x', 'Total,12,'], 3, [0, 0, 0]), [2]);
  assert.equal(footerOf(['A,1,x', ',Total,12'], 3, [0, 0, 0]), [2]);
  assert.equal(footerOf(['A,1,x', 'Total,12,x'], 3, [0, 0, 0]), [], 'a whole row');
  assert.equal(footerOf(['A,1,x', '---,12,'], 3, [0, 0, 0]), [2]);
  assert.equal(footerOf(['A,1,x', '12,---,'], 3, [0, 0, 0]), [], 'a rule is at the start');
  assert.equal(footerOf(['Total,,', 'A,1,x'], 3, [0, 0, 0]), [], 'only at the end');
  assert.equal(footerOf(['Total'], 3, [0]), [], 'one column has no footer');
});

test('words of footers are recognized', () => {
  for (const cell of ['Total', 'Sub-total', 'grand total', '(Summe)', 'итого', '12 rows', '-- 2 records --', 'page 3'])
    assert.ok(saysFooter(cell), cell);
  for (const cell of ['Totalizer', 'A total', 'rows', '12 rowsx', 'page', 'Ersumme'])
    assert.not(saysFooter(cell), cell);
});

test.run();
