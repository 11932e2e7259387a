/** Values that vendors hardly mean: each limit on both sides, and what is said. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY } from '../../../bytes/numbers.ts';
import { toBytes } from '../../../bytes/text.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn } from '../../../canonical.ts';
import { CurrentRow } from '../current-row.ts';
import { ODD_VALUES, OddValues, oddBits } from './odd-values.ts';
import { batchOfRows } from './testing/batch-of-rows.ts';
import { collectedRows } from './testing/collected-rows.ts';

const NOW = Date.UTC(2026, 10, 1) / 1000;
const DAY = 86_400;

function rowOf(values: Partial<CurrentRow>): CurrentRow {
  const row = new CurrentRow(0, 100);
  return Object.assign(
    row,
    { quantity: 1, leadTime: EMPTY, cost: EMPTY, mapPrice: EMPTY },
    { price: EMPTY, msrp: EMPTY, updatedAt: Number.NaN },
    values,
  );
}

/** The codes of a row. */
function codesOf(values: Partial<CurrentRow>): string {
  const bits = oddBits(rowOf(values), NOW);
  const { rows } = collectedRows();
  const odd = new OddValues(rows);
  const said: string[] = [];
  for (let i = 0; i < 5; i++) odd.look(bits, rowOf({}));
  odd.warn({ countWarning: (code, vendor, count) => said.push(`${code}:${vendor}:${count}`) }, 'v', 5);
  return said.join(' ').replaceAll(':v:5', '');
}

test('each limit', () => {
  for (const [values, codes] of [
    [{}, ''],
    [{ quantity: 99_998 }, ''],
    [{ quantity: 99_999 }, 'quantity_unlikely'],
    [{ quantity: 100_000 }, ''],
    [{ quantity: 999_999 }, 'quantity_unlikely'],
    [{ quantity: 9_999_998 }, ''],
    [{ quantity: 9_999_999 }, 'quantity_unlikely'],
    [{ quantity: 4_006_381_333_931 }, 'quantity_unlikely'],
    [{ leadTime: 730 }, ''],
    [{ leadTime: 731 }, 'lead_time_unlikely'],
    [{ updatedAt: Date.UTC(2000, 0, 1) / 1000 }, ''],
    [{ updatedAt: Date.UTC(2000, 0, 1) / 1000 - 1 }, 'updated_at_unlikely'],
    [{ updatedAt: NOW + 2 * DAY }, ''],
    [{ updatedAt: NOW + 2 * DAY + 1 }, 'updated_at_unlikely'],
    [{ otherTime: true }, 'times_ambiguous'],
    [{ cost: 5, msrp: 5 }, ''],
    [{ cost: 6, msrp: 5 }, 'cost_above_msrp'],
    [{ cost: 6, msrp: 0 }, ''],
    [{ cost: 6 }, ''],
    [{ quantity: 2, cost: 2e6 }, 'quantity_equals_amount'],
    [{ quantity: 2, mapPrice: 2e6 }, 'quantity_equals_amount'],
    [{ quantity: 2, price: 2e6 }, 'quantity_equals_amount'],
    [{ quantity: 2, msrp: 2e6 }, 'quantity_equals_amount'],
    [{ quantity: 2, cost: 2_000_001 }, ''],
    [{ quantity: 1, cost: 1e6 }, ''],
    [{ quantity: 0, cost: 0 }, ''],
    [
      { quantity: 99_999, cost: 99_999e6, leadTime: 900 },
      'quantity_unlikely lead_time_unlikely quantity_equals_amount',
    ],
  ] as const)
    assert.is(codesOf(values), codes, JSON.stringify(values));
});

test('two rows of each are shown, with the cell of their column', () => {
  const cells: Partial<Record<CanonicalColumn, string>> = {
    ...{ quantity_available: 'Q', lead_time_days: 'L', updated_at: 'U', cost: 'C', msrp: 'M' },
  };
  const names = CANONICAL_COLUMNS.map((column) => cells[column] ?? '');
  const expected = ['quantity_available "Q"', 'lead_time_days "L"', 'updated_at "U"', 'cost "C" MSRP M'];
  expected.push('quantity_available "Q"', 'updated_at "U"');
  const { window, batch } = batchOfRows([['S'], names.map((name) => ` ${name} `)]);
  const index = Int32Array.from(CANONICAL_COLUMNS.keys());
  const row = new CurrentRow(0, 100);
  row.line = 3;
  for (const [position, name] of names.entries()) {
    row.source[position] = toBytes(name);
    row.end[position] = name.length;
  }
  for (const look of [
    (odd: OddValues) => odd.look(63, row),
    (odd: OddValues) => odd.lookAt(63, window, batch, { record: 1, index }),
  ]) {
    const { rows, shown } = collectedRows();
    const odd = new OddValues(rows);
    look(odd);
    assert.equal(
      shown,
      ODD_VALUES.map((code, i) => `${code} 3 ${expected[i]}`),
    );
    look(odd);
    look(odd);
    assert.is(shown.length, 2 * ODD_VALUES.length);
  }
  // one bit is one kind
  const { rows, shown } = collectedRows('a.csv');
  const odd = new OddValues(rows);
  odd.look(2, row);
  assert.equal(shown, ['lead_time_unlikely a.csv:3 lead_time_days "L"']);
});

test('quantities that equal an amount must be five, and most rows', () => {
  const said = (count: number, validRows: number) => {
    const odd = new OddValues(collectedRows().rows);
    for (let i = 0; i < count; i++) odd.look(oddBits(rowOf({ quantity: 3, cost: 3e6 }), NOW), rowOf({}));
    const codes: string[] = [];
    odd.warn({ countWarning: (code, _, number) => codes.push(`${code} ${number}`) }, 'v', validRows);
    return codes.join();
  };
  assert.is(said(5, 9), 'quantity_equals_amount 5');
  assert.is(said(5, 10), '');
  assert.is(said(4, 4), '');
  assert.is(said(0, 0), '');
});

test.run();
