/** `row()` of a vendor module that throws or returns something other than a row. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import type { Layout, RowRefusal } from '../../core/plugin.ts';
import { defineVendorParser } from '../../plugins/parsers/kit/layout/vendor-parser.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { pluginConformance } from '../index.ts';

type Row = NonNullable<Layout['row']>;

const FEED = 'sku;qty\nA;1\n\n"A;2\nB;2\n';
const DUE = 'it must return an array of strings, or null to skip the row';
/** Answers of row() after a good first row, with the message. */
const BROKEN: Array<[unknown, string]> = [
  [() => raise(new TypeError('no cell')), 'no cell'],
  [() => undefined, `it returned undefined; ${DUE}`],
  [() => 'B;2', `it returned a string; ${DUE}`],
  [() => ({ 0: 'B' }), `it returned an object; ${DUE}`],
  [async (cells: string[]) => cells, `it returned a promise; ${DUE}`],
  [async () => raise(new Error('later')), `it returned a promise; ${DUE}`],
  [(cells: string[]) => [cells[0], 2], `cell #1 is a number; ${DUE}`],
  [(cells: string[]) => [null, cells[1]], `cell #0 is null; ${DUE}`],
  [
    (cells: string[], header: readonly string[]) => {
      cells[header.indexOf('flag')] = '9';
      return cells;
    },
    'a cell was written at -1: the column was not found, as by header.indexOf; test for it',
  ],
  [() => ({ code: 'held', column: 'skus', reason: 'no' }), 'not canonical (did you mean "sku"?)'],
  [() => ({ code: 'held', column: null, reason: '' }), 'it refuses with a string as reason'],
  [() => ({ code: 'held', column: null, why: 'no' }), 'the refusal has no key "why"'],
  [() => ({ code: 7, column: null, reason: 'no' }), 'it refuses with a number as code'],
  [
    () => ({ code: 'heldd', column: null, reason: 'no' }),
    'it refuses with "heldd", which its manifest does not list in codes (did you mean "held"?); there are: held',
  ],
];

function raise(error: Error): never {
  throw error;
}

function parserWith(row: Row) {
  return defineVendorParser({
    id: 'odd',
    version: '1.0.0',
    summary: 'a row() that fails',
    delimiter: ';',
    codes: { held: 'the vendor holds the item back' },
    encodings: { candidates: [] },
    options: {},
    example: {},
    table: () => ({ columns: { sku: { from: 'sku' }, quantity_available: { from: 'qty' } } }),
    row: () => row as (cells: string[], header: readonly string[]) => string[] | RowRefusal<'held'> | null,
  });
}

/** A module whose row() fails on row B. */
const failing = (broken: unknown) =>
  parserWith((cells, header) => (cells[0] === 'B' ? (broken as Row)(cells, header) : cells));

function run(row: Row) {
  const config = {
    ...PLAIN_TENANT,
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'odd' } }],
  };
  const files = { v: { name: 'feed.csv', bytes: toBytes(FEED) } };
  return runCase({ config, files, plugins: [parserWith(row)], chunkBytes: 5 });
}

test('the run names the plugin that failed, the row and the reason', async () => {
  for (const [broken, reason] of BROKEN) {
    const { outcome } = await run((cells, header) => (cells[0] === 'B' ? (broken as Row)(cells, header) : cells));
    assert.is(outcome.error_code, 'internal_error');
    // row 3 has the misplaced quote
    const said = outcome.error_message ?? '';
    assert.ok(said.startsWith('plugin_failed: vendor v: row() of the parser "odd" failed on row 4: '), said);
    assert.ok(said.includes(reason), said);
  }
});

test('a row that row() refuses has code, column, value and reason', async () => {
  const { outcome, errors } = await run((cells) =>
    cells[0] === 'B'
      ? { code: 'held', column: 'quantity_available', reason: 'held back since Monday' }
      : cells[0] === 'A'
        ? { code: 'held', column: null, reason: 'held back' }
        : cells,
  );
  assert.equal(
    errors.map((one) => 'line' in one && [one.line, one.row_number, one.error_code, one.column, one.value, one.reason]),
    [
      [2, 2, 'held', null, null, 'held back'],
      [4, 3, 'malformed_quote', 'sku', 'A;2', errors[1] !== undefined && 'reason' in errors[1] && errors[1].reason],
      [5, 4, 'held', 'quantity_available', '2', 'held back since Monday'],
    ],
  );
  assert.equal(errors[2] !== undefined && 'row_data' in errors[2] && errors[2].row_data, { sku: 'B', qty: '2' });
  assert.is(outcome.summary.error_counts.held, 2);
});

test('row() is not called for a blank line', async () => {
  const seen: string[][] = [];
  const { outcome } = await run((cells) => {
    seen.push(cells);
    return null;
  });
  assert.equal(seen, [
    ['A', '1'],
    ['B', '2'],
  ]);
  assert.is(outcome.summary?.invalid_rows, 1);
});

test('the suite reports it under "answers", and an unlisted code under "codes"', async () => {
  for (const [broken, reason] of BROKEN) {
    const check = reason.includes('heldd') ? 'codes' : 'answers';
    const cases = pluginConformance(failing(broken), [
      {
        name: 'two',
        feeds: { v: 'sku;qty\nA;1\nB;2\n' },
        rows: 2,
        expect: { rows: [{ sku: 'A', quantity_available: '1' }] },
      },
    ]);
    const failure = await cases
      .find((one) => one.check === check)!
      .run()
      .then(
        () => null,
        (error: Error) => error,
      );
    const due = check === 'codes' ? 'it raises "heldd", which its manifest does not declare' : reason;
    assert.ok(failure?.message.includes(due), `${reason}: ${failure?.message}`);
  }
});

test.run();
