/** `open` of a vendor module: its code makes rows with lines and names, and the table does the rest. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import { checkConfig } from '../../core/config/check.ts';
import { RelayError } from '../../core/errors.ts';
import { feedRowProblem } from '../../core/feed-row.ts';
import { rowAnswerProblem } from '../../core/pipeline/normalize/rows/hook.ts';
import type { FeedRow } from '../../core/plugin.ts';
import type { LayoutTableInput } from '../../plugins/parsers/kit/layout/options.ts';
import type { VendorFile } from '../../plugins/parsers/kit/layout/vendor-file.ts';
import { defineVendorParser } from '../../plugins/parsers/kit/layout/vendor-parser.ts';
import { runCase, testRegistry } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { pluginConformance } from './short-suite.ts';

type Open = (file: VendorFile) => AsyncIterable<Uint8Array | FeedRow>;

const FIELDS = ['part', 'stock', 'net', 'kind', 'name'];
const TABLE = {
  numbers: { decimal: ',', thousands: '.', at_least: true },
  columns: {
    sku: { from: 'part' },
    quantity_available: { from: 'stock', words: { true: 5, false: 0 } },
    cost: { from: 'net' },
    title: { from: 'name' },
  },
  rows: [{ column: 'kind', drop: ['header'] }],
} satisfies LayoutTableInput;

async function* jsonLines({ lines }: VendorFile): AsyncIterable<FeedRow> {
  for await (const { line, text } of lines()) {
    if (text.trim() === '') continue;
    let item: Record<string, never>;
    try {
      item = JSON.parse(text);
    } catch {
      yield { line, cells: { name: text.slice(0, 20) }, refuse: { code: 'no_json', column: null, reason: 'not JSON' } };
      continue;
    }
    const { part, stock, net, kind, name } = item;
    yield { line, cells: { part, stock, net, kind, name } };
  }
}

function parserWith(open: Open, changes: object = {}) {
  return defineVendorParser({
    id: 'lines',
    version: '1.0.0',
    summary: 'objects of JSON, one a line',
    encodings: { candidates: ['windows-1252'] },
    codes: { no_json: 'a line that is not JSON' },
    options: {},
    example: {},
    fields: FIELDS,
    open: () => open,
    table: () => TABLE,
    ...changes,
  });
}

const FEED = `{"part":"A","stock":4,"net":1.125,"name":"Mug \\"big\\"; red"}

{"kind":"header","stock":"x"}
{"part":"B","stock":"50+","net":"1.234,50"}
{"part":"C","stock":true,"net":"1.5x"}
{broken
{"part":"D","stock":1e-7}
{"part":"00123","stock":false,"net":1e-7,"name":null}
{"part":20123456789,"stock":3}
`;

function config(parser: object = {}) {
  return {
    ...PLAIN_TENANT,
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'lines', ...parser } }],
  };
}

async function run(open: Open, { feed = FEED as string | Uint8Array, changes = {}, parser = {}, chunkBytes = 5 } = {}) {
  const files = { v: { name: 'feed.jsonl', bytes: typeof feed === 'string' ? toBytes(feed) : feed } };
  const plugins = [parserWith(open, changes)];
  const { normalized, errors, outcome } = await runCase({ config: config(parser), files, plugins, chunkBytes });
  const rows = (normalized('v') ?? '').split('\n').slice(1, -1);
  return { rows, errors, outcome, summary: outcome.summary };
}

test('the table reads the rows, and reports name line, column and cells', async () => {
  for (const chunkBytes of [1, 1 << 16]) {
    const { rows, errors, summary } = await run(jsonLines, { chunkBytes });
    assert.equal(
      rows.map((row) => row.split(',2026')[0]),
      [
        '00123,,v,0,,0.00,,,,,,',
        '20123456789,,v,3,,,,,,,,',
        'A,,v,4,,1.12,,,,,,"Mug ""big""; red"',
        'B,,v,50,,1234.50,,,,,,',
      ],
    );
    assert.equal(
      errors.map((one) => 'line' in one && [one.row_number, one.line, one.error_code, one.column, one.value]),
      [
        [5, 5, 'invalid_decimal', 'cost', '1.5x'],
        [6, 6, 'no_json', null, null],
        [7, 7, 'invalid_int', 'quantity_available', '0.0000001'],
      ],
    );
    const [first, second] = errors;
    assert.equal(first && 'row_data' in first && first.row_data, {
      part: 'C',
      stock: 'true',
      net: '1.5x',
      kind: '',
      name: '',
    });
    assert.equal(second && 'reason' in second && [second.reason, second.row_data.name], ['not JSON', '{broken']);
    assert.ok(summary.warnings.includes('rows_skipped:v:1'));
    assert.is(summary.total_rows, 7);
  }
});

test('a cell that a row lacks is empty, whatever its name', async () => {
  const fields = ['part', 'stock', 'net', 'kind', 'name', 'constructor', 'toString'];
  const open: Open = async function* () {
    yield { cells: { part: 'A', stock: 1 } };
  };
  const { rows, outcome } = await run(open, {
    changes: {
      fields,
      table: () => ({
        columns: {
          sku: { from: 'part' },
          quantity_available: { from: 'stock' },
          title: { from: 'constructor' },
          brand: { from: 'toString' },
        },
      }),
    },
  });
  assert.is(outcome.error_message, null);
  assert.match(rows[0]!, /^A,,v,1,,,,,,,,/);
});

test('rows are read over several batches, with refused ones among them', async () => {
  const { rows, summary } = await run(async function* () {
    for (let i = 0; i < 10_000; i++) {
      const refuse = { code: 'no_json', column: null, reason: `number ${i}` } as const;
      yield { cells: [`S${i}`, i], line: i + 7, ...(i % 3 === 0 ? { refuse } : {}) };
    }
  });
  assert.is(rows.length, 6666);
  assert.is(summary.error_counts.no_json, 3334);
});

test('names, row(), value filters, a footer and a preamble work with bytes too', async () => {
  const bytes = await run(
    async function* ({ utf8 }) {
      for await (const chunk of utf8()) yield toBytes(new TextDecoder().decode(chunk).replaceAll('~', ';'));
    },
    {
      feed: 'Stock of Nord\npart~stock\nA~1\nB~2\nTOTAL~2\n',
      changes: {
        delimiter: ';',
        fields: undefined,
        table: () => ({
          skip_lines: 1,
          preamble: [{ name: 'brand', after: 'Stock of' }],
          footer: 'TOTAL;{rows}',
          columns: { sku: { from: 'part' }, quantity_available: { from: 'stock' }, brand: { preamble: 'brand' } },
        }),
      },
    },
  );
  assert.equal(
    bytes.rows.map((row) => row.split(',').slice(0, 11).join(',')),
    ['A,,v,1,,,,,,,Nord', 'B,,v,2,,,,,,,Nord'],
  );
  const hooked = await run(
    async function* () {
      yield { cells: ['part', 'stock'] };
      yield { cells: ['A', 1] };
      yield { cells: { 0: 'B' } as never };
    },
    { changes: { fields: undefined, row: () => (cells: string[]) => cells } },
  );
  assert.match(
    hooked.outcome.error_message ?? '',
    'a row has named cells, and the parser declares no fields; give a list',
  );
});

test('without names the first row is the header, unless the table has none', async () => {
  const table = { columns: { sku: { from: 'part' }, quantity_available: { from: 'stock' } } };
  const named = await run(
    async function* () {
      yield { cells: ['part', 'stock'] };
      yield { cells: ['A', 3], line: 9 };
    },
    { changes: { fields: undefined, table: () => table } },
  );
  assert.match(named.rows[0] ?? '', /^A,,v,3,/);
  const positions = { header: false, columns: { sku: { from: '#1' }, quantity_available: { from: '#0' } } };
  const bare = await run(
    async function* () {
      yield { cells: [3, 'A'] };
      yield { cells: ['x', 'B'], line: 4 };
    },
    { changes: { fields: undefined, table: () => positions } },
  );
  assert.match(bare.rows[0] ?? '', /^A,,v,3,/);
  assert.equal(
    bare.errors.map((one) => 'line' in one && [one.row_number, one.line]),
    [[2, 4]],
  );
});

test('a feed without rows still has its columns', async () => {
  const { outcome } = await run(async function* () {});
  assert.is(outcome.error_code, 'no_rows_parsed');
});

/** Values that are not a row, with the message. */
const BROKEN: Array<[unknown, string]> = [
  [{ cells: { part: 'A', stok: 1 } }, 'a row has the cell "stok", which is none of fields (did you mean "stock"?)'],
  [
    { cells: { part: 'A', stock: Number.NaN } },
    'the cell "stock" is NaN; a cell is a text, a finite number, true, false or null',
  ],
  [{ cells: ['A', {}] }, 'failed on feed.jsonl: row 3: the cell #1 is an object'],
  [{ line: 12, cells: { part: 'A', name: {} } }, 'failed on feed.jsonl: row 3 (line 12): the cell "name" is an object'],
  [{ cells: Object.assign(['A'], { [-1]: '9' }) }, 'row 3: a cell was written at -1: the column was not found'],
  [{ cells: ['A'], line: 7.5 }, 'row 3 (line 7.5): a row has 7.5 as line; it must be a whole number from 1'],
  [{ cells: ['A', new Date(0)] }, 'the cell #1 is an object'],
  [{ cells: new Map([['part', 'A']]) }, 'row 3: a row has a Map as cells; give a plain object or a list'],
  [{ cells: Object.create({ part: 'A' }) }, 'a row has an object with a prototype as cells'],
  [{ cells: 'A' }, 'a row has a string as cells'],
  [{ cell: ['A'] }, 'a row has no key "cell" (did you mean "cells"?)'],
  [{ cells: ['A'], line: 0 }, 'a row has 0 as line; it must be a whole number from 1'],
  [{ cells: ['A'], line: '3' }, 'a row has the text "3" as line'],
  [['A', 1], 'it gave a list; it must give bytes, or rows { cells, line }'],
  ['A;1', 'it gave a string; it must give bytes, or rows'],
  [null, 'it gave null; it must give bytes'],
  [toBytes('A;1'), 'it gave bytes after rows'],
  [
    { cells: ['A'], refuse: { code: 'no_jsn', column: null, reason: 'x' } },
    'row 3: it refuses with "no_jsn", which its manifest does not list in codes (did you mean "no_json"?)',
  ],
  [
    { cells: ['A'], refuse: { code: 'no_json', reason: 'x' } },
    'it refuses with the column undefined, which is not canonical',
  ],
  [{ cells: ['A'], refuse: 'no' }, 'a row has a string as refuse'],
];

test('a malformed row fails the run, and the suite names it', async () => {
  for (const [row, message] of BROKEN) {
    const open = async function* () {
      yield { cells: ['A', 1] };
      yield row as FeedRow;
    };
    const { outcome } = await run(open);
    assert.is(outcome.error_code, 'internal_error');
    const said = outcome.error_message ?? '';
    assert.match(said, 'plugin_failed: vendor v: open() of the parser "lines" failed on feed.jsonl');
    assert.ok(said.includes(message), `${message} | ${said}`);
    const fixture = {
      name: 'one',
      feeds: { v: '{}' },
      rows: 1,
      expect: { rows: [{ sku: 'A', quantity_available: '1' }] },
    };
    const cases = pluginConformance(parserWith(open), [fixture]);
    const failed: string[] = [];
    for (const one of cases.filter(({ check }) => ['answers', 'codes', 'expected'].includes(check)))
      await one.run().catch((error: Error) => failed.push(error.message));
    assert.ok(failed.length > 0, message);
  }
  const wrong = async () => ({ cells: ['A'] });
  const { outcome } = await run(wrong as unknown as Open);
  assert.match(outcome.error_message ?? '', 'it returned a promise; it must return an async iterable of bytes or rows');
});

test('an error thrown in open() names the plugin, the file and the row before', async () => {
  const { outcome } = await run(async function* () {
    yield { line: 7, cells: ['A', 1] };
    throw new Error('no element ITEM');
  });
  assert.match(
    outcome.error_message ?? '',
    'open() of the parser "lines" failed on feed.jsonl, after row 2 (line 7): no element ITEM',
  );
});

const USED: Array<[object, string]> = [
  [
    { fields: ['part', 'stok'] },
    'the table of the parser "lines": columns.quantity_available.from names "stock", which is none of the fields (did you mean "stok"?): part, stok',
  ],
  [{ fields: ['part', 'part'] }, 'parser/lines: fields names "part" twice'],
  [{ fields: [] }, 'parser/lines: fields must be a list of names'],
  [
    { open: jsonLines },
    'the parser "lines": open(options) must return a function of the file, such as open: () => rowsOf, and returns an object',
  ],
  [{ row: () => [] }, 'row(options) must return a function of cells and header, such as'],
  [{ open: 'x' }, 'parser/lines: open must be a function, not a string'],
  [
    { open: undefined, delimiter: ';' },
    'parser/lines: fields names the columns of rows that open gives; without open the header names them',
  ],
  [{ open: undefined, fields: undefined }, 'parser/lines: delimiter is missing'],
  [{ table: () => ({ ...TABLE, skip_lines: 2 }) }, 'skip_lines is for bytes: with fields, open() gives rows'],
  [{ table: () => ({ ...TABLE, header_rows: 2 }) }, 'header_rows is for bytes'],
  [
    { table: () => ({ ...TABLE, skip_lines: 1, preamble: [{ name: 'site', after: 'Site' }] }) },
    'preamble is for bytes: with fields, open() gives rows',
  ],
  [{ table: () => ({ ...TABLE, header: false }) }, 'header must be true: fields names the columns'],
];

test('wrong declarations are refused', () => {
  for (const [changes, message] of USED) {
    let said = '';
    try {
      testRegistry([parserWith(jsonLines, changes)]);
    } catch (error) {
      said = (error as Error).message;
    }
    assert.ok(said.includes(message), `${message} | ${said}`);
  }
  const registry = testRegistry([parserWith(jsonLines)]);
  const problems = (parser: object) => {
    const checked = checkConfig(config(parser), registry);
    return checked.ok
      ? []
      : checked.problems.map(({ path, message }) => `${path.slice('vendors[0].parser.'.length)}: ${message}`);
  };
  assert.equal(problems({}), []);
  assert.equal(problems({ delimiter: ';' }), ['delimiter: lines has no delimiter; leave it out']);
  assert.equal(problems({ options: { rows: [{ column: 'knd', drop: ['x'] }] } }), [
    'options.rows[0].column: names "knd", which is none of the fields (did you mean "kind"?): part, stock, net, kind, name',
  ]);
});

test('TypeScript refuses wrong declarations as well', () => {
  const named = { ...{ id: 'x', version: '1', summary: 'x', encodings: { candidates: [] } }, options: {}, example: {} };
  const table = () => ({ columns: { sku: { from: 'part' } } });
  const codes = { no_json: 'not JSON' };
  defineVendorParser({ ...named, table, codes, open: () => jsonLines });
  // @ts-expect-error neither a delimiter nor open()
  defineVendorParser({ ...named, table, codes });
  async function* texts() {
    yield 'A;1';
  }
  // @ts-expect-error open() gives bytes or rows
  defineVendorParser({ ...named, table, open: () => texts });
});

pluginConformance(
  parserWith(jsonLines),
  [
    {
      name: 'objects, a line that is none',
      feeds: { v: FEED },
      rows: 8,
      expect: {
        rows: [
          { sku: 'A', cost: '1.12' },
          { sku: 'B', cost: '1234.50' },
          { sku: '00123', quantity_available: '0' },
          { sku: '20123456789', quantity_available: '3' },
        ],
        rejected: [
          { row: 5, line: 5, column: 'cost', code: 'invalid_decimal' },
          { row: 6, line: 6, column: null, code: 'no_json' },
          { row: 7, line: 7, column: 'quantity_available', code: 'invalid_int' },
        ],
        skipped: 1,
      },
    },
  ],
  { test },
);

test('a fixture may say that the feed fails as a whole, before its first row or after some', async () => {
  const failing = parserWith(async function* ({ lines }) {
    for await (const { line, text } of lines()) {
      if (text === 'CUT') throw new RelayError('invalid_input', 'the file was cut off');
      yield { line, cells: { part: text, stock: line } };
    }
  });
  const good = {
    name: 'good',
    feeds: { v: 'A\n' },
    rows: 1,
    expect: { rows: [{ sku: 'A', quantity_available: '1' }] },
  };
  const fails = (rows: number, feed: string, feedErrors: string[]) =>
    ({ name: 'fails', feeds: { v: feed }, rows, expect: { rows: [], feedErrors } }) as const;
  for (const [rows, feed] of [
    [0, 'CUT\n'],
    [3, 'CUT\n'],
    [2, 'A\nB\nCUT\n'],
  ] as const) {
    for (const one of pluginConformance(failing, [good, fails(rows, feed, ['invalid_input'])])) await one.run();
  }
  const problemsOf = async (fixture: ReturnType<typeof fails>, check: string) => {
    const one = pluginConformance(failing, [good, fixture]).find((each) => each.check === check);
    return one?.run().then(
      () => null,
      (error: Error) => error.message,
    );
  };
  assert.match(String(await problemsOf(fails(0, 'CUT\n', ['footer_missing']), 'expected')), /invalid_input/);
  assert.match(String(await problemsOf(fails(1, 'B\n', ['invalid_input']), 'expected')), /errors of the feed/);
  assert.match(String(await problemsOf(fails(0, 'CUT\n', []), 'suite')), /it has no rows/);
});

test('a cell with a lone surrogate, from open() or row(), is refused because UTF-8 cannot hold it', () => {
  for (const text of ['Lamp \ud83d', '\ude00 Lamp', 'a\udc00\ud800b']) {
    assert.match(feedRowProblem({ cells: ['A', text] }, null) ?? '', /^the cell #1 has half a character/);
    assert.match(rowAnswerProblem(['A', text]) ?? '', /^cell #1 has half a character/);
  }
  assert.is(feedRowProblem({ cells: ['\u{1f600}', '\ufffd'] }, null), null);
  assert.is(rowAnswerProblem(['\u{1f600}', '\ufffd']), null);
});

test('a number too large to be exact is refused as a cell, with a remedy', () => {
  for (const value of [2 ** 53, -(2 ** 53), Number('12345678901234567890')])
    assert.match(
      String(feedRowProblem({ cells: [value] }, null)),
      /^the cell #0 is .*has lost digits: give it as a text$/,
    );
  for (const value of [2 ** 53 - 1, 0.5, 1e-7]) assert.is(feedRowProblem({ cells: [value] }, null), null);
});

test.run();
