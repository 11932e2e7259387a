/** Baselines: feeds with other columns, and damaged or changed ones. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import type { ByteSource } from '../../core/ports/engine.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { CONFIG, files, reportOf, rowsOf, runShop as run, artifactText as textOf } from './shop.ts';

test('a feed alone can be the baseline, even with other columns and quoting; every vanished SKU counts as removed', async () => {
  const feed = new TextEncoder().encode('\ufeffprice,"sku",note\r\n"10.0",A,x\r\n10,"B ""2""",y\r\n');
  const baseline = baselineOf({
    runId: 'file',
    read: (path) => (path === 'outputs/merged_inventory.csv' ? feed : undefined),
  });
  const config = { publish: { vanished: { removed: 'keep' }, holds: { price_rise_pct: '0.5' } } };
  const result = await run({ a: 'A 1 20' }, null, config, { baseline });
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  assert.equal(rowsOf(result.merged ?? ''), ['A,a,1,10.00', '"B ""2""",,,10']);
  assert.equal(reportOf(result, 'diff').columns, {
    compared: ['sku', 'price'],
    only_before: ['note'],
    only_after: ['vendor_id', 'quantity_available'],
  });
  assert.equal(rowsOf(textOf(result, 'reports/vanished.csv')), ['"B ""2""",removed,keep,,1']);
});

test('a published feed without price: the rules of holds look at nothing, and the run says so', async () => {
  const feeds = { a: 'A 1 20' };
  const holds = { price_rise_pct: '0.5' };
  const warned = async (text: string, publish: object, more: object = {}): Promise<string[]> => {
    const feed = new TextEncoder().encode(text);
    const read = (path: string) => (path === 'outputs/merged_inventory.csv' ? feed : undefined);
    const result = await run(feeds, null, { publish }, { baseline: baselineOf({ runId: 'file', read }), ...more });
    assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
    return result.outcome.summary.warnings.filter((warning) => warning.startsWith('prices_not_held'));
  };
  const why = ['prices_not_held:the published feed has no column price'];
  assert.equal(await warned('sku,Preis\nA,1\n', { holds }), why);
  assert.equal(await warned('sku,Preis\nA,1\n', { holds: { price_drop_pct: '0.5' } }), why);
  assert.equal(await warned('sku,Preis\nA,1\n', { holds: { below_cost: true } }), why);
  assert.equal(await warned('sku,price\nA,20\n', { holds }), []);
  assert.equal(await warned('sku,Preis\nA,1\n', {}), []);
  assert.equal(await warned('sku,Preis\n', { holds }), []);
  assert.equal(await warned('sku,Preis\nA,1\n', { holds }, { force: 'it is meant' }), []);
});

test('an unsorted, damaged or changed baseline fails the run; a forced run starts afresh', async () => {
  const first = await run({ a: 'A 1 10' }, null);
  const good = baselineOf({ runId: 'before', read: (path) => first.artifacts.files.get(path) });
  for (const text of [
    'sku,price\nB,1\nA,1\n',
    'sku,price\nA,1\nA,2\n',
    'sku,price\nA\n',
    'name\nA\n',
    'sku,price\nA,1\n',
  ]) {
    const feed = new TextEncoder().encode(text);
    const damaged = baselineOf({
      runId: 'r9',
      read: (path) => (path === 'outputs/merged_inventory.csv' ? feed : undefined),
    });
    const baseline = text.endsWith('A,1\n') && damaged && good ? { ...damaged, sha256: good.sha256 } : damaged;
    const failed = await run({ a: 'A 1 10' }, null, { publish: {} }, { baseline });
    assert.is(failed.outcome.error_code, 'invalid_input', text);
    assert.match(failed.outcome.error_message ?? '', 'r9');
    assert.is(failed.merged, undefined);
    const forced = await run({ a: 'A 1 10' }, null, { publish: {} }, { baseline, force: 'afresh' });
    assert.is(forced.outcome.status, 'SUCCEEDED', forced.outcome.error_message ?? '');
    assert.is(reportOf(forced, 'input_manifest').baseline, null);
  }
});

test('a state file with any changed byte fails the next run by name; a forced run starts afresh', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.1' } } };
  const first = await run({ a: 'A 1 10;Z 1 10', b: 'M 1 5' }, null, config);
  const path = 'outputs/publish_state.csv';
  const state = Buffer.from(first.artifacts.files.get(path) ?? []).toString('utf8');
  assert.is(state, 'sku,vendors,state,runs,candidate_price,earlier_decision\nA,a,,,,\nM,b,,,,\nZ,a,,,,\n');
  for (const changed of [state.replace('M,b', 'M,a'), state.replace('Z,a', 'Z,b'), `${state}ZZ,a,,,,\n`]) {
    const read = (one: string) => (one === path ? Buffer.from(changed) : first.artifacts.files.get(one));
    const baseline = baselineOf({ runId: 'r9', read });
    // Z is not in the next run, so the merge alone reads nothing after M
    const failed = await run({ a: 'A 1 10', b: 'M 1 5' }, null, config, { baseline });
    assert.is(failed.outcome.error_code, 'invalid_input', changed);
    assert.match(failed.outcome.error_message ?? '', 'the state of the published feed of run r9');
    assert.match(failed.outcome.error_message ?? '', 'publish_state.csv, is not what was published: its SHA-256 is ');
    assert.is(failed.merged, undefined);
    const forced = await run({ a: 'A 1 10' }, null, config, { baseline, force: 'afresh' });
    assert.is(forced.outcome.status, 'SUCCEEDED', forced.outcome.error_message ?? '');
    assert.is(reportOf(forced, 'input_manifest').baseline, null);
  }
  const same = await run({ a: 'A 1 10', b: 'M 1 5' }, first, config);
  assert.is(same.outcome.status, 'SUCCEEDED', same.outcome.error_message ?? '');
});

test('what a run was compared with is in its manifest, summary and reports, and what it was not is a warning', async () => {
  const first = await run({ a: 'A 1 10 10;B 1 10 10', b: '' }, null);
  const before = baselineOf({ runId: 'before', read: (path) => first.artifacts.files.get(path) });
  const name = { run_id: 'before', key: 'before/outputs/merged_inventory.csv', etag: null, published_at: null };
  const decisions = { ...decisionsOf('sku,decision,price,run_id,expires_at,reason\n'), etag: '"1"', sha256: 'ab' };
  const [publish, guardrails] = [{ holds: { price_rise_pct: '0.5' } }, { min_skus: 1, max_sku_drop_pct: 1 }];
  const [fresh, unchecked] = ['no_baseline:nothing is published yet', 'no earlier run to compare with'];
  const cases: Array<[given: object, config: object, warnings: string[], guards: string[] | null]> = [
    [{}, { publish }, [fresh], null],
    [{}, { publish: {}, guardrails }, [fresh, `guardrails_not_checked:${unchecked}`], ['min_skus']],
    [{}, { guardrails }, [`guardrails_not_checked:${unchecked}`], ['min_skus']],
    [{}, { guardrails: { max_sku_drop_pct: 1 } }, [`guardrails_not_checked:${unchecked}`], []],
    [{}, { guardrails: {} }, [`guardrails_not_checked:${unchecked}`], null],
    [{ baseline: before }, { publish }, [], null],
    [{ baseline: before }, { publish, guardrails }, [], ['max_sku_drop_pct', 'min_skus']],
    [{ baseline: before, decisions }, { publish }, [], null],
    [{ baseline: before, force: 'it is meant' }, { publish }, ['publish_forced:it is meant'], null],
    [{ baseline: { ...before, sha256: null, stateSha256: null } }, { publish }, [], null],
  ];
  for (const [given, config, warnings, guards] of cases) {
    const result = await run({ a: 'A 1 10 10;B 1 10 10', b: '' }, null, config, given);
    const { status, summary } = result.outcome;
    assert.is(status, 'SUCCEEDED', result.outcome.error_message ?? '');
    assert.equal(summary.warnings, warnings);
    const { baseline, decisions: taken = null, force: forced = null } = given as Record<string, typeof before>;
    const expected = {
      baseline: baseline == null ? null : { ...name, sha256: baseline.sha256 },
      decisions: taken === null ? null : { key: 'decisions.csv', etag: '"1"', sha256: 'ab' },
      forced,
    };
    const rows = { before: baseline == null ? 0 : 2, candidate: 2, after: 2 };
    const said = (report: object) => Object.fromEntries(Object.entries(report).filter(([key]) => key in expected));
    assert.equal(said(reportOf(result, 'input_manifest')), expected);
    assert.equal(said(reportOf(result, 'diff')), expected);
    assert.equal(reportOf(result, 'diff').rows, rows);
    const { changes, held, held_silently, vanished, tripped, rows: counted, ...rest } = summary.publish ?? {};
    assert.equal(rest, expected);
    assert.equal([held, held_silently, tripped, counted], [0, 0, [], rows]);
    assert.equal(
      Object.values(vanished ?? { none: 1 }).filter((count) => count > 0),
      [],
    );
    assert.equal([changes?.added, changes?.unchanged], baseline == null ? [2, 0] : [0, 2]);
    assert.equal(changes, reportOf(result, 'diff').changes);
    const judged = result.artifacts.text('reports/guardrails.json');
    assert.equal(judged === undefined ? null : said(JSON.parse(judged)), guards === null ? null : expected);
    assert.equal(
      judged === undefined ? null : JSON.parse(judged).guards.map((one: { guard: string }) => one.guard),
      guards,
    );
  }
  const one = { config: { ...CONFIG, publish: {} }, files: files({ a: 'A 1 10 10' }), vendors: ['a'] };
  assert.equal((await runCase(one)).outcome.summary.warnings, []);
});

test('what a run held, lost and tripped over is in its summary', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.5' } }, guardrails: { min_skus: 4, max_sku_drop_pct: 1 } };
  const first = await run({ a: 'A 1 10 1;B 1 10 1;C 1 10 1;D 1 10 1;E 1 10 1', b: '' }, null, config);
  const feeds = { a: 'A 1 20 1;B 1 10 1;C x 10 1', b: '' };
  const changes = { added: 0, changed: 0, removed: 0, zeroed: 2, kept: 1, held: 1, unchanged: 1 };
  const vanished = { removed: 2, rejected: 1, unavailable: 0, unpriced: 0 };
  const counts = { rows: { before: 5, candidate: 2, after: 5 }, changes, held: 1, held_silently: 0, vanished };
  const of = (summary: (typeof first)['outcome']['summary']) => {
    const { baseline: _, decisions: _decisions, forced: _forced, ...rest } = summary.publish ?? {};
    return rest;
  };
  const lax = { ...config, guardrails: { min_skus: 1 }, error_policy: { max_invalid_rows: 1, max_invalid_row_pct: 1 } };
  const second = await run(feeds, first, lax);
  assert.equal(of(second.outcome.summary), { ...counts, tripped: [] });
  const said = second.outcome.summary.warnings.filter((warning) => warning.startsWith('skus_'));
  assert.equal(said, ['skus_held:1', 'skus_vanished:3']);
  const tripped = await run(feeds, first, { ...lax, guardrails: config.guardrails });
  assert.is(tripped.outcome.error_code, 'GUARDRAIL_TRIPPED');
  const forced = await run(feeds, first, { ...lax, guardrails: config.guardrails }, { force: 'it is meant' });
  assert.is(forced.outcome.status, 'SUCCEEDED', forced.outcome.error_message ?? '');
  assert.equal(forced.outcome.summary.publish?.tripped, ['min_skus']);
  assert.is(forced.outcome.summary.publish?.held, 0);
  const quiet = await run(
    { a: 'A 1 10 1;B 1 10 1', b: '' },
    await run({ a: 'A 1 10 1;B 1 10 1', b: '' }, null),
    config,
  );
  assert.is(quiet.outcome.error_code, 'GUARDRAIL_TRIPPED');
  assert.equal(quiet.outcome.summary.warnings, []);
});

test('what is gone is named, with the way out if there is one; other errors are told as they are', async () => {
  const first = await run({ a: 'A 1 10' }, null);
  const before = baselineOf({ runId: 'before', read: (path) => first.artifacts.files.get(path) });
  assert.ok(before);
  const failing = (error: Error): ByteSource => ({
    ...{ name: 'file', size: null },
    open: async function* () {
      yield* [];
      throw error;
    },
  });
  const gone = new RelayError('not_found', 'no such object');
  const [away, bug] = [new RelayError('internal_error', 'the store is away'), new TypeError('a bug')];
  const titles = {
    feed: 'the published feed of run before (before/outputs/merged_inventory.csv)',
    state:
      'the state of the published feed of run before (before/outputs/merged_inventory.csv), outputs/publish_state.csv,',
    decisions: 'the file of decisions',
  };
  for (const [part, title] of Object.entries(titles)) {
    const given = (source: ByteSource): object =>
      part === 'decisions'
        ? { decisions: { ...decisionsOf(''), source } }
        : { baseline: { ...before, [part]: source } };
    const failed = async (source: ByteSource, more: object = {}) => {
      const { outcome } = await run({ a: 'A 1 10' }, first, { publish: {} }, { ...given(source), ...more });
      return [outcome.error_code ?? outcome.status, outcome.error_message];
    };
    const remedy = part === 'decisions' ? '' : '; a forced run starts without it';
    const changed = new RelayError('precondition_failed', 'another object');
    assert.equal(await failed(failing(gone)), ['invalid_input', `${title} is gone: no such object${remedy}`]);
    assert.equal(await failed(failing(changed)), ['invalid_input', `${title} is gone: another object${remedy}`]);
    for (const error of [away, bug]) {
      assert.is((await failed(failing(error)))[0], 'internal_error');
      const forced = await failed(failing(error), { force: 'afresh' });
      assert.is(forced[0], 'internal_error');
    }
    const [code, message] = await failed(memorySource('file', new Uint8Array(0)));
    assert.is(code, 'invalid_input');
    assert.match(message ?? '', 'it is empty, without a header');
    const forced = await failed(failing(gone), { force: 'afresh' });
    assert.is(forced[0], part === 'decisions' ? 'invalid_input' : 'SUCCEEDED');
  }
  const lines = { ...before, format: 'jsonl' as const, sha256: null, feed: memorySource('feed', new Uint8Array(0)) };
  const { outcome } = await run({ a: 'A 1 10' }, null, { publish: {} }, { baseline: { ...lines, state: null } });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
});

test('guardrails compare the columns that the published feed has, wherever they are', async () => {
  const guardrails = { max_in_stock_drop_pct: 1, max_median_price_change_pct: 9, max_vendor_row_drop_pct: 1 };
  const noQuantity = { guard: 'max_in_stock_drop_pct', why: 'the published feed has no quantity_available' };
  const noPrice = { guard: 'max_median_price_change_pct', why: 'the published feed has no price' };
  const noRows = { guard: 'max_vendor_row_drop_pct', why: 'the published feed is a file alone' };
  for (const [text, not_checked, prices] of [
    [
      'price,quantity_available,sku\n8.00,1,A\n',
      [noRows],
      [{ sku: 'A', published_price: '8.00', candidate_price: '10.00' }],
    ],
    [
      'quantity_available,sku,price\n1,A,20\n',
      [noRows],
      [{ sku: 'A', published_price: '20.00', candidate_price: '10.00' }],
    ],
    ['sku,price\nA,10.00\n', [noQuantity, noRows], []],
    ['quantity_available,sku\n1,A\n', [noPrice, noRows], []],
    ['sku\nA\n', [noQuantity, noPrice, noRows], []],
    ['sku\n', [noRows], []],
  ] as const) {
    const read = (path: string) => (path === 'outputs/merged_inventory.csv' ? Buffer.from(text) : undefined);
    const result = await run({ a: 'A 1 10' }, null, { guardrails }, { baseline: baselineOf({ runId: 'file', read }) });
    assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
    const report = reportOf(result, 'guardrails');
    assert.equal(report.not_checked, not_checked, text);
    const said = result.outcome.summary.warnings.filter((warning) => warning.startsWith('guardrails_not_checked'));
    assert.equal(
      said,
      not_checked.map(({ guard, why }) => `guardrails_not_checked:${guard}, as ${why}`),
    );
    const median = report.guards.find(({ guard }: { guard: string }) => guard === 'max_median_price_change_pct');
    assert.equal(median?.worst ?? [], prices);
  }
});

test('a forced run keeps a baseline that it can read to its end, and reads all its prices and quantities before', async () => {
  for (const [text, isKept] of [
    ['sku,price,quantity_available\nA,1.00,1\nB,2.00,2\n', true],
    ['sku\nA\nB\n', true],
    ['sku,price,quantity_available\nA,1.00,1\nB,x,2\n', false],
    ['sku,price,quantity_available\nA,1.00,1\nB,2.00,x\n', false],
    ['sku,price\nB,1.00\nA,2.00\n', false],
  ] as const) {
    const read = (path: string) => (path === 'outputs/merged_inventory.csv' ? Buffer.from(text) : undefined);
    const baseline = baselineOf({ runId: 'file', read });
    const forced = await run({ a: 'A 1 10' }, null, { publish: {} }, { baseline, force: 'afresh' });
    assert.is(forced.outcome.status, 'SUCCEEDED', forced.outcome.error_message ?? '');
    assert.is(reportOf(forced, 'input_manifest').baseline !== null, isKept, text);
    const unusable = forced.outcome.summary.warnings.filter((warning) => warning.startsWith('baseline_unusable:'));
    assert.is(unusable.length, isKept ? 0 : 1);
  }
});

test.run();
