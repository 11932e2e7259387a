/** Every command loads the packages on the operator's list. A package that differs from its entry is refused. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { strayErrors } from '../../plugins/in-memory/stray-errors.ts';
import { loadPlugins } from '../plugins/load.ts';
import { openService } from '../service/compose.ts';
import { readServiceSettings } from '../service/settings.ts';
import { built } from '../testing/compiled.ts';
import { CONFIG, FEED, runFeed } from '../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';

/** A pricing rule that adds one, as an author would write it. It imitates the part of a zod schema that Relay uses. */
const MODULE = `
const options = { safeParse: (data) => ({ success: true, data }), parse: (data) => data, _zod: { def: {} } };
const rule = {
  manifest: { kind: 'pricing', id: 'plus_one', version: '1.0.0', contract: 1, summary: 'adds one', options, example: {} },
  load: async () => () => ({ price: ({ price, offer }) => (price ?? offer.cost).add(offer.cost) }),
};
export const plugins = [rule];
`;

interface Package {
  name?: string;
  version?: string;
  module?: string;
  json?: object;
}

function install(
  folder: string,
  { name = 'relay-plus', version = '1.2.3', module = MODULE, json }: Package = {},
): string {
  const home = path.join('node_modules', name);
  writeFileIn(
    folder,
    path.join(home, 'package.json'),
    JSON.stringify({ name, version, type: 'module', exports: './index.js', ...json }),
  );
  return writeFileIn(folder, path.join(home, 'index.js'), module);
}

const ENTRY = { package: 'relay-plus', version: '1.2.3', ids: ['plus_one'] };

function list(folder: string, ...plugins: object[]): string {
  return writeFileIn(folder, 'plugins.json', JSON.stringify({ plugins }));
}

/** Code and message of the refusal. */
async function refusal(file: string): Promise<[string, string]> {
  try {
    await loadPlugins(file);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return [code, message];
  }
  return ['', 'was not refused'];
}

const RULES = { pricing: { ...CONFIG.pricing, rules: [{ use: 'plus_one' }] } };

test('run, check, plugin list and the service load a listed package', () =>
  inFolder(async (folder) => {
    install(folder);
    const env = { RELAY_PLUGINS_FILE: list(folder, ENTRY) };
    const { code, root } = await runFeed(folder, FEED, RULES, env);
    assert.is(code, 0);
    assert.match(root, 'tenants/shop');
    const config = path.join(folder, 'tenant.json');
    assert.is((await relay(['check', config], env)).code, 0);
    assert.is((await relay(['check', config])).code, 3, 'and is not known without the list');
    const listed = JSON.parse((await relay(['plugin', 'list', '--json'], env)).stdout);
    assert.equal(
      listed.plugins.flatMap((one: { id: string; package: string | null }) =>
        one.package === null ? [] : [one.id, one.package],
      ),
      ['plus_one', 'relay-plus@1.2.3'],
    );
    const io = { stdout: () => {}, stderr: () => {}, isTTY: false, env: {} };
    const service = await openService(readServiceSettings({ ...env, RELAY_DATA_DIR: path.join(folder, 'data') }), io);
    service.stores.close();
    assert.ok(service.api.registry.find('pricing', 'plus_one'));
  }));

test('a package is found in node_modules above the list, in a scope, or at "path"', () =>
  inFolder(async (folder) => {
    install(folder, { name: '@acme/relay', json: { exports: { '.': { types: './x.d.ts', import: './index.js' } } } });
    const inside = writeFileIn(
      folder,
      'deploy/plugins.json',
      JSON.stringify({ plugins: [{ ...ENTRY, package: '@acme/relay' }] }),
    );
    assert.ok((await loadPlugins(inside)).registry.find('pricing', 'plus_one'));
    writeFileIn(
      folder,
      'own/package.json',
      JSON.stringify({ name: 'relay-plus', version: '1.2.3', type: 'module', main: 'm.js' }),
    );
    writeFileIn(folder, 'own/m.js', MODULE);
    const { registry } = await loadPlugins(list(folder, { ...ENTRY, path: './own' }));
    assert.ok(registry.find('pricing', 'plus_one'));
  }));

test('a package that differs from its entry is refused with a remedy', () =>
  inFolder(async (folder) => {
    install(folder);
    const cases: Array<[object, RegExp]> = [
      [{ ...ENTRY, version: '1.2.4' }, /in version 1\.2\.3, not 1\.2\.4; install relay-plus@1\.2\.4/],
      [{ ...ENTRY, version: '^1.2.3' }, /plugins\[0\]\.version: must be one exact version/],
      [
        { ...ENTRY, package: 'relay-pluss' },
        /relay-pluss is not installed; install it in .* from its folder or its \.tgz/,
      ],
      [{ ...ENTRY, package: '../relay-plus' }, /must be the name of a package/],
      [{ ...ENTRY, ids: ['plus_on'] }, /has no plugin "plus_on" \(did you mean "plus_one"\?\); it has plus_one/],
      [{ ...ENTRY, ids: [] }, /plugins\[0\]\.ids/],
      [{ ...ENTRY, path: './nowhere' }, /no package\.json in .*nowhere; correct "path"/],
      [{ ...ENTRY, id: 'plus_one' }, /plugins\[0\]\.id: is not a setting \(did you mean "ids"\?\)/],
    ];
    for (const [entry, words] of cases) {
      const [code, message] = await refusal(list(folder, entry));
      assert.is(code, 'setting_invalid', message);
      assert.match(message, words);
      assert.match(message, 'RELAY_PLUGINS_FILE');
    }
    assert.match((await refusal(list(folder, ENTRY, ENTRY)))[1], /lists relay-plus twice/);
    assert.match((await refusal(path.join(folder, 'none.json')))[1], /there is no such file/);
    assert.match((await refusal(writeFileIn(folder, 'bad.json', '{')))[1], /it is not JSON/);
    const { code, stderr } = await relay(['plugin', 'list'], { RELAY_PLUGINS_FILE: path.join(folder, 'none.json') });
    assert.is(code, 2);
    assert.match(stderr, /^relay: setting_invalid: /);
  }));

test('a package with a plugin that the list does not allow is refused', () =>
  inFolder(async (folder) => {
    const other = `plugins.push({ ...rule, manifest: { ...rule.manifest, id: 'plus_two' } });`;
    install(folder, { module: `${MODULE}${other}` });
    const [code, message] = await refusal(list(folder, ENTRY));
    assert.is(code, 'setting_invalid');
    assert.match(message, /also has "plus_two", which the list does not allow; review it and add the id/);
  }));

test('an invalid package is refused, with all its problems at once', () =>
  inFolder(async (folder) => {
    const edited = (from: string, to: string) => MODULE.replace(from, to);
    const cases: Array<[name: string, module: string, words: RegExp]> = [
      ['p1', 'export const plugin = 1;', /p1@1\.2\.3 must export "plugins", a list/],
      ['p2', 'throw new Error("no luck\\nat all");', /p2@1\.2\.3 cannot be loaded: Error: no luck$/],
      [
        'p3',
        edited('contract: 1', 'contract: 2'),
        /made for contract 2, this is contract 1; use a release of the plugin/,
      ],
      [
        'p4',
        edited("id: 'plus_one'", "id: 'Plus One'").replace("summary: 'adds one'", "summary: ''"),
        /id is .*; pricing\/Plus One: summary must be one line/,
      ],
      ['p5', 'export const plugins = [null];', /a plugin must be an object with manifest and load/],
      ['p6', edited('load: async', 'loads: async'), /load must be a function/],
      ['p7', edited('options, example', 'options: {}, example'), /options is an object; it must be a zod schema/],
      ['p8', edited('example: {}', "example: {}, codes: { 'Bad Code': '' }"), /code "Bad Code" must match/],
    ];
    for (const [name, module, words] of cases) {
      install(folder, { name, module });
      const [code, message] = await refusal(list(folder, { ...ENTRY, package: name }));
      assert.is(code, 'plugin_invalid', message);
      assert.match(message, words);
    }
  }));

test('no package can replace a built-in plugin', () =>
  inFolder(async (folder) => {
    install(folder, { name: 'shadow', module: MODULE.replace("id: 'plus_one'", "id: 'margin'") });
    const [code, message] = await refusal(list(folder, { ...ENTRY, package: 'shadow', ids: ['margin'] }));
    assert.is(code, 'plugin_invalid');
    assert.match(message, /pricing\/margin: Relay itself and shadow@1\.2\.3 both have a plugin of this kind and id/);
    install(folder, {
      name: 'reserved',
      module: MODULE.replace("kind: 'pricing', id: 'plus_one'", "kind: 'merge', id: 'strategy'"),
    });
    assert.match(
      (await refusal(list(folder, { ...ENTRY, package: 'reserved', ids: ['strategy'] })))[1],
      /the config itself uses this id/,
    );
  }));

test('a promise that a plugin forgets fails the run by name or comes too late; it never kills the command', () =>
  inFolder(async (folder) => {
    const forgetting = (work: string) => MODULE.replace('({ price, offer }) =>', `({ price, offer }) => ${work} ||`);
    const second = `
import { validator } from './quiet.js';
export const plugins = [rule, validator];
`;
    const quiet = MODULE.replace(/export const plugins.*/, '')
      .replace("kind: 'pricing', id: 'plus_one'", "kind: 'validator', id: 'quiet'")
      .replace(/load: .*/, 'load: async () => () => ({ check: () => undefined }),')
      .replace('const rule', 'export const validator');
    const config = writeFileIn(
      folder,
      'tenant.json',
      JSON.stringify({ ...CONFIG, ...RULES, validators: [{ use: 'quiet' }] }),
    );
    const feed = writeFileIn(folder, 'feed.csv', FEED);
    for (const [name, work, status, words] of [
      [
        'relay-now',
        "void Promise.reject(new Error('astray'))",
        3,
        /plugin_failed: a promise that the validator "quiet" or the pricing rule "plus_one" started, and did not wait for, was rejected: astray/,
      ],
      [
        'relay-late',
        "void setTimeout(() => Promise.reject(new Error('too late')), 1000)",
        0,
        /relay: unhandled_rejection: Error: too late\n {4}at /,
      ],
    ] as const) {
      install(folder, { name, module: forgetting(work).replace('export const plugins = [rule];', second) });
      writeFileIn(folder, path.join('node_modules', name, 'quiet.js'), quiet);
      const file = list(folder, { ...ENTRY, package: name, ids: ['plus_one', 'quiet'] });
      const args = [built('cli/main.ts'), 'run', '--config', config, '--vendor'];
      const vendor = `${CONFIG.vendors[0]!.vendor_id}=${feed}`;
      const run = spawnSync(process.execPath, [...args, vendor, '--out', path.join(folder, name)], {
        encoding: 'utf8',
        env: { ...process.env, RELAY_PLUGINS_FILE: file },
      });
      assert.is(run.status, status, run.stdout + run.stderr);
      assert.match(run.stdout + run.stderr, words);
    }
  }));

test('output of a plugin goes to standard error, so that standard output stays one JSON document', () =>
  inFolder(async (folder) => {
    const note =
      "for (const name of ['log', 'info', 'debug', 'dir', 'table', 'count']) console[name]('noted');process.stdout.write('noted\\n');";
    install(folder, { name: 'relay-noisy', module: `${note}\n${MODULE}` });
    const file = list(folder, { ...ENTRY, package: 'relay-noisy' });
    const config = writeFileIn(folder, 'tenant.json', JSON.stringify({ ...CONFIG, ...RULES }));
    const vendor = `${CONFIG.vendors[0]!.vendor_id}=${writeFileIn(folder, 'feed.csv', FEED)}`;
    const args = [built('cli/main.ts'), 'run', '--json', '--config', config, '--vendor', vendor, '--out'];
    const env = { ...process.env, RELAY_PLUGINS_FILE: file };
    const run = spawnSync(process.execPath, [...args, path.join(folder, 'out')], { encoding: 'utf8', env });
    assert.is(JSON.parse(run.stdout).status, 'SUCCEEDED', run.stderr);
    assert.is(run.stderr.match(/noted/g)?.length, 7, run.stderr);
  }));

test('two packages with the same plugin id are both named', () =>
  inFolder(async (folder) => {
    install(folder);
    install(folder, { name: 'relay-more' });
    const both = list(folder, ENTRY, { ...ENTRY, package: 'relay-more' });
    assert.equal(await refusal(both), [
      'plugin_invalid',
      'pricing/plus_one: relay-plus@1.2.3 and relay-more@1.2.3 both have a plugin of this kind and id, and none of them is used: give one another id, or take it off the list',
    ]);
  }));

test('a stack trace through a plugin’s module tells which plugin of a package failed', () => {
  const folder = 'file:///plugins/relay-shop';
  const origins: Record<string, string | null> = {
    first: folder,
    second: folder,
    other: 'file:///plugins/relay-shop-2',
    margin: null,
  };
  const { suspects } = strayErrors(({ id }) => origins[id] ?? null);
  const used = Object.keys(origins).map((id) => ({ kind: 'pricing', id }));
  const told = (stack: string | undefined) => {
    const reason = Object.assign(new Error('astray'), { stack });
    return suspects(reason, used).map(({ id }) => id);
  };
  assert.equal(told(`Error: astray\n    at work (${folder}/second.js:12:9)`), ['second']);
  assert.equal(told(`Error: astray\n    at work (${folder}/second/index.js:1:9)`), ['second']);
  assert.equal(told(`Error: astray\n    at work (${folder}/lib.js:1:9)`), ['first', 'second']);
  assert.equal(told(`Error: astray\n    at work (${folder}-2/lib.js:1:9)`), ['other']);
  assert.equal(told(undefined), ['first', 'second', 'other']);
  assert.equal(suspects('a text', used).length, 3);
  assert.equal(suspects(new Error('of Relay'), [{ kind: 'pricing', id: 'margin' }]), []);
});

test('a tenant’s config cannot name a package', () =>
  inFolder(async (folder) => {
    install(folder);
    const config = writeFileIn(folder, 'tenant.json', JSON.stringify({ ...CONFIG, ...RULES, plugins: [ENTRY] }));
    const { code, stdout } = await relay(['check', config, '--json']);
    assert.is(code, 3);
    assert.equal(
      JSON.parse(stdout).issues.map((issue: { path: string; code: string }) => `${issue.path} ${issue.code}`),
      ['plugins unknown_key', 'pricing.rules[0].use unknown_plugin'],
    );
  }));

test.run();
