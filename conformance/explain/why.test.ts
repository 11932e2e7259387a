/** What an offer lost by under a plugin's strategy: the answer of its `why`, or what receipts say without one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { explainSku } from '../../core/explain/explain.ts';
import type { MergeStrategy, Plugin } from '../../core/plugin.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { runCase, testEngine } from '../../plugins/testing/harness.ts';
import { MemoryRunFiles } from './memory-files.ts';
import { SHOP_CONFIG, SHOP_VENDOR } from './shop.ts';

const byQuantity: MergeStrategy = { compare: (a, b) => b.quantity - a.quantity, leadTimeFallbackDays: null };

function pluginOf(strategy: MergeStrategy): Plugin<'merge', Record<string, never>> {
  return {
    manifest: {
      ...{ kind: 'merge', id: 'stock', version: '1.0.0', contract: 1, summary: 'the most stock' },
      ...{ options: z.strictObject({}), example: {} },
    },
    load: async () => () => strategy,
  };
}

/** What vendor a's offer, with less or equal stock, lost by. */
async function lossOf(strategy: MergeStrategy, quantity = 4) {
  const plugin = pluginOf(strategy);
  const feed = (stock: number) => ({
    name: 'feed.csv',
    bytes: new TextEncoder().encode(`sku,quantity_available,cost\nS,${stock},1\n`),
  });
  const result = await runCase({
    config: {
      ...SHOP_CONFIG,
      vendors: [{ ...SHOP_VENDOR, vendor_id: 'b' }, SHOP_VENDOR],
      merge: { strategy: 'stock' },
    },
    files: { a: feed(0), b: feed(quantity) },
    plugins: [plugin],
  });
  const { offers } = await explainSku({
    engine: testEngine([plugin]),
    files: new MemoryRunFiles(result.artifacts.files),
    scratch: new MemoryScratch(),
    sku: 'S',
  });
  const loser = offers.find(({ result: one }) => one === 'lost');
  return [loser?.vendor_id, loser?.lost_by?.criterion, loser?.lost_by?.own, loser?.lost_by?.winner];
}

test('a receipt has the strategy’s own reason, or the offers’ places if that is unusable', async () => {
  const why = (): unknown => ({ criterion: 'quantity', better: '4', worse: '0' });
  const places = ['a', 'rank by stock', '2', '1'];
  const withWhy = (answer: () => unknown) => ({ ...byQuantity, why: answer }) as MergeStrategy;
  assert.equal(await lossOf(withWhy(why)), ['a', 'quantity', '0', '4']);
  assert.equal(await lossOf(byQuantity), places);
  assert.equal(await lossOf(withWhy(() => null)), places);
  const said = (fault: string) => ['a', `rank by stock (its why() ${fault})`, '2', '1'];
  for (const [answer, shown] of [
    ...[
      ['quantity', 'a string'],
      [5, 'a number'],
      [{}, 'an object'],
      [Promise.resolve(null), 'a promise'],
    ],
    [{ criterion: 'x', better: 4, worse: 0 }, 'an object'],
  ] as Array<[unknown, string]>)
    assert.equal(await lossOf(withWhy(() => answer)), said(`gave ${shown} that is no reason`));
  const throws = withWhy(() => {
    throw new Error('no');
  });
  assert.equal(await lossOf(throws), said('failed: no'));
  const throwsOdd = withWhy(() => {
    throw Object.create(null);
  });
  assert.equal(await lossOf(throwsOdd), said('failed: it threw an object'));
});

test('the order of vendors is the reason only if nothing that the strategy compares differs', async () => {
  assert.equal(await lossOf(byQuantity, 0), ['b', 'vendor_id', 'b', 'a']);
});

test.run();
