/** Pricing in whole numbers gives the prices of `Money`, or leaves the row to `Money`. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TenantConfig } from '../../core/config/schema.ts';
import { Money } from '../../core/money/money.ts';
import type { NamedRule } from '../../core/pipeline/bind.ts';
import { OfferGroup } from '../../core/pipeline/merge/offer-group.ts';
import { priceSteps } from '../../core/pipeline/merge/price-chain.ts';
import { WholePrices } from '../../core/pipeline/merge/whole-prices.ts';
import { entryLayout } from '../../core/pipeline/sort/entry.ts';
import type { Plugin } from '../../core/plugin.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';

const NONE = -1;
const CURRENCIES = ['USD', 'JPY', 'KWD'];
const COSTS = ['cost', 'landed', 'mapPrice', 'price', 'msrp'] as const;

/** Amounts in millionths: ordinary ones, halves of cents and mills, and some whose products no double can hold. */
const micros = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 100_000_00 }).map((cents) => cents * 10_000) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 2_000_000_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 4_000 }).map((n) => n * 500) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }) },
  { weight: 2, arbitrary: fc.constant(NONE) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 499_999, 500_000, 2 ** 52 - 1, 2 ** 52, Number.MAX_SAFE_INTEGER) },
);
const decimal = (max: number, decimals: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: max * 10 ** decimals }), fc.integer({ min: 0, max: decimals }))
    .map(([units, scale]) => Money.ofUnits(BigInt(units), scale));
const factor = fc.oneof(decimal(2, 4), fc.constantFrom('-1', '-0.4', '0', '0.333333', '1000').map(Money.of));

const rule = fc.oneof(
  fc.constantFrom('margin', 'min_price', 'map_floor').map((use) => ({ use, options: {} })),
  fc
    .constantFrom('0', '-0.01', '0.004', '-0.99')
    .map((offset) => ({ use: 'round', options: { offset: Money.of(offset) } })),
  factor.map((margin_pct) => ({ use: 'min_margin', options: { margin_pct } })),
  fc
    .constantFrom('1', '0.95', '0.333', '1000')
    .map((share) => ({ use: 'msrp_cap', options: { share: Money.of(share) } })),
  fc.tuple(factor, factor, fc.boolean()).map(([low, high, isOpen]) => ({
    use: 'cost_bands',
    options: {
      bands: [
        { up_to: Money.of('9.99'), margin_pct: low },
        { ...(isOpen ? {} : { up_to: Money.of('500') }), margin_pct: high },
      ],
    },
  })),
);

const setting = fc.record({
  default_currency: fc.constantFrom(...CURRENCIES),
  pricing: fc.record({
    base_margin_pct: factor,
    min_price: decimal(50, 6),
    shipping_handling_flat: decimal(20, 3),
    map_policy: fc.record({ enforce: fc.boolean() }),
    rounding: fc.record({
      mode: fc.constantFrom('nearest', 'up', 'down'),
      increment: fc.constantFrom('0.01', '0.05', '0.25', '1', '5', '0.001').map(Money.of),
    }),
  }),
});

function pricingPlugin(use: string): Plugin<'pricing'> {
  const plugin = BUILTIN_PLUGINS.find(({ manifest }) => manifest.kind === 'pricing' && manifest.id === use);
  return plugin as Plugin<'pricing'>;
}

async function named(use: string, options: unknown, config: unknown): Promise<NamedRule> {
  const create = await pricingPlugin(use).load();
  return { name: use, isBuiltIn: true, rule: create(options, { config: config as TenantConfig }) };
}

/** The prices of an offer both ways; `whole` is undefined if whole numbers cannot decide it. */
function bothPrices(rules: readonly NamedRule[], amounts: readonly number[]) {
  const group = new OfferGroup(entryLayout(new Set(['msrp'])), ['v'], new Set(['msrp']));
  group.separateLanded();
  for (const [i, column] of COSTS.entries()) group[column][0] = amounts[i] as number;
  if (group.cost[0] === NONE || group.landed[0] === NONE) group.landed[0] = group.cost[0] as number;
  group.count = 1;
  const exact = rules.length === 0 ? group.view(0).price : (priceSteps(group.view(0), rules).at(-1)?.after ?? null);
  const lane = WholePrices.of(rules);
  const price = lane?.priceOf(group, 0) ?? null;
  return { exact, lane, price };
}

test('property: any chain gives the same price and the same units, for every number of decimals', async () => {
  let [told, untold] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      setting,
      fc.array(rule, { maxLength: 6 }),
      fc.array(fc.tuple(micros, micros, micros, micros, micros), { minLength: 1, maxLength: 20 }),
      async (config, chain, offers) => {
        const rules = await Promise.all(chain.map(({ use, options }) => named(use, options, config)));
        for (const amounts of offers) {
          const { exact, lane, price } = bothPrices(rules, amounts);
          if (lane === null || price === null) {
            untold++;
            continue;
          }
          told++;
          if (exact === null) assert.is(price, NONE);
          else {
            assert.is(Money.ofUnits(BigInt(price), lane.scale).toString(), exact.toString());
            for (const decimals of [2, 3, 6]) assert.is(lane.toUnits(price, decimals), exact.toUnits(decimals));
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
  assert.ok(told > untold, `${told} prices were told, ${untold} were not`);
});

test('whole numbers decide every price up to 100,000 in a usual chain', async () => {
  const config = {
    default_currency: 'USD',
    pricing: {
      base_margin_pct: Money.of('0.2375'),
      min_price: Money.of('25'),
      shipping_handling_flat: Money.of('9.99'),
      map_policy: { enforce: true },
      rounding: { mode: 'nearest', increment: Money.of('0.05') },
    },
  };
  const uses = ['margin', 'min_price', 'round', 'min_price', 'map_floor'];
  const rules = await Promise.all(
    uses.map((use) => named(use, use === 'round' ? { offset: Money.of(0) } : {}, config)),
  );
  for (const [cost, map, units] of [
    [100_000_000_000, NONE, 12376235],
    [0, NONE, 2500],
    [99_999_999_999, 123_762_351_001, 12376236],
    [17_130_000, NONE, 3355],
    [17_129_999, 33_560_001, 3357],
  ] as const) {
    const { lane, price, exact } = bothPrices(rules, [cost, cost, map, NONE, NONE]);
    assert.is(lane?.toUnits(price as number, 2), units);
    assert.is(exact?.toUnits(2), units);
  }
});

test('a band that ends between two millionths is decided only in Money', async () => {
  const config = {
    default_currency: 'USD',
    pricing: { base_margin_pct: Money.of('0.2'), shipping_handling_flat: Money.of(0) },
  };
  const bands = (upTo: string) => [{ up_to: Money.of(upTo), margin_pct: Money.of('1') }];
  for (const [upTo, isTold] of [
    ['10.000001', true],
    ['10.0000005', false],
  ] as const) {
    const rules = [await named('cost_bands', { bands: bands(upTo) }, config)];
    for (const [cost, price] of [
      [10_000_000, '20'],
      [10_000_002, '12.0000024'],
    ] as const) {
      const { exact, lane, price: whole } = bothPrices(rules, [cost, cost, NONE, NONE, NONE]);
      assert.is(exact?.toString(), price);
      assert.is(whole !== null, isTold, `${upTo} ${cost}`);
      if (lane !== null && whole !== null) assert.is(Money.ofUnits(BigInt(whole), lane.scale).toString(), price);
    }
  }
});

test('a rule that only works in Money keeps the whole chain there', async () => {
  const config = { default_currency: 'USD', pricing: { map_policy: { enforce: false } } };
  const own: NamedRule = { name: 'own', isBuiltIn: false, rule: { price: ({ price }) => price } };
  assert.is(WholePrices.of([await named('map_floor', {}, config), own]), null);
});

test.run();
