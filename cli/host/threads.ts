/** Threads of this process that normalize vendors and merge ranges of SKUs. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RelayError } from '../../core/errors.ts';
import type { Thread, ThreadChannel, Threads } from '../../core/ports/threads.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import type { BaseSettings } from '../settings.ts';

/** Beside this file, as source or as build output. */
const THREAD = fileURLToPath(new URL('./vendor-thread.ts', import.meta.url)).replace(
  /ts$/,
  path.extname(import.meta.url).slice(1),
);
/** Each thread takes `MEMORY_SORT_BYTES` for large feeds, so more threads must be requested. */
const THREADS_MAX = 2;
/** A thread makes few objects. V8's own limit would take 15 MB more per thread and save 3 % of CPU time. */
const YOUNG_MB = 8;
/** With less memory for sorting, spilling through the run would cost more than threads gain. */
const SORT_BYTES_MIN = 64 * 1024 * 1024;

/** The number of threads for a command, which has the machine to itself: `RUN_THREADS`, or one per core. */
export function coresOf({ runThreads, limits }: Pick<BaseSettings, 'runThreads' | 'limits'>): number {
  if (runThreads > 0) return runThreads;
  return limits.sortBytes < SORT_BYTES_MIN ? 1 : Math.min(os.availableParallelism(), THREADS_MAX);
}

/**
 * Threads run only built-in plugins: other plugins are watched for stray errors, which works only in the run's own
 * thread.
 */
export function workerThreads(
  count: number,
  { runThreadsMinBytes, runMergeThreadsMinBytes }: Pick<BaseSettings, 'runThreadsMinBytes' | 'runMergeThreadsMinBytes'>,
): Threads {
  return {
    // when run from the sources, a thread would first have to load a compiler
    count: THREAD.endsWith('.ts') ? 1 : count,
    leastBytes: runThreadsMinBytes,
    leastMergeBytes: runMergeThreadsMinBytes,
    canRun: ({ kind, id }) => BUILTIN_PLUGINS.some(({ manifest }) => manifest.kind === kind && manifest.id === id),
    start: startThread,
  };
}

function startThread(): Thread {
  // loaded here: a small run starts no thread, and it takes some milliseconds
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const worker = new Worker(THREAD, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  return {
    ...channelOf(worker),
    onDeath: (report) => {
      worker.on('error', (error) => report(deathOf(error)));
      worker.on('exit', (code) => report(new Error(`a thread of the run ended with exit code ${code}`)));
    },
    end: async () => {
      await worker.terminate();
    },
  };
}

function deathOf(error: Error & { code?: string }): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const message =
    'a thread of the run needed more memory than it may have; send smaller files, or set RUN_THREADS to 1';
  return new RelayError('RUN_TOO_LARGE', message, { cause: error });
}

/** A port or a worker: both have these two methods. */
export function channelOf(port: {
  postMessage(message: unknown, handedOver: ArrayBuffer[]): void;
  on(event: 'message', receive: (message: unknown) => void): unknown;
}): ThreadChannel {
  return {
    post: (message, handedOver = []) => port.postMessage(message, [...handedOver]),
    listen: (receive) => void port.on('message', receive),
  };
}
