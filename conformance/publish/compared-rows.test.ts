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

const { from: FIRST, to: END } = shareOf(14, 3);

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
  assert.ok(Math.min(...compared) > (END - FIRST) / 3, `by answer: ${compared}`);
});

async function compareTenants(): Promise<void> {
  let unchanged = 0;
  const changes = new Set<string>();
  for (let seed = FIRST; seed < END; seed++) {
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
  assert.ok(unchanged > 50 * (END - FIRST), `${unchanged} rows are as they were`);
  // of these there are seven: added, changed, held, kept, removed, unchanged, zeroed
  assert.ok(changes.size >= 6, [...changes].join());
}

test.run();
