/**
 * The work of a runner process: it checks a large config, answers a question about a run, or works on one run at a
 * time. It reads and writes artifacts itself, and asks its worker for everything that concerns the run's record and
 * lease. `child.ts` starts it; see `pool.ts`.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { doConfigJob } from '../../api/config/jobs.ts';
import { answer, isBulk } from '../../api/questions/questions.ts';
import { RelayError, receivedError, sentError } from '../../core/errors.ts';
import type { PluginKind } from '../../core/plugin.ts';
import type { HookNotes, Scratch } from '../../core/ports/engine.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { Registry } from '../../core/registry.ts';
import { outliveStrays } from '../../plugins/in-memory/stray-errors.ts';
import { withCalls } from '../../stores/with-calls.ts';
import { type ExecuteDeps, executeRun } from '../../worker/execute/execute.ts';
import { executeSimulation } from '../../worker/execute/execute-simulation.ts';
import type { RunHost, RunOrder } from '../../worker/runner.ts';
import { FileScratch } from '../host/files.ts';
import { workerThreads } from '../host/threads.ts';
import { localEngine } from '../local-engine.ts';
import { folderOf, openRegistry } from '../plugins/load.ts';
import { openArtifacts, partialPrefix } from '../service/stores.ts';
import { type FromRunner, type RunnerSettings, type RunnerTask, SHARED, type ToRunner } from './protocol.ts';
import { WorkerCalls } from './worker-calls.ts';

/** Progress is sent at most this often. */
const PROGRESS_MS = 500;

// a run in progress fails because of it; between runs, a rejection must not end the process
outliveStrays(({ reason, origin }) => {
  if (origin === 'callback') giveUp(reason);
  console.error('unhandled_rejection', reason);
});

/** The numbers that the watchdog reads: see `SHARED`. */
let numbers = new Int32Array(new SharedArrayBuffer(SHARED.bytes));
const calls = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
let callCount = 0;
let stopping = new AbortController();
let worker: WorkerCalls | null = null;
let deps: Omit<ExecuteDeps, 'createScratch'> | null = null;

/** `shared` has the numbers whose places `SHARED` names. */
export function serveRuns(shared: SharedArrayBuffer): void {
  numbers = new Int32Array(shared);
  process.on('message', (message: ToRunner) => receive(message));
}

function receive(message: ToRunner): void {
  if (message.type === 'start') start(message.settings).catch(giveUp);
  else if (message.type === 'ping') send({ type: 'pong' });
  else if (message.type === 'work') void work(message.order, message.scratch);
  else if (message.type === 'task') void taskDone(message.task).then(send);
  else if (message.type === 'stop') stopping.abort(message.reason);
  else if (message.type === 'refused') worker?.refuse(receivedError(message.error));
  else answered(message.call, message.error === null ? null : receivedError(message.error));
}

/** Ends the process; the worker reads its last line of output. */
function giveUp(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function start(settings: RunnerSettings): Promise<void> {
  const clock = { wall: () => Date.now() };
  const registry = await openRegistry(settings);
  // by default one thread: other runs use the other cores
  const threads = workerThreads(settings.runThreads || 1, settings);
  const engine = { ...localEngine(registry, settings), hookNotes: hookNotes(registry), threads };
  const createId = () => `${partialPrefix(process.pid)}${randomUUID()}`;
  const artifacts = watching(await openArtifacts(settings, clock, createId), made);
  deps = { engine, artifacts, now: clock.wall, configLimits: settings };
  send({ type: 'ready' });
}

async function work(order: RunOrder, scratch: string): Promise<void> {
  stopping = new AbortController();
  if (deps === null) throw new Error('a run came before the runner was ready');
  Atomics.store(numbers, SHARED.hook, 0);
  Atomics.store(numbers, SHARED.busy, 1);
  send({ type: 'accepted' });
  const createScratch = () => countingScratch(new FileScratch(path.resolve(scratch)));
  const execute = order.simulation === undefined ? executeRun : executeSimulation;
  worker = new WorkerCalls({
    confirm: call,
    tellStage: (stage, progress) => {
      made();
      send({ type: 'stage', stage, progress });
    },
    signal: stopping.signal,
    now: () => performance.now(),
  });
  const report = await execute({ ...deps, createScratch }, order, host(worker));
  Atomics.store(numbers, SHARED.busy, 0);
  send({ type: 'report', report });
}

async function taskDone(task: RunnerTask): Promise<FromRunner> {
  stopping = new AbortController();
  made();
  // reading whole feeds may take long, so the watchdog only checks that there is progress
  Atomics.store(numbers, SHARED.busy, task.kind === 'question' && isBulk(task.question) ? 1 : 0);
  try {
    return { type: 'taskDone', result: await resultOf(task), error: null };
  } catch (error) {
    return { type: 'taskDone', result: null, error: sentError(error) };
  } finally {
    Atomics.store(numbers, SHARED.busy, 0);
  }
}

function resultOf(task: RunnerTask): Promise<unknown> {
  if (deps === null) throw new Error('a task came before the runner was ready');
  const { engine, artifacts } = deps;
  if (task.kind === 'config') return doConfigJob(task.job, engine.registry);
  const { signal } = stopping;
  const watched = watching(artifacts, () => {
    if (signal.aborted) throw new RelayError('CANCELLED', 'nobody waits for the answer any more');
  });
  return answer(task.question, {
    engine,
    artifacts: watched,
    createScratch: () => new FileScratch(path.resolve(task.scratch)),
  });
}

function host({ confirm, enterStage }: WorkerCalls): RunHost {
  let sentAt = 0;
  return {
    signal: stopping.signal,
    confirm,
    enterStage,
    onProgress: (progress) => {
      made();
      const now = performance.now();
      if (now - sentAt < PROGRESS_MS) return;
      sentAt = now;
      send({ type: 'progress', progress });
    },
  };
}

function call(): Promise<void> {
  made();
  return new Promise((resolve, reject) => {
    calls.set(++callCount, { resolve, reject });
    send({ type: 'call', call: callCount });
  });
}

function answered(call: number, error: Error | null): void {
  made();
  const waiting = calls.get(call);
  calls.delete(call);
  if (error === null) waiting?.resolve();
  else waiting?.reject(error);
}

function send(message: FromRunner): void {
  process.send?.(message);
}

/** Tells the watchdog that the run makes progress. */
function made(): void {
  Atomics.add(numbers, SHARED.progress, 1);
}

/** For plugins that are not built in: shows the watchdog the number of the hook that the run is in. */
function hookNotes(registry: Registry): HookNotes {
  const known = new Map<string, number>();
  return {
    numberOf: (hook, { kind, id }) => {
      if (folderOf(registry.find(kind as PluginKind, id)) === null) return null;
      const number = known.get(hook) ?? known.size + 1;
      if (!known.has(hook)) {
        known.set(hook, number);
        send({ type: 'hook', number, hook });
      }
      return number;
    },
    enter: (number) => {
      numbers[SHARED.hook] = number;
    },
  };
}

/** `onChunk` is called for each chunk that is read or written. */
function watching(store: ArtifactStore, onChunk: () => void): ArtifactStore {
  const read: ArtifactStore['read'] = async (key, options) => {
    const object = await store.read(key, options);
    return { ...object, body: watchedChunks(object.body, onChunk) };
  };
  const write: ArtifactStore['write'] = async (key, options) => {
    const sink = await store.write(key, options);
    return {
      write: (bytes) => {
        onChunk();
        return sink.write(bytes);
      },
      close: () => sink.close(),
      abort: () => sink.abort(),
    };
  };
  return withCalls(store, { read, write });
}

async function* watchedChunks(chunks: AsyncIterable<Uint8Array>, onChunk: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onChunk();
    yield chunk;
  }
}

function countingScratch(scratch: FileScratch): Scratch & { dispose(): void } {
  return {
    create: () => {
      const file = scratch.create();
      return {
        write: (bytes) => {
          made();
          return file.write(bytes);
        },
        read: (position, into) => {
          made();
          return file.read(position, into);
        },
        remove: () => file.remove(),
      };
    },
    dispose: () => scratch.dispose(),
  };
}
