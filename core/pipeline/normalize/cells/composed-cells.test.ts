/** Composed cells: sums, factors, adders, joins and first filled cells, with each limit on both sides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY, INVALID, NEGATIVE } from '../../../bytes/numbers.ts';
import { type CanonicalColumn, COLUMN, COLUMN_COUNT } from '../../../canonical.ts';
import type { Layout } from '../../../layout.ts';
import { QUOTED } from '../../../scan/batch.ts';
import type { ResolvedCell, ResolvedColumns } from '../columns/columns.ts';
import { CELL_FORMULA, CELL_INVALID_FACTOR, CELL_UNKNOWN_ADDER, CurrentRow } from '../current-row.ts';
import { batchOfRows } from '../doubts/testing/batch-of-rows.ts';
import { ComposedCells } from './composed-cells.ts';

interface Spec {
  origin?: object;
  form?: object;
  factors?: object[];
  factorFields?: number[];
  fields?: number[];
  fieldWords?: Array<Record<string, string | null>>;
  adders?: Array<{ adder: object; field: number }>;
}

const cellOf = (column: CanonicalColumn, { origin, form, factors, ...more }: Spec, position = COLUMN[column]) =>
  ({
    ...{ column, position, fields: [0], fieldWords: [], adders: [], factorFields: [] },
    source: { origin: origin ?? { kind: 'first_found' }, ...(form && { form }), ...(factors && { factors }) },
    ...more,
  }) as unknown as ResolvedCell;

/** A row whose cells were read as the columns say; `isGood` is false if one of them has a fault. */
function read(
  cells: readonly ResolvedCell[],
  texts: readonly string[],
  layout: Partial<Layout> = {},
  row = new CurrentRow(1, 10),
) {
  const columns = { cells, joins: [] } as unknown as ResolvedColumns;
  const composed = new ComposedCells(columns, layout as Layout, new Map(), null);
  const { window, batch } = batchOfRows([['before', '1', '2'], texts]);
  if (layout.plainNumbers) batch.fieldStyle.fill(QUOTED, 3, 4);
  row.setWindow(window);
  const stays = composed.locate(row, batch, 1);
  return { row, stays, isGood: composed.values(row) };
}

/** The value of a cost or quantity, and what reports show of its cell. */
function readOf(column: 'cost' | 'quantity_available', spec: Spec, texts: readonly string[]): string {
  const { row, isGood } = read([cellOf(column, spec)], texts);
  const value = column === 'cost' ? row.cost : row.noQuantity ? EMPTY : row.quantity;
  const code = row.codes[COLUMN[column]]!;
  const fault = isGood ? '' : ` fault ${code}`;
  return `${value}${fault} "${row.cellText(COLUMN[column])}"`;
}

const sum = { kind: 'sum' };

test('sums are exact, and limited', () => {
  const pieces = (...texts: string[]) =>
    readOf('quantity_available', { origin: sum, fields: [...texts.keys()] }, texts);
  assert.is(pieces('1', '2', '', '4'), '7 "7"');
  assert.is(pieces('', ''), `${EMPTY} ""`);
  assert.is(pieces('0', ''), '0 "0"');
  assert.is(pieces('999999999999999', '0'), '999999999999999 "999999999999999"');
  assert.is(pieces('999999999999998', '1'), '999999999999999 "999999999999999"');
  assert.is(pieces('999999999999999', '1'), `${INVALID} "1000000000000000"`);
  // the first invalid cell is shown
  assert.is(pieces('1', 'x', '-3'), `${INVALID} "x"`);
  assert.is(pieces('1', '-3', 'x'), `${NEGATIVE} "-3"`);
  const amounts = (...texts: string[]) => readOf('cost', { origin: sum, fields: [...texts.keys()] }, texts);
  assert.is(amounts('1.5', '2.25'), '3750000 "3.750"');
  assert.match(amounts('999999999.999998', '0.000001'), '999999999999999 ');
  assert.match(amounts('999999999.999999', '0.000001'), `${INVALID} `);
  assert.is(amounts('5', '1 0'), `${INVALID} "1 0"`);
});

const constant = (decimal: string, divides = false) => ({ divides, by: { decimal } });
const ofField = (divides = false) => ({ divides, by: { fields: [], form: {} } });

test('factors', () => {
  const pieces = (text: string, ...factors: object[]) => readOf('quantity_available', { factors }, [text]);
  assert.is(pieces('5', constant('12')), '60 "5"');
  assert.is(pieces('0', constant('12')), '0 "0"');
  assert.is(pieces('', constant('12')), `${EMPTY} ""`);
  assert.is(pieces('60', constant('12', true)), '5 "60"');
  assert.is(pieces('5', constant('12', true)), `5 fault ${CELL_INVALID_FACTOR} "5"`);
  assert.is(pieces('5', constant('12'), constant('2', true)), '30 "5"');
  assert.is(pieces('333333333333333', constant('3')), '999999999999999 "333333333333333"');
  assert.is(pieces('333333333333334', constant('3')), `${INVALID} "333333333333334"`);
  assert.is(pieces('x', constant('3')), `${INVALID} "x"`);
  const amounts = (text: string, ...factors: object[]) => readOf('cost', { factors }, [text]);
  assert.is(amounts('10', constant('1.19')), '11900000 "10"');
  assert.is(amounts('999999999.999999', constant('1')), '999999999999999 "999999999.999999"');
  assert.is(amounts('500000000', constant('2')), `${INVALID} "500000000"`);
  // a factor of the feed
  const packs = (text: string, pack: string) =>
    readOf('cost', { factors: [ofField(true)], factorFields: [1] }, [text, pack]);
  assert.is(packs('9', '12'), '750000 "9"');
  for (const pack of ['', 'x', '0', '-2', '=1'])
    assert.match(packs('9', pack), `9000000 fault ${CELL_INVALID_FACTOR} "${pack}"`);
  assert.is(packs('', 'x'), `${EMPTY} ""`);
  assert.is(packs('x', 'x'), `${INVALID} "x"`);
  // sums have factors too
  const scaled = (...texts: string[]) =>
    readOf('cost', { origin: sum, fields: [0, 1], factors: [constant('2')] }, texts);
  assert.is(scaled('1', '2'), '6000000 "3.000"');
  assert.is(scaled('', ''), `${EMPTY} ""`);
  assert.is(scaled('0', ''), '0 "0.000"');
});

test('amounts that are added', () => {
  const adders = [
    { adder: { amounts: { used: '0.50', New: '0', '': '0.25' }, otherwise: null }, field: 1 },
    { adder: { amounts: {}, otherwise: '2' }, field: -1 },
  ];
  const added = (text: string, state: string, more: Spec = {}) => readOf('cost', { adders, ...more }, [text, state]);
  assert.is(added('10', 'USED'), '12500000 "10"');
  assert.is(added('10', 'new'), '12000000 "10"');
  assert.is(added('10', ''), '12250000 "10"');
  assert.is(added('0', 'new'), '2000000 "0"');
  assert.is(added('10', 'odd'), `10000000 fault ${CELL_UNKNOWN_ADDER} "odd"`);
  assert.is(added('', 'odd'), `${EMPTY} ""`);
  assert.is(added('x', 'used'), `${INVALID} "x"`);
  assert.is(added('999999997.999999', 'new'), '999999999999999 "999999997.999999"');
  assert.is(added('999999998', 'new'), `${INVALID} "999999998"`);
  // after factors, and to sums
  assert.is(added('10', 'new', { factors: [constant('2')] }), '22000000 "10"');
  assert.is(added('10', 'new', { origin: sum, fields: [0] }), '12000000 "10.000"');
  assert.is(added('', 'new', { origin: sum, fields: [0] }), `${EMPTY} ""`);
  // amounts alone are added to
  assert.is(readOf('quantity_available', { adders }, ['10', 'used']), '10 "10"');
});

test('the first filled cell, with words of its own', () => {
  const first = (...texts: string[]) =>
    readOf('quantity_available', { fields: [0, 1], fieldWords: [{ ask: null, many: '99' }, { ask: '1' }] }, texts);
  assert.is(first('5', '7'), '5 "5"');
  assert.is(first('', '7'), '7 "7"');
  assert.is(first('ask', '7'), '7 "7"');
  assert.is(first('many', '7'), '99 "many"');
  assert.is(first('', 'ask'), '1 "ask"');
  assert.is(first('x', '7'), `${INVALID} "x"`);
  assert.is(first('', ''), `${EMPTY} ""`);
});

test('texts that are joined', () => {
  const joined = (texts: readonly string[], separator = ' / ', position = COLUMN.title) => {
    const cell = cellOf('title', { origin: { kind: 'join', separator }, fields: [...texts.keys()] }, position);
    const row = new CurrentRow(1, 10);
    return read([cell], texts, {}, row).row.cellText(position);
  };
  assert.is(joined(['a', '', 'b', ' c ']), 'a / b / c');
  assert.is(joined(['', '', 'b']), 'b');
  assert.is(joined(['', '']), '');
  assert.is(joined(['a""b', 'c'], ''), 'a"bc');
  const long = Array.from({ length: 9 }, (_, i) => String(i).repeat(i + 1));
  assert.is(joined(long, '-'), long.join('-'));
  assert.is(joined(['x', 'y'.repeat(300), 'z']), `x / ${'y'.repeat(300)} / z`);
  // an extra column that is too long already gets no more text
  assert.is(joined(['1234567890', 'b', 'c'], '', COLUMN_COUNT), '1234567890b');
  assert.is(joined(['12345678901', 'b', 'c'], '', COLUMN_COUNT), '12345678901');
  assert.is(joined(['12345678901', 'b', 'c'], ''), '12345678901bc');
});

test('constants, conditions and times', () => {
  const cells = [
    cellOf('cost', { origin: { kind: 'constant', text: '7.50' }, fields: [] }),
    cellOf('condition', { form: { words: { gebraucht: 'used' } }, fields: [0] }),
    cellOf('updated_at', { form: { times: ['DD/MM/YYYY', 'MM/DD/YYYY'] }, fields: [1] }),
  ];
  const of = (...texts: string[]) => {
    const { row } = read(cells, texts);
    const time = Number.isNaN(row.updatedAt) ? '' : new Date(row.updatedAt * 1000).toISOString().slice(0, 10);
    return [row.cost, row.condition, time, row.badTime, row.otherTime];
  };
  const used = of('used', '2026-10-05')[1];
  assert.equal(of('Gebraucht', '31/10/2026'), [7_500_000, used, '2026-10-31', false, false]);
  assert.equal(of('', '05/10/2026'), [7_500_000, 0, '2026-10-05', false, true]);
  assert.equal(of('', '05/05/2026'), [7_500_000, 0, '2026-05-05', false, false]);
  assert.equal(of('odd', ''), [7_500_000, -1, '', false, false]);
  assert.equal(of('', 'soon'), [7_500_000, 0, '', true, false]);
  assert.equal(of('', '2026-10-05'), [7_500_000, 0, '2026-10-05', false, false]);
});

test('formulas are faults, unless they are words', () => {
  const layout = { unwrap: true };
  const cells = [cellOf('cost', { fields: [0] }), cellOf('title', { form: { words: { '=x': 'word' } }, fields: [1] })];
  const of = (...texts: string[]) => {
    const { row, isGood } = read(cells, texts, layout);
    return [row.cost, row.codes[COLUMN.cost], row.cellText(COLUMN.title), row.codes[COLUMN.title], isGood];
  };
  assert.equal(of('="5"', 'a'), [5_000_000, 0, 'a', 0, true]);
  assert.equal(of('=5', 'a'), [INVALID, CELL_FORMULA, 'a', 0, false]);
  assert.equal(of('5', '=1+1'), [5_000_000, 0, '=1+1', CELL_FORMULA, false]);
  assert.equal(of('5', '=x'), [5_000_000, 0, 'word', 0, true]);
});

test('numbers that a workbook stores are read as they are', () => {
  const numbers = { decimal: ',', thousands: '.', currency: null, atLeast: false };
  const cells = [
    cellOf('cost', { form: { numbers }, fields: [0] }),
    cellOf('price', { form: { numbers }, fields: [1] }),
  ];
  const { row } = read(cells, ['1.250', '1.250'], { plainNumbers: true });
  // the first is a text, the second a number
  assert.equal([row.cost, row.price], [1_250_000_000, 1_250_000]);
  // what three decimals mean is doubted of texts only
  const whole = [cellOf('cost', { fields: [0] }), cellOf('price', { fields: [1] })];
  const doubted = read(whole, ['1.250', '1.250'], { plainNumbers: true }).row;
  assert.equal([doubted.forms[COLUMN.cost] !== 0, doubted.forms[COLUMN.price] !== 0], [true, false]);
  const declared = [cellOf('cost', { form: { numbers: { ...numbers, decimal: '.', thousands: null, decimals: 3 } } })];
  assert.is(read(declared, ['1.250']).row.forms[COLUMN.cost], 0);
});

test.run();
