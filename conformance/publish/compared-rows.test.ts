/**
 * Comparing rows with the published feed where they are written gives the same result as comparing cells. Each run is made twice: with
 * CRLF in the published feed and state, no row has the same bytes as in the output, and the kernel cannot say what changed, so cells are
 * compared.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import { shareOf } from '../../core/testing/share.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { kernelCalls } from '../support/kernel-runs.ts';
import { FEED_FILES, FEED_REPORTS, figuresOf, runDay, shopDays } from './changing-shops.ts';
import { CONFIG } from './shop.ts';

const TENANTS = 14;
/** The first seed: from here on, the few of the quick test show each change and each answer. */
const FIRST_SEED = 4;
const { from, to } = shareOf(TENANTS, 3);
/** The part of the tenants that runs. */
const PART = (to - from) / TENANTS;

/** The same table with CRLF after each record. */
function withCrlf(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let isQuoted = false;
  for (const byte of bytes) {
    if (byte === 0x22) isQuoted = !isQuoted;
    if (byte === 0x0a && !isQuoted) out.push(0x0d);
    out.push(byte);
  }
  return Uint8Array.from(out);
}

test('property: results do not depend on whether rows are compared as bytes or as cells', async () => {
  const { compared } = await kernelCalls(compareTenants);
  // of each thing that the kernel may say, the kernel said some: see `COMPARED_…`
  assert.ok(Math.min(...compared) > 20 * PART, `by answer: ${compared}`);
});

async function compareTenants(): Promise<void> {
  let unchanged = 0;
  const changes = new Set<string>();
  for (let seed = FIRST_SEED + from; seed < FIRST_SEED + to; seed++) {
    for await (const { day, one, result: fast } of shopDays(seed)) {
      const name = `seed ${seed}, day ${day}`;
      const slow = await runDay(one, withCrlf);
      assert.equal(figuresOf(fast), figuresOf(slow), name);
      for (const path of [...FEED_FILES, ...FEED_REPORTS])
        assert.is(fast.artifacts.text(path), slow.artifacts.text(path), `${name}: ${path}`);
      assert.equal([fast.scratch.live, fast.artifacts.open], [0, 0], `${name}: something is left open`);
      const counts = fast.outcome.summary.publish?.changes ?? {};
      unchanged += counts.unchanged ?? 0;
      for (const [change, count] of Object.entries(counts)) if (count > 0) changes.add(change);
    }
  }
  assert.ok(unchanged > 800 * PART, `${unchanged} rows are as they were`);
  assert.equal([...changes].sort(), ['added', 'changed', 'held', 'kept', 'removed', 'unchanged', 'zeroed']);
}

test('a damaged row of the published feed is told by its line, whoever compared the rows before it and their line ends', async () => {
  const titleOf = (i: number) =>
    ['plain', '"two\nlines"', '"two\r\nlines"', '"with ""quotes"""', '"\r\r"'][i % 5] ?? '';
  const rows = Array.from({ length: 40 }, (_, i) => `S-${100 + i},1,10,${titleOf(i)}\n`);
  const feed = toBytes(`sku,quantity_available,cost,title\n${rows.join('')}`);
  const config = { ...CONFIG, output: { columns: ['sku', 'quantity_available', 'price', 'title'] }, publish: {} };
  const files = { a: { name: 'feed.csv', bytes: feed } };
  const first = await runCase({ config, files });
  const published = first.merged ?? '';
  const line = 1 + (published.match(/\r\n|\r|\n/g) ?? []).length;
  const damaged = toBytes(`${published}S-999,1\n`);
  for (const kernelFromBytes of [0, Number.MAX_SAFE_INTEGER]) {
    const read = (path: string) =>
      path === 'outputs/merged_inventory.csv' ? damaged : first.artifacts.files.get(path);
    const publishing = { baseline: baselineOf({ runId: 'before', read }), decisions: null, force: null };
    const { outcome } = await runCase({ config, files, publishing, limits: { kernelFromBytes } });
    const why = `line ${line} does not have its 4 columns`;
    assert.ok(outcome.error_message?.includes(why), `${outcome.error_message}; wanted: ${why}`);
  }
});

test.run();
