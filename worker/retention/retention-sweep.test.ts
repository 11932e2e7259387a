/** The routine removal on the embedded stores: whose turn it is, clocks that are wrong, and tenants that fail. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import { DAY, depsOf, endOnce, objectsOf, seen } from '../testing/old-runs.ts';
import { configFor, TENANT, type WorkerHarness, withMethods, withWorker } from '../testing/worker-harness.ts';
import { finishExpired, type InUse, type RetentionDeps } from './retention.ts';
import { stateOf, sweepRetention } from './retention-sweep.ts';

/** Makes the last pass an hour old. */
async function passed({ stores: { retention }, time }: WorkerHarness): Promise<void> {
  const at = time - 3600_000;
  assert.ok(await retention.takeTurn('before', at, 1000));
  assert.ok(await retention.endTurn('before', stateOf({ cursor: null, at }), at));
}

const sweep = (deps: RetentionDeps, holder = 'p1', failed: string[] = [], retentionDays = 90) => {
  let runs = 0;
  return sweepRetention(deps, {
    ...{ holder, retentionDays },
    onPruned: (pruned) => {
      runs += pruned.runs;
    },
    onFailed: (tenantId) => void failed.push(tenantId),
    onWrongClock: (offset) => void failed.push(`offset ${offset}`),
  }).then(() => runs);
};

test(
  'a sweep visits all tenants, is due again in an hour, and runs in one process at a time',
  withWorker(async (harness) => {
    for (let i = 0; i < 25; i++) {
      const id = `t${String(i).padStart(2, '0')}`;
      await harness.stores.tenants.create(id, await configFor(harness, id), harness.time);
    }
    await endOnce(harness, 'r1');
    await endOnce(harness, 'r2');
    harness.time += 100 * DAY;
    await passed(harness);
    const deps = depsOf(harness);
    const held = withMethods(deps.retention, { endTurn: async () => true });
    assert.equal(await Promise.all([sweep({ ...deps, retention: held }), sweep(deps, 'p2')]), [1, 0]);
    assert.is((await harness.stores.usage.storedBytes('t24')).countedAt, harness.time);
    assert.is(await sweep(deps, 'p2'), 0);
    await endOnce(harness, 'r3');
    harness.time += 100 * DAY;
    await passed(harness);
    assert.is(await sweep(deps, 'p2'), 1, 'the process that had the turn died');
    assert.equal(await seen(harness), ['r3']);
    await endOnce(harness, 'r4');
    assert.is(await sweep(deps, 'p3', [], 1), 1, 'more than an hour later');
  }),
);

test(
  'a process whose clock differs from the stores’ removes nothing and leaves the sweep to others',
  withWorker(async (harness) => {
    await endOnce(harness, 'r1');
    await endOnce(harness, 'r2');
    await passed(harness);
    const right = harness.time;
    const failed: string[] = [];
    // the clock is wrong by much more than an hour
    for (const hours of [100 * 24, 100 * 24 + 2, 100 * 24 + 4]) {
      harness.time = right + hours * 3600_000;
      const offset = right - harness.time;
      assert.is(await sweep(depsOf(harness, { clockOffset: () => offset }), 'wrong', failed), 0);
      assert.is(failed.pop(), `offset ${offset}`);
    }
    assert.equal(await seen(harness), ['r1', 'r2']);
    harness.time = right;
    assert.is(await sweep(depsOf(harness, { clockOffset: () => 5 * 60_000 }), 'p1', failed, 1), 1);
    assert.equal(failed, []);
  }),
);

test(
  'a tenant that fails does not stop the others; an unreachable store ends the pass',
  withWorker(async (harness) => {
    for (const id of ['a', 'z']) await harness.stores.tenants.create(id, await configFor(harness, id), harness.time);
    await endOnce(harness, 'r1');
    await endOnce(harness, 'r2');
    harness.time += 100 * DAY;
    const failed: string[] = [];
    const fails: InUse = async (tenantId) => {
      if (tenantId === 'a') throw new Error('broken');
      return new Set();
    };
    await passed(harness);
    const deps = depsOf(harness);
    assert.is(await sweep({ ...deps, inUse: [...deps.inUse, fails] }, 'p1', failed), 1);
    assert.equal(failed, ['a']);
    harness.time += DAY;
    const away: InUse = async () => {
      throw new Error('away');
    };
    const message = await sweep({ ...deps, inUse: [away] }).catch((error) => error.message);
    assert.is(message, 'away');
    assert.is(await sweep(deps, 'p2'), 0, 'the turn was given back');
  }),
);

test(
  'three failing tenants in a row end a pass, and the next pass goes on behind them',
  withWorker(async (harness) => {
    for (const id of ['a', 'b', 'c', 'd'])
      await harness.stores.tenants.create(id, await configFor(harness, id), harness.time);
    await endOnce(harness, 'r1');
    await endOnce(harness, 'r2');
    harness.time += 100 * DAY;
    await passed(harness);
    const failed: string[] = [];
    const fails: InUse = async (tenantId) => {
      if (['a', 'b', 'c'].includes(tenantId)) throw new Error('broken');
      return new Set();
    };
    const deps = depsOf(harness);
    const broken = { ...deps, inUse: [...deps.inUse, fails] };
    assert.is(await sweep(broken, 'p1', failed).catch((error) => error.message), 'broken');
    assert.is(await sweep(broken, 'p1', failed), 1, 'of the tenant behind them');
    assert.equal(failed, ['a', 'b', 'c']);
    harness.time += 3600_000;
    await sweep(broken, 'p1', failed).catch(() => {});
    assert.equal(failed, ['a', 'b', 'c', 'a', 'b', 'c'], 'the next round tries them again');
  }),
);

test(
  'RETENTION_DAYS 0 keeps everything',
  withWorker(async (harness) => {
    for (const id of ['r1', 'r2', 'r3']) await endOnce(harness, id);
    harness.time += 5000 * DAY;
    await passed(harness);
    assert.is(await sweep(depsOf(harness), 'p1', [], 0), 0);
    assert.equal(await seen(harness), ['r1', 'r2', 'r3']);
  }),
);

test(
  'after a jump of the clock the first pass removes nothing; a corrected clock resumes',
  withWorker(async (harness) => {
    await endOnce(harness, 'r1');
    await endOnce(harness, 'r2');
    const right = harness.time;
    await passed(harness);
    harness.time += 100 * DAY;
    const deps = depsOf(harness);
    assert.is(await sweep(deps), 0, 'ahead');
    harness.time = right + 60_000;
    assert.is(await sweep(deps), 0, 'corrected');
    harness.time += 3600_000;
    assert.is(await sweep(deps), 0);
    assert.equal(await seen(harness), ['r1', 'r2']);
    harness.time += 100 * DAY;
    assert.is(await sweep(deps), 0, 'a long pause');
    harness.time += 3600_000;
    assert.is(await sweep(deps), 1);
  }),
);

test(
  'a run that is in use again after its record was removed keeps its objects; a failing note blocks no other',
  withWorker(async (harness) => {
    for (const id of ['r1', 'r2', 'r3']) await endOnce(harness, id);
    harness.time += 100 * DAY;
    const deps = depsOf(harness);
    assert.ok(await deps.retention.expireRun('r1', harness.time));
    assert.is((await finishExpired({ ...deps, inUse: [async () => new Set(['r1'])] }, 10)).objects, 0);
    assert.is(await objectsOf(harness, 'r1'), 3);
    await passed(harness);
    const remove: ArtifactStore['remove'] = async (key) => {
      if (key.startsWith('r1/')) throw new Error('held');
      return harness.stores.artifacts.remove(key);
    };
    const failed: string[] = [];
    const artifacts = withMethods(harness.stores.artifacts as ArtifactStore, { remove });
    assert.is(await sweep({ ...deps, artifacts }, 'p1', failed), 1);
    assert.equal([failed, await seen(harness)], [[TENANT], ['r3']]);
  }),
);

test.run();
