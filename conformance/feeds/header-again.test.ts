/** A feed in which the header appears again, as in joined exports. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

async function run(text: string, parser: object = {}) {
  const vendors = [{ vendor_id: 'a', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }];
  const files = { a: { name: 'a.csv', bytes: new TextEncoder().encode(text) } };
  return (await runCase({ config: { ...PLAIN_TENANT, vendors }, files })).outcome;
}

const HEADER = 'sku,quantity_available,cost,title';
const ROWS = ['A,1,9.5,Lamp', 'B,2,8.5,Rug'];
const joined = (header: string, ...rows: string[]) => `${[HEADER, ...ROWS, header, ...rows].join('\n')}\n`;

test('a repeated header is refused by name, however it is written', async () => {
  for (const header of [
    HEADER,
    HEADER.toUpperCase(),
    `\ufeff${HEADER}`,
    '"sku","quantity_available","cost","title"',
    'sku,quantity_available,,',
  ]) {
    const { status, error_message, summary } = await run(joined(header, 'C,3,7.5,Sofa'));
    assert.is(status, 'SUCCEEDED', error_message ?? '');
    assert.is(summary.invalid_rows, 1, header);
    assert.ok(summary.warnings.includes('header_repeated:a:1'), header);
    const [example] = summary.notices.find(({ code }) => code === 'header_repeated')?.examples ?? [];
    assert.equal([example?.line, example?.column], [4, 'sku']);
  }
});

test('a repeated header with other column positions fails the run: rows below it would be misread', async () => {
  const parts: Array<[string, string]> = [
    ['sku,cost,quantity_available,title', '"cost" as column 2 and not 3'],
    ['SKU,COST,QUANTITY_AVAILABLE', '"COST" as column 2 and not 3'],
    ['title,sku,cost,quantity_available', '"title" as column 1 and not 4'],
    ['sku,title,cost', '"title" as column 2 and not 4'],
  ];
  for (const [header, where] of parts) {
    const { status, error_code, error_message } = await run(joined(header, 'C,3,7,Sofa'));
    assert.is(status, 'FAILED', header);
    assert.is(error_code, 'invalid_input');
    assert.match(error_message ?? '', `line 4 is a header again, with ${where}`);
  }
});

test('rows that only contain such words are rows', async () => {
  for (const row of ['C,cost,7,Sofa', 'C,many,cost,title', 'Sofa,title,7,of oak', 'C,,7,sku']) {
    const { status, summary } = await run(joined(row));
    assert.is(status, 'SUCCEEDED', row);
    assert.not.ok(
      summary.warnings.some((one) => one.startsWith('header_repeated')),
      row,
    );
  }
});

test('a filter can drop a repeated header', async () => {
  const parser = { options: { rows: [{ column: 'sku', drop: ['sku'] }] } };
  const { status, summary } = await run(joined(HEADER, 'C,3,7.5,Sofa'), parser);
  assert.is(status, 'SUCCEEDED');
  assert.is(summary.invalid_rows, 0);
});

test.run();
