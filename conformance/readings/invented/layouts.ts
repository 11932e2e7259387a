/** Feeds of an invented vendor, and options of `csv` for them, with a mistake in some. A seed gives the same ones everywhere. */
import { Random } from '../../oracle/generate/random.ts';

type Options = Record<string, unknown>;

export interface LaidOutFeed {
  /** What the options use. */
  uses: string[];
  parser: Options;
  text: string;
  sideFile: string;
}

const HEADER = ['Item', 'Stock', 'Stock B', 'Net', 'List', 'MAP', 'State', 'Seen', 'Pack', 'Brand', 'Days', 'Text'];
const CELLS: Record<string, readonly string[]> = {
  Stock: ['5', '12', '0', '', '50+', '>100', '-3', '1.200', '7 Stk', 'CALL', 'x', '3.5', '="4"'],
  'Stock B': ['1', '2', '', '0', 'n/a', '4 pcs'],
  Net: ['9.50', '10', '1,234.50', '1.234,50', '950', '€ 8', '7 EUR', '$5', '', '0', '-1', '0.1234567', '12,5', 'ask'],
  List: ['20', '19.99', '', '24,00', '18.5'],
  MAP: ['15', '', '14.5', '0', 'none'],
  State: ['new', 'Used', 'B-stock', '', 'sale', 'old*'],
  Seen: ['2026-10-30', '10/31/2026', '31.10.2026 08:00', '2026-10-29T10:00:00Z', '', 'soon', '2026-11-01 02:30'],
  Pack: ['1', '10', 'per 100', '', '0', '2.5', 'dozen'],
  Brand: ['Acme', 'Bolt & Co', '', "'-100", 'acme', '="Oak"'],
  Days: ['1', '3', '', 'ask', '14', '2 days'],
  Text: ['Lamp', '"a ""b"""', '', 'two  words', "'=x"],
};
const SIDE_FILE = 'Key,Price,Make,Qty\nS-1,11.5,Oak,4\ns-2,12,Elm,\nS-3,,Ash,x\nS-1,13,Yew,9\n';

/** Each adds to the options; it is handed the columns of the table. */
type Use = (random: Random, options: Options, columns: Record<string, Options>) => void;
const COLUMNS = ['quantity_available', 'cost', 'map_price', 'msrp', 'condition', 'updated_at', 'brand', 'title'];
const add = (options: Options, key: string, ...more: unknown[]): void => {
  options[key] = [...((options[key] as unknown[] | undefined) ?? []), ...more];
};
const LIMITS = ['below', 'above', 'at_least', 'at_most'];
const TESTED = ['new', 'u*', '', 'Acme', 'b?stock', '5', '0', '10', '2026-10-30', '9.5', 'x'];
const tested = (random: Random): unknown =>
  random.chance(0.6)
    ? random.shuffle(TESTED).slice(0, random.int(1, 4))
    : Object.fromEntries(
        random
          .shuffle(LIMITS)
          .slice(0, random.int(0, 2))
          .map((name) => [name, random.pick([5, '9.5', '2026-10-30', 0, 'x', '-1', 12])]),
      );
const subject = (random: Random): Options =>
  random.chance(0.55)
    ? { value: random.pick([...COLUMNS, 'sku', 'lead_time_days', 'vendor_sku']) }
    : { column: random.pick<unknown>([...HEADER, '#6', '#99', 'Nothing', ['Nope', 'Brand'], ['No', 'None']]) };
const factor = (random: Random): unknown =>
  random.pick<unknown>([
    ...[1.19, '0.5', 3, 'Pack', '0', '-2', '1.0000000000001', 'Nothing', '#8'],
    { column: 'Pack', words: { 'PER 100': 100, dozen: '12', '': 1 } },
    { column: ['Nope', 'Pack'], words: { dozen: null } },
    { column: 'Pack', words: { a: 0, A: 2 } },
    { column: '#8' },
  ]);
const numbers = (random: Random): Options =>
  Object.fromEntries(
    random
      .shuffle<[string, unknown]>([
        ['decimal', random.pick([',', '.'])],
        ['thousands', random.pick([',', '.', ' ', "'", null])],
        ['currency', random.chance(0.8)],
        ['at_least', true],
        ['below_zero', random.pick(['zero', 'error'])],
        ['divide_by', random.pick([1, 100, 1000])],
        ['decimals', random.int(0, 4)],
        ['units', random.pick([['Stk', 'pcs'], ['days'], ['EUR'], ['/m', 'stk']])],
      ])
      .slice(0, random.int(1, 3)),
  );

const CONSTANTS: Array<[column: string, value: unknown]> = [
  ...[
    ['quantity_available', 5],
    ['cost', '7.50'],
    ['condition', 'New'],
    ['updated_at', '2026-10-01T00:00:00Z'],
  ],
  ...[
    ['brand', 'word'],
    ['map_price', 2.5],
    ['msrp', ''],
    ['title', '-1'],
    ['cost', 0],
    ['quantity_available', '-1'],
  ],
] as Array<[string, unknown]>;
const WORDS: Array<[column: string, words: unknown]> = [
  ['quantity_available', { CALL: 0, x: 1, 'n/a': null }],
  ['condition', { 'B-Stock': 'refurbished', sale: 'new', 'old*': null, '': 'used' }],
  ['cost', { ask: '0', none: null, '': '1' }],
  ['updated_at', { soon: '2026-12-01', '': null }],
  ['title', { a: 1, ' A': 2 }],
  ['brand', { acme: 'ACME Ltd', '': 'none' }],
];
/** A column with what suits it, or sometimes with what suits another. */
const fitting = (random: Random, list: typeof WORDS): [string, unknown] =>
  random.chance(0.85) ? random.pick(list) : [random.pick(COLUMNS), random.pick(list)[1]];

const USES: Record<string, Use> = {
  'first of several': (_, __, columns) => void Object.assign(columns.brand!, { from: ['Make', 'brand', 'Brand'] }),
  'optional columns': (random, _, columns) =>
    void Object.assign(columns.title!, { from: 'Nothing', optional: random.chance(0.6) }),
  'first filled': (random, _, columns) =>
    void Object.assign(columns.quantity_available!, {
      from: undefined,
      first_filled: random.pick<unknown>([
        ['Stock B', 'Stock'],
        [{ from: 'Stock', words: { call: null, X: 7 } }, 'Stock B', '#10'],
        ['Nothing', { from: 'Stock', words: { a: 'b', A: 1 } }],
      ]),
    }),
  sums: (random, _, columns) =>
    void Object.assign(
      columns[random.pick(['quantity_available', 'quantity_available', 'cost', 'cost', 'cost', 'brand'])]!,
      {
        from: undefined,
        sum: random.pick<unknown>([
          'Stock*',
          ['Stock', 'Stock B'],
          ['Stock B', 'Gone'],
          '?????',
          ['List', 'MAP'],
          'Zz*',
        ]),
      },
    ),
  joins: (random, _, columns) =>
    void Object.assign(columns[random.pick(['title', 'title', 'brand', 'cost'])]!, {
      from: undefined,
      join: {
        columns: random.pick([
          ['Brand', 'Text'],
          ['Text', '#6', 'Brand'],
          ['Text', 'Gone'],
        ]),
        with: random.pick(['', ' ', ' / ']),
      },
    }),
  constants: (random, _, columns) => {
    const [column, value] = fitting(random, CONSTANTS);
    Object.assign(columns[column]!, random.chance(0.9) ? { from: undefined } : {}, { value });
  },
  words: (random, _, columns) => {
    const [column, words] = fitting(random, WORDS);
    Object.assign(columns[column]!, { words });
  },
  numbers: (random, options) => void Object.assign(options, { numbers: numbers(random) }),
  'numbers of a column': (random, _, columns) =>
    void Object.assign(columns[random.pick(['quantity_available', 'cost', 'cost', 'cost', 'msrp', 'msrp', 'brand'])]!, {
      numbers: numbers(random),
    }),
  factors: (random, _, columns) => {
    const column =
      columns[random.pick(['cost', 'cost', 'cost', 'quantity_available', 'quantity_available', 'msrp', 'title'])]!;
    const several = random.chance(0.3);
    column[random.pick(['multiply_by', 'divide_by'])] = several ? [factor(random), factor(random)] : factor(random);
    if (random.chance(0.2)) column.divide_by = factor(random);
  },
  'amounts to add': (random, _, columns) =>
    void add(
      columns[random.pick(['cost', 'cost', 'cost', 'quantity_available'])]!,
      'add',
      random.pick<unknown>([
        { amount: '1.25' },
        { by: 'State', amounts: { NEW: 1, used: '0.5' }, otherwise: random.pick<unknown>([2, 'error', '-1']) },
        { by: ['Nope', 'Brand'], amounts: { acme: 3, '': '0.10' } },
        { by: 'Brand' },
        { by: 'Brand', amount: 1 },
        { by: 'State', amounts: { a: 'x', A: '' } },
        { amounts: { a: 1 } },
      ]),
      ...(random.chance(0.3) ? [{ amount: 2 }] : []),
    ),
  'a side file': (random, options, columns) => {
    const name = random.chance(0.9) ? 'prices' : random.pick(['sku_map', 'Currency_Rates']);
    const on = random.pick<unknown>([undefined, 'Item', ['Nope', 'Text'], 'Gone']);
    const column = random.pick(['cost', 'brand', 'quantity_available', 'sku']);
    const header = random.chance(0.8);
    add(options, 'side_files', {
      ...{ name, type: random.chance(0.93) ? 'file' : 's3', local_path: 'prices.csv' },
      ...{ key: header ? 'Key' : random.pick(['#0', 'Key']), header, ...(on === undefined ? {} : { on }) },
      missing: random.pick(['error', 'skip_row', 'empty']),
    });
    const from = header ? random.pick<unknown>(['Price', 'Make', 'Qty', ['Make', 'Price'], 'Lost']) : '#2';
    columns[column] = { side_file: random.chance(0.9) ? name : 'price', ...(random.chance(0.9) ? { from } : {}) };
  },
  'row filters': (random, options) => {
    const action = random.pick(['keep', 'drop', 'refuse']);
    const filter: Options = { ...(random.chance(0.95) ? subject(random) : {}), [action]: tested(random) };
    if (random.chance(0.1)) filter.drop = ['x'];
    if (random.chance(0.3)) filter.exactly = true;
    if (random.chance(0.3)) filter.if_present = true;
    if (random.chance(0.3)) filter.where = { ...subject(random), is: tested(random) };
    if (action === 'refuse' ? random.chance(0.4) : random.chance(0.05)) filter.reason = 'not ours';
    if (random.chance(0.06)) filter.code = random.pick(['row_refused', 'row_refuse', 'gone']);
    add(options, 'rows', filter);
  },
  'a preamble': (random, options, columns) => {
    options.skip_lines = random.pick([3, 3, 3, 2, 0]);
    add(
      options,
      'preamble',
      random.pick<unknown>([
        { name: 'day', after: 'valid from', before: 'until' },
        { name: 'day', line: 2, cell: '#1' },
        { name: 'day', line: random.int(1, 5), whole_line: true, ...(random.chance(0.2) ? { cell: '#0' } : {}) },
        { name: 'money', after: 'currency', currency: true, optional: random.chance(0.5) },
        { name: 'shop', after: 'Warehouse', is: ['north', 'East'], ...(random.chance(0.2) ? { currency: true } : {}) },
        { name: 'shop', after: 'Depot', optional: random.chance(0.7) },
        { name: 'none' },
      ]),
    );
    Object.assign(columns[random.pick(['updated_at', 'brand', 'title'])]!, {
      from: undefined,
      preamble: random.pick(['day', 'day', 'shop', 'money']),
    });
  },
  'a footer': (random, options) =>
    void Object.assign(options, {
      footer: random.pick<unknown>([
        'TOTAL;{rows}',
        'total;{kept_rows}',
        [['Total', '{rows}'], 'end {any}'],
        ['Sum;{sum:quantity_available};{sum:cost}'],
        'Sum;{sum:brand}',
        'rows {rows} of {any}',
        '{row}',
      ]),
    }),
  'last rows left out': (random, options) => void Object.assign(options, { skip_last_rows: random.int(1, 3) }),
  'no header': (random, options, columns) => {
    options.header = false;
    if (random.chance(0.5)) options.row_fields = random.pick<unknown>([12, 'first_row', 11]);
    if (random.chance(0.2)) return;
    for (const spec of Object.values(columns))
      if (typeof spec.from === 'string') spec.from = `#${HEADER.indexOf(spec.from)}`;
  },
  'fields of a row': (_, options) => void Object.assign(options, { row_fields: 12 }),
  'two header rows': (_, options) => void Object.assign(options, { header_rows: 2 }),
  'formats of times': (random, options) =>
    void Object.assign(options, {
      time_formats: random.pick([['MM/DD/YYYY'], ['D.M.YYYY HH:mm', 'M/D/YYYY'], ['YYYY-MM-DD HH:mm'], ['DD/DD']]),
      timezone: random.pick(['tenant', 'America/New_York', 'UTC', 'Mars/Base']),
    }),
  wrapped: (random, options) => void Object.assign(options, { unwrap: true, unescape_formulas: random.chance(0.5) }),
  escaped: (random, options) =>
    void Object.assign(options, { unescape_formulas: true, quote: random.pick(["'", null, '"']) }),
  'rows summed': (_, options) => void Object.assign(options, { sum_rows: true }),
  repaired: (_, options) => void Object.assign(options, { repair: true }),
  'wrong keys': (random, options, columns) => {
    const [column, spec] = random.pick(Object.entries(columns));
    if (random.chance(0.5)) columns[`${column.slice(0, -1)}`] = spec;
    else options[random.pick(['skip_line', 'row', 'unwraps', 'cost'])] = 1;
  },
};

export function laidOutFeed(number: number): LaidOutFeed {
  const random = new Random(number * 104_729);
  const names = Object.keys(USES);
  const uses = [names[number % names.length]!, ...random.shuffle(names).slice(0, random.int(0, 1))];
  const options: Options = {};
  const columns: Record<string, Options> = {
    ...{ sku: { from: 'Item' }, quantity_available: { from: 'Stock' }, cost: { from: 'Net' } },
    ...{
      map_price: { from: 'MAP' },
      msrp: { from: 'List' },
      condition: { from: 'State' },
      lead_time_days: { from: 'Days' },
    },
    ...{ updated_at: { from: 'Seen' }, brand: { from: 'Brand' }, title: { from: 'Text' }, grade: { from: 'Pack' } },
  };
  for (const use of new Set(uses)) USES[use]!(random, options, columns);
  options.columns = columns;
  const mapped = random.chance(0.06) ? { column_map: { [random.pick(['cost', 'brand'])]: 'Net' } } : {};
  const delimiter = random.chance(0.93) ? random.pick([';', 'auto']) : random.pick([';;', ';"', 'abcde', 'abcd', '\n']);
  return { uses, parser: { delimiter, options, ...mapped }, text: textOf(random, options), sideFile: SIDE_FILE };
}

function textOf(random: Random, options: Options): string {
  const above = [
    'Acme list; currency: EUR',
    'valid from: 2026-10-30 until;2026-11-05',
    'Warehouse North;;Depot = East 4',
  ];
  const plain = random.chance(0.6);
  const rows = Array.from({ length: random.pick([3, 6, 10]) }, (_, row) =>
    HEADER.map((name, i) => {
      if (i === 0) return `S-${random.chance(0.1) ? 1 : row}`;
      const cells = CELLS[name]!;
      return plain && random.chance(0.95) ? cells[0]! : random.pick(cells);
    }),
  );
  if (random.chance(0.2)) rows.at(-1)!.pop();
  if (random.chance(0.1)) rows[0]!.push('more');
  const sum = (at: number) => rows.reduce((total, cells) => total + (Number(cells[at]) || 0), 0);
  const footers = ['TOTAL', 'Total', 'Sum', 'rows'].map((word) =>
    word === 'Sum' ? `Sum;${sum(1)};${sum(3).toFixed(2)}` : `${word};${rows.length}`,
  );
  const footer = JSON.stringify(options.footer);
  const fitting = footers.filter((text) => footer?.includes(text.split(';')[0]!));
  const below =
    footer === undefined && random.chance(0.7)
      ? []
      : [random.pick(random.chance(0.8) && fitting.length > 0 ? fitting : footers)];
  if (random.chance(0.1) || footer?.includes('end {any}')) below.push('end of list');
  const names = HEADER.join(';');
  return [
    ...(options.preamble === undefined ? [] : above),
    ...(options.header === false && random.chance(0.8) ? [] : [names]),
    ...(options.header_rows === undefined ? [] : [HEADER.map((_, i) => (i > 9 ? '(u)' : '')).join(';')]),
    ...rows.map((cells) => cells.join(';')),
    ...below,
    '',
  ].join('\n');
}
