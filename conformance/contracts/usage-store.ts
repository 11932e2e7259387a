/** What every `UsageStore` does: counts that never exceed their limit, however many come at once. */
import * as assert from 'uvu/assert';
import { T0 } from './run-subject.ts';
import type { ContractCase } from './support.ts';
import { type UpkeepSubject, waitingUpload } from './upkeep-subject.ts';

export const usageStoreCases: ReadonlyArray<ContractCase<UpkeepSubject>> = [
  {
    name: 'stored bytes are added for each tenant alone, and never fall below 0',
    run: async ({ usage, peer }) => {
      const other = await peer();
      assert.equal(await usage.storedBytes('shop'), { bytes: 0, files: 0, countedAt: null });
      assert.ok(await usage.addStored('shop', 70));
      assert.ok(await other.usage.addStored('shop', 7));
      assert.ok(await usage.addStored('another', 5));
      assert.is((await usage.storedBytes('shop')).bytes, 77);
      assert.ok(await usage.addStored('shop', -100));
      assert.is((await other.usage.storedBytes('shop')).bytes, 0);
      assert.is((await usage.storedBytes('another')).bytes, 5);
    },
  },
  {
    name: 'of many additions at once none goes over the limit, and none is lost',
    run: async ({ usage, peer }) => {
      const all = [usage, (await peer()).usage];
      const adds = await Promise.all(Array.from({ length: 20 }, (_, i) => all[i % 2]!.addStored('shop', 10, 105)));
      assert.is(adds.filter((one) => one).length, 10);
      assert.is((await usage.storedBytes('shop')).bytes, 100);
      assert.is(await usage.addStored('shop', 6, 105), false);
      assert.ok(await usage.addStored('shop', 5, 105));
      assert.ok(await usage.addStored('shop', 0, 10), 'nothing more is always possible');
      assert.ok(await usage.addStored('shop', -50, 10), 'less is always possible');
    },
  },
  {
    name: 'files are counted beside bytes, and neither changes the other',
    run: async ({ usage, peer }) => {
      const other = await peer();
      assert.ok(await usage.addStored('shop', 70));
      assert.ok(await other.usage.addFiles('shop', 3));
      assert.ok(await other.usage.addFiles('another', 1));
      assert.equal(await usage.storedBytes('shop'), { bytes: 70, files: 3, countedAt: null });
      assert.ok(await usage.addStored('shop', -1));
      assert.ok(await usage.addFiles('shop', -9));
      assert.equal(await other.usage.storedBytes('shop'), { bytes: 69, files: 0, countedAt: null });
    },
  },
  {
    name: 'of many files at once none goes over the limit, and none is lost',
    run: async ({ usage, peer }) => {
      const all = [usage, (await peer()).usage];
      const adds = await Promise.all(Array.from({ length: 12 }, (_, i) => all[i % 2]!.addFiles('shop', 1, 5)));
      assert.is(adds.filter((one) => one).length, 5);
      assert.is((await usage.storedBytes('shop')).files, 5);
      assert.is(await usage.addFiles('shop', 1, 5), false);
      assert.ok(await usage.addFiles('shop', -1, 0), 'less is always possible');
      assert.ok(await usage.addFiles('shop', 1, 5));
    },
  },
  {
    name: 'a count corrects the stored bytes, and does not undo what came meanwhile',
    run: async ({ usage }) => {
      await usage.addStored('shop', 50);
      await usage.correctStored('shop', { bytes: 30, files: 2 }, T0);
      assert.equal(await usage.storedBytes('shop'), { bytes: 80, files: 2, countedAt: T0 });
      await usage.addStored('shop', 1);
      await usage.correctStored('shop', { bytes: -200, files: -1 }, T0 + 1);
      assert.equal(await usage.storedBytes('shop'), { bytes: 0, files: 1, countedAt: T0 + 1 });
      await usage.correctStored('new', { bytes: 9, files: -3 }, T0);
      assert.equal(await usage.storedBytes('new'), { bytes: 9, files: 0, countedAt: T0 });
    },
  },
  {
    name: 'an upload waits, as it was noted, until it is closed',
    run: async ({ usage, peer }) => {
      const one = waitingUpload('a', { etagBefore: 'e1', sizeBefore: 12 });
      assert.ok(await usage.openUpload(one, 9));
      assert.ok(await usage.openUpload(waitingUpload('b', { tenantId: 'another' }), 9));
      assert.equal(await (await peer()).usage.listUploads('shop'), [one]);
      assert.is(await usage.closeUpload('shop', 'b'), false);
      assert.ok(await usage.closeUpload('shop', 'a'));
      assert.is(await usage.closeUpload('shop', 'a'), false);
      assert.equal(await usage.listUploads('shop'), []);
      assert.is((await usage.listUploads('another')).length, 1);
    },
  },
  {
    name: 'of many uploads at once no more wait than may',
    run: async ({ usage, peer }) => {
      const all = [usage, (await peer()).usage];
      const opened = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          all[i % 2]!.openUpload(waitingUpload(`k${i}`), 4).catch((error) => {
            assert.is(error.code, 'store_busy', String(error));
            return false;
          }),
        ),
      );
      assert.is(opened.filter((one) => one).length, 4);
      assert.is((await usage.listUploads('shop')).length, 4);
      assert.is(await usage.openUpload(waitingUpload('late'), 4), false);
      assert.ok(await usage.openUpload(waitingUpload('late', { tenantId: 'another' }), 4));
    },
  },
  {
    name: 'an upload to the same key is counted once, and the later one holds',
    run: async ({ usage }) => {
      assert.ok(await usage.openUpload(waitingUpload('a'), 2));
      assert.ok(await usage.openUpload(waitingUpload('b'), 2));
      const later = waitingUpload('a', { openedAt: T0 + 5, expiresAt: T0 + 999_000, etagBefore: 'e2', sizeBefore: 3 });
      assert.ok(await usage.openUpload(later, 2));
      assert.equal(
        (await usage.listUploads('shop')).find((one) => one.key === 'a'),
        later,
      );
      assert.is(await usage.openUpload(waitingUpload('c'), 2), false);
      assert.ok(await usage.closeUpload('shop', 'a'));
      assert.ok(await usage.openUpload(waitingUpload('a'), 2), 'a closed upload is opened again');
      assert.is((await usage.listUploads('shop')).length, 2);
    },
  },
  {
    name: 'an expired address no longer counts, and stays listed until it is removed',
    run: async ({ usage }) => {
      await usage.openUpload(waitingUpload('a', { expiresAt: T0 + 10 }), 2);
      await usage.openUpload(waitingUpload('b', { expiresAt: T0 + 20 }), 2);
      await usage.openUpload(waitingUpload('z', { tenantId: 'another', expiresAt: T0 + 10 }), 2);
      assert.is(await usage.openUpload(waitingUpload('c', { openedAt: T0 + 9 }), 2), false);
      assert.ok(await usage.openUpload(waitingUpload('c', { openedAt: T0 + 10 }), 2));
      assert.is((await usage.listUploads('shop')).length, 3);
      assert.is(await usage.removeUploads('shop', T0 + 10), 0);
      assert.is(await usage.removeUploads('shop', T0 + 11), 1);
      const left = (await usage.listUploads('shop')).map((one) => one.key);
      assert.equal(left.sort(), ['b', 'c']);
      assert.is((await usage.listUploads('another')).length, 1);
    },
  },
  {
    name: 'versions of a config are counted as they come and go',
    run: async ({ usage, tenants, retention }) => {
      assert.is(await usage.countVersions('shop'), 0);
      await tenants.create('shop', {}, T0);
      await tenants.create('another', {}, T0);
      assert.is(await usage.countVersions('shop'), 1);
      for (let i = 0; i < 3; i++) await tenants.putConfig('shop', { i }, T0);
      assert.is(await usage.countVersions('shop'), 4);
      assert.ok(await retention.removeConfigVersion('shop', 2));
      assert.is(await retention.removeConfigVersion('shop', 2), false);
      assert.is(await usage.countVersions('shop'), 3);
      assert.is((await tenants.putConfig('shop', {}, T0, { versionsMax: 3 }))?.status, 'full');
      const room = await tenants.putConfig('shop', {}, T0, { versionsMax: 4 });
      assert.equal(room, { status: 'stored', configVersion: 5 });
      assert.is(await usage.countVersions('shop'), 4);
      assert.ok(await retention.removeConfigVersion('shop', 3));
      assert.is(await usage.countVersions('shop'), 3);
      assert.is(await usage.countVersions('another'), 1);
    },
  },
];
