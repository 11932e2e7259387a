/** A promise that nothing can settle is given up, innermost first: when the process has drained, or after some looks at it. */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orStall, stallsAfter, timedStalls } from './stalls.ts';
import { strayErrors } from './stray-errors.ts';

const test = suite('stalls');

const never = () => new Promise<never>(() => {});
/** The process has nothing left to do. */
const drain = () => void process.emit('beforeExit', 0);
const listeners = () => process.listenerCount('beforeExit');
const messageOf = (work: Promise<unknown>) => work.then(String, (error: Error) => error.message);

/** Runs `work` with intervals that pass when it says so. */
function withTicks(work: (tick: () => void) => void): void {
  const { setInterval: set, clearInterval: clear } = timers;
  const running = new Map<object, () => void>();
  const start = (callback: () => void) => {
    const timer = { unref: () => timer };
    running.set(timer, callback);
    return timer;
  };
  Object.assign(timers, { setInterval: start, clearInterval: (timer: object) => running.delete(timer) });
  syncBuiltinESMExports();
  try {
    work(() => {
      for (const callback of running.values()) callback();
    });
    assert.is(running.size, 0, 'every interval is cleared');
  } finally {
    Object.assign(timers, { setInterval: set, clearInterval: clear });
    syncBuiltinESMExports();
  }
}

test('work that ends is not given up, however it ends', async () => {
  const before = listeners();
  const error = () => new Error('stalled');
  assert.is(await orStall(async () => 7, error), 7);
  assert.is(await messageOf(orStall(() => Promise.reject(new Error('own')), error)), 'own');
  assert.is(listeners(), before);
  drain();
});

test('when the process has drained, the innermost is given up first', async () => {
  const before = listeners();
  const given: string[] = [];
  const stalled = (name: string) =>
    messageOf(orStall(never, () => new Error(name))).then((text) => void given.push(text));
  const [outer, inner] = [stalled('outer'), stalled('inner')];
  assert.is(listeners(), before + 1, 'one listener for all');
  drain();
  await inner;
  assert.equal(given, ['inner']);
  assert.is(listeners(), before + 1);
  drain();
  await outer;
  assert.equal(given, ['inner', 'outer']);
  assert.is(listeners(), before);
});

test('a run that ended before an inner one is not given up', () => {
  withTicks(() => {
    const given: string[] = [];
    const watch = (name: string) => stallsAfter(60).watch({ wait: 1, giveUp: () => void given.push(name) });
    const [stopOne, stopOther] = [watch('one'), watch('other')];
    stopOne();
    drain();
    assert.equal(given, ['other']);
    stopOther();
    drain();
    assert.equal(given, ['other']);
  });
});

test('a run is given up when it waits for the same item at so many looks', () => {
  for (const [stalls, looks] of [
    [timedStalls(5), 2],
    [stallsAfter(1), 2],
    [stallsAfter(3), 4],
  ] as const) {
    withTicks((tick) => {
      let given = 0;
      let wait: number | null = null;
      const run = {
        get wait() {
          return wait;
        },
        giveUp: () => void given++,
      };
      const stop = stalls.watch(run);
      const ticks = (count: number) => {
        for (let i = 0; i < count; i++) tick();
      };
      ticks(9);
      assert.is(given, 0, 'it waits for nothing');
      for (let item = 1; item < 4; item++) {
        wait = item;
        ticks(looks - 1);
      }
      assert.is(given, 0, 'it waits for another item each time');
      wait = null;
      ticks(1);
      wait = 3;
      ticks(looks - 1);
      assert.is(given, 0, 'it went on between');
      ticks(1);
      assert.is(given, 1);
      stop();
      ticks(9);
      assert.is(given, 1);
    });
  }
});

test('errors that nobody waits for go to each run in progress', () => {
  const count = () => [process.listenerCount('unhandledRejection'), process.listenerCount('uncaughtException')];
  const before = count();
  const found: unknown[] = [];
  const strays = strayErrors(() => '');
  const stops = [1, 2].map((run) => strays.watch(({ reason, origin }) => void found.push([run, reason, origin])));
  assert.equal(
    count(),
    before.map((one) => one + 1),
    'one listener for all',
  );
  process.listeners('unhandledRejection').at(-1)?.('a', Promise.resolve());
  process.listeners('uncaughtException').at(-1)?.(new Error('b'), 'uncaughtException');
  assert.equal(found.slice(0, 2), [
    [1, 'a', 'promise'],
    [2, 'a', 'promise'],
  ]);
  assert.equal(
    found.slice(2).map((one) => (one as unknown[])[2]),
    ['callback', 'callback'],
  );
  stops[0]?.();
  process.listeners('unhandledRejection').at(-1)?.('c', Promise.resolve());
  assert.equal(found.at(-1), [2, 'c', 'promise']);
  assert.is(found.length, 5);
  stops[1]?.();
  assert.equal(count(), before);
});

test.run();
