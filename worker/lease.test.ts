/** A claim that is lost, renewed, cancelled: what the worker may still do, and when it stops. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import { Lease } from './lease.ts';
import { busy, onWorkbench, onWrite, type Workbench, withMethods } from './testing/worker-harness.ts';

const SUMMARY = 'reports/run_summary.json';

/** Handles the next message and calls `action` with its lease in the middle of the run. */
async function handleAnd(bench: Workbench, action: (lease: Lease) => Promise<void>, end = 'bolt/normalized.csv') {
  let lease: Lease | null = null;
  const artifacts = onWrite(bench.stores.artifacts, end, () => action(lease!));
  const delivery = (await bench.receive())!;
  await handleDelivery(bench.deps({ artifacts }), delivery, (one) => {
    lease = one;
  });
}

test(
  'a worker that lost its lease changes no state and writes no artifact any more, wherever it was',
  onWorkbench(async (bench) => {
    let n = 0;
    for (const end of ['bolt/normalized.csv', 'merged_inventory.csv', 'run_summary.json']) {
      const id = `r${++n}`;
      const artifacts = onWrite(bench.stores.artifacts, end, async () => {
        bench.time += 300_000;
        const other = await bench.stores.runs.claim(id, 'w2', bench.time, 300_000);
        assert.is(other.status, 'claimed');
      });
      await bench.start(id);
      await bench.handleNext(bench.deps({ artifacts }));
      const run = await bench.run(id);
      assert.equal([run.status, run.workerId, run.attempt, run.stage], ['RUNNING', 'w2', 2, null], end);
      const paths = Object.keys(await bench.artifactsOf(id));
      assert.not(
        paths.some((path) => path.endsWith(end) || path === SUMMARY),
        end,
      );
      assert.equal(bench.metrics, []);
      await bench.stores.runs.finish({ runId: id, attempt: 2 }, { status: 'FAILED' }, bench.time);
      // its message is still there for the one who has the run now
      await bench.handleNext();
      assert.equal(await bench.messages(), [0, 0, 0]);
    }
  }),
);

test(
  'a worker whose run is claimed by another at its very end tells nobody of an end, and leaves the message',
  onWorkbench(async (bench) => {
    for (const [id, tenant] of [
      ['r1', 'shop'],
      ['r2', 'nobody'],
    ] as const) {
      const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, {
        finish: async (...args) => {
          bench.time += 300_000;
          assert.is((await bench.stores.runs.claim(id, 'w2', bench.time, 300_000)).status, 'claimed');
          return bench.stores.runs.finish(...args);
        },
      });
      await bench.start(id, tenant);
      await bench.handleNext(bench.deps({ runs }));
      assert.equal([(await bench.run(id)).status, (await bench.run(id)).workerId], ['RUNNING', 'w2']);
      assert.equal(bench.metrics, []);
      assert.equal(await bench.messages(), [1, 0, 0]);
      await bench.stores.queue.delete((await bench.receive())!.receipt);
    }
  }),
);

test(
  'a worker whose run was ended by another writes nothing any more',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await handleAnd(bench, async () => {
      bench.time += 300_000;
      assert.ok(await bench.stores.runs.failUnclaimed('r1', 'CANCELLED', 'cancelled', bench.time));
    });
    const paths = Object.keys(await bench.artifactsOf('r1'));
    assert.not(paths.some((path) => path.startsWith('normalized/bolt') || path.startsWith('outputs/')));
    assert.is((await bench.run('r1')).errorCode, 'CANCELLED');
  }),
);

test(
  'a worker that stops, or meets a store that fails, leaves a run that another has claimed, and its message',
  onWorkbench(async (bench) => {
    for (const [id, stops] of [
      ['r1', true],
      ['r2', false],
    ] as const) {
      await bench.start(id);
      const sent: string[] = [];
      const queue = withMethods<WorkerDeps['queue']>(bench.stores.queue, {
        send: async (job) => void sent.push(job.run_id),
        release: async (receipt) => sent.push(receipt) > 0,
      });
      let lease: Lease | null = null;
      const artifacts = onWrite(bench.stores.artifacts, 'bolt/normalized.csv', async () => {
        bench.time += 300_000;
        await bench.stores.runs.claim(id, 'w2', bench.time, 300_000);
        if (!stops) throw busy();
        lease!.stop('stopping');
      });
      // the heartbeat has not seen it yet
      const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, {
        get: async (runId) => ({ ...(await bench.run(runId)), attempt: 1 }),
      });
      await handleDelivery(bench.deps({ artifacts, queue, runs }), (await bench.receive())!, (one) => {
        lease = one;
      });
      const run = await bench.run(id);
      assert.equal([run.status, run.workerId, sent], ['RUNNING', 'w2', []]);
      await bench.stores.runs.finish({ runId: id, attempt: 2 }, { status: 'FAILED' }, bench.time);
      assert.equal(await bench.messages(), [1, 0, 0]);
      await bench.handleNext();
    }
  }),
);

test(
  'a run that is done when its worker is told to stop is done, and not handed back',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    let lease: Lease | null = null;
    const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, {
      setStage: async (claim, stage) => {
        const set = await bench.stores.runs.setStage(claim, stage);
        if (stage === 'COMPLETE') lease!.stop('stopping');
        return set;
      },
    });
    await handleDelivery(bench.deps({ runs }), (await bench.receive())!, (one) => {
      lease = one;
    });
    assert.is((await bench.run('r1')).status, 'SUCCEEDED');
    assert.equal(await bench.messages(), [0, 0, 0]);
  }),
);

test(
  'the heartbeat renews lease and delivery, and finds a claim that is lost',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await handleAnd(bench, async (lease) => {
      assert.equal(
        [...bench.beats].map((beat) => beat.seconds),
        [60, 5],
      );
      bench.time += 200_000;
      await lease.beat();
      // the delivery is hidden for longer than the lease lasts: a job never comes back to a claim that is alive
      assert.is((await bench.run('r1')).leaseUntil, bench.time + 298_000);
      bench.time += 200_000;
      assert.equal(await bench.messages(), [0, 1, 0]);
      assert.is(lease.reason, null);
    });
    assert.is((await bench.run('r1')).status, 'SUCCEEDED');
    await bench.start('r2');
    await handleAnd(bench, async (lease) => {
      bench.time += 300_000;
      await bench.stores.runs.claim('r2', 'w2', bench.time, 1000);
      lease.stop('stopping');
      await lease.beat();
      assert.is(lease.reason, 'lost');
    });
    assert.is((await bench.run('r2')).workerId, 'w2');
    assert.equal(await bench.messages(), [1, 0, 0], 'no second message');
  }),
);

test(
  'a heartbeat that fails counts as lost only once the lease is over',
  onWorkbench(async (bench) => {
    let fails = false;
    const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, {
      renew: (...args) => (fails ? Promise.reject(busy()) : bench.stores.runs.renew(...args)),
    });
    await bench.start('r1');
    let lease: Lease | null = null;
    const artifacts = onWrite(bench.stores.artifacts, 'bolt/normalized.csv', async () => {
      bench.time += 200_000;
      await lease!.beat();
      fails = true;
      bench.time += 297_999;
      await lease!.beat();
      assert.is(lease!.reason, null);
      bench.time += 1;
      await lease!.beat();
      assert.is(lease!.reason, 'lost');
    });
    await handleDelivery(bench.deps({ artifacts, runs }), (await bench.receive())!, (one) => {
      lease = one;
    });
    assert.is((await bench.run('r1')).status, 'RUNNING');
  }),
);

test(
  'a cancel and another claim are seen within a stage too, also when a look fails',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await handleAnd(bench, async (lease) => {
      await lease.watch();
      assert.is(lease.reason, null);
      await bench.stores.runs.requestCancel('r1');
      await lease.watch();
      assert.is(lease.reason, 'cancelled');
    });
    assert.is((await bench.run('r1')).errorCode, 'CANCELLED');
    await bench.start('r2');
    await handleAnd(bench, async (lease) => {
      bench.time += 298_000;
      await bench.stores.runs.claim('r2', 'w2', bench.time, 1000);
      await lease.watch();
      assert.is(lease.reason, 'lost');
    });
    await bench.stores.runs.finish({ runId: 'r2', attempt: 2 }, { status: 'FAILED' }, bench.time);
    await bench.start('r3');
    const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, { get: () => Promise.reject(busy()) });
    const run = await bench.stores.runs.claim('r3', 'w1', bench.time, 1000);
    assert.is(run.status, 'claimed');
    const lease = new Lease(bench.deps({ runs }), { runId: 'r3', attempt: 1 }, 'receipt', bench.time);
    await lease.watch();
    assert.is(lease.reason, null);
    lease.end();
    assert.is(bench.beats.size, 0);
  }),
);

test(
  'a run is cancelled while it is queued, while it works, and when its first worker died with the mark unseen',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await bench.stores.runs.failUnclaimed('r1', 'CANCELLED', 'cancelled', bench.time);
    await bench.handleNext();
    assert.equal(await bench.artifactsOf('r1'), {});
    for (const end of ['bolt/normalized.csv', 'merged_inventory.csv']) {
      const id = end.slice(0, 4);
      await bench.start(id);
      // no heartbeat in between: the next stage sees it
      await handleAnd(bench, async () => void (await bench.stores.runs.requestCancel(id)), end);
      const run = await bench.run(id);
      assert.equal([run.status, run.errorCode], ['FAILED', 'CANCELLED'], end);
      assert.not('run_summary' in run.artifacts);
    }
    await bench.start('r3');
    await bench.stores.runs.claim('r3', 'dead', bench.time, 1000);
    await bench.stores.runs.requestCancel('r3');
    bench.time += 1000;
    await bench.handleNext();
    assert.is((await bench.run('r3')).errorCode, 'CANCELLED');
    assert.equal(await bench.messages(), [0, 0, 0]);
  }),
);

test.run();
