/** How commands name a run: by its id in the folder of runs, or by its folder, which all of them take alike. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FEED, runFeed } from '../testing/one-vendor.ts';
import { inFolder, relay } from '../testing/sandbox.ts';

const test = suite('names of runs');

const COMMANDS: ReadonlyArray<[name: string, command: (run: string) => string[], place: string]> = [
  ['explain', (run) => ['explain', run, 'A'], '--out'],
  ['explain --list', (run) => ['explain', run, '--list', 'single_vendor'], '--out'],
  ['verify', (run) => ['verify', run], '--out'],
  ['holds list', (run) => ['holds', 'list', run], '--out'],
  ['diff', (run) => ['diff', run, run], '--runs'],
];

test('a run can be given as an id with --out, as its folder, or as its tenant’s folder', () =>
  inFolder(async (folder) => {
    const { root } = await runFeed(folder, FEED, { publish: {} });
    const out = path.join(folder, 'out');
    for (const [name, command, place] of COMMANDS) {
      const named = [
        ['r1', place, out],
        [path.join(out, 'r1'), place, out],
        [path.join(out, 'r1')],
        [root],
        [root, '--tenant', path.basename(root)],
      ];
      const answers: string[] = [];
      for (const [run = '', ...more] of named) {
        const { code, stdout, stderr } = await relay([...command(run), ...more, '--json']);
        assert.is(code, 0, `${name} ${run} ${more.join(' ')}: ${stderr}`);
        answers.push(JSON.stringify({ ...JSON.parse(stdout), a: null, b: null }));
      }
      assert.equal([...new Set(answers)].length, 1, name);
    }
  }));

test('a path that is not a run is named, with what can be given', () =>
  inFolder(async (folder) => {
    await runFeed(folder, FEED, { publish: {} });
    const out = path.join(folder, 'out');
    for (const [name, command, place] of COMMANDS) {
      for (const [given, said] of [
        [['r2', place, out], 'has no run "r2"'],
        [['r2'], `r2 is not there; with ${place} DIR,`],
        [['r1', place, path.join(folder, 'no')], `${place} ${path.join(folder, 'no')} is not a folder`],
        [['r1', place, out, '--tenant', 'nobody'], 'run r1 has no tenant "nobody"'],
      ] as const) {
        const [run, ...more] = given;
        const { code, stderr } = await relay([...command(run), ...more]);
        assert.is(code, 2, `${name} ${given.join(' ')}`);
        assert.match(stderr, said);
      }
    }
  }));

test('a run of several tenants needs --tenant; history can begin with a run’s folder', () =>
  inFolder(async (folder) => {
    const { root } = await runFeed(folder, FEED, { publish: {} });
    const out = path.join(folder, 'out');
    const history = (from: string) => relay(['history', 'A', '--out', out, '--from', from, '--json']);
    assert.is((await history(root)).stdout, (await history('r1')).stdout);
    fs.cpSync(root, path.join(path.dirname(root), 'other'), { recursive: true });
    const two = await relay(['verify', path.join(out, 'r1')]);
    assert.is(two.code, 2);
    assert.match(two.stderr, `run r1 has the tenants`);
    const one = await relay(['verify', 'r1', '--out', out, '--tenant', path.basename(root)]);
    assert.is(one.code, 0, one.stderr);
  }));

test.run();
