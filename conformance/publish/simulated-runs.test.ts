/** What a simulation says of a past run with another config: its feed, what it holds and trips, and figures that are made again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { type SimulatedRun, simulateRun } from '../../core/pipeline/simulate/simulate.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { decisionsOf } from '../../plugins/in-memory/published.ts';
import { testEngine } from '../../plugins/testing/harness.ts';
import { CONFIG } from './shop.ts';
import { MANY_COLUMNS, NO_SIDE_FILE, passedConfig, type StoredRun, storedRun } from './stored-shop.ts';

const test = suite('simulated runs');

async function simulate(
  { past }: Pick<StoredRun, 'past'>,
  changes: object = {},
  signal?: AbortSignal,
): Promise<SimulatedRun> {
  const scratch = new MemoryScratch();
  const rawConfig = { ...CONFIG, ...changes };
  const order = { config: passedConfig(rawConfig), rawConfig, past, today: NO_SIDE_FILE, scratch };
  try {
    return await simulateRun(testEngine(), { ...order, ...(signal === undefined ? {} : { signal }) });
  } finally {
    assert.is(scratch.live, 0);
  }
}

const output = (columns: string[], more: object = {}) => ({ output: { columns, ...more } });
const FEED = { a: 'A 1 10;B 2 20;C 0 30' };

test('the same config gives the same feed', async () => {
  const run = await simulate(await storedRun(FEED));
  const { diff, ...rest } = run;
  assert.equal(rest, {
    ...{ map_hits: { before: 0, after: 0, first: [] }, below_cost: { before: 0, after: 0, first: [] } },
    ...{ in_stock: { before: 2, after: 2 }, sold_out: { count: 0, first: [] } },
    margin: { skus: 3, before: '0.00', after: '0.00', change: '0.00', before_pct: '0', after_pct: '0' },
    ...{ run_id: 'run-1', clock: run.clock, passed: true, error_code: null, error_message: null },
    ...{ vendors_left_out: [], invalid_rows: { before: 0, after: 0 }, unpriced_skus: { before: 0, after: 0 } },
    ...{ decisions: 'none', held: { count: 0, first: [] }, guardrails: [], expectations: [], new_warnings: [] },
  });
  assert.match(run.clock, /^\d{4}-.*Z$/);
  assert.equal([diff?.rows, diff?.changes.unchanged, diff?.column_changes], [{ before: 3, after: 3 }, 3, {}]);
  assert.equal(diff?.columns, { compared: CONFIG.output.columns, only_before: [], only_after: [] });
});

test('columns are those of the two configs, whatever the figures need', async () => {
  const cases: Array<
    [before: string[], after: string[], compared: string[], onlyBefore: string[], onlyAfter: string[]]
  > = [
    [['sku', 'price'], ['sku', 'price'], ['sku', 'price'], [], []],
    [['sku', 'title', 'price'], ['price', 'sku', 'cost'], ['price', 'sku'], ['title'], ['cost']],
    [['sku', 'cost'], ['sku', 'price'], ['sku'], ['cost'], ['price']],
    [
      ['price', 'sku'],
      ['sku', 'vendor_id', 'quantity_available', 'cost', 'map_price', 'price'],
      ['sku', 'price'],
      [],
      ['vendor_id', 'quantity_available', 'cost', 'map_price'],
    ],
  ];
  for (const [before, after, compared, only_before, only_after] of cases) {
    for (const format of ['csv', 'jsonl']) {
      const stored = await storedRun(FEED, { changes: output(before, { format }) });
      const { diff, margin, in_stock } = await simulate(stored, output(after));
      assert.equal(diff?.columns, { compared, only_before, only_after }, `${before} and ${after}`);
      assert.equal([diff?.changes.unchanged, margin?.skus, in_stock.before], [3, 3, 2], `${before}`);
    }
  }
});

test('figures of a feed without their columns are made again, unless the run cannot be made again here', async () => {
  const changes = output(['sku', 'price']);
  const pricing = { pricing: { ...CONFIG.pricing, base_margin_pct: '0.5' } };
  const known = await simulate(await storedRun(FEED, { changes }), pricing);
  assert.equal(known.margin, {
    skus: 3,
    before: '0.00',
    after: '30.00',
    change: '30.00',
    before_pct: '0',
    after_pct: '0.3333',
  });
  const stored = await storedRun(FEED, { changes });
  const unknown = async (past: Partial<StoredRun['past']>) => {
    const { margin, map_hits, below_cost, in_stock, diff } = await simulate(
      { past: { ...stored.past, ...past } },
      pricing,
    );
    assert.equal([margin, map_hits.before, below_cost.before, in_stock.before], [null, null, null, null]);
    assert.equal([diff?.changes.changed, diff?.rows.before], [3, 3]);
  };
  await unknown({ plugins: stored.past.plugins.map((one) => ({ ...one, version: '0.0.1' })) });
  await unknown({ plugins: [...stored.past.plugins, { kind: 'parser', id: 'gone', version: '1.0.0' }] });
  await unknown({ rawConfig: { ...CONFIG, ...changes, unknown_field: 1 } });
  await unknown({ rawConfig: { ...CONFIG, ...changes, error_policy: { max_invalid_rows: 0 }, vendors: [] } });
  // publishing and expectations of the past config do not matter
  const strict = {
    ...output(['sku', 'quantity_available', 'price']),
    guardrails: { min_skus: 3 },
    expect: [{ name: 'three', rows: { min: 3 } }],
    publish: {},
  };
  const again = await storedRun(FEED, { changes: strict });
  const { past } = again;
  // the past run may have had other limits
  const wide = { ...(past.rawConfig as object), extra_columns: MANY_COLUMNS };
  assert.is((await simulate({ past: { ...past, rawConfig: wide } }, pricing)).margin?.skus, 3);
  const raw = past.rawConfig as typeof CONFIG;
  const stricter = { ...raw, guardrails: { min_skus: 9 }, expect: [{ name: 'nine', rows: { min: 9 } }] };
  assert.is((await simulate({ past: { ...past, rawConfig: stricter } }, pricing)).margin?.skus, 3);
});

test('a feed without rows has no figures to make again', async () => {
  const empty = await storedRun({ a: 'A x 1' }, { changes: output(['sku', 'price'], { format: 'jsonl' }) });
  const { margin, diff, in_stock } = await simulate(empty);
  assert.equal([margin?.skus, diff?.rows, in_stock], [0, { before: 0, after: 0 }, { before: 0, after: 0 }]);
});

test('what the config holds, trips and expects is listed, and the feed is compared though it would not go out', async () => {
  const stored = await storedRun(FEED);
  const run = await simulate(stored, {
    pricing: { ...CONFIG.pricing, base_margin_pct: '0.5' },
    publish: { holds: { price_rise_pct: '0.2' } },
    guardrails: { max_median_price_change_pct: '0.1', min_skus: 1 },
    expect: [
      { name: 'three', rows: { min: 3 } },
      { name: 'four', rows: { min: 4 }, severity: 'warn' },
    ],
  });
  assert.equal([run.passed, run.error_code], [false, 'GUARDRAIL_TRIPPED']);
  assert.equal(run.held.count, 3);
  assert.equal(run.held.first[0], {
    sku: 'A',
    reason: 'price_rise',
    published_price: '10.00',
    candidate_price: '15.00',
  });
  assert.equal(
    run.guardrails.map(({ guard }) => guard),
    ['max_median_price_change_pct'],
  );
  assert.equal(
    run.expectations.map(({ name }) => name),
    ['four'],
  );
  assert.is(run.diff?.rows.after, 3);
  assert.ok(run.new_warnings.includes('skus_held:3'));
  const failed = await simulate(stored, { expect: [{ name: 'four', rows: { min: 4 } }] });
  assert.equal([failed.passed, failed.error_code, failed.diff?.changes.unchanged], [false, 'EXPECTATION_FAILED', 3]);
  const invalid = await simulate(await storedRun({ a: 'A 1 10;B x 1' }), { error_policy: { max_invalid_rows: 0 } });
  assert.equal(
    [invalid.passed, invalid.error_code, invalid.diff, invalid.margin],
    [false, 'validation_errors', null, null],
  );
  assert.equal(
    [invalid.invalid_rows, invalid.map_hits, invalid.sold_out],
    [
      { before: 1, after: 1 },
      { before: null, after: 0, first: [] },
      { count: 0, first: [] },
    ],
  );
});

test('fifty held SKUs are listed, and fifty new warnings', async () => {
  const feed = Array.from({ length: 60 }, (_, i) => `S${100 + i} 1 10`).join(';');
  const stored = await storedRun({ a: feed });
  const expect = Array.from({ length: 55 }, (_, i) => ({ name: `n${i}`, rows: { min: 99 }, severity: 'warn' }));
  const run = await simulate(stored, {
    ...{ pricing: { ...CONFIG.pricing, base_margin_pct: '0.5' }, publish: { holds: { price_rise_pct: '0' } }, expect },
  });
  assert.equal([run.held.count, run.held.first.length, run.held.first[49]?.sku], [60, 50, 'S149']);
  assert.is(run.new_warnings.length, 50);
});

test('vendors that the past run did not have are left out, and that is no news', async () => {
  const vendor = (vendor_id: string, more: object = {}) => ({
    ...{ vendor_id, required: true, inbound: { type: 'local' }, parser: { format: 'csv' } },
    ...more,
  });
  const stored = await storedRun(FEED, { changes: { vendors: [vendor('a')] } });
  const on_trouble = { missing: 'fail' };
  const run = await simulate(stored, { vendors: [vendor('a'), vendor('n'), vendor('o', { on_trouble })] });
  assert.equal([run.passed, run.vendors_left_out, run.new_warnings], [true, ['n', 'o'], []]);
  assert.is(run.diff?.changes.unchanged, 3);
});

test('the decisions of the past run count as they were', async () => {
  const changes = { publish: { holds: { price_rise_pct: '0.1' } } };
  const first = await storedRun({ a: 'A 1 10' }, { changes });
  const taken = 'sku,decision,price,run_id,expires_at,reason,baseline_run_id\nA,accept,15.00,other,,,run-1\n';
  const pricing = { pricing: { ...CONFIG.pricing, base_margin_pct: '0.5' } };
  const edit = (store: StoredRun['store'], prefix: string) => store.put(`${prefix}reports/decisions.csv`, taken);
  const publishing = { decisions: decisionsOf(taken) };
  const kept = await storedRun({ a: 'A 1 10' }, { changes, before: first.result, publishing, edit });
  const applied = await simulate(kept, { ...changes, ...pricing });
  assert.equal([applied.decisions, applied.held.count, applied.diff?.column_changes], ['applied', 0, { price: 1 }]);
  const lost = await storedRun({ a: 'A 1 10' }, { changes, before: first.result, publishing });
  const unknown = await simulate(lost, { ...changes, ...pricing });
  assert.equal([unknown.decisions, unknown.held.count], ['not_kept', 1]);
});

test('a simulation that is cancelled, or meets a bug, throws', async () => {
  const stored = await storedRun(FEED);
  const error = await simulate(stored, {}, AbortSignal.abort()).catch((reason: unknown) => reason);
  assert.equal([(error as RelayError).code, (error as RelayError).message.includes('run run-1')], ['CANCELLED', false]);
  const broken = {
    ...stored.past,
    open: () => {
      throw new TypeError('a bug');
    },
  };
  const bug = await simulate({ past: broken }).catch((reason: unknown) => reason);
  assert.instance(bug, Error);
  assert.not(bug instanceof RelayError && bug.code === 'CANCELLED');
});

test.run();
