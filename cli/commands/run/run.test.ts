/** `relay run` and `relay check` on files: artifacts, exit codes, wrong use. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG, FEED, NOW, runFeed } from '../../testing/one-vendor.ts';
import { filesIn, inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

test('a good run leaves exactly the artifacts of the contract', () =>
  inFolder(async (folder) => {
    const ran = await runFeed(folder, FEED);
    assert.is(ran.code, 0, ran.stderr);
    assert.equal(ran.files, [
      'inbound/acme/feed.csv',
      'normalized/acme/normalized.csv',
      'outputs/merged_inventory.csv',
      'reports/config_snapshot.json',
      'reports/input_manifest.json',
      'reports/row_index.json',
      'reports/rows.bin',
      'reports/run_summary.json',
    ]);
    const read = (name: string) => fs.readFileSync(path.join(ran.root, name), 'utf8');
    assert.is(read('outputs/merged_inventory.csv'), 'sku,quantity_available,price\nA,1,25.80\nB,2,13.20\n');
    assert.is(read('inbound/acme/feed.csv'), FEED);
    const manifest = JSON.parse(read('reports/input_manifest.json'));
    assert.is(manifest.generated_at, NOW);
    const { last_modified, ...acme } = manifest.vendors.acme;
    assert.equal(acme, {
      status: 'found',
      required: true,
      s3_prefix: null,
      expected_prefix: 'acme/',
      s3_key: null,
      etag: null,
      size: FEED.length,
      sha256: createHash('sha256').update(FEED).digest('hex'),
      selection: 'latest_by_last_modified',
      run_copy_key: 'r1/tenants/shop/inbound/acme/feed.csv',
      parser: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
      reason: 'encoding: declared; delimiter: declared',
    });
    assert.ok(Date.parse(last_modified) > 0);
    const snapshot = JSON.parse(read('reports/config_snapshot.json'));
    assert.equal(snapshot.tenant_config, CONFIG);
    const summary = JSON.parse(read('reports/run_summary.json'));
    assert.equal(Object.keys(summary), [
      ...[
        'run_id',
        'tenant_id',
        'config_version',
        'vendor_count',
        'record_count',
        'vendor_record_counts',
        'invalid_rows',
      ],
      ...[
        'total_rows',
        'error_counts',
        'warnings',
        'notices',
        'unpriced_skus',
        'vendor_figures',
        'artifact_hashes',
        'duration_seconds',
        'stage_times',
        'completed_at',
      ],
    ]);
  }));

test('a vendor’s newest file is read, by time and then by name; hidden files are ignored', () =>
  inFolder(async (folder) => {
    const times: Array<[string, number]> = [
      ['in/acme/old.csv', 1000],
      ['in/acme/deep/b.csv', 2000],
      ['in/acme/deep/a.csv', 2000],
      ['in/acme/.DS_Store', 9000],
    ];
    for (const [name, time] of times) {
      const file = writeFileIn(folder, name, name.endsWith('b.csv') ? FEED : 'broken');
      fs.utimesSync(file, time, time);
    }
    const ran = await runFeed(folder, null);
    assert.is(ran.code, 0, ran.stdout);
    assert.ok(ran.files.includes('inbound/acme/b.csv'));
  }));

test('files named with --vendor are read, and wrong uses refused', () =>
  inFolder(async (folder) => {
    const config = writeFileIn(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = writeFileIn(folder, 'x.csv', FEED);
    const args = ['run', '--config', config, '--out', path.join(folder, 'out'), '--run-id', 'r'];
    assert.is((await relay([...args, '--vendor', `acme=${feed}`])).code, 0);
    const unknown = await relay([...args, '--vendor', `acmee=${feed}`]);
    assert.is(unknown.code, 2);
    assert.match(unknown.stderr, 'UNKNOWN_VENDOR');
    assert.match(unknown.stderr, 'did you mean "acme"');
    const missing = await relay([...args, '--vendor', 'acme=nowhere.csv']);
    assert.is(missing.code, 3);
    assert.match(missing.stdout, 'REQUIRED_VENDOR_MISSING');
    const directory = await relay([...args, '--vendor', `acme=${folder}`]);
    assert.is(directory.code, 3);
    assert.match(directory.stdout, 'invalid_input in FETCH_INPUTS');
    assert.match(directory.stdout, 'directory');
  }));

test('a run refuses to read what it would replace', () =>
  inFolder(async (folder) => {
    const ran = await runFeed(folder, FEED);
    const config = path.join(folder, 'tenant.json');
    const input = path.join(ran.root, 'inbound');
    const again = await relay([
      'run',
      '--config',
      config,
      '--input',
      input,
      '--out',
      path.join(folder, 'out'),
      '--run-id',
      'r1',
    ]);
    assert.is(again.code, 2);
    assert.match(again.stderr, 'OUTPUT_IS_INPUT');
    assert.equal(filesIn(ran.root), ran.files);
  }));

test('an interrupt ends the run with CANCELLED and leaves no half-written files', () =>
  inFolder(async (folder) => {
    const config = writeFileIn(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = writeFileIn(folder, 'x.csv', `sku,quantity_available,cost\n${'A-1,1,10.50\n'.repeat(400_000)}`);
    const out = path.join(folder, 'out');
    // send the signal once the progress shows that the run is reading rows
    let sent = false;
    const interrupt = () => {
      if (!sent) process.kill(process.pid, 'SIGINT');
      sent = true;
    };
    const argv = ['run', '--config', config, '--vendor', `acme=${feed}`, '--out', out, '--run-id', 'r'];
    const { code, stdout } = await relay(argv, {}, true, interrupt);
    assert.is(code, 3, stdout);
    assert.match(stdout, 'CANCELLED');
    assert.not(filesIn(out).some((file) => file.includes('merged_inventory')));
    assert.equal(
      filesIn(out).filter((file) => /part$|\.relay/.test(file)),
      [],
    );
  }));

test('the next run removes what a killed run left behind', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'out/.relay-999999999-abc/run/inbound/x', 'left');
    const alive = writeFileIn(folder, `out/.relay-${process.ppid}-abc/run/inbound/x`, 'in work');
    const config = writeFileIn(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = writeFileIn(folder, 'x.csv', FEED);
    await relay(['run', '--config', config, '--vendor', `acme=${feed}`, '--out', path.join(folder, 'out')]);
    assert.not(fs.existsSync(path.join(folder, 'out/.relay-999999999-abc')));
    assert.ok(fs.existsSync(alive));
  }));

test('limits written in per cent instead of as shares get a warning: nothing drops by more than all of it', () =>
  inFolder(async (folder) => {
    const holds = { price_drop_pct: '20', price_rise_pct: '50', max_held_pct: 1 };
    const guardrails = { max_sku_drop_pct: '30', max_vendor_row_drop_pct: 1, max_median_price_change_pct: '4' };
    writeFileIn(folder, 'tenant.json', JSON.stringify({ ...CONFIG, publish: { holds }, guardrails }));
    const { stdout } = await relay(['check', path.join(folder, 'tenant.json'), '--json']);
    assert.equal(
      JSON.parse(stdout).warnings.filter((one: string) => one.startsWith('large_share')),
      [
        'large_share:guardrails.max_sku_drop_pct 30 is 3000 %, a fraction was expected (0.30 = 30 %)',
        'large_share:publish.holds.price_drop_pct 20 is 2000 %, a fraction was expected (0.30 = 30 %)',
        'large_share:publish.holds.price_rise_pct 50 is 5000 %, a fraction was expected (0.30 = 30 %)',
      ],
    );
  }));

test('check warns of what is probably a mistake', () =>
  inFolder(async (folder) => {
    const pricing = { ...CONFIG.pricing, base_margin_pct: 25 };
    const odd = await runFeed(folder, 'SKU,quantity_available,Cost\nA,1,5\nB,2\n', { pricing, guardrails: {} });
    assert.is(odd.code, 0, odd.stdout);
    for (const words of [
      /\n {2}large_margin: .*base_margin_pct 25 is 2500 %/,
      /\n {2}guardrails_not_checked: /,
      /\n {2}header_matched_loosely:acme: .*"SKU".* sku/,
      /\n {2}header_not_read:acme: .*"Cost".* cost/,
      /\n {2}no_cost_or_price_column:acme: /,
      /\n {2}short_rows:acme: 1 row has .*: line 3 of feed.csv \(2 of 3 fields\)\n {4}means {2}.+\n {4}do {5}.+\n/,
      /\n {2}merged_feed_empty: /,
    ]) {
      assert.match(odd.stdout, words);
    }
    const checked = await relay(['check', path.join(folder, 'tenant.json')]);
    assert.match(checked.stdout, /is valid: .*\n {2}large_margin: .*\n {4}means {2}.*\n {4}do {5}.*\n/);
    const report = JSON.parse((await relay(['check', path.join(folder, 'tenant.json'), '--json'])).stdout);
    assert.equal(
      report.notices.map(({ code }: { code: string }) => code),
      report.warnings.map((warning: string) => warning.split(':')[0]),
    );
    const semicolon = await runFeed(folder, 'sku;quantity_available\nA;1\n');
    assert.match(semicolon.stdout, 'is parser.delimiter ";"?');
    const zip = await runFeed(folder, new Uint8Array([0x50, 0x4b, 3, 4, 5, 6]));
    assert.match(zip.stdout, /invalid_input in NORMALIZE: vendor acme: feed.csv is damaged: it is cut off/);
  }));

test('wrong use gives exit code 2 and one line', async () => {
  const cases: Array<[string[], string]> = [
    [['run'], '--config FILE is missing'],
    [['run', '--config', 'x'], '--out DIR is missing'],
    [['run', '--config', 'x', '--out', 'y'], '--input DIR or --vendor'],
    [['run', '--confg', 'x'], 'did you mean "--config"'],
    [['run', '--config', 'x', '--out', 'y', '--input', 'nowhere'], 'is not a folder'],
    [['run', '--config', 'x', '--out', 'y', '--vendor', 'a'], 'ID=FILE'],
    [['run', '--config', 'x', '--out', 'y', '--vendor', 'a=b', '--run-id', '../x'], '--run-id must be'],
    [['run', '--config', 'x', '--out', 'y', '--vendor', 'a=b', '--now', 'soon'], '--now takes a time'],
    [['rum'], 'did you mean "run"'],
    [['check'], 'takes one config file'],
  ];
  for (const [argv, words] of cases) {
    const { code, stderr } = await relay(argv);
    assert.is(code, 2, argv.join(' '));
    assert.ok(stderr.includes(words), `${argv.join(' ')}: ${stderr}`);
  }
  assert.is((await relay([])).code, 2);
  assert.is((await relay(['--help'])).code, 0);
  assert.is((await relay(['run', '--help'])).code, 0);
});

test('the same run twice gives the same bytes, and replaces the first', () =>
  inFolder(async (folder) => {
    const first = await runFeed(folder, `${FEED}C,x,1\n`, {
      error_policy: { max_invalid_rows: 5, max_invalid_row_pct: 1 },
    });
    // the feed file is rewritten, so only its time in the manifest differs
    const stable = first.files.filter((file) => !/run_summary|input_manifest/.test(file));
    const bytes = stable.map((file) => fs.readFileSync(path.join(first.root, file), 'utf8'));
    writeFileIn(first.root, 'normalized/gone/normalized.csv', 'left over');
    const second = await runFeed(folder, `${FEED}C,x,1\n`, {
      error_policy: { max_invalid_rows: 5, max_invalid_row_pct: 1 },
    });
    assert.equal(second.files, first.files);
    assert.equal(
      stable.map((file) => fs.readFileSync(path.join(second.root, file), 'utf8')),
      bytes,
    );
  }));

test('a terminal shows progress, a pipe does not; --json prints JSON', () =>
  inFolder(async (folder) => {
    const config = writeFileIn(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = writeFileIn(folder, 'x.csv', FEED);
    const args = ['run', '--config', config, '--vendor', `acme=${feed}`, '--out', path.join(folder, 'out')];
    const tty = await relay(args, {}, true);
    assert.match(tty.stderr, 'FETCH_INPUTS');
    assert.ok(tty.stderr.endsWith('\r\x1b[K'));
    const pipe = await relay([...args, '--json', '--run-id', 'j']);
    assert.is(pipe.stderr, '');
    const outcome = JSON.parse(pipe.stdout);
    assert.is(outcome.status, 'SUCCEEDED');
    assert.is(outcome.run_id, 'j');
    assert.ok(fs.existsSync(outcome.artifacts.merged_inventory));
  }));

test('an output folder that cannot be written is reported in one line', () =>
  inFolder(async (folder) => {
    const config = writeFileIn(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = writeFileIn(folder, 'x.csv', FEED);
    const blocked = writeFileIn(folder, 'blocked', 'a file');
    const { code, stdout, stderr } = await relay([
      'run',
      '--config',
      config,
      '--vendor',
      `acme=${feed}`,
      '--out',
      blocked,
    ]);
    assert.is(code, 3);
    assert.match(`${stdout}${stderr}`, /not_a_folder: cannot write to .*: a file is there where a folder is needed/);
  }));

test.run();
