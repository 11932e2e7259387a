/** What a run has of the plugins that its config names: options, hooks that note where the run is, and what it says that it used. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkConfig } from '../../core/config/check.ts';
import type { TenantConfig } from '../../core/config/schema.ts';
import type { RelayError } from '../../core/errors.ts';
import { Money } from '../../core/money/money.ts';
import { type BoundPlugins, bindExport, bindPlugins, pricingUses } from '../../core/pipeline/bind.ts';
import { HookWaits } from '../../core/pipeline/hook-waits.ts';
import { MapPrices } from '../../core/pipeline/simulate/map-prices.ts';
import { DEFAULT_LIMITS, type HookNotes } from '../../core/ports/engine.ts';
import type { AnyPlugin } from '../../core/registry.ts';
import { pricingDefaults } from '../../plugins/index.ts';
import { testEngine, testRegistry } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { making, plugin } from './bad-plugin.ts';

const test = suite('binding');
const vendor = (vendor_id: string, more: object = {}) => ({
  ...{ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' } },
  ...more,
});

function checked(config: object, plugins: readonly AnyPlugin[] = []): TenantConfig {
  const found = checkConfig({ ...PLAIN_TENANT, vendors: [vendor('a')], ...config }, testRegistry(plugins));
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.config;
}

function bind(
  config: object,
  plugins: readonly AnyPlugin[] = [],
  notes: HookNotes | null = null,
): Promise<BoundPlugins> {
  const setting = { limits: DEFAULT_LIMITS, waits: new HookWaits(notes), used: [] };
  return bindPlugins(checked(config, plugins), testRegistry(plugins), pricingDefaults, setting);
}

const failureOf = (work: Promise<unknown>): Promise<RelayError> =>
  work.then(
    () => assert.unreachable() as never,
    (error) => error,
  );

test('each plugin is named once, with its version, in the order in which they are loaded', async () => {
  const bound = await bind({
    vendors: [vendor('a'), vendor('b'), vendor('c', { parser: { format: 'google-merchant' } })],
    validators: [{ use: 'required_fields', with: { columns: ['title'] } }],
  });
  const names = bound.used.map(({ kind, id }) => `${kind} ${id}`);
  assert.equal(names.slice(0, 3), ['parser csv', 'validator required_fields', 'parser google-merchant']);
  assert.is(new Set(names).size, names.length);
  assert.is(names.filter((name) => name.startsWith('merge ')).join(), 'merge best_offer');
  assert.ok(bound.used.every(({ version }) => /^\d+\.\d+\.\d+$/.test(version)));
  assert.is(bound.strategy.name, 'best_offer');
});

test('two plugins of one id but of two kinds are two', async () => {
  const both = [making('pricing', { price: () => null }), making('validator', { check: () => {}, finish: () => {} })];
  const pricing = { ...PLAIN_TENANT.pricing, rules: [{ use: 'bad' }, { use: 'bad' }] };
  const { used, rules } = await bind({ validators: [{ use: 'bad' }], pricing }, both);
  assert.equal(
    used.filter(({ id }) => id === 'bad').map(({ kind }) => kind),
    ['validator', 'pricing'],
  );
  assert.equal(
    rules.slice(0, 2).map(({ name, isBuiltIn }) => [name, isBuiltIn]),
    [
      ['bad', false],
      ['bad', false],
    ],
  );
  assert.ok(rules.slice(2).every(({ isBuiltIn }) => isBuiltIn));
});

test('plugins say which columns they read, and which codes they report', async () => {
  const reading = making('pricing', { price: () => null }, { reads: ['msrp', 'brand'] });
  const pricing = { ...PLAIN_TENANT.pricing, rules: [{ use: 'bad' }] };
  assert.equal(
    [...(await bind({ pricing }, [reading])).reads].filter((one) => one === 'msrp' || one === 'brand'),
    ['msrp', 'brand'],
  );
  assert.equal([...(await bind({})).reads], ['updated_at']);
  const reporting = making('validator', { check: () => {}, finish: () => {} }, { codes: { odd: 'odd rows' } });
  const bound = await bind({ validators: [{ use: 'bad' }] }, [reporting]);
  const [one] = bound.validators({ vendor_id: 'a' } as never);
  assert.equal([one?.name, one?.codes], ['bad', { odd: 'odd rows' }]);
});

test('each feed has new validators: those of the tenant, then those of the vendor, with their options', async () => {
  const made: unknown[] = [];
  const counting = plugin(
    'validator',
    async () => (options: object) => {
      made.push(options);
      return { check: () => {}, finish: () => {} };
    },
    { options: z.strictObject({ n: z.number().default(7) }) },
  );
  const validators = [{ use: 'bad', with: { n: 1 } }];
  const bound = await bind({ validators, vendors: [vendor('a', { validators: [{ use: 'bad' }] }), vendor('b')] }, [
    counting,
  ]);
  made.length = 0;
  const first = bound.validators({ vendor_id: 'a' } as never);
  assert.equal(made, [{ n: 1 }, { n: 7 }]);
  assert.is.not(bound.validators({ vendor_id: 'b' } as never)[0]?.validator, first[0]?.validator);
  assert.is(made.length, 3);
});

test('built-in parsers lend chunks, and others do not', async () => {
  const parser = making('parser', { prepare: () => null });
  const bound = await bind({ vendors: [vendor('a'), vendor('b', { parser: { format: 'bad' } })] }, [parser]);
  const lends = (format: string) => bound.lendsChunks({ parser: { format } } as never);
  assert.equal([lends('csv'), lends('bad')], [true, false]);
});

test('an output format gets its options and content, and the tenant’s extra columns', async () => {
  const given: unknown[] = [];
  const output = plugin(
    'output',
    async () =>
      (options: object, { content, config }: { content: string; config: TenantConfig }) => {
        given.push([options, content, config.tenant_id]);
        return { extension: 'txt', row: () => '' };
      },
    { options: z.strictObject({ n: z.number().default(7) }) },
  );
  const exports = [{ use: 'bad', name: 'one' }, { use: 'bad', name: 'two', with: { n: 2 } }, { use: 'bad' }];
  const config = { extra_columns: ['gtin'], output: { columns: ['sku', 'gtin'], exports } };
  const bound = await bind(config, [output]);
  assert.equal(
    bound.exports.map(({ name, id, content, extraColumns, format }) => [
      name,
      id,
      content,
      extraColumns,
      format.extension,
    ]),
    ['one', 'two', 'bad'].map((name) => [name, 'bad', 'full', ['gtin'], 'txt']),
  );
  assert.equal(
    given,
    [7, 2, 7].map((n) => [{ n }, 'full', 't']),
  );
  given.length = 0;
  for (const [name, n] of [
    ['two', 2],
    ['bad', 7],
  ] as const) {
    const one = await bindExport(checked(config, [output]), testRegistry([output]), name);
    assert.equal([one.name, given.splice(0)], [name, [[{ n }, 'full', 't']]]);
  }
});

test('a plugin whose code does not load, or makes nothing, is named', async () => {
  const pricing = { ...PLAIN_TENANT.pricing, rules: [{ use: 'bad' }] };
  const cases: Array<[load: () => unknown, message: RegExp]> = [
    [async () => null, /load\(\) of the pricing rule "bad" failed: it gave null, not a function/],
    [() => Promise.reject(new Error('oh')), /load\(\) of the pricing rule "bad" failed: oh/],
    [
      () => {
        throw new Error('oh');
      },
      /load\(\) of the pricing rule "bad" failed: oh/,
    ],
    [async () => () => null, /the factory of the pricing rule "bad" failed: it gave null, not an object/],
    [async () => () => 7, /the factory of the pricing rule "bad" failed: it gave .*, not an object/],
    [async () => () => ({}), /the factory of the pricing rule "bad" failed: what it made has no price\(\)/],
  ];
  for (const [load, message] of cases) {
    const error = await failureOf(bind({ pricing }, [plugin('pricing', load)]));
    assert.is(error.code, 'plugin_failed');
    assert.match(error.message, message);
  }
});

test('if somebody asks, hooks note when the run is inside them, and work as before', async () => {
  const entered: string[] = [];
  const names: string[] = [];
  const notes: HookNotes = {
    numberOf: (hook) => names.push(hook),
    enter: (number) => void entered.push(names[number - 1] ?? 'out'),
  };
  class Rule {
    readonly #price = Money.of(3);
    price(): Money {
      return this.#price;
    }
  }
  const pricing = { ...PLAIN_TENANT.pricing, rules: [{ use: 'bad' }] };
  const config = { pricing };
  const bound = await bind(config, [plugin('pricing', async () => () => new Rule())], notes);
  entered.length = 0;
  assert.is(bound.rules[0]?.rule.price({} as never)?.toString(), '3');
  assert.equal(
    entered.map((hook) => hook.replace(/ of .*/, '')),
    ['price()', 'out'],
  );
  assert.not(bound.rules[0]?.rule.floor);
  const plain = await bind(config, [plugin('pricing', async () => () => new Rule())]);
  const { compare, leadTimeFallbackDays } = bound.strategy.strategy;
  assert.equal(
    [typeof compare, leadTimeFallbackDays],
    [typeof plain.strategy.strategy.compare, plain.strategy.strategy.leadTimeFallbackDays],
  );
  assert.ok(bound.rules.slice(1).every(({ isBuiltIn }) => isBuiltIn));
});

test('the chain is the config’s, or the one of its amounts; floors follow it', () => {
  const ownRule = [making('pricing', { price: () => null })];
  const uses = (rules: object = {}) =>
    pricingUses(checked({ pricing: { ...PLAIN_TENANT.pricing, ...rules } }, ownRule), pricingDefaults);
  const ids = (list: Array<{ use: string }>) => list.map(({ use }) => use);
  const [absent, empty, own] = [uses(), uses({ rules: [] }), uses({ rules: [{ use: 'bad' }] })];
  assert.equal(ids(empty.chain), ids(absent.chain));
  assert.ok(absent.chain.length > 1);
  assert.equal(ids(own.chain), ['bad']);
  assert.equal(ids(own.floors), ids(absent.floors));
});

test('what a MAP becomes: by endings, unless another floor is higher or a rule needs more', async () => {
  const engine = testEngine();
  const config = (more: object, map_policy: object = { enforce: true }) =>
    checked({ pricing: { ...PLAIN_TENANT.pricing, map_policy, ...more } });
  assert.is(await MapPrices.of(engine, config({}, { enforce: false })), null);
  const least = async (more: object, map: string, vendorId = 'a') =>
    ((await MapPrices.of(engine, config(more)))?.leastAt(Money.of(map), vendorId) ?? null)?.toString() ?? null;
  assert.is(await least({}, '10.25'), '10.25');
  assert.is(await least({ rounding: { mode: 'up', increment: '0.5' } }, '10.25'), '10.5');
  assert.is(await least({ min_price: '12' }, '10.25'), null);
  assert.is(await least({ min_price: '10.25' }, '10.25'), null);
  assert.is(await least({ min_price: '10.24' }, '10.25'), '10.25');
  const all = await MapPrices.always(
    engine,
    config({ min_price: '12.10', rounding: { increment: '0.5' } }, { enforce: false }),
  );
  assert.is(all.leastOfAll('a')?.toString(), '12.1');
  const failing = (error: Error) =>
    making('pricing', {
      price: () => {
        throw error;
      },
    });
  const of = async (error: Error) => {
    const plugins = [failing(error)];
    const pricing = { ...PLAIN_TENANT.pricing, rules: [{ use: 'bad' }] };
    return MapPrices.always(testEngine(plugins), checked({ pricing }, plugins));
  };
  const needy = await of(new Error('it needs a cost'));
  assert.equal([needy.leastAt(Money.of(1), 'a'), needy.leastOfAll('a')], [null, null]);
});

test.run();
