/**
 * The sources as JavaScript, for child processes of tests. A process needs over a second of CPU to load the command under tsx,
 * less than half of that from compiled files, and a fifth from the built product. `npm test` makes these once for all test
 * files; compiling takes three seconds of CPU, building two. A run of many test files loads the tests from there too.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// not `import.meta.dirname`: child processes load the compiled form of this file
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const FOLDERS = ['core', 'plugins', 'stores', 'api', 'worker', 'cli', 'conformance'];
/** Tests use these, and no process that a test starts. */
const TEST_FOLDERS = [...FOLDERS, 'docs', 'deploy', 'bench'];
const TEST_NAME = /\.(test|package-test|long-test)\.ts$/;

/** How long a process waits for a part that another process makes. */
const WAIT_MS = 300_000;

let folder: string | undefined;

/** The compiled file of a source file, for `node FILE` and for imports. Files keep their relative places. */
export function compiled(source: string): string {
  return path.join(madeOnce('sources', compile), source.replace(/\.ts$/, '.js'));
}

/** The folder with what `compiled` gives, and also with the tests. */
function compiledTests(): string {
  compiled('');
  return madeOnce('tests', compileTests);
}

/** The address of a module that loads the sources and tests from there, for `node --import`. */
export function compiledLoader(): string {
  return pathToFileURL(path.join(compiledTests(), 'conformance/support/compiled-loader.js')).href;
}

/** A program of the built product, such as `cli/main.ts`, for `node FILE`. Compiled files start the built runner processes too. */
export function built(program: string): string {
  compiled(program);
  return path.join(madeOnce(DIST, build), DIST, program.replace(/\.ts$/, '.js'));
}

/** The variable with the folder that test processes share. */
const SHARED_FOLDER = 'COMPILED_FOR_TESTS';

const DIST = 'dist';
const RUNNER = 'cli/runner/child.js';

/** The folder that `npm test` shares among its processes, else one that is removed when this process ends. */
function placeOfAll(): string {
  const shared = process.env[SHARED_FOLDER];
  if (shared !== undefined) return shared;
  const own = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-compiled-')));
  process.once('exit', () => fs.rmSync(own, { recursive: true, force: true }));
  return own;
}

/** Gives the test files that `run` starts a shared folder. The first one to need a part of it makes that part. */
export async function withSharedFolder(run: () => Promise<number>): Promise<number> {
  if (process.env[SHARED_FOLDER] !== undefined) return run();
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-compiled-')));
  process.env[SHARED_FOLDER] = folder;
  try {
    return await run();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The path of a part of the shared folder. `make` creates it unless another process has. */
export function madeOnce(part: string, make: (place: string) => void): string {
  folder ??= placeOfAll();
  once(folder, part, make);
  return folder;
}

/** Makes a part of the folder, or waits for the process that is making it. */
function once(place: string, part: string, make: (place: string) => void): void {
  const done = path.join(place, `.${part}-done`);
  if (fs.existsSync(done)) return;
  try {
    fs.mkdirSync(path.join(place, `.${part}`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; !fs.existsSync(done); waited += 50) {
      if (waited > WAIT_MS) throw new Error(`time was up: no process made ${done} in ${WAIT_MS / 1000} s`);
      Atomics.wait(sleep, 0, 0, 50);
    }
    return;
  }
  make(place);
  fs.writeFileSync(done, '');
}

function build(place: string): void {
  const script = path.join(ROOT, 'deploy/package/build.ts');
  const args = ['--import', import.meta.resolve('tsx'), script, '--no-types', '--out', path.join(place, DIST)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
  fs.writeFileSync(path.join(place, RUNNER), `import '../../${DIST}/${RUNNER}';\n`);
}

/** Compiles into the folder, and makes it look like the package's root to the code in it. */
function compile(made: string): void {
  for (const name of ['package.json', 'node_modules']) fs.symlinkSync(path.join(ROOT, name), path.join(made, name));
  compileInto(
    made,
    sourcesIn(FOLDERS).filter((file) => !TEST_NAME.test(file)),
  );
}

/** Compiles the rest of the sources. */
function compileTests(made: string): void {
  const isElsewhere = (file: string) => !FOLDERS.some((name) => file.startsWith(path.join(ROOT, name) + path.sep));
  compileInto(made, [
    path.join(ROOT, 'index.ts'),
    ...sourcesIn(TEST_FOLDERS).filter((file) => TEST_NAME.test(file) || isElsewhere(file)),
  ]);
}

function sourcesIn(folders: readonly string[]): string[] {
  return folders.flatMap((name) =>
    fs
      .readdirSync(path.join(ROOT, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.startsWith('node_modules'))
      .map((file) => path.join(ROOT, name, file)),
  );
}

function compileInto(made: string, sources: string[]): void {
  // loaded only here: child processes import this file but compile nothing
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: sources,
    // nothing is written there: source maps name the source beside each file, as tests are loaded under the address of their source
    outdir: ROOT,
    outbase: ROOT,
    write: false,
    sourcemap: 'inline',
    sourcesContent: false,
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  for (const file of outputFiles) {
    const place = path.join(made, path.relative(ROOT, file.path));
    fs.mkdirSync(path.dirname(place), { recursive: true });
    // esbuild writes imports with double quotes and keeps the `.ts` in file names
    fs.writeFileSync(place, file.text.replace(/((?:from|import) ?\(?")(\.[^"\n]*)\.ts"/g, '$1$2.js"'));
  }
}
