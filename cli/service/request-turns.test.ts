/** Which requests are begun in which turn of the event loop. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerOf, RequestTurns } from './request-turns.ts';

/** Requests that each take some milliseconds by a clock of the test; and which were begun in which turn. */
function begun(turnMs: number, costMs: number) {
  let now = 0;
  let turn: string[] = [];
  const turns: string[][] = [];
  const requests = new RequestTurns({ turnMs, atOnce: Number.POSITIVE_INFINITY }, () => now);
  const take = (address: string, key: string) =>
    requests.take({ address, key }, () => {
      turn.push(address + key);
      now += costMs;
    });
  /** Looks once in each turn, as a socket that is ready does. */
  const look = async () => {
    turns.push(turn);
    turn = [];
    await new Promise(setImmediate);
  };
  const until = async (count: number) => {
    do await look();
    while (turns.flat().length < count && turns.length < 1000);
    return turns.filter((one) => one.length > 0);
  };
  return { take, until };
}

test('what fits into a turn is begun at once, and the rest in later turns, in its order', async () => {
  for (const [cost, size] of [
    [1, 5],
    [2, 3],
    [5, 1],
    [9, 1],
  ] as const) {
    const { take, until } = begun(5, cost);
    const names = Array.from({ length: 12 }, (_, i) => `k${i % 3}`);
    for (const name of names) take('a', name);
    const turns = await until(12);
    assert.equal(new Set(turns.map((one) => one.length)), new Set([size, ...(12 % size === 0 ? [] : [12 % size])]));
    assert.equal(turns.flat().sort(), names.map((name) => `a${name}`).sort());
  }
});

test('who sends one request waits for one of each other address, and of each other key of the address', async () => {
  const { take, until } = begun(1, 1);
  for (let i = 0; i < 50; i++) take('flood', `${i % 5}`);
  take('flood', 'one');
  take('neighbour', 'x');
  const order = (await until(52)).flat();
  assert.is(order.indexOf('neighbourx'), 2);
  assert.ok(order.indexOf('floodone') <= 7, String(order.indexOf('floodone')));
  assert.is(order.length, 52);
});

test('health, keys and paths without a key have turns beside each other at each address', () => {
  const of = (url: string, headers = {}) => ownerOf({ url, headers, socket: { remoteAddress: 'a' } });
  assert.equal(of('/v1/health?x=1', { 'x-api-key': 'k' }), { address: 'health a', key: '' });
  assert.equal(of('/v1/health/'), { address: 'no key a', key: '/v1/health/' });
  assert.equal(of('/v1/feeds/link?export=x'), { address: 'no key a', key: '/v1/feeds/link' });
  assert.equal(of('/v1/runs?x', { 'x-api-key': 'k' }), { address: 'a', key: 'k' });
  assert.equal(of('/v1/runs', { authorization: 'Bearer k' }), { address: 'a', key: 'Bearer k' });
});

test('requests that take no time are begun in groups too, and one that comes later does not overtake', async () => {
  const { take, until } = begun(1, 0);
  take('a', '0');
  for (let i = 0; i < 500; i++) take('a', '1');
  assert.is((await until(501)).flat().length, 501);
  const { take: late, until: all } = begun(1, 1);
  late('a', '1');
  late('a', '2');
  late('a', '3');
  const order = all(4);
  late('a', '2');
  assert.equal((await order).flat(), ['a1', 'a2', 'a3', 'a2']);
});

test('few requests of a key are at work at once, and the others begin as these end; those of other keys do not wait', async () => {
  let now = 0;
  const requests = new RequestTurns({ turnMs: 5, atOnce: 2 }, () => now);
  const begun: string[] = [];
  const take = (key: string, name: string) => requests.take({ address: 'a', key }, () => begun.push(name));
  const turn = async (expected: string[]) => {
    for (let i = 0; i < 3; i++) await new Promise(setImmediate);
    assert.equal(begun.splice(0), expected);
  };
  const ends = [1, 2, 3, 4, 5].map((i) => take('flood', `flood ${i}`));
  take('other', 'other');
  await turn(['flood 1', 'flood 2', 'other']);
  // who leaves while it waits is not begun
  ends[2]!();
  ends[0]!();
  ends[0]!();
  await turn(['flood 4']);
  take('flood', 'flood 6');
  await turn([]);
  // one that takes longer than a second waits for something else
  now = 1000;
  ends[3]!();
  await turn(['flood 5', 'flood 6']);
  take('third', 'third')();
  await turn(['third']);
});

test('one that ends after it no longer counted makes no room for others', async () => {
  let now = 0;
  const requests = new RequestTurns({ turnMs: 5, atOnce: 1 }, () => now);
  const begun: string[] = [];
  const take = (name: string) => requests.take({ address: 'a', key: 'k' }, () => begun.push(name));
  const turn = async () => {
    for (let i = 0; i < 3; i++) await new Promise(setImmediate);
    return begun.splice(0);
  };
  const endLong = take('long');
  now = 1000;
  const endNext = take('next');
  assert.equal(await turn(), ['long', 'next']);
  endNext();
  const endLast = take('last');
  endLong();
  const endHeld = take('held');
  assert.equal(await turn(), ['last']);
  endLast();
  assert.equal(await turn(), ['held']);
  endHeld();
});

test.run();
