/** Pricing rules in any order and number, with their floors, give the prices of the independent implementation in `oracle/`. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import { Money } from '../../core/money/money.ts';
import type { NamedRule } from '../../core/pipeline/bind.ts';
import { OfferGroup } from '../../core/pipeline/merge/offer-group.ts';
import { chainPrice, PricingStep } from '../../core/pipeline/merge/price-chain.ts';
import { WholePrices } from '../../core/pipeline/merge/whole-prices.ts';
import { entryLayout } from '../../core/pipeline/sort/entry.ts';
import type { Plugin } from '../../core/plugin.ts';
import { countOf } from '../../core/testing/share.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { pricingDefaults } from '../../plugins/pricing/defaults.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { pricer } from '../oracle/pricing.ts';
import { type Config, D, type Row } from '../oracle/types.ts';

const RUNS = 4000;
const NONE = -1;
const COLUMNS = ['cost', 'landed', 'mapPrice', 'price', 'msrp'] as const;

const text = (...given: string[]) => fc.constantFrom(...given);
const margin = text('0', '0.05', '0.2', '0.333333', '1.5', '-0.5', '-1', '0.000001');
const rule = fc.oneof(
  text('margin', 'min_price', 'map_floor', 'round').map((use) => ({ use, with: {} })),
  text('-0.01', '0.01', '-0.04', '0.02').map((offset) => ({ use: 'round', with: { offset } })),
  margin.map((margin_pct) => ({ use: 'min_margin', with: { margin_pct } })),
  text('0.5', '0.95', '1', '0.333333', '2').map((share) => ({ use: 'msrp_cap', with: { share } })),
  fc
    .tuple(fc.subarray(['0', '3', '9.99', '10', '100', '999.999999']), fc.array(margin, { minLength: 7, maxLength: 7 }))
    .map(([tops, margins]) => ({
      use: 'cost_bands',
      with: { bands: [...tops, undefined].map((up_to, i) => ({ ...(up_to && { up_to }), margin_pct: margins[i] })) },
    })),
  fc
    .tuple(
      fc.uniqueArray(text('0.99', '0.95', '0.49', '0', '9.99', '4.9', '90', '5', '0.01'), {
        minLength: 1,
        maxLength: 3,
      }),
      text('nearest', 'up', 'down'),
    )
    .map(([endings, mode]) => ({ use: 'ending', with: { endings, mode } })),
);
const setting = fc.record({
  default_currency: text('USD', 'KWD', 'JPY'),
  pricing: fc.record({
    base_margin_pct: margin,
    min_price: text('0', '4.99', '9.995', '12.0001', '50'),
    shipping_handling_flat: text('0', '2.495', '5', '0.000001'),
    map_policy: fc.record({ enforce: fc.boolean() }),
    rounding: fc.record({ mode: text('nearest', 'up', 'down'), increment: text('0.05', '0.25', '1', '10', '0.99') }),
    rules: fc.array(rule, { minLength: 1, maxLength: 7 }),
  }),
});
/** In millionths; -1 for none. */
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 20_000 }).map((cents) => cents * 10_000) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 400_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(NONE, 0, 1, 9_990_000, 10_000_000, 10_000_001, 100_000_000) },
);
const offers = fc.array(fc.tuple(amount, amount, amount, amount, amount), { minLength: 1, maxLength: 8 });

/** The rules of a config as a run has them: with the options that its check reads, and the floors after them. */
async function rulesOf(raw: object): Promise<NamedRule[]> {
  const checked = checkConfig(raw, testRegistry());
  if (!checked.ok) throw new Error(checked.problems.map(({ path, message }) => `${path} ${message}`).join('; '));
  const { config } = checked;
  return Promise.all(
    [...(config.pricing.rules ?? []), ...pricingDefaults.floors(config)].map(async ({ use, with: given }) => {
      const plugin = BUILTIN_PLUGINS.find(({ manifest }) => manifest.kind === 'pricing' && manifest.id === use);
      const { manifest, load } = plugin as Plugin<'pricing'>;
      const create = await load();
      return { name: use, isBuiltIn: true, rule: create(manifest.options.parse(given ?? {}), { config }) };
    }),
  );
}

const money = (micros: number) => (micros === NONE ? null : new D(micros).div(1_000_000));

test('property: any rules in any order give the price of the oracle, in Money and in whole numbers', async () => {
  const group = new OfferGroup(entryLayout(new Set(['msrp'])), ['v'], new Set(['msrp']));
  group.separateLanded();
  group.count = 1;
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(setting, offers, async (given, list) => {
      const config = { ...PLAIN_TENANT, ...given, vendors: [VENDOR], output: { columns: ['sku', 'price'] } };
      const rules = await rulesOf(config);
      const expected = pricer(config.pricing as Config['pricing'], config.default_currency);
      const lane = WholePrices.of(rules);
      for (const amounts of list) {
        const [cost, landed, map_price, price, msrp] = amounts.map(money);
        const isLanded = cost !== null && landed !== null;
        for (const [i, column] of COLUMNS.entries()) group[column][0] = amounts[i] as number;
        if (!isLanded) group.landed[0] = amounts[0];
        const row = { sku: 'A', cost, landed: isLanded ? landed : cost, map_price, price, msrp } as Row;
        const wanted = expected(row);
        const view = group.view(0);
        const got = chainPrice(view, rules, new PricingStep(view, rules));
        const name = `${JSON.stringify(given)} ${amounts}`;
        assert.is(got?.toString() ?? null, wanted === null ? null : Money.of(wanted.toFixed()).toString(), name);
        const whole = lane?.priceOf(group, 0) ?? null;
        if (lane === null || whole === null) continue;
        const units = whole === NONE ? null : Money.ofUnits(BigInt(whole), lane.scale).toString();
        assert.is(units, got?.toString() ?? null, name);
      }
      for (const { use } of given.pricing.rules) seen.add(use);
    }),
    { numRuns: countOf(RUNS) },
  );
  assert.is(seen.size, 8, [...seen].join(' '));
});

const VENDOR = { vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } };

test.run();
