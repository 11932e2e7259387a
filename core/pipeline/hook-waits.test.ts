import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../errors.ts';
import { HookWaits } from './hook-waits.ts';

const EVEN = { kind: 'validator', id: 'even' } as const;

function noted() {
  const entered: (number | string)[] = [];
  const waits = new HookWaits({
    numberOf: (hook) => (hook.startsWith('idle') ? null : hook.length),
    enter: (number) => void entered.push(number),
  });
  return { waits, entered };
}

test('a hook is noted while the run is in it, and after an inner one again', () => {
  const { waits, entered } = noted();
  const inner = waits.noted('in()', EVEN, () => void entered.push('inner'));
  const outer = waits.noted('outer()', EVEN, (n: number) => {
    inner();
    return n + 1;
  });
  const [own, other] = [waits.numberOf('outer()', EVEN), waits.numberOf('in()', EVEN)];
  assert.is(outer(1), 2);
  assert.equal(entered.splice(0), [own, other, 'inner', own, 0]);
  const failing = waits.noted('in()', EVEN, () => {
    throw new Error('no');
  });
  assert.throws(failing, 'no');
  assert.equal(entered, [other, 0], 'it is left when it throws');
});

test('a hook that nobody asks about is called as it is', () => {
  const call = () => 1;
  assert.is(noted().waits.noted('idle', EVEN, call), call);
  assert.is(new HookWaits().noted('check()', EVEN, call), call);
  assert.is(new HookWaits().numberOf('check()', EVEN), 0);
});

test('a run waits from the start of a hook to its end, and goes on while the hook reads', async () => {
  const { waits, entered } = noted();
  assert.is(waits.wait, null);
  waits.begin('open()', null, 7);
  const first = waits.wait;
  waits.goOn();
  assert.is(waits.wait, first! + 1);
  waits.end();
  waits.end();
  assert.is(waits.wait, null);
  assert.equal(entered.splice(0), [7, 0], 'left once');
  waits.begin('open()', null, 0);
  waits.end();
  assert.equal(entered, [], 'a hook without a number is not noted');
  const failing = waits.of('load()', null, 3, () => Promise.reject(new Error('no')));
  assert.is.not(waits.wait, null);
  assert.match(await failing.catch(String), /no/);
  assert.is(waits.wait, null);
  assert.equal(entered, [3, 0]);
});

test('a run that gives up names the last hook and its vendor', async () => {
  const failureOf = (waits: HookWaits) => {
    waits.giveUp();
    return waits.stalled.catch((error: RelayError) => error);
  };
  assert.is(
    (await failureOf(new HookWaits())).message,
    'the run waits for something that can no longer happen, outside of any plugin',
  );
  for (const vendor of [null, 'acme']) {
    const { waits } = noted();
    waits.begin('open() of the parser "own" failed on feed.txt', vendor, 1);
    waits.end();
    const { code, message, details } = await failureOf(waits);
    assert.is(code, 'plugin_failed');
    assert.match(message, 'open() of the parser "own" failed on feed.txt');
    assert.match(message, 'it waits for a promise that never settles');
    assert.is(details.vendor_id ?? null, vendor);
  }
});

test.run();
