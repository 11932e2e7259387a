/** What a validator's check sees of a row and may report, during its call and after it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY } from '../../../bytes/numbers.ts';
import { toBytes } from '../../../bytes/text.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn, COLUMN, COLUMN_COUNT } from '../../../canonical.ts';
import type { RelayError } from '../../../errors.ts';
import type { RowProblem } from '../../../issue.ts';
import type { Misuses } from '../../misuses.ts';
import { CurrentRow } from '../current-row.ts';
import { CheckReport } from './check-report.ts';
import { HookCall } from './hook-call.ts';
import { moneyOf, RowView } from './row-view.ts';

function calling() {
  const noted: RelayError[] = [];
  const misuses = { note: (error: RelayError) => void noted.push(error) } as unknown as Misuses;
  const call = new HookCall({ hook: 'check()', name: 'even', vendorId: 'v', misuses }, 3);
  return { call, noted };
}

test('the values of a row', () => {
  const { call, noted } = calling();
  const row = new CurrentRow(1, 100);
  const view = new RowView(row, ['grade' as never], 'v', call);
  const set = (position: number, text: string, doubled = 0) => {
    row.source[position] = toBytes(`-${text}-`);
    row.start[position] = 1;
    row.end[position] = 1 + toBytes(text).length;
    row.doubled[position] = doubled;
  };
  Object.assign(row, {
    rowNumber: 4,
    line: 6,
    quantity: 7,
    leadTime: 0,
    cost: 1_500_000,
    mapPrice: 0,
    price: 2,
    msrp: 3,
  });
  Object.assign(row, { condition: 2, updatedAt: 99, sku: toBytes('xMINEx'), skuStart: 1, skuEnd: 5 });
  set(COLUMN.sku, 'a""b', 34);
  set(COLUMN.brand, 'Acme');
  set(COLUMN.title, 'a""b');
  set(COLUMN_COUNT, 'A');
  assert.equal([view.vendorId, view.rowNumber, view.line, view.sku], ['v', 4, 6, 'MINE']);
  assert.equal([view.quantity, view.leadTimeDays, view.condition, view.updatedAt], [7, 0, 'used', 99]);
  assert.equal([view.cost, view.mapPrice, view.price, view.msrp].map(String), ['1.5', '0', '0.000002', '0.000003']);
  assert.equal([view.brand, view.title, view.extra('grade' as never)], ['Acme', 'a""b', 'A']);
  assert.is(view.vendorSku, null);
  row.mapped = true;
  assert.is(view.vendorSku, 'a"b');
  set(COLUMN.vendor_sku, 'V-1');
  assert.is(view.vendorSku, 'V-1');
  row.mapped = false;
  assert.is(view.vendorSku, 'V-1');
  Object.assign(row, {
    leadTime: EMPTY,
    cost: EMPTY,
    mapPrice: EMPTY,
    price: EMPTY,
    msrp: EMPTY,
    condition: 0,
    updatedAt: Number.NaN,
  });
  set(COLUMN.brand, '');
  assert.equal(
    [view.leadTimeDays, view.cost, view.mapPrice, view.price, view.msrp, view.condition, view.updatedAt, view.brand],
    Array.from({ length: 8 }, () => null),
  );
  assert.throws(() => view.extra('other' as never), /extra_columns does not have "other"/);
  assert.equal([moneyOf(-1), String(moneyOf(0))], [null, '0']);
  // it is good during the call only
  assert.is(noted.length, 0);
  call.end();
  assert.throws(() => view.quantity, /good during the call/);
  assert.is(view.vendorId, 'v');
  assert.is(noted[0]?.code, 'plugin_failed');
});

test('reports name listed codes and known columns', () => {
  const { call, noted } = calling();
  const problems: RowProblem[] = [];
  const warned: string[] = [];
  const columns = [...CANONICAL_COLUMNS, 'grade' as CanonicalColumn];
  const issues = {
    columns,
    valueOf: (position: number) => `cell ${position}`,
    countWarning: (code: string) => void warned.push(code),
  };
  const report = new CheckReport(call, { odd: 'odd ones', even: 'even ones' } as never, issues, problems);
  report.error('odd', 'cost', 'why');
  report.error('even', null, 'of all');
  report.error('odd', 'grade' as never, 'of an extra one');
  report.warning('even');
  assert.equal(problems, [
    { error_code: 'odd', column: 'cost', value: `cell ${COLUMN.cost}`, reason: 'why' },
    { error_code: 'even', column: null, value: null, reason: 'of all' },
    { error_code: 'odd', column: 'grade', value: `cell ${COLUMN_COUNT}`, reason: 'of an extra one' },
  ]);
  assert.equal(warned, ['even']);
  for (const bad of [
    () => report.error('none', 'cost', 'why'),
    () => report.error('odd', 'costs' as never, 'why'),
    () => report.error('odd', 'cost', 5 as never),
    () => report.error(5 as never, 'cost', 'why'),
    () => report.warning('none'),
    () => report.warning(null as never),
  ]) {
    const before = noted.length;
    assert.throws(bad);
    assert.is(noted.length, before + 1);
    assert.is(noted.at(-1)?.details.vendor_id, 'v');
  }
  assert.equal([problems.length, warned.length], [3, 1]);
  // after the call nothing is taken, and the run is told
  call.end();
  const told = noted.length;
  report.error('odd', 'cost', 'why');
  report.warning('even');
  assert.equal([problems.length, warned.length, noted.length], [3, 1, told + 2]);
  assert.match(noted.at(-1)!.message, 'row 3');
  assert.match(
    new HookCall({ hook: 'finish()', name: 'even', vendorId: 'v', misuses: {} as Misuses }, 0).what,
    'the end of the feed',
  );
});

test.run();
