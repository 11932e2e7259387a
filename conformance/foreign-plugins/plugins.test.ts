/** A third-party plugin of each kind changes the result of a run: built-in plugins have no special access. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkConfig } from '../../core/config/check.ts';
import type { RowEntry } from '../../core/issue.ts';
import { Money } from '../../core/money/money.ts';
import type { Manifest, Offer, Plugin, PluginKind, PriceStep, Row, RowReport } from '../../core/plugin.ts';
import { type AnyPlugin, Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { jsonProblems } from '../plugin/options.ts';

const empty = z.strictObject({});

function manifest<K extends PluginKind>(kind: K, id: string): Manifest<K, Record<string, never>> {
  return { kind, id, version: '0.0.1', contract: 1, summary: 'for a test', options: empty, example: {} };
}

/** A parser of lines `*sku:quantity:cost`. */
const starred: Plugin<'parser', Record<string, never>> = {
  manifest: manifest('parser', 'starred'),
  load: async () => () => ({
    prepare: async (source) => ({
      encoding: 'utf-8',
      delimiter: ':',
      reason: 'always',
      layout: {
        delimiter: ':',
        quote: null,
        skipLines: 0,
        header: false,
        columns: { sku: { index: 0 }, quantity_available: { index: 1 }, cost: { index: 2 } },
        timeZone: null,
        row: (cells) => (cells[0]!.startsWith('*') ? [cells[0]!.slice(1), ...cells.slice(1)] : null),
      },
      open: () => source.open(),
    }),
  }),
};

const NO_AS = { has_a: 'the SKU has an A', many: 'more than 90', lonely: 'one row alone' };

const noAs: Plugin<'validator', Record<string, never>> = {
  manifest: { ...manifest('validator', 'no_as'), codes: NO_AS },
  load: async () => () => ({
    check: (row, report) => {
      if (row.sku.includes('A')) report.error('has_a', 'sku', 'no A, please');
      if (row.quantity > 90) report.warning('many');
    },
    finish: (report) => {
      if (report.validRows === 1) report.error('lonely', 'one row is too few');
    },
  }),
};

const double: Plugin<'pricing', { times: number }> = {
  manifest: { ...manifest('pricing', 'double'), options: z.strictObject({ times: z.number().default(2) }) } as never,
  load: async () => (options) => ({ price: ({ price }) => price?.mul(Money.of(options.times)) ?? null }),
};

const dearest: Plugin<'merge', Record<string, never>> = {
  manifest: { ...manifest('merge', 'dearest'), reads: ['brand'] },
  load: async () => () => ({
    leadTimeFallbackDays: 99,
    choose: (offers) =>
      [...offers].sort((a, b) => (b.costMicros ?? 0) - (a.costMicros ?? 0)).filter((o) => o.brand !== 'Out'),
  }),
};

const FOREIGN: AnyPlugin[] = [starred, noAs, double, dearest];

const base = {
  ...PLAIN_TENANT,
  default_currency: 'USD',
  vendors: [
    { vendor_id: 'v1', inbound: { type: 'local' }, parser: { format: 'csv' } },
    { vendor_id: 'v2', inbound: { type: 'local' }, parser: { format: 'csv' } },
  ],
  pricing: { base_margin_pct: 0, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  output: { columns: ['sku', 'vendor_id', 'price', 'lead_time_days'] },
};
const text = (value: string) => ({ name: 'feed.csv', bytes: new TextEncoder().encode(value) });
const files = {
  v1: text('sku,quantity_available,cost,brand\nA,1,10,Acme\nB,95,20,Acme\n'),
  v2: text('sku,quantity_available,cost,brand\nA,1,11,Bolt\nB,2,30,Out\n'),
};

test('the built-in chain gives the result to compare with', async () => {
  const { merged } = await runCase({ config: base, files });
  assert.is(merged, 'sku,vendor_id,price,lead_time_days\nA,v1,10.00,7\nB,v1,20.00,7\n');
});

test('a parser can be a plugin', async () => {
  const vendors = [{ ...base.vendors[0], parser: { format: 'starred' } }];
  const config = { ...base, vendors };
  const { merged, outcome } = await runCase({
    config,
    files: { v1: text('*X:3:4\nskipped:1:1\n*Y:1:x\n') },
    plugins: FOREIGN,
  });
  assert.is(merged, 'sku,vendor_id,price,lead_time_days\nX,v1,4.00,7\n');
  assert.equal(outcome.summary.warnings, ['invalid_rows_within_threshold', 'rows_skipped:v1:1']);
});

test('rows that a layout leaves out still count as records', async () => {
  const vendors = [{ ...base.vendors[0], parser: { format: 'starred' } }];
  const feed = { v1: text('skipped:1:1\n*Y:1:x\n*Z:1:1\n') };
  const { errors } = await runCase({ config: { ...base, vendors }, files: feed, plugins: FOREIGN });
  const [entry] = errors as RowEntry[];
  assert.equal([entry!.row_number, entry!.line, entry!.error_code, entry!.column], [2, 2, 'invalid_decimal', 'cost']);
});

test('a validator can refuse rows and the whole feed', async () => {
  const config = { ...base, validators: [{ use: 'no_as' }] };
  const { outcome, errors } = await runCase({ config, files, plugins: FOREIGN });
  assert.is(outcome.error_code, 'validation_errors');
  assert.is(outcome.failed_stage, 'NORMALIZE');
  assert.equal(
    errors.map((entry) => [entry.error_code, entry.vendor_id]),
    [
      ['has_a', 'v1'],
      ['lonely', 'v1'],
      ['has_a', 'v2'],
      ['lonely', 'v2'],
    ],
  );
  assert.ok(outcome.summary.warnings.includes('many:v1:1'));
});

test('a pricing rule works between built-in ones', async () => {
  const rules = [{ use: 'margin' }, { use: 'double', with: { times: 3 } }, { use: 'round' }];
  const config = { ...base, pricing: { ...base.pricing, rules } };
  const { merged } = await runCase({ config, files, plugins: FOREIGN });
  assert.is(merged, 'sku,vendor_id,price,lead_time_days\nA,v1,30.00,7\nB,v1,60.00,7\n');
});

test('a merge strategy can read a column of its own', async () => {
  const config = { ...base, merge: { strategy: 'dearest' } };
  const { merged } = await runCase({ config, files, plugins: FOREIGN });
  assert.is(merged, 'sku,vendor_id,price,lead_time_days\nA,v2,11.00,99\nB,v1,20.00,99\n');
});

test('a strategy with choose is asked even about a single offer; offers that it leaves out are counted', async () => {
  const config = { ...base, merge: { strategy: 'dearest' } };
  const one = text('sku,quantity_available,cost,brand\nA,1,10,Acme\nB,1,10,Out\nC,1,,Acme\n');
  const feeds = { v1: one, v2: text('sku,quantity_available\nD,1\n') };
  const { merged, outcome } = await runCase({ config, files: feeds, plugins: FOREIGN });
  assert.is(merged, 'sku,vendor_id,price,lead_time_days\nA,v1,10.00,99\n');
  assert.equal(outcome.summary.unpriced_skus, { count: 2, skus: ['C', 'D'] });
  assert.ok(outcome.summary.warnings.includes('skus_left_out:1'));
  const none = { v1: text('sku,quantity_available,cost,brand\nB,1,10,Out\n'), v2: text('sku,quantity_available\n') };
  const empty = await runCase({ config, files: none, plugins: FOREIGN });
  assert.equal(empty.outcome.summary.unpriced_skus, { count: 0, skus: [] });
  const [why] = empty.outcome.summary.warnings.filter((warning) => warning.startsWith('merged_feed_empty'));
  assert.match(why!, 'the merge strategy leaves out SKUs');
});

test('a column that no manifest names is refused, even if the output has it', async () => {
  const columns = ['sku', 'price', 'msrp', 'condition', 'vendor_sku', 'brand', 'title', 'updated_at'] as const;
  const fields = ['msrp', 'condition', 'vendorSku', 'brand', 'title', 'updatedAt'] as const;
  const carrying = { ...base, output: { columns } };
  for (const [i, field] of fields.entries()) {
    const reading = (reads: string[]): AnyPlugin =>
      ({
        manifest: { ...manifest('pricing', 'reader'), reads },
        load: async () => () => ({ price: ({ offer }: PriceStep) => (offer[field] === null ? null : Money.of(3)) }),
      }) as never;
    const config = { ...carrying, pricing: { ...base.pricing, rules: [{ use: 'reader' }] } };
    const declared = await runCase({ config, files, plugins: [reading([columns[i + 2]!])] });
    assert.is(declared.outcome.status, 'SUCCEEDED', declared.outcome.error_message ?? '');
    // the built-in strategy names it
    if (field === 'updatedAt') continue;
    const { outcome } = await runCase({ config, files, plugins: [reading([])] });
    assert.match(
      outcome.error_message ?? '',
      `plugin_failed: price() of the pricing rule "reader" failed on SKU "A": it uses "${field}" of an offer`,
    );
  }
});

test('a strategy that chooses an offer it was not given fails by name', async () => {
  const due = 'it must return an array of the offers that it was given';
  const copying = ([first, ...rest]: readonly Offer[]) => [first, ...rest.map((one) => ({ ...one }))];
  for (const [choose, reason] of [
    [() => undefined, `it returned undefined; ${due}`],
    [() => 'A', `it returned a string; ${due}`],
    [() => [{}], `element 0 of what it returned is none of the offers: an object; ${due}`],
    [copying, `element 1 of what it returned is none of the offers: an object; ${due}`],
    [
      (offers: readonly Offer[]) => [...offers, undefined],
      `element 2 of what it returned is none of the offers: undefined`,
    ],
  ] as const) {
    const bad = {
      manifest: manifest('merge', 'bad'),
      load: async () => () => ({ leadTimeFallbackDays: null, choose }),
    };
    const { outcome } = await runCase({
      config: { ...base, merge: { strategy: 'bad' } },
      files,
      plugins: [bad as never],
    });
    assert.match(
      outcome.error_message!,
      `plugin_failed: choose() of the merge strategy "bad" failed on SKU "A": ${reason}`,
    );
  }
});

test('a validator that names an unknown column fails by name', async () => {
  const bad = {
    manifest: { ...manifest('validator', 'bad'), codes: { odd: 'it is odd' } },
    load: async () => () => ({
      check: (_row: Row, report: RowReport) => report.error('odd', 'Cost' as never, 'it is odd'),
    }),
  };
  const { outcome } = await runCase({
    config: { ...base, validators: [{ use: 'bad' }] },
    files,
    plugins: [bad as never],
  });
  assert.match(
    outcome.error_message!,
    /check\(\) of the validator "bad" failed on row 2: it reports "odd" for the column "Cost", which is neither canonical nor in extra_columns/,
  );
});

test('a failure names the plugin and the SKU or row', async () => {
  const price = (answer: () => unknown): AnyPlugin =>
    ({ manifest: manifest('pricing', 'bad'), load: async () => () => ({ price: answer }) }) as never;
  const rules = { pricing: { ...base.pricing, rules: [{ use: 'bad' }] } };
  const failing: Array<[AnyPlugin, object, RegExp]> = [
    [
      price(() => {
        throw new Error('oops');
      }),
      rules,
      /^plugin_failed: price\(\) of the pricing rule "bad" failed on SKU "A": oops$/,
    ],
    [price(() => 12.5), rules, /pricing rule "bad" failed on SKU "A": it returned a number, not Money or null/],
    [price(async () => null), rules, /it returned a promise/],
    [
      {
        manifest: manifest('validator', 'bad'),
        load: async () => () => ({
          check: () => {
            throw new Error('no');
          },
        }),
      },
      { validators: [{ use: 'bad' }] },
      /^plugin_failed: vendor v1: check\(\) of the validator "bad" failed on row 2: no$/,
    ],
    [
      {
        manifest: manifest('merge', 'bad'),
        load: async () => () => ({
          leadTimeFallbackDays: null,
          compare: () => {
            throw new Error('tie');
          },
        }),
      },
      { merge: { strategy: 'bad' } },
      /^plugin_failed: compare\(\) of the merge strategy "bad" failed on SKU "A": tie$/,
    ],
  ];
  for (const [plugin, changes, message] of failing) {
    const { outcome } = await runCase({ config: { ...base, ...changes }, files, plugins: [plugin] });
    assert.is(outcome.error_code, 'internal_error');
    assert.match(outcome.error_message!, message);
  }
});

test('the floors apply after any chain', async () => {
  const rules = [{ use: 'double', with: { times: 0.001 } }];
  const config = { ...base, pricing: { ...base.pricing, min_price: '5.001', rules } };
  const priced = {
    v1: text('sku,quantity_available,price,map_price\nA,1,10,\nB,1,10,7.999\n'),
    v2: text('sku,quantity_available\nA,1\n'),
  };
  const { merged } = await runCase({ config, files: priced, plugins: FOREIGN });
  assert.is(merged, 'sku,vendor_id,price,lead_time_days\nA,v1,5.01,7\nB,v1,8.00,7\n');
});

test('the registry refuses bad plugins with all their problems', () => {
  const bad = [
    csvTwin(),
    { ...noAs, manifest: { ...noAs.manifest, id: 'No As', contract: 2, summary: '' } },
    { ...double, manifest: { ...double.manifest, example: { times: 'x' } } },
  ] as unknown as AnyPlugin[];
  try {
    new Registry([...BUILTIN_PLUGINS, ...bad]);
    assert.unreachable();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    assert.is(code, 'plugin_invalid');
    assert.is(message.split('\n').length, 5);
  }
});

function csvTwin(): AnyPlugin {
  return { ...starred, manifest: { ...starred.manifest, id: 'csv' } };
}

test('an unknown plugin id is a config problem with the nearest one', () => {
  const config = { ...base, merge: { strategy: 'best_ofer' }, validators: [{ use: 'number_rang' }] };
  const checked = checkConfig(config, new Registry(BUILTIN_PLUGINS));
  assert.not(checked.ok);
  if (checked.ok) return;
  assert.equal(
    checked.problems.map((problem) => [problem.path, problem.code]),
    [
      ['validators[0].use', 'unknown_plugin'],
      ['merge.strategy', 'unknown_plugin'],
    ],
  );
  assert.match(checked.problems[1]!.message, 'did you mean "best_offer"');
});

test('the example of every built-in manifest loads, also after a round trip through JSON', () => {
  for (const { manifest: one } of BUILTIN_PLUGINS) {
    const parsed = one.options.parse(JSON.parse(JSON.stringify(one.example)));
    // exact amounts become texts in JSON, which the schema accepts
    const json = JSON.stringify(parsed);
    assert.is(JSON.stringify(one.options.parse(JSON.parse(json))), json, one.id);
    assert.equal(jsonProblems(one.options, [one.example]), [], one.id);
  }
});

test.run();
