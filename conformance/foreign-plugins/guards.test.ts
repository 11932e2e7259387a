/** Misuse by plugins that would throw nothing by itself: it fails the run by name, or is refused before a run. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkConfig } from '../../core/config/check.ts';
import { Money } from '../../core/money/money.ts';
import type { PluginKind } from '../../core/plugin.ts';
import { Registry } from '../../core/registry.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { type Hooks, making, plugin, runBad } from './bad-plugin.ts';

test('an output format that keeps a row, or asks for an unknown column, fails the run by name', async () => {
  interface Row {
    sku: string;
    text(column: string): string | null;
  }
  const kept: Row[] = [];
  const keeping = making('output', {
    extension: 'csv',
    row: (row: Row) => {
      kept.push(row);
      return row.sku;
    },
    foot: () => kept.map((row) => row.sku).join(),
  });
  const { outcome } = await runBad(keeping);
  assert.match(outcome.error_message!, /foot\(\) of the output format "bad" failed: the row is good during the call/);
  const asking = (column: string) =>
    making('output', { extension: 'csv', row: (row: Row) => String(row.text(column)) });
  assert.match(
    (await runBad(asking('prize'))).outcome.error_message!,
    /row\(\) of the output format "bad" failed on SKU "A": row\.text\("prize"\): no such column.* \(did you mean "price"\?\)/,
  );
  assert.is(
    (await runBad(asking('title'))).outcome.status,
    'SUCCEEDED',
    'a column that the feed does not carry is empty',
  );
});

test('a price below 0 fails the run by name', async () => {
  const { outcome } = await runBad(making('pricing', { price: () => Money.of('-0.01') }));
  assert.match(
    outcome.error_message!,
    /price\(\) of the pricing rule "bad" failed on SKU "A": it returned -0\.01; no price is below 0/,
  );
  assert.is((await runBad(making('pricing', { price: () => Money.of(0) }))).outcome.status, 'SUCCEEDED');
});

test('a plugin cannot change its config', async () => {
  const changing = plugin(
    'pricing',
    async () =>
      (_: object, { config }: { config: { pricing: { min_price: unknown } } }) => {
        config.pricing.min_price = 0;
        return { price: () => null };
      },
  );
  const { outcome } = await runBad(changing);
  assert.match(
    outcome.error_message!,
    /the factory of the pricing rule "bad" failed: Cannot assign to read only property/,
  );
});

test('a manifest with a key of another kind is refused', () => {
  const problems = (kind: PluginKind, manifest: Hooks) => {
    try {
      new Registry([plugin(kind, async () => () => ({}), manifest)]);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  assert.match(
    problems('merge', { sideFiles: () => [] }),
    /merge\/bad: sideFiles is for plugins of the kind parser, and means nothing/,
  );
  assert.match(problems('output', { reads: ['msrp'] }), /reads is for plugins of the kind pricing or merge/);
  assert.match(problems('validator', { signs: { headers: ['a'] } }), /signs is for plugins of the kind parser/);
  assert.match(problems('merge', { id: '9x' }), /id is "9x"; it must begin with a small letter/);
  assert.match(
    problems('merge', { options: {} }),
    /options is an object; it must be a zod schema, such as z\.strictObject\(\{\}\)/,
  );
  assert.is(problems('merge', { reads: ['msrp'] }), '');
  assert.match(problems('merge', { reads: ['Brand'] }), /reads names "Brand", which .* \(did you mean "brand"\?\)/);
  const options = z.strictObject({ above: z.number() });
  assert.match(
    problems('merge', { options, example: { abov: 4 } }),
    /example does not load: example\.above: is required.*\n.*: example\.abov: is not a setting \(did you mean "above"\?\)/,
  );
});

test('a misspelled option is refused even if the plugin’s schema would ignore it', () => {
  const bad = plugin('merge', async () => () => ({}), { options: z.object({ above: z.number().default(1) }) });
  const config = { merge: { strategy: 'bad', bad: { abov: 4 } } };
  const checked = checkConfig(config, testRegistry([bad]));
  const found = checked.ok ? [] : checked.problems.filter(({ path }) => path.startsWith('merge'));
  assert.equal(found, [
    { path: 'merge.bad.abov', code: 'unknown_key', message: 'is not a setting (did you mean "above"?)' },
  ]);
});

test('a long reason is cut like a cell', async () => {
  const long = 'x'.repeat(2_000_000);
  const check = (_: unknown, report: { error(code: string, column: null, reason: string): void }) =>
    report.error('long', null, long);
  const { errors } = await runBad(making('validator', { check }, { codes: { long: 'a long one' } }));
  assert.ok(errors.length > 0);
  for (const { reason = '' } of errors as Array<{ reason?: string }>)
    assert.ok(reason.length <= 1001 && reason.endsWith('x…'), String(reason.length));
});

/** Runs a rule and returns the run's error message. */
async function ruleMessage(hooks: Hooks): Promise<string> {
  const { outcome } = await runBad(making('pricing', hooks));
  return outcome.error_message ?? outcome.status;
}

test('prices and floors have limits, and a rule may not go below its own floor', async () => {
  const price = () => Money.of(10);
  assert.match(
    await ruleMessage({ price: () => Money.of(1e9) }),
    /"bad" failed on SKU "A": it returned 1000000000; a price is below 1,000,000,000/,
  );
  assert.is(await ruleMessage({ price: () => Money.of('999999999.99') }), 'SUCCEEDED');
  assert.match(
    await ruleMessage({ price, floor: () => Money.of(-5) }),
    /floor\(\) of the pricing rule "bad" failed on SKU "A": it returned -5; a floor is 0 or more, or null/,
  );
  assert.match(
    await ruleMessage({ price, floor: () => Money.of(1e9) }),
    /floor\(\) of .*: it returned 1000000000; a floor is below 1,000,000,000, or null/,
  );
  assert.match(
    await ruleMessage({ price, floor: () => Money.of('10.01') }),
    /price\(\) of the pricing rule "bad" failed on SKU "A": it returned 10, and its own floor\(\) is 10\.01; it must give no price below that/,
  );
  assert.is(await ruleMessage({ price, floor: () => Money.of(10) }), 'SUCCEEDED');
  assert.is(await ruleMessage({ price, floor: () => null }), 'SUCCEEDED');
  assert.is(await ruleMessage({ price: () => null, floor: () => Money.of(10) }), 'SUCCEEDED');
});

test('a rule cannot write to its step', async () => {
  const price = (step: Record<string, unknown>) => {
    step.price = null;
    return null;
  };
  assert.match(
    await ruleMessage({ price }),
    /price\(\) of the pricing rule "bad" failed on SKU "A": it writes "price" of a step: change nothing that you are given/,
  );
});

test('objects that plugins get throw for an unknown member, and name the nearest one', async () => {
  type Loose = Record<string, unknown>;
  const cases: Array<[PluginKind, Hooks, RegExp]> = [
    [
      'pricing',
      { price: ({ offer }: { offer: Loose }) => offer.map_price ?? null },
      /price\(\) of the pricing rule "bad" failed on SKU "A": it uses "map_price" of an offer, which has no such member \(did you mean "mapPrice"\?\)/,
    ],
    [
      'pricing',
      { price: (step: Loose) => step.prize ?? null },
      /it uses "prize" of a step, which has no such member \(did you mean "price"\?\); there are: offer, price, floor$/,
    ],
    [
      'merge',
      { leadTimeFallbackDays: null, compare: (a: Loose) => Number(a.Cost) || 0 },
      /compare\(\) of the merge strategy "bad" failed on SKU "A": it uses "Cost" of an offer, .* \(did you mean "cost"\?\)/,
    ],
    [
      'validator',
      { check: (row: Loose) => void row.quantity_available },
      /check\(\) of the validator "bad" failed on row 2: it uses "quantity_available" of a row, .* \(did you mean "quantity"\?\)/,
    ],
    [
      'validator',
      { finish: (report: Loose) => void report.invalid_rows },
      /finish\(\) of the validator "bad" .*: it uses "invalid_rows" of a report, .* \(did you mean "invalidRows"\?\)/,
    ],
    [
      'validator',
      { check: (_: unknown, report: Loose) => void report.err },
      /it uses "err" of a report, which has no such member; there are: error, warning$/,
    ],
    [
      'output',
      { extension: 'csv', row: (row: Loose) => `${row.price}\n` },
      /row\(\) of the output format "bad" failed on SKU "A": it uses "price" of a row of a feed, which has no such member; there are: change, sku, quantity, text$/,
    ],
  ];
  for (const [kind, hooks, message] of cases)
    assert.match((await runBad(making(kind, hooks))).outcome.error_message!, message);
  // members that JavaScript itself asks for are not misspelled
  const asks = (offer: Loose) =>
    String(offer) + JSON.stringify({ offer }) + String(offer.then) + String(offer.constructor) + ('mapp' in offer);
  assert.is(
    await ruleMessage({ price: ({ offer }: { offer: Loose }) => (asks(offer) === '' ? null : Money.of(1)) }),
    'SUCCEEDED',
  );
});

test('an inconsistent compare, and a choose that names an offer twice, fail the run', async () => {
  const says = async (hooks: Hooks) => {
    const { outcome } = await runBad(making('merge', { leadTimeFallbackDays: null, ...hooks }));
    return outcome.error_message ?? outcome.status;
  };
  assert.match(
    await says({ compare: () => -1 }),
    /compare\(\) of the merge strategy "bad" failed on SKU "A": it returned -1 for v1 row 2 and v2 row 2, and -1 the other way round: it is no order/,
  );
  assert.is(await says({ compare: () => 0 }), 'SUCCEEDED');
  assert.match(
    await says({ choose: (offers: unknown[]) => [...offers, offers[0]] }),
    /choose\(\) of .* on SKU "A": element 2 of what it returned is there before; it must return an array of the offers that it was given, each once at the most/,
  );
});

test('choose is called once per SKU, and before that only for rows of a vendor that are summed', async () => {
  const seen: string[] = [];
  const choose = (offers: ReadonlyArray<{ vendorId: string; rowNumber: number }>) => {
    seen.push(offers.map(({ vendorId, rowNumber }) => `${vendorId}/${rowNumber}`).join());
    return offers;
  };
  await runBad(making('merge', { leadTimeFallbackDays: null, choose }));
  assert.equal(seen, ['v1/2,v2/2', 'v1/3']);
});

test.run();
