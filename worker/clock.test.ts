/** When the system clock is set, no living worker loses its run and no job becomes poison. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReceiveOptions } from '../core/ports/service/jobs.ts';
import { ClockWatch } from './clock.ts';
import { type WorkerHarness, withMethods, withWorker } from './testing/worker-harness.ts';

const HOUR = 3_600_000;

function set(harness: WorkerHarness, ms: number): void {
  harness.time += ms;
  harness.clockOffset += ms;
}

test(
  'a jump of the clock is noticed in both directions; small corrections are not jumps',
  withWorker(async (harness) => {
    const watch = new ClockWatch(harness.deps());
    harness.time += HOUR;
    assert.is(watch.pauseSeconds(), 0, 'time that passes is no jump');
    set(harness, 4000);
    assert.is(watch.pauseSeconds(), 0);
    for (const jump of [HOUR, -HOUR]) {
      set(harness, jump);
      assert.is(watch.pauseSeconds(), 65);
      harness.time += 64_000;
      assert.is(watch.pauseSeconds(), 1);
      harness.time += 1000;
      assert.is(watch.pauseSeconds(), 0);
    }
  }),
);

test(
  'a delivery caused by a jump of the clock goes back uncounted, and the run goes on',
  withWorker(async (harness) => {
    await harness.start('r1');
    await harness.receive();
    await harness.stores.runs.claim('r1', 'w1', harness.time, 298_000);
    const before = harness.events.length;
    let isSet = false;
    const queue = withMethods(harness.stores.queue, {
      // the clock jumps while the worker waits for messages
      receive: async (options: ReceiveOptions) => {
        const waited = await harness.stores.queue.receive({ ...options, waitSeconds: 0 });
        if (isSet) return waited;
        assert.equal(waited, []);
        set(harness, HOUR);
        isSet = true;
        return harness.stores.queue.receive(options);
      },
    });
    const deps = harness.deps({ queue }, { workerId: 'w2' });
    await harness.loopUntil(async () => harness.events.includes('clock_was_set'), deps);
    assert.ok(harness.events.length > before);
    const run = await harness.run('r1');
    assert.equal([run.status, run.workerId, run.attempt], ['RUNNING', 'w1', 1]);
    assert.equal(await harness.messages(), [0, 1, 0]);
    harness.time += 65_000;
    assert.is((await harness.receive())?.receiveCount, 1);
  }),
);

test(
  'a clock that is set again during the pause begins it anew, at once',
  withWorker(async (harness) => {
    let receives = 0;
    const queue = withMethods(harness.stores.queue, {
      receive: async () => {
        await new Promise(setImmediate);
        if (receives++ === 0) set(harness, -HOUR);
        return [];
      },
    });
    const slept: number[] = [];
    const deps = harness.deps({ queue });
    const sleep = async (seconds: number) => {
      slept.push(seconds);
      harness.time += seconds * 1000;
      if (slept.length === 2) set(harness, 2 * HOUR);
    };
    await harness.loopUntil(async () => receives > 1, { ...deps, timers: { ...deps.timers, sleep } });
    assert.is(
      slept.slice(0, 15).reduce((sum, seconds) => sum + seconds, 0),
      10 + 65,
    );
    assert.is(harness.events.filter((event) => event === 'clock_was_set').length, 2);
  }),
);

test.run();
