/** Guardrails trip past their limits and not at them, and what a stopped run leaves behind. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';
import { CONFIG, files, reportOf, rowsOf, runShop as run, artifactText as textOf } from './shop.ts';

const GUARDS: Array<[string, object, string, string, string]> = [
  [
    'max_sku_drop_pct',
    { max_sku_drop_pct: '0.25' },
    'A 1 10;B 1 10;C 1 10;D 1 10',
    'A 1 10;B 1 10;C 1 10',
    'A 1 10;B 1 10',
  ],
  ['max_in_stock_drop_pct', { max_in_stock_drop_pct: '0.5' }, 'A 1 10;B 1 10', 'A 1 10;B 0 10', 'A 0 10;B 0 10'],
  [
    'max_median_price_change_pct',
    { max_median_price_change_pct: '0.1' },
    'A 1 10;B 1 10',
    'A 1 11;B 1 11',
    'A 1 11;B 1 11.01',
  ],
  [
    'max_vendor_row_drop_pct',
    { max_vendor_row_drop_pct: '0.5' },
    'A 1 10;B 1 10;C 1 9;D 1 9',
    'A 1 10;B 1 10',
    'A 1 10',
  ],
  ['min_skus', { min_skus: 2 }, 'A 1 10;B 1 10', 'A 1 10;B 1 10', 'A 1 10'],
];
for (const [guard, guardrails, before, atLimit, past] of GUARDS) {
  test(`${guard} trips past its limit, not at it`, async () => {
    const first = await run({ a: before }, null, { guardrails });
    const good = await run({ a: atLimit }, first, { guardrails });
    assert.is(good.outcome.status, 'SUCCEEDED', good.outcome.error_message ?? '');
    const bad = await run({ a: past }, first, { guardrails });
    assert.is(bad.outcome.error_code, 'GUARDRAIL_TRIPPED');
    assert.match(bad.outcome.error_message ?? '', guard);
    assert.is(bad.merged, undefined);
    assert.is(textOf(bad, 'outputs/delta.csv'), '');
    const plain = await run({ a: past }, null, {});
    assert.is(textOf(bad, 'outputs/candidate_inventory.csv'), plain.merged);
    assert.equal(
      reportOf(bad, 'guardrails').guards.map((one: { tripped: boolean }) => one.tripped),
      [true],
    );
    const forced = await run({ a: past }, first, { guardrails }, { force: 'a closing sale' });
    assert.is(forced.outcome.status, 'SUCCEEDED', forced.outcome.error_message ?? '');
    assert.ok(forced.outcome.summary.warnings.includes('publish_forced:a closing sale'));
  });
}

test('stale feeds and too many held SKUs trip', async () => {
  const guardrails = { stale_after_hours: 24 };
  // the harness's files are dated 2026-01-01T00:00:00Z
  const at = { config: { ...CONFIG, guardrails }, files: files({ a: 'A 1 10' }) };
  const fresh = await runCase({ ...at, now: '2026-01-02T00:00:00Z' });
  assert.is(fresh.outcome.status, 'SUCCEEDED', fresh.outcome.error_message ?? '');
  const stale = await runCase({ ...at, now: '2026-01-02T00:00:01Z' });
  assert.is(stale.outcome.error_code, 'GUARDRAIL_TRIPPED');
  const config = { publish: { holds: { price_rise_pct: 0, max_held_pct: '0.5' } } };
  const first = await run({ a: 'A 1 10;B 1 10' }, null, config);
  assert.is((await run({ a: 'A 1 11;B 1 10' }, first, config)).outcome.status, 'SUCCEEDED');
  const held = await run({ a: 'A 1 11;B 1 11' }, first, config);
  assert.is(held.outcome.error_code, 'GUARDRAIL_TRIPPED');
  assert.is(rowsOf(textOf(held, 'reports/holds.csv')).length, 2);
});

test('the message counts SKUs that had vanished before, and the way out that it names takes them out', async () => {
  const config = { publish: {}, guardrails: { max_sku_drop_pct: '0.3' } };
  const ended = { a: 'A 1 10;B 1 10;C 1 10' };
  const first = await run({ a: 'A 1 10;B 1 10;C 1 10;D 1 10;E 1 10' }, null, config);
  const half = await run(ended, first, config);
  assert.match(
    half.outcome.error_message ?? '',
    /max_sku_drop_pct is 0\.3 and the run has 0\.4, 5 published and 3 now(?! \()/,
  );
  assert.is(reportOf(half, 'guardrails').guards[0].gone_before, undefined);
  const forced = await run(ended, first, config, { force: 'the range has ended' });
  const again = await run(ended, forced, config);
  assert.match(
    again.outcome.error_message ?? '',
    '5 published and 3 now (2 of those published had vanished before and are out with quantity 0; to take them out, set publish.vanished.removed to drop and force a run)',
  );
  assert.is(reportOf(again, 'guardrails').guards[0].gone_before, 2);
  const drops = { ...config, publish: { vanished: { removed: 'drop' } } };
  const out = await run(ended, forced, drops, { force: 'D and E are gone for good' });
  assert.is(rowsOf(out.merged ?? '').length, 3);
  assert.is((await run(ended, out, config)).outcome.status, 'SUCCEEDED');
});

test.run();
