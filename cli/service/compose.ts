/** Assembles a service: opens its stores, and makes what the API and a worker need. */
import { randomUUID, webcrypto } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { ApiDeps, Logger } from '../../api/deps.ts';
import { allMetrics, EmfMetrics } from '../../stores/embedded/metrics.ts';
import { PrometheusMetrics, renderQueue } from '../../stores/embedded/prometheus.ts';
import type { Timers, WorkerDeps } from '../../worker/deps.ts';
import { sweepRetention } from '../../worker/retention/retention-sweep.ts';
import type { Io } from '../io.ts';
import { openRegistry } from '../plugins/load.ts';
import { RunnerPool } from '../runner/pool.ts';
import type { RunnerSettings } from '../runner/protocol.ts';
import { createSha256 } from '../sha256.ts';
import { version } from '../version.ts';
import { jsonLogger } from './log.ts';
import { retentionDeps } from './retention-deps.ts';
import { questionScratchName, scratchName, tidyScratch } from './scratch.ts';
import { sha256Hex } from './secrets.ts';
import type { ServiceSettings } from './settings.ts';
import { openStores, ownKeyOf, type ServiceStores } from './stores.ts';

export interface Service {
  stores: ServiceStores;
  api: ApiDeps;
  worker: WorkerDeps;
  /** The processes that work on runs. `worker` uses them; whoever starts a worker warms and closes them. */
  runners: RunnerPool;
  log: Logger;
  /**
   * Without API_KEYS, makes the API accept the data folder's own admin key. Returns the key if this call created it. It
   * is shown nowhere else, so call this only if the key can be printed.
   */
  acceptOwnKey(): string | null;
}

const clock = { wall: () => Date.now(), monotonic: () => performance.now() };

export async function openService(settings: ServiceSettings, io: Io): Promise<Service> {
  const log = jsonLogger(io);
  const scratchRoot = path.join(settings.dataDir, 'scratch');
  const registry = await openRegistry(settings);
  const stores = await openStores(settings, clock);
  const { runMemoryBytes: memoryBytes, runStuckSeconds: stuckSeconds, runStopSeconds: stopSeconds } = settings.worker;
  const runners = new RunnerPool({
    settings: runnerSettings(settings),
    env: { ...io.env, API_KEYS: undefined },
    limits: { memoryBytes, stuckSeconds },
    stopSeconds,
    questions: settings.questions,
    configs: settings.configs,
    startSeconds: settings.runnerStartSeconds,
    scratchRoot,
    scratchName,
    questionScratchName,
    removeTraces: (pid) => stores.removePartial(pid),
    onOutput: (text) => log.info('runner_output', { text }),
  });
  const adminKeyHashes = settings.adminKeys.map(sha256Hex);
  const scraped = new PrometheusMetrics();
  const emf = settings.cloudWatch;
  const metrics = emf === null ? scraped : allMetrics(scraped, new EmfMetrics({ ...emf, clock, write: io.stdout }));
  const workerId = `${os.hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const room = stores.requireRoom === undefined ? {} : { requireRoom: stores.requireRoom };
  const retention = retentionDeps(stores);
  return {
    stores,
    runners,
    log,
    acceptOwnKey: () => {
      const own = ownKeyOf(settings);
      if (own !== null) adminKeyHashes.push(own.hash);
      return own?.key ?? null;
    },
    api: {
      tenants: stores.tenants,
      runs: stores.runs,
      artifacts: stores.artifacts,
      usage: stores.usage,
      ...room,
      queue: stores.queue,
      registry,
      settings: settings.api,
      now: clock.wall,
      crypto: webcrypto as unknown as ApiDeps['crypto'],
      log,
      // `/v1/ready` reports a queue that cannot be reached; the other metrics stay available
      metricsText: async () => scraped.render() + (await stores.queue.depth().then(renderQueue, () => '')),
      adminKeyHashes,
      publicUrl: settings.publicUrl,
      signedObjects: stores.signedObjects,
      configJobs: runners.configJobs,
      createHasher: createSha256,
      ask: runners.ask,
      version: version(),
    },
    worker: {
      runner: runners,
      artifacts: stores.artifacts,
      tenants: stores.tenants,
      runs: stores.runs,
      queue: stores.queue,
      usage: stores.usage,
      ...room,
      metrics,
      createHasher: createSha256,
      tidy: async (isRunning) => {
        await stores.tidy();
        await tidyScratch(scratchRoot, isRunning);
        // not awaited: a pass may take minutes, and jobs must not wait for it
        void sweepRetention(retention, {
          holder: workerId,
          retentionDays: settings.retentionDays,
          onPruned: (pruned) => log.info('pruned', { ...pruned }),
          onWrongClock: (offset) => log.error('clock_is_wrong', { seconds: Math.round(-offset / 1000) }),
          onFailed: (tenant_id, error) => log.error('prune_failed', { tenant_id, message: String(error) }),
        }).catch((error) => log.error('prune_failed', { tenant_id: null, message: String(error) }));
      },
      now: clock.wall,
      monotonic: clock.monotonic,
      timers,
      log,
      settings: {
        ...settings.worker,
        workerId,
        environment: settings.environment,
        receiveWaitSeconds: 20,
        watchSeconds: 5,
      },
    },
  };
}

/** All settings without the keys of the API. */
function runnerSettings(settings: ServiceSettings): RunnerSettings {
  const { limits, vendorsMax, extraColumnsMax, problemsMax, configBytesMax, configDepthMax, hookSeconds, pluginsFile } =
    settings;
  const { runThreads, runThreadsMinBytes, runMergeThreadsMinBytes, dataDir, aws, worker } = settings;
  const base = {
    limits,
    vendorsMax,
    extraColumnsMax,
    problemsMax,
    configBytesMax,
    configDepthMax,
    hookSeconds,
    pluginsFile,
  };
  return { ...base, runThreads, runThreadsMinBytes, runMergeThreadsMinBytes, dataDir, aws, worker };
}

const timers: Timers = {
  every(seconds, action) {
    const timer = setInterval(action, seconds * 1000);
    return () => clearInterval(timer);
  },
  sleep(seconds, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, seconds * 1000);
      signal.addEventListener('abort', done);
    });
  },
};
