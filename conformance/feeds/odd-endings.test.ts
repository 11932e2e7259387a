/** Ends of files that are no rows, last cells that are missing, times that no calendar has, and escapes of other programs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RowEntry } from '../../core/issue.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

async function runOf(text: string, limits: object = {}, chunkBytes?: number) {
  const run = await runCase({
    config: {
      ...PLAIN_TENANT,
      error_policy: { max_invalid_rows: 100, max_invalid_row_pct: 1 },
      output: { columns: ['sku', 'cost'] },
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    },
    files: { v: { name: 'feed.csv', bytes: new TextEncoder().encode(text) } },
    limits,
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
  });
  assert.is(run.outcome.status, 'SUCCEEDED', run.outcome.error_message ?? '');
  const warnings = run.outcome.summary.warnings.filter((one) => !/^(invalid_rows_within|merged_feed_empty)/.test(one));
  return { ...run, warnings, rows: (run.merged ?? '').trimEnd().split('\n').slice(1) };
}

const HEADER = 'sku,quantity_available,title,cost';
const TWO = `${HEADER}\nA,1,Lamp,2.00\nB,1,Lamp,3.00`;

test('NULs that fill the last block are left out, and said', async () => {
  for (const [text, nuls] of [
    [`${TWO}\n${'\0'.repeat(600)}`, 600],
    [`${TWO}${'\0'.repeat(3)}`, 3],
    [`${TWO}\n\0`, 1],
  ] as const)
    for (const chunkBytes of [1 << 16, 7]) {
      const { warnings, rows, outcome, errors } = await runOf(text, {}, chunkBytes);
      assert.equal([rows, errors, warnings], [['A,2.00', 'B,3.00'], [], [`end_padded:v:${nuls}`]]);
      assert.ok(outcome.summary.notices[0]?.what.startsWith(`The file ends in ${nuls} NUL byte`));
    }
  // after an end mark they are usual; before a row they are an invalid SKU
  assert.equal((await runOf(`${TWO}\n\x1a${'\0'.repeat(9)}`)).warnings, []);
  const inside = await runOf(`${HEADER}\n\0\0A,1,Lamp,2.00\nB,1,Lamp,3.00\n`);
  assert.equal(
    (inside.errors as RowEntry[]).map(({ error_code, row_number }) => [error_code, row_number]),
    [['invalid_sku', 2]],
  );
});

test('a last cell that alone is empty, without a line end', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => `S${i},1,Lamp,2.00\n`).join('');
  assert.equal((await runOf(`${HEADER}\n${rows}T,1,Lamp,`)).warnings, ['last_cell_cut_off:v:14']);
  for (const end of ['T,1,Lamp,\n', 'T,1,Lamp,2.00', 'T,1,Lamp,\nU,1,Lamp,'])
    assert.equal((await runOf(`${HEADER}\n${rows}${end}`)).warnings, [], end);
});

test('times that are none, or of another calendar, are refused', async () => {
  const times = '2026-W05-1,2026-032,2026-10-31 24:00,2026-10-31T23:59:60Z,2026-02-29,2026-10-31T25:00:00,0000-00-00';
  for (const time of times.split(',')) {
    const { errors } = await runOf(`sku,quantity_available,cost,updated_at\nA,1,2.00,${time}\n`);
    const [{ error_code, column, value } = {} as RowEntry] = errors as RowEntry[];
    assert.equal([error_code, column, value], ['invalid_datetime', 'updated_at', time]);
  }
});

test('titles with escapes of JSON, SQL and addresses', async () => {
  const odd = ['Gr\\u00f6\\u00dfe', 'Lamp\\nred', 'Lamp.\\r\\nRed', 'Caf%C3%A9', 'Oak%20lamp'];
  const plain = ['100% cotton', '50%20', 'AC\\DC', 'C:\\new\\oak', '5\\8 inch', '20%C', 'a\\b', '100%Acryl', '%', '\\'];
  const feed = (titles: string[]) =>
    `sku,quantity_available,cost,title\n${titles.map((one, i) => `S${i},1,2.00,${one}\n`).join('')}`;
  for (const kernelFromBytes of [0, Number.MAX_SAFE_INTEGER]) {
    const { warnings, outcome } = await runOf(feed(odd), { kernelFromBytes });
    assert.equal(warnings, ['text_escaped:v:5']);
    assert.equal(
      outcome.summary.notices[0]?.examples.map(({ line, column, cell }) => [line, column, cell]),
      odd.slice(0, 2).map((cell, i) => [i + 2, 'title', cell]),
    );
    assert.equal((await runOf(feed(plain), { kernelFromBytes })).warnings, []);
  }
});

test('SKUs that a formula, a script or a spreadsheet wrote', async () => {
  const rows = (skus: string[]) => `sku,quantity_available,cost\n${skus.map((sku) => `${sku},1,2.00\n`).join('')}`;
  const odd = [
    '0',
    '[object Object]',
    '"4,711"',
    'A\\u002D1',
    'EOF',
    '(24 rows)',
    'ERROR 1205 (HY000): Lock',
    '<br />',
  ];
  const plain = ['00', '0A', 'A\\1', '"4,71"', '4711', 'EOF-1', '(A)', '<A>', 'ERR-1205', '[A]', '"A,711"'];
  for (const kernelFromBytes of [0, Number.MAX_SAFE_INTEGER]) {
    const { warnings } = await runOf(rows(odd), { kernelFromBytes });
    assert.equal(warnings.map((one) => one.split(':').slice(0, 3).join(':')).sort(), [
      'sku_escaped:v:1',
      'sku_is_report_line:v:4',
      'sku_looks_like_number:v:1',
      'sku_no_value:v:2',
    ]);
    assert.equal((await runOf(rows(plain), { kernelFromBytes })).warnings, []);
  }
});

test.run();
