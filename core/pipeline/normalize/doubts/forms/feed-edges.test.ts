/** Doubts about times, limits, alike cells and decimal marks of a feed: each limit on both sides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../bytes/text.ts';
import { type CanonicalColumn, COLUMN } from '../../../../canonical.ts';
import type { ResolvedColumns } from '../../columns/columns.ts';
import { collectedRows, rowOfCells } from '../testing/collected-rows.ts';
import { AlikeCells } from './alike-cells.ts';
import { OldTimes } from './old-times.ts';
import { SwappedLimits } from './swapped-limits.ts';
import { ThousandForms } from './thousand-forms.ts';

/** A cell between others. */
function cellIn(text: string): [bytes: Uint8Array, from: number, to: number] {
  const bytes = toBytes(`9${text}9`);
  return [bytes, 1, bytes.length - 1];
}

test('times of years ago', () => {
  const now = Date.UTC(2026, 5, 1) / 1000;
  const said = (cells: readonly string[], file: string | null = null) => {
    const times = new OldTimes(now);
    for (const [i, cell] of cells.entries()) times.look(...cellIn(cell), { file, line: i + 2 });
    const { rows, shown } = collectedRows();
    return [...times.warnings('v', rows), ...shown];
  };
  const [old, recent] = ['2024-05-31', '2024-06-01'];
  const fill = (cell: string, count: number) => Array.from({ length: count }, () => cell);
  assert.equal(said(fill(old, 5)), ['updated_at_old:v:5:5', `updated_at_old 2 updated_at "${old}"`]);
  assert.is(said([recent, ...fill(old, 19)], 'a.csv')[1], `updated_at_old a.csv:3 updated_at "${old}"`);
  assert.equal(said(fill(old, 4)), []);
  assert.equal(said([...fill(old, 18), recent]), []);
  assert.is(said([...fill(old, 10), ...fill(recent, 10)])[0], 'updated_at_old:v:10:20');
  assert.equal(said([...fill(old, 10), ...fill(recent, 11)]), []);
  assert.equal(said(fill(recent, 30)), []);
  assert.equal(said([]), []);
  // what is no date does not count; nor does an empty cell, or a long one
  assert.is(said([...fill(old, 5), 'soon', '', `${old}T00:00:00${'0'.repeat(17)}Z`])[0], 'updated_at_old:v:5:5');
  const long = '2020-01-01T00:00:00.000000000+00:00';
  assert.is(long.length, 35);
  assert.is(said(fill(long, 5))[0], 'updated_at_old:v:5:5');
  assert.equal(said(fill(long.replace('+', '0+'), 5)), []);
});

test('a MAP above the list price in most rows', () => {
  const said = (rowsOf: readonly Partial<Record<CanonicalColumn, string>>[], file: string | null = null) => {
    const limits = new SwappedLimits();
    for (const [i, cells] of rowsOf.entries()) {
      limits.startRow();
      for (const [column, cell] of Object.entries(cells))
        limits.look(COLUMN[column as CanonicalColumn], ...cellIn(cell));
      limits.endRow({ file, line: i + 2 });
    }
    const { rows, shown } = collectedRows();
    return [...limits.warnings('v', rows), ...shown];
  };
  const [above, below] = [
    { map_price: '9.00', msrp: '7.00' },
    { msrp: '9.00', map_price: '7.00' },
  ];
  const fill = (cells: Partial<Record<CanonicalColumn, string>>, count: number) =>
    Array.from({ length: count }, () => cells);
  const shown = 'map_above_msrp 3 map_price "9.00" MSRP 7.00';
  assert.equal(said([below, ...fill(above, 5)]), ['map_above_msrp:v:5:6', shown]);
  assert.is(said(fill(above, 5), 'a.csv')[1], 'map_above_msrp a.csv:2 map_price "9.00" MSRP 7.00');
  assert.equal(said(fill(above, 4)), []);
  assert.equal(said([...fill(above, 5), ...fill(below, 5)]), []);
  assert.is(said([...fill(above, 6), ...fill(below, 5)])[0], 'map_above_msrp:v:6:11');
  assert.equal(said(fill({ map_price: '9', msrp: '9' }, 9)), [], 'equal');
  // rows without one of the two do not count, nor do cells that are no numbers
  const odd = [{ map_price: '9' }, { msrp: '1' }, { map_price: 'A9', msrp: '1' }, { map_price: '9', msrp: 'x1' }];
  assert.is(
    said([...odd, { map_price: '', msrp: '1' }, ...fill({ cost: '1', ...above, price: '1' }, 5)])[0],
    'map_above_msrp:v:5:5',
  );
  assert.is(
    said([...fill(above, 5), { map_price: '12', msrp: '11' }])[1],
    'map_above_msrp 2 map_price "9.00" MSRP 7.00',
  );
});

test('cells that are alike in nearly all rows', () => {
  const said = (
    column: CanonicalColumn,
    cells: readonly string[],
    { declared = false, file = null as string | null } = {},
  ) => {
    const alike = new AlikeCells();
    for (const [i, cell] of cells.entries()) {
      alike.startRow(file, i + 2);
      alike.look(COLUMN[column], ...cellIn(cell));
    }
    const { rows, shown } = collectedRows();
    return [...alike.warnings('v', (position) => declared && position === COLUMN[column], rows), ...shown];
  };
  const fill = (cell: string, count: number) => Array.from({ length: count }, () => cell);
  assert.equal(said('cost', fill('5', 50)), ['amounts_all_alike:v:cost:5', 'amounts_all_alike 2 cost "5"']);
  assert.equal(said('price', fill('5', 50), { file: 'a.csv' }), [
    'amounts_all_alike:v:price:5',
    'amounts_all_alike a.csv:2 price "5"',
  ]);
  assert.equal(said('title', fill('x', 50)), ['titles_all_alike:v:x', 'titles_all_alike 2 title "x"']);
  assert.equal(said('msrp', fill('5', 99)), []);
  assert.equal(said('cost', fill('5', 49)), []);
  assert.equal(said('cost', [...fill('5', 49), '']), []);
  assert.equal(said('cost', fill('5', 50), { declared: true }), []);
  // each other cell takes one away: 57 of 60 lead by 54, 56 by 52
  assert.is(said('cost', [...fill('5', 57), '1', '2', '3']).length, 2);
  assert.is(said('cost', [...fill('5', 56), '1', '2', '3', '4']).length, 0);
  assert.equal(said('cost', ['7', ...fill('5', 57)])[1], 'amounts_all_alike 4 cost "5"');
  // only the first 200 bytes of a cell are compared
  const long = (end: string) => 'y'.repeat(200) + end;
  assert.is(
    said(
      'title',
      Array.from({ length: 50 }, (_, i) => long(String(i))),
    ).length,
    2,
  );
  assert.is(
    said(
      'title',
      Array.from({ length: 50 }, (_, i) => 'y'.repeat(199) + i),
    ).length,
    0,
  );
});

test('numbers whose thousands may be decimals', () => {
  const columns = (numbers: object | null) =>
    ({
      cells: [
        { position: COLUMN.cost, source: { form: { numbers } } },
        { position: COLUMN.msrp, source: {} },
      ],
    }) as unknown as ResolvedColumns;
  const continental = columns({ decimal: ',', thousands: '.' });
  const said = (cells: readonly string[], of: ResolvedColumns = continental, file: string | null = null) => {
    const { rows, shown } = collectedRows(file);
    const forms = new ThousandForms(rows);
    forms.startFile(of);
    for (const [i, cell] of cells.entries()) {
      if (i === 3) forms.startFile(of);
      forms.look(rowOfCells(i + 2, { cost: cell, msrp: '1' }));
    }
    if (file !== null) rows.file = 'last.csv';
    return [...forms.warnings('v'), ...shown];
  };
  const fractions = ['1,5', '22,50', '3,00', '4.500,10', '5,1'];
  const doubted = ['thousands_may_be_decimals:v:cost:1:line 7 "6.125"', 'thousands_may_be_decimals 7 cost "6.125"'];
  assert.equal(said([...fractions, '6.125']), doubted);
  assert.equal(said([...fractions, '6.125'], continental, 'a.csv'), [
    'thousands_may_be_decimals:v:cost:1:a.csv line 7 "6.125"',
    'thousands_may_be_decimals a.csv:7 cost "6.125"',
  ]);
  assert.equal(
    said(
      [...fractions.map((cell) => cell.replace(/[.,]/g, (sign) => (sign === '.' ? ',' : '.'))), '6,125'],
      columns({ decimal: '.', thousands: ',' }),
    ).length,
    2,
  );
  const four = ['1.000', '2.000', '3.000', '9.999'];
  assert.is(said([...fractions, ...four])[0]!.split(':')[3], '4');
  assert.match(said([...fractions, ...four])[0]!, /line 7 "1\.000"; line 8 "2\.000"; line 9 "3\.000"$/);
  // what says nothing: other groups, signs alone, empty and long cells
  const silent = ['1.234.567', '-', '', '6.1255', '6.12', '.', `${'0'.repeat(37)}.000`, '1.23a4.5', '6.12a', '6.12:'];
  assert.equal(said([...fractions, '6.125', ...silent]), doubted);
  assert.equal(said([...fractions, '6.125', `${'0'.repeat(36)}.000`])[0]!.split(':')[3], '2');
  for (const [cells, why] of [
    [[...fractions.slice(1), '6.125'], 'four with decimals'],
    [fractions, 'none to doubt'],
    [[...fractions, '6.125', '234'], 'amounts may lack decimals'],
    [[...fractions, '6.125', '0'], 'a digit alone'],
    [[...fractions, '6.125', '9'], 'another digit'],
  ] as const) {
    assert.equal(said(cells), [], why);
  }
  for (const numbers of [null, { decimal: ',', thousands: ' ' }, { decimal: ',', thousands: null }])
    assert.equal(said([...fractions, '6.125'], columns(numbers)), []);
});

test.run();
