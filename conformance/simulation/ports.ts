/** The ports as a simulated process sees them: every call waits until the history acts on it. */
import { RelayError } from '../../core/errors.ts';
import type { JobQueue } from '../../core/ports/service/jobs.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { RunStore } from '../../core/ports/service/runs.ts';
import type { TenantStore } from '../../core/ports/service/tenants.ts';
import type { Call, SimProcess, World } from './world.ts';

export interface Ports {
  artifacts: ArtifactStore;
  tenants: TenantStore;
  runs: RunStore;
  queue: JobQueue;
}

/** Sends a call and waits for its answer. A process that has died never gets one. */
export function send<T>(
  world: World,
  process: SimProcess,
  [store, name]: readonly [string, string],
  act: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (!process.isAlive) return;
    const ifAlive = (answer: () => void) => () => {
      if (process.isAlive) answer();
    };
    world.calls.push({
      ...{ process, store, name, notBefore: 0 },
      act: () =>
        act().then(
          (value) => ifAlive(() => resolve(value)),
          (error) => ifAlive(() => reject(error)),
        ),
      fail: (error) => ifAlive(() => reject(error))(),
    });
  });
}

/** A store with methods that are all sent as calls. */
function remote<T extends object>(
  world: World,
  process: CallingProcess,
  [name, store]: [string, T],
  own: Partial<T>,
): T {
  return new Proxy(store, {
    get: (target, method) => {
      if (Object.hasOwn(own, method)) return own[method as keyof T];
      const value = Reflect.get(target, method, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) =>
        send(world, process, [name, String(method)], async () => {
          const answer = await value.apply(target, args);
          if (method === 'check') process.checks.set(name, (process.checks.get(name) ?? 0) + 1);
          return answer;
        });
    },
  });
}

/** The pause between two polls of a receive. */
const POLL_SECONDS = 10;

export interface CallingProcess extends SimProcess {
  openSinks: number;
  /** When each close was sent whose answer has not come. */
  readonly closing: Set<{ sentAt: number }>;
  /** When the close was sent that a store is acting on now: a slow write was decided on then, not when it ends. */
  closeSentAt: number | null;
  /** Checks that each store has passed. */
  readonly checks: Map<string, number>;
}

/** A worker that stops does not wait for ever for a store that does not answer. */
export function sinksLeft({ openSinks, closing }: CallingProcess, graceBegan: number): number {
  return openSinks - [...closing].filter(({ sentAt }) => sentAt <= graceBegan).length;
}

export function portsOf(world: World, process: CallingProcess, stores: Ports): Ports {
  const { artifacts, queue } = stores;
  const call = <T>(store: string, name: string, act: () => Promise<T>) => send(world, process, [store, name], act);
  return {
    tenants: remote(world, process, ['tenants', stores.tenants], {}),
    runs: remote(world, process, ['runs', stores.runs], {}),
    queue: remote(world, process, ['queue', queue], {
      receive: async (options) => {
        const until = world.now + options.waitSeconds * 1000;
        for (;;) {
          const jobs = await call('queue', 'receive', () => queue.receive({ ...options, waitSeconds: 0 }));
          if (jobs.length > 0 || world.now >= until || options.signal?.aborted) return jobs;
          await sleep(world, process, POLL_SECONDS, options.signal);
          if (options.signal?.aborted) return [];
        }
      },
    }),
    artifacts: remote(world, process, ['artifacts', artifacts], {
      // only the first byte of a body is a call; the rest is ready
      write: async (key, options) => {
        const sink = await call('artifacts', `write ${key}`, () => artifacts.write(key, options));
        let open = true;
        process.openSinks++;
        const end = () => {
          if (open) process.openSinks--;
          open = false;
        };
        return {
          write: (bytes) => sink.write(bytes),
          close: async () => {
            const sentAt = world.now;
            const closing = { sentAt };
            process.closing.add(closing);
            const written = await call('artifacts', `close ${key}`, () => {
              process.closeSentAt = sentAt;
              return sink.close().finally(() => {
                process.closeSentAt = null;
              });
            }).finally(() => process.closing.delete(closing));
            end();
            return written;
          },
          abort: () => {
            end();
            return sink.abort();
          },
        };
      },
    }),
  };
}

/** Resolves after the time, or when the signal aborts. */
export function sleep(world: World, process: SimProcess, seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      endTimer();
      signal?.removeEventListener('abort', end);
      if (process.isAlive) resolve();
    };
    const endTimer = world.after(seconds, process, end);
    signal?.addEventListener('abort', end);
  });
}

/** The store is away. */
export function unavailable({ store, name }: Call): RelayError {
  return new RelayError('store_unavailable', `${store}.${name} failed`, { recovery: 'retry' });
}
