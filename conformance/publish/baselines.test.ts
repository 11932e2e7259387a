/** Baselines: feeds with other columns, and damaged or changed ones. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { reportOf, rowsOf, runShop as run, artifactText as textOf } from './shop.ts';

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

test.run();
