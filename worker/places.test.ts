/** The places of a worker: how many runs work at a time, and which jobs wait for another job of their tenant. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkerDeps } from './deps.ts';
import { runWorker } from './loop.ts';
import { configFor, onWrite, TENANT, until, withMethods, withWorker } from './testing/worker-harness.ts';

test(
  'as many runs work at a time as the setting says, and never more',
  withWorker(async (harness) => {
    const tenants = ['t1', 't2', 't3', 't4', 't5'];
    for (const tenant of tenants) {
      await harness.stores.tenants.create(tenant, await configFor(harness, tenant), harness.time);
      await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\n', tenant);
      await harness.start(`r-${tenant}`, tenant);
    }
    let live = 0;
    let most = 0;
    const deps = harness.deps({}, { maxConcurrency: 2 });
    const { createScratch } = deps;
    // both runs must be active before either continues
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    deps.artifacts = onWrite(harness.stores.artifacts, 'merged_inventory.csv', () => gate);
    deps.createScratch = (id) => {
      most = Math.max(most, ++live);
      if (live === 2) goOn();
      const scratch = createScratch(id);
      return Object.assign(scratch, { dispose: () => void live-- });
    };
    await harness.loopUntil(
      async () => (await harness.stores.runs.list({ status: 'SUCCEEDED' })).runs.length === 5,
      deps,
    );
    assert.is(most, 2);
  }),
);

test(
  'a tenant with work in all other places leaves the last place to other tenants until a place is free',
  withWorker(async (harness) => {
    await harness.stores.tenants.create('other', await configFor(harness, 'other'), harness.time);
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\n', 'other');
    const deps = harness.deps({}, { maxConcurrency: 2 });
    const { work } = deps.runner;
    const begun: string[] = [];
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    deps.runner.work = async (order, host) => {
      begun.push(order.run.runId);
      if (order.run.tenantId === TENANT) await gate;
      return work(order, host);
    };
    // a second message of the same run takes the part of any other work of the tenant
    const job = await harness.start('r1');
    await harness.stores.queue.send({ ...job, run_id: 'r-later' });
    await harness.stores.queue.send({ ...job, run_id: 'r-later' });
    const claims: string[] = [];
    deps.runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
      claim: (runId, ...rest) => {
        claims.push(runId);
        return harness.stores.runs.claim(runId, ...rest);
      },
    });
    const stop = new AbortController();
    const done = runWorker(deps, stop.signal);
    await until(() => begun.includes('r1'));
    await until(async () => (await harness.messages())[0] === 0);
    await harness.start('r-other', 'other');
    await until(async () => (await harness.run('r-other')).status === 'SUCCEEDED');
    assert.equal(claims, ['r1', 'r-other']);
    goOn();
    await until(() => claims.includes('r-later'));
    await until(async () => (await harness.messages()).join() === '0,0,0');
    stop.abort();
    await done;
    assert.equal(claims, ['r1', 'r-other', 'r-later']);
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
  }),
);

test(
  'a job that waits for another job of its tenant is sent anew when its worker stops',
  withWorker(async (harness) => {
    const deps = harness.deps({}, { maxConcurrency: 2 });
    let begun = false;
    deps.runner.work = (_, host) => {
      begun = true;
      return new Promise((resolve) => {
        const failure = { code: 'CANCELLED', message: 'stopped', retry: null, stack: null } as const;
        host.signal.addEventListener('abort', () => resolve({ failure, work: null, stage: 'FETCH_INPUTS' }));
      });
    };
    const job = await harness.start('r1');
    await harness.stores.queue.send({ ...job, run_id: 'r-later' });
    const stop = new AbortController();
    const done = runWorker(deps, stop.signal);
    await until(() => begun && harness.sleeps.includes(20));
    stop.abort();
    await until(() => harness.sleeps.filter((seconds) => seconds === 20).length === 2);
    for (const wake of harness.wakes) wake();
    await done;
    assert.equal(await harness.messages(), [2, 0, 0]);
    const deliveries = await harness.stores.queue.receive({ max: 2, visibilitySeconds: 300, waitSeconds: 0 });
    assert.equal(
      deliveries.map(({ receiveCount }) => receiveCount),
      [1, 1],
    );
  }),
);

test(
  'a worker holds only so many jobs that wait for their tenant: further ones go back to the queue',
  withWorker(async (harness) => {
    const deps = harness.deps({}, { maxConcurrency: 2, heldMax: 1 });
    const { work } = deps.runner;
    let begun = false;
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    deps.runner.work = async (order, host) => {
      begun = true;
      await gate;
      return work(order, host);
    };
    const job = await harness.start('r1');
    for (const run_id of ['r-2', 'r-3']) await harness.stores.queue.send({ ...job, run_id });
    const sent: [string, number | undefined][] = [];
    deps.queue = withMethods(harness.stores.queue, {
      send: async (one, seconds) => {
        sent.push([one.run_id, seconds]);
        await harness.stores.queue.send(one, seconds);
      },
    });
    const stop = new AbortController();
    const done = runWorker(deps, stop.signal);
    await until(() => begun && sent.length > 0);
    assert.equal(sent, [['r-3', 20]]);
    goOn();
    await until(() => sent.length === 2);
    assert.equal(sent[1], ['r-2', 0]);
    stop.abort();
    await done;
  }),
);

test.run();
