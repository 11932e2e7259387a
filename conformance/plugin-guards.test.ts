/** What plugins may not do with what they get or give, though it throws nothing: it fails by name, or is refused before a run. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Money } from '../core/money/money.ts';
import type { PluginKind } from '../core/plugin.ts';
import { Registry } from '../core/registry.ts';
import { type Hooks, making, plugin, runBad } from './support/bad-plugin.ts';

test('an output format that keeps a row, or asks for a column that there is not, fails the run by name', async () => {
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

test('a plugin cannot change the config that it gets', async () => {
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

test('a manifest has only the keys that its kind has', () => {
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
});

test('a reason of any length is kept as a cell is', async () => {
  const long = 'x'.repeat(2_000_000);
  const check = (_: unknown, report: { error(code: string, column: null, reason: string): void }) =>
    report.error('long', null, long);
  const { errors } = await runBad(making('validator', { check }, { codes: { long: 'a long one' } }));
  assert.ok(errors.length > 0);
  for (const { reason = '' } of errors as Array<{ reason?: string }>)
    assert.ok(reason.length <= 1001 && reason.endsWith('x…'), String(reason.length));
});

test.run();
