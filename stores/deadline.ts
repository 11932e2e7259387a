/**
 * Limits the time of store calls. A call that takes longer fails with an error that allows a retry. What the store
 * still does afterwards is like a call whose answer was lost, which all callers must handle anyway. Each chunk of a
 * body or a sink has its own limit.
 */
import { RelayError } from '../core/errors.ts';
import type { ReceiveOptions } from '../core/ports/service/jobs.ts';
import type { ArtifactStore, ObjectSink } from '../core/ports/service/objects.ts';

type StoreCall = (...args: never[]) => unknown;

/** The store with a limit on each of its calls. */
export function withDeadline<T extends object>(store: T, seconds: number): T {
  return new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      // such as the dead letters of a queue
      if (typeof value === 'object' && value !== null) return withDeadline(value, seconds);
      if (typeof value !== 'function') return value;
      const call = value as StoreCall;
      return (...args: never[]) => {
        const answer = call.apply(target, args);
        if (!(answer instanceof Promise)) return answer;
        const ended = inTime(answer, String(name), seconds + waitSecondsOf(name, args));
        if (name === 'read') return ended.then((object) => readInTime(object as ReadAnswer, seconds));
        return name === 'write' ? ended.then((sink) => writtenInTime(sink as ObjectSink, seconds)) : ended;
      };
    },
  });
}

/** How long a receive may wait for messages. */
function waitSecondsOf(name: string | symbol, args: readonly unknown[]): number {
  return name === 'receive' ? ((args[0] as ReceiveOptions | undefined)?.waitSeconds ?? 0) : 0;
}

async function inTime<T>(answer: Promise<T>, name: string, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(tooLate(name, seconds));
      answer.then(discard).catch(() => undefined);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Closes what arrived too late: it holds files and connections. */
export async function discard(answer: unknown): Promise<void> {
  const { abort, body } = (answer ?? {}) as Partial<ObjectSink & ReadAnswer>;
  if (typeof abort === 'function') await (answer as ObjectSink).abort();
  if (body !== undefined) await body[Symbol.asyncIterator]().return?.();
}

type ReadAnswer = Awaited<ReturnType<ArtifactStore['read']>>;

function readInTime({ info, body }: ReadAnswer, seconds: number): ReadAnswer {
  const chunks = body[Symbol.asyncIterator]();
  const next = async () => {
    const chunk = Promise.resolve(chunks.next());
    const state = { hasFailed: false };
    chunk.catch(() => {
      state.hasFailed = true;
    });
    try {
      return await inTime(chunk, 'read', seconds);
    } catch (error) {
      // after an error, `for await` calls no `return`: the body is released when its late chunk has arrived
      if (!state.hasFailed) chunk.then(() => chunks.return?.()).catch(() => undefined);
      throw error;
    }
  };
  const end = async () => (await chunks.return?.()) ?? { done: true as const, value: undefined };
  const inTimeBody: AsyncIterableIterator<Uint8Array> = { next, return: end, [Symbol.asyncIterator]: () => inTimeBody };
  return { info, body: inTimeBody };
}

function writtenInTime(sink: ObjectSink, seconds: number): ObjectSink {
  return {
    write: (bytes) => {
      const written = sink.write(bytes);
      return written instanceof Promise ? inTime(written, 'write', seconds) : written;
    },
    close: () => inTime(sink.close(), 'close', seconds),
    abort: () => {
      const aborted = sink.abort();
      return aborted instanceof Promise ? inTime(aborted, 'abort', seconds) : aborted;
    },
  };
}

function tooLate(name: string, seconds: number): RelayError {
  const message = `the store did not answer within ${seconds} s (${name}); see STORE_CALL_SECONDS`;
  return new RelayError('store_unavailable', message, { recovery: 'retry' });
}
