/** Rows that `open` of a vendor module gives before it throws are read and reported. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import { RelayError } from '../../core/errors.ts';
import type { FeedRow } from '../../core/plugin.ts';
import { defineVendorParser } from '../../plugins/parsers/kit/layout/vendor-parser.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

function run(open: () => AsyncIterable<Uint8Array | FeedRow>, changes: object = {}) {
  const parser = defineVendorParser({
    ...{ id: 'cut', version: '1.0.0', summary: 'a feed that is cut off', encodings: { candidates: [] } },
    codes: { no_json: 'a line that is not JSON' },
    options: {},
    example: {},
    fields: ['part', 'stock', 'net'],
    open: () => open,
    table: () => ({
      columns: { sku: { from: 'part' }, quantity_available: { from: 'stock' }, cost: { from: 'net' } },
    }),
    ...changes,
  });
  const config = {
    ...PLAIN_TENANT,
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'cut' } }],
  };
  return runCase({ config, files: { v: { name: 'feed.txt', bytes: toBytes('x') } }, plugins: [parser] });
}

test('rows before an error of open() are reported, like those before a wrong footer', async () => {
  for (const [cut, code, outcomeCode] of [
    [new RelayError('invalid_input', 'page 2 is missing'), 'invalid_input', 'invalid_input'],
    [new Error('oops'), null, 'internal_error'],
  ] as const) {
    const { errors, outcome } = await run(async function* () {
      yield { line: 5, cells: { part: 'A', stock: 1, net: 'x' } };
      yield { line: 6, cells: {}, refuse: { code: 'no_json', column: null, reason: 'not JSON' } };
      yield { line: 7, cells: { part: 'B', stock: 2 } };
      yield { line: 8, cells: { part: 'C', stock: 0.5 } };
      throw cut;
    });
    assert.is(outcome.error_code, outcomeCode);
    const entries = errors.map((one) => ('line' in one ? [one.row_number, one.error_code] : one.error_code));
    // if the plugin itself fails, nothing is reported
    const rows = [2, 'invalid_decimal', 3, 'no_json', 5, 'invalid_int'];
    assert.equal(entries.flat(), code === null ? [] : [...rows, code]);
  }
});

test('rows from bytes are reported too; an error of the whole feed comes before one of its header', async () => {
  const cutAfter = (text: string) =>
    run(
      async function* () {
        yield toBytes(text);
        throw new RelayError('invalid_input', 'page 2 is missing');
      },
      { fields: undefined, delimiter: ';' },
    );
  const cut = await cutAfter('part;stock;net;kind;name\nA;1;x\nB;2;1\nC;x');
  assert.is(cut.outcome.error_message, 'vendor v: page 2 is missing');
  assert.equal(
    cut.errors.map((one) => ('line' in one ? [one.row_number, one.error_code] : one.error_code)),
    [[2, 'invalid_decimal'], 'invalid_input'],
  );
  for (const text of ['x;y\nA;1\n', '', 'part']) {
    assert.is((await cutAfter(text)).outcome.error_message, 'vendor v: page 2 is missing', text);
  }
  const rows = await run(
    async function* () {
      yield { cells: ['x', 'y'] };
      throw new RelayError('invalid_input', 'page 2 is missing');
    },
    { fields: undefined },
  );
  assert.is(rows.outcome.error_message, 'vendor v: page 2 is missing');
});

test.run();
