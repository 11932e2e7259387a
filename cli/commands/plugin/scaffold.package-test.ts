/** A new plugin of each kind passes its test at once, outside the repository and on the built package, and the test can fail. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PLUGIN_KINDS, type PluginKind } from '../../../core/plugin.ts';
import { type BuiltPackage, buildPackage, checkTypes, node } from '../../testing/built-package.ts';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

let built: BuiltPackage;
let home: string;

test.before(() => {
  built = buildPackage();
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-author-')));
});

test.after(() => {
  built.remove();
  fs.rmSync(home, { recursive: true, force: true });
});

/** A change of `index.js` that alters what the plugin does, and the check that must fail. */
const BREAKS: Record<PluginKind, [from: string, to: string, check: string]> = {
  parser: ['{ CALL: 0 }', '{ CALL: 1 }', 'every fixture gives the rows'],
  validator: ["'word_in_title', 'title'", "'word_found', 'title'", 'every code is declared'],
  pricing: [
    'price.add(surcharge)',
    'price.add(Money.of(Math.random() > 2 ? 1 : 0)).add(surcharge)',
    'no clock, randomness',
  ],
  merge: [
    'capped(b, options.enough) - capped(a',
    'capped(a, options.enough) - capped(b',
    'every fixture gives the rows',
  ],
};

for (const kind of PLUGIN_KINDS) {
  test(`a new ${kind} passes its test, runs, and fails its test when it is broken`, () => {
    const id = `my-own_${kind}`;
    const made = built.relay(['plugin', 'new', kind, id, '--json'], home);
    assert.is(made.status, 0, made.stdout + made.stderr);
    const { folder: name, files, next } = JSON.parse(made.stdout);
    assert.is(name, `relay-plugin-${id}`);
    assert.equal(next, [`cd ${name}`, 'npm test']);
    const folder = path.join(home, name);
    for (const file of files) assert.ok(fs.existsSync(path.join(folder, file)), file);

    const tested = node(['--test', '--test-reporter=tap'], folder);
    assert.is(tested.status, 0, tested.stdout);
    assert.match(tested.stdout, /# pass 1[67]\n# fail 0\n/);

    const readme = fs.readFileSync(path.join(folder, 'README.md'), 'utf8');
    const args = /relay (run .*)/.exec(readme)![1]!.split(' ');
    const run = built.relay(args, folder, { RELAY_PLUGINS_FILE: 'relay-plugins.json' });
    assert.is(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /merged feed: 2 SKUs/);

    const [from, to, check] = BREAKS[kind];
    const module = path.join(folder, 'index.js');
    const good = fs.readFileSync(module, 'utf8');
    assert.ok(good.includes(from));
    fs.writeFileSync(module, good.replace(from, to));
    const broken = node(['--test-reporter=tap', 'index.test.js'], folder);
    fs.writeFileSync(module, good);
    assert.is(broken.status, 1);
    assert.match(broken.stdout, new RegExp(`not ok \\d+ - ${id}: ${check}`));
  });
}

test('the new files pass the type check of an editor', () => {
  const folders = PLUGIN_KINDS.map((kind) => `relay-plugin-my-own_${kind}`);
  const files = folders.flatMap((folder) => ['index.js', 'index.test.js'].map((file) => path.join(folder, file)));
  const checked = checkTypes(files, home);
  assert.is(checked.status, 0, checked.stdout);
  const module = writeFileIn(
    home,
    'relay-plugin-wrong/index.js',
    `/** @type {import('relay-inventory').Plugin} */\nexport const p = 1;\n`,
  );
  fs.mkdirSync(path.join(home, 'relay-plugin-wrong/node_modules'));
  fs.symlinkSync(built.folder, path.join(home, 'relay-plugin-wrong/node_modules/relay-inventory'), 'junction');
  assert.match(checkTypes([module], home).stdout, /Type 'number' is not assignable/);
});

test('the built command replays golden cases with the new parser', () => {
  const folder = path.join(home, 'relay-plugin-my-own_parser');
  const dir = path.join(folder, 'cases/first');
  const inbound = path.join(dir, 'inbound/my-own_parser');
  fs.mkdirSync(inbound, { recursive: true });
  fs.copyFileSync(path.join(folder, 'fixtures/feed.csv'), path.join(inbound, 'feed.csv'));
  fs.copyFileSync(path.join(folder, 'tenant.yaml'), path.join(dir, 'tenant.yaml'));
  const expect = { status: 'SUCCEEDED', error_code: null };
  const about = { description: 'The feed of the fixture.', now: '2026-11-01T06:00:00Z', expect };
  fs.writeFileSync(path.join(dir, 'case.json'), JSON.stringify(about));
  const env = { RELAY_PLUGINS_FILE: 'relay-plugins.json' };
  const updated = built.relay(['conformance', 'cases', '--update'], folder, env);
  assert.is(updated.status, 0, updated.stdout);
  const replayed = built.relay(['conformance', 'cases'], folder, env);
  assert.equal([replayed.status, replayed.stdout], [0, '1 passed, 0 failed\n']);
  fs.appendFileSync(path.join(dir, 'expected/merged_inventory.csv'), 'X\n');
  assert.is(built.relay(['conformance', 'cases'], folder, env).status, 3);
});

test('kinds and names are checked, and nothing is overwritten', () =>
  inFolder(async (folder) => {
    const dir = path.join(folder, 'own');
    const cases: Array<[string[], RegExp]> = [
      [
        ['parsre', 'acme'],
        /"parsre" is not a kind of plugin \(did you mean "parser"\?\); the kinds are parser, validator/,
      ],
      [['parser', 'Acme'], /"Acme" cannot be the name of a plugin: it must match/],
      [['parser', '../acme'], /cannot be the name of a plugin/],
      [['parser', 'csv'], /there is a built-in parser plugin "csv"/],
      [['merge', 'strategy'], /"strategy" is a key of the config/],
      [['parser'], /takes a kind and a name/],
      [['parser', 'acme', 'more'], /takes a kind and a name/],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = await relay(['plugin', 'new', ...args, '--dir', dir]);
      assert.is(code, 2, args.join(' '));
      assert.match(stderr, words);
    }
    assert.not(fs.existsSync(dir));

    const file = writeFileIn(dir, 'index.js', 'mine');
    const { code, stderr } = await relay(['plugin', 'new', 'parser', 'acme', '--dir', dir]);
    assert.is(code, 2);
    assert.match(stderr, /already exists and is not empty; name another folder with --dir/);
    assert.is(fs.readFileSync(file, 'utf8'), 'mine');
    assert.equal(fs.readdirSync(dir), ['index.js']);
  }));

test('a reserved word is not used as the name of a constant', () =>
  inFolder(async (folder) => {
    const dir = path.join(folder, 'own');
    assert.is((await relay(['plugin', 'new', 'pricing', 'new', '--dir', dir])).code, 0);
    assert.match(fs.readFileSync(path.join(dir, 'index.js'), 'utf8'), /export const newPlugin = \{/);
  }));

test.run();
