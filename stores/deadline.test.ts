/** A store that does not answer fails the call, not the caller. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../core/errors.ts';
import { withDeadline } from './deadline.ts';

const never = () => new Promise<never>(() => {});
const LIMIT = 0.02;

async function refusal(call: () => Promise<unknown>): Promise<RelayError> {
  try {
    await call();
  } catch (error) {
    assert.instance(error, RelayError);
    return error as RelayError;
  }
  throw new Error('it ended');
}

test('a call, a chunk and each part of a write has a deadline, and ends with an error that allows a retry', async () => {
  const store = withDeadline(
    {
      get: async (id: string) => id,
      hang: never,
      plain: () => 7,
      deadLetters: { list: never },
      read: async () => ({ body: { [Symbol.asyncIterator]: () => ({ next: never }) } }),
      write: async () => ({ write: never, close: never, abort: never }),
    },
    LIMIT,
  );
  assert.equal([await store.get('a'), store.plain()], ['a', 7]);
  const { body } = await store.read();
  const sink = await store.write();
  const calls = [
    store.hang,
    () => store.deadLetters.list(),
    async () => body[Symbol.asyncIterator]().next(),
    async () => sink.write(),
    () => sink.close(),
    async () => sink.abort(),
  ];
  for (const call of calls) {
    const error = await refusal(call);
    assert.equal([error.code, error.recovery], ['store_unavailable', 'retry']);
    assert.match(error.message, /STORE_CALL_SECONDS/);
  }
});

test('a body passes through the deadline unchanged', async () => {
  let ended = false;
  async function* chunks() {
    try {
      yield new Uint8Array([1]);
      yield new Uint8Array([2]);
    } finally {
      ended = true;
    }
  }
  const store = withDeadline({ read: async () => ({ info: { key: 'k' }, body: chunks() }) }, 10);
  const { body, info } = await store.read();
  for await (const [first] of body) {
    assert.is(first, 1);
    break;
  }
  assert.equal([ended, info.key], [true, 'k']);
});

test('a result that comes too late is released: a sink is aborted, a body closed', async () => {
  const ended: string[] = [];
  const late = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 40));
  const body = { [Symbol.asyncIterator]: () => ({ next: never, return: async () => void ended.push('body') }) };
  const store = withDeadline(
    { write: () => late({ abort: () => void ended.push('sink'), close: never }), read: () => late({ body }) },
    LIMIT,
  );
  await Promise.all([refusal(() => store.write()), refusal(() => store.read())]);
  assert.equal(ended, []);
  await late(null);
  assert.equal(ended.sort(), ['body', 'sink']);
});

test('a body is released when its late chunk arrives', async () => {
  const ended: string[] = [];
  const late = (result: unknown) => new Promise((resolve) => setTimeout(() => resolve(result), 40));
  const chunks = { next: () => late({ done: false, value: 1 }), return: async () => void ended.push('body') };
  const store = withDeadline({ read: async () => ({ body: { [Symbol.asyncIterator]: () => chunks } }) }, LIMIT);
  const { body } = await store.read();
  await refusal(async () => {
    for await (const _ of body as unknown as AsyncIterable<unknown>);
  });
  assert.equal(ended, []);
  await late(null);
  assert.equal(ended, ['body']);
});

test('a receive may wait for messages as long as its caller asked for', async () => {
  const wait = () => new Promise((resolve) => setTimeout(() => resolve([]), 60));
  const store = withDeadline({ receive: (_: { waitSeconds: number }) => wait() }, LIMIT);
  assert.equal(await store.receive({ waitSeconds: 10 }), []);
  await refusal(() => store.receive({ waitSeconds: 0 }));
});

test.run();
