/** Child processes on the embedded stores, for tests of several processes and of killing one. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiled } from '../../cli/testing/compiled.ts';
import type { EmbeddedStores } from '../../stores/embedded/index.ts';
import { pattern, put } from './artifact-subject.ts';
import { openContractStores } from './embedded.ts';
import { newRun, T0 } from './run-subject.ts';

const FILE = fileURLToPath(import.meta.url);

/** What a child does; it prints a line for each thing that a store has accepted. */
export type Work = 'create' | 'everything';

/**
 * Runs a child and returns the complete lines that it printed. With `killAfter` it is killed after so many lines,
 * whatever it is doing then.
 */
export function runChild(work: Work, root: string, name: string, killAfter?: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const args = [compiled('conformance/contracts/child.ts'), work, root, name];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stderr.on('data', (data) => {
      errors += data;
    });
    child.stdout.on('data', (data) => {
      out += data;
      if (killAfter !== undefined && out.split('\n').length > killAfter) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(out.split('\n').slice(0, -1));
      else reject(new Error(`child ${name} ended with ${code ?? signal}: ${errors}`));
    });
  });
}

/** The content of the object with a number. */
export const contentOf = (number: number) => pattern(50_000 + number);

const say = (line: string) => process.stdout.write(`${line}\n`);

async function create({ runs }: EmbeddedStores, name: string): Promise<void> {
  for (let i = 0; i < 25; i++) {
    const result = await runs.create(newRun(`${name}-${i}`));
    say(result.status === 'tenant_busy' ? `busy ${result.activeRunId}` : `${result.status} ${name}-${i}`);
  }
}

/** Writes of all kinds in turn, without end. */
async function everything({ runs, tenants, queue, artifacts }: EmbeddedStores, name: string): Promise<void> {
  await tenants.create(name, { v: 1 }, T0);
  say(`tenant ${name} 1`);
  for (let i = 0; ; i++) {
    const runId = `${name}-${i}`;
    await runs.create(newRun(runId, { tenantId: name, now: T0 + i }));
    say(`run ${runId} QUEUED`);
    await queue.send({ run_id: runId, tenant_id: name, vendors: [], config_version: 1 });
    say(`job ${runId}`);
    await put(artifacts, `${name}/${i}`, contentOf(i), 'text/csv');
    say(`object ${name}/${i}`);
    await put(artifacts, `${name}/current`, contentOf(i));
    await runs.claim(runId, name, T0, 1000);
    say(`run ${runId} RUNNING`);
    await runs.finish({ runId, attempt: 1 }, { status: 'SUCCEEDED' }, T0);
    say(`run ${runId} SUCCEEDED`);
    const stored = await tenants.putConfig(name, { v: i + 2 }, T0);
    say(`tenant ${name} ${stored!.configVersion}`);
  }
}

if (process.argv[1] === FILE) {
  const [work, root, name] = process.argv.slice(2) as [Work, string, string];
  const stores = await openContractStores(root, { wall: () => T0 });
  await (work === 'create' ? create(stores, name) : everything(stores, name));
  stores.close();
}
