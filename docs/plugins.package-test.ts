/** Follows the tutorial of `PLUGINS.md` in a shell, on the built package, and compares its tables with the code. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildPackage } from '../cli/testing/built-package.ts';
import { CHECKS } from '../conformance/plugin/checks.ts';
import { isCanonicalColumn } from '../core/canonical.ts';
import { BUILTIN_PLUGINS } from '../plugins/index.ts';
import { runSteps, stepsOf } from './bash-blocks.ts';
import { blocksOf, ROOT } from './pages.ts';

const PAGE = fs.readFileSync(path.join(ROOT, 'docs', 'PLUGINS.md'), 'utf8');

const test = suite('docs: plugins');

test('the tutorial leads to a module that passes its test and runs', async () => {
  const steps = stepsOf(blocksOf(PAGE));
  const built = buildPackage();
  try {
    const { code, outputs, stderr } = await runSteps(steps, built.folder, { PATH: process.env.PATH! });
    for (const [i, { block, shown }] of steps.entries()) {
      if (shown === null) continue;
      assert.is(outputs[i], shown.map((line) => `${line}\n`).join(''), `block at line ${block.first + 1}: ${stderr}`);
    }
    assert.is(code, 0, `${stderr}\n${outputs.at(-1)}`);
    assert.ok(steps.filter(({ shown }) => shown !== null).length >= 3);
  } finally {
    built.remove();
  }
});

test('an operator installs Relay and a plugin from local folders, without a registry', () => {
  const part = PAGE.slice(PAGE.indexOf('## Let a package in'));
  const script = blocksOf(part)
    .find(({ info }) => info === 'sh')!
    .lines.join('\n');
  const built = buildPackage();
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-operator-')));
  try {
    fs.mkdirSync(path.join(home, 'relay-plugins'));
    built.relay(['plugin', 'new', 'parser', 'nordrad'], path.join(home, 'relay-plugins'));
    const env = { ...process.env, HOME: home, RELAY: built.folder, ...npmOf(os.homedir()) };
    const run = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: home, encoding: 'utf8', env });
    assert.is(run.status, 0, `${run.stdout}${run.stderr}`);
    assert.match(run.stdout, /parser +nordrad +0\.1\.0 .*\(from relay-plugin-nordrad@0\.1\.0\)/);
    const packed = fs.readdirSync(path.join(home, 'shop/node_modules/relay-plugin-nordrad')).sort();
    assert.equal(packed, ['README.md', 'index.js', 'nordrad.js', 'package.json']);
  } finally {
    built.remove();
    fs.rmSync(home, { recursive: true, force: true });
  }
});

/** npm's settings and cache below a folder, as in a user's home. */
function npmOf(home: string): Record<string, string> {
  return {
    npm_config_userconfig: path.join(home, '.npmrc'),
    npm_config_cache: path.join(home, '.npm'),
    npm_config_prefer_offline: 'true',
  };
}

test('the table of checks lists those of the suite', () => {
  const part = PAGE.slice(PAGE.indexOf('## The suite'), PAGE.indexOf('### Fixtures'));
  const shown = [...part.matchAll(/^\| `([a-z_]+)` \| ([^.|]+)\./gm)].map(([, id, title]) => [
    id,
    title!.toLowerCase(),
  ]);
  assert.equal(
    shown,
    CHECKS.map(({ id, title }) => [id, title.toLowerCase()]),
  );
});

test('every shape of the table is in options that the csv parser takes', () => {
  const { options } = BUILTIN_PLUGINS.find(({ manifest }) => manifest.id === 'csv')!.manifest;
  const from = PAGE.indexOf('## Shapes of feeds');
  const part = PAGE.slice(from, PAGE.indexOf('### What no table can say'));
  let taken = 0;
  for (const row of part.split('\n').filter((line) => line.startsWith('| '))) {
    const spans = [...row.split(' | ')[1]!.matchAll(/`([^`]+: [^`]+)`/g)].map(([, code]) => code!);
    const said = new Function(`return { ${spans.filter((code) => !code.startsWith('from:')).join(', ')} }`)();
    const { columns = {}, ...rest } = Object.fromEntries(
      Object.entries(said).filter(([name]) => !isCanonicalColumn(name)),
    ) as { columns?: object };
    const own = Object.entries(said).filter(([name]) => isCanonicalColumn(name));
    // `words` belongs to a column, whichever it is
    const { words, ...table } = rest as { words?: object };
    const all = { ...columns, ...Object.fromEntries(own), ...(words === undefined ? {} : { title: { words } }) };
    const parsed = options.safeParse({ ...table, columns: all });
    assert.ok(parsed.success, `${row}: ${parsed.error?.message}`);
    taken += spans.length;
  }
  assert.ok(taken >= 20, String(taken));
});

test.run();
