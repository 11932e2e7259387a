/** The service on AWS as processes: a new tenant gets a feed; workers are killed at each stage; poison and replay. */
import * as assert from 'uvu/assert';
import { relay } from '../../cli/testing/sandbox.ts';
import type { Stage } from '../../core/run-codes.ts';
import { eventually, type ServiceProcess } from '../faults/service.ts';
import type { AwsServer } from './servers.ts';
import { assertGolden, ended, onboard, type ServiceBench, startRun, withService } from './service-bench.ts';
import type { AwsCase, AwsSuite } from './suite.ts';

/** A text that the writes of each stage contain. What the merge makes is written in the stage after it. */
const WRITTEN = {
  FETCH_INPUTS: 'reports/config_snapshot\\.json',
  NORMALIZE: 'normalized/',
  WRITE_OUTPUTS: 'outputs/merged_inventory',
  COMPLETE: 'reports/run_summary\\.json',
} satisfies Partial<Record<Stage, string>>;

type WritingStage = keyof typeof WRITTEN;

/** Holds back the answer to a worker's writes in a stage, until the worker is killed. */
async function barrier(server: AwsServer, stage: WritingStage, times = 1): Promise<() => Promise<boolean>> {
  await server.setFaults({ operation: '^s3:PutObject$', path: WRITTEN[stage], hold: true, times });
  let before = await server.held();
  return async () => {
    const now = await server.held();
    const reached = now > before;
    before = now;
    return reached;
  };
}

/** Kills the worker that holds the run, and starts another in its place. */
async function killHolder(bench: ServiceBench, workers: ServiceProcess[], runId: string): Promise<void> {
  const { workerId } = (await bench.stores.runs.get(runId))!;
  const at = workers.findIndex((one) => workerId!.includes(`-${one.pid}-`));
  assert.ok(at >= 0, `${workerId} is one of the workers`);
  assert.is(await workers[at]!.stop('SIGKILL'), 'SIGKILL');
  workers[at] = bench.start('worker');
  // from here on it handles the signal to stop
  await workers[at]!.event('worker_started');
}

interface TwoWorkers {
  bench: ServiceBench;
  workers: ServiceProcess[];
  origin: string;
  key: string;
}

/** The service with two workers and a tenant. At the end there are no dead letters, and all processes stop when they are told to. */
function withTwoWorkers(running: AwsServer, body: (service: TwoWorkers) => Promise<void>): Promise<void> {
  return withService(running, async (bench) => {
    const api = bench.start('api');
    const workers = [bench.start('worker'), bench.start('worker')];
    const origin = await api.origin();
    await body({ bench, workers, origin, key: await onboard(origin) });
    assert.equal(await bench.stores.queue.deadLetters.list(10), []);
    for (const one of [api, ...workers]) assert.is(await one.stop('SIGTERM'), 0);
  });
}

const cases: AwsCase[] = [
  {
    name: 'a tenant is onboarded, uploads, runs and downloads; workers killed at each stage change no byte',
    run: ({ running }) =>
      withTwoWorkers(running, async ({ bench, workers, origin, key }) => {
        await assertGolden(origin, key, await ended(bench, await startRun(origin, key)));
        for (const stage of Object.keys(WRITTEN) as WritingStage[]) {
          const reached = await barrier(running, stage);
          const runId = await startRun(origin, key);
          await eventually(reached, 20);
          // a stage is recorded only if it lasts
          await eventually(async () => (await bench.stores.runs.get(runId))?.stage === stage, 20);
          const held = (await bench.stores.runs.get(runId))!;
          assert.equal([held.status, held.attempt], ['RUNNING', 1]);
          await killHolder(bench, workers, runId);
          const run = await ended(bench, runId);
          assert.is(run.attempt, 2, stage);
          await assertGolden(origin, key, run);
        }
        await eventually(async () => {
          const { visible, inFlight } = await bench.stores.queue.depth();
          return visible + inFlight === 0;
        }, 50);
      }),
  },
  {
    name: 'a job that kills its workers fails as poison, lands among the dead letters, and a replay of it succeeds',
    run: ({ running }) =>
      withTwoWorkers(running, async ({ bench, workers, origin, key }) => {
        const reached = await barrier(running, 'FETCH_INPUTS', 2);
        const runId = await startRun(origin, key);
        for (let deaths = 0; deaths < 2; deaths++) {
          await eventually(reached, 20);
          await killHolder(bench, workers, runId);
        }
        const run = await ended(bench, runId);
        assert.equal([run.status, run.errorCode], ['FAILED', 'POISON_JOB']);
        let id = '';
        await eventually(async () => {
          const { stdout } = await relay(['dlq', 'list', '--json'], bench.env);
          const [letter] = JSON.parse(stdout).dead_letters;
          id = letter?.message_id ?? '';
          return letter?.job.run_id === runId;
        }, 200);
        const { stdout } = await relay(['dlq', 'replay', id, '--json'], bench.env);
        const replayed = await ended(bench, JSON.parse(stdout).run_id);
        await assertGolden(origin, key, replayed);
      }),
  },
  {
    name: 'a worker that is told to stop in the middle of a run hands it back, and the next one finishes it',
    run: ({ running }) =>
      withService(running, async (bench) => {
        const api = bench.start('api');
        const first = bench.start('worker', { WORKER_GRACE_SECONDS: '0', AWS_REQUEST_TIMEOUT_SECONDS: '25' });
        const origin = await api.origin();
        const key = await onboard(origin);
        const slow = { operation: '^s3:PutObject$', refuse: { status: 503, code: 'SlowDown' } };
        await running.setFaults(slow);
        const runId = await startRun(origin, key);
        await eventually(async () => (await bench.stores.runs.get(runId))?.status === 'RUNNING', 20);
        assert.is(await first.stop('SIGTERM'), 0);
        await running.setFaults();
        const left = (await bench.stores.runs.get(runId))!;
        assert.is(left.status, 'QUEUED');
        const second = bench.start('worker', { WORKER_TENANT_BACKOFF_SECONDS: '1' });
        await assertGolden(origin, key, await ended(bench, runId));
        assert.is(await second.stop('SIGTERM'), 0);
        assert.is(await api.stop('SIGTERM'), 0);
      }),
  },
];

export const endToEndSuite: AwsSuite = { name: 'AWS end to end', cases };
