/** What is said of the files of a vendor, compared with each other and with those of the run that is published. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

const CODES = ['files_alike', 'feed_sent_again', 'feed_older_than_published'];

async function run(files: Record<string, [text: string, modified: string]>, before?: HarnessResult, options = {}) {
  return await runCase({
    config: {
      ...PLAIN_TENANT,
      publish: {},
      output: { columns: ['sku', 'quantity_available', 'price'] },
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', options } }],
    },
    files: {
      v: Object.entries(files).map(([name, [text, modified]]) => ({
        ...{ name, modified },
        bytes: new TextEncoder().encode(`sku,quantity_available,cost\n${text}\n`),
      })),
    },
    now: '2026-01-08T06:00:00Z',
    publishing: {
      baseline:
        before === undefined ? null : baselineOf({ runId: 'run-1', read: (path) => before.artifacts.files.get(path) }),
      decisions: null,
      force: null,
    },
  });
}

const said = ({ outcome }: HarnessResult): string[] => {
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  return outcome.summary.warnings.filter((one) => CODES.includes(one.split(':')[0] ?? ''));
};

const [MONDAY, LATER, TUESDAY] = ['2026-01-05T04:00:00.000Z', '2026-01-05T23:59:59.000Z', '2026-01-06T00:00:00.000Z'];

test('a file with the bytes of the published one, a day later', async () => {
  const before = await run({ 'stock.csv': ['A,1,5', MONDAY] });
  assert.equal(said(before), []);
  const after = await run({ 'stock-2.csv': ['A,1,5', TUESDAY] }, before);
  assert.equal(said(after), [`feed_sent_again:v:stock-2.csv of ${TUESDAY}, published ${MONDAY}`]);
  const notice = after.outcome.summary.notices.find(({ code }) => code === 'feed_sent_again');
  assert.is(
    notice?.what,
    `A new file has the very bytes of the one that is published: stock-2.csv of ${TUESDAY}, published ${MONDAY}.`,
  );
  // the very file, one sent again soon, and another one
  assert.equal(said(await run({ 'stock.csv': ['A,1,5', MONDAY] }, before)), []);
  assert.equal(said(await run({ 'stock.csv': ['A,1,5', LATER] }, before)), []);
  assert.equal(said(await run({ 'stock.csv': ['A,2,5', TUESDAY] }, before)), []);
});

test('a file that is older than the published one', async () => {
  const before = await run({ 'stock.csv': ['A,1,5', TUESDAY] });
  const after = await run({ 'stock.csv': ['A,2,5', MONDAY] }, before);
  assert.equal(said(after), [`feed_older_than_published:v:stock.csv of ${MONDAY}, published ${TUESDAY}`]);
});

test('two files of a feed with the same bytes', async () => {
  const options = { files: { match: '*.csv' } };
  const same = await run(
    { 'a.csv': ['A,1,5', MONDAY], 'b.csv': ['B,1,5', MONDAY], 'copy of a.csv': ['A,1,5', TUESDAY] },
    undefined,
    options,
  );
  assert.equal(said(same), ['files_alike:v:a.csv and copy of a.csv']);
  const other = await run({ 'a.csv': ['A,1,5', MONDAY], 'b.csv': ['B,1,5', MONDAY] }, undefined, options);
  assert.equal(said(other), []);
});

test.run();
