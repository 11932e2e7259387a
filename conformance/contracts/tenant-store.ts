/** What every `TenantStore` does: versions of configs without lost updates, and keys that belong to one tenant. */
import * as assert from 'uvu/assert';
import type { KeyRecord, TenantStore } from '../../core/ports/service/tenants.ts';
import { allPages, type ContractCase, type Subject } from './support.ts';

export interface TenantSubject extends Subject {
  store: TenantStore;
  /** Another client of the same data, as another process has. */
  peer(): Promise<TenantStore>;
}

const T0 = 1_800_000_000_000;

/** JSON values that some stores lose. */
const CONFIG = JSON.parse(
  '{"b":1,"a":[{},[],null,"",0.1,-0.0,1e21],"text":"é\\u0000😀\\ud800","__proto__":{"x":1},"deep":{"deep":{"deep":[[[1]]]}}}',
);

const key = (keyId: string, changes: Partial<KeyRecord> = {}): KeyRecord => ({
  keyId,
  tenantId: 'shop',
  kind: 'api',
  hash: `hash-of-${keyId}`,
  name: null,
  createdAt: T0,
  revokedAt: null,
  ...changes,
});

/** A store may ask some of many callers to try again. */
function isBusy(error: unknown): false {
  assert.is((error as { code?: string }).code, 'store_busy', String(error));
  return false;
}

export const tenantStoreCases: ReadonlyArray<ContractCase<TenantSubject>> = [
  {
    name: 'a created tenant has version 1 of its config, as it was written',
    run: async ({ store, peer }) => {
      assert.is(await store.create('shop', CONFIG, T0), 'created');
      for (const one of [store, await peer()]) {
        const tenant = { tenantId: 'shop', configVersion: 1, createdAt: T0, updatedAt: T0 };
        assert.equal(await one.get('shop'), tenant);
        const config = await one.getConfig('shop');
        assert.is(JSON.stringify(config?.config), JSON.stringify(CONFIG));
        assert.equal([config?.tenantId, config?.configVersion, config?.createdAt], ['shop', 1, T0]);
      }
      assert.is(await store.get('other'), null);
      assert.is(await store.getConfig('other'), null);
      assert.is(await store.getConfig('shop', 2), null);
    },
  },
  {
    name: 'a tenant is created once, also by several at once',
    run: async ({ store, peer }) => {
      const stores = [store, await peer()];
      const creates = Array.from({ length: 10 }, (_, i) => stores[i % 2]!.create('shop', { i }, T0 + i));
      const results = await Promise.all(creates);
      assert.is(results.filter((one) => one === 'created').length, 1);
      const winner = results.indexOf('created');
      assert.is(await store.create('shop', { late: true }, T0 + 99), 'exists');
      assert.equal((await store.getConfig('shop'))?.config, { i: winner });
      assert.is((await store.get('shop'))?.createdAt, T0 + winner);
    },
  },
  {
    name: 'each config is a new version, and the old ones stay',
    run: async ({ store }) => {
      assert.is(await store.putConfig('shop', {}, T0), null);
      await store.create('shop', { v: 1 }, T0);
      assert.equal(await store.putConfig('shop', { v: 2 }, T0 + 1), { status: 'stored', configVersion: 2 });
      assert.equal(await store.putConfig('shop', { v: 3 }, T0 + 2), { status: 'stored', configVersion: 3 });
      for (const v of [1, 2, 3]) assert.equal((await store.getConfig('shop', v))?.config, { v });
      assert.equal((await store.getConfig('shop'))?.config, { v: 3 });
      assert.is((await store.getConfig('shop', 2))?.createdAt, T0 + 1);
      assert.equal(await store.get('shop'), { tenantId: 'shop', configVersion: 3, createdAt: T0, updatedAt: T0 + 2 });
    },
  },
  {
    name: 'each version of a config names the key that wrote it, if one was given',
    run: async ({ store, peer }) => {
      await store.create('shop', { v: 1 }, T0, 'key_1');
      await store.putConfig('shop', { v: 2 }, T0, { keyId: 'key_2', expectedVersion: 1 });
      await store.putConfig('shop', { v: 3 }, T0);
      await store.create('other', {}, T0);
      await store.putConfig('other', { v: 2 }, T0, { keyId: 'key_3' });
      for (const one of [store, await peer()]) {
        const keyOf = async (id: string, version?: number) => (await one.getConfig(id, version))?.keyId;
        assert.equal([await keyOf('shop', 1), await keyOf('shop', 2), await keyOf('shop')], ['key_1', 'key_2', null]);
        assert.equal([await keyOf('other', 1), await keyOf('other')], [null, 'key_3']);
      }
      assert.equal(await store.listKeys('shop', 'api'), []);
    },
  },
  {
    name: 'with an expected version nothing is overwritten that was not seen',
    run: async ({ store }) => {
      await store.create('shop', { v: 1 }, T0);
      assert.equal(await store.putConfig('shop', { v: 2 }, T0, { expectedVersion: 1 }), {
        status: 'stored',
        configVersion: 2,
      });
      for (const expected of [1, 3]) {
        const result = await store.putConfig('shop', { v: 'x' }, T0, { expectedVersion: expected });
        assert.equal(result, { status: 'conflict', configVersion: 2 });
      }
      assert.equal((await store.getConfig('shop'))?.config, { v: 2 });
      assert.is(await store.getConfig('shop', 3), null);
      assert.is(await store.putConfig('other', {}, T0, { expectedVersion: 1 }), null);
    },
  },
  {
    name: 'configs that come at once become versions one after the other',
    run: async ({ store, peer }) => {
      await store.create('shop', {}, T0);
      const stores = [store, await peer()];
      const puts = await Promise.all(Array.from({ length: 20 }, (_, i) => stores[i % 2]!.putConfig('shop', { i }, T0)));
      const versions = puts.map((one) => one!.configVersion).sort((a, b) => a - b);
      assert.equal(
        versions,
        Array.from({ length: 20 }, (_, i) => i + 2),
      );
      for (const [i, put] of puts.entries()) {
        assert.equal((await store.getConfig('shop', put!.configVersion))?.config, { i });
      }
      const expected = Array.from({ length: 10 }, (_, i) =>
        stores[i % 2]!.putConfig('shop', { i }, T0, { expectedVersion: 21 }),
      );
      assert.is((await Promise.all(expected)).filter((one) => one?.status === 'stored').length, 1);
    },
  },
  {
    name: 'all tenants are listed once, in code point order, over pages',
    run: async ({ store }) => {
      const ids = ['a-1', 'B', 'a_1', 'a1', '0', 'a', 'Z9'];
      for (const id of ids) await store.create(id, {}, T0);
      const listed = await allPages(async (cursor) => {
        const { tenants, next } = await store.list(cursor, 3);
        assert.ok(tenants.length <= 3);
        return { items: tenants.map((one) => one.tenantId), next };
      });
      assert.equal(listed, [...ids].sort());
      assert.is((await store.list(null, 7)).next, null);
    },
  },
  {
    name: 'a key is found by its hash, and listed for its tenant alone',
    run: async ({ store, peer }) => {
      const keys = [key('k1', { name: 'Büro' }), key('k2', { createdAt: T0 + 1 }), key('k3', { tenantId: 'other' })];
      for (const one of keys) await store.addKey(one);
      assert.equal(await (await peer()).findKey('hash-of-k1', 'api'), keys[0]);
      assert.is(await store.findKey('hash-of-k9', 'api'), null);
      assert.is(await store.findKey('k1', 'api'), null);
      assert.equal(await store.listKeys('shop', 'api'), keys.slice(0, 2));
      assert.equal(await store.listKeys('other', 'api'), keys.slice(2));
      assert.equal(await store.listKeys('nobody', 'api'), []);
    },
  },
  {
    name: 'a key of one kind is found, listed, counted and revoked as that kind alone',
    run: async ({ store, peer }) => {
      const one = { active: 1, all: 2 };
      const link = key('l1', { kind: 'feed' });
      assert.ok(await store.addKey(key('k1'), one));
      assert.ok(await store.addKey(link, one));
      assert.is(await store.addKey(key('l2', { kind: 'feed' }), one), false);
      const other = await peer();
      assert.equal(await other.findKey('hash-of-l1', 'feed'), link);
      assert.is(await other.findKey('hash-of-l1', 'api'), null);
      assert.is(await other.findKey('hash-of-k1', 'feed'), null);
      assert.equal(await other.listKeys('shop', 'api'), [key('k1')]);
      assert.equal(await other.listKeys('shop', 'feed'), [link]);
      assert.is(await store.revokeKey('shop', 'feed', 'k1', T0), false);
      assert.is(await store.revokeKey('shop', 'api', 'l1', T0), false);
      assert.ok(await store.revokeKey('shop', 'feed', 'l1', T0 + 1));
      assert.is((await other.findKey('hash-of-l1', 'feed'))?.revokedAt, T0 + 1);
      assert.is((await other.findKey('hash-of-k1', 'api'))?.revokedAt, null);
      assert.ok(await store.addKey(key('l2', { kind: 'feed' }), one));
      assert.is(await store.addKey(key('l3', { kind: 'feed' }), one), false);
    },
  },
  {
    name: 'keys are counted by tenant and kind, without revoked ones',
    run: async ({ store, peer }) => {
      const other = await peer();
      const counts = async () => [await other.countKeys('shop', 'api'), await other.countKeys('shop', 'feed')];
      assert.equal(await counts(), [0, 0]);
      for (const one of ['k1', 'k2', 'k3']) await store.addKey(key(one));
      await store.addKey(key('l1', { kind: 'feed' }));
      await store.addKey(key('o1', { tenantId: 'other' }));
      assert.equal(await counts(), [3, 1]);
      await store.revokeKey('shop', 'api', 'k2', T0);
      assert.equal(await counts(), [2, 1]);
      await store.revokeKey('shop', 'feed', 'l1', T0);
      assert.equal(await counts(), [2, 0]);
      assert.is(await other.countKeys('other', 'api'), 1);
    },
  },
  {
    name: 'keys that are made at once, within a millisecond, are all kept; of revokes at once one counts',
    run: async ({ store, peer }) => {
      const stores = [store, await peer()];
      const keys = Array.from({ length: 8 }, (_, i) => key(`k${i}`));
      await Promise.all(keys.map((one, i) => stores[i % 2]!.addKey(one)));
      assert.equal(await store.listKeys('shop', 'api'), keys);
      for (const one of keys) assert.equal(await store.findKey(one.hash, 'api'), one);
      const revokes = Array.from({ length: 6 }, (_, i) => stores[i % 2]!.revokeKey('shop', 'api', 'k3', T0 + i));
      assert.is((await Promise.all(revokes)).filter((one) => one).length, 1);
    },
  },
  {
    name: 'of many keys at once a tenant gets no more than it may have',
    run: async ({ store, peer }) => {
      const stores = [store, await peer()];
      const limits = { active: 5, all: 100 };
      await store.addKey(key('other', { tenantId: 'other' }), limits);
      const adds = Array.from({ length: 20 }, (_, i) => stores[i % 2]!.addKey(key(`k${i}`), limits).catch(isBusy));
      const added = await Promise.all(adds);
      assert.is(added.filter((one) => one === true).length, (await store.listKeys('shop', 'api')).length);
      assert.is((await store.listKeys('shop', 'api')).length, 5);
      for (const [i, one] of added.entries()) {
        assert.is((await store.findKey(`hash-of-k${i}`, 'api')) !== null, one === true);
      }
      assert.is(await store.addKey(key('late'), limits), false);
      assert.ok(await store.addKey(key('late')));
    },
  },
  {
    name: 'a revoked key makes room for another, until there are too many of all',
    run: async ({ store }) => {
      const limits = { active: 1, all: 3 };
      assert.ok(await store.addKey(key('k0'), limits));
      for (const i of [1, 2]) {
        assert.is(await store.addKey(key(`k${i}`), limits), false);
        await store.revokeKey('shop', 'api', `k${i - 1}`, T0);
        assert.ok(await store.addKey(key(`k${i}`), limits));
      }
      await store.revokeKey('shop', 'api', 'k2', T0);
      assert.is(await store.addKey(key('k3'), limits), false);
    },
  },
  {
    name: 'of many configs at once a tenant gets no more versions than it may have',
    run: async ({ store, peer }) => {
      await store.create('shop', {}, T0);
      const stores = [store, await peer()];
      const puts = Array.from({ length: 12 }, (_, i) =>
        stores[i % 2]!.putConfig('shop', { i }, T0, { versionsMax: 4 }).catch(isBusy),
      );
      const stored = (await Promise.all(puts)).filter((one) => one !== false && one?.status === 'stored');
      assert.is(stored.length, 3);
      assert.is((await store.get('shop'))?.configVersion, 4);
      const late = await store.putConfig('shop', {}, T0, { versionsMax: 4 });
      assert.equal(late, { status: 'full', configVersion: 4 });
      assert.is((await store.putConfig('shop', {}, T0, { versionsMax: 5 }))?.status, 'stored');
    },
  },
  {
    name: 'a hash that is taken cannot become another tenant’s',
    run: async ({ store }) => {
      await store.addKey(key('k1'));
      let taken = false;
      await store.addKey(key('k2', { tenantId: 'other', hash: 'hash-of-k1' })).catch(() => {
        taken = true;
      });
      assert.ok(taken);
      assert.is((await store.findKey('hash-of-k1', 'api'))?.tenantId, 'shop');
      assert.equal(await store.listKeys('other', 'api'), []);
    },
  },
  {
    name: 'a key is revoked once, by its own tenant, and stays to be seen',
    run: async ({ store, peer }) => {
      await store.addKey(key('k1'));
      await store.addKey(key('k1', { tenantId: 'other', hash: 'h2' }));
      assert.is(await store.revokeKey('nobody', 'api', 'k1', T0 + 5), false);
      assert.is(await store.revokeKey('shop', 'api', 'k9', T0 + 5), false);
      assert.is((await store.findKey('hash-of-k1', 'api'))?.revokedAt, null);
      assert.ok(await store.revokeKey('shop', 'api', 'k1', T0 + 6));
      assert.is(await store.revokeKey('shop', 'api', 'k1', T0 + 7), false);
      assert.is((await (await peer()).findKey('hash-of-k1', 'api'))?.revokedAt, T0 + 6);
      assert.equal(
        (await store.listKeys('shop', 'api')).map((one) => one.revokedAt),
        [T0 + 6],
      );
      assert.is((await store.findKey('h2', 'api'))?.revokedAt, null, 'the other tenant’s key of that id');
    },
  },
  {
    name: 'a store that works passes its check',
    run: async ({ store }) => store.check(),
  },
];
