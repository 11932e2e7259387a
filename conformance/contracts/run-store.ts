/** What every `RunStore` does: creation, idempotency, lists. The life of a claim is in `run-claims.ts`. */
import * as assert from 'uvu/assert';
import type { NewRun, RunRecord, RunStore } from '../../core/ports/service/runs.ts';
import { claimCases } from './run-claims.ts';
import { endRun, newRun, type RunSubject, T0 } from './run-subject.ts';
import { allPages, type ContractCase, refused } from './support.ts';

async function created(store: RunStore, run: NewRun): Promise<RunRecord> {
  const result = await store.create(run);
  assert.is(result.status, 'created');
  return (result as { run: RunRecord }).run;
}

const KEY = { key: 'k1', bodyHash: 'a', expiresAt: T0 + 1000 };

const creation: Array<ContractCase<RunSubject>> = [
  {
    name: 'a created run is queued, whole, and found',
    run: async ({ store, peer }) => {
      const run = await created(
        store,
        newRun('r1', { vendors: ['b', 'a'], force: true, forceReason: 'checked', configVersion: 7 }),
      );
      assert.equal(run, {
        runId: 'r1',
        tenantId: 'shop',
        configVersion: 7,
        vendors: ['b', 'a'],
        force: true,
        forceReason: 'checked',
        status: 'QUEUED',
        stage: null,
        attempt: 0,
        leaseUntil: null,
        workerId: null,
        cancelRequested: false,
        requestedAt: T0,
        startedAt: null,
        finishedAt: null,
        sentAt: T0,
        failedStage: null,
        errorCode: null,
        errorMessage: null,
        artifacts: {},
        counts: null,
        warnings: [],
        progress: null,
        outage: null,
      });
      assert.equal(await store.get('r1'), run);
      assert.equal(await (await peer()).get('r1'), run);
      assert.is(await store.get('r2'), null);
    },
  },
  {
    name: 'of 100 creates at once for a tenant one wins, and the others learn its id',
    run: async ({ store, peer }) => {
      const stores = [store, await peer(), await peer()];
      const ids = Array.from({ length: 100 }, (_, i) => `r${i}`);
      const results = await Promise.all(ids.map((id, i) => stores[i % stores.length]!.create(newRun(id))));
      const wins = results.filter((one) => one.status === 'created');
      assert.is(wins.length, 1);
      const { runId } = (wins[0] as { run: RunRecord }).run;
      const others = results.filter((one) => one.status === 'tenant_busy' && one.activeRunId === runId);
      assert.is(others.length, 99);
      const stored = await Promise.all(ids.map((id) => store.get(id)));
      assert.equal(
        stored.filter((run) => run !== null).map((run) => run.runId),
        [runId],
      );
    },
  },
  {
    name: 'tenants do not keep each other busy',
    run: async ({ store }) => {
      await created(store, newRun('r1'));
      await created(store, newRun('r2', { tenantId: 'other' }));
    },
  },
  {
    name: 'an idempotency key with the same body gives the same run, also when it has ended',
    run: async ({ store, peer }) => {
      await created(store, newRun('r1', { idempotency: KEY }));
      for (const one of [store, await peer()]) {
        const again = await one.create(newRun('r2', { idempotency: KEY }));
        assert.is(again.status, 'repeated');
        assert.is((again as { run: RunRecord }).run.runId, 'r1');
      }
      await store.claim('r1', 'w1', T0, 1000);
      await store.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, T0);
      const later = await store.create(newRun('r3', { idempotency: KEY, now: T0 + 999 }));
      assert.is(later.status, 'repeated');
      assert.is((later as { run: RunRecord }).run.status, 'SUCCEEDED');
      assert.is(await store.get('r3'), null);
    },
  },
  {
    name: 'an idempotency key with another body is refused',
    run: async ({ store }) => {
      await created(store, newRun('r1', { idempotency: KEY }));
      const result = await store.create(newRun('r2', { idempotency: { ...KEY, bodyHash: 'b' } }));
      assert.is(result.status, 'key_reused');
      assert.is(await store.get('r2'), null);
    },
  },
  {
    name: 'an idempotency key that has expired is new',
    run: async ({ store }) => {
      await endRunWithKey(store, 'r1');
      const idempotency = { ...KEY, bodyHash: 'b', expiresAt: T0 + 9000 };
      await created(store, newRun('r2', { now: T0 + 1000, idempotency }));
      const again = await store.create(newRun('r3', { now: T0 + 2000, idempotency }));
      assert.is(again.status, 'repeated');
      assert.is((again as { run: RunRecord }).run.runId, 'r2');
    },
  },
  {
    name: 'a run is found by its idempotency key, until that has expired',
    run: async ({ store, peer }) => {
      assert.is(await store.findRepeated('shop', KEY.key, T0), null);
      const run = await created(store, newRun('r1', { idempotency: KEY }));
      for (const one of [store, await peer()]) {
        assert.equal(await one.findRepeated('shop', KEY.key, T0 + 999), { run, bodyHash: KEY.bodyHash });
        assert.is(await one.findRepeated('shop', KEY.key, T0 + 1000), null);
        assert.is(await one.findRepeated('other', KEY.key, T0), null);
        assert.is(await one.findRepeated('shop', 'k2', T0), null);
      }
    },
  },
  {
    name: 'idempotency keys belong to a tenant, and a busy tenant uses none up',
    run: async ({ store }) => {
      await created(store, newRun('r1', { idempotency: KEY }));
      await created(store, newRun('r2', { tenantId: 'other', idempotency: { ...KEY, bodyHash: 'b' } }));
      const second = { ...KEY, key: 'k2' };
      assert.is((await store.create(newRun('r3', { idempotency: second }))).status, 'tenant_busy');
      await store.failUnclaimed('r1', { errorCode: 'CANCELLED', errorMessage: 'cancelled' }, T0);
      await created(store, newRun('r4', { idempotency: { ...second, bodyHash: 'z' } }));
    },
  },
  {
    name: 'of creates at once with one idempotency key one makes the run',
    run: async ({ store, peer }) => {
      const stores = [store, await peer()];
      const ids = Array.from({ length: 20 }, (_, i) => `r${i}`);
      const results = await Promise.all(ids.map((id, i) => stores[i % 2]!.create(newRun(id, { idempotency: KEY }))));
      assert.is(results.filter((one) => one.status === 'created').length, 1);
      assert.is(results.filter((one) => one.status === 'repeated').length, 19);
    },
  },
];

async function endRunWithKey(store: RunStore, runId: string): Promise<void> {
  await created(store, newRun(runId, { idempotency: KEY }));
  await store.failUnclaimed(runId, { errorCode: 'CANCELLED', errorMessage: 'cancelled' }, T0);
}

/** Runs of two tenants in turn, a millisecond apart. All have ended except each tenant's last one. */
async function manyRuns(store: RunStore, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const tenantId = i % 2 === 0 ? 'shop' : 'other';
    if (i < count - 2) await endRun(store, `r${i}`, tenantId, T0 + i);
    else await created(store, newRun(`r${i}`, { tenantId, now: T0 + i }));
  }
}

const lists: Array<ContractCase<RunSubject>> = [
  {
    name: 'lists are newest first, by tenant and by status, over pages',
    run: async ({ store }) => {
      await manyRuns(store, 12);
      const ids = (filter: Parameters<RunStore['list']>[0], limit: number) =>
        allPages(async (cursor) => {
          const { runs, next } = await store.list(filter, cursor, limit);
          assert.ok(runs.length <= limit);
          return { items: runs.map((run) => run.runId), next };
        });
      const all = Array.from({ length: 12 }, (_, i) => `r${11 - i}`);
      assert.equal(await ids({}, 5), all);
      assert.equal(await ids({}, 12), all);
      assert.equal(await ids({ tenantId: 'shop' }, 2), ['r10', 'r8', 'r6', 'r4', 'r2', 'r0']);
      assert.equal(await ids({ status: 'QUEUED' }, 1), ['r11', 'r10']);
      assert.equal(await ids({ tenantId: 'other', status: 'SUCCEEDED' }, 3), ['r9', 'r7', 'r5', 'r3', 'r1']);
      assert.equal(await ids({ tenantId: 'nobody' }, 3), []);
    },
  },
  {
    name: 'pages stay as they were when runs come in between, also of one time',
    run: async ({ store }) => {
      for (let i = 0; i < 6; i++) await created(store, newRun(`r${i}`, { tenantId: `t${i}` }));
      const first = await store.list({}, null, 2);
      await created(store, newRun('r9', { tenantId: 't9', now: T0 + 5 }));
      const second = await store.list({}, first.next, 2);
      await created(store, newRun('r8', { tenantId: 't8', now: T0 + 6 }));
      const third = await store.list({}, second.next, 2);
      const seen = [first, second, third].flatMap((page) => page.runs.map((run) => run.runId));
      assert.equal([...seen].sort(), ['r0', 'r1', 'r2', 'r3', 'r4', 'r5']);
    },
  },
  {
    name: 'a cursor leads to older runs with another filter, too',
    run: async ({ store }) => {
      await endRun(store, 'r1', 'shop', T0);
      await endRun(store, 'r3', 'shop', T0 + 20);
      await created(store, newRun('r2', { tenantId: 'other', now: T0 + 10 }));
      await created(store, newRun('r4', { tenantId: 'shop', now: T0 + 30 }));
      const { runs, next } = await store.list({ tenantId: 'shop', status: 'SUCCEEDED' }, null, 1);
      assert.equal(
        runs.map((run) => run.runId),
        ['r3'],
      );
      const older = async (filter: { status?: 'QUEUED' }) =>
        (await store.list(filter, next, 5)).runs.map((run) => run.runId);
      assert.equal([await older({}), await older({ status: 'QUEUED' })], [['r2', 'r1'], ['r2']]);
    },
  },
  {
    name: 'a cursor that no list gave is refused',
    run: async ({ store }) => {
      await refused('invalid_cursor', () => store.list({}, 'no cursor', 2));
    },
  },
  {
    name: 'the last succeeded run of a tenant is its newest, whatever failed since',
    run: async ({ store }) => {
      assert.is(await store.lastSucceeded('shop'), null);
      await endRun(store, 'r1', 'shop', T0);
      await endRun(store, 'r2', 'shop', T0 + 10);
      await endRun(store, 'r3', 'other', T0 + 20);
      await created(store, newRun('r4', { now: T0 + 30 }));
      await store.failUnclaimed('r4', { errorCode: 'POISON_JOB', errorMessage: 'too often' }, T0 + 31);
      await created(store, newRun('r5', { now: T0 + 40 }));
      assert.is((await store.lastSucceeded('shop'))?.runId, 'r2');
      assert.is(await store.lastSucceeded('nobody'), null);
    },
  },
  {
    name: 'a store that works passes its check',
    run: async ({ store }) => store.check(),
  },
];

export const runStoreCases: ReadonlyArray<ContractCase<RunSubject>> = [...creation, ...claimCases, ...lists];
