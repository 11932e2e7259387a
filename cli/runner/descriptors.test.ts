/** A process without free file descriptors cannot start runners. It says so, and starts them once it has some again. */
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { built, compiled } from '../testing/compiled.ts';
import { runProcess } from '../testing/run-process.ts';
import { inFolder, writeFileIn } from '../testing/sandbox.ts';

/** A script that prints how work on a config ended without free descriptors, and with them. */
function script(): string {
  built('cli/runner/child.ts');
  const from = (source: string) => JSON.stringify(pathToFileURL(compiled(source)).href);
  return `
import fs from 'node:fs';
import { RunnerPool } from ${from('cli/runner/pool.ts')};
import { readServiceSettings } from ${from('cli/service/settings.ts')};
const settings = readServiceSettings({ RELAY_DATA_DIR: 'data' });
const limits = { memoryBytes: 1 << 30, stuckSeconds: 60 };
const pool = new RunnerPool({
  settings, limits, env: process.env, stopSeconds: 5, configs: settings.configs,
  startSeconds: settings.runnerStartSeconds, scratchRoot: 'scratch', scratchName: (runId) => runId,
  questionScratchName: () => 'question',
  removeTraces: async () => {}, onOutput: () => {},
});
const alive = setInterval(() => {}, 1000);
const ask = () => pool.configJobs({ type: 'match', text: '{}' }, 'one').then(String, ({ code, message }) => code + ' ' + /EMFILE/.test(message));
const held = [];
try { for (;;) held.push(fs.openSync('/dev/null')); } catch (error) { console.log(error.code); }
pool.warm();
console.log(await ask(), pool.pids.length);
for (const left of [1, 3, 5, 7]) {
  for (let i = 0; i < 2; i++) fs.closeSync(held.pop());
  console.log(left, /^(null|runner_unavailable true)$/.test(await ask()));
}
for (const fd of held) fs.closeSync(fd);
console.log(await ask(), pool.pids.length);
pool.close();
clearInterval(alive);
`;
}

test('work fails with a retry without descriptors or with few, and succeeds once there are enough', () =>
  inFolder(async (folder) => {
    const file = writeFileIn(folder, 'script.mjs', script());
    const command = `ulimit -n 512 && exec ${JSON.stringify(process.execPath)} ${JSON.stringify(file)}`;
    const { stdout, stderr, status } = runProcess('sh', ['-c', command], { cwd: folder });
    const seen = stdout.trim().split('\n');
    assert.is(status, 0, stderr);
    assert.equal(seen, ['EMFILE', 'runner_unavailable true 0', '1 true', '3 true', '5 true', '7 true', 'null 1']);
  }));

test.run();
