/** The reasons of bad cells name what the parser declares. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { runCase } from '../../testing/harness.ts';
import { PLAIN_TENANT } from '../../testing/plain-tenant.ts';

async function reasons(options: object, feed: string): Promise<string[]> {
  const config = {
    ...PLAIN_TENANT,
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', delimiter: ';', options } }],
  };
  const { errors } = await runCase({ config, files: { v: { name: 'feed.csv', bytes: toBytes(feed) } } });
  return errors.flatMap((entry) => ('problems' in entry ? entry.problems.map(({ reason }) => reason) : []));
}

test('numbers and timestamps of a declared form name that form', async () => {
  const options = {
    numbers: { decimal: ',', thousands: '.', currency: true, at_least: true, units: ['Stk'] },
    time_formats: ['DD.MM.YYYY HH:mm', 'YYYYMMDD'],
  };
  assert.equal(await reasons(options, 'sku;quantity_available;cost;updated_at\nA;x;12.5 €;31.12.26\n'), [
    'not a whole number of at most 15 digits as the parser declares it: decimal mark ",", thousands ".", "50+" and ">50", units Stk',
    'not an amount below 1,000,000,000 as the parser declares it: decimal mark ",", thousands ".", with or without EUR, units Stk',
    'not DD.MM.YYYY HH:mm or YYYYMMDD, and not YYYY-MM-DD or YYYY-MM-DD HH:MM:SS, with T or a space, with or without seconds and their fraction, and Z or an offset',
  ]);
});

test('plain cells name the canonical form; other faults keep their own reason', async () => {
  const [quantity, cost] = await reasons(
    { columns: { cost: { numbers: { decimal: ',' } } } },
    'sku;quantity_available;cost\nA;x;-1,5\n',
  );
  assert.is(quantity, 'not a whole number of at most 15 digits');
  assert.is(cost, 'below zero');
});

test('words in place of a number name the option that reads them', async () => {
  const header = 'sku;quantity_available;cost\n';
  const cells = ['low stock;1', '1;N/A', '1;auf Anfrage', 'x;1', '12 pcs;1', '-;1'];
  const options = { columns: { cost: { numbers: { decimal: ',', thousands: '.' } } } };
  const shown = await reasons(options, `${header}${cells.map((cell, i) => `${i};${cell}\n`).join('')}`);
  assert.equal(
    shown.map((reason) => /parser\.options\.columns\.(\w+)\.words/.exec(reason)?.[1] ?? null),
    ['quantity_available', 'cost', 'cost', null, null, null],
  );
});

test('numbers that an exporter escaped or wrapped name the option that reads them', async () => {
  const cells = ["'-1;1", '1;"=""4"""', "1;'=1+1", '1;=4', "'n;1"];
  const feed = `sku;quantity_available;cost\n${cells.map((cell, i) => `${i};${cell}\n`).join('')}`;
  assert.equal(
    (await reasons({}, feed)).map((reason) => /parser\.options\.(\w+) (?:takes|reads)/.exec(reason)?.[1] ?? null),
    ['unescape_formulas', 'unwrap', 'unescape_formulas', null, null],
  );
});

test('dates in other forms name the option that declares them', async () => {
  const other = ['20261031', '20261031T100000Z', '2026/10/31', '2026-10-31 10:00:00 UTC', '2026-10-31t10:00z'];
  other.push('31-Oct-2026');
  const none = ['soon', '2026-02-30', '2026-10-31T24:00', '123', '1793440800'];
  const rows = [...other, ...none].map((cell, i) => `${i};1;${cell}\n`);
  const found = await reasons({}, `sku;quantity_available;updated_at\n${rows.join('')}`);
  assert.equal(
    found.map((reason) => reason.includes('updated_at.time_formats can declare')),
    [...other.map(() => true), ...none.map(() => false)],
  );
});

test('ISO 8601 that is not read names what the vendor may write', async () => {
  const cells = [
    '2026-W48-5',
    '2026W485',
    '2026-W48',
    '2026-332',
    '2026-11-30T24:00:00Z',
    '2026-11-30 23:59:60',
    'W48',
  ];
  const rows = cells.map((cell, i) => `${i};1;${cell}\n`).join('');
  const found = await reasons({ time_formats: ['DD.MM.YYYY'] }, `sku;quantity_available;updated_at\n${rows}`);
  const words = [...Array(3).fill('a week date'), 'the day of a year', '24:00', 'a leap second', undefined];
  assert.equal(
    found.map((reason) => /; (.*) is not read: /.exec(reason)?.[1]),
    words,
  );
});

test('amounts with a currency name the option that reads it', async () => {
  const cells = ['$9.10', '9.10 EUR', '-$5', 'CHF 1.00', '9,10', '9.10 each', 'EUR'];
  const feed = `sku;quantity_available;cost\n${cells.map((cell, i) => `${i};1;${cell}\n`).join('')}`;
  const named = cells.map((_, i) => i < 4);
  for (const options of [{}, { numbers: { thousands: ',' } }])
    assert.equal(
      (await reasons(options, feed)).map((reason) => reason.includes('parser.options.numbers.currency')),
      named,
    );
  assert.not((await reasons({ numbers: { currency: true } }, feed)).some((one) => one.includes('numbers.currency')));
});

test('a row with too many cells names what they are counted by', async () => {
  assert.equal(await reasons({}, 'sku;quantity_available\nA;1;x\n'), [
    'the row has more cells than the header has columns: 3 and 2',
  ]);
  const columns = { sku: { from: '#0' }, quantity_available: { from: '#1' } };
  assert.equal(await reasons({ header: false, row_fields: 2, columns }, 'A;1;x\n'), [
    'the row has more cells than row_fields says: 3 and 2',
  ]);
});

test('numbers whose decimals may be thousands say so', async () => {
  const options = { numbers: { decimal: ',', thousands: '.' } };
  const feed = 'sku;quantity_available;cost\nA;12,000;16,500\nB;1;16,50\nC;1;0,500\nD;1;x\n';
  const found = await reasons(options, feed);
  assert.is(found.length, 3);
  assert.equal(
    found.map((reason) => /may be thousands: numbers\.decimals/.test(reason)),
    [true, true, false],
  );
  assert.equal(
    await reasons(
      { numbers: { decimal: ',', thousands: '.', decimals: 3 } },
      'sku;quantity_available;cost\nA;1;16,500\n',
    ),
    [],
  );
});

test.run();
