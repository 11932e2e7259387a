/** `relay run` with a baseline on disk: an earlier run's folder or a feed alone. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG, FEED, NOW } from '../../testing/one-vendor.ts';
import { filesIn, inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

const COLUMNS = ['sku', 'quantity_available', 'price'];

/** A folder with a config, and a run of it. */
async function runIn(folder: string, changes: object, id: string, feed: string | null, more: readonly string[] = []) {
  const config = writeFileIn(
    folder,
    'tenant.json',
    JSON.stringify({ ...CONFIG, output: { columns: COLUMNS }, ...changes }),
  );
  fs.rmSync(path.join(folder, 'in'), { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, 'in'));
  if (feed !== null) writeFileIn(folder, 'in/acme/feed.csv', feed);
  const args = ['run', '--config', config, '--input', path.join(folder, 'in'), '--out', path.join(folder, 'out')];
  const result = await relay([...args, '--run-id', id, '--now', NOW, ...more]);
  const root = path.join(folder, 'out', id, 'tenants/shop');
  const read = (name: string): string => fs.readFileSync(path.join(root, name), 'utf8');
  return { ...result, root, read, files: filesIn(root) };
}

test('a run folder, its parent, its feed alone and JSON lines can be baselines; the manifest names them', () =>
  inFolder(async (folder) => {
    const config = { publish: {} };
    const first = await runIn(folder, config, 'r1', FEED);
    const feed = path.join(first.root, 'outputs/merged_inventory.csv');
    const lines = writeFileIn(folder, 'published.jsonl', '{"sku":"B","quantity_available":2,"price":"13.20"}\n');
    const bases: Array<[string, string | null]> = [
      [first.root, 'r1'],
      [path.join(folder, 'out/r1'), 'r1'],
      [feed, null],
      [lines, null],
    ];
    for (const [given, run] of bases) {
      const next = await runIn(folder, config, 'r2', 'sku,quantity_available,cost\nA,1,20.50\n', ['--baseline', given]);
      assert.is(next.code, 0, next.stderr + next.stdout);
      assert.ok(next.read('outputs/merged_inventory.csv').endsWith('B,0,13.20\n'), given);
      const { baseline } = JSON.parse(next.read('reports/input_manifest.json'));
      assert.is(baseline.run_id, run);
      assert.match(baseline.sha256, /^[0-9a-f]{64}$/);
    }
  }));

test('a tripped run keeps its candidate, which can be compared; a forced one is published', () =>
  inFolder(async (folder) => {
    const config = { guardrails: { max_sku_drop_pct: '0.1' } };
    const first = await runIn(folder, config, 'r1', FEED);
    const half = 'sku,quantity_available,cost\nA,1,20.50\n';
    const tripped = await runIn(folder, config, 'r2', half, ['--baseline', first.root]);
    assert.is(tripped.code, 3);
    assert.match(tripped.stdout, 'max_sku_drop_pct is 0.1 and the run has 0.5, 2 published and 1 now');
    assert.not.ok(tripped.files.includes('outputs/merged_inventory.csv'));
    const diff = await relay(['diff', first.root, tripped.root, '--json', '--out', path.join(folder, 'diff')]);
    assert.is(JSON.parse(diff.stdout).changes.removed, 1);
    assert.equal(filesIn(path.join(folder, 'diff')), ['delta.csv', 'diff.json']);
    const asBaseline = await runIn(folder, config, 'r3', half, ['--baseline', tripped.root]);
    assert.is(asBaseline.code, 2);
    assert.match(asBaseline.stderr, 'was not published');
    const forced = await runIn(folder, config, 'r3', half, ['--baseline', first.root, '--force', 'closing sale']);
    assert.is(forced.code, 0, forced.stdout);
    assert.is(JSON.parse(forced.read('reports/input_manifest.json')).forced, 'closing sale');
  }));

test('a missing vendor’s file is carried over from the folder, in several runs in a row', () =>
  inFolder(async (folder) => {
    const vendors = [{ ...CONFIG.vendors[0], on_trouble: { missing: 'carry_over', carry_over_max_hours: 1e6 } }];
    let last = await runIn(folder, { vendors }, 'r1', FEED);
    for (const id of ['r2', 'r3']) {
      last = await runIn(folder, { vendors }, id, null, ['--baseline', last.root]);
      assert.is(last.code, 0, last.stdout);
      assert.is(last.read('carried_over/acme/feed.csv'), FEED);
      assert.ok(last.read('outputs/merged_inventory.csv').includes('A,1,25.80'));
    }
  }));

test('a baseline that is missing, not asked for or about to be replaced, and an empty reason, are wrong use', () =>
  inFolder(async (folder) => {
    const first = await runIn(folder, { publish: {} }, 'r1', FEED);
    const cases: Array<[object, string, string[], RegExp]> = [
      [{ publish: {} }, 'r2', ['--baseline', path.join(folder, 'nowhere')], /nowhere is not there/],
      [{ publish: {} }, 'r2', ['--baseline', folder], /has no outputs\/merged_inventory\.csv/],
      [{}, 'r2', ['--baseline', first.root], /need "publish"/],
      [{ publish: {} }, 'r1', ['--baseline', first.root], /OUTPUT_IS_INPUT/],
      [{ publish: {} }, 'r2', ['--force', ' '], /takes a reason/],
    ];
    for (const [config, id, more, message] of cases) {
      const { code, stderr } = await runIn(folder, config, id, FEED, more);
      assert.is(code, 2, more.join(' '));
      assert.match(stderr, message);
    }
    const bad = writeFileIn(folder, 'decisions.csv', 'sku,decision,price\nA,maybe,1\n');
    const failed = await runIn(folder, { publish: {} }, 'r2', FEED, ['--decisions', bad]);
    assert.is(failed.code, 3);
    assert.match(failed.stderr, 'line 2: decision must be accept or reject');
  }));

test('a baseline that is not a feed is refused; a forced run starts afresh', () =>
  inFolder(async (folder) => {
    const cases: Array<[string, string]> = [
      ['', 'it is empty, without a header'],
      ['\ufeff', 'it is empty, without a header'],
      ['name,price\nA,1\n', 'it has no column sku'],
      ['sku,price\nA,1\nB,abc\n', 'the price "abc" of SKU "B" on line 3 is no amount'],
      ['sku,price\nA,1\nZ,-2.00\n', 'the price "-2.00" of SKU "Z" on line 3 is no amount'],
      ['sku,quantity_available\nA,1.5\n', 'the quantity_available "1.5" of SKU "A" on line 2 is no whole number'],
    ];
    const config = { publish: {} };
    for (const [text, why] of cases) {
      const feed = writeFileIn(folder, 'published.csv', text);
      const refused = await runIn(folder, config, 'r1', FEED, ['--baseline', feed]);
      assert.is(refused.code, 3, text);
      assert.match(refused.stdout + refused.stderr, `cannot be used: ${why}`);
      const forced = await runIn(folder, config, 'r1', FEED, ['--baseline', feed, '--force', 'afresh']);
      assert.is(forced.code, 0, forced.stdout);
      assert.match(forced.stdout, why);
    }
    const none = writeFileIn(folder, 'published.jsonl', '');
    assert.is((await runIn(folder, config, 'r1', FEED, ['--baseline', none])).code, 0);
    const large = writeFileIn(folder, 'large.csv', `sku,quantity_available,price\nA,${'9'.repeat(20)},\n`);
    assert.is((await runIn(folder, config, 'r1', FEED, ['--baseline', large])).code, 0);
  }));

test('decisions about SKUs that are in neither the run nor the published feed are reported', () =>
  inFolder(async (folder) => {
    const feed = writeFileIn(folder, 'published.csv', 'sku,quantity_available,price\nA,1,25.80\nC,1,9.00\n');
    const rows = ['AA', 'A', 'B', 'C', 'Z', 'a'].map((sku) => `${sku},accept,1.00\n`);
    const decisions = writeFileIn(folder, 'decisions.csv', `sku,decision,price\n${rows.join('')}`);
    const more = ['--baseline', feed, '--decisions', decisions];
    const run = await runIn(folder, { publish: {} }, 'r1', FEED, more);
    assert.is(run.code, 0, run.stdout);
    const { warnings } = JSON.parse(run.read('reports/run_summary.json'));
    assert.ok(warnings.includes('decisions_unknown:3:"AA", "Z", "a"'), warnings.join('; '));
    const known = writeFileIn(folder, 'decisions.csv', 'sku,decision,price\nA,accept,1.00\nC,reject,1.00\n');
    const next = await runIn(folder, { publish: {} }, 'r1', FEED, ['--baseline', feed, '--decisions', known]);
    assert.not.match(next.read('reports/run_summary.json'), 'decisions_unknown');
  }));

test('decisions about SKUs that nothing holds are reported, unless they accept the price that goes out', () =>
  inFolder(async (folder) => {
    const prices = 'A,1,25.80\nB,1,1.00\n';
    const feed = writeFileIn(folder, 'published.csv', `sku,quantity_available,price\n${prices}C,1,9.00\n`);
    const config = { publish: { holds: { price_rise_pct: 0.1 } } };
    const warningsOf = async (decisions: string): Promise<string[]> => {
      const file = writeFileIn(folder, 'decisions.csv', `sku,decision,price,expires_at\n${decisions}`);
      const run = await runIn(folder, config, 'r1', FEED, ['--baseline', feed, '--decisions', file]);
      assert.is(run.code, 0, run.stdout);
      const { warnings } = JSON.parse(run.read('reports/run_summary.json')) as { warnings: string[] };
      return warnings.filter((warning) => warning.startsWith('decisions_'));
    };
    // the price of A is as published; that of B has risen
    assert.equal(await warningsOf('A,accept,1.00,\nB,accept,1.00,\n'), ['decisions_not_held:1:"A"']);
    assert.equal(await warningsOf('A,reject,25.80,\nZ,accept,1.00,\n'), [
      'decisions_unknown:1:"Z"',
      'decisions_not_held:1:"A"',
    ]);
    assert.equal(await warningsOf('A,accept,25.80,\nB,reject,1.00,\n'), []);
    assert.equal(await warningsOf('A,accept,1.00,2000-01-01T00:00:00Z\n'), []);
  }));

test.run();
