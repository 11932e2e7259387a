/** `npm test` fails wherever a test does, also where uvu cannot print why. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../cli/testing/sandbox.ts';
import { countsOf } from './run-tests.ts';

const at = (module: string) => JSON.stringify(import.meta.resolve(module));
const RUNNER = fileURLToPath(new URL('run-tests.ts', import.meta.url));

function run(folder: string, body: string): { status: number | null; stderr: string } {
  const source = `import { test } from ${at('uvu')};\ntest('first', () => {${body}});\ntest('second', () => {});\ntest.run();\n`;
  fs.writeFileSync(path.join(folder, 'one.test.ts'), source);
  const loader = import.meta.resolve('tsx');
  return spawnSync(process.execPath, ['--import', loader, RUNNER], { cwd: folder, encoding: 'utf8' });
}

test('a failure that cannot be printed fails the run, and its suite is named', () =>
  inFolder(async (folder) => {
    assert.is(run(folder, '').status, 0);
    assert.is(run(folder, "throw new Error('x')").status, 1);
    for (const thrown of ["Object.assign(new Error('x'), { details: {} })", "'a text'", 'null']) {
      const { status, stderr } = run(folder, `throw ${thrown};`);
      assert.is(status, 1, thrown);
      assert.match(stderr, /of 2 tests did not pass/);
    }
  }));

test('no test at all is a failure', () =>
  inFolder(async (folder) => {
    const loader = import.meta.resolve('tsx');
    assert.is(spawnSync(process.execPath, ['--import', loader, RUNNER], { cwd: folder }).status, 1);
  }));

test('counts are read through colours', () => {
  const output = '\u001b[31m suite  • ✘   (1 / 2)\u001b[39m\n\n  Total:     3\u001b[32m\n  Passed:    2\u001b[39m\n';
  assert.equal(countsOf(output), { total: 3, passed: 2, short: ['suite  • ✘   (1 / 2)'] });
});

test.run();
