/**
 * Comparing rows with the published feed where they are written gives the same result as comparing cells. Each run is made twice: with
 * CRLF in the published feed and state, no row has the same bytes as in the output, and the kernel cannot say what changed, so cells are
 * compared.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shareOf } from '../../core/testing/share.ts';
import { kernelCalls } from '../support/kernel-runs.ts';
import { FEED_FILES, FEED_REPORTS, figuresOf, runDay, shopDays } from './changing-shops.ts';

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

test.run();
