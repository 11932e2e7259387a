/** `relay prune` on a data folder: what it removes and reports, which bytes it recounts, and which removal notes stay. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { movePublication } from '../../core/pipeline/publications.ts';
import { readServiceSettings } from '../service/settings.ts';
import { openStores, type ServiceStores } from '../service/stores.ts';
import { inFolder, relay } from '../testing/sandbox.ts';

const OLD = Date.now() - 200 * 24 * 3600_000;

async function withStores(use: (stores: ServiceStores, prune: () => Promise<string>) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const env = { RELAY_DATA_DIR: folder };
    const stores = await openStores(readServiceSettings(env), { wall: () => Date.now() });
    await stores.tenants.create('shop', { v: 1 }, OLD);
    const prune = async () => {
      const { code, stdout, stderr } = await relay(['prune'], env);
      assert.is(code, 0, stderr);
      return stdout + stderr;
    };
    try {
      await use(stores, prune);
    } finally {
      stores.close();
    }
  });
}

async function put({ artifacts }: ServiceStores, key: string, text: string): Promise<void> {
  const sink = await artifacts.write(key, { contentType: 'text/plain' });
  await sink.write(new TextEncoder().encode(text));
  await sink.close();
}

/** Makes an old run with one artifact of four bytes. */
async function oldRun(stores: ServiceStores, runId: string, at: number): Promise<void> {
  const { runs } = stores;
  await runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: at });
  await put(stores, `${runId}/tenants/shop/feed`, 'feed');
  await runs.claim(runId, 'w', at, 1000);
  assert.ok(await runs.finish({ runId, attempt: 1 }, { status: 'SUCCEEDED' }, at));
}

test('stored bytes that were counted wrongly, or not at all, are recounted', () =>
  withStores(async (stores, prune) => {
    for (const [i, id] of ['r1', 'r2'].entries()) await oldRun(stores, id, OLD + i);
    await put(stores, 'tenants/shop/inbound/acme/feed.csv', '1234567');
    await stores.usage.addStored('shop', 5000);
    assert.match(await prune(), /^shop: removed 1 run with 1 object \(4 bytes\)\n$/);
    const { bytes, countedAt } = await stores.usage.storedBytes('shop');
    assert.is(bytes, 7 + 4, 'the upload, and the run that stays');
    assert.ok(countedAt! > OLD);
    assert.match(await prune(), /^Nothing to remove: RETENTION_DAYS is/);
  }));

test('many removal notes of a run in use do not block other notes', () =>
  withStores(async (stores, prune) => {
    const { retention, artifacts } = stores;
    for (const [i, id] of ['r1', 'r2', 'r3'].entries()) await oldRun(stores, id, OLD + i);
    const about = {
      key: 'k',
      etag: 'e',
      sha256: 's',
      format: 'csv',
      rows: 1,
      config_version: 1,
      reason: null,
    } as const;
    await movePublication(artifacts, 'shop', null, {
      ...about,
      run_id: 'r1',
      published_at: new Date(OLD).toISOString(),
    });
    for (const id of ['r1', 'r2']) assert.ok(await retention.expireRun(id, OLD));
    await prune();
    assert.equal(await retention.expiredRuns(9), [{ runId: 'r1', tenantId: 'shop' }]);
    assert.is(await artifacts.head('r2/tenants/shop/feed'), null);
    assert.ok((await artifacts.head('r1/tenants/shop/feed')) !== null);
  }));

test('old dead letters are removed with the runs; recent ones stay', () =>
  withStores(async (stores, prune) => {
    const { queue } = stores;
    const send = (runId: string) => queue.send({ run_id: runId, tenant_id: 'shop', vendors: [], config_version: 1 });
    const { now } = Date;
    try {
      Date.now = () => OLD;
      await send('r1');
      await receiveThrice(stores);
      Date.now = now;
      await send('r2');
      await receiveThrice(stores);
    } finally {
      Date.now = now;
    }
    const letters = async () => (await queue.deadLetters!.list(9)).map(({ job }) => job?.run_id);
    assert.equal(await letters(), ['r1', 'r2']);
    await prune();
    assert.equal(await letters(), ['r2']);
  }));

async function receiveThrice({ queue }: ServiceStores): Promise<void> {
  for (let times = 0; times < 4; times++) {
    for (const { receipt } of await queue.receive({ max: 9, visibilitySeconds: 30, waitSeconds: 0 }))
      await queue.release(receipt, 0);
  }
}

test.run();
