/** The worker's loop: stopping, handing back, lost messages, concurrency, failing queues. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import { runWorker } from './loop.ts';
import { busy, configFor, onWrite, TENANT, until, withMethods, withWorker } from './testing/worker-harness.ts';

test(
  'a stopping worker hands its run back: the next takes it at once, and deliveries are counted anew',
  withWorker(async (harness) => {
    await harness.start('r1');
    const stop = new AbortController();
    let reached = false;
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const artifacts = onWrite(harness.stores.artifacts, 'bolt/normalized.csv', () => {
      reached = true;
      return gate;
    });
    const done = runWorker(harness.deps({ artifacts }), stop.signal);
    await until(() => reached);
    stop.abort();
    await until(() => harness.sleeps.includes(20));
    // end the grace time
    for (const wake of harness.wakes) wake();
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await done;
    const run = await harness.run('r1');
    assert.equal([run.status, run.leaseUntil], ['QUEUED', null]);
    assert.equal(await harness.messages(), [1, 0, 0]);
    const delivery = await harness.handleNext(harness.deps({}, { workerId: 'w2' }));
    assert.is(delivery.receiveCount, 1);
    const end = await harness.run('r1');
    assert.equal([end.status, end.workerId, end.attempt], ['SUCCEEDED', 'w2', 2]);
    assert.equal(await harness.messages(), [0, 0, 0]);
    assert.is(harness.beats.size, 0);
  }),
);

test(
  'the new message of a handed-back run is sent only once the run is free',
  withWorker(async (harness) => {
    await harness.start('r1');
    let state = '';
    const queue = withMethods<WorkerDeps['queue']>(harness.stores.queue, {
      send: async (job) => {
        state = (await harness.run('r1')).status;
        await harness.stores.queue.send(job);
      },
    });
    const delivery = (await harness.receive())!;
    await handleDelivery(harness.deps({ queue }), delivery, (lease) => lease.stop('stopping'));
    assert.is(state, 'QUEUED');
    assert.equal(await harness.messages(), [1, 0, 0]);
  }),
);

test(
  'a run that is claimed after the grace time is handed back too',
  withWorker(async (harness) => {
    await harness.start('r1');
    const stop = new AbortController();
    let goOn = () => {};
    let claiming = false;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
      claim: async (...args) => {
        claiming = true;
        await gate;
        return harness.stores.runs.claim(...args);
      },
    });
    const done = runWorker(harness.deps({ runs }, { graceSeconds: 0 }), stop.signal);
    await until(() => claiming);
    stop.abort();
    await until(() => harness.sleeps.includes(0));
    for (const wake of harness.wakes) wake();
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await done;
    assert.is((await harness.run('r1')).status, 'QUEUED');
    assert.equal(await harness.messages(), [1, 0, 0]);
  }),
);

test(
  'the next run does not wait for the message of the last one to be deleted, but a stopping worker does',
  withWorker(async (harness) => {
    await harness.start('r1');
    await harness.stores.tenants.create('other', await configFor(harness, 'other'), harness.time);
    await harness.start('r2', 'other');
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const queue = withMethods<WorkerDeps['queue']>(harness.stores.queue, {
      delete: async (receipt) => {
        await gate;
        return harness.stores.queue.delete(receipt);
      },
    });
    const stop = new AbortController();
    let hasEnded = false;
    const done = runWorker(harness.deps({ queue }), stop.signal).then(() => {
      hasEnded = true;
    });
    await until(async () => (await harness.run('r2')).finishedAt !== null);
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    assert.equal(await harness.messages(), [0, 2, 0]);
    stop.abort();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.is(hasEnded, false);
    goOn();
    await done;
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test(
  'a run whose message was lost is sent again and finishes, whether queued or left by a dead worker',
  withWorker(async (harness) => {
    await harness.start('r1', TENANT, false);
    const ended = async () => (await harness.run('r1')).status === 'SUCCEEDED';
    // the resend setting plus the longest time that a job can be postponed
    harness.time += 90_000;
    let polls = 0;
    await harness.loopUntil(async () => ++polls > 20);
    assert.is((await harness.run('r1')).status, 'QUEUED', 'not before its time');
    harness.time += 1;
    await harness.loopUntil(ended);
    await harness.start('r2', TENANT, false);
    await harness.stores.runs.claim('r2', 'dead', harness.time, 5000);
    harness.time += 95_001;
    await harness.loopUntil(async () => (await harness.run('r2')).status === 'SUCCEEDED');
    assert.equal(await harness.messages(), [0, 0, 0]);
    assert.is(harness.events.filter((event) => event === 'job_sent_again').length, 2);
  }),
);

test(
  'while other messages wait, a dead worker’s run is sent again once, however often the sweep looks',
  withWorker(async (harness) => {
    await harness.start('r1', TENANT, false);
    await harness.stores.runs.claim('r1', 'dead', harness.time, 5000);
    // receives nothing, like a worker that is busy with other runs
    const full = harness.deps();
    full.queue = withMethods(harness.stores.queue, {
      receive: () => new Promise((resolve) => setImmediate(resolve, [])),
    });
    const look = async () => {
      let polls = 0;
      await harness.loopUntil(async () => ++polls > 5, full);
      return (await harness.messages())[0];
    };
    // until then its own message may still come back
    harness.time += 95_000;
    assert.is(await look(), 0);
    harness.time += 1;
    for (let looks = 0; looks < 3; looks++) {
      assert.is(await look(), 1);
      harness.time += 100_000;
    }
    await harness.loopUntil(async () => (await harness.run('r1')).status === 'SUCCEEDED');
  }),
);

test(
  'while other messages wait, a queued run waits longer; of two workers only one sends it again',
  withWorker(async (harness) => {
    await harness.start('r1', TENANT, false);
    await harness.stores.queue.sendBody('no job');
    const idle = harness.deps({}, { maxConcurrency: 1 });
    // receives nothing, so that the message keeps waiting
    idle.queue = withMethods(harness.stores.queue, {
      receive: () => new Promise((resolve) => setImmediate(resolve, [])),
    });
    const sent = async () => (await harness.messages())[0] - 1;
    harness.time += 90_001;
    let polls = 0;
    await harness.loopUntil(async () => ++polls > 5, idle);
    assert.is(await sent(), 0);
    harness.time += 900_000;
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
      listStale: async (...args) => {
        const stale = await harness.stores.runs.listStale(...args);
        // another worker comes first
        for (const run of stale) await harness.stores.runs.markSent(run.runId, run.sentAt, harness.time);
        return stale;
      },
    });
    await harness.loopUntil(async () => ++polls > 10, { ...idle, runs });
    assert.is(await sent(), 0);
    harness.time += 900_001;
    await harness.loopUntil(async () => (await sent()) === 1, idle);
  }),
);

test(
  'leftovers of killed processes are removed, and a failure to do so stops nothing',
  withWorker(async (harness) => {
    await harness.start('r1');
    await harness.loopUntil(async () => (await harness.run('r1')).status === 'SUCCEEDED');
    const [isRunning] = harness.tidied;
    assert.equal([await isRunning!('r1'), await isRunning!('unknown')], [false, false]);
    await harness.start('r2');
    await harness.stores.runs.claim('r2', 'w2', harness.time, 1000);
    assert.is(await isRunning!('r2'), true);
    await harness.stores.runs.release({ runId: 'r2', attempt: 1 }, harness.time);
    const tidy = () => Promise.reject(busy());
    await harness.loopUntil(async () => (await harness.run('r2')).status === 'SUCCEEDED', harness.deps({ tidy }));
    assert.ok(harness.events.includes('tidy_failed'));
  }),
);

test(
  'a message that is not a job is left for the dead letters, and work goes on',
  withWorker(async (harness) => {
    for (const body of ['not json', '{}', 'null', '\u0000']) await harness.stores.queue.sendBody(body);
    await harness.start('r1');
    const told = () => harness.events.filter((event) => event === 'not_a_job').length;
    await harness.loopUntil(async () => (await harness.run('r1')).status === 'SUCCEEDED' && told() === 4);
    for (const times of [8, 12]) {
      harness.time += 300_000;
      await harness.loopUntil(async () => told() === times);
    }
    harness.time += 300_000;
    await harness.loopUntil(async () => (await harness.messages())[2] === 4);
    assert.equal(await harness.messages(), [0, 0, 4]);
    assert.is(told(), 12);
  }),
);

test(
  'a failed delivery is reported to metrics and log, and work goes on',
  withWorker(async (harness) => {
    await harness.start('r1');
    let fails = true;
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
      claim: (...args) => {
        if (!fails) return harness.stores.runs.claim(...args);
        fails = false;
        return Promise.reject(busy());
      },
    });
    const deps = harness.deps({ runs });
    await harness.loopUntil(async () => harness.events.includes('job_put_off'), deps);
    const errors = harness.metrics.filter(({ name }) => name === 'WorkerError').map(({ dimensions }) => dimensions);
    assert.equal(errors, [['{"Environment":"test","error_type":"store_busy"}']]);
    assert.equal(await harness.messages(), [0, 1, 0]);
    harness.time += 30_000;
    await harness.loopUntil(async () => (await harness.run('r1')).status === 'SUCCEEDED', deps);
  }),
);

test(
  'a failing queue is asked again after a pause and counted in a metric; heartbeats go on',
  withWorker(async (harness) => {
    let calls = 0;
    const queue = withMethods<WorkerDeps['queue']>(harness.stores.queue, {
      receive: () => {
        calls++;
        return Promise.reject(busy());
      },
    });
    const deps = harness.deps({ queue }, { tenantBackoffSeconds: 0 });
    await harness.loopUntil(async () => harness.metrics.length === 2, deps);
    assert.equal([calls, harness.sleeps], [1, [5]]);
    assert.equal(harness.metrics.map(({ name, dimensions }) => [name, ...dimensions]).sort(), [
      ['WorkerError', '{"Environment":"test","error_type":"store_busy"}'],
      ['WorkerHeartbeat', '{"Environment":"test"}'],
    ]);
  }),
);

test(
  'a worker that cannot reach a store sends no heartbeat, and says why',
  withWorker(async (harness) => {
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, { check: () => Promise.reject(busy()) });
    await harness.loopUntil(async () => harness.events.includes('heartbeat_withheld'), harness.deps({ runs }));
    assert.equal(
      harness.metrics.map(({ name }) => name),
      ['WorkerError'],
    );
  }),
);

test(
  'deliveries that fail because the stores are away do not count against their job',
  withWorker(async (harness) => {
    await harness.start('r1');
    const failed = () => harness.events.filter((event) => event === 'delivery_failed').length;
    const isAway = () => failed() < 2;
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
      claim: (...args) => (isAway() ? Promise.reject(busy()) : harness.stores.runs.claim(...args)),
    });
    const queue = withMethods<WorkerDeps['queue']>(harness.stores.queue, {
      delete: (receipt) => (isAway() ? Promise.reject(busy()) : harness.stores.queue.delete(receipt)),
    });
    let seen = 0;
    await harness.loopUntil(async () => {
      // let the message come back by itself
      if (failed() > seen) harness.time += 301_000;
      seen = failed();
      return (await harness.run('r1')).finishedAt !== null;
    }, harness.deps({ runs, queue }));
    assert.equal([failed(), (await harness.run('r1')).status], [2, 'SUCCEEDED']);
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test.run();
