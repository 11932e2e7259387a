/** The suite passes good plugins of every kind, and rejects each broken one by the check written for it. */
import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { definePlugin } from '../../core/define-plugin.ts';
import type { AnyPlugin } from '../../core/registry.ts';
import { someOf } from '../../core/testing/share.ts';
import { CHECKS } from './checks.ts';
import type { Double } from './doubles/double.ts';
import { goodChoice, goodStrategy, mergeDoubles, mergeFixtures } from './doubles/merges.ts';
import { goodFormat, outputDoubles, outputFixtures } from './doubles/outputs.ts';
import { goodParser, keepingParser, parserDoubles, parserFixtures } from './doubles/parsers.ts';
import { goodRule, pricingDoubles, pricingFixtures } from './doubles/pricing.ts';
import { goodValidator, validatorDoubles, validatorFixtures } from './doubles/validators.ts';
import type { PluginFixture } from './fixture.ts';
import { ConformanceFailure, type ConformanceOptions, pluginConformance } from './suite.ts';

const KINDS: Record<string, { good: Array<[AnyPlugin, readonly PluginFixture[]]>; doubles: readonly Double[] }> = {
  parser: { good: [goodParser, keepingParser].map((one) => [one, parserFixtures]), doubles: parserDoubles },
  validator: { good: [[goodValidator, validatorFixtures]], doubles: validatorDoubles },
  pricing: { good: [[goodRule, pricingFixtures]], doubles: pricingDoubles },
  merge: { good: [goodStrategy, goodChoice].map((one) => [one, mergeFixtures]), doubles: mergeDoubles },
  output: { good: [[goodFormat, outputFixtures]], doubles: outputDoubles },
};

/** For doubles that break other checks than budgets. */
const SHORT = { rows: 50, retainedBytes: Number.POSITIVE_INFINITY };
/** For doubles that break budgets: enough rows to hold twice the allowed bytes. */
const LONGER = { rows: 2000 };

/** The checks that reject the plugin, each once, with their messages. */
async function rejections(
  plugin: AnyPlugin,
  fixtures: readonly PluginFixture[],
  options: ConformanceOptions = {},
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { run } of pluginConformance(plugin, fixtures, options)) {
    try {
      await run();
    } catch (error) {
      assert.instance(error, ConformanceFailure);
      const { check, message } = error as ConformanceFailure;
      found.set(check, message);
    }
  }
  return found;
}

for (const [kind, { good, doubles }] of Object.entries(KINDS)) {
  const one = suite(`conformance of a ${kind}`);
  one('the good one passes', async () => {
    for (const [plugin, fixtures] of good)
      assert.equal([...(await rejections(plugin, fixtures, { budgets: SHORT }))], []);
  });
  for (const { title, check, plugin, fixtures, options } of someOf(doubles)) {
    one(`${check}: ${title}`, async () => {
      const budgets = { ...(check === 'budgets' ? LONGER : SHORT), ...options?.budgets };
      const found = await rejections(plugin, fixtures, { ...options, budgets });
      assert.equal([...found.keys()], [check], [...found.values()].join('\n'));
    });
  }
  one.run();
}

test('a promise that nobody waits for is the plugin’s, and never the suite’s own validator’s', async () => {
  const stray = definePlugin({
    manifest: {
      ...{ kind: 'pricing', id: 'stray', version: '1.0.0', contract: 1, summary: 'starts a promise that it forgets' },
      ...{ options: z.strictObject({}), example: {} },
    },
    load: async () => () => ({
      price: ({ price }) => {
        Promise.reject(new Error('lost'));
        return price;
      },
    }),
  });
  const found = await rejections(stray, pricingFixtures, { budgets: SHORT });
  assert.match(
    found.get('expected') ?? '',
    'internal_error: a promise that the pricing rule "stray" started, and did not wait for, was rejected: lost',
  );
});

test('a malformed fixture is refused with the place and the nearest name', async () => {
  const [first] = parserFixtures as [PluginFixture];
  const wrong: Array<[changes: object, message: RegExp]> = [
    [{ sidefiles: {} }, /sidefiles is no field of a fixture \(did you mean "sideFiles"\?\)/],
    [{ sideFiles: [{ name: 'prices', bytes: 'x' }] }, /sideFiles must be an object, not a list/],
    [{ sideFiles: { 'prices.csv': { bytes: 'x' } } }, /sideFiles\.prices\.csv must be a text or bytes/],
    [{ feeds: { acme: 3 } }, /feeds\.acme must be a text, bytes, or \{ name, bytes \}/],
    [
      { expect: { ...first.expect, rejects: [] } },
      /expect\.rejects is no field of a fixture \(did you mean "rejected"\?\)/,
    ],
    [{ expect: { rows: [{ sku: 'A', quantity: '1' }] } }, /expect\.rows\[0\]\.quantity is no field of a fixture/],
    [
      { expect: { rows: [{ sku: 'A', quantity_available: 1 }] } },
      /expect\.rows\[0\]\.quantity_available must be a string, not 1/,
    ],
    [
      { expect: { rows: [{ sku: 'A', brand: 'B' }], rejected: [{ row: 2, code: 'x' }] } },
      /expect\.rejected\[0\]\.column is required/,
    ],
    [{ skip: { gzip: 'no' } }, /skip\.gzip must be at least 10 characters/],
    [{ expect: undefined }, /expect is required/],
  ];
  for (const [changes, message] of wrong) {
    const [judged] = pluginConformance(goodParser, [{ ...first, ...changes } as PluginFixture]);
    const failure = await judged!.run().then(
      () => null,
      (error: Error) => error,
    );
    assert.instance(failure, ConformanceFailure);
    assert.match((failure as ConformanceFailure).message, message);
    assert.not.match((failure as ConformanceFailure).message, 'Cannot read');
  }
});

test('one bad fixture is reported once, by name, and the others are still checked', async () => {
  const [first] = parserFixtures as [PluginFixture];
  const [[vendor, feed] = ['', '']] = Object.entries(first.feeds);
  const odd = { ...first, name: 'odd', feeds: { [vendor]: `${feed}\n` } };
  const malformed = { ...odd, expect: { ...first.expect, rejects: [] } } as unknown as PluginFixture;
  const rows = first.expect.rows.map((row) => ({ ...row, quantity_available: '99' }));
  const wrong = { ...odd, expect: { ...first.expect, rows } };
  for (const [bad, check] of [
    [malformed, 'suite'],
    [wrong, 'expected'],
  ] as const) {
    for (const fixtures of [[first, bad], [bad]]) {
      const failures: string[] = [];
      const skipped: string[] = [];
      for (const { run } of pluginConformance(goodParser, fixtures, { budgets: SHORT }))
        await run({ skip: (why: string) => skipped.push(why) }).catch((error: ConformanceFailure) =>
          failures.push(`${error.check}: ${error.problems[0]}`),
        );
      assert.is(failures.length, 1, failures.join('\n'));
      assert.match(failures.join(), `${check}: "odd"`);
      assert.is(skipped.length > 0, fixtures.length === 1, skipped.join('\n'));
      for (const why of skipped) assert.match(why, /^not checked, .*"odd"/);
    }
  }
});

test('every check has a double for each kind that can break it', () => {
  const unbreakable: Record<string, string[]> = {
    // a parser receives nothing that it could keep
    parser: ['views'],
    // number, order and form of the rows are settled before a validator sees them
    validator: ['counts', 'row_order', 'variants'],
    pricing: ['counts', 'variants', 'issues', 'codes'],
    merge: ['counts', 'variants', 'issues', 'codes'],
    output: ['counts', 'variants', 'issues', 'codes'],
  };
  for (const [kind, { doubles }] of Object.entries(KINDS)) {
    const covered = new Set<string>(doubles.map(({ check }) => check));
    const applying = CHECKS.filter(({ kinds }) => kinds === undefined || kinds.includes(kind as never));
    const missing = applying.map(({ id }) => id as string).filter((id) => !covered.has(id));
    assert.equal(missing.sort(), unbreakable[kind]!.sort(), kind);
  }
});

test('cases can be registered with any test runner', async () => {
  const registered: Array<[string, () => Promise<void>]> = [];
  const cases = pluginConformance(goodRule, pricingFixtures, {
    test: (name, run) => registered.push([name, run]),
    budgets: SHORT,
  });
  assert.equal(
    registered.map(([name]) => name),
    cases.map(({ name }) => name),
  );
  assert.ok(registered.length > 10);
  // in another order, and all at once
  await Promise.all(registered.reverse().map(([, run]) => run()));
});

test.run();
