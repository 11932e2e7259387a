/** The package as `npm run build` makes it, in a temporary folder: tests run what plugin authors run. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../version.ts';
import { madeOnce } from './compiled.ts';

export interface BuiltPackage {
  folder: string;
  /** Runs `relay ARGS` of the built package. */
  relay(args: readonly string[], cwd: string, env?: Record<string, string>): SpawnSyncReturns<string>;
  remove(): void;
}

/** The package's place in the folder that test processes share. */
const PACKAGE = 'package';
const TSC = path.join(packageRoot(), 'node_modules/typescript/bin/tsc');

/** Set where `npm run build` has just run, as in `.ci/package`: its output is used. */
const BUILT = process.env.RELAY_CI_DIST;

/** Writes what `npm run build` writes. It takes ten seconds, so test files share it. */
function makeDist(place: string): void {
  const folder = path.join(place, PACKAGE);
  fs.mkdirSync(folder);
  if (BUILT !== undefined) {
    fs.cpSync(path.resolve(packageRoot(), BUILT), path.join(folder, 'dist'), { recursive: true });
    return;
  }
  // the build runs its own output, which imports from here what is not bundled
  fs.symlinkSync(path.join(packageRoot(), 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  const script = path.join(packageRoot(), 'deploy/package/build.ts');
  const build = node(['--import', 'tsx', script, '--out', path.join(folder, 'dist')], packageRoot());
  if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}${build.stderr}`);
}

const temporaryFolder = () => fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-built-')));

export function buildPackage(): BuiltPackage {
  const dist = path.join(madeOnce(PACKAGE, makeDist), PACKAGE, 'dist');
  const folder = temporaryFolder();
  fs.cpSync(dist, path.join(folder, 'dist'), { recursive: true });
  fs.copyFileSync(path.join(packageRoot(), 'package.json'), path.join(folder, 'package.json'));
  fs.symlinkSync(path.join(packageRoot(), 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  const main = path.join(folder, 'dist/cli/main.js');
  return {
    folder,
    relay: (args, cwd, env) => node([main, ...args], cwd, env),
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs Node without the settings of this process. */
export function node(args: readonly string[], cwd: string, env: Record<string, string> = {}): SpawnSyncReturns<string> {
  const base = { PATH: process.env.PATH ?? '', HOME: os.homedir() };
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: { ...base, ...env } });
}

/** Type-checks JavaScript with types in comments, as an editor does. */
export function checkTypes(files: readonly string[], cwd: string): SpawnSyncReturns<string> {
  const options = ['--noEmit', '--allowJs', '--checkJs', '--strict', '--skipLibCheck', '--module', 'nodenext'];
  const types = [
    '--target',
    'es2023',
    '--types',
    'node',
    '--typeRoots',
    path.join(packageRoot(), 'node_modules/@types'),
  ];
  return node([TSC, ...options, ...types, ...files], cwd);
}
