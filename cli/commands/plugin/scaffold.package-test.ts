/** A new plugin of each kind passes its test at once, outside the repository, on the built package; and that test can fail. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PluginKind } from '../../../core/plugin.ts';
import { type BuiltPackage, buildPackage, node } from '../../testing/built-package.ts';
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

interface Template {
  kind: PluginKind;
  flags: string[];
  /** A change to the module that alters what the plugin does, and the check that must then fail. */
  broken: [from: string, to: string, check: string];
  /** A change that the type check must refuse, and its message. */
  mistyped: [from: string, to: string, message: RegExp];
}

const TEMPLATES: Record<string, Template> = {
  parser: {
    kind: 'parser',
    flags: [],
    broken: ['{ CALL: 0 }', '{ CALL: 1 }', 'every fixture gives the rows'],
    mistyped: ["cost: { from: 'Net' }", "cost: { form: 'Net' }", /'form' does not exist/],
  },
  open: {
    kind: 'parser',
    flags: ['--open'],
    broken: ['[8, 15]', '[8, 14]', 'every fixture gives the rows'],
    mistyped: ["cost: { from: 'net' }", "cost: { form: 'net' }", /'form' does not exist/],
  },
  validator: {
    kind: 'validator',
    flags: [],
    broken: ["'word_in_title', 'title'", "'word_found', 'title'", 'every code is declared'],
    mistyped: ["'word_in_title', 'title'", "'word_in_title', 'titel'", /"titel"' is not assignable/],
  },
  pricing: {
    kind: 'pricing',
    flags: [],
    broken: [
      'price.add(amount)',
      'price.add(amount.percent(amount.mul(price).roundTo(price, Math.random() > 2 ? "up" : "down")))',
      'no clock, randomness',
    ],
    mistyped: ['price.add(amount)', 'price + amount', /Operator '\+' cannot be applied|not assignable/],
  },
  merge: {
    kind: 'merge',
    flags: [],
    broken: [
      'capped(b, options.enough) - capped(a',
      'capped(a, options.enough) - capped(b',
      'every fixture gives the rows',
    ],
    mistyped: ['leadTimeFallbackDays: null', 'leadTimeFallbackDays: undefined', /'undefined' is not assignable/],
  },
  output: {
    kind: 'output',
    flags: [],
    broken: ['String(row.quantity)', "row.text('cost') ?? ''", 'every fixture gives the rows'],
    mistyped: ['String(row.quantity)', 'row.quantity', /Type 'string \| number' is not assignable to type 'string'/],
  },
};

/** Runs `work` while a text in a module is replaced. */
function withChange<T>(module: string, from: string, to: string, work: () => T): T {
  const good = fs.readFileSync(module, 'utf8');
  assert.ok(good.includes(from), `${module}: ${from}`);
  fs.writeFileSync(module, good.replace(from, to));
  try {
    return work();
  } finally {
    fs.writeFileSync(module, good);
  }
}

const checkPackage = (folder: string) => node(['node_modules/typescript/bin/tsc'], folder);

for (const [name, { kind, flags, broken, mistyped }] of Object.entries(TEMPLATES)) {
  test(`a new plugin from template ${name} passes test and type check, runs, and fails once it is broken`, () => {
    const id = `my-own_${name}`;
    const made = built.relay(['plugin', 'new', kind, id, ...flags, '--json'], home);
    assert.is(made.status, 0, made.stdout + made.stderr);
    const { folder: name_, files, changed, next } = JSON.parse(made.stdout);
    assert.is(name_, `relay-plugin-${id}`);
    assert.equal(next, [`cd ${name_}`, 'npm test']);
    assert.equal(changed, []);
    const folder = path.join(home, name_);
    for (const file of files) assert.ok(fs.existsSync(path.join(folder, file)), file);
    for (const file of files.filter((one: string) => one.endsWith('.js'))) {
      assert.match(fs.readFileSync(path.join(folder, file), 'utf8'), /^\/\/ @ts-check\n/, file);
    }

    const tested = node(['--test', '--test-reporter=tap'], folder);
    assert.is(tested.status, 0, tested.stdout);
    assert.match(tested.stdout, /# pass 1[67]\n# fail 0\n/);

    const readme = fs.readFileSync(path.join(folder, 'README.md'), 'utf8');
    const args = /relay (run .*)/.exec(readme)![1]!.split(' ');
    const run = built.relay(args, folder, { RELAY_PLUGINS_FILE: 'relay-plugins.json' });
    assert.is(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, name === 'open' ? /merged feed: 3 SKUs/ : /merged feed: 2 SKUs/);

    const module = path.join(folder, `${id}.js`);
    const [from, to, check] = broken;
    const failed = withChange(module, from, to, () => node(['--test-reporter=tap', `${id}.test.js`], folder));
    assert.is(failed.status, 1);
    assert.match(failed.stdout, new RegExp(`not ok \\d+ - ${id}: ${check}`));

    // one type check for both: the module passes, a mistyped copy beside it fails
    const [good, bad, message] = mistyped;
    const copy = path.join(folder, 'mistyped.js');
    const text = fs.readFileSync(module, 'utf8');
    assert.ok(text.includes(good), `${module}: ${good}`);
    fs.writeFileSync(copy, text.replace(good, bad));
    const checked = checkPackage(folder);
    fs.rmSync(copy);
    assert.is.not(checked.status, 0);
    assert.match(checked.stdout, message);
    const faulty = [...checked.stdout.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(([, file]) => file);
    assert.equal([...new Set(faulty)], ['mistyped.js'], checked.stdout);
  });
}

test('a second call adds to the package’s list, allow-list and README, and all tests and types pass', () => {
  const folder = path.join(home, 'relay-plugin-my-own_open');
  const made = built.relay(['plugin', 'new', 'validator', 'titles'], folder);
  assert.is(made.status, 0, made.stderr);
  assert.match(made.stdout, /index\.js \(changed\)\n {2}relay-plugins\.json \(changed\)\nNext:\n {2}npm test\n/);
  const from = built.relay(['plugin', 'new', 'pricing', 'extra', '--dir', folder, '--json'], home);
  assert.equal(JSON.parse(from.stdout).changed, ['README.md', 'index.js', 'relay-plugins.json']);
  assert.is(JSON.parse(from.stdout).package, 'relay-plugin-my-own_open');

  const listed = built.relay(['plugin', 'list'], folder, { RELAY_PLUGINS_FILE: 'relay-plugins.json' });
  assert.equal(
    listed.stdout
      .match(/^\S+ +\S+(?= .*from relay-plugin-my-own_open@0\.1\.0)/gm)!
      .map((one) => one.replace(/ +/, ' ')),
    ['parser my-own_open', 'validator titles', 'pricing extra'],
  );
  const tested = node(['--test', '--test-reporter=tap'], folder);
  assert.is(tested.status, 0, tested.stdout);
  assert.match(tested.stdout, /# pass (4[89]|5[01])\n# fail 0\n/);
  assert.is(checkPackage(folder).status, 0);
});

test('the built command replays golden cases with the new parser', () => {
  const folder = path.join(home, 'relay-plugin-my-own_parser');
  const dir = path.join(folder, 'cases/first');
  const inbound = path.join(dir, 'inbound/my-own_parser');
  fs.mkdirSync(inbound, { recursive: true });
  fs.copyFileSync(path.join(folder, 'fixtures/my-own_parser/feed.csv'), path.join(inbound, 'feed.csv'));
  fs.copyFileSync(path.join(folder, 'my-own_parser.tenant.yaml'), path.join(dir, 'tenant.yaml'));
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

test('kind and name are checked, and nothing is overwritten', () =>
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
      [['merge', 'index'], /"index" is the module that lists the plugins/],
      [['merge', 'acme', '--open'], /--open makes a parser, not a merge/],
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

test('a plugin is added only to a package that fits; otherwise nothing is written', () =>
  inFolder(async (folder) => {
    const dir = path.join(folder, 'own');
    const add = (...args: string[]) => relay(['plugin', 'new', ...args, '--dir', dir]);
    assert.is((await add('pricing', 'a_b')).code, 0);
    const before = fs.readdirSync(dir);
    const index = path.join(dir, 'index.js');
    const good = fs.readFileSync(index, 'utf8');
    for (const [args, words] of [
      [['merge', 'a_b'], /a_b\.js already exists; use another name/],
      [['merge', 'a-b'], /index\.js already uses the name "aB"/],
    ] as const) {
      const { code, stderr } = await add(...args);
      assert.is(code, 2);
      assert.match(stderr, words);
    }
    fs.writeFileSync(index, good.replace('plugins = [aB]', 'plugins = list'));
    assert.match((await add('merge', 'c')).stderr, /has no line "export const plugins = \[\.\.\.\];"/);
    assert.equal(fs.readdirSync(dir), before);

    // lists as authors write them: over several lines, with a module in the list itself
    fs.writeFileSync(
      index,
      `import {\n  aB,\n} from './a_b.js';\n\nexport const own = aB;\n\nexport const plugins = [\n  aB,\n  own,\n];\n`,
    );
    const about = path.join(dir, 'package.json');
    fs.writeFileSync(about, JSON.stringify({ ...JSON.parse(fs.readFileSync(about, 'utf8')), files: ['index.js'] }));
    assert.is((await add('merge', 'c')).code, 0);
    assert.is(
      fs.readFileSync(index, 'utf8'),
      `import {\n  aB,\n} from './a_b.js';\nimport { c } from './c.js';\n\nexport const own = aB;\n\nexport const plugins = [aB, own, c];\n`,
    );
    assert.equal(JSON.parse(fs.readFileSync(about, 'utf8')).files, ['index.js', 'c.js']);
    fs.writeFileSync(path.join(dir, 'relay-plugins.json'), '{');
    assert.match((await add('merge', 'd')).stderr, /relay-plugins\.json is not JSON/);
  }));

test('a plugin named like a reserved word gets another constant name', () =>
  inFolder(async (folder) => {
    const dir = path.join(folder, 'own');
    assert.is((await relay(['plugin', 'new', 'pricing', 'new', '--dir', dir])).code, 0);
    assert.match(fs.readFileSync(path.join(dir, 'new.js'), 'utf8'), /export const newPlugin = definePlugin\(\{/);
  }));

test.run();
