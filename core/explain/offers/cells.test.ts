import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CANONICAL_COLUMNS } from '../../canonical.ts';
import type { CellForm, NumberForm } from '../../layout.ts';
import { type RowToExplain, readCells } from './cells.ts';

test('a vendor SKU is called replaced only if it has a value', () => {
  const position = CANONICAL_COLUMNS.indexOf('vendor_sku');
  const index = new Int32Array(CANONICAL_COLUMNS.length).fill(-1);
  index[position] = 0;
  const columns = { index, extras: [], cells: [], names: ['own'] } as unknown as RowToExplain['columns'];
  const row = { layout: { columns: {} } as RowToExplain['layout'], columns, now: '', conversion: null, isMapped: true };
  const howOf = (value: string | null) => {
    const explained = { ...row, raw: [''], valueOf: (column: string) => (column === 'vendor_sku' ? value : null) };
    return readCells(explained).map(({ column, how }) => [column, how.length]);
  };
  assert.equal(howOf('V1'), [['vendor_sku', 1]]);
  assert.equal(howOf(null), [['vendor_sku', 0]]);
});

const PLAIN: NumberForm = { decimal: '.', thousands: null, currency: null, atLeast: false, zeroBelow: false };

interface Asked {
  /** The field of each column that is one cell. */
  index?: Record<string, number>;
  raw?: string[] | null;
  values: Record<string, string>;
  cells?: Array<{ column: string; fields: number[]; source: object; adders?: unknown[] }>;
  isMapped?: boolean;
  conversion?: string | null;
}

/** Each cell as column, names of its fields, raw cells, value and how it was read. */
function readsOf({ index = {}, raw = null, values, cells = [], isMapped = false, conversion = null }: Asked) {
  const all: string[] = [...CANONICAL_COLUMNS, 'color'];
  const columns = {
    index: Int32Array.from(all, (column) => index[column] ?? -1),
    ...{ extras: ['color'], names: ['one', 'two', 'three'] },
    cells: cells.map(({ column, adders = [], ...cell }) => ({
      ...cell,
      column,
      position: all.indexOf(column),
      adders,
    })),
  } as unknown as RowToExplain['columns'];
  const layout = { columns: {} } as RowToExplain['layout'];
  const now = '2026-01-01T00:00:00Z';
  const row = { layout, columns, raw, valueOf: (column: string) => values[column] ?? null, isMapped, now, conversion };
  return readCells(row).map(({ column, from, raw: given, value, how }) => [
    column,
    from.join('+'),
    given.join('+'),
    value,
    how.join('; '),
  ]);
}

test('columns with a field or a value are read, in their order, without the vendor', () => {
  const values = { sku: 'A', vendor_id: 'v', cost: '1', color: 'red' };
  const index = { sku: 1, title: 2, brand: 7, color: 0, vendor_id: 1 };
  assert.equal(readsOf({ index, raw: ['red', 'A', 'T'], values }), [
    ['sku', 'two', 'A', 'A', ''],
    ['cost', '', '', '1', ''],
    ['brand', '#7', '', null, ''],
    ['title', 'three', 'T', null, ''],
    ['color', 'one', 'red', 'red', ''],
  ]);
  assert.equal(readsOf({ index: { sku: 0 }, values }).slice(0, 1), [
    ['sku', 'one', '', 'A', 'white space and signs that nobody sees were removed at its ends'],
  ]);
  const unknown = { layout: { columns: {} } as RowToExplain['layout'], columns: null, raw: null, conversion: null };
  const rows = readCells({ ...unknown, valueOf: (one) => (one === 'sku' ? 'A' : null), isMapped: false, now: '' });
  assert.equal(rows, [{ column: 'sku', from: [], raw: [], value: 'A', how: [] }]);
});

test('one cell: read unchanged, without white space, or as its column is read', () => {
  const spaces = 'white space around it was removed';
  const cases: Array<[column: string, raw: string, value: string, how: string]> = [
    ['title', 'T', 'T', ''],
    ['title', ' T\u00a0', 'T', spaces],
    ['title', '\u200bT', 'T', 'white space and signs that nobody sees were removed at its ends'],
    ['color', ' red', 'red', spaces],
    ['color', '\u200bred', 'red', 'white space and signs that nobody sees were removed at its ends'],
    ['cost', '1.50', '1.5', 'read as a plain decimal'],
    ['cost', ' 1.5', '1.5', spaces],
    ['quantity_available', '12.0', '12', 'read as a whole number'],
    ['quantity_available', '0', '0', ''],
    ['quantity_available', ' ', '0', 'an empty quantity is 0'],
    ['quantity_available', '', '1', 'read as a whole number'],
    ['quantity_available', '00', '0', 'read as a whole number'],
    ['lead_time_days', '+3', '3', 'read as a whole number'],
    ['lead_time_days', '', '0', 'read as a whole number'],
    ['condition', 'NEW', 'new', 'one of new, used, refurb, in any case'],
    ['updated_at', '2026-01-01', '2026-01-01T00:00:00Z', 'read as a time, written in UTC'],
    ['updated_at', ' ', '2026-01-01T00:00:00Z', 'no time in the feed: the run’s clock'],
    ['updated_at', '', '2026-01-02T00:00:00Z', 'read as a time, written in UTC'],
    ['title', '', '2026-01-01T00:00:00Z', 'white space and signs that nobody sees were removed at its ends'],
  ];
  for (const [column, raw, value, how] of cases)
    assert.equal(readsOf({ index: { [column]: 0 }, raw: [raw], values: { [column]: value } }), [
      [column, 'one', raw, value, how],
    ]);
  assert.equal(readsOf({ values: { quantity_available: '0', updated_at: '2026-01-01T00:00:00Z' } }), [
    ['quantity_available', '', '', '0', 'an empty quantity is 0'],
    ['updated_at', '', '', '2026-01-01T00:00:00Z', 'no time in the feed: the run’s clock'],
  ]);
  assert.equal(readsOf({ index: { cost: 0, title: 1 }, raw: ['x', ''], values: {} }), [
    ['cost', 'one', 'x', null, ''],
    ['title', 'two', '', null, ''],
  ]);
});

test('amounts of a vendor in another currency are converted, other columns and empty ones are not', () => {
  const amounts = { cost: '1', map_price: '2', price: '3', msrp: '4' };
  const index = { cost: 0, map_price: 1, price: 2, msrp: -1, quantity_available: 0, title: 1 };
  const conversion = 'EUR at 1.1';
  const reads = readsOf({ index, raw: ['1', '2', '9'], values: { ...amounts, quantity_available: '1' }, conversion });
  assert.equal(
    reads.map(([column, , , , how]) => [column, how]),
    [
      ['quantity_available', ''],
      ...[...['cost', 'map_price', 'price', 'msrp'].map((column) => [column, conversion])],
      ['title', ''],
    ],
  );
  const empty = readsOf({ index: { cost: 0 }, raw: [''], values: {}, conversion });
  assert.equal(empty, [['cost', 'one', '', null, '']]);
});

test('the SKU map gives the SKU, and the vendor’s own SKU where the feed has none', () => {
  const index = { sku: 0, vendor_sku: 1 };
  const values = { sku: 'A', vendor_sku: 'V' };
  const mapped = (raw: string[], isMapped = true) =>
    readsOf({ index, raw, values, isMapped }).map(([, , , , how]) => how);
  const own = 'the vendor’s own SKU, as the SKU map replaced it';
  assert.equal(mapped([' V ', '']), ['the SKU map has "A" for "V"', own]);
  assert.equal(mapped(['V', ' ']), ['the SKU map has "A" for "V"', own]);
  assert.equal(mapped(['V', 'V']), ['the SKU map has "A" for "V"', '']);
  const title = readsOf({ index: { title: 0 }, raw: [''], values: { title: 'T' }, isMapped: true });
  assert.is(title[0]?.[4], 'white space and signs that nobody sees were removed at its ends');
  assert.equal(mapped(['A', 'V'], false), ['', '']);
  assert.equal(mapped(['A', ''], false)[1], 'white space and signs that nobody sees were removed at its ends');
});

test('each origin, form, factor and addition of a composed cell is named', () => {
  const howOf = (source: object, more: { adders?: unknown[]; fields?: number[]; conversion?: string } = {}) => {
    const { fields = [0, 2], adders, conversion = null } = more;
    const cells = [{ column: 'cost', fields, source, ...(adders && { adders }) }];
    const [read] = readsOf({ index: { cost: 1 }, raw: ['8', 'x', '9'], values: { cost: '17' }, cells, conversion });
    assert.equal(read?.slice(0, 4), [
      'cost',
      fields.map((at) => ['one', '', 'three'][at]).join('+'),
      fields.map((at) => ['8', '', '9'][at]).join('+'),
      '17',
    ]);
    return read?.[4];
  };
  const origins: Array<[origin: object, how: string]> = [
    [{ kind: 'column' }, ''],
    [{ kind: 'constant', text: 'k' }, 'the config gives it: "k"'],
    [{ kind: 'preamble', name: 'Date' }, 'from the lines above the header: "Date"'],
    [{ kind: 'side_file', column: 'c', file: 'f' }, 'from the column "c" of the side file "f"'],
    [{ kind: 'sum' }, 'the sum of these cells'],
    [{ kind: 'join', separator: '-' }, 'these cells, joined with "-"'],
    [{ kind: 'first_filled' }, 'the first of these cells that is not empty'],
  ];
  for (const [origin, how] of origins) assert.is(howOf({ origin }), how);
  const origin = { kind: 'sum' };
  const sum = 'the sum of these cells';
  const formed = (form: Partial<CellForm>) => howOf({ origin, form });
  const point = 'a number with the decimal mark "."';
  assert.is(formed({ words: {}, numbers: null, times: [] }), sum);
  assert.is(formed({ words: { none: null } }), `${sum}; words that the config declares are replaced`);
  assert.is(formed({ numbers: PLAIN }), `${sum}; ${point}`);
  assert.is(formed({ numbers: { ...PLAIN, thousands: ',' } }), `${sum}; ${point}, "," between thousands`);
  assert.is(formed({ numbers: { ...PLAIN, impliedDecimals: 0 } }), `${sum}; ${point}`);
  assert.is(
    formed({ numbers: { ...PLAIN, impliedDecimals: 2, atLeast: true, zeroBelow: true }, times: ['D', 'M'] }),
    `${sum}; ${point}; the last 2 digits are decimals; "50+" and ">50" are 50; a number below zero is 0; a time written as D or M`,
  );
  const factors = [
    { divides: true, by: { decimal: '100' } },
    { divides: false, by: { column: 'pack' } },
  ];
  assert.is(howOf({ origin, factors }), `${sum}; divided by 100; multiplied with a cell of the row`);
  assert.is(howOf({ origin }, { adders: [{}] }), `${sum}; with what the config adds to it`);
  assert.is(howOf({ origin }, { conversion: 'EUR' }), `${sum}; EUR`);
  // a column of one cell, without a form, is read like any other
  assert.is(howOf({ origin: { kind: 'column' } }, { fields: [0] }), 'read as a plain decimal');
});

test.run();
