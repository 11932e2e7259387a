/** `relay check` reports every file named in a config that a run could not read. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../io.ts';
import { CONFIG, FEED } from '../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';

interface Checked {
  code: number;
  /** One `path code` for each problem. */
  issues: string[];
  text: string;
  warnings: string[];
}

/** Checks a config in a folder that is not the working folder. */
async function checked(folder: string, config: object, ...args: string[]): Promise<Checked> {
  const file = writeFileIn(folder, 'conf/tenant.json', JSON.stringify({ ...CONFIG, ...config }));
  const { code, stdout } = await relay(['check', file, '--json', ...args]);
  const { issues, message = '', warnings = [] } = JSON.parse(stdout);
  const shown = issues.map((one: { path: string; code: string }) => `${one.path} ${one.code}`);
  return { code, issues: shown, text: message, warnings };
}

const vendor = (fields: object) => ({ vendors: [{ ...CONFIG.vendors[0]!, ...fields }] });
const map = (local_path: string) => vendor({ sku_map: { type: 'file', local_path } });
const side = (local_path: string, name = 'prices') => ({ name, type: 'file', local_path, key: 'sku' });

test('SKU maps and side files that are absent, folders, pipes, broken links or unreadable are named', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'conf/map.csv', 'vendor_sku,sku\n');
    fs.mkdirSync(path.join(folder, 'conf/folder'));
    fs.symlinkSync('gone.csv', path.join(folder, 'conf/broken.csv'));
    fs.symlinkSync('map.csv', path.join(folder, 'conf/link.csv'));
    const good = [path.join(folder, 'conf/map.csv'), 'map.csv', './map.csv', '../conf/map.csv', 'link.csv'];
    for (const file of good) assert.equal((await checked(folder, map(file))).issues, [], file);
    const cases: [string, string][] = [
      ['none.csv', 'file_missing'],
      ['map.csv/x', 'file_missing'],
      ['broken.csv', 'file_missing'],
      [path.join(folder, 'none.csv'), 'file_missing'],
      ['MAP.csv ', 'file_missing'],
      ['folder', 'file_unreadable'],
      ['.', 'file_unreadable'],
    ];
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [path.join(folder, 'conf/pipe')]);
      cases.push(['pipe', 'file_unreadable']);
    }
    if (process.getuid?.() !== 0 && process.platform !== 'win32') {
      fs.chmodSync(writeFileIn(folder, 'conf/secret.csv', 'x'), 0);
      cases.push(['secret.csv', 'file_unreadable']);
    }
    for (const [file, code] of cases) {
      const { issues, text, code: exit } = await checked(folder, map(file));
      assert.equal([exit, issues], [EXIT.failed, [`vendors[0].sku_map.local_path ${code}`]], file);
      assert.match(text, file.replace(/^\.$/, 'conf'));
    }
    const options = { side_files: [side('none.csv'), side('map.csv', 'good'), side('folder', 'third')] };
    const several = await checked(folder, vendor({ parser: { format: 'csv', options } }));
    assert.equal(several.issues, [
      'vendors[0].parser.options.side_files[0].local_path file_missing',
      'vendors[0].parser.options.side_files[2].local_path file_unreadable',
    ]);
  }));

test('SKU maps, side files and rates that are empty or malformed are named with their path', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'conf/empty.csv', '');
    writeFileIn(folder, 'conf/other.csv', 'a,b\n1,2\n');
    writeFileIn(folder, 'conf/semicolons.csv', 'vendor_sku;sku\nA;B\n');
    writeFileIn(folder, 'conf/bytes.csv', Buffer.from('vendor_sku,sku\nGr\u00f6,A\n', 'latin1'));
    writeFileIn(folder, 'conf/twice.csv', 'vendor_sku,sku\nA,B\nA,C\n');
    writeFileIn(folder, 'conf/rates.csv', 'currency,rate\nGBP,1.2\n');
    for (const file of ['empty.csv', 'other.csv', 'semicolons.csv', 'bytes.csv']) {
      const { code, issues, text } = await checked(folder, map(file));
      assert.equal([code, issues], [EXIT.failed, ['vendors[0].sku_map.local_path file_unreadable']], file);
      assert.match(text, file);
    }
    const twice = await checked(folder, map('twice.csv'));
    assert.equal([twice.code, twice.warnings], [EXIT.ok, ['sku_map_duplicate_keys:acme:1']]);
    const options = { side_files: [side('empty.csv')] };
    assert.equal((await checked(folder, vendor({ parser: { format: 'csv', options } }))).issues, [
      'vendors[0].parser.options.side_files[0].local_path file_unreadable',
    ]);
    const rates = (local_path: string) => {
      const vendor_terms = { rates: { type: 'file', local_path }, vendors: [{ vendor_id: 'acme', currency: 'CHF' }] };
      return checked(folder, { pricing: { ...CONFIG.pricing, vendor_terms } });
    };
    for (const file of ['empty.csv', 'other.csv', 'rates.csv'])
      assert.equal((await rates(file)).issues, ['pricing.vendor_terms.rates.local_path file_unreadable'], file);
  }));

test('a path is looked up beside the config, then in the working folder, as in a run', () =>
  inFolder(async (folder) => {
    const before = process.cwd();
    fs.mkdirSync(path.join(folder, 'here'));
    process.chdir(path.join(folder, 'here'));
    try {
      writeFileIn(folder, 'here/a.csv', 'vendor_sku,sku\n');
      assert.equal((await checked(folder, map('a.csv'))).issues, []);
      const { text } = await checked(folder, map('b.csv'));
      assert.match(text, /there is no file b\.csv; tried .*conf.b\.csv and b\.csv/);
      // the first place that exists counts, even if it cannot be read
      fs.mkdirSync(path.join(folder, 'conf/a.csv'));
      assert.equal((await checked(folder, map('a.csv'))).issues, ['vendors[0].sku_map.local_path file_unreadable']);
    } finally {
      process.chdir(before);
    }
  }));

test('a config with other problems has its missing files named too', () =>
  inFolder(async (folder) => {
    const { issues } = await checked(folder, { ...map('none.csv'), timezone: 'Mars', vendor: [] });
    assert.ok(issues.includes('vendors[0].sku_map.local_path file_missing'), issues.join());
    assert.ok(issues.includes('timezone invalid_value'), issues.join());
    for (const vendors of [null, 'x', [null], [{ sku_map: 'x' }], [{ sku_map: { type: 'file' } }], [{ parser: 1 }]])
      assert.not((await checked(folder, { vendors })).issues.some((one) => one.includes('file_')));
  }));

test('--input reports absent and unreadable feeds, similar names, and files with an s3_key', () =>
  inFolder(async (folder) => {
    const input = path.join(folder, 'in');
    writeFileIn(folder, 'in/acne/feed.csv', FEED);
    const missing = await checked(folder, {}, '--input', input);
    assert.equal(missing.issues, ['vendors[0].inbound file_missing']);
    assert.match(missing.text, 'did you mean "acne"?');
    const both = { vendors: ['acme', 'acne'].map((id) => ({ ...vendor({}).vendors[0], vendor_id: id })) };
    const other = await checked(folder, both, '--input', input);
    assert.equal(other.issues, ['vendors[0].inbound file_missing']);
    assert.not.match(other.text, 'did you mean');
    writeFileIn(folder, 'in/acme/feed.csv.part', FEED);
    assert.match((await checked(folder, {}, '--input', input)).text, 'feed.csv.part');
    const optional = await checked(folder, vendor({ required: false }), '--input', input);
    assert.equal([optional.code, optional.warnings], [EXIT.ok, ['optional_vendor_missing:acme']]);
    const policy = { error_policy: { missing_required_vendor_policy: 'warn_only' } };
    assert.equal((await checked(folder, policy, '--input', input)).warnings, ['required_vendor_missing:acme']);
    writeFileIn(folder, 'in/acme/feed.csv', FEED);
    assert.is((await checked(folder, {}, '--input', input)).code, EXIT.ok);
    const key = vendor({ sku_map: { type: 's3', s3_key: 'maps/acme.csv' } });
    assert.is((await checked(folder, key)).code, EXIT.ok);
    assert.equal((await checked(folder, key, '--input', input)).issues, ['vendors[0].sku_map.s3_key file_missing']);
    writeFileIn(folder, 'in/maps/acme.csv', 'vendor_sku,sku\n');
    assert.is((await checked(folder, key, '--input', input)).code, EXIT.ok);
    const outside = vendor({ sku_map: { type: 's3', s3_key: '../conf/tenant.json' } });
    assert.equal((await checked(folder, outside, '--input', input)).issues, [
      'vendors[0].sku_map.s3_key file_unreadable',
    ]);
    const parser = { format: 'csv', options: { files: { match: 'stock-*.csv' } } };
    const none = await checked(folder, vendor({ parser }), '--input', input);
    assert.match(none.text, /no feed whose name matches stock-\*\.csv/);
  }));

test('every missing package of RELAY_PLUGINS_FILE is named', () =>
  inFolder(async (folder) => {
    const plugins = ['one', 'two'].map((name) => ({ package: `relay-${name}`, version: '1.0.0', ids: [name] }));
    const RELAY_PLUGINS_FILE = writeFileIn(folder, 'plugins.json', JSON.stringify({ plugins }));
    const file = writeFileIn(folder, 'tenant.json', JSON.stringify(CONFIG));
    const { stdout } = await relay(['check', file, '--json'], { RELAY_PLUGINS_FILE });
    const { error, message } = JSON.parse(stdout);
    assert.is(error, 'setting_invalid');
    for (const name of ['relay-one', 'relay-two']) assert.match(message, name);
  }));

test.run();
