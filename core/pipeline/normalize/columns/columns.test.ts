/** Which fields the columns of a feed are read from, and what is said of those that are missing or nearly there. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CANONICAL_COLUMNS, COLUMN } from '../../../canonical.ts';
import type { RelayError } from '../../../errors.ts';
import type { ColumnSource, FieldRef, Layout, RowFilter } from '../../../layout.ts';
import { headerOf, needsValues, type ResolvedColumns, resolveColumns } from './columns.ts';

const exact = (header: string): FieldRef => ({ header, match: 'exact' });
const plain = (header: string, expected = true): ColumnSource => ({ header, match: 'loose', expected });
const composed = (origin: object, more: object = {}): ColumnSource =>
  ({ origin, expected: true, ...more }) as ColumnSource;
const REQUIRED = { sku: plain('sku'), quantity_available: plain('qty') };

interface Resolving {
  columns?: object;
  layout?: Partial<Layout>;
  header?: readonly string[] | null;
  extras?: Record<string, ColumnSource>;
}

function resolve({
  columns = {},
  layout = {},
  header = ['sku', 'qty', 'cost'],
  extras = {},
}: Resolving): ResolvedColumns {
  const whole = { delimiter: ',', header: header !== null, columns: { ...REQUIRED, ...columns }, ...layout } as Layout;
  const sources = Object.entries(extras).map(([column, source]) => ({ column, source }) as never);
  return resolveColumns(whole, header, header?.length ?? 3, { vendorId: 'v', extras: sources });
}

/** What is missing; the cure is the last. */
function missing(given: Resolving): string[] {
  try {
    resolve(given);
  } catch (error) {
    assert.is((error as RelayError).code, 'missing_required_columns');
    return (error as RelayError).message.replace('vendor v: ', '').split('; ');
  }
  return [];
}

/** Columns that are read as they are, as `column field`. */
const plainOf = ({ index }: ResolvedColumns) =>
  [...index].flatMap((field, i) =>
    field < 0 ? [] : [`${CANONICAL_COLUMNS[i] ?? `extra ${i - CANONICAL_COLUMNS.length}`} ${field}`],
  );
/** Those that are composed. */
const composedOf = ({ cells }: ResolvedColumns) => cells.map(({ column, fields }) => `${column} ${fields.join('+')}`);

test('columns that are read as they are', () => {
  const found = resolve({ columns: { cost: plain('cost'), title: { index: 0 }, price: plain('price', false) } });
  assert.equal(plainOf(found), ['sku 0', 'quantity_available 1', 'cost 2', 'title 0']);
  assert.equal([found.cells, found.warnings, found.width, found.names], [[], [], 3, ['sku', 'qty', 'cost']]);
  const extra = resolve({
    columns: { cost: plain('cost') },
    extras: { grade: plain('cost'), other: plain('none', false) },
  });
  assert.equal(plainOf(extra), ['sku 0', 'quantity_available 1', 'cost 2', 'extra 0 2']);
  assert.equal([extra.index.length, [...extra.extras]], [CANONICAL_COLUMNS.length + 2, ['grade', 'other']]);
  assert.equal(plainOf(resolve({ extras: { grade: plain('none', false), other: plain('cost') } })).at(-1), 'extra 1 2');
  assert.is(headerOf(found, COLUMN.cost), 'cost');
  assert.is(headerOf(found, COLUMN.price), '');
});

test('columns that are composed', () => {
  const first = { kind: 'first_found', fields: [exact('none'), exact('cost')] };
  const of = (source: ColumnSource, layout: Partial<Layout> = {}) => {
    const found = resolve({ columns: { cost: source }, layout });
    return [plainOf(found).includes('cost 2'), composedOf(found).join()];
  };
  assert.equal(of(composed(first)), [true, '']);
  assert.equal(of(composed(first, { form: {} })), [false, 'cost 2']);
  assert.equal(of(composed(first, { factors: [{ divides: true, by: { decimal: '2' } }] })), [false, 'cost 2']);
  assert.equal(of(composed(first, { add: [{ by: null, amounts: {}, otherwise: '1' }] })), [false, 'cost 2']);
  assert.equal(of(composed(first), { unescapeFormulas: true })[0], false);
  assert.equal(of(composed(first), { unwrap: true })[0], false);
  assert.equal(of(composed({ kind: 'constant', text: '5' })), [false, 'cost ']);
  const filled = (...fields: object[]) => composed({ kind: 'first_filled', fields });
  assert.equal(of(filled(exact('cost'), exact('none'))), [true, '']);
  assert.equal(of(filled(exact('cost'), exact('qty'))), [false, 'cost 2+1']);
  assert.equal(of(filled({ ...exact('cost'), words: { ask: null } })), [false, 'cost 2']);
  assert.equal(of(composed({ kind: 'sum', fields: [exact('cost')] })), [false, 'cost 2']);
  const join = composed({ kind: 'join', fields: [exact('cost'), exact('sku')], separator: ' ' });
  const title = resolve({ columns: { cost: plain('cost'), title: join } });
  assert.equal(composedOf(title), ['title 2+0']);
  assert.is(headerOf(title, COLUMN.title), 'cost');
  // the first field is noted as any other, and columns that are found are not said to be missing
  for (const kind of ['first_filled', 'sum']) {
    const fields = [exact('cost'), { header: 'sku', match: 'loose' }];
    const found = resolve({ columns: { cost: composed({ kind, fields }) }, header: ['SKU', 'qty', 'cost'] });
    const loose = ['sku', 'cost'].map((column) => `header_matched_loosely:v:${column}:SKU`);
    assert.equal([composedOf(found)[0], found.warnings], [kind === 'sum' ? 'cost 0+2' : 'cost 2+0', loose], kind);
  }
  // the words of each field that the feed has
  const words = resolve({
    columns: { cost: filled(exact('none'), { ...exact('cost'), words: { a: '1' } }, exact('qty')) },
  });
  assert.equal(words.cells[0]?.fieldWords, [{ a: '1' }, {}]);
});

test('adders and factors of a column', () => {
  const source = (by: FieldRef[] | null, fields: FieldRef[]) =>
    composed(
      { kind: 'first_found', fields: [exact('cost')] },
      {
        add: [{ by, amounts: {}, otherwise: '1' }],
        factors: [
          { divides: true, by: { fields, form: {} } },
          { divides: false, by: { decimal: '2' } },
        ],
      },
    );
  const { cells } = resolve({ columns: { cost: source([exact('none'), exact('sku')], [exact('qty')]) } });
  assert.equal([cells[0]?.adders.map(({ field }) => field), cells[0]?.factorFields], [[0], [1, -1]]);
  assert.equal(resolve({ columns: { cost: source(null, [exact('qty')]) } }).cells[0]?.adders[0]?.field, -1);
  assert.match(
    missing({ columns: { cost: source([exact('gone')], [exact('lost')]) } }).join(),
    /"gone" for an adder to cost.*"lost" for a factor of cost/,
  );
});

test('sums', () => {
  const sumOf = (column: string, ...fields: object[]): Resolving => ({
    columns: { cost: plain('cost'), [column]: composed({ kind: 'sum', fields }) },
    header: ['sku', 'qty', 'cost', 'Stock B', 'Stock A', 'fee'],
  });
  const pieces = (...fields: object[]) => {
    const found = resolve(sumOf('quantity_available', ...fields));
    return [...composedOf(found), ...found.warnings];
  };
  assert.equal(pieces({ pattern: 'stock *' }), ['quantity_available 3+4']);
  assert.equal(pieces(exact('Stock A'), { pattern: 'stock *' }, exact('qty')), ['quantity_available 1+3+4']);
  assert.equal(pieces(exact('qty'), exact('gone'), { index: 9 }), [
    'quantity_available 1',
    'sum_column_missing:v:quantity_available:gone',
    'sum_column_missing:v:quantity_available:#9',
  ]);
  const amount = (...fields: object[]) => sumOf('price', ...fields);
  assert.equal(composedOf(resolve(amount(exact('cost'), exact('fee')))), ['price 2+5']);
  assert.match(missing(amount(exact('cost'), exact('gone')))[0]!, '"gone" for the sum of price');
  assert.equal(missing(amount({ pattern: 'none*' })), []);
  assert.equal(resolve(amount({ pattern: 'none*' })).warnings, ['mapped_column_missing:v:price']);
  assert.match(
    missing(sumOf('quantity_available', { pattern: 'none*' }))[0]!,
    'no header "none*" for quantity_available',
  );
  assert.match(
    pieces({ header: 'STOCK b', match: 'loose' }).join(),
    'header_matched_loosely:v:quantity_available:Stock B',
  );
});

test('columns that are missing', () => {
  const [what, cure] = missing({ header: ['sku', 'cost'] });
  assert.match(what!, /^no header "qty" for quantity_available/);
  assert.match(cure!, 'column_map');
  assert.match(missing({ columns: { sku: undefined } })[0]!, 'sku has no source');
  assert.is(missing({ header: [] }).at(-1), 'the file is empty');
  assert.match(missing({ header: ['sku;qty;cost'] }).at(-1)!, 'is parser.delimiter ";"?');
  assert.match(missing({ header: ['sku|qty;cost'], layout: { delimiter: ';' } }).at(-1)!, 'is parser.delimiter "|"?');
  assert.match(missing({ header: ['Stock list of today'] }).at(-1)!, 'options.skip_lines');
  const bare = { columns: { sku: { index: 0 }, quantity_available: { index: 5 } }, header: null };
  assert.equal(missing(bare).length, 1);
  assert.match(missing(bare)[0]!, 'no column #5 for quantity_available');
  const join = composed({ kind: 'join', fields: [exact('sku'), exact('gone')], separator: '' });
  assert.match(missing({ columns: { title: join } })[0]!, '"gone" for the join of title');
});

test('warnings', () => {
  const warnings = (columns: object, header: string[], more: Partial<Resolving> = {}) =>
    resolve({ columns, header, ...more }).warnings;
  const cost = { cost: plain('cost') };
  assert.equal(warnings({}, ['sku', 'qty']), ['no_cost_or_price_column:v']);
  assert.equal(warnings({ price: plain('price') }, ['sku', 'qty', 'price']), []);
  assert.equal(warnings({ cost: composed({ kind: 'constant', text: '5' }) }, ['sku', 'qty']), []);
  assert.equal(warnings({ ...cost, title: plain('name') }, ['sku', 'qty', 'cost']), ['mapped_column_missing:v:title']);
  assert.equal(warnings({ ...cost, title: plain('name', false) }, ['sku', 'qty', 'cost']), []);
  assert.equal(warnings(cost, ['SKU', 'qty', 'cost']), ['header_matched_loosely:v:sku:SKU']);
  // nearly read, as the name says otherwise by case or spaces only
  const title = { header: 'title', match: 'exact', expected: false };
  assert.equal(warnings({ ...cost, title }, ['sku', 'qty', 'cost', ' Title ', 'name', 'TITLE']), [
    'header_not_read:v:title:Title',
    'header_not_read:v:title:TITLE',
  ]);
  const read = { ...cost, title, brand: plain('Title') };
  assert.equal(warnings(read, ['sku', 'qty', 'cost', 'Title']), []);
  const factor = { divides: true, by: { fields: [exact('Title')], form: {} } };
  const byFactor = { cost: composed({ kind: 'first_found', fields: [exact('cost')] }, { factors: [factor] }), title };
  assert.equal(warnings(byFactor, ['sku', 'qty', 'cost', 'Title']), []);
  const adder = { by: [exact('Title')], amounts: {}, otherwise: '1' };
  const byAdder = { cost: composed({ kind: 'first_found', fields: [exact('cost')] }, { add: [adder] }), title };
  assert.equal(warnings(byAdder, ['sku', 'qty', 'cost', 'Title']), []);
  // twins
  assert.equal(warnings(cost, ['sku', 'qty', 'cost', 'Cost', 'COST', 'cost ', 'cosT']), [
    'header_twins:v:cost:"cost" (#2) was taken, not "Cost" (#3), "COST" (#4), "cost\\u0020" (#5)',
  ]);
  assert.equal(warnings({ ...cost, price: plain('Cost') }, ['sku', 'qty', 'cost', 'Cost']), []);
  assert.equal(warnings({ cost: { index: 2 } }, ['sku', 'qty', 'cost', 'Cost']), []);
  const long = 'X'.repeat(300);
  assert.equal(warnings({ cost: plain(long.toLowerCase()) }, ['sku', 'qty', long]), [
    `header_matched_loosely:v:cost:${long.slice(0, 200)}`,
  ]);
});

test('the width of rows', () => {
  assert.is(resolve({ columns: { cost: plain('cost') } }).width, 3);
  const bare = { sku: { index: 0 }, quantity_available: { index: 1 }, cost: { index: 2 } };
  assert.is(resolve({ columns: bare, header: null }).width, 0);
  assert.is(resolve({ columns: bare, header: null, layout: { rowFields: 7 } }).width, 7);
  assert.is(resolve({ columns: bare, header: null, layout: { rowFields: 'first_row' } }).width, 3);
  assert.is(resolve({ columns: { cost: plain('cost') }, layout: { rowFields: 7 } }).width, 3);
});

test('filters', () => {
  const filter = (more: object): RowFilter =>
    ({ action: 'drop', fields: [], where: null, optional: false, cells: [], ...more }) as unknown as RowFilter;
  const of = (...filters: RowFilter[]) => {
    const found = resolve({ columns: { cost: plain('cost') }, layout: { filters } });
    const shown = (list: ResolvedColumns['filters']) => list.map(({ field, whereField }) => `${field} ${whereField}`);
    return [shown(found.filters), shown(found.rules), found.warnings];
  };
  const ofCell = filter({ fields: [exact('gone'), exact('cost')] });
  assert.equal(of(ofCell), [['2 -1'], [], []]);
  assert.equal(of(filter({ ...ofCell, action: 'refuse' })), [[], ['2 -1'], []]);
  assert.equal(of(filter({ value: 'cost' })), [[], ['-1 -1'], []]);
  assert.equal(of(filter({ ...ofCell, where: { fields: [exact('qty')] } })), [['2 1'], [], []]);
  assert.equal(of(filter({ ...ofCell, where: { fields: [], value: 'cost' } })), [[], ['2 -1'], []]);
  const gone = [exact('gone'), exact('lost')];
  assert.equal(of(filter({ fields: gone, optional: true })), [[], [], ['row_filter_column_missing:v:gone']]);
  assert.equal(of(filter({ fields: [{ index: 8 }], optional: true }))[2], ['row_filter_column_missing:v:#8']);
  assert.equal(of(filter({ value: 'title', optional: true }))[2], ['row_filter_column_missing:v:title']);
  assert.equal(of(filter({ ...ofCell, where: { fields: gone }, optional: true }))[2], [
    'row_filter_column_missing:v:gone',
  ]);
  const lacks = (one: RowFilter) => missing({ columns: { cost: plain('cost') }, layout: { filters: [one] } })[0];
  assert.match(lacks(filter({ fields: gone }))!, '"gone" or "lost" for a row filter');
  assert.match(lacks(filter({ value: 'title' }))!, 'a row filter tests title');
  assert.equal(
    [
      ofCell,
      filter({ action: 'refuse' }),
      filter({ value: 'cost' }),
      filter({ where: { value: 'cost' } }),
      filter({ where: {} }),
    ].map(needsValues),
    [false, true, true, true, false],
  );
});

test('side files', () => {
  const file = (on: FieldRef[] | null) => ({ name: 'prices', on }) as never;
  const of = (on: FieldRef[] | null) =>
    resolve({ columns: { cost: plain('cost') }, layout: { sideFiles: [file(on)] } }).joins.map(({ field }) => field);
  assert.equal([of(null), of([exact('gone'), exact('cost')])], [[-1], [2]]);
  assert.match(missing({ layout: { sideFiles: [file([exact('gone')])] } })[0]!, '"gone" for the side file "prices"');
});

test.run();
