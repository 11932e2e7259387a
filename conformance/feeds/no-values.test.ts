/** Words of programs in place of a value, templates that nobody filled in, quantities that count nothing, and prices of dozens. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

async function saidOf(text: string, { limits = {}, parser = {} } = {}) {
  const { outcome } = await runCase({
    config: {
      ...PLAIN_TENANT,
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
    },
    files: { v: { name: 'feed.csv', bytes: new TextEncoder().encode(text) } },
    limits,
  });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  const { warnings, notices } = outcome.summary;
  const examples = notices.flatMap((one) => one.examples.map(({ line, column, cell }) => [line, column, cell]));
  return { warnings, examples, what: notices[0]?.what ?? '' };
}

const KERNEL = [{ kernelFromBytes: 0 }, { kernelFromBytes: Number.MAX_SAFE_INTEGER }];
const texts = (cells: readonly string[]): string =>
  `sku,quantity_available,cost,brand,title\n${cells.map((cell, i) => `S${i},1,2.00,b,${cell}\n`).join('')}`;

test('titles that a program wrote where there is none', async () => {
  const odd = [
    'NULL',
    '#N/A',
    'undefined',
    'nan',
    '[object Object]',
    '{{product.title}}',
    '$' + '{title}',
    'None',
    'n/a',
  ];
  const plain = [
    'Nullarbor',
    'None-stick pan',
    '-',
    '.',
    'True',
    'NaN bread',
    '#1 Lamp',
    '{a}',
    '<b',
    '100 %s',
    '$5 lamp',
    'N',
  ];
  for (const limits of KERNEL) {
    const { warnings, examples, what } = await saidOf(texts(odd), { limits });
    assert.equal(warnings, [`text_no_value:v:${odd.length}`]);
    assert.equal(examples, [
      [2, 'title', 'NULL'],
      [3, 'title', '#N/A'],
    ]);
    assert.ok(what.startsWith('9 brands and titles are what programs write where there is no value'), what);
    assert.equal((await saidOf(texts(plain), { limits })).warnings, []);
  }
});

test('titles of question marks alone', async () => {
  for (const limits of KERNEL) {
    assert.equal((await saidOf(texts(['???? ??', 'Lamp ???', '???']), { limits })).warnings, ['text_letters_lost:v:3']);
    assert.equal((await saidOf(texts(['Lamp?', 'Why ??', '?', 'What???']), { limits })).warnings, []);
  }
});

test('SKUs that are templates, and SKUs in backticks', async () => {
  const rows = (skus: string[]) => `sku,quantity_available,cost\n${skus.map((sku) => `${sku},1,2.00\n`).join('')}`;
  for (const limits of KERNEL) {
    const { warnings } = await saidOf(rows(['{{sku}}', '$' + '{sku}', '%s', '%(sku)s', '<sku>', '`A-1`']), { limits });
    assert.equal(
      warnings.map((one) => one.split(':').slice(0, 3).join(':')),
      ['sku_no_value:v:5', 'sku_escaped:v:1'],
    );
    assert.equal((await saidOf(rows(['{A}1', '$5', '%5', '<A>', '`A']), { limits })).warnings, []);
  }
});

test('quantities that are all the same', async () => {
  const stock = (quantity: (i: number) => number) =>
    `sku,quantity_available,cost\n${Array.from({ length: 24 }, (_, i) => `S-${i},${quantity(i)},${i + 1}.50\n`).join('')}`;
  for (const limits of KERNEL) {
    const { warnings, examples } = await saidOf(
      stock(() => 999),
      { limits },
    );
    assert.equal([warnings, examples], [['quantities_all_alike:v:999'], [[2, 'quantity_available', '999']]]);
    assert.equal(
      (
        await saidOf(
          stock(() => 1),
          { limits },
        )
      ).warnings,
      [],
    );
    assert.equal(
      (
        await saidOf(
          stock((i) => (i === 9 ? 998 : 999)),
          { limits },
        )
      ).warnings,
      [],
    );
  }
  const words = { quantity_available: { words: { '999': 100 } } };
  assert.equal(
    (
      await saidOf(
        stock(() => 999),
        { parser: { options: { columns: words } } },
      )
    ).warnings,
    [],
  );
});

test('a header of prices for a dozen', async () => {
  for (const [header, isMeant] of [
    ['Price per dozen', true],
    ['Preis / Dutzend', true],
    ['Cost per doz.', true],
    ['Price per piece', false],
    ['Dozens', false],
  ] as const) {
    const text = `sku,quantity_available,${header}\nA,1,2.00\n`;
    const { warnings } = await saidOf(text, { parser: { column_map: { cost: header } } });
    assert.equal(warnings, isMeant ? [`header_names_basis:v:cost:${header}`] : [], header);
  }
});

test.run();
