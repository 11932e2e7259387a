/** Rules about values of rows: kept, dropped and refused, compared with a plain reading of each test. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY, INVALID } from '../../../bytes/numbers.ts';
import { toBytes } from '../../../bytes/text.ts';
import { type CanonicalColumn, COLUMN } from '../../../canonical.ts';
import type { RowFilter, RowTest } from '../../../layout.ts';
import type { ResolvedFilter } from '../columns/columns.ts';
import { CurrentRow } from '../current-row.ts';
import { batchOfRows } from '../doubts/testing/batch-of-rows.ts';
import { RowRules } from './rules.ts';

const [WINDOW, BATCH] = (({ window, batch }) => [window, batch] as const)(batchOfRows([['sale', " ='x"], ['other']]));

function rowOf(change: (row: CurrentRow) => void = () => {}): CurrentRow {
  const row = new CurrentRow(0, 100);
  row.setWindow(WINDOW);
  change(row);
  return row;
}

const testOf = (more: object): RowTest => ({ fields: [], values: [], exactly: false, ...more }) as unknown as RowTest;
const ruleOf = (
  action: RowFilter['action'],
  more: object,
  where: object | null = null,
  places: Partial<ResolvedFilter> = {},
): ResolvedFilter =>
  ({
    ...{ field: -1, whereField: -1, ...places },
    filter: {
      ...{ ...testOf(more), action, where: where === null ? null : testOf(where), optional: false },
      ...(action === 'refuse' ? { refusal: { code: 'not_ours', reason: 'why' } } : {}),
    },
  }) as unknown as ResolvedFilter;

/** True if the row passes a test: a rule that keeps such rows keeps it, and one that drops them drops it. Null if it can do neither. */
function passes(more: object, row: CurrentRow, record = 0, places: Partial<ResolvedFilter> = {}): boolean | null {
  const dropped = (action: 'keep' | 'drop') =>
    new RowRules([ruleOf(action, more, null, places)], null, null).drops(row, BATCH, record);
  const [keeps, drops] = [!dropped('keep'), dropped('drop')];
  const refused = new RowRules([ruleOf('refuse', more, null, places)], null, null).refusing(row, BATCH, record).length;
  if (keeps && !drops) {
    assert.is(refused, 0);
    return null;
  }
  assert.is(keeps, drops);
  assert.is(refused, keeps ? 1 : 0);
  return keeps;
}

test('numbers, in a list or a range', () => {
  for (const [column, of] of [
    ['quantity_available', 1],
    ['lead_time_days', 1],
    ['cost', 1e6],
    ['map_price', 1e6],
    ['price', 1e6],
    ['msrp', 1e6],
  ] as const) {
    const row = (value: number) => rowOf((one) => one.setValue(COLUMN[column], value < 0 ? value : value * of));
    const values = [0, 4, 5, 6, 100];
    for (const [range, inside] of [
      [{ below: '5' }, (value: number) => value < 5],
      [{ at_most: '5' }, (value: number) => value <= 5],
      [{ above: ' 5 ' }, (value: number) => value > 5],
      [{ at_least: '5' }, (value: number) => value >= 5],
      [{ above: '4', below: '6' }, (value: number) => value === 5],
      [{ at_least: '4', at_most: '6' }, (value: number) => value >= 4 && value <= 6],
    ] as const)
      for (const value of values)
        assert.is(
          passes({ value: column, range }, row(value)),
          inside(value),
          `${column} ${value} ${JSON.stringify(range)}`,
        );
    const listed = { value: column, values: ['5', '100'] };
    assert.equal(
      values.map((value) => passes(listed, row(value))),
      [false, false, true, false, true],
    );
    assert.equal(
      [passes({ ...listed, range: { below: '5' } }, row(4)), passes({ ...listed, range: { below: '5' } }, row(5))],
      [true, true],
    );
    if (column !== 'quantity_available') {
      assert.is(passes(listed, row(EMPTY)), false);
      assert.is(passes({ value: column, values: ['', '5'] }, row(EMPTY)), true);
      assert.is(passes({ value: column, values: ['', '5'] }, row(0)), false);
    }
    assert.is(passes(listed, row(INVALID)), null);
  }
});

test('conditions and times', () => {
  const condition = (value: number) => rowOf((one) => one.setValue(COLUMN.condition, value));
  const used = { value: 'condition', values: ['Used ', ''] };
  assert.equal(
    [0, 1, 2, 3, -1].map((value) => passes(used, condition(value))),
    [true, false, true, false, null],
  );
  const time = (iso: string) =>
    rowOf((one) => one.setValue(COLUMN.updated_at, iso === '' ? Number.NaN : Date.parse(iso) / 1000));
  const since = { value: 'updated_at', range: { at_least: '2026-10-30' } };
  assert.equal(
    ['2026-10-30T00:00:00Z', '2026-10-29T23:59:59Z', ''].map((iso) => passes(since, time(iso))),
    [true, false, false],
  );
  assert.throws(() => passes({ value: 'cost', values: ['x'] }, rowOf()));
  assert.throws(() => passes({ value: 'condition', values: ['odd'] }, rowOf()));
  assert.throws(() => passes({ value: 'updated_at', values: ['soon'] }, rowOf()));
  assert.throws(() => passes({ value: 'quantity_available', values: ['-5'] }, rowOf()));
});

test('texts, of which the SKU is the one after the map', () => {
  const text = (column: CanonicalColumn, cell: string, more: (row: CurrentRow) => void = () => {}) =>
    rowOf((row) => {
      row.source[COLUMN[column]] = toBytes(cell);
      row.end[COLUMN[column]] = toBytes(cell).length;
      more(row);
    });
  const brands = { value: 'brand', values: ['acme', 'b*'] };
  assert.equal(
    ['Acme', 'BOLT', 'acme x', '', 'b'].map((cell) => passes(brands, text('brand', cell))),
    [true, true, false, false, true],
  );
  assert.equal(
    ['b*', 'bolt'].map((cell) => passes({ ...brands, exactly: true }, text('brand', cell))),
    [true, false],
  );
  assert.is(passes({ value: 'title', values: [''] }, text('title', '')), true);
  const faulty = text('brand', 'acme', (row) => row.codes.fill(4));
  assert.is(passes(brands, faulty), null);
  const sku = (more: (row: CurrentRow) => void = () => {}) =>
    text('sku', 'vendor', (row) => {
      row.sku = toBytes('mine');
      row.skuEnd = 4;
      more(row);
    });
  assert.equal(
    [passes({ value: 'sku', values: ['mine'] }, sku()), passes({ value: 'sku', values: ['vendor'] }, sku())],
    [true, false],
  );
  assert.is(
    passes(
      { value: 'sku', values: ['mine'] },
      sku((row) => {
        row.badSku = true;
      }),
    ),
    null,
  );
  // the vendor's SKU is its own if the map changed it
  const own = { value: 'vendor_sku', values: ['vendor'] };
  assert.is(
    passes(
      own,
      sku((row) => {
        row.mapped = true;
      }),
    ),
    true,
  );
  assert.is(passes(own, sku()), false);
  const both = text('vendor_sku', 'given', (row) => {
    row.mapped = true;
    row.source[COLUMN.sku] = toBytes('vendor');
    row.end[COLUMN.sku] = 6;
  });
  assert.is(passes(own, both), false);
});

test('cells, with what an exporter added to them', () => {
  assert.is(passes({ values: ['SALE'] }, rowOf(), 0, { field: 0 }), true);
  assert.is(passes({ values: ['sale'] }, rowOf(), 1, { field: 0 }), false);
  assert.is(passes({ values: [''] }, rowOf(), 1, { field: 1 }), true);
  const rule = ruleOf('drop', { values: ["='x"] }, null, { field: 1 });
  assert.is(new RowRules([rule], null, null).drops(rowOf(), BATCH, 0), true);
});

test('a rule applies where another test passes; every rule that refuses a row is told', () => {
  const rules = (action: RowFilter['action'], where: object, places: Partial<ResolvedFilter> = {}) =>
    ruleOf(action, { value: 'cost', range: { below: '5' } }, where, places);
  const cheap = rowOf((row) => {
    row.setValue(COLUMN.cost, 4e6);
    row.setValue(COLUMN.quantity_available, 3);
  });
  const dropped = (...all: ResolvedFilter[]) => new RowRules(all, null, null).drops(cheap, BATCH, 0);
  assert.is(dropped(rules('drop', { value: 'quantity_available', values: ['3'] })), true);
  assert.is(dropped(rules('drop', { value: 'quantity_available', values: ['4'] })), false);
  assert.is(dropped(rules('keep', { value: 'quantity_available', values: ['3'] })), false);
  assert.is(dropped(rules('drop', { values: ['sale'] }, { whereField: 0 })), true);
  assert.is(dropped(rules('drop', { values: ['other'] }, { whereField: 0 })), false);
  assert.is(
    dropped(
      rules('drop', { value: 'lead_time_days', values: ['3'] }),
      rules('drop', { values: ['sale'] }, { whereField: 0 }),
    ),
    true,
  );
  const refuse = rules('refuse', { value: 'quantity_available', values: ['3'] });
  const other = ruleOf('refuse', { values: ['sale'] }, null, { field: 0 });
  const found = new RowRules(
    [refuse, other, rules('refuse', { value: 'quantity_available', values: ['4'] })],
    null,
    null,
  );
  assert.is(found.drops(cheap, BATCH, 0), false);
  assert.equal(
    found.refusing(cheap, BATCH, 0).map(({ code, reason, column, field }) => [code, reason, column, field]),
    [
      ['not_ours', 'why', 'cost', -1],
      ['not_ours', 'why', null, 0],
    ],
  );
  assert.equal(
    found.refusing(
      rowOf((row) => row.setValue(COLUMN.cost, 9e6)),
      BATCH,
      1,
    ),
    [],
  );
});

test.run();
