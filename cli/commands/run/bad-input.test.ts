/** Bad feeds and configs on the command line: codes, places, exit codes, and no half-written files. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG, FEED, NOW, runFeed } from '../../testing/one-vendor.ts';
import { filesIn, inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

/** An entry of `errors.json` about a row. */
type RowEntry = { error_code: string; row_number: number; line: number; column: string; value: string };

const ALWAYS = ['inbound/acme/feed.csv', 'reports/config_snapshot.json', 'reports/input_manifest.json'];

test('too many bad rows for the policy fail the run, which keeps its files and reports', () =>
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

test('undecodable bytes are reported with code, encoding, byte offset and line', () =>
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

test('a feed that ends inside a quote loses only that row', () =>
  inFolder(async (folder) => {
    const policy = { error_policy: { max_invalid_rows: 1, max_invalid_row_pct: 1 } };
    const ran = await runFeed(folder, `${FEED}C,1,"12\nD,1,7`, policy);
    assert.is(ran.code, 0, ran.stdout);
    const [entry] = ran.errors as RowEntry[];
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
    const [entry] = ran.errors as RowEntry[];
    assert.equal(
      [entry!.error_code, entry!.row_number, entry!.line, entry!.column],
      ['record_too_long', 2, 2, 'title'],
    );
    assert.is(entry!.value.length, 1001);
    assert.ok(fs.statSync(path.join(ran.root, 'reports/errors.json')).size < 10_000);
  }));

test('a file of NULs, an empty file and a header alone each have their code', () =>
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

test('a missing required vendor fails the run; under warn_only, or if optional, it does not', () =>
  inFolder(async (folder) => {
    const failed = await runFeed(folder, null);
    assert.is(failed.code, 3);
    assert.equal(failed.files, ['reports/config_snapshot.json', 'reports/errors.json', 'reports/input_manifest.json']);
    assert.equal(failed.errors, [
      {
        error_code: 'REQUIRED_VENDOR_MISSING',
        error_message: 'no file was found for the required vendor acme at acme/',
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

test('limits hold on both sides', () =>
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

test('all problems of a config are reported at once, with path and did-you-mean', () =>
  inFolder(async (folder) => {
    const file = writeFileIn(
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

test('a config that cannot be read is named with its reason', () =>
  inFolder(async (folder) => {
    const check = async (name: string, content: string | Uint8Array | null) => {
      const file = content === null ? path.join(folder, name) : writeFileIn(folder, name, content);
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

test('a SKU map is found beside the config, its last entry wins, and a missing one is invalid_input', () =>
  inFolder(async (folder) => {
    const vendors = [{ ...CONFIG.vendors[0], sku_map: { type: 'file', local_path: 'maps/acme.csv' } }];
    const missing = await runFeed(folder, FEED, { vendors });
    assert.is(missing.code, 3);
    assert.match(missing.stdout, 'invalid_input in NORMALIZE: vendor acme: its SKU map was not found');
    writeFileIn(folder, 'maps/acme.csv', 'vendor_sku,sku\r\nA,Z1\nB,Z2\nA,Z3\n');
    const good = await runFeed(folder, FEED, { vendors });
    assert.is(good.code, 0, good.stdout);
    assert.match(good.stdout, 'sku_map_duplicate_keys:acme: 1 entry of the SKU map replaced');
    const normalized = fs.readFileSync(path.join(good.root, 'normalized/acme/normalized.csv'), 'utf8');
    assert.is(normalized.split('\n')[1], `Z2,B,acme,2,,10.00,,,,,,,${NOW}`);
    writeFileIn(folder, 'maps/acme.csv', 'vendor_sku,skew\nA,Z1\n');
    const bad = await runFeed(folder, FEED, { vendors });
    assert.match(bad.stdout, /invalid_input.*"sku" is missing/s);
  }));

test.run();
