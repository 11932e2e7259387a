/** What each rule makes of a price, and what it says of its options: limits at both sides, no cost, no price, floors. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TenantConfig } from '../../core/config/schema.ts';
import { Money } from '../../core/money/money.ts';
import type { Offer, Plugin, PricingRule } from '../../core/plugin.ts';
import { costBands } from './cost-bands.ts';
import { ending } from './ending.ts';
import { mapFloor } from './map-floor.ts';
import { margin } from './margin.ts';
import { minMargin } from './min-margin.ts';
import { minPrice } from './min-price.ts';
import { msrpCap } from './msrp-cap.ts';
import { round } from './round.ts';

const test = suite('pricing rules');

const amount = (text: string | null): Money | null => (text === null ? null : Money.of(text));

interface Pricing {
  margin?: string;
  least?: string;
  shipping?: string;
  enforce?: boolean;
  increment?: string;
  mode?: 'nearest' | 'up' | 'down';
  currency?: string;
}

async function ruleOf<Options>(
  plugin: Plugin<'pricing', Options>,
  options: object,
  { margin: base = '0.5', least = '0', shipping = '2', ...given }: Pricing = {},
): Promise<PricingRule> {
  const { enforce = true, increment = '0.05', mode = 'nearest', currency = 'USD' } = given;
  const config = {
    default_currency: currency,
    pricing: {
      ...{ base_margin_pct: Money.of(base), min_price: Money.of(least), shipping_handling_flat: Money.of(shipping) },
      ...{ map_policy: { enforce }, rounding: { increment: Money.of(increment), mode } },
    },
  } as TenantConfig;
  const create = await plugin.load();
  return create(plugin.manifest.options.parse(options) as Options, { config });
}

const offerOf = (cells: { cost?: string; landed?: string; map?: string; msrp?: string } = {}): Offer =>
  ({
    cost: amount(cells.cost ?? null),
    mapPrice: amount(cells.map ?? null),
    msrp: amount(cells.msrp ?? null),
    ...(cells.landed === undefined ? {} : { landedCost: Money.of(cells.landed) }),
  }) as Offer;

/** The price that a rule makes of another. */
function after(rule: PricingRule, price: string | null, offer: Offer = offerOf(), floor: string | null = null) {
  return rule.price({ offer, price: amount(price), floor: amount(floor) })?.toString() ?? null;
}
const floorOf = (rule: PricingRule, offer: Offer) => rule.floor?.(offer)?.toString() ?? null;

test('margin and min_margin start from the cost with the terms of its vendor, and leave a price without a cost', async () => {
  const [times, least] = [await ruleOf(margin, {}), await ruleOf(minMargin, { margin_pct: '0.101' })];
  for (const [offer, priced, floor] of [
    [offerOf({ cost: '8' }), '15', '11.01'],
    [offerOf({ cost: '8', landed: '18' }), '30', '22.02'],
    [offerOf({}), null, null],
  ] as const) {
    assert.is(after(times, '1', offer), priced ?? '1');
    assert.is(after(times, null, offer), priced);
    assert.is(floorOf(least, offer), floor);
    assert.is(after(least, '1', offer), floor ?? '1');
    assert.is(after(least, '99', offer), '99');
    assert.is(after(least, null, offer), null);
  }
  assert.is(times.floor, undefined, 'a margin is no floor');
});

test('cost_bands take the first band that reaches the cost, by the cost without terms', async () => {
  const bands = [
    { up_to: '10', margin_pct: '1' },
    { up_to: '20', margin_pct: '0' },
  ];
  const rule = await ruleOf(costBands, { bands });
  for (const [offer, price] of [
    [offerOf({ cost: '10' }), '24'],
    [offerOf({ cost: '10.000001' }), '12.000001'],
    [offerOf({ cost: '20' }), '22'],
    [offerOf({ cost: '30' }), '48'],
    [offerOf({ cost: '10', landed: '100' }), '204'],
    [offerOf({}), '7'],
  ] as const) {
    assert.is(after(rule, '7', offer), price);
  }
  assert.is(after(await ruleOf(costBands, { bands: [{ margin_pct: '1' }] }), null, offerOf({ cost: '999' })), '2002');
  const paths = (list: object[]) => {
    const options = costBands.manifest.options.parse({ bands: list });
    return costBands.manifest.check?.(options, {}, 'x').map(({ path, code }) => `${path} ${code}`);
  };
  const band = (upTo?: string) => ({ margin_pct: 0, ...(upTo === undefined ? {} : { up_to: upTo }) });
  assert.equal(paths([band('1'), band('1.01'), band()]), []);
  assert.equal(paths([band('2'), band('2'), band('1.99')]), [
    'x.bands[1].up_to invalid_value',
    'x.bands[2].up_to invalid_value',
  ]);
  assert.equal(paths([band(), band('1'), band()]), ['x.bands[1].up_to invalid_value']);
});

test('floors lift a price and are rounded up to what can be written; they make no price where there is none', async () => {
  const least = await ruleOf(minPrice, {}, { least: '5.001' });
  assert.is(floorOf(least, offerOf()), '5.01');
  assert.equal([after(least, '5'), after(least, '5.02'), after(least, null)], ['5.01', '5.02', null]);
  const map = await ruleOf(mapFloor, {});
  assert.equal([floorOf(map, offerOf({ map: '7.001' })), floorOf(map, offerOf())], ['7.01', null]);
  const mapped = offerOf({ map: '7.001' });
  assert.equal(
    [after(map, '7', mapped), after(map, '7.02', mapped), after(map, null, mapped), after(map, '1')],
    ['7.01', '7.02', null, '1'],
  );
  const off = await ruleOf(mapFloor, {}, { enforce: false });
  assert.equal([after(off, '7', mapped), after(off, null, mapped), off.floor], ['7', null, undefined]);
  assert.is(after(await ruleOf(minPrice, {}, { least: '5.0001', currency: 'KWD' }), '1'), '5.001');
});

test('msrp_cap lowers a price to the share of msrp, rounded down; an msrp of 0 is none', async () => {
  const cap = await ruleOf(msrpCap, { share: '0.95' });
  const of = (msrp: string) => offerOf({ msrp });
  assert.equal(
    [after(cap, '20', of('9.99')), after(cap, '9.49', of('9.99')), after(cap, '1', of('9.99'))],
    ['9.49', '9.49', '1'],
  );
  assert.equal([after(cap, '20', of('0')), after(cap, '20'), after(cap, null, of('5'))], ['20', '20', null]);
  assert.is(after(await ruleOf(msrpCap, {}), '20', of('9.99')), '9.99', 'all of it by default');
});

test('round goes to multiples, or beside them, and never below zero', async () => {
  for (const [mode, prices] of [
    ['nearest', ['1.00', '1.05', '1.05']],
    ['up', ['1.05', '1.05', '1.05']],
    ['down', ['1.00', '1.00', '1.05']],
  ] as const) {
    const rule = await ruleOf(round, {}, { mode });
    assert.equal(
      ['1.02', '1.025', '1.05'].map((price) => amount(after(rule, price))?.toUnits(2)),
      prices.map((price) => Money.of(price).toUnits(2)),
    );
    assert.is(after(rule, null), null);
  }
  const beside = await ruleOf(round, { offset: '-0.01' }, { increment: '1' });
  assert.equal(
    ['0.2', '0.48', '10.48', '10.49', '9.99'].map((price) => after(beside, price)),
    ['0.99', '0.99', '9.99', '10.99', '9.99'],
  );
  assert.is(after(beside, null), null);
});

/** The codes that a rule's check gives, with their paths. */
function problems<Options>(plugin: Plugin<'pricing', Options>, options: object, config: unknown): string[] {
  const parsed = plugin.manifest.options.parse(options) as Options;
  return (plugin.manifest.check?.(parsed, config, 'x') ?? []).map(({ path, code }) => `${path} ${code}`);
}

test('the offset of round is less than the increment, and can be written', () => {
  const of = (offset: string, increment?: unknown, currency: unknown = 'USD') =>
    problems(
      round,
      { offset },
      {
        default_currency: currency,
        pricing: { rounding: increment === undefined ? {} : { increment } },
      },
    );
  for (const [offset, increment, currency, codes] of [
    ['0', undefined, 'USD', []],
    ['0.01', undefined, 'USD', ['x.offset invalid_value']],
    ['0.49', '0.5', 'USD', []],
    ['-0.49', '0.5', 'USD', []],
    ['0.5', 0.5, 'USD', ['x.offset invalid_value']],
    ['-0.5', '0.5', 'USD', ['x.offset invalid_value']],
    ['0.001', '0.5', 'USD', ['x.offset increment_too_fine']],
    ['0.001', '0.5', 'KWD', []],
    ['0.0001', '0.5', 'KWD', ['x.offset increment_too_fine']],
    ['0.501', '0.5', 'USD', ['x.offset invalid_value', 'x.offset increment_too_fine']],
    // what the schema refuses is not told twice
    ['9', '0', 'USD', []],
    ['9', '-1', 'USD', []],
    ['9', 'x', 'USD', []],
    ['0.001', '0.5', 7, []],
  ] as const) {
    assert.equal(of(offset, increment, currency), codes, `${offset} ${increment} ${currency}`);
  }
});

test('endings are repeated by the power of ten above them, and can be written', async () => {
  for (const [endings, mode, prices] of [
    [['.99'], 'nearest', { 10.48: '9.99', 10.49: '10.99', 0: '0.99', 9.99: '9.99' }],
    [['.99'], 'up', { 9.99: '9.99', '9.991': '10.99', 0: '0.99' }],
    [['.99'], 'down', { 9.98: '8.99', 9.99: '9.99', 0.5: '0.99' }],
    [['9.95'], 'nearest', { 14.94: '9.95', 14.95: '19.95', 1: '9.95' }],
    [['1'], 'nearest', { 5.9: '1', 6: '11' }],
    [['10'], 'up', { 11: '110' }],
    [['0'], 'up', { 4.2: '5', 5: '5' }],
    [['.49', '.99'], 'down', { 3.5: '3.49', 3.48: '2.99' }],
    [['.49', '.99'], 'up', { 3.5: '3.99', 3.48: '3.49' }],
  ] as const) {
    const rule = await ruleOf(ending, { endings, mode });
    for (const [price, expected] of Object.entries(prices)) {
      assert.is(after(rule, price)?.replace(/\.0+$/, ''), expected, `${endings} ${mode} ${price}`);
    }
    assert.is(after(rule, null), null);
  }
  const rule = await ruleOf(ending, { endings: ['.99'], mode: 'down' });
  assert.equal(
    ['9.99', '10', '10.99', null].map((floor) => after(rule, '10.5', offerOf(), floor)),
    ['9.99', '10.99', '10.99', '9.99'],
  );
  const of = (endings: string[], currency: unknown) => problems(ending, { endings }, { default_currency: currency });
  assert.equal(of(['.99', '.995', '9.9', '.999'], 'USD'), [
    'x.endings[1] increment_too_fine',
    'x.endings[3] increment_too_fine',
  ]);
  assert.equal(of(['.995'], 'KWD'), []);
  assert.equal(of(['.995'], undefined), [], 'the schema reports a currency that is missing');
});

test('options have limits', () => {
  for (const [plugin, taken, refused] of [
    [
      ending,
      [Array(20).fill('.99')].map((endings) => ({ endings })),
      [{ endings: Array(21).fill('.99') }, {}, { endings: ['.99'], mode: 'near' }],
    ],
    [
      costBands,
      [{ bands: Array(100).fill({ margin_pct: 1 }) }],
      [
        { bands: Array(101).fill({ margin_pct: 1 }) },
        { bands: [] },
        { bands: [{ up_to: 1 }] },
        { bands: [{ margin_pct: 1, from: 2 }] },
      ],
    ],
    [minMargin, [{ margin_pct: -1 }, { margin_pct: 1000 }], [{}, { margin_pct: -1.01 }, { margin_pct: 1000.01 }]],
    [msrpCap, [{}, { share: 1000 }], [{ share: 0 }, { share: 1000.01 }]],
    [round, [{}, { offset: '-999999999' }], [{ offset: '1000000000' }, { offset: '-1000000000' }]],
    [margin, [{}], [{ margin_pct: 1 }]],
    [mapFloor, [{}], [{ a: 1 }]],
    [minPrice, [{}], [{ a: 1 }]],
  ] as const) {
    const takes = (options: object) => plugin.manifest.options.safeParse(options).success;
    for (const options of taken) assert.ok(takes(options), `${plugin.manifest.id} ${JSON.stringify(options)}`);
    for (const options of refused) assert.not.ok(takes(options), `${plugin.manifest.id} ${JSON.stringify(options)}`);
  }
});

test.run();
