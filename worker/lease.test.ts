/** Claims that are lost, renewed or cancelled: what the worker may still do, and when it stops. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import { Lease } from './lease.ts';
import { busy, onWrite, type WorkerHarness, withMethods, withWorker } from './testing/worker-harness.ts';

const SUMMARY = 'reports/run_summary.json';

/** Handles the next message and calls `action` with its lease in the middle of the run. */
async function handleAnd(harness: WorkerHarness, action: (lease: Lease) => Promise<void>, end = 'bolt/normalized.csv') {
  let lease: Lease | null = null;
  const artifacts = onWrite(harness.stores.artifacts, end, () => action(lease!));
  const delivery = (await harness.receive())!;
  await handleDelivery(harness.deps({ artifacts }), delivery, (one) => {
    lease = one;
  });
}

test(
  'a worker that lost its lease at any point changes no state and writes no further artifact',
  withWorker(async (harness) => {
    let n = 0;
    for (const end of ['bolt/normalized.csv', 'merged_inventory.csv', 'run_summary.json']) {
      const id = `r${++n}`;
      const artifacts = onWrite(harness.stores.artifacts, end, async () => {
        harness.time += 300_000;
        const other = await harness.stores.runs.claim(id, 'w2', harness.time, 300_000);
        assert.is(other.status, 'claimed');
      });
      await harness.start(id);
      await harness.handleNext(harness.deps({ artifacts }));
      const run = await harness.run(id);
      assert.equal([run.status, run.workerId, run.attempt, run.stage], ['RUNNING', 'w2', 2, null], end);
      const paths = Object.keys(await harness.artifactsOf(id));
      assert.not(
        paths.some((path) => path.endsWith(end) || path === SUMMARY),
        end,
      );
      assert.equal(harness.metrics, []);
      await harness.stores.runs.finish({ runId: id, attempt: 2 }, { status: 'FAILED' }, harness.time);
      // the message stays for the worker that has the run now
      await harness.handleNext();
      assert.equal(await harness.messages(), [0, 0, 0]);
    }
  }),
);

test(
  'a worker that loses its run at the very end reports no end, and leaves the message',
  withWorker(async (harness) => {
    for (const [id, tenant] of [
      ['r1', 'shop'],
      ['r2', 'nobody'],
    ] as const) {
      const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
        finish: async (...args) => {
          harness.time += 300_000;
          assert.is((await harness.stores.runs.claim(id, 'w2', harness.time, 300_000)).status, 'claimed');
          return harness.stores.runs.finish(...args);
        },
      });
      await harness.start(id, tenant);
      await harness.handleNext(harness.deps({ runs }));
      assert.equal([(await harness.run(id)).status, (await harness.run(id)).workerId], ['RUNNING', 'w2']);
      assert.equal(harness.metrics, []);
      assert.equal(await harness.messages(), [1, 0, 0]);
      await harness.stores.queue.delete((await harness.receive())!.receipt);
    }
  }),
);

test(
  'a worker whose run was ended by someone else writes nothing more',
  withWorker(async (harness) => {
    await harness.start('r1');
    await handleAnd(harness, async () => {
      harness.time += 300_000;
      assert.ok(
        await harness.stores.runs.failUnclaimed(
          'r1',
          { errorCode: 'CANCELLED', errorMessage: 'cancelled' },
          harness.time,
        ),
      );
    });
    const paths = Object.keys(await harness.artifactsOf('r1'));
    assert.not(paths.some((path) => path.startsWith('normalized/bolt') || path.startsWith('outputs/')));
    assert.is((await harness.run('r1')).errorCode, 'CANCELLED');
  }),
);

test(
  'a worker that stops or fails leaves a run alone that another has claimed, and its message too',
  withWorker(async (harness) => {
    for (const [id, stops] of [
      ['r1', true],
      ['r2', false],
    ] as const) {
      await harness.start(id);
      const sent: string[] = [];
      const queue = withMethods<WorkerDeps['queue']>(harness.stores.queue, {
        send: async (job) => void sent.push(job.run_id),
        release: async (receipt) => sent.push(receipt) > 0,
      });
      let lease: Lease | null = null;
      const artifacts = onWrite(harness.stores.artifacts, 'bolt/normalized.csv', async () => {
        harness.time += 300_000;
        await harness.stores.runs.claim(id, 'w2', harness.time, 300_000);
        if (!stops) throw busy();
        lease!.stop('stopping');
      });
      // the heartbeat has not noticed yet
      const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
        get: async (runId) => ({ ...(await harness.run(runId)), attempt: 1 }),
      });
      await handleDelivery(harness.deps({ artifacts, queue, runs }), (await harness.receive())!, (one) => {
        lease = one;
      });
      const run = await harness.run(id);
      assert.equal([run.status, run.workerId, sent], ['RUNNING', 'w2', []]);
      await harness.stores.runs.finish({ runId: id, attempt: 2 }, { status: 'FAILED' }, harness.time);
      assert.equal(await harness.messages(), [1, 0, 0]);
      await harness.handleNext();
    }
  }),
);

test(
  'a run that is finished when its worker must stop succeeds instead of being handed back',
  withWorker(async (harness) => {
    await harness.start('r1');
    let lease: Lease | null = null;
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
      setStage: async (claim, stage) => {
        const set = await harness.stores.runs.setStage(claim, stage);
        if (stage === 'COMPLETE') lease!.stop('stopping');
        return set;
      },
    });
    await handleDelivery(harness.deps({ runs }), (await harness.receive())!, (one) => {
      lease = one;
    });
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test(
  'the heartbeat renews lease and delivery, and notices a lost claim',
  withWorker(async (harness) => {
    await harness.start('r1');
    await handleAnd(harness, async (lease) => {
      assert.equal(
        [...harness.beats].map((beat) => beat.seconds),
        [60, 5],
      );
      harness.time += 200_000;
      await lease.beat();
      assert.equal((await harness.run('r1')).progress, lease.progress);
      assert.is((await harness.run('r1')).progress?.vendors, 2);
      // the message is hidden for longer than the lease: a job never comes back while its claim is live
      assert.is((await harness.run('r1')).leaseUntil, harness.time + 298_000);
      harness.time += 200_000;
      assert.equal(await harness.messages(), [0, 1, 0]);
      assert.is(lease.reason, null);
    });
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    await harness.start('r2');
    await handleAnd(harness, async (lease) => {
      harness.time += 300_000;
      await harness.stores.runs.claim('r2', 'w2', harness.time, 1000);
      lease.stop('stopping');
      await lease.beat();
      assert.is(lease.reason, 'lost');
    });
    assert.is((await harness.run('r2')).workerId, 'w2');
    assert.equal(await harness.messages(), [1, 0, 0], 'no second message');
  }),
);

test(
  'a failing heartbeat means a lost claim only once the lease has ended',
  withWorker(async (harness) => {
    let fails = false;
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
      renew: (...args) => (fails ? Promise.reject(busy()) : harness.stores.runs.renew(...args)),
    });
    await harness.start('r1');
    let lease: Lease | null = null;
    const artifacts = onWrite(harness.stores.artifacts, 'bolt/normalized.csv', async () => {
      harness.time += 200_000;
      await lease!.beat();
      fails = true;
      harness.time += 297_999;
      await lease!.beat();
      assert.is(lease!.reason, null);
      harness.time += 1;
      await lease!.beat();
      assert.is(lease!.reason, 'lost');
    });
    await handleDelivery(harness.deps({ artifacts, runs }), (await harness.receive())!, (one) => {
      lease = one;
    });
    assert.is((await harness.run('r1')).status, 'RUNNING');
  }),
);

test(
  'a cancel and a lost claim are noticed within a stage, even if one check fails',
  withWorker(async (harness) => {
    await harness.start('r1');
    await handleAnd(harness, async (lease) => {
      await lease.watch();
      assert.is(lease.reason, null);
      await harness.stores.runs.requestCancel('r1');
      await lease.watch();
      assert.is(lease.reason, 'cancelled');
    });
    assert.is((await harness.run('r1')).errorCode, 'CANCELLED');
    await harness.start('r2');
    await handleAnd(harness, async (lease) => {
      harness.time += 298_000;
      await harness.stores.runs.claim('r2', 'w2', harness.time, 1000);
      await lease.watch();
      assert.is(lease.reason, 'lost');
    });
    await harness.stores.runs.finish({ runId: 'r2', attempt: 2 }, { status: 'FAILED' }, harness.time);
    await harness.start('r3');
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, { get: () => Promise.reject(busy()) });
    const run = await harness.stores.runs.claim('r3', 'w1', harness.time, 1000);
    assert.is(run.status, 'claimed');
    const lease = new Lease(harness.deps({ runs }), { runId: 'r3', attempt: 1 }, 'receipt', harness.time);
    await lease.watch();
    assert.is(lease.reason, null);
    lease.end();
    assert.is(harness.beats.size, 0);
  }),
);

test(
  'a run that is cancelled during the claim check before its summary gets no summary',
  withWorker(async (harness) => {
    await harness.start('r1');
    let lease: Lease | null = null;
    let isLast = false;
    const artifacts = onWrite(harness.stores.artifacts, 'run_summary.json', () => {
      isLast = true;
    });
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, {
      get: async (runId) => {
        const seen = await harness.stores.runs.get(runId);
        // the cancel arrives while this answer is on its way, and a quicker check sees it
        if (isLast) {
          isLast = false;
          await harness.stores.runs.requestCancel(runId);
          await lease?.watch();
        }
        return seen;
      },
    });
    await handleDelivery(harness.deps({ artifacts, runs }), (await harness.receive())!, (one) => {
      lease = one;
    });
    const run = await harness.run('r1');
    assert.equal([run.status, run.errorCode], ['FAILED', 'CANCELLED']);
    assert.not(Object.keys(await harness.artifactsOf('r1')).includes(SUMMARY));
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test(
  'a run can be cancelled in the queue, at work, and after its worker died without noticing',
  withWorker(async (harness) => {
    await harness.start('r1');
    await harness.stores.runs.failUnclaimed('r1', { errorCode: 'CANCELLED', errorMessage: 'cancelled' }, harness.time);
    await harness.handleNext();
    assert.equal(await harness.artifactsOf('r1'), {});
    for (const end of ['bolt/normalized.csv', 'merged_inventory.csv']) {
      const id = end.slice(0, 4);
      await harness.start(id);
      // no heartbeat comes in between: the next stage notices
      await handleAnd(harness, async () => void (await harness.stores.runs.requestCancel(id)), end);
      const run = await harness.run(id);
      assert.equal([run.status, run.errorCode], ['FAILED', 'CANCELLED'], end);
      assert.not('run_summary' in run.artifacts);
    }
    await harness.start('r3');
    await harness.stores.runs.claim('r3', 'dead', harness.time, 1000);
    await harness.stores.runs.requestCancel('r3');
    harness.time += 1000;
    await harness.handleNext();
    assert.is((await harness.run('r3')).errorCode, 'CANCELLED');
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test.run();
