/** Runs the test files that it is given, in their order and in one process, and prints a line of JSON after each. */
import { spawn } from 'node:child_process';
import { countsOf } from '../support/run-tests.ts';
import { TestWorker } from '../support/test-worker.ts';
import { SERVERS_TEST } from './tests-of.ts';

/** The suites of the stores on AWS start servers, and are no test file. */
function runOnServers(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', SERVERS_TEST], { stdio: 'ignore' });
    child.on('close', (code) => resolve(code === 0));
  });
}

const worker = new TestWorker(process.cwd());
for (const test of process.argv.slice(2)) {
  const start = performance.now();
  let passed: boolean;
  if (test === SERVERS_TEST) passed = await runOnServers();
  else {
    const { code, output } = await worker.run(test);
    const { total, passed: good } = countsOf(output);
    passed = code === 0 && total > 0 && good === total;
  }
  console.log(JSON.stringify({ test, passed, ms: Math.round(performance.now() - start) }));
}
await worker.end();
