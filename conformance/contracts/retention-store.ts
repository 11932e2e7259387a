/**
 * What every `RetentionStore` must do: remove things as a whole, keep what is needed, and let one process work at a
 * time.
 */
import * as assert from 'uvu/assert';
import type { KeyKind } from '../../core/ports/service/tenants.ts';
import { endRun, newRun, T0 } from './run-subject.ts';
import { allPages, type ContractCase } from './support.ts';
import type { UpkeepSubject } from './upkeep-subject.ts';

export const retentionStoreCases: ReadonlyArray<ContractCase<UpkeepSubject>> = [
  {
    name: 'ended runs of a tenant are listed, oldest first, over pages, up to a time',
    run: async ({ retention, runs }) => {
      for (const [i, id] of ['r3', 'r1', 'r2', 'r5', 'r4'].entries()) await endRun(runs, id, 'shop', T0 + i * 10);
      await endRun(runs, 'x', 'another', T0);
      await runs.create(newRun('active', { now: T0 }));
      const listed = await allPages(async (cursor) => {
        const page = await retention.endedRuns('shop', T0 + 40, cursor, 2);
        assert.ok(page.runs.length <= 2);
        return { items: page.runs.map((one) => one.runId), next: page.next };
      });
      assert.equal(listed, ['r3', 'r1', 'r2', 'r5']);
      assert.equal((await retention.endedRuns('shop', T0)).runs, []);
      await runs.failUnclaimed('active', { errorCode: 'POISON_JOB', errorMessage: 'x' }, T0);
      const whole = await retention.endedRuns('shop', T0 + 40, null, 5);
      assert.equal([whole.runs.length, whole.next], [5, null]);
      const first = (await retention.endedRuns('shop', T0 + 1)).runs;
      assert.equal(first, [await runs.get('active'), await runs.get('r3')]);
    },
  },
  {
    name: 'runs of one time are listed once each, over pages',
    run: async ({ retention, runs }) => {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await endRun(runs, id, 'shop', T0);
      const listed = await allPages(async (cursor) => {
        const page = await retention.endedRuns('shop', T0 + 1, cursor, 2);
        return { items: page.runs.map((one) => one.runId), next: page.next };
      });
      assert.equal(listed, ['a', 'b', 'c', 'd', 'e']);
    },
  },
  {
    name: 'an expired run is seen nowhere, and noted until its objects are gone',
    run: async ({ retention, runs, peer }) => {
      const other = await peer();
      for (const id of ['r1', 'r2']) await endRun(runs, id, 'shop', T0);
      await endRun(runs, 'r3', 'another', T0);
      assert.ok(await retention.expireRun('r2', T0 + 5));
      assert.ok(await other.retention.expireRun('r1', T0 + 6));
      assert.is(await runs.get('r1'), null);
      assert.is((await runs.claim('r1', 'w', T0, 1000)).status, 'unknown');
      assert.equal((await runs.list({ tenantId: 'shop' })).runs, []);
      assert.equal(
        (await runs.list({ status: 'SUCCEEDED' })).runs.map((one) => one.runId),
        ['r3'],
      );
      assert.is(await runs.lastSucceeded('shop'), null);
      assert.equal((await retention.endedRuns('shop', T0 + 99)).runs, []);
      const noted = ['r2', 'r1'].map((runId) => ({ runId, tenantId: 'shop' }));
      assert.equal(await other.retention.expiredRuns(10), noted);
      assert.equal(await retention.expiredRuns(1), noted.slice(0, 1));
      await retention.putOffExpired(noted[0]!, T0 + 7);
      assert.equal(await other.retention.expiredRuns(10), [noted[1], noted[0]]);
      await retention.removeExpired(noted[0]!);
      await retention.removeExpired(noted[0]!);
      await retention.putOffExpired(noted[0]!, T0 + 8);
      assert.equal(await retention.expiredRuns(10), noted.slice(1));
    },
  },
  {
    name: 'an active run does not expire, nor one that is not there; of many at once one expires it',
    run: async ({ retention, runs, peer }) => {
      await runs.create(newRun('r1'));
      assert.is(await retention.expireRun('r1', T0), false);
      await runs.claim('r1', 'w', T0, 1000);
      assert.is(await retention.expireRun('r1', T0 + 9999), false);
      assert.is((await runs.get('r1'))?.status, 'RUNNING');
      assert.is(await retention.expireRun('r9', T0), false);
      assert.equal(await retention.expiredRuns(10), []);
      await runs.finish({ runId: 'r1', attempt: 1 }, { status: 'FAILED', errorCode: 'internal_error' }, T0);
      const stores = [retention, (await peer()).retention];
      const expired = await Promise.all(Array.from({ length: 6 }, (_, i) => stores[i % 2]!.expireRun('r1', T0)));
      assert.is(expired.filter((one) => one).length, 1);
      assert.is((await retention.expiredRuns(10)).length, 1);
    },
  },
  {
    name: 'a version of a config is removed alone, never the newest, and its number is not used again',
    run: async ({ retention, tenants }) => {
      await tenants.create('shop', { v: 1 }, T0);
      for (const v of [2, 3, 4]) await tenants.putConfig('shop', { v }, T0 + v);
      const at = (configVersion: number) => ({
        configVersion,
        createdAt: configVersion === 1 ? T0 : T0 + configVersion,
      });
      assert.equal(await retention.configVersions('shop', 0, 2), [at(1), at(2)]);
      assert.equal(await retention.configVersions('shop', 2, 9), [at(3), at(4)]);
      assert.equal(await retention.configVersions('nobody', 0, 9), []);
      for (const version of [1, 3]) assert.ok(await retention.removeConfigVersion('shop', version));
      assert.is(await retention.removeConfigVersion('shop', 4), false);
      assert.is(await retention.removeConfigVersion('shop', 5), false);
      assert.is(await retention.removeConfigVersion('nobody', 1), false);
      assert.equal(await retention.configVersions('shop', 0, 9), [at(2), at(4)]);
      for (const version of [1, 3]) assert.is(await tenants.getConfig('shop', version), null);
      assert.equal((await tenants.getConfig('shop', 2))?.config, { v: 2 });
      assert.equal((await tenants.getConfig('shop'))?.config, { v: 4 });
      assert.equal(await tenants.get('shop'), { tenantId: 'shop', configVersion: 4, createdAt: T0, updatedAt: T0 + 4 });
      assert.equal((await tenants.list()).tenants.length, 1);
      assert.equal(await tenants.putConfig('shop', {}, T0 + 9), { status: 'stored', configVersion: 5 });
      assert.is(await tenants.create('shop', {}, T0), 'exists');
    },
  },
  {
    name: 'keys that were revoked long ago are removed, and no others',
    run: async ({ retention, tenants }) => {
      const key = (keyId: string, tenantId = 'shop', kind: KeyKind = 'api') => ({
        keyId,
        tenantId,
        kind,
        hash: `h-${keyId}`,
        name: null,
        createdAt: T0,
        revokedAt: null,
      });
      for (const id of ['k1', 'k2', 'k3']) await tenants.addKey(key(id));
      await tenants.addKey(key('k4', 'another'));
      await tenants.addKey(key('l1', 'shop', 'feed'));
      await tenants.revokeKey('shop', 'feed', 'l1', T0 + 2);
      await tenants.revokeKey('shop', 'api', 'k1', T0 + 1);
      await tenants.revokeKey('shop', 'api', 'k2', T0 + 9);
      await tenants.revokeKey('another', 'api', 'k4', T0 + 1);
      assert.is(await retention.removeRevokedKeys('shop', T0 + 9), 2);
      assert.is(await tenants.findKey('h-k1', 'api'), null);
      assert.is(await tenants.findKey('h-l1', 'feed'), null);
      assert.equal(
        (await tenants.listKeys('shop', 'api')).map((one) => one.keyId),
        ['k2', 'k3'],
      );
      assert.is((await tenants.listKeys('another', 'api')).length, 1);
      assert.ok(await tenants.addKey(key('k5'), { active: 9, all: 3 }));
    },
  },
  {
    name: 'idempotency keys that have expired are gone, and others are found',
    run: async ({ retention, runs }) => {
      const expiresAt = T0 + 1000;
      await runs.create(newRun('r1', { idempotency: { key: 'k', bodyHash: 'a', expiresAt } }));
      await retention.removeExpiredRecords(T0 + 999, 0);
      assert.is((await runs.findRepeated('shop', 'k', T0 + 999))?.run.runId, 'r1');
      await retention.removeExpiredRecords(T0 + 1000, 0);
      assert.is(await runs.findRepeated('shop', 'k', T0 + 1000), null);
    },
  },
  {
    name: 'the turn is one process’s until it gives it back, or its time is over',
    run: async ({ retention, peer }) => {
      const other = (await peer()).retention;
      const takes = [retention, other, retention, other].map((one, i) => one.takeTurn(`p${i}`, T0, 1000));
      const taken = (await Promise.all(takes)).map((one) => one !== null);
      assert.is(taken.filter((one) => one).length, 1);
      const holder = `p${taken.indexOf(true)}`;
      assert.is(await other.takeTurn('q', T0 + 999, 1000), null);
      assert.is(await other.endTurn('q', 'x', T0), false);
      assert.ok(await retention.endTurn(holder, 'state', T0 + 500));
      assert.is(await retention.endTurn(holder, 'late', T0), false);
      assert.is(await other.takeTurn('q', T0 + 499, 1000), null, 'it is not due');
      assert.equal(await other.takeTurn('q', T0 + 500, 1000), { state: 'state' });
      assert.equal(await retention.takeTurn('r', T0 + 1500, 1000), { state: 'state' }, 'its holder died');
      assert.is(await other.endTurn('q', 'late', T0), false);
      assert.ok(await retention.endTurn('r', null, 0));
      assert.equal(await other.takeTurn('q', T0, 1000), { state: null });
    },
  },
  {
    name: 'a turn that a clock far ahead has left does not last',
    run: async ({ retention }) => {
      const ahead = T0 + 90 * 24 * 3600_000;
      assert.ok(await retention.takeTurn('p', ahead, 1000));
      assert.equal(await retention.takeTurn('q', T0, 1000), { state: null });
      assert.ok(await retention.endTurn('q', 'state', ahead));
      assert.equal(await retention.takeTurn('r', T0, 1000), { state: 'state' });
    },
  },
];
