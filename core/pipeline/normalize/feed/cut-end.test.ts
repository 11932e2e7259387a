/** Which last cells look cut off, beside those of the other rows. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LF_END, MALFORMED_QUOTE, QUOTED } from '../../../scan/batch.ts';
import { batchOfRows } from '../doubts/testing/batch-of-rows.ts';
import { CutEnd } from './cut-end.ts';

/** `mark` or `short` if the last of these cells of a column looks cut off; else `-`. The cells are read in several batches. */
function found(...batches: ReadonlyArray<readonly string[]>): string {
  const end = new CutEnd();
  for (const cells of batches) {
    const { window, batch } = batchOfRows(cells.map((cell) => ['S', cell]));
    end.note(window, batch);
  }
  if (end.found === null) return '-';
  const last = batches.at(-1)!;
  assert.equal([end.found.line, end.found.cell, end.found.fields], [last.length + 1, last.at(-1)!.trim(), 2]);
  return end.found.endsInMark ? 'mark' : 'short';
}

const fill = (cell: string, count: number): string[] => Array.from({ length: count }, () => cell);

test('a decimal mark at the end', () => {
  assert.is(found(['cost', '9.50', '119.']), 'mark');
  assert.is(found(['cost', '9,50', '119,']), 'mark');
  for (const cell of ['-5.', '+5.', "1'234.", '1 234.', '1.234,', '5.  ']) assert.is(found(['x', cell]), 'mark', cell);
  for (const cell of ['x5.', '5.x', '.', 'S.', '--5.', '5;6.', '', '5']) assert.is(found(['x', cell]), '-', cell);
  // where the row before ends so too, it is how the vendor writes
  assert.is(found(['cost', '9.', '119.']), '-');
  assert.is(found(['cost', '9.'], ['119.']), '-');
  assert.is(found(['cost', '9'], ['119.']), 'mark');
  assert.is(found(['cost', '9.', '8'], ['119.']), 'mark');
  assert.is(found(['119.']), 'mark');
  assert.is(found(['cost', '119.'], ['5']), '-');
});

test('decimals that all others have', () => {
  for (const cell of ['119', '119.5', '1', '-5'])
    assert.is(found(['cost', '9.50', '8.10', '7.20', cell]), 'short', cell);
  for (const cell of ['119.50', '119.505', '119,5', 'x', '119 EUR'])
    assert.is(found(['cost', '9.50', '8.10', '7.20', cell]), '-', cell);
  // three others must agree
  assert.is(found(['cost', '9.50', '8.10', '119']), '-');
  assert.is(found(['cost', '9.50', '8.10', '7.2', '119']), '-');
  assert.is(found(['cost', '9.50', '8.10', '7', '119']), '-');
  assert.is(found(['cost', '9', '8', '7', '119']), '-');
  // with a text behind them
  assert.is(found(['cost', '9.50 €', '8.10 €', '7.20 €', '119.50']), 'short');
  assert.is(found(['cost', '9 €', '8 €', '7 €', '119']), 'short');
  assert.is(found(['cost', '$9.50', '$8.10', '$7.20', '$119']), 'short');
  assert.is(found(['cost', '9.50 euros', '8.10 euros', '7.20 euros', '119.50']), '-');
  assert.is(found(['cost', '1 009.50', "2'008.10", '1.007.20', '119']), 'short');
  // three digits may be thousands, which smaller numbers have not
  assert.is(found(['cost', '9.500', '8.100', '7.200', '119']), '-');
  assert.is(found(['cost', '9.500', '8.100', '7.200', '119.5']), 'short');
  assert.is(found(['cost', '9.5000', '8.1000', '7.2000', '119']), 'short');
  // words and empty cells do not speak; a cell in quotes, or a long one, may be anything
  assert.is(found(['cost', '9.50', 'ask', '', '8.10', 'Lamp 5', '7.20', '119']), 'short');
  assert.is(found(['cost', '9.50', '8.10', '7.20', 'x""y', '119']), '-');
  assert.is(found(['cost', '9.50', '8.10', '7.20', '9'.repeat(41), '119']), '-');
  assert.is(found(['cost', '9.50', '8.10', '7.20', `${'9'.repeat(37)}.50`, '119']), 'short');
  assert.is(found(['cost', '9.50', '8.10', '7.20', '9'.repeat(41)]), '-');
});

test('the end of a date', () => {
  const dates = ['2026-10-05', '2026-10-06', '2026-10-07'];
  for (const cell of ['2026-10-0', '2026-1', '2', '2026-10-'])
    assert.is(found(['seen', ...dates, cell]), 'short', cell);
  for (const cell of ['2026-10-08', '2026/1', 'x', '20261', '12026-10-08'])
    assert.is(found(['seen', ...dates, cell]), '-', cell);
  for (const [full, cut] of [
    ['2026-10-05T08:00:00Z', '2026-10-05T08:00:00'],
    ['2026-10-05 08:00', '2026-10-05'],
    ['2026-10-05T08:00+02', '2026-10-05T08:00'],
    ['2026-10-05T08:00+0200', '2026-10-05T08:00+02'],
    ['2026-10-05T08:00-02:00', '2026-10-05T08:00-02'],
    ['2026-10-05T08:00:00.123', '2026-10-05T08:00:00'],
    ['05.10.2026', '05.10'],
    ['05/10/2026 08:00', '05/10'],
  ] as const) {
    assert.is(found(['seen', full, full, full, cut]), 'short', full);
    assert.is(found(['seen', full, full, full, full]), '-', full);
  }
  for (const [full, cut] of [
    ['2026-10-05T08:00X', '2026-10'],
    ['2026-10-05T', '2026-10'],
    ['2026-10-05x', '2026-10'],
    ['x2026-10-05', '2'],
    ['2026-10-05T08:00+2', '2026-10'],
  ] as const)
    assert.is(found(['seen', full, full, full, cut]), '-', full);
  assert.is(found(['seen', ...dates, '05.10.2026', '2026-1']), '-');
});

test('an empty cell where no other is', () => {
  assert.is(found(['note', ...fill('x', 10), '']), 'short');
  assert.is(found(['note', ...fill('x', 9), '']), '-');
  assert.is(found(['note', ...fill('x', 10), '', '']), '-');
  assert.is(found(['note', ...fill('x', 11)], ['']), 'short');
  assert.is(found(['note', ...fill('x', 10)], ['']), '-');
});

test('the first fifty rows and the last fifty are compared', () => {
  const many = fill('x', 60);
  const rows = (...odd: number[]) => ['note', ...many.map((cell, i) => (odd.includes(i) ? '' : cell)), ''];
  assert.is(found(rows(0)), 'short');
  assert.is(found(rows(10)), '-');
  assert.is(found(rows(9)), 'short');
  // in a further batch those of the first one count too
  const later = [...many, ''];
  assert.is(found(['note', ...fill('x', 48), '', 'x'], later), '-');
  assert.is(found(['note', ...fill('x', 49), '', 'x'], later), 'short');
  assert.is(found(['note', ...many], many, later), 'short');
  assert.is(found([], ['note', ...fill('x', 10), '']), 'short');
});

test('a row with a line end, with a fault or with quotes is not cut off', () => {
  const rows = ['cost', '9.50', '8.10', '7.20', '119'].map((cell) => ['S', cell]);
  const after = (change: (batch: ReturnType<typeof batchOfRows>['batch']) => void) => {
    const { window, batch } = batchOfRows(rows);
    change(batch);
    const end = new CutEnd();
    end.note(window, batch);
    return end.found;
  };
  assert.is(after(() => {})?.cell, '119');
  assert.is(
    after((batch) => batch.lineEnd.fill(LF_END)),
    null,
  );
  assert.is(
    after((batch) => batch.setFault(MALFORMED_QUOTE, 1)),
    null,
  );
  assert.is(
    after((batch) => batch.fieldStyle.fill(QUOTED, 9, 10)),
    null,
  );
});

test.run();
