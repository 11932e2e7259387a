/** The published feed of a run after an earlier one: vanished and held SKUs, delta, state and guardrails. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import { type ComparedFeed, diffFeeds } from '../../core/pipeline/publish/diff/diff-feeds.ts';
import { writeCandidateState } from '../../core/pipeline/publish/state/candidate-state.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { MemoryArtifacts, memorySource } from '../../plugins/in-memory/ports.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { CONFIG, files, reportOf, rowsOf, runShop as run, artifactText as textOf } from './shop.ts';

test('without publish and guardrails no publishing artifact is written', async () => {
  const first = await run({ a: 'A 1 10' }, null, {});
  const second = await run({ a: 'B 1 10' }, first, {});
  assert.equal(
    [...second.artifacts.files.keys()].sort(),
    [
      'normalized/a/normalized.csv',
      'reports/rows.bin',
      'normalized/b/normalized.csv',
      'outputs/merged_inventory.csv',
      'reports/config_snapshot.json',
      'reports/errors.json',
      'reports/input_manifest.json',
      'reports/row_index.json',
      'reports/run_summary.json',
      'inbound/a/feed.csv',
    ].sort(),
  );
  assert.is(second.merged, 'sku,vendor_id,quantity_available,price\nB,a,1,10.00\n');
  assert.not.ok('baseline' in reportOf(second, 'input_manifest'));
  assert.not.ok('publish' in second.outcome.summary);
});

test('a first run publishes its candidate unchanged, and says that it was not compared', async () => {
  const first = await run({ a: 'A 1 10;B 2 20' }, null);
  assert.is(first.outcome.status, 'SUCCEEDED', first.outcome.error_message ?? '');
  assert.is(first.merged, 'sku,vendor_id,quantity_available,price\nA,a,1,10.00\nB,a,2,20.00\n');
  assert.ok(first.outcome.summary.warnings.includes('no_baseline:nothing is published yet'));
  assert.is(
    textOf(first, 'outputs/delta.csv'),
    '_change,sku,vendor_id,quantity_available,price,_previous_price,_previous_quantity\nadded,A,a,1,10.00,,\nadded,B,a,2,20.00,,\n',
  );
  assert.is(
    textOf(first, 'outputs/publish_state.csv'),
    'sku,vendors,state,runs,candidate_price,earlier_decision\nA,a,,,,\nB,a,,,,\n',
  );
  assert.is(reportOf(first, 'input_manifest').baseline, null);
});

test('each reason for vanishing has its default action', async () => {
  const first = await run({ a: 'GONE 1 10;REJECTED 2 10;STAYS 1 10;UNPRICED 3 10', b: 'MISSING 4 10' }, null);
  const second = await run({ a: 'REJECTED x 10;STAYS 1 10;UNPRICED 3', b: null }, first);
  assert.is(second.outcome.status, 'SUCCEEDED', second.outcome.error_message ?? '');
  assert.equal(rowsOf(second.merged ?? ''), [
    'GONE,a,0,10.00',
    'MISSING,b,4,10.00',
    'REJECTED,a,2,10.00',
    'STAYS,a,1,10.00',
    'UNPRICED,a,3,10.00',
  ]);
  assert.equal(rowsOf(textOf(second, 'reports/vanished.csv')), [
    'GONE,removed,zero,a,0',
    'MISSING,unavailable,keep,b,1',
    'REJECTED,rejected,keep,a,1',
    'UNPRICED,unpriced,keep,a,1',
  ]);
  assert.equal(rowsOf(textOf(second, 'outputs/delta.csv')), [
    'zeroed,GONE,a,0,10.00,10.00,1',
    'kept,MISSING,b,4,10.00,10.00,4',
    'kept,REJECTED,a,2,10.00,10.00,2',
    'kept,UNPRICED,a,3,10.00,10.00,3',
  ]);
  assert.equal(reportOf(second, 'diff').changes, {
    added: 0,
    changed: 0,
    removed: 0,
    zeroed: 1,
    kept: 3,
    held: 0,
    unchanged: 1,
  });
});

test('SKUs of a vendor that the config no longer names count as removed', async () => {
  const first = await run({ a: 'A 1 10', b: 'B 1 10' }, null);
  const second = await run({ a: 'A 1 10' }, first, { publish: {}, vendors: CONFIG.vendors.slice(0, 1) });
  assert.equal(rowsOf(textOf(second, 'reports/vanished.csv')), ['B,removed,zero,b,0']);
});

test('keep lasts for keep_runs published runs in a row; `then` follows', async () => {
  // biome-ignore lint/suspicious/noThenProperty: the config's own name
  const config = { publish: { vanished: { keep_runs: 2, then: 'drop' } } };
  let last = await run({ a: 'A 1 10', b: 'B 4 10' }, null, config);
  const seen: string[] = [];
  for (let i = 0; i < 3; i++) {
    last = await run({ a: 'A 1 10', b: null }, last, config);
    seen.push(...rowsOf(textOf(last, 'reports/vanished.csv')));
  }
  assert.equal(seen, ['B,unavailable,keep,b,1', 'B,unavailable,keep,b,2', 'B,unavailable,drop,b,0']);
  assert.equal(rowsOf(last.merged ?? ''), ['A,a,1,10.00']);
  const back = await run({ a: 'A 1 10', b: 'B 4 10' }, last, config);
  assert.equal(rowsOf(textOf(back, 'outputs/publish_state.csv')), ['A,a,,,,', 'B,b,,,,']);
});

test('a price past the limit, not at it, is held and goes out with today’s quantity', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.2', price_drop_pct: '0.2' } } };
  const first = await run({ a: 'AT 1 10;DOWN 1 10;DOWNAT 1 10;UP 1 10' }, null, config);
  const second = await run({ a: 'AT 5 12;DOWN 6 7.99;DOWNAT 7 8;UP 8 12.01' }, first, config);
  assert.equal(rowsOf(second.merged ?? ''), ['AT,a,5,12.00', 'DOWN,a,6,10.00', 'DOWNAT,a,7,8.00', 'UP,a,8,10.00']);
  assert.equal(rowsOf(textOf(second, 'reports/holds.csv')), [
    'DOWN,price_drop,10.00,7.99,7.99,a,1',
    'UP,price_rise,10.00,12.01,12.01,a,1',
  ]);
  assert.ok(rowsOf(textOf(second, 'outputs/delta.csv')).includes('held,UP,a,8,10.00,10.00,1'));
  assert.ok(second.outcome.summary.warnings.includes('skus_held:2'));
  const third = await run({ a: 'AT 5 12;DOWN 6 7.99;DOWNAT 7 8;UP 8 12' }, second, config);
  assert.equal(rowsOf(textOf(third, 'reports/holds.csv')), ['DOWN,price_drop,10.00,7.99,7.99,a,2']);
  assert.ok(third.merged?.includes('UP,a,8,12.00'));
});

test('prices below cost and new SKUs are held; a new SKU stays out', async () => {
  const config = {
    publish: { holds: { below_cost: true, new_sku: 'hold' } },
    pricing: { ...CONFIG.pricing, base_margin_pct: '-0.1' },
  };
  const open = { publish: {}, pricing: { ...CONFIG.pricing, base_margin_pct: 0 } };
  const first = await run({ a: 'A 1 10' }, null, open);
  const second = await run({ a: 'A 2 11;NEW 1 5' }, first, { ...config, pricing: open.pricing });
  assert.equal(rowsOf(second.merged ?? ''), ['A,a,2,11.00']);
  assert.equal(rowsOf(textOf(second, 'reports/holds.csv')), ['NEW,new_sku,,5.00,5.00,a,1']);
  const third = await run({ a: 'A 2 10;NEW 1 5' }, second, config);
  assert.equal(rowsOf(third.merged ?? ''), ['A,a,2,11.00']);
  assert.equal(rowsOf(textOf(third, 'reports/holds.csv')), [
    'A,below_cost,11.00,9.00,10.00,a,1',
    'NEW,below_cost,,4.50,5.00,a,2',
  ]);
  assert.equal(rowsOf(textOf(third, 'outputs/publish_state.csv')), ['A,a,held,1,9.00,', 'NEW,a,new,2,4.50,']);
});

test('accept publishes the held price; reject holds it without listing it until it changes', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.1', new_sku: 'hold' } } };
  const first = await run({ a: 'A 1 10;B 1 10' }, null, config);
  const second = await run({ a: 'A 1 20;B 1 20;NEW 1 5' }, first, config);
  assert.is(rowsOf(textOf(second, 'reports/holds.csv')).length, 3);
  const decisions = decisionsOf(
    'sku,decision,price,run_id,expires_at,reason\nA,accept,20.00,r,,ok\nB,reject,20.00,r,,\nNEW,accept,5.00,r,,\n',
  );
  const third = await run({ a: 'A 1 20;B 1 20;NEW 1 5' }, second, config, { decisions });
  assert.equal(rowsOf(third.merged ?? ''), ['A,a,1,20.00', 'B,a,1,10.00', 'NEW,a,1,5.00']);
  assert.equal(rowsOf(textOf(third, 'reports/holds.csv')), []);
  assert.is(third.outcome.summary.publish?.held_silently, 1);
  const changed = await run({ a: 'A 1 20;B 1 21;NEW 1 5' }, third, config, { decisions });
  assert.equal(rowsOf(textOf(changed, 'reports/holds.csv')), ['B,price_rise,10.00,21.00,21.00,a,3']);
  // the accepted price is now the measure: a price too far from it is held again
  const further = await run({ a: 'A 1 22.01;B 1 10;NEW 1 5' }, second, config, { decisions });
  assert.equal(rowsOf(textOf(further, 'reports/holds.csv')), ['A,price_rise,10.00,22.01,22.01,a,2']);
  const expired = decisionsOf('sku,decision,price,run_id,expires_at,reason\nA,accept,20.00,r,2026-11-01T06:00:00Z,\n');
  const late = await run({ a: 'A 1 20;B 1 10;NEW 1 5' }, second, config, { decisions: expired });
  assert.is(rowsOf(textOf(late, 'reports/holds.csv')).length, 2);
});

test('a decision on a SKU that nothing holds is told, unless its price has gone out', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.5' } } };
  const skus = ['CHANGED', 'DONE', 'GONE_OUT', 'OTHER', 'REJECTED', 'SAME'];
  const feedOf = (cost: (sku: string) => number) => ({ a: skus.map((sku) => `${sku} 1 ${cost(sku)}`).join(';') });
  const first = await run(
    feedOf(() => 10),
    null,
    config,
  );
  const decided = {
    ...{ CHANGED: 'accept,99.00', DONE: 'accept,12.00', GONE_OUT: 'accept,10.00' },
    ...{ OTHER: 'accept,7.00', REJECTED: 'reject,10.00', SAME: 'reject,9.00' },
  };
  const rows = Object.entries(decided).map(([sku, decision]) => `${sku},${decision},r,,\n`);
  const decisions = decisionsOf(`sku,decision,price,run_id,expires_at,reason\n${rows.join('')}`);
  const costs: Record<string, number> = { CHANGED: 11, DONE: 12, GONE_OUT: 11 };
  const result = await run(
    feedOf((sku) => costs[sku] ?? 10),
    first,
    config,
    { decisions },
  );
  const told = result.outcome.summary.warnings.filter((one) => one.startsWith('decisions_'));
  assert.equal(told, ['decisions_not_held:4:"CHANGED", "OTHER", "REJECTED", "SAME"']);
  const guarded = { publish: { holds: { ...config.publish.holds, max_held_pct: 1 } } };
  const held = await run(
    feedOf((sku) => (sku < 'GONE' ? 20 : 10)),
    first,
    guarded,
  );
  const [guard] = JSON.parse(textOf(held, 'reports/guardrails.json')).guards;
  assert.equal([guard.guard, guard.value, guard.candidate], ['max_held_pct', '0.3333', 2]);
});

test('a published row without a price says nothing about how much prices have changed', async () => {
  const config = { guardrails: { max_median_price_change_pct: '0.5' } };
  const first = await run({ a: 'A 1 10;B 1 10;C 1 10' }, null, config);
  const path = 'outputs/merged_inventory.csv';
  first.artifacts.files.set(path, toBytes(textOf(first, path).replace(/^([AB],.*),10.00$/gm, '$1,')));
  const second = await run({ a: 'A 1 10;B 1 10;C 1 12' }, first, config);
  const [guard] = JSON.parse(textOf(second, 'reports/guardrails.json')).guards;
  assert.equal([guard.guard, guard.value], ['max_median_price_change_pct', '0.2']);
});

test('a decision is done with once its SKU goes out: it says nothing about a later hold', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.5', price_drop_pct: '0.5' } } };
  const table = (...rows: string[]) => ({
    decisions: decisionsOf(`sku,decision,price,run_id,expires_at,reason,baseline_run_id\n${rows.join('\n')}\n`),
  });
  for (const [word, publishes] of [
    ['accept', '20.00'],
    ['reject', '10.00'],
  ] as const) {
    const old = `A,${word},20.00,second,,,first`;
    let last = await run({ a: 'A 1 20' }, await run({ a: 'A 1 10' }, null, config), config);
    last = await run({ a: 'A 1 20' }, last, config, table(old));
    assert.equal(rowsOf(last.merged ?? ''), [`A,a,1,${publishes}`]);
    for (const cost of [14, 10]) last = await run({ a: `A 1 ${cost}` }, last, config, table(old));
    // months later the same price comes back, and waits until somebody decides anew
    for (const runs of [1, 2, 3]) {
      last = await run({ a: 'A 1 20' }, last, config, table(old));
      assert.equal(rowsOf(textOf(last, 'reports/holds.csv')), [`A,price_rise,10.00,20.00,20.00,a,${runs}`], word);
    }
    assert.equal(rowsOf(textOf(last, 'outputs/publish_state.csv')), ['A,a,held,3,20.00,second']);
    last = await run({ a: 'A 1 20' }, last, config, table('A,accept,20.00,last,,,x'));
    assert.equal(rowsOf(last.merged ?? ''), ['A,a,1,20.00']);
  }
});

test('a decision on a run with the id of an earlier one counts: they are told apart by when they were taken', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.5' } } };
  const decided = (at: string) => ({
    decisions: decisionsOf(`sku,decision,price,run_id,expires_at,reason,decided_at\nA,accept,20.00,daily,,,${at}\n`),
  });
  const spring = '2026-04-01T06:00:00Z';
  let last = await run({ a: 'A 1 10' }, await run({ a: 'A 1 10' }, null, config), config, decided(spring));
  for (const runs of [1, 2]) {
    last = await run({ a: 'A 1 20' }, last, config, decided(spring));
    assert.equal(rowsOf(textOf(last, 'outputs/publish_state.csv')), [`A,a,held,${runs},20.00,daily ${spring}`]);
  }
  last = await run({ a: 'A 1 20' }, last, config, decided('2026-10-01T06:00:00Z'));
  assert.equal(rowsOf(last.merged ?? ''), ['A,a,1,20.00']);
});

test('a decision outlasts a rollback to the feed before the hold, and can be turned round there', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.5' } } };
  const first = await run({ a: 'A 1 10' }, null, config);
  // the run that held 20.00 was compared with the first, as the next one is after a rollback to it
  const decided = (decision: string) => ({
    decisions: decisionsOf(
      `sku,decision,price,run_id,expires_at,reason,baseline_run_id\nA,${decision},20.00,second,,,before\n`,
    ),
  });
  const accepted = await run({ a: 'A 1 20' }, first, config, decided('accept'));
  assert.equal(rowsOf(accepted.merged ?? ''), ['A,a,1,20.00']);
  const rejected = await run({ a: 'A 1 20' }, first, config, decided('reject'));
  assert.equal(rowsOf(rejected.merged ?? ''), ['A,a,1,10.00']);
  assert.is(rejected.outcome.summary.publish?.held_silently, 1);
});

test('decisions on a run that max_held_pct stopped count as long as its baseline is published', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.1', new_sku: 'hold', max_held_pct: '0.5' } } };
  const first = await run({ a: 'A 1 10;B 1 10' }, null, config);
  const feed = { a: 'A 1 20;B 1 20;NEW 1 5' };
  const tripped = await run(feed, first, config);
  assert.is(tripped.outcome.error_code, 'GUARDRAIL_TRIPPED');
  assert.is(rowsOf(textOf(tripped, 'reports/holds.csv')).length, 3);
  const decided = (baseline: string, ...rows: string[]) => ({
    decisions: decisionsOf(
      `sku,decision,price,run_id,expires_at,reason,baseline_run_id\n${rows.map((row) => `${row},t,,,${baseline}\n`).join('')}`,
    ),
  });
  const both = ['A,accept,20.00', 'B,reject,20.00', 'NEW,accept,5.00'];
  const next = await run(feed, first, config, decided('before', ...both));
  assert.equal(rowsOf(next.merged ?? ''), ['A,a,1,20.00', 'B,a,1,10.00', 'NEW,a,1,5.00']);
  assert.is(next.outcome.summary.publish?.held_silently, 1);
  assert.is((await run(feed, first, config, decided('other', ...both))).outcome.error_code, 'GUARDRAIL_TRIPPED');
  // prices are measured against the accepted price
  const risen = await run({ a: 'A 1 22;B 1 10' }, first, config, decided('before', 'A,accept,20.00'));
  assert.equal(rowsOf(risen.merged ?? ''), ['A,a,1,22.00', 'B,a,1,10.00']);
  const further = await run({ a: 'A 1 22.01;B 1 10' }, first, config, decided('before', 'A,accept,20.00'));
  assert.equal(rowsOf(textOf(further, 'reports/holds.csv')), ['A,price_rise,10.00,22.01,22.01,a,1']);
});

test('JSON lines give the same results, and rows of the baseline keep their types', async () => {
  const output = { ...CONFIG.output, format: 'jsonl' };
  const config = { output, publish: { holds: { price_rise_pct: '0.1' } } };
  const first = await run({ a: 'A 1 10;B 2 10', b: 'C 3 10' }, null, config);
  const second = await run({ a: 'A 5 20', b: null }, first, config);
  assert.is(second.outcome.status, 'SUCCEEDED', second.outcome.error_message ?? '');
  assert.equal(
    textOf(second, 'outputs/merged_inventory.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { sku: 'A', vendor_id: 'a', quantity_available: 5, price: '10.00' },
      { sku: 'B', vendor_id: 'a', quantity_available: 0, price: '10.00' },
      { sku: 'C', vendor_id: 'b', quantity_available: 3, price: '10.00' },
    ],
  );
  assert.equal(rowsOf(textOf(second, 'outputs/delta.csv')), [
    'held,A,a,5,10.00,10.00,1',
    'zeroed,B,a,0,10.00,10.00,2',
    'kept,C,b,3,10.00,10.00,3',
  ]);
});

test('a baseline from before publishing was turned on tells by its winners which vendor is missing', async () => {
  const first = await run({ a: 'A 1 10', b: 'B 1 10' }, null, {});
  const second = await run({ a: 'A 1 10', b: null }, first);
  assert.equal(rowsOf(textOf(second, 'reports/vanished.csv')), ['B,unavailable,keep,,1']);
});

test('a candidate published by hand has a state without kept, zeroed or held SKUs', async () => {
  const config = { publish: { holds: { price_rise_pct: 0, new_sku: 'hold' } }, guardrails: { min_skus: 9 } };
  const first = await run({ a: 'A 1 10;GONE 1 10', b: 'B 1 10' }, null, { publish: {} });
  const tripped = await run({ a: 'A 1 11;NEW 1 5', b: null }, first, config);
  assert.is(tripped.outcome.error_code, 'GUARDRAIL_TRIPPED');
  const written = new MemoryArtifacts();
  const sink = written.create('state');
  await writeCandidateState(tripped.artifacts.source('outputs/publish_state.csv'), sink, DEFAULT_LIMITS);
  sink.close();
  assert.is(written.text('state'), 'sku,vendors,state,runs,candidate_price,earlier_decision\nA,a,,,,\nNEW,a,,,,\n');
});

test('a rollback’s delta sets SKUs added since to quantity 0', async () => {
  const first = await run({ a: 'A 1 10;B 2 10' }, null);
  const second = await run({ a: 'A 3 12;NEW 4 5' }, first);
  const feedOf = (result: HarnessResult): ComparedFeed => ({
    name: 'a feed',
    format: 'csv',
    source: result.artifacts.source('outputs/merged_inventory.csv'),
  });
  const written = new MemoryArtifacts();
  const delta = written.create('delta');
  const report = await diffFeeds({
    ...{ before: feedOf(second), after: feedOf(first), moneyDecimals: 2, limits: DEFAULT_LIMITS },
    ...{ zeroesRemoved: true, delta },
  });
  delta.close();
  assert.equal(rowsOf(written.text('delta') ?? ''), [
    'changed,A,a,1,10.00,12.00,3',
    'changed,B,a,2,10.00,10.00,0',
    'zeroed,NEW,a,0,5.00,5.00,4',
  ]);
  assert.equal([report.changes.zeroed, report.changes.changed, report.rows], [1, 2, { before: 3, after: 2 }]);
});

test('the delta of two empty feeds is only its header', async () => {
  const source = memorySource('feed', new TextEncoder().encode('sku,price\n'));
  const feed: ComparedFeed = { name: 'a feed', format: 'csv', source };
  const written = new MemoryArtifacts();
  const delta = written.create('delta');
  const report = await diffFeeds({ before: feed, after: feed, moneyDecimals: 2, limits: DEFAULT_LIMITS, delta });
  delta.close();
  assert.is(written.text('delta'), '_change,sku,price,_previous_price,_previous_quantity\n');
  assert.equal(report.rows, { before: 0, after: 0 });
});

test('a run over some vendors is not compared', async () => {
  const first = await run({ a: 'A 1 10', b: 'B 1 10' }, null);
  const baseline = baselineOf({ runId: 'before', read: (path) => first.artifacts.files.get(path) });
  const config = { ...CONFIG, publish: {}, guardrails: { min_skus: 5 } };
  const some = await runCase({
    config,
    files: files({ a: 'A 1 10' }),
    vendors: ['a'],
    publishing: { baseline, decisions: null, force: null },
  });
  assert.is(some.outcome.status, 'SUCCEEDED', some.outcome.error_message ?? '');
  assert.equal(rowsOf(some.merged ?? ''), ['A,a,1,10.00']);
  assert.is(some.artifacts.text('outputs/delta.csv'), undefined);
  assert.ok(some.outcome.summary.warnings.includes('guardrails_not_checked:the run is over some vendors'));
});

test.run();
