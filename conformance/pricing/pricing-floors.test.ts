/** Floors of rules: a rule that reads the floor gets the highest of the chain, and a failing floor is blamed on its own rule. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { Money } from '../../core/money/money.ts';
import type { Plugin, PricingRule } from '../../core/plugin.ts';
import { runCase } from '../../plugins/testing/harness.ts';

function ruleOf(id: string, make: () => PricingRule): Plugin<'pricing', Record<string, never>> {
  const manifest = {
    ...{ kind: 'pricing' as const, id, version: '1.0.0', contract: 1 as const, summary: 'x' },
    ...{ options: z.strictObject({}), example: {} },
  };
  return { manifest, load: async () => make };
}

const ENDING = { use: 'ending', with: { endings: ['.99'], mode: 'down' } };

function run(rules: object[], plugins: Plugin<'pricing', Record<string, never>>[] = []) {
  const config = {
    ...{ tenant_id: 't', timezone: 'UTC', default_currency: 'USD' },
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    pricing: {
      ...{ base_margin_pct: '0.2', min_price: '2', shipping_handling_flat: 1, map_policy: {}, rounding: {} },
      rules,
    },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'price'] },
  };
  const feed = 'sku,quantity_available,cost,map_price\nA,1,10,\nB,1,10,15.50\nC,1,0.1,\n';
  const file = { name: 'feed.csv', bytes: new TextEncoder().encode(feed) };
  return runCase({ config, files: { v: file }, plugins });
}

test('an ending stays above all floors of the chain, before and after it', async () => {
  const margin = { use: 'margin' };
  const least = { use: 'min_margin', with: { margin_pct: '0.19' } };
  // A's 13.20 becomes 12.99 unless min_margin asks for 13.09; B has a MAP, C has min_price
  const merged = async (...rules: object[]) => (await run(rules)).merged;
  assert.is(await merged(margin, ENDING), 'sku,price\nA,12.99\nB,15.99\nC,2.99\n');
  assert.is(await merged(margin, least, ENDING), 'sku,price\nA,13.99\nB,15.99\nC,2.99\n');
  assert.is(await merged(margin, ENDING, least), 'sku,price\nA,13.99\nB,15.99\nC,2.99\n');
});

test("a floor from a package counts, and its failure names the package's rule, not the one that asked", async () => {
  const price: PricingRule['price'] = (step) => step.price;
  const high = ruleOf('high', () => ({ price, floor: () => Money.of('20') }));
  assert.is(
    (await run([{ use: 'margin' }, ENDING, { use: 'high' }], [high])).merged,
    'sku,price\nA,20.99\nB,20.99\nC,20.99\n',
  );
  const number = ruleOf('number', () => ({ price, floor: () => 20 as unknown as Money }));
  const broken = ruleOf('broken', () => ({
    price,
    floor: () => {
      throw new Error('no floor');
    },
  }));
  for (const [plugin, problem] of [
    [number, 'it returned a number, not Money or null'],
    [broken, 'no floor'],
  ] as const) {
    const { id } = plugin.manifest;
    const { outcome } = await run([{ use: 'margin' }, ENDING, { use: id }], [plugin]);
    assert.is(outcome.error_code, 'internal_error');
    assert.match(outcome.error_message ?? '', `floor() of the pricing rule "${id}" failed on SKU "A": ${problem}`);
  }
});

test.run();
