/** The offset of `round`: the prices it gives, the floors after it, and which offsets are allowed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import { Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { runCase } from '../../plugins/testing/harness.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function configOf(offset: unknown, pricing: object = {}, default_currency = 'USD') {
  return {
    ...{ tenant_id: 't', timezone: 'UTC', default_currency },
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    pricing: {
      ...{ base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {} },
      ...{ rounding: { increment: 1 }, rules: [{ use: 'round', with: { offset } }] },
      ...pricing,
    },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'price'] },
  };
}

async function prices(feed: string, ...given: Parameters<typeof configOf>): Promise<string> {
  const file = { name: 'feed.csv', bytes: bytes(`sku,quantity_available,price,map_price\n${feed}`) };
  const { merged } = await runCase({ config: configOf(...given), files: { v: file }, plugins: [] });
  return merged!.split('\n').slice(1, -1).join(' ');
}

test('prices end as the offset says', async () => {
  const feed = 'A,1,10.48,\nB,1,10.49,\nC,1,0.2,\nD,1,9.99,\nE,1,0,\nF,1,999999999.5,\n';
  const nearest = 'A,9.99 B,10.99 C,0.99 D,9.99 E,0.99 F,999999999.99';
  assert.is(await prices(feed, '-0.01'), nearest);
  assert.is(await prices(feed, 0.99), nearest);
  const [up, down] = (['up', 'down'] as const).map((mode) => ({ rounding: { mode, increment: 1 } }));
  assert.is(await prices(feed, '-0.01', up), 'A,10.99 B,10.99 C,0.99 D,9.99 E,0.99 F,999999999.99');
  assert.is(await prices(feed, '-0.01', down), 'A,9.99 B,9.99 C,0.99 D,9.99 E,0.99 F,999999998.99');
  assert.is(await prices('A,1,104.94,\nB,1,104.95,\n', '-0.05', { rounding: { increment: 10 } }), 'A,99.95 B,109.95');
});

test('floors apply after rounding and are not rounded again', async () => {
  const feed = 'A,1,12.2,\nB,1,3,\nC,1,12.2,12.50\n';
  assert.is(await prices(feed, '-0.01', { min_price: '12' }), 'A,12.00 B,12.00 C,12.50');
});

test('an offset that would have no effect, or be rounded away, is refused', () => {
  const registry = new Registry(BUILTIN_PLUGINS);
  const problemsOf = (...given: Parameters<typeof configOf>) => {
    const checked = checkConfig(configOf(...given), registry);
    return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
  };
  const path = 'pricing.rules[0].with.offset';
  for (const offset of ['-0.01', 0.99, '0', 0]) assert.equal(problemsOf(offset), []);
  for (const offset of [1, '-1', '10.99']) assert.equal(problemsOf(offset), [`${path} invalid_value`]);
  assert.equal(problemsOf('0.99', { rounding: {} }), [`${path} invalid_value`], 'the increment is 0.01');
  assert.equal(problemsOf('0', { rounding: {} }), []);
  assert.equal(problemsOf('0.005'), [`${path} increment_too_fine`]);
  assert.equal(problemsOf('0.005', {}, 'KWD'), []);
  assert.equal(problemsOf('1.005'), [`${path} invalid_value`, `${path} increment_too_fine`]);
  for (const increment of ['half', 0]) {
    assert.equal(problemsOf('0.99', { rounding: { increment } }).length, 1, 'only that of the increment');
  }
  for (const offset of [null, 'half', true]) assert.equal(problemsOf(offset).length, 1);
  const typo = { ...configOf(0), pricing: { ...configOf(0).pricing, rules: [{ use: 'round', with: { ofset: 1 } }] } };
  const checked = checkConfig(typo, registry);
  assert.match(checked.ok ? '' : checked.problems[0]!.message, /did you mean "offset"/);
});

test.run();
