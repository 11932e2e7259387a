import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FairQueue } from './fair-queue.ts';

/** Work that ends when the test says so. */
function piece() {
  let finish: (error?: Error) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    finish = (error) => (error === undefined ? resolve() : reject(error));
  });
  return { work: () => ended, finish };
}

const test = suite('fair-queue');

test('owners take turns', async () => {
  const queue = new FairQueue({ atOnce: 1, ownMax: 10, allMax: 20 });
  const order: string[] = [];
  const first = piece();
  const all = [queue.run('a', first.work)];
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) {
    all.push(queue.run(name[0] as string, async () => void order.push(name)));
  }
  assert.equal(order, []);
  first.finish();
  await Promise.all(all);
  assert.equal(order, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

test('work over the limit is refused; work that fails does not block the rest', async () => {
  const queue = new FairQueue({ atOnce: 1, ownMax: 2, allMax: 3 });
  const first = piece();
  const running = queue.run('a', first.work);
  const waiting = ['a', 'a', 'a', 'b', 'b'].map((owner) => queue.run(owner, async () => owner));
  assert.equal(
    waiting.map((one) => one === null),
    [false, false, true, false, true],
  );
  first.finish(new Error('it failed'));
  assert.is(await running?.catch((error: Error) => error.message), 'it failed');
  assert.equal(await Promise.all(waiting), ['a', 'a', null, 'b', null]);
  assert.is(await queue.run('b', async () => 'again'), 'again');
});

test('several owners work at once, one job each: a slow job delays only its own owner', async () => {
  const queue = new FairQueue({ atOnce: 2, ownMax: 10, allMax: 20 });
  const order: string[] = [];
  const slow = piece();
  const running = queue.run('a', slow.work);
  const named = (name: string) => queue.run(name[0] as string, async () => void order.push(name));
  const own = ['a1', 'a2'].map(named);
  const others = ['b1', 'b2', 'c1', 'b3'].map(named);
  await Promise.all(others);
  assert.equal(order, ['b1', 'b2', 'c1', 'b3']);
  slow.finish();
  await Promise.all([running, ...own]);
  assert.equal(order.slice(4), ['a1', 'a2']);
});

test('an owner of whom more waits rests between two pieces, as long as it is told; others do not wait for it', async () => {
  const asked: number[] = [];
  const rests: Array<[ms: number | undefined, end: () => void]> = [];
  let rest = 60_000;
  const restMs = (workMs: number) => {
    asked.push(workMs);
    return rest;
  };
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = ((end: () => void, ms?: number) => rests.push([ms, end])) as unknown as typeof setTimeout;
  const queue = new FairQueue({ atOnce: Number.POSITIVE_INFINITY, ownMax: 10, allMax: 20, restMs });
  const order: string[] = [];
  const named = (name: string) => queue.run(name[0] as string, async () => void order.push(name));
  const first = piece();
  const running = queue.run('a', first.work);
  const second = named('a1');
  first.finish();
  await running;
  globalThis.setTimeout = real;
  // nobody of its own waits behind it, so it does not rest
  await named('b1');
  await named('b2');
  assert.equal([order, asked.length, rests.map(([ms]) => ms)], [['b1', 'b2'], 1, [60_000]]);
  assert.ok(asked[0]! >= 0);
  rests[0]![1]();
  await second;
  rest = 0;
  const failing = queue.run('a', () => Promise.reject(new Error('it failed')));
  const third = named('a2');
  assert.is(await failing?.catch((error: Error) => error.message), 'it failed');
  await third;
  assert.equal([order.slice(2), asked.length], [['a1', 'a2'], 2]);
});

test.run();
