/** The built package: what it loads, what it gives to plugins, and that it works without its code cache. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPackage, buildPackage, node } from '../../cli/testing/built-package.ts';
import { writeFileIn } from '../../cli/testing/sandbox.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SAMPLE = path.join(ROOT, 'fixtures/sample');
const CHECK = ['check', path.join(SAMPLE, 'tenant.yaml')];

let built: BuiltPackage;
let home: string;

test.before(() => {
  built = buildPackage();
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-installed-')));
  fs.mkdirSync(path.join(home, 'node_modules'));
  fs.symlinkSync(built.folder, path.join(home, 'node_modules/relay-inventory'), 'junction');
  fs.symlinkSync(path.join(ROOT, 'node_modules/zod'), path.join(home, 'node_modules/zod'), 'junction');
});

test.after(() => {
  built.remove();
  fs.rmSync(home, { recursive: true, force: true });
});

/** The files of the package, and the outside packages, that a command loads. */
function loadedBy(args: readonly string[]): string[] {
  const list =
    "process.on('exit', () => require('fs').writeFileSync('loaded.json', JSON.stringify(Object.keys(require.cache))))";
  const hook = writeFileIn(home, 'list.cjs', list);
  const { status, stderr } = node(['--require', hook, path.join(built.folder, 'dist/cli/main.js'), ...args], home);
  assert.is(status, 0, stderr);
  const files: string[] = JSON.parse(fs.readFileSync(path.join(home, 'loaded.json'), 'utf8'));
  return files
    .filter((file) => file !== hook)
    .map((file) => path.relative(built.folder, file))
    .sort();
}

test('`check` and `run` load only the bundle', () => {
  const product = ['dist/cli/main.js', 'dist/launch.cjs', 'dist/relay.cjs'];
  assert.equal(loadedBy(CHECK), product);
  const { base_margin_pct, ...rest } = { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00' };
  const config = {
    tenant_id: 'shop',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'acme', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    pricing: { base_margin_pct, ...rest, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'quantity_available', 'price'] },
  };
  const tenant = writeFileIn(home, 'tenant.json', JSON.stringify(config));
  const feed = writeFileIn(home, 'feed.csv', 'sku,quantity_available,cost\nA,1,2\n');
  const out = path.join(home, 'out');
  assert.equal(loadedBy(['run', '--config', tenant, '--vendor', `acme=${feed}`, '--out', out]), product);
});

test('the bundle is all ASCII, and its regular expressions know letters and signs as the sources do', () => {
  for (const name of ['relay.cjs', 'relay-more.cjs']) {
    const text = fs.readFileSync(path.join(built.folder, 'dist', name));
    assert.is(
      text.findIndex((byte) => byte > 0x7f),
      -1,
      name,
    );
  }
  const config = writeFileIn(home, 'shop.yaml', fs.readFileSync(path.join(ROOT, 'docs/examples/minimal.yaml'), 'utf8'));
  const rows = Array.from({ length: 60 }, (_, i) => `A${i},${i},2.00,${i % 3 === 0 ? `Rad ${i}` : '〃'},${i % 7} €`);
  const feed = writeFileIn(home, 'signs.csv', ['sku,quantity_available,cost,title,Rabatt', ...rows, ''].join('\n'));
  const out = path.join(home, 'signs');
  const args = ['run', '--config', config, '--vendor', `acme=${feed}`, '--out', out, '--run-id', 'signs'];
  const { status, stdout, stderr } = built.relay(args, home);
  assert.is(status, 0, stderr);
  assert.match(stdout, /text_ditto:acme: 40 brands/);
  assert.match(stdout, /discounts_unread:acme: 51 rows/);
});

test('the command works without its code cache, and with one that V8 refuses', () => {
  const dist = path.join(built.folder, 'dist');
  const name = fs.readdirSync(dist).find((file) => file.endsWith('.check.code')) ?? '';
  const file = path.join(dist, name);
  const code = fs.readFileSync(file);
  const expected = built.relay(CHECK, home);
  assert.is(expected.status, 0, expected.stderr);
  const caches = { XDG_CACHE_HOME: path.join(home, 'caches') };
  try {
    for (const other of [Buffer.from('not code'), code.subarray(0, 1000), null]) {
      if (other === null) fs.rmSync(file);
      else fs.writeFileSync(file, other);
      const { status, stdout, stderr } = built.relay(CHECK, home, caches);
      assert.equal([status, stdout, stderr], [0, expected.stdout, '']);
    }
  } finally {
    fs.writeFileSync(file, code);
  }
});

test('processes with a heap limit, such as runners, use the code cache and keep the limit, as do their threads', () => {
  const hook = writeFileIn(
    home,
    'watch.cjs',
    `const vm = require('vm');
    const { Worker, isMainThread } = require('worker_threads');
    const limit = "require('v8').getHeapStatistics().heap_size_limit";
    const before = eval(limit);
    let refused = null;
    const { Script } = vm;
    vm.Script = class extends Script {
      constructor(...args) { super(...args); refused = this.cachedDataRejected; }
    };
    if (isMainThread) process.on('exit', () => require('fs').writeSync(1, [refused, eval(limit) === before].join() + '\\n'));
    const said = "require('fs').writeSync(1, (" + limit + " < 600 * 2 ** 20) + require('os').EOL)";
    if (isMainThread) setImmediate(() => new Worker(said, { eval: true }));`,
  );
  const main = path.join(built.folder, 'dist/cli/main.js');
  const { stdout } = node(['--max-old-space-size=400', '--require', hook, main, ...CHECK], home);
  // after the output of the check
  assert.equal(stdout.split('\n').slice(-3), ['true', 'false,true', '']);
});

const PLUGIN = `
import { Money, RelayError, z } from 'relay-inventory';
import { z as own } from 'zod';

const seen = (options) => ({
  price: ({ offer, price }) => {
    if (!(offer.cost instanceof Money)) throw new Error('another Money');
    if (!(new RelayError('x', 'y') instanceof Error)) throw new Error('another RelayError');
    return price.add(Money.of(options.extra));
  },
});
const manifest = (id, options) => ({
  kind: 'pricing', id, version: '1.0.0', contract: 1, summary: 'adds an amount', options, example: { extra: '1' },
});
export const plugins = [
  { manifest: manifest('with_ours', z.strictObject({ extra: z.string().describe('More.') })), load: async () => seen },
  { manifest: manifest('with_own', own.strictObject({ extra: own.string() })), load: async () => seen },
];
`;

test('a plugin gets the classes that the command uses, and may bring its own zod', () => {
  writeFileIn(
    home,
    'plugin/package.json',
    '{"name": "seen", "version": "1.0.0", "type": "module", "exports": "./index.js"}',
  );
  writeFileIn(home, 'plugin/index.js', PLUGIN);
  const entry = { package: 'seen', version: '1.0.0', ids: ['with_ours', 'with_own'], path: 'plugin' };
  writeFileIn(home, 'plugins.json', JSON.stringify({ plugins: [entry] }));
  const rules = ['with_ours', 'with_own'].map((use) => ({ use, with: { extra: '2' } }));
  const config = {
    tenant_id: 'shop',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'acme', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    pricing: {
      base_margin_pct: '0',
      min_price: 0,
      shipping_handling_flat: 0,
      map_policy: {},
      rounding: {},
      rules: [{ use: 'margin' }, ...rules],
    },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'price'] },
  };
  const tenant = writeFileIn(home, 'with-plugin.json', JSON.stringify(config));
  const feed = writeFileIn(home, 'feed.csv', 'sku,quantity_available,cost\nA,1,2\n');
  const env = { RELAY_PLUGINS_FILE: path.join(home, 'plugins.json') };
  const out = path.join(home, 'priced');
  const { status, stdout, stderr } = built.relay(
    ['run', '--config', tenant, '--vendor', `acme=${feed}`, '--out', out, '--run-id', 'one'],
    home,
    env,
  );
  assert.is(status, 0, stdout + stderr);
  const merged = fs.readFileSync(path.join(out, 'one/tenants/shop/outputs/merged_inventory.csv'), 'utf8');
  assert.is(merged, 'sku,price\nA,6.00\n');
});

test('ES modules and CommonJS programs get the same library', () => {
  const program = `
    import { createRequire } from 'node:module';
    import { Money, z } from 'relay-inventory';
    import { pluginConformance } from 'relay-inventory/conformance';
    import { createClient } from 'relay-inventory/client';
    const { default: again } = await import(import.meta.resolve('relay-inventory').replace('index.js', 'relay.cjs'));
    console.log(again['index.ts']().Money === Money, typeof pluginConformance, typeof createClient, typeof z.locales.de);`;
  const { stdout, stderr } = node([writeFileIn(home, 'program.mjs', program)], home);
  assert.is(stdout, 'true function function function\n', stderr);
});

// there, `module` is a global variable
test('a program on the command line of Node gets the library and its second file', () => {
  const program = `
    const library = await import('relay-inventory');
    const { pluginConformance } = await import('relay-inventory/conformance');
    console.log(typeof library.runPipeline, typeof pluginConformance);`;
  const { stdout, stderr } = node(['--input-type=module', '-e', program], home);
  assert.is(stdout, 'function function\n', stderr);
});

test.run();
