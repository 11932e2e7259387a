/** `relay simulate` on run folders: what it compares, what would stop a run, and that it changes nothing. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SimulatedRun } from '../../../core/pipeline/simulate/simulate.ts';
import { CONFIG } from '../../testing/one-vendor.ts';
import { filesIn, inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

const test = suite('relay simulate');

const VENDOR = (vendor_id: string, more: object = {}) => ({
  ...{ vendor_id, required: false, inbound: { type: 'local' }, parser: { format: 'csv' } },
  ...more,
});
const TWO = {
  ...CONFIG,
  vendors: [VENDOR('acme'), VENDOR('bolt')],
  output: { columns: ['sku', 'vendor_id', 'quantity_available', 'cost', 'map_price', 'price'] },
};
const FEEDS = {
  acme: 'sku,quantity_available,cost,map_price\nA,2,10,\nB,1,20,30\nC,5,7,\n',
  bolt: 'sku,quantity_available,cost,map_price\nA,2,9,\nB,0,20,\nD,1,100,\n',
};

async function runIn(folder: string, config: object, id: string, now = '2026-11-01T06:00:00Z'): Promise<void> {
  const file = writeFileIn(folder, `${id}.json`, JSON.stringify(config));
  const input = path.join(folder, 'in');
  for (const [vendor, text] of Object.entries(FEEDS)) {
    const feed = path.join(input, vendor, 'feed.csv');
    if (!fs.existsSync(feed)) writeFileIn(folder, `in/${vendor}/feed.csv`, text);
  }
  const out = path.join(folder, 'out');
  const ran = await relay(['run', '--config', file, '--input', input, '--out', out, '--run-id', id, '--now', now]);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
}

async function simulate(folder: string, config: object, more: readonly string[] = []) {
  const file = writeFileIn(folder, 'new.json', JSON.stringify(config));
  const out = path.join(folder, 'out');
  const before = hashes(out);
  const result = await relay(['simulate', '--config', file, '--against', out, '--json', ...more]);
  assert.equal(hashes(out), before, 'nothing of the past runs changes');
  const report = JSON.parse(result.stdout);
  const runs: SimulatedRun[] = report.runs ?? [];
  return { ...result, report, runs, run: runs[0] as SimulatedRun };
}

function hashes(folder: string): string[] {
  return filesIn(folder).map((name) => {
    const bytes = fs.readFileSync(path.join(folder, name));
    return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
  });
}

test('the runs’ own config changes nothing, whatever arrived in the inbox since; the newest runs come first', () =>
  inFolder(async (folder) => {
    const config = { ...TWO, publish: {}, guardrails: { max_median_price_change_pct: 0, max_sku_drop_pct: 0 } };
    for (const [i, id] of ['one', 'two', 'three'].entries())
      await runIn(folder, config, id, `2026-11-0${i + 1}T06:00:00Z`);
    writeFileIn(folder, 'in/acme/feed.csv', 'sku,quantity_available,cost\nZ,1,1\n');
    const { code, report, runs } = await simulate(folder, config, ['--runs', '2']);
    assert.equal([code, report.passed, runs.map(({ run_id }) => run_id)], [0, true, ['three', 'two']]);
    for (const run of runs) {
      assert.equal(run.diff?.changes, { ...run.diff?.changes, added: 0, changed: 0, removed: 0, unchanged: 4 });
      assert.equal([run.held.count, run.guardrails, run.new_warnings], [0, [], []]);
      assert.is(run.margin?.change, '0.00');
    }
  }));

test('prices, winners, MAP hits, prices below cost and the margin are compared between both feeds', () =>
  inFolder(async (folder) => {
    await runIn(folder, TWO, 'r');
    const config = {
      ...TWO,
      pricing: { ...TWO.pricing, base_margin_pct: '-0.1' },
      merge: { strategy: 'best_offer', best_offer: { sort_by: ['vendor_priority:acme,bolt'] } },
      output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
    };
    const { run } = await simulate(folder, config);
    // before: A 12.00 of bolt, B 30.00 (its MAP), C 9.60, D 121.20; after: A 9.90 of acme, B 30.00, C 7.20, D 90.90
    assert.equal(run.diff?.winner_switches, { count: 1, largest: [{ from: 'bolt', to: 'acme', count: 1 }] });
    assert.equal(run.diff?.column_changes, { vendor_id: 1, price: 3 });
    assert.equal(run.diff?.columns, {
      compared: ['sku', 'vendor_id', 'quantity_available', 'price'],
      only_before: ['cost', 'map_price'],
      only_after: [],
    });
    assert.equal(
      [run.map_hits, run.below_cost],
      [
        { before: 1, after: 1, first: ['B'] },
        {
          ...{ before: 0, after: 2 },
          first: [
            { sku: 'A', price: '9.90', cost: '10.00' },
            { sku: 'D', price: '90.90', cost: '100.00' },
          ],
        },
      ],
    );
    const text = await simulatedText(folder);
    assert.match(text.stdout, '  below cost: A at 9.90, cost 10.00; D at 90.90, cost 100.00\n');
    const { before, after, change, skus } = run.margin ?? {};
    assert.equal([skus, before, after, change], [4, '36.80', '1.00', '-35.80']);
    assert.equal(
      run.diff?.largest.map(({ sku, price }) => `${sku} ${price}`),
      ['C 7.20', 'D 90.90', 'A 9.90'],
    );
  }));

test('margins and prices below cost use the landed cost', () =>
  inFolder(async (folder) => {
    await runIn(folder, TWO, 'r');
    // landed: A 12.70 of bolt, B 27.00 (MAP 30.00), C 10.10, D 131.00; prices are 1.00 more
    const terms = ['acme', 'bolt'].map((vendor_id) => ({ vendor_id, handling_pct: '0.3', handling_fixed: 1 }));
    const pricing = { ...TWO.pricing, base_margin_pct: 0, vendor_terms: { vendors: terms } };
    const { run } = await simulate(folder, { ...TWO, pricing });
    assert.equal([run.margin?.before, run.margin?.after, run.below_cost.after], ['36.80', '6.00', 0]);
    const lower = await simulate(folder, { ...TWO, pricing: { ...pricing, base_margin_pct: '-0.08' } });
    assert.equal(lower.run.below_cost.first, [
      { sku: 'A', price: '12.60', cost: '12.70' },
      { sku: 'D', price: '121.44', cost: '131.00' },
    ]);
  }));

test('a MAP price raised by an ending counts as a MAP hit; goods that fall out of stock are named', () =>
  inFolder(async (folder) => {
    const rules = [{ use: 'margin' }, { use: 'map_floor' }, { use: 'ending', with: { endings: ['.99'], mode: 'up' } }];
    const config = { ...TWO, pricing: { ...TWO.pricing, min_price: 9, map_policy: { enforce: true }, rules } };
    // MAPs: B's 30.00 ends as 30.99; E's 8.00 is below min_price 9.00; F's 30.00 is below its price 36.00, so neither decides
    writeFileIn(
      folder,
      'in/acme/feed.csv',
      'sku,quantity_available,cost,map_price\nA,2,10,\nB,1,20,30\nE,1,5,8\nF,1,30,30\n',
    );
    await runIn(folder, config, 'r');
    // bolt: A 2, D 1 and B 0
    const quantity = { rules: [{ buffer: { units: 1 } }] };
    const { run } = await simulate(folder, { ...config, quantity });
    assert.equal(run.map_hits, { before: 1, after: 1, first: ['B'] });
    assert.equal(
      [run.in_stock, run.sold_out],
      [
        { before: 5, after: 1 },
        { count: 4, first: ['B', 'D', 'E', 'F'] },
      ],
    );
    const args = ['--config', path.join(folder, 'new.json'), '--against', path.join(folder, 'out')];
    const text = await relay(['simulate', ...args]);
    assert.match(text.stdout, '  SKUs in stock: 5 before, 1 after\n  out of stock now: 4 (B; D; E; F)\n');
  }));

test('it names what would stop the run: guardrails with the compared feed, expectations, invalid rows', () =>
  inFolder(async (folder) => {
    await runIn(folder, TWO, 'r');
    const dear = { ...TWO, pricing: { ...TWO.pricing, base_margin_pct: 2 } };
    const guarded = await simulate(folder, { ...dear, guardrails: { max_median_price_change_pct: '0.5' } });
    assert.equal([guarded.code, guarded.report.passed, guarded.run.error_code], [3, false, 'GUARDRAIL_TRIPPED']);
    assert.equal(
      guarded.run.guardrails.map(({ guard }) => guard),
      ['max_median_price_change_pct'],
    );
    assert.is(guarded.run.diff?.column_changes.price, 4);
    const expect = [
      { name: 'cheap', column: 'price', max: 200 },
      { name: 'full', rows: { min: 9 }, severity: 'warn' },
    ];
    const expected = await simulate(folder, { ...dear, expect });
    assert.is(expected.run.error_code, 'EXPECTATION_FAILED');
    assert.equal(
      expected.run.expectations.map(({ name, severity }) => `${name} ${severity}`),
      ['cheap error', 'full warn'],
    );
    assert.is(expected.run.diff?.column_changes.price, 4);
    const strict = { use: 'required_fields', with: { columns: ['title'] } };
    const refused = await simulate(folder, { ...TWO, validators: [strict] });
    assert.equal([refused.run.error_code, refused.run.diff], ['validation_errors', null]);
    assert.equal(refused.run.invalid_rows, { before: 0, after: 6 });
  }));

test('held prices are listed and unchanged in the feed', () =>
  inFolder(async (folder) => {
    await runIn(folder, TWO, 'r');
    const pricing = { ...TWO.pricing, base_margin_pct: 2 };
    const { run } = await simulate(folder, { ...TWO, pricing, publish: { holds: { price_rise_pct: '0.5' } } });
    assert.equal([run.passed, run.held.count, run.diff?.column_changes], [true, 4, {}]);
    assert.equal(run.held.first[0], {
      sku: 'A',
      reason: 'price_rise',
      published_price: '12.00',
      candidate_price: '30.00',
    });
  }));

/** Makes two runs, of which the second holds A, B and C because acme's costs doubled; then a third with a decision on these. */
async function decidedRuns(folder: string, config: object, decision: 'accept' | 'reject'): Promise<string> {
  const out = path.join(folder, 'out');
  const decisions = path.join(folder, 'decisions.csv');
  const run = async (id: string, now: string, more: readonly string[]) => {
    const file = writeFileIn(folder, `${id}.json`, JSON.stringify(config));
    const args = [
      'run',
      '--config',
      file,
      '--input',
      path.join(folder, 'in'),
      '--out',
      out,
      '--run-id',
      id,
      '--now',
      now,
    ];
    const ran = await relay([...args, ...more]);
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
  };
  const folderOf = (id: string) => path.join(out, id, 'tenants', 'shop');
  for (const [vendor, text] of Object.entries(FEEDS)) writeFileIn(folder, `in/${vendor}/feed.csv`, text);
  await run('one', '2026-11-01T06:00:00Z', []);
  writeFileIn(folder, 'in/acme/feed.csv', FEEDS.acme.replace('C,5,7', 'C,5,14'));
  await run('two', '2026-11-02T06:00:00Z', ['--baseline', folderOf('one')]);
  const held = await relay(['holds', decision, folderOf('two'), '--all', '--decisions', decisions]);
  assert.is(held.code, 0, held.stdout + held.stderr);
  await run('three', '2026-11-03T06:00:00Z', ['--baseline', folderOf('two'), '--decisions', decisions]);
  return decisions;
}

test('the run’s own decisions apply, whatever happened to their file since', () =>
  inFolder(async (folder) => {
    const config = { ...TWO, publish: { holds: { price_rise_pct: '0.5' } } };
    fs.rmSync(await decidedRuns(folder, config, 'reject'));
    const same = await simulate(folder, config, ['--runs', '2']);
    const [three, two] = same.runs;
    assert.equal([three?.decisions, three?.diff?.changes.unchanged], ['applied', 4]);
    // it is held without being listed, as in the run
    assert.equal([three?.held.count, two?.held.count, two?.decisions], [0, 1, 'none']);
    // without the rule the price would go out, but the rejection holds it
    const { run } = await simulate(folder, { ...TWO, publish: {} });
    assert.equal([run.decisions, run.diff?.column_changes], ['applied', {}]);
    const copy = path.join(folder, 'out/three/tenants/shop/reports/decisions.csv');
    assert.match(fs.readFileSync(copy, 'utf8'), /^sku,.*\nC,reject,18.00,two,/);
    fs.rmSync(copy);
    const lost = await simulate(folder, { ...TWO, publish: {} });
    assert.equal([lost.run.decisions, lost.run.diff?.column_changes], ['not_kept', { price: 1 }]);
    const text = await simulatedText(folder);
    assert.match(text.stdout, 'decisions on held prices: not applied; the run was given some, and kept no copy');
  }));

test('if the past feed lacks columns, the run is repeated to find winners, costs and MAPs', () =>
  inFolder(async (folder) => {
    for (const format of ['csv', 'jsonl']) {
      const narrow = { ...TWO, output: { format, columns: ['price', 'sku'] } };
      await runIn(folder, narrow, format);
      const switched = { strategy: 'best_offer', best_offer: { sort_by: ['vendor_priority:acme,bolt'] } };
      const { run } = await simulate(folder, { ...narrow, merge: switched });
      assert.equal(run.diff?.winner_switches, { count: 1, largest: [{ from: 'bolt', to: 'acme', count: 1 }] }, format);
      assert.equal(run.diff?.columns, { compared: ['price', 'sku'], only_before: [], only_after: [] });
      assert.equal(run.diff?.column_changes, { price: 1 });
      assert.equal(
        [run.map_hits, run.below_cost],
        [
          { before: 1, after: 1, first: ['B'] },
          { before: 0, after: 0, first: [] },
        ],
      );
      assert.equal([run.margin?.skus, run.margin?.before, run.margin?.after], [4, '36.80', '37.00']);
      // a change of winner that the feed does not show changes no row
      const wide = { ...narrow, output: { format, columns: ['sku', 'price', 'cost'] } };
      const widened = await simulate(folder, { ...wide, merge: switched, pricing: { ...TWO.pricing, min_price: 500 } });
      assert.equal(widened.run.diff?.columns, { compared: ['sku', 'price'], only_before: [], only_after: ['cost'] });
      assert.equal(widened.run.diff?.column_changes, { price: 4 });
      const snapshot = path.join(folder, `out/${format}/tenants/shop/reports/config_snapshot.json`);
      fs.writeFileSync(snapshot, fs.readFileSync(snapshot, 'utf8').replaceAll('1.0.0', '0.9.0'));
      const other = await simulate(folder, narrow);
      assert.equal(
        [other.run.map_hits, other.run.margin],
        [{ before: null, after: 1, first: ['B'] }, null],
        'made by other plugins',
      );
      fs.rmSync(path.join(folder, 'out', format), { recursive: true });
    }
  }));

test('JSON lines are compared; a new vendor is left out and named, even a required one; a removed vendor takes its SKUs along', () =>
  inFolder(async (folder) => {
    const lines = { ...TWO, output: { ...TWO.output, format: 'jsonl' } };
    await runIn(folder, lines, 'r');
    const vendors = [VENDOR('acme'), VENDOR('crane', { required: true })];
    const { run } = await simulate(folder, { ...lines, vendors });
    assert.equal([run.passed, run.vendors_left_out, run.new_warnings], [true, ['crane'], []]);
    assert.equal([run.diff?.changes.removed, run.diff?.winner_switches.count], [1, 1]);
  }));

test('the run’s SKU map is used unless the config names another', () =>
  inFolder(async (folder) => {
    const map = (local_path: string) => ({ sku_map: { type: 'file', local_path } });
    writeFileIn(folder, 'map.csv', 'vendor_sku,sku\nC,X\n');
    const config = (file: string) => ({ ...TWO, vendors: [VENDOR('acme', map(file)), VENDOR('bolt')] });
    await runIn(folder, config('map.csv'), 'r');
    writeFileIn(folder, 'map.csv', 'vendor_sku,sku\nC,Y\n');
    writeFileIn(folder, 'other.csv', 'vendor_sku,sku\nC,W\n');
    const same = await simulate(folder, config('map.csv'));
    assert.is(same.run.diff?.changes.unchanged, 4);
    const other = await simulate(folder, config('other.csv'));
    assert.equal([other.run.diff?.changes.added, other.run.diff?.changes.removed], [1, 1]);
  }));

test('a folder without runs of the tenant is refused, with the tenants it has runs of', () =>
  inFolder(async (folder) => {
    await runIn(folder, TWO, 'r');
    const { code, report } = await simulate(folder, { ...TWO, tenant_id: 'other' });
    assert.is(code, 2);
    assert.match(report.message, /no run of tenant other that succeeded; it has runs of shop/);
  }));

/** What the command prints about the last simulated config. */
function simulatedText(folder: string) {
  return relay(['simulate', '--config', path.join(folder, 'new.json'), '--against', path.join(folder, 'out')]);
}

test.run();
