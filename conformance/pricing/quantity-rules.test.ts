/** `quantity.rules`: exact shares, the order of rules, dropped and summed offers in little memory, and valid configs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import { Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { runCase } from '../../plugins/testing/harness.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function configOf(rules: unknown, more: object = {}, vendor: object = {}) {
  return {
    ...{ tenant_id: 't', timezone: 'UTC', default_currency: 'USD' },
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' }, ...vendor }],
    pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    quantity: { rules },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'quantity_available', 'cost'] },
    ...more,
  };
}

async function merged(feed: string, config: object, limits: object = {}): Promise<string> {
  const file = { name: 'feed.csv', bytes: bytes(`sku,quantity_available,cost,brand\n${feed}`) };
  const result = await runCase({ config, files: { v: file }, plugins: [], limits });
  return result.merged!.split('\n').slice(1, -1).join(' ');
}

test('shares are exact and rounded up, however large the quantity', async () => {
  const feed = 'A,1,1,\nB,10,1,\nC,11,1,\nD,0,1,\nE,999999999999999,1,\n';
  const tenth = [{ buffer: { pct: '0.1' } }];
  assert.is(await merged(feed, configOf(tenth)), 'A,0,1.00 B,9,1.00 C,9,1.00 D,0,1.00 E,899999999999999,1.00');
  const tiny = [{ buffer: { pct: '0.000000000000000001' } }];
  assert.is(await merged(feed, configOf(tiny)), 'A,0,1.00 B,9,1.00 C,10,1.00 D,0,1.00 E,999999999999998,1.00');
  assert.is(await merged(feed, configOf([{ buffer: { pct: 1 } }])), 'A,0,1.00 B,0,1.00 C,0,1.00 D,0,1.00 E,0,1.00');
});

test('rules apply in order, each to the result of the one before', async () => {
  const [cap, buffer] = [{ cap: 10 }, { buffer: { units: 3 } }];
  assert.is(await merged('A,20,1,\n', configOf([cap, buffer])), 'A,7,1.00');
  assert.is(await merged('A,20,1,\n', configOf([buffer, cap])), 'A,10,1.00');
  assert.is(await merged('A,20,1,\n', configOf([])), 'A,20,1.00');
});

test('the same offer wins even if offers are dropped before all are seen', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `A,${(i * 7) % 11},${40 - i},${i % 3 === 0 ? 'x' : 'y'}\n`).join(
    '',
  );
  const rules = [
    { brands: ['X'], buffer: { units: 4 } },
    { buffer: { pct: '0.25' }, min_to_list: 2 },
  ];
  for (const duplicate_sku of ['best', 'first', 'last', 'sum_quantity']) {
    const config = configOf(rules, {}, { duplicate_sku });
    assert.is(await merged(rows, config, { offersInHand: 3 }), await merged(rows, config), duplicate_sku);
  }
});

test('a config must name known vendors, whole units and shares', () => {
  const registry = new Registry(BUILTIN_PLUGINS);
  const problemsOf = (...rules: unknown[]) => {
    const checked = checkConfig(configOf(rules), registry);
    return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
  };
  const at = 'quantity.rules[0]';
  assert.equal(problemsOf({}, { vendors: ['v'], brands: ['x'], buffer: {}, cap: 0, min_to_list: 1 }), []);
  assert.equal(problemsOf({ vendors: ['v', 'w'] }), [`${at}.vendors[1] unknown_vendor`]);
  for (const wrong of [{ vendors: [] }, { brands: [] }, { cap: -1 }, { cap: 1.5 }, { min_to_list: 0 }, { capp: 1 }]) {
    assert.is(problemsOf(wrong).length, 1, JSON.stringify(wrong));
  }
  assert.is(problemsOf({ buffer: { units: -1, pct: '1.1' } }).length, 2);
});

test.run();
