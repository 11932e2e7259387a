/** Rows with fewer or more cells than the header: short rows are reported, and cells that do not line up are not read. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { runCase } from '../../testing/harness.ts';
import { PLAIN_TENANT } from '../../testing/plain-tenant.ts';

async function run(text: string, options: object = {}, more: object = {}) {
  const { merged, outcome } = await runCase({
    config: {
      ...PLAIN_TENANT,
      vendors: [
        {
          vendor_id: 'v',
          inbound: { type: 'local' },
          parser: { format: 'csv', column_map: 'columns' in options ? {} : { quantity_available: 'qty' }, options },
        },
      ],
      output: { columns: ['sku', 'quantity_available', 'cost', 'title'] },
    },
    files: { v: { name: 'v.csv', bytes: toBytes(text) } },
    ...more,
  });
  const rows = merged?.trimEnd().split('\n').slice(1) ?? [];
  const warnings = outcome.summary?.warnings.filter((one) => /^(short_rows|header_lacks)/.test(one)) ?? [];
  return { rows, warnings, error: outcome.error_code, message: outcome.error_message ?? '' };
}

/** Rows of this form, with the row's number for `%`. */
const rowsOf = (row: string, count = 4) =>
  Array.from({ length: count }, (_, i) => `${row.replaceAll('%', String(i + 1))}\n`).join('');
/** Makes the reader take its slower path, for columns that need composing. */
const LAYOUT = { columns: { quantity_available: { sum: ['qty'] } } };
const HEADER = 'sku,qty,cost,title\n';

test('the first and last short row are shown, and whether the file breaks off', async () => {
  const sound = rowsOf('A%,%,5,L');
  const cases: [string, string[]][] = [
    [sound, []],
    [`${sound}B,1,5,L`, []],
    [`${sound}B,1,5\n`, ['short_rows:v:1:line 6 has 3 of 4 fields']],
    [
      `${sound}B,1,5`,
      ['short_rows:v:1:line 6 has 3 of 4 fields, the last of the file, without a line end: it may be cut off'],
    ],
    [`B,1\n${sound}C,1,5\nD,1,5\n\n`, ['short_rows:v:3:line 2 has 2 of 4 fields; line 8 has 3 of 4 fields']],
    [`B,1\n${sound}C,1,5\n${sound}`, ['short_rows:v:2:line 2 has 2 of 4 fields; line 7 has 3 of 4 fields']],
    [`B,1\n${sound}C,1,5,L`, ['short_rows:v:1:line 2 has 2 of 4 fields']],
    [rowsOf('A%,%,5'), ['short_rows:v:4:every row; line 2 has 3 of 4 fields; line 5 has 3 of 4 fields']],
  ];
  for (const [text, warnings] of cases) {
    for (const more of [{}, { chunkBytes: 3, limits: { windowBytes: 16 } }]) {
      for (const options of [{}, LAYOUT, { repair: false, skip_last_rows: 0 }]) {
        assert.equal((await run(HEADER + text, options, more)).warnings, warnings, text);
      }
    }
  }
});

test('rows are not short of header names at the end that no row has a cell for', async () => {
  for (const options of [{}, LAYOUT]) {
    const { rows, warnings } = await run(`sku,qty,cost,title,, \n${rowsOf('A%,%,5,L', 1)}B,2\n`, options);
    assert.equal(rows, ['A1,1,5.00,L']);
    assert.equal(warnings, ['short_rows:v:1:line 3 has 2 of 4 fields']);
  }
});

test('an empty name inside the header must be a column of the rows; otherwise the feed is refused', async () => {
  for (const options of [{}, LAYOUT]) {
    const headers: [string, string, string][] = [
      ['sku,qty,,cost', 'A%,%,x,5', 'A%,%,5'],
      [',sku,qty,cost', '%,4%,%,5', '4%,%,5'],
      ['"",sku,qty,cost', '%,4%,%,5', '4%,%,5'],
      ['sku, ,qty,cost,msrp', 'A%,x,%,5,9', 'A%,%,5,9'],
      ['sku,,qty,,cost', 'A%,x,%,x,5', 'A%,%,5'],
    ];
    for (const [header, whole, short] of headers) {
      const read = await run(`${header}\n${rowsOf(whole)}`, options);
      assert.equal(
        [read.rows.length, read.rows[0]!.split(',').slice(1), read.warnings],
        [4, ['1', '5.00', ''], []],
        header,
      );
      const refused = await run(`${header}\n${rowsOf(short)}`, options);
      assert.is(refused.error, 'invalid_input', header);
      assert.match(refused.message, /of 4 rows have \d less/, header);
      // most rows are whole, so the others lack cells at their end
      const mixed = await run(`${header}\n${rowsOf(whole)}${rowsOf(short, 1)}`, options);
      assert.match(mixed.warnings.join(), 'short_rows:v:1:line 6', header);
    }
  }
});

test('if the header lacks a name, no row is silently read with shifted cells', async () => {
  for (const options of [{}, LAYOUT]) {
    const long = await run(`${HEADER}${rowsOf('%,47%,5,9,L')}`, options);
    assert.equal([long.rows, long.error], [[], null]);
    const padded = await run(`${HEADER}${rowsOf('%,47%,5,9,L')}5,475,5,9,\n`, options);
    assert.is(padded.error, 'invalid_input');
    assert.match(
      padded.message,
      '4 of 5 rows have more cells than the header has columns (4), so the 1 whose last cells are empty',
    );
    const numbered = await run(`${HEADER}${rowsOf('%,47%,5,9,')}`, options);
    assert.equal(numbered.warnings, [
      'header_lacks_name:v:every row has an empty cell more than the header, and the first cells are 1, 2, 3',
    ]);
    // a delimiter at the end of each row
    const ended = await run(`${HEADER}${rowsOf('A%,%,5,L,')}`, options);
    assert.equal([ended.rows.length, ended.warnings], [4, []]);
    const one = await run(`${HEADER}${rowsOf('A%,%,5,L,')}B,1,5,"L",x,\n`, options);
    assert.equal([one.rows.length, one.error], [4, null]);
  }
});

test.run();
