/** Rows read back from the bytes that go out, and the tests of their cells, compared with plain numbers and texts. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import type { ExpectedCell } from '../../core/config/expect.ts';
import { Money } from '../../core/money/money.ts';
import { CellTest, testWords } from '../../core/pipeline/publish/expect/cell-test.ts';
import { WrittenRow } from '../../core/pipeline/publish/expect/written-rows.ts';
import { Random } from '../oracle/generate/random.ts';

const test = suite('written rows');
type Tests = ExpectedCell & { column: string };

const quoted = (cell: string) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** The cells of each row that is read from `text`, which is given in parts of whole rows. */
function readBack(columns: string[], format: 'csv' | 'jsonl', parts: readonly string[]): string[][] {
  const row = new WrittenRow(columns, format);
  const read: string[][] = [];
  for (const part of parts) {
    row.each(toBytes(part), () => {
      const cells = columns.map((_, i) => row.text(i));
      for (const [i, cell] of cells.entries()) assert.is(row.isEmpty(i), cell === '');
      read.push(cells);
    });
  }
  return read;
}

test('property: the cells are those that were written, in both formats', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    const columns = ['sku', 'title', 'price'].slice(0, random.int(1, 3));
    const words = ['', 'a', 'é', '😀,', 'q"q', '""', '"', 'two\nlines', ',', '12.50', 'x\r'];
    const rows = Array.from({ length: random.int(0, 5) }, () => columns.map(() => random.pick(words)));
    const csv = rows.map((cells) => `${cells.map(quoted).join(',')}\n`);
    const json = rows.map(
      (cells) =>
        `${JSON.stringify(Object.fromEntries(cells.map((cell, i) => [columns[i], cell === '' && random.chance(0.5) ? null : cell])))}\n`,
    );
    const header = `${columns.join(',')}\n`;
    for (const joined of [true, false]) {
      assert.equal(readBack(columns, 'csv', joined ? [header + csv.join('')] : [header, '', ...csv]), rows);
      assert.equal(readBack(columns, 'jsonl', joined ? [json.join('')] : json), rows);
    }
  }
  assert.equal(readBack(['n', 'gone'], 'jsonl', ['{"n":12}\n']), [['12', '']]);
});

/** Whether a row of these cells meets the test. */
function meets(tests: Tests, cells: Record<string, string>, emptyPasses = true): boolean {
  const columns = Object.keys(cells);
  const row = new WrittenRow(columns, 'csv');
  let found: boolean | null = null;
  row.each(toBytes(`${columns.join(',')}\n${Object.values(cells).map(quoted).join(',')}\n`), () => {
    found = new CellTest(tests, columns).isMet(row, emptyPasses);
  });
  assert.is.not(found, null);
  return found as unknown as boolean;
}

const [min, max] = [(text: string) => ({ min: Money.of(text) }), (text: string) => ({ max: Money.of(text) })];

test('each test of a cell has two sides', () => {
  const cases: Array<[tests: Partial<Tests>, cell: string, isMet: boolean, ifEmptyFails?: boolean]> = [
    [{}, '', true, true],
    [{}, 'x', true],
    [{ not_empty: true }, 'x', true],
    [{ not_empty: true }, '', false, false],
    [{ not_empty: false }, 'x', false],
    [{ not_empty: false }, '', true, true],
    [min('2'), '', true, false],
    [max('2'), '', true, false],
    [{ in: ['1'] }, '', true, false],
    [{ min_column: 'other' }, '', true, false],
    [{ max_column: 'other' }, '', true, false],
    [{ ...min('2'), not_empty: true }, '', false, false],
    [min('2'), '2', true],
    [min('2'), '2.00', true],
    [min('2'), '1.999999', false],
    [min('2'), '1.9999999', false],
    [min('2'), '2.0000001', true],
    [max('2'), '2', true],
    [max('2'), '2.000001', false],
    [max('2'), '2.0000001', false],
    [max('2'), '1.9999999', true],
    [min('2'), '-3', false],
    [max('2'), '-3', true],
    [min('-4'), '-3', true],
    [max('-4'), '-3', false],
    [min('2'), 'many', false],
    [max('2'), 'many', false],
    [min('1234567890123'), '1234567890123', true],
    [min('1234567890123'), '1234567890122', false],
    [max('1234567890123'), '1234567890123', true],
    [max('1234567890123'), '1234567890124', false],
    // limits finer than a micro
    [min('1.0000005'), '1.000001', true],
    [min('1.0000005'), '1', false],
    [max('1.0000005'), '1', true],
    [max('1.0000005'), '1.000001', false],
    [min('1.0000000'), '1', true],
    [max('1.0000000'), '1', true],
    [max('-0.0000005'), '0', false],
    [min('-0.0000005'), '0', true],
    [{ ...min('1'), ...max('3') }, '2', true],
    [{ ...min('1'), ...max('3') }, '4', false],
    [{ ...min('1'), ...max('3') }, '-4', false],
    [{ ...min('1'), ...max('3') }, '1234567890123', false],
    [{ in: ['1', '2.50'] }, '2.5', true],
    [{ in: ['1', '2.50'] }, '2.51', false],
    [{ in: ['1', '1234567890123.0'] }, '1234567890123', true],
    [{ in: ['1'] }, '1234567890123', false],
    [{ in: ['0.0000001'] }, '0', false],
    [{ in: ['0.0000001'] }, '0.0000001', true],
    [{ in: ['-1'] }, '-1.0', true],
    [{ ...min('2'), in: ['1', '3'] }, '1', false],
    [{ ...min('2'), in: ['1', '3'] }, '3', true],
    [{ ...max('2'), in: ['1', '3'] }, '1', true],
    [{ ...min('2'), in: ['-1', '3'] }, '-1', false],
  ];
  for (const [tests, cell, isMet, ifEmptyFails = isMet] of cases) {
    const name = `${JSON.stringify(tests)} of "${cell}"`;
    assert.is(meets({ ...tests, column: 'price' }, { price: cell, other: '1' }), isMet, name);
    assert.is(meets({ ...tests, column: 'price' }, { price: cell, other: '1' }, false), ifEmptyFails, name);
  }
});

test('texts are compared exactly, also where numbers are wanted too', () => {
  const brand = (tests: Partial<Tests>, cell: string) => meets({ ...tests, column: 'brand' }, { brand: cell });
  assert.equal([brand({ in: ['Acme', '1'] }, 'Acme'), brand({ in: ['Acme', '1'] }, 'acme')], [true, false]);
  assert.equal([brand({ in: ['1'] }, '1.0'), brand({ in: ['a "b", c'] }, 'a "b", c')], [false, true]);
  const both = { in: ['1', '5', 'x'], ...min('2') };
  assert.equal(
    ['1', '5', 'x', '6'].map((cell) => brand(both, cell)),
    [false, true, false, false],
  );
});

test('a cell is compared with the cells of other columns', () => {
  const cases: Array<[cell: string, other: string, atLeast: boolean, atMost: boolean]> = [
    ['2', '2.00', true, true],
    ['2', '3', false, true],
    ['3', '2', true, false],
    ['3', '', true, true],
    ['-3', '2', false, true],
    ['2', '-3', true, false],
    ['1234567890123', '1234567890124', false, true],
    ['1234567890124', '5', true, false],
    ['5', '1234567890124', false, true],
    ['x', '5', false, false],
    ['5', 'x', false, false],
  ];
  for (const [price, cost, atLeast, atMost] of cases) {
    assert.is(meets({ column: 'price', min_column: 'cost' }, { price, cost }), atLeast, `${price} at least ${cost}`);
    assert.is(meets({ column: 'price', max_column: 'cost' }, { cost, price }), atMost, `${price} at most ${cost}`);
  }
  const between = { column: 'price', min_column: 'cost', max_column: 'msrp', ...min('3') };
  const met = (price: string) => meets(between, { cost: '2', price, msrp: '5' });
  assert.equal(['1', '2', '3', '5', '6'].map(met), [false, false, true, true, false]);
});

test('a report names the other cells, if they are not empty', () => {
  const compared = (tests: Partial<Tests>, cells: Record<string, string>) => {
    const row = new WrittenRow(Object.keys(cells), 'csv');
    let said: string | null = null;
    const line = Object.values(cells).join(',');
    row.each(toBytes(`${Object.keys(cells).join(',')}\n${line}\n`), () => {
      said = new CellTest({ ...tests, column: 'price' }, row.columns).compared(row);
    });
    return said;
  };
  const cells = { cost: '2', price: '3', msrp: '' };
  assert.is(compared({}, cells), null);
  assert.is(compared({ min_column: 'cost' }, cells), 'cost 2');
  assert.is(compared({ max_column: 'msrp' }, cells), null);
  assert.is(compared({ min_column: 'cost', max_column: 'msrp' }, cells), 'cost 2');
  assert.is(compared({ min_column: 'cost', max_column: 'msrp' }, { ...cells, msrp: '9' }), 'cost 2, msrp 9');
});

test('a test in words', () => {
  const cases: Array<[tests: Partial<Tests>, words: string]> = [
    [{ not_empty: true }, 'not empty'],
    [{ not_empty: false }, 'empty'],
    [{ ...min('1'), ...max('5000') }, 'at least 1 and at most 5000'],
    [{ min_column: 'cost', max_column: 'msrp' }, 'at least cost and at most msrp'],
    [{ in: ['a'] }, '"a"'],
    [{ in: ['a', 'b', 'c', 'd', 'e'] }, 'one of "a", "b", "c", "d", "e"'],
    [{ in: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'one of "a", "b", "c", "d", "e", … (6 values)'],
  ];
  for (const [tests, words] of cases) assert.is(testWords({ ...tests, column: 'price' }), `price ${words}`);
});

test.run();
