/** What code may use, and the form of its files. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { isTest } from './graph.ts';
import { PRODUCT, REPOSITORY, readSource, SOURCES, targetsOf } from './sources.ts';

/** The most lines of a source file. */
const LINES_MAX = 450;

test('core/ is pure: it imports only zod, and uses no clock, randomness, environment, input or output', () => {
  const forbidden =
    /\b(Date\.now|new Date\(\)|Math\.random|performance\.|process\.|globalThis|(?<!#)\bfetch\(|setTimeout|setInterval|console\.|Buffer\b|crypto\b)/;
  for (const source of PRODUCT.filter((one) => one.folder === 'core')) {
    for (const specifier of source.imports.filter((one) => !one.startsWith('.')))
      assert.is(specifier, 'zod', source.file);
    assert.is(forbidden.exec(source.code)?.[0], undefined, source.file);
  }
});

test('plugins/ and api/ do not import node:*', () => {
  // the in-memory engine uses Node's hasher; the service does not import it
  const wrong = PRODUCT.filter(
    (source) => ['plugins', 'api'].includes(source.folder) && !source.file.startsWith('plugins/in-memory/'),
  );
  assert.equal(
    wrong.filter((source) => source.imports.some((one) => one.startsWith('node:'))).map((s) => s.file),
    [],
  );
});

test('environment variables are read only in cli/', () => {
  // the plugin suite watches the environment, and its doubles use it to be caught
  const exempt = (file: string) => file.startsWith('bench') || file.startsWith('conformance/plugin/');
  const readers = PRODUCT.map((source) => source.file).filter(
    (file) => !exempt(file) && /process\.env\b/.test(PRODUCT.find((source) => source.file === file)!.code),
  );
  assert.equal(readers, ['cli/launch.ts', 'cli/main.ts']);
});

test('core/ names no plugin id', () => {
  // `csv` and `jsonl` are also forms of the feed, and `round` and `margin` ordinary words; the ids below are neither
  const ids = BUILTIN_PLUGINS.map((plugin) => plugin.manifest.id).filter(
    (id) => !['csv', 'jsonl', 'round', 'margin'].includes(id),
  );
  const columns = new Set(['min_price']);
  for (const source of PRODUCT.filter((one) => one.folder === 'core')) {
    // descriptions of config fields may name plugins
    const code = source.code.replace(/'[^'\n]* [^'\n]*'/g, "''");
    for (const id of ids.filter((one) => !columns.has(one))) {
      assert.not(new RegExp(`['"\`]${id}['"\`]`).test(code), `${source.file} names ${id}`);
    }
  }
});

test('every plugin file is listed as a built-in plugin', () => {
  const listed = fs.readFileSync(path.join(REPOSITORY, 'plugins/index.ts'), 'utf8');
  for (const source of PRODUCT.filter((one) => one.folder === 'plugins')) {
    for (const match of source.code.matchAll(/export const (\w+): Plugin</g)) {
      assert.match(listed, new RegExp(`\\n {2}${match[1]},\\n`), `${source.file}: ${match[1]} is not in the list`);
    }
  }
});

test('no file is dead: each is imported, run by a script, or an entry', () => {
  const parts = fs.readdirSync(path.join(REPOSITORY, '.ci')).map((name) => `.ci/${name}`);
  const scripts = ['package.json', ...parts]
    .map((file) => fs.readFileSync(path.join(REPOSITORY, file), 'utf8'))
    .join('');
  const all = [...SOURCES, readSource('index.ts')];
  const imported = new Set<string>();
  for (const source of all) {
    // processes and threads are started from the address of their file
    const started = [...source.text.matchAll(/new URL\('([^']+\.ts)', import\.meta\.url\)/g)].map(([, file]) =>
      path.posix.join(path.posix.dirname(source.file), file!),
    );
    for (const target of [...targetsOf(source), ...started]) imported.add(target);
  }
  const entries = [
    'cli/main.ts',
    'conformance/index.ts',
    'deploy/package/keep-code.ts',
    'conformance/support/compiled-loader.ts',
  ];
  const dead = SOURCES.filter(
    (source) =>
      !isTest(source.file) &&
      !imported.has(source.file) &&
      !scripts.includes(source.file) &&
      !entries.includes(source.file),
  );
  assert.equal(
    dead.map((source) => source.file),
    [],
  );
});

test('a file starts with a comment on its purpose, and is not too long', () => {
  for (const source of PRODUCT) {
    assert.ok(/^(#!.*\n)?(\/\*\*|\/\/)/.test(source.text), `${source.file} does not say what it is for`);
    const lines = source.text.split('\n').length;
    assert.ok(lines <= LINES_MAX, `${source.file} has ${lines} lines`);
  }
});

test('tests are neither skipped nor focused', () => {
  for (const source of SOURCES) assert.not(/\b(test|suite)\.(skip|only)\(/.test(source.code), source.file);
});

test.run();
