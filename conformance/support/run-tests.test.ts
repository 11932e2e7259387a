/** `npm test` fails if a test does, prints the error, and says how to run that test alone. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../cli/testing/sandbox.ts';
import { countsOf } from './run-tests.ts';
import { findTestFiles, longestFirst, noMatch, selectFiles } from './test-files.ts';

const RUNNER = fileURLToPath(new URL('run-tests.ts', import.meta.url));
// uvu by its file, because the runner resolves the name `uvu` to a wrapper
const UVU = JSON.stringify(new URL('../dist/index.mjs', import.meta.resolve('uvu/assert')).href);

/** Runs `npm test -- ARGS` on files whose first test has the given body. Files named `bare-…` use uvu without the wrapper. */
function run(folder: string, bodies: Record<string, string>, ...args: string[]) {
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}');
  for (const [name, body] of Object.entries(bodies)) {
    const source = `import { test } from ${name.startsWith('bare-') ? UVU : "'uvu'"};\ntest('first', () => {${body}});\ntest("it's second", () => {});\ntest.run();\n`;
    fs.writeFileSync(path.join(folder, `${name}.test.ts`), source);
  }
  // uvu's own command asks its children for colours
  const env = { ...process.env, NO_COLOR: '1' };
  // loaded as this process is: compiled, if there are many test files
  const command = [...process.execArgv, RUNNER, ...args];
  return spawnSync(process.execPath, command, { cwd: folder, env, encoding: 'utf8' });
}

test('a failing property is shrunk for minutes at most, in every test file', () => {
  const { interruptAfterTimeLimit = Number.POSITIVE_INFINITY, markInterruptAsFailure } = fc.readConfigureGlobal() ?? {};
  assert.ok(interruptAfterTimeLimit <= 300_000);
  assert.is(markInterruptAsFailure, true);
});

test('files run in several processes, and their counts are summed', () =>
  inFolder(async (folder) => {
    const { status, stdout, stderr } = run(folder, { a: '', b: 'console.error("said by b")', c: '' }, '--workers', '2');
    assert.is(stderr, '');
    assert.is(status, 0);
    assert.equal(countsOf(stdout), { total: 6, passed: 6, skipped: 0, short: [] });
    // each file's name, output and count stay together
    assert.match(stdout, /^b\.test\.ts\nsaid by b\n• • {3}\(2 \/ 2\) [\d.]+ s(, CPU [\d.]+ s)?$/m);
  }));

test('a failing test fails the run, whatever was thrown, and the command to run it alone is printed', () =>
  inFolder(async (folder) => {
    const thrown = {
      error: "new Error('x')",
      details:
        "Object.assign(new Error('byte 7', { cause: new Error('the reason') }), { code: 'DECODE_ERROR', details: { byte_offset: 7 } })",
      text: "'a text'",
      nothing: 'null',
      bare: 'Object.create(null)',
      symbol: "Symbol('x')",
      unreadable: "new Proxy(new Error('x'), { get: () => { throw new Error('y'); } })",
    };
    const names = Object.keys(thrown);
    const bodies = Object.fromEntries(names.map((name) => [name, `throw ${thrown[name as keyof typeof thrown]};`]));
    const bare = Object.fromEntries(['error', 'details', 'nothing'].map((name) => [`bare-${name}`, bodies[name]!]));
    const { status, stdout, stderr } = run(folder, {
      ...bodies,
      ...bare,
      exit: 'process.exit(0);',
      stuck: 'return new Promise(() => {});',
      rejected: 'return Promise.reject();',
      thenable: 'return { then: (_, no) => no() };',
      endless: 'return { then: () => {} };',
      good: '',
    });
    assert.is(status, 1);
    for (const name of [...names, 'rejected', 'thenable', 'bare-error'])
      assert.match(
        stderr,
        new RegExp(`^ *${name}\\.test\\.ts: first\n {4}npm test -- ${name}\\.test\\.ts --only='first'\n`, 'm'),
      );
    for (const name of ['details', 'nothing'])
      assert.match(
        stderr,
        new RegExp(`bare-${name}\\.test\\.ts did not pass\n {4}npm test -- bare-${name}\\.test\\.ts\n`),
      );
    assert.match(stdout, /FAIL {2}"first"\n {4}DECODE_ERROR: byte 7\n+ +{ byte_offset: 7 }\n +cause: the reason\n/);
    for (const name of ['exit', 'stuck', 'endless']) assert.match(stderr, `${name}.test.ts ended before its tests did`);
    assert.not.match(stderr, 'good.test.ts');
  }));

test('--only runs the tests with one name', () =>
  inFolder(async (folder) => {
    const { status, stdout } = run(folder, { a: 'throw new Error()', b: '' }, 'a.test', '--only', "it's second");
    assert.is(status, 0);
    assert.equal(countsOf(stdout), { total: 1, passed: 1, skipped: 1, short: [] });
    assert.is(run(folder, {}, '--only', 'third').status, 1);
  }));

test('running no test is a failure, and so is a part that no path contains', () =>
  inFolder(async (folder) => {
    assert.is(run(folder, {}).status, 1);
    const { status, stderr } = run(folder, { prices: '' }, 'prices', 'price_s');
    assert.is(status, 1);
    assert.match(stderr, 'No test file has "price_s" in its path. Near it: prices.');
  }));

test('parts are looked for in paths; a similar name is suggested', () => {
  const files = findTestFiles(path.resolve(import.meta.dirname, '../..'), '.test.ts');
  assert.ok(files.length > 80);
  const names = (...parts: string[]) => selectFiles(files, parts).map(({ name }) => name);
  assert.is(names().length, files.length);
  assert.equal(names('./core/text/glob.', 'core\\money\\p'), [
    ...['core/money/price-basis.test.ts', 'core/text/glob.test.ts'],
  ]);
  assert.match(noMatch('core/mony', files), /Near it: core, core\/money/);
  assert.match(noMatch('core/money/format.ts', files), /Near it: core\/money/);
  assert.match(noMatch('qqqqqq', files), /path\.$/);
});

test('long files start first, then large ones', () => {
  const order = longestFirst(['a', 'b', 'conformance/faults/kill.test.ts'].map((name, bytes) => ({ name, bytes })));
  assert.equal(order, ['conformance/faults/kill.test.ts', 'b', 'a']);
});

test('counts are read despite colours', () => {
  const output =
    '\u001b[31m suite  • ✘   (1 / 2)\u001b[39m\n\n  Total:     3\u001b[32m\n  Passed:    2\u001b[39m\n  Skipped:   \u001b[33m1\u001b[39m\n';
  assert.equal(countsOf(output), { total: 3, passed: 2, skipped: 1, short: ['suite  • ✘   (1 / 2)'] });
});

test.run();
