/** The worker's loop: stopping, handing back, lost messages, how many at a time, queues that fail. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import { runWorker } from './loop.ts';
import { busy, configFor, onWorkbench, onWrite, TENANT, until, withMethods } from './testing/worker-harness.ts';

test(
  'a stopping worker hands its run back: the next worker takes it at once, and the deliveries begin anew',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    const stop = new AbortController();
    let reached = false;
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const artifacts = onWrite(bench.stores.artifacts, 'bolt/normalized.csv', () => {
      reached = true;
      return gate;
    });
    const done = runWorker(bench.deps({ artifacts }), stop.signal);
    await until(() => reached);
    stop.abort();
    await until(() => bench.sleeps.includes(20));
    // the grace time is over
    for (const wake of bench.wakes) wake();
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await done;
    const run = await bench.run('r1');
    assert.equal([run.status, run.leaseUntil], ['QUEUED', null]);
    assert.equal(await bench.messages(), [1, 0, 0]);
    const delivery = await bench.handleNext(bench.deps({}, { workerId: 'w2' }));
    assert.is(delivery.receiveCount, 1);
    const end = await bench.run('r1');
    assert.equal([end.status, end.workerId, end.attempt], ['SUCCEEDED', 'w2', 2]);
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.is(bench.beats.size, 0);
  }),
);

test(
  'whoever gets the new message of a run that is handed back finds the run free',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    let state = '';
    const queue = withMethods<WorkerDeps['queue']>(bench.stores.queue, {
      send: async (job) => {
        state = (await bench.run('r1')).status;
        await bench.stores.queue.send(job);
      },
    });
    const delivery = (await bench.receive())!;
    await handleDelivery(bench.deps({ queue }), delivery, (lease) => lease.stop('stopping'));
    assert.is(state, 'QUEUED');
    assert.equal(await bench.messages(), [1, 0, 0]);
  }),
);

test(
  'a claim that comes after the grace time is handed back too',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    const stop = new AbortController();
    let goOn = () => {};
    let claiming = false;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, {
      claim: async (...args) => {
        claiming = true;
        await gate;
        return bench.stores.runs.claim(...args);
      },
    });
    const done = runWorker(bench.deps({ runs }, { graceSeconds: 0 }), stop.signal);
    await until(() => claiming);
    stop.abort();
    await until(() => bench.sleeps.includes(0));
    for (const wake of bench.wakes) wake();
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await done;
    assert.is((await bench.run('r1')).status, 'QUEUED');
    assert.equal(await bench.messages(), [1, 0, 0]);
  }),
);

test(
  'a run whose message was lost is sent again, queued or left by a dead worker, and finishes',
  onWorkbench(async (bench) => {
    await bench.start('r1', TENANT, false);
    const ended = async () => (await bench.run('r1')).status === 'SUCCEEDED';
    // what the setting says after the longest that a job is put off
    bench.time += 90_000;
    let polls = 0;
    await bench.loopUntil(async () => ++polls > 20);
    assert.is((await bench.run('r1')).status, 'QUEUED', 'not before its time');
    bench.time += 1;
    await bench.loopUntil(ended);
    await bench.start('r2', TENANT, false);
    await bench.stores.runs.claim('r2', 'dead', bench.time, 5000);
    bench.time += 95_001;
    await bench.loopUntil(async () => (await bench.run('r2')).status === 'SUCCEEDED');
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.is(bench.events.filter((event) => event === 'job_sent_again').length, 2);
  }),
);

test(
  'the message of a run whose worker died is sent again once while others wait, however often it is looked for',
  onWorkbench(async (bench) => {
    await bench.start('r1', TENANT, false);
    await bench.stores.runs.claim('r1', 'dead', bench.time, 5000);
    // takes nothing: its workers have other runs
    const full = bench.deps();
    full.queue = withMethods(bench.stores.queue, {
      receive: () => new Promise((resolve) => setImmediate(resolve, [])),
    });
    const look = async () => {
      let polls = 0;
      await bench.loopUntil(async () => ++polls > 5, full);
      return (await bench.messages())[0];
    };
    // its own message may come back by itself until then
    bench.time += 95_000;
    assert.is(await look(), 0);
    bench.time += 1;
    for (let looks = 0; looks < 3; looks++) {
      assert.is(await look(), 1);
      bench.time += 100_000;
    }
    await bench.loopUntil(async () => (await bench.run('r1')).status === 'SUCCEEDED');
  }),
);

test(
  'while other messages wait a queued run waits longer for its own, and of two workers one sends it again',
  onWorkbench(async (bench) => {
    await bench.start('r1', TENANT, false);
    await bench.stores.queue.sendBody('no job');
    const idle = bench.deps({}, { maxConcurrency: 1 });
    // takes nothing, so that the message goes on waiting
    idle.queue = withMethods(bench.stores.queue, {
      receive: () => new Promise((resolve) => setImmediate(resolve, [])),
    });
    const sent = async () => (await bench.messages())[0] - 1;
    bench.time += 90_001;
    let polls = 0;
    await bench.loopUntil(async () => ++polls > 5, idle);
    assert.is(await sent(), 0);
    bench.time += 900_000;
    const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, {
      listStale: async (...args) => {
        const stale = await bench.stores.runs.listStale(...args);
        // another worker is faster
        for (const run of stale) await bench.stores.runs.markSent(run.runId, run.sentAt, bench.time);
        return stale;
      },
    });
    await bench.loopUntil(async () => ++polls > 10, { ...idle, runs });
    assert.is(await sent(), 0);
    bench.time += 900_001;
    await bench.loopUntil(async () => (await sent()) === 1, idle);
  }),
);

test(
  'what killed processes left is tidied up, and a failure of that stops nothing',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await bench.loopUntil(async () => (await bench.run('r1')).status === 'SUCCEEDED');
    const [isRunning] = bench.tidied;
    assert.equal([await isRunning!('r1'), await isRunning!('unknown')], [false, false]);
    await bench.start('r2');
    await bench.stores.runs.claim('r2', 'w2', bench.time, 1000);
    assert.is(await isRunning!('r2'), true);
    await bench.stores.runs.release({ runId: 'r2', attempt: 1 }, bench.time);
    const tidy = () => Promise.reject(busy());
    await bench.loopUntil(async () => (await bench.run('r2')).status === 'SUCCEEDED', bench.deps({ tidy }));
    assert.ok(bench.events.includes('tidy_failed'));
  }),
);

test(
  'no more runs at a time than the setting says, and as many as it says',
  onWorkbench(async (bench) => {
    const tenants = ['t1', 't2', 't3', 't4', 't5'];
    for (const tenant of tenants) {
      await bench.stores.tenants.create(tenant, await configFor(bench, tenant), bench.time);
      await bench.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\n', tenant);
      await bench.start(`r-${tenant}`, tenant);
    }
    let live = 0;
    let most = 0;
    const deps = bench.deps({}, { maxConcurrency: 2 });
    const { createScratch } = deps;
    // both must be in work before either goes on
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    deps.artifacts = onWrite(bench.stores.artifacts, 'merged_inventory.csv', () => gate);
    deps.createScratch = (id) => {
      most = Math.max(most, ++live);
      if (live === 2) goOn();
      const scratch = createScratch(id);
      return Object.assign(scratch, { dispose: () => void live-- });
    };
    await bench.loopUntil(async () => (await bench.stores.runs.list({ status: 'SUCCEEDED' })).runs.length === 5, deps);
    assert.is(most, 2);
  }),
);

test(
  'a body that is not a job is left for the dead letters, and work goes on',
  onWorkbench(async (bench) => {
    for (const body of ['not json', '{}', 'null', '\u0000']) await bench.stores.queue.sendBody(body);
    await bench.start('r1');
    await bench.loopUntil(async () => (await bench.run('r1')).status === 'SUCCEEDED');
    for (let i = 0; i < 4; i++) {
      bench.time += 300_000;
      let polls = 0;
      await bench.loopUntil(async () => ++polls > 5);
    }
    assert.equal(await bench.messages(), [0, 0, 4]);
    assert.is(bench.events.filter((event) => event === 'not_a_job').length, 12);
  }),
);

test(
  'a delivery that fails is told to metrics and log, and work goes on',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    let fails = true;
    const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, {
      claim: (...args) => {
        if (!fails) return bench.stores.runs.claim(...args);
        fails = false;
        return Promise.reject(busy());
      },
    });
    const deps = bench.deps({ runs });
    await bench.loopUntil(async () => bench.events.includes('delivery_failed'), deps);
    const errors = bench.metrics.filter(({ name }) => name === 'WorkerError').map(({ dimensions }) => dimensions);
    assert.equal(errors, [['{"Environment":"test","error_type":"store_busy"}']]);
    bench.time += 300_000;
    await bench.loopUntil(async () => (await bench.run('r1')).status === 'SUCCEEDED', deps);
  }),
);

test(
  'a queue that fails is asked again after a pause, and says so in a metric; heartbeats go on',
  onWorkbench(async (bench) => {
    let calls = 0;
    const queue = withMethods<WorkerDeps['queue']>(bench.stores.queue, {
      receive: () => {
        calls++;
        return Promise.reject(busy());
      },
    });
    const deps = bench.deps({ queue }, { tenantBackoffSeconds: 0 });
    await bench.loopUntil(async () => bench.sleeps.length > 0, deps);
    assert.equal([calls, bench.sleeps], [1, [5]]);
    assert.equal(
      bench.metrics.map(({ name, dimensions }) => [name, dimensions]),
      [
        ['WorkerHeartbeat', ['{"Environment":"test"}']],
        ['WorkerError', ['{"Environment":"test","error_type":"store_busy"}']],
      ],
    );
  }),
);

test.run();
