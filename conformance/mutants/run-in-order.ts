/**
 * Runs the given test files in order and in one process, and prints a line of JSON after each. It waits for a line in
 * return, so that code reached by one test is not attributed to the next.
 */
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { countsOf } from '../support/run-tests.ts';
import { TestWorker } from '../support/test-worker.ts';

/** Runs a suite of the stores on AWS, which starts servers. A missing or skipped suite does not pass. */
function runOnServers(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const args = ['--import', 'tsx', 'conformance/aws/run.ts', name];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.on('close', (code) => resolve(code === 0 && /AWS: [1-9]\d* passed, 0 failed, 0 skipped/.test(output)));
  });
}

const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const worker = new TestWorker(process.cwd());
for (const test of process.argv.slice(2)) {
  const start = performance.now();
  let passed: boolean;
  if (test.startsWith('AWS ')) passed = await runOnServers(test);
  else {
    const { code, output } = await worker.run(test);
    const { total, passed: good } = countsOf(output);
    passed = code === 0 && total > 0 && good === total;
  }
  console.log(JSON.stringify({ test, passed, ms: Math.round(performance.now() - start) }));
  await answers.next();
}
process.stdin.destroy();
await worker.end();
