/** The suite passes good plugins of every kind, and rejects each broken one by the check that was written for it. */
import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyPlugin } from '../../core/registry.ts';
import { CHECKS } from './checks.ts';
import type { Double } from './doubles/double.ts';
import { goodChoice, goodStrategy, mergeDoubles, mergeFixtures } from './doubles/merges.ts';
import { goodParser, parserDoubles, parserFixtures } from './doubles/parsers.ts';
import { goodRule, pricingDoubles, pricingFixtures } from './doubles/pricing.ts';
import { goodValidator, validatorDoubles, validatorFixtures } from './doubles/validators.ts';
import type { PluginFixture } from './fixture.ts';
import { ConformanceFailure, type ConformanceOptions, pluginConformance } from './suite.ts';

const KINDS: Record<string, { good: Array<[AnyPlugin, readonly PluginFixture[]]>; doubles: readonly Double[] }> = {
  parser: { good: [[goodParser, parserFixtures]], doubles: parserDoubles },
  validator: { good: [[goodValidator, validatorFixtures]], doubles: validatorDoubles },
  pricing: { good: [[goodRule, pricingFixtures]], doubles: pricingDoubles },
  merge: { good: [goodStrategy, goodChoice].map((one) => [one, mergeFixtures]), doubles: mergeDoubles },
};

/** Where budgets are not what is tested. */
const SHORT = { rows: 50, retainedBytes: Number.POSITIVE_INFINITY };

/** The checks that reject the plugin, each once, with what they say. */
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
  for (const { title, check, plugin, fixtures, options } of doubles) {
    one(`${check}: ${title}`, async () => {
      const found = await rejections(plugin, fixtures, check === 'budgets' ? options : { budgets: SHORT, ...options });
      assert.equal([...found.keys()], [check], [...found.values()].join('\n'));
    });
  }
  one.run();
}

test('every check has a double for each kind that can break it', () => {
  const unbreakable: Record<string, string[]> = {
    // a parser is lent nothing that it could keep
    parser: ['views'],
    // what rows there are, in which order and sent how, is settled before a validator sees one
    validator: ['counts', 'row_order', 'variants'],
    pricing: ['counts', 'variants', 'issues', 'codes'],
    merge: ['counts', 'variants', 'issues', 'codes'],
  };
  for (const [kind, { doubles }] of Object.entries(KINDS)) {
    const covered = new Set<string>(doubles.map(({ check }) => check));
    const applying = CHECKS.filter(({ kinds }) => kinds === undefined || kinds.includes(kind as never));
    const missing = applying.map(({ id }) => id as string).filter((id) => !covered.has(id));
    assert.equal(missing.sort(), unbreakable[kind]!.sort(), kind);
  }
});

test('cases are registered with the function of any runner', async () => {
  const registered: Array<[string, () => Promise<void>]> = [];
  const cases = pluginConformance(goodRule, pricingFixtures, { test: (name, run) => registered.push([name, run]) });
  assert.equal(
    registered.map(([name]) => name),
    cases.map(({ name }) => name),
  );
  assert.ok(registered.length > 10);
  // in any order, and all at once
  await Promise.all(registered.reverse().map(([, run]) => run()));
});

test.run();
