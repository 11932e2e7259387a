/** Wires a service: opens its stores, and makes what the API and a worker need. */
import { randomUUID, webcrypto } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { ApiDeps, Logger } from '../../api/deps.ts';
import { allMetrics, EmfMetrics } from '../../stores/embedded/metrics.ts';
import { PrometheusMetrics, renderQueue } from '../../stores/embedded/prometheus.ts';
import type { Timers, WorkerDeps } from '../../worker/deps.ts';
import { FileScratch } from '../host/files.ts';
import type { Io } from '../io.ts';
import { localEngine } from '../local-engine.ts';
import { openRegistry } from '../plugins/load.ts';
import { version } from '../version.ts';
import { jsonLogger } from './log.ts';
import { scratchName, tidyScratch } from './scratch.ts';
import { sha256Hex } from './secrets.ts';
import type { ServiceSettings } from './settings.ts';
import { openStores, ownKeyOf, type ServiceStores } from './stores.ts';

export interface Service {
  stores: ServiceStores;
  api: ApiDeps;
  worker: WorkerDeps;
  log: Logger;
  /**
   * Without API_KEYS, makes the API accept the data folder's own admin key. Returns that key if this call created it: it is
   * shown nowhere else, so call this only when the key can be printed.
   */
  acceptOwnKey(): string | null;
}

const clock = { wall: () => Date.now(), monotonic: () => performance.now() };

export async function openService(settings: ServiceSettings, io: Io): Promise<Service> {
  const log = jsonLogger(io);
  const scratchRoot = path.join(settings.dataDir, 'scratch');
  const registry = await openRegistry(settings);
  const stores = await openStores(settings, clock);
  const adminKeyHashes = settings.adminKeys.map(sha256Hex);
  const scraped = new PrometheusMetrics();
  const emf = settings.cloudWatch;
  const metrics = emf === null ? scraped : allMetrics(scraped, new EmfMetrics({ ...emf, clock, write: io.stdout }));
  return {
    stores,
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
      queue: stores.queue,
      registry,
      settings: settings.api,
      now: clock.wall,
      crypto: webcrypto as unknown as ApiDeps['crypto'],
      log,
      // a queue that cannot be reached is reported by `/v1/ready`; the other metrics are still there
      metricsText: async () => scraped.render() + (await stores.queue.depth().then(renderQueue, () => '')),
      adminKeyHashes,
      publicUrl: settings.publicUrl,
      signedObjects: stores.signedObjects,
      version: version(),
    },
    worker: {
      engine: localEngine(registry, settings),
      artifacts: stores.artifacts,
      tenants: stores.tenants,
      runs: stores.runs,
      queue: stores.queue,
      metrics,
      createScratch: (runId) => new FileScratch(path.join(scratchRoot, scratchName(runId))),
      tidy: async (isRunning) => {
        await stores.tidy();
        await tidyScratch(scratchRoot, isRunning);
      },
      now: clock.wall,
      timers,
      log,
      settings: {
        ...settings.worker,
        workerId: `${os.hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
        environment: settings.environment,
        receiveWaitSeconds: 20,
        watchSeconds: 5,
        vendorsMax: settings.vendorsMax,
      },
    },
  };
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
