/** A SKU over several runs: its state in each, and what changed it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { historyOf } from '../../core/explain/history.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { MemoryRunFiles } from './memory-files.ts';

const CONFIG = {
  ...PLAIN_TENANT,
  tenant_id: 'shop',
  default_currency: 'USD',
  vendors: ['a', 'b'].map((vendor_id) => ({
    ...{ vendor_id, required: false, inbound: { type: 'local' }, parser: { format: 'csv' } },
  })),
  output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
};

function run(feeds: Record<string, string>, config: object = {}, before: HarnessResult | null = null) {
  const files = Object.fromEntries(
    Object.entries(feeds).map(([id, rows]) => [
      id,
      { name: 'feed.csv', bytes: new TextEncoder().encode(`sku,quantity_available,cost\n${rows}\n`) },
    ]),
  );
  const baseline =
    before === null ? null : baselineOf({ runId: 'run-0', read: (path) => before.artifacts.files.get(path) });
  const publishing = { baseline, decisions: null, force: null };
  return runCase({ config: { ...CONFIG, ...config }, files, publishing });
}

test('each run has price, quantity, winner and outcome, and each change its fields and causes', async () => {
  const publish = { publish: { holds: { price_rise_pct: '0.5' } } };
  const margin = { pricing: { ...CONFIG.pricing, base_margin_pct: '0.1' } };
  const third = await run({ a: 'X,1,10', b: 'X,5,9' }, margin);
  const results: HarnessResult[] = [
    await run({ a: 'X,1,30' }, { ...publish, ...margin }, third),
    third,
    await run({ a: 'X,1,10', b: 'X,5,9' }),
    await run({ a: 'X,1,10', b: 'X,5,9' }),
    await run({ a: 'X,1,10', b: 'X,no,9' }),
    await run({ a: 'Y,1,1', b: 'X,no,9' }),
    await run({ a: 'Y,1,1', b: 'X,1,' }),
    await run({ a: 'Y,1,1' }),
    await run({}, { vendors: CONFIG.vendors.map((vendor) => ({ ...vendor, required: true })) }),
  ];
  const runs = results.map((result, i) => ({ runId: `r${i}`, files: new MemoryRunFiles(result.artifacts.files) }));
  const { entries, failed, next } = await historyOf(runs, { sku: 'X', limit: 20 });
  assert.equal(
    entries.map(({ outcome, price, quantity, vendor_id, change }) => [
      ...[outcome, price, quantity, vendor_id],
      change === null ? null : `${change.fields} by ${change.causes}`,
    ]),
    [
      ['held', '9.90', '1', 'a', 'outcome,quantity,vendor_id by feed,config'],
      ['published', '9.90', '5', 'b', 'price by config'],
      ['published', '9.00', '5', 'b', null],
      ['published', '9.00', '5', 'b', 'price,quantity,vendor_id by feed'],
      ['published', '10.00', '1', 'a', 'outcome,price,quantity,vendor_id by feed'],
      ['rejected', null, null, null, 'outcome by feed'],
      ['unpriced', null, null, null, 'outcome by feed'],
      ['not_offered', null, null, null, null],
    ],
  );
  assert.is(next, null);
  assert.equal(
    failed.map(({ error_code, message }) => [error_code, message]),
    [
      [
        'REQUIRED_VENDOR_MISSING',
        'it did not come to its end: no file was found for the required vendor a at a/; no file was found for the required vendor b at b/',
      ],
    ],
  );
  const waits = entries.map(({ hold, baseline_run_id }) => [hold, baseline_run_id]);
  assert.equal(waits[0], [{ reason: 'price_rise', candidate_price: '33.00', runs: 1 }, 'run-0']);
  assert.equal(waits.slice(1), Array(7).fill([null, null]));
});

test('a run that failed because an optional vendor was missing says so, and which setting did not go on without it', async () => {
  const onTrouble = (more: object) => ({
    publish: {},
    vendors: CONFIG.vendors.map((vendor) => ({ ...vendor, on_trouble: more })),
  });
  const first = await run({ a: 'X,1,10', b: 'Y,1,10' }, { publish: {} });
  for (const [more, why] of [
    [{ missing: 'fail' }, 'its on_trouble.missing is fail'],
    [
      { missing: 'carry_over', carry_over_max_hours: 0.001 },
      'its last file is older than on_trouble.carry_over_max_hours allows',
    ],
  ] as const) {
    const stopped = await run({ a: 'X,1,10' }, onTrouble(more), first);
    assert.is(stopped.outcome.error_code, 'REQUIRED_VENDOR_MISSING');
    const runs = [{ runId: 'r1', files: new MemoryRunFiles(stopped.artifacts.files) }];
    const { failed } = await historyOf(runs, { sku: 'X', limit: 5 });
    assert.equal(
      failed.map(({ message }) => message),
      [`it did not come to its end: no file was found for the optional vendor b at b/; ${why}`],
    );
  }
});

test('a run without its end does not blame an optional vendor that had nothing to carry over', async () => {
  const vendors = CONFIG.vendors.map((vendor) => ({ ...vendor, on_trouble: { missing: 'carry_over' } }));
  const { outcome, artifacts } = await run({ a: 'X,1,10' }, { publish: {}, vendors });
  assert.is(outcome.status, 'SUCCEEDED');
  // as if its process had died before it wrote these
  const files = new Map([...artifacts.files].filter(([path]) => !/run_summary|^outputs/.test(path)));
  const { failed } = await historyOf([{ runId: 'r1', files: new MemoryRunFiles(files) }], { sku: 'X', limit: 5 });
  assert.equal(
    failed.map(({ error_code, message }) => [error_code, message]),
    [[null, 'it did not come to its end']],
  );
});

test('the feed of a stopped run is read only if a person may have published it', async () => {
  const first = await run({ a: 'X,1,10' });
  const guardrails = { guardrails: { max_median_price_change_pct: '0.1' } };
  const stopped = await run({ a: 'X,1,30' }, guardrails, first);
  const runs = [{ runId: 'r1', files: new MemoryRunFiles(stopped.artifacts.files) }];
  const page = await historyOf(runs, { sku: 'X', limit: 5 });
  assert.equal(
    [page.entries, page.failed.map(({ error_code, message }) => [error_code, message])],
    [[], [['GUARDRAIL_TRIPPED', 'it exceeds max_median_price_change_pct']]],
  );
  const { entries } = await historyOf(runs, { sku: 'X', limit: 5, orCandidate: true });
  assert.equal(
    entries.map(({ price }) => price),
    ['30.00'],
  );
});

test('a page is bounded and reads one run more than it shows', async () => {
  const result = await run({ a: 'X,1,10' });
  let opened = 0;
  function* runs() {
    for (let i = 0; i < 100; i++) {
      opened++;
      yield { runId: `r${i}`, files: new MemoryRunFiles(result.artifacts.files) };
    }
  }
  const { entries, next } = await historyOf(runs(), { sku: 'X', limit: 5 });
  assert.equal([entries.length, opened], [5, 6]);
  assert.is.not(next, null);
});

test.run();
