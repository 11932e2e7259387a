/** `relay run` and `relay check` on files: artifacts, exit codes, and what bad input gets. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../relay.ts';
import { type CommandResult, filesIn, inFolder, put, relay } from '../testing/sandbox.ts';

const CONFIG = {
  tenant_id: 'shop',
  timezone: 'Europe/Berlin',
  default_currency: 'EUR',
  vendors: [{ vendor_id: 'acme', inbound: { type: 'local' }, parser: { format: 'csv' } }],
  pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00', map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'quantity_available', 'price'] },
};
const FEED = 'sku,quantity_available,cost\nB,2,10\nA,1,20.50\n';
const NOW = '2026-11-01T06:00:00Z';

interface Ran extends CommandResult {
  root: string;
  files: string[];
  errors: Array<Record<string, unknown>>;
}

/** Runs one vendor's feed; `config` is changed by `changes`. */
async function runFeed(
  folder: string,
  feed: string | Uint8Array | null,
  changes: object = {},
  env: Record<string, string> = {},
): Promise<Ran> {
  const config = put(folder, 'tenant.json', JSON.stringify({ ...CONFIG, ...changes }));
  fs.mkdirSync(path.join(folder, 'in'), { recursive: true });
  if (feed !== null) put(folder, 'in/acme/feed.csv', feed);
  const out = path.join(folder, 'out');
  const args = [
    'run',
    '--config',
    config,
    '--input',
    path.join(folder, 'in'),
    '--out',
    out,
    '--run-id',
    'r1',
    '--now',
    NOW,
  ];
  const result = await relay(args, env);
  const root = path.join(out, 'r1/tenants/shop');
  const errors = path.join(root, 'reports/errors.json');
  assert.not.match(`${result.stdout}${result.stderr}`, /\n\s+at /, 'no stack reaches the user');
  assert.equal(
    filesIn(out).filter((file) => /part$|scratch|\.relay/.test(file)),
    [],
    'nothing half-written is left',
  );
  return {
    ...result,
    root,
    files: filesIn(root),
    errors: fs.existsSync(errors) ? JSON.parse(fs.readFileSync(errors, 'utf8')) : [],
  };
}

const ALWAYS = ['inbound/acme/feed.csv', 'reports/config_snapshot.json', 'reports/input_manifest.json'];

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
      ...['total_rows', 'error_counts', 'warnings', 'unpriced_skus', 'duration_seconds', 'stage_times', 'completed_at'],
    ]);
  }));

test('the newest file of a vendor counts, by time and then by name; hidden files do not', () =>
  inFolder(async (folder) => {
    const times: Array<[string, number]> = [
      ['in/acme/old.csv', 1000],
      ['in/acme/deep/b.csv', 2000],
      ['in/acme/deep/a.csv', 2000],
      ['in/acme/.DS_Store', 9000],
    ];
    for (const [name, time] of times) {
      const file = put(folder, name, name.endsWith('b.csv') ? FEED : 'broken');
      fs.utimesSync(file, time, time);
    }
    const ran = await runFeed(folder, null);
    assert.is(ran.code, 0, ran.stdout);
    assert.ok(ran.files.includes('inbound/acme/b.csv'));
  }));

test('named files, and wrong use of them', () =>
  inFolder(async (folder) => {
    const config = put(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = put(folder, 'x.csv', FEED);
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

test('a run does not read what it is about to replace', () =>
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

test('an interrupt ends the run with CANCELLED and leaves nothing of it half-done', () =>
  inFolder(async (folder) => {
    const config = put(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = put(folder, 'x.csv', `sku,quantity_available,cost\n${'A-1,1,10.50\n'.repeat(400_000)}`);
    const out = path.join(folder, 'out');
    // the signal comes once the run has begun to read rows: progress on the terminal says so
    let sent = false;
    const chunks: string[] = [];
    const code = await main(['run', '--config', config, '--vendor', `acme=${feed}`, '--out', out, '--run-id', 'r'], {
      stdout: (data) => chunks.push(String(data)),
      stderr: () => {
        if (!sent) process.kill(process.pid, 'SIGINT');
        sent = true;
      },
      isTTY: true,
      env: {},
    });
    assert.is(code, 3, chunks.join(''));
    assert.match(chunks.join(''), 'CANCELLED');
    assert.not(filesIn(out).some((file) => file.includes('merged_inventory')));
    assert.equal(
      filesIn(out).filter((file) => /part$|\.relay/.test(file)),
      [],
    );
  }));

test('what a killed run left behind goes with the next one', () =>
  inFolder(async (folder) => {
    put(folder, 'out/.relay-999999999-abc/run/inbound/x', 'left');
    const alive = put(folder, `out/.relay-${process.ppid}-abc/run/inbound/x`, 'in work');
    const config = put(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = put(folder, 'x.csv', FEED);
    await relay(['run', '--config', config, '--vendor', `acme=${feed}`, '--out', path.join(folder, 'out')]);
    assert.not(fs.existsSync(path.join(folder, 'out/.relay-999999999-abc')));
    assert.ok(fs.existsSync(alive));
  }));

test('warnings name what is hardly meant', () =>
  inFolder(async (folder) => {
    const pricing = { ...CONFIG.pricing, base_margin_pct: 25 };
    const odd = await runFeed(folder, 'SKU,quantity_available,Cost\nA,1,5\nB,2\n', { pricing, guardrails: {} });
    assert.is(odd.code, 0, odd.stdout);
    for (const words of [
      'large_margin:base_margin_pct 25 is 2500 %',
      'guardrails_not_checked',
      'header_matched_loosely:acme:sku:SKU',
      'header_not_read:acme:cost:Cost',
      'no_cost_or_price_column:acme',
      'short_rows:acme:1',
      'merged_feed_empty',
    ]) {
      assert.ok(odd.stdout.includes(words), `${words}: ${odd.stdout}`);
    }
    const semicolon = await runFeed(folder, 'sku;quantity_available\nA;1\n');
    assert.match(semicolon.stdout, 'is parser.delimiter ";"?');
    const zip = await runFeed(folder, new Uint8Array([0x50, 0x4b, 3, 4, 5, 6]));
    assert.match(zip.stdout, /invalid_input in NORMALIZE: vendor acme: feed.csv is a ZIP archive/);
  }));

test('wrong use is exit code 2 with one line', async () => {
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

test('bad rows past the policy fail the run, which keeps what it wrote and why', () =>
  inFolder(async (folder) => {
    const ran = await runFeed(folder, `${FEED}C,x,-1\n`);
    assert.is(ran.code, 3);
    assert.match(ran.stdout, 'validation_errors in NORMALIZE');
    assert.equal(ran.files, [
      ...ALWAYS.slice(0, 1),
      'normalized/acme/normalized.csv',
      ALWAYS[1],
      'reports/errors.json',
      ALWAYS[2],
    ]);
    assert.equal(ran.errors, [
      {
        error_code: 'invalid_int',
        vendor_id: 'acme',
        row_number: 4,
        line: 4,
        column: 'quantity_available',
        value: 'x',
        reason: 'not a whole number of at most 15 digits',
        row_data: { sku: 'C', quantity_available: 'x', cost: '-1' },
        problems: [
          {
            error_code: 'invalid_int',
            column: 'quantity_available',
            value: 'x',
            reason: 'not a whole number of at most 15 digits',
          },
          { error_code: 'negative_value', column: 'cost', value: '-1', reason: 'below zero' },
        ],
      },
    ]);
  }));

test('undecodable bytes: code, encoding, byte offset and line', () =>
  inFolder(async (folder) => {
    const bytes = Buffer.concat([
      Buffer.from('sku,quantity_available\nA,1\nB'),
      Buffer.from([0xe9]),
      Buffer.from(',2\n'),
    ]);
    const ran = await runFeed(folder, bytes);
    assert.is(ran.code, 3);
    assert.equal(ran.files, [...ALWAYS.slice(0, 2), 'reports/errors.json', 'reports/input_manifest.json']);
    assert.equal([ran.errors[0]!.error_code, ran.errors[0]!.vendor_id], ['DECODE_ERROR', 'acme']);
    assert.match(String(ran.errors[0]!.error_message), /byte 28 \(line 3\) is not valid utf-8/);
    assert.match(ran.stdout, /DECODE_ERROR in NORMALIZE: vendor acme: byte 28 \(line 3\)/);
  }));

test('a feed that ends inside a quote loses that row alone', () =>
  inFolder(async (folder) => {
    const policy = { error_policy: { max_invalid_rows: 1, max_invalid_row_pct: 1 } };
    const ran = await runFeed(folder, `${FEED}C,1,"12\nD,1,7`, policy);
    assert.is(ran.code, 0, ran.stdout);
    const [entry] = ran.errors as Array<{
      error_code: string;
      row_number: number;
      line: number;
      column: string;
      value: string;
    }>;
    assert.equal(
      [entry!.error_code, entry!.row_number, entry!.line, entry!.column, entry!.value],
      ['malformed_quote', 4, 4, 'cost', '12'],
    );
    assert.match(fs.readFileSync(path.join(ran.root, 'outputs/merged_inventory.csv'), 'utf8'), '\nD,1,9.60\n');
  }));

test('a field of 10 MB is one invalid row, with an excerpt', () =>
  inFolder(async (folder) => {
    const policy = { error_policy: { max_invalid_rows: 1, max_invalid_row_pct: 1 } };
    const ran = await runFeed(folder, `sku,title,quantity_available\nA,${'x'.repeat(10_000_000)},1\nB,t,2\n`, policy);
    assert.is(ran.code, 0, ran.stdout);
    const [entry] = ran.errors as Array<{
      error_code: string;
      row_number: number;
      line: number;
      column: string;
      value: string;
    }>;
    assert.equal(
      [entry!.error_code, entry!.row_number, entry!.line, entry!.column],
      ['record_too_long', 2, 2, 'title'],
    );
    assert.is(entry!.value.length, 1001);
    assert.ok(fs.statSync(path.join(ran.root, 'reports/errors.json')).size < 10_000);
  }));

test('a file of NULs, an empty file, a header alone', () =>
  inFolder(async (folder) => {
    const nuls = await runFeed(folder, new Uint8Array(3_000_000));
    assert.is(nuls.code, 3);
    assert.match(nuls.stdout, 'invalid_input in NORMALIZE');
    const few = await runFeed(folder, new Uint8Array(100));
    assert.match(few.stdout, 'missing_required_columns in NORMALIZE');
    const empty = await runFeed(folder, '');
    assert.is(empty.code, 3);
    assert.match(empty.stdout, 'missing_required_columns in NORMALIZE');
    const header = await runFeed(folder, 'sku,quantity_available\n');
    assert.is(header.code, 3);
    assert.match(header.stdout, 'no_rows_parsed in NORMALIZE');
    assert.ok(header.files.includes('normalized/acme/normalized.csv'));
  }));

test('a missing vendor: required fails, warn_only and optional do not', () =>
  inFolder(async (folder) => {
    const failed = await runFeed(folder, null);
    assert.is(failed.code, 3);
    assert.equal(failed.files, ['reports/config_snapshot.json', 'reports/errors.json', 'reports/input_manifest.json']);
    assert.equal(failed.errors, [
      {
        error_code: 'REQUIRED_VENDOR_MISSING',
        error_message: 'no file of the required vendor acme was found at acme/',
        vendor_id: 'acme',
        expected_prefix: 'acme/',
      },
    ]);
    const warned = await runFeed(folder, null, { error_policy: { missing_required_vendor_policy: 'warn_only' } });
    assert.is(warned.code, 0, warned.stdout);
    const optional = await runFeed(folder, null, { vendors: [{ ...CONFIG.vendors[0], required: false }] });
    assert.is(optional.code, 0, optional.stdout);
    assert.is(optional.errors[0]!.error_code, 'OPTIONAL_VENDOR_MISSING');
    assert.match(optional.stdout, 'optional_vendor_missing:acme');
  }));

test('limits, on both sides', () =>
  inFolder(async (folder) => {
    const size = String(FEED.length);
    assert.is((await runFeed(folder, FEED, {}, { LIMIT_VENDOR_FILE_BYTES: size })).code, 0);
    const over = await runFeed(folder, `${FEED}\n`, {}, { LIMIT_VENDOR_FILE_BYTES: size });
    assert.is(over.code, 3);
    assert.match(over.stdout, 'INPUT_TOO_LARGE in FETCH_INPUTS');
    assert.not(over.files.includes('inbound/acme/feed.csv'));
    const two = { vendors: [CONFIG.vendors[0], { ...CONFIG.vendors[0], vendor_id: 'b', required: false }] };
    assert.is((await runFeed(folder, FEED, two, { LIMIT_VENDORS: '2' })).code, 0);
    const many = await runFeed(folder, FEED, two, { LIMIT_VENDORS: '1' });
    assert.is(many.code, 2);
    assert.match(many.stderr, 'vendors: must have at most 1');
    const config = Buffer.byteLength(JSON.stringify(CONFIG));
    assert.is((await runFeed(folder, FEED, {}, { LIMIT_CONFIG_BYTES: String(config) })).code, 0);
    assert.is((await runFeed(folder, FEED, {}, { LIMIT_CONFIG_BYTES: String(config - 1) })).code, 2);
    const bad = await runFeed(folder, FEED, {}, { LIMIT_VENDORS: 'many', LIMIT_ERRORS: '0' });
    assert.is(bad.code, 2);
    assert.match(bad.stderr, /LIMIT_VENDORS.*LIMIT_ERRORS/);
  }));

test('errors past the limit are counted, and the last entry says how many', () =>
  inFolder(async (folder) => {
    const policy = { error_policy: { max_invalid_rows: 9, max_invalid_row_pct: 1 } };
    const feed = `sku,quantity_available\nA,1\n${'B,x\n'.repeat(5)}`;
    const all = await runFeed(folder, feed, policy, { LIMIT_ERRORS: '5' });
    assert.is(all.errors.length, 5);
    const cut = await runFeed(folder, feed, policy, { LIMIT_ERRORS: '4' });
    assert.is(cut.errors.length, 5);
    assert.is(cut.errors[4]!.error_code, 'ERRORS_TRUNCATED');
    assert.is(cut.errors[4]!.not_listed, 1);
    const summary = JSON.parse(fs.readFileSync(path.join(cut.root, 'reports/run_summary.json'), 'utf8'));
    assert.equal(summary.error_counts, { invalid_int: 5 });
  }));

test('a config of the wrong shape: every problem at once, with path and did-you-mean', () =>
  inFolder(async (folder) => {
    const file = put(
      folder,
      'bad.yaml',
      'tenant_id: "no spaces"\ntimezone: Mars\ndefault_currency: USD\nvendor: []\nvendors:\n  - vendor_id: a\n    inbound: {type: ftp}\n    parser: {format: csw, column_map: {skuu: X}}\npricing: {base_margin_pct: x, min_price: -1, shipping_handling_flat: 0, map_policy: {}, rounding: {mode: nearst}}\nmerge: {strategy: best_offer, best_offer: {sort_by: [cheapest]}}\noutput: {columns: [sku, prise]}\n',
    );
    const { code, stdout } = await relay(['check', file, '--json']);
    assert.is(code, 3);
    const { issues } = JSON.parse(stdout) as { issues: Array<{ path: string; code: string; message: string }> };
    assert.equal(issues.map((issue) => `${issue.path} ${issue.code}`).sort(), [
      'merge.best_offer.sort_by[0] invalid_value',
      'output.columns[1] invalid_value',
      'pricing.base_margin_pct invalid_value',
      'pricing.min_price invalid_value',
      'pricing.rounding.mode invalid_value',
      'tenant_id invalid_value',
      'timezone invalid_value',
      'vendor unknown_key',
      'vendors[0].inbound.type invalid_value',
      'vendors[0].parser.column_map.skuu unknown_column',
      'vendors[0].parser.format unknown_plugin',
    ]);
    const message = (at: string) => issues.find((issue) => issue.path === at)!.message;
    assert.match(message('vendor'), 'did you mean "vendors"');
    assert.match(message('output.columns[1]'), 'did you mean "price"');
    assert.match(message('vendors[0].parser.column_map.skuu'), 'did you mean "sku"');
    const ran = await relay(['run', '--config', file, '--vendor', 'a=x', '--out', path.join(folder, 'out')]);
    assert.is(ran.code, 2);
    assert.equal(filesIn(path.join(folder, 'out')), []);
  }));

test('configs that cannot be read', () =>
  inFolder(async (folder) => {
    const check = async (name: string, content: string | Uint8Array | null) => {
      const file = content === null ? path.join(folder, name) : put(folder, name, content);
      const { code, stdout, stderr } = await relay(['check', file]);
      return `${code} ${stdout}${stderr}`;
    };
    assert.match(await check('none.json', null), /^3 missing_tenant_config: /);
    assert.match(await check('broken.json', '{"a": '), /^3 CONFIG_INVALID: .*cannot be read/);
    assert.match(await check('broken.yaml', 'a: [1\nb: 2'), /^3 CONFIG_INVALID: .*cannot be read/);
    assert.match(await check('twice.yaml', 'a: 1\na: 2'), /^3 CONFIG_INVALID: .*unique/);
    assert.match(await check('alias.yaml', 'a: &x [1]\nb: *x'), /^3 CONFIG_INVALID: .*aliases/);
    assert.match(await check('latin.json', new Uint8Array([0x22, 0xe9, 0x22])), /^3 CONFIG_INVALID: .*UTF-8/);
    assert.match(await check('list.json', '[]'), /^3 CONFIG_INVALID: .*\(root\): must be an object/s);
    assert.match(
      await check('v2.json', JSON.stringify({ ...CONFIG, schema_version: 2 })),
      /^3 unsupported_schema_version: /,
    );
    assert.match(await check('good.json', JSON.stringify(CONFIG)), /^0 /);
  }));

test('SKU maps: found beside the config, last entry wins, missing is invalid_input', () =>
  inFolder(async (folder) => {
    const vendors = [{ ...CONFIG.vendors[0], sku_map: { type: 'file', local_path: 'maps/acme.csv' } }];
    const missing = await runFeed(folder, FEED, { vendors });
    assert.is(missing.code, 3);
    assert.match(missing.stdout, 'invalid_input in NORMALIZE: vendor acme: its SKU map is not there');
    put(folder, 'maps/acme.csv', 'vendor_sku,sku\r\nA,Z1\nB,Z2\nA,Z3\n');
    const good = await runFeed(folder, FEED, { vendors });
    assert.is(good.code, 0, good.stdout);
    assert.match(good.stdout, 'sku_map_duplicate_keys:acme:1');
    const normalized = fs.readFileSync(path.join(good.root, 'normalized/acme/normalized.csv'), 'utf8');
    assert.is(normalized.split('\n')[1], `Z2,B,acme,2,,10.00,,,,,,,${NOW}`);
    put(folder, 'maps/acme.csv', 'vendor_sku,skew\nA,Z1\n');
    const bad = await runFeed(folder, FEED, { vendors });
    assert.match(bad.stdout, /invalid_input.*"sku" is missing/s);
  }));

test('the same run twice gives the same bytes, and replaces the first', () =>
  inFolder(async (folder) => {
    const first = await runFeed(folder, `${FEED}C,x,1\n`, {
      error_policy: { max_invalid_rows: 5, max_invalid_row_pct: 1 },
    });
    // the feed is written anew, so its time in the manifest differs
    const stable = first.files.filter((file) => !/run_summary|input_manifest/.test(file));
    const bytes = stable.map((file) => fs.readFileSync(path.join(first.root, file), 'utf8'));
    put(first.root, 'normalized/gone/normalized.csv', 'left over');
    const second = await runFeed(folder, `${FEED}C,x,1\n`, {
      error_policy: { max_invalid_rows: 5, max_invalid_row_pct: 1 },
    });
    assert.equal(second.files, first.files);
    assert.equal(
      stable.map((file) => fs.readFileSync(path.join(second.root, file), 'utf8')),
      bytes,
    );
  }));

test('progress on a terminal, none in a pipe; JSON on demand', () =>
  inFolder(async (folder) => {
    const config = put(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = put(folder, 'x.csv', FEED);
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

test('an output folder that cannot be written is said in one line', () =>
  inFolder(async (folder) => {
    const config = put(folder, 'tenant.json', JSON.stringify(CONFIG));
    const feed = put(folder, 'x.csv', FEED);
    const blocked = put(folder, 'blocked', 'a file');
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
