/** Under `npm run relay` of this package, and only there, paths are relative to the user's own folder. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compiled } from './testing/compiled.ts';
import { filesIn, inFolder, writeFileIn } from './testing/sandbox.ts';
import { userFolder } from './user-folder.ts';

test('INIT_CWD counts only for this package’s script relay, in this package’s folder', () =>
  inFolder(async (folder) => {
    const root = path.join(folder, 'clone');
    const other = path.join(folder, 'shop');
    const below = path.join(root, 'feeds');
    for (const one of [below, other]) fs.mkdirSync(one, { recursive: true });
    const env = {
      INIT_CWD: below,
      npm_lifecycle_event: 'relay',
      npm_package_json: path.join(root, 'package.json'),
    };
    assert.is(userFolder(env, root, root), below);
    // npm --prefix from another project
    assert.is(userFolder({ ...env, INIT_CWD: other }, root, root), other);
    // yarn and older npm do not say which package.json they run
    const { npm_package_json: _, ...plain } = env;
    assert.is(userFolder(plain, root, root), below);
    // an npm workspace of the same name, linked in another place
    fs.symlinkSync(root, path.join(folder, 'link'));
    assert.is(userFolder({ ...env, npm_package_json: path.join(folder, 'link/package.json') }, root, root), below);
    const refused: [string, typeof plain, string][] = [
      ['no npm', { INIT_CWD: '', npm_lifecycle_event: 'relay' }, root],
      ['where the script runs anyway', { ...env, INIT_CWD: root }, root],
      ['another script of this package', { ...env, npm_lifecycle_event: 'demo' }, root],
      ['npx', { ...env, npm_lifecycle_event: 'npx' }, root],
      ['a script relay of another project', { ...env, ...{ npm_package_json: `${other}/package.json` } }, root],
      ['the same in its own folder', { ...env, ...{ npm_package_json: `${other}/package.json` } }, other],
      ['a process that the script started elsewhere', env, below],
      ['a folder that is gone', { ...env, INIT_CWD: path.join(folder, 'gone') }, root],
      ['a file', { ...env, INIT_CWD: writeFileIn(folder, 'file', '') }, root],
      ['a relative path', { ...env, INIT_CWD: 'feeds' }, root],
    ];
    for (const [what, given, cwd] of refused) assert.is(userFolder(given, cwd, root), null, what);
  }));

/** Runs npm in a folder, without the settings of an npm that may run this test. */
function npm(args: readonly string[], cwd: string) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name)));
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd,
    env,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return { status, stdout, stderr };
}

test('npm run -s relay reads and writes in the user’s folder; other scripts stay in their package', () =>
  inFolder(async (folder) => {
    // an unbuilt clone, like the one that this test is in
    const clone = path.join(folder, 'clone');
    fs.mkdirSync(path.join(clone, 'feeds/today'), { recursive: true });
    const sources = compiled('.');
    const linked = ['api', 'cli', 'core', 'plugins', 'stores', 'worker', 'node_modules'];
    for (const name of linked) fs.symlinkSync(path.join(sources, name), path.join(clone, name), 'junction');
    const relay = 'node --preserve-symlinks --preserve-symlinks-main cli/main.js';
    const scripts = { relay, look: `${relay} clean feeds/b.csv` };
    writeFileIn(clone, 'package.json', JSON.stringify({ name: 'relay-inventory', type: 'module', scripts }));
    writeFileIn(clone, 'feeds/a.csv', 'a;b\n1;2\n');
    writeFileIn(clone, 'feeds/b.csv', 'c;d\n3;4\n');
    const today = path.join(clone, 'feeds/today');
    const cleaned = npm(['run', '-s', 'relay', '--', 'clean', '../a.csv', '--out', 'out'], today);
    assert.equal(cleaned, { status: 0, stdout: '', stderr: '' });
    assert.equal(filesIn(path.join(today, 'out')), ['a.csv']);
    // paths that a script contains are its author's
    assert.equal(npm(['run', '-s', 'look'], today), { status: 0, stdout: 'c,d\n3,4\n', stderr: '' });
    // from another project
    const shop = path.join(folder, 'shop');
    writeFileIn(shop, 'mine.csv', 'e;f\n5;6\n');
    assert.is(npm(['--prefix', clone, 'run', '-s', 'relay', '--', 'clean', 'mine.csv'], shop).stdout, 'e,f\n5,6\n');
    // a script of another project, called from a folder of it
    const own = { relay: `node ${compiled('cli/main.ts')} clean mine.csv` };
    writeFileIn(shop, 'package.json', JSON.stringify({ name: 'shop', scripts: own }));
    fs.mkdirSync(path.join(shop, 'below'));
    assert.is(npm(['run', '-s', 'relay'], path.join(shop, 'below')).stdout, 'e,f\n5,6\n');
  }));

test.run();
