/** Every setting reaches its part of the service. */
import fs from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createApp } from '../../api/app.ts';
import { stateOf } from '../../worker/retention/retention-sweep.ts';
import { inFolder } from '../testing/sandbox.ts';
import { openService, type Service } from './compose.ts';
import { questionScratchName, scratchName, tidyScratch } from './scratch.ts';
import { readServiceSettings } from './settings.ts';

const KEY = 'k'.repeat(32);

function inService(env: Record<string, string>, use: (service: Service, folder: string) => Promise<void>) {
  return inFolder(async (folder) => {
    const io = { stdout: () => {}, stderr: () => {}, isTTY: false, env: {} };
    const service = await openService(readServiceSettings({ RELAY_DATA_DIR: folder, API_KEYS: KEY, ...env }), io);
    try {
      await use(service, folder);
    } finally {
      service.stores.close();
    }
  });
}

const CONFIG = {
  tenant_id: 'shop',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: ['acme', 'bolt'].map((vendor_id) => ({ vendor_id, inbound: { type: 's3' }, parser: { format: 'csv' } })),
  pricing: { base_margin_pct: 0, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku'] },
};

function ask(service: Service, method: string, route: string, body?: unknown): Promise<Response> {
  const headers = { 'X-API-Key': KEY };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  return Promise.resolve(createApp(service.api).fetch(new Request(`http://relay.test${route}`, init)));
}

test('the calls of every store have a time limit', () =>
  inService({}, async ({ stores }) => {
    const { artifacts, tenants, runs, queue, usage, retention } = stores;
    for (const [name, store] of Object.entries({ artifacts, tenants, runs, queue, usage, retention })) {
      assert.ok(types.isProxy(store), name);
    }
  }));

test('limits hold in the API: vendors, bytes of a config', async () => {
  for (const [env, status] of [
    [{ LIMIT_VENDORS: '2' }, 201],
    [{ LIMIT_VENDORS: '1' }, 422],
    [{ LIMIT_CONFIG_BYTES: String(JSON.stringify(CONFIG).length) }, 201],
    [{ LIMIT_CONFIG_BYTES: String(JSON.stringify(CONFIG).length - 1) }, 413],
  ] as const) {
    await inService(env, async (service) => {
      assert.is((await ask(service, 'POST', '/v1/tenants', CONFIG)).status, status, JSON.stringify(env));
    });
  }
});

test('a worker removes runs that are older than RETENTION_DAYS', () =>
  inService({ RETENTION_DAYS: '2' }, async (service) => {
    const { runs, tenants, retention } = service.stores;
    await tenants.create('shop', CONFIG, 0);
    // the first sweep would only record the time
    const earlier = Date.now() - 3600_000;
    await retention.takeTurn('earlier', earlier, 1000);
    await retention.endTurn('earlier', stateOf({ cursor: null, at: earlier }), earlier);
    for (const [runId, days] of Object.entries({ old: 4, last: 3 })) {
      const now = Date.now() - days * 24 * 3600_000;
      await runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now });
      await runs.claim(runId, 'w1', now, 1000);
      await runs.finish({ runId, attempt: 1 }, { status: 'SUCCEEDED' }, now);
    }
    await service.worker.tidy(async () => false);
    for (let i = 0; i < 500 && (await runs.get('old')) !== null; i++) await new Promise((next) => setTimeout(next, 10));
    assert.is(await runs.get('old'), null);
    assert.ok((await runs.get('last')) !== null);
  }));

test('the service enforces quotas and the minimum of free disk space', async () => {
  const upload = (service: Service) =>
    ask(service, 'POST', '/v1/tenants/shop/uploads', { vendor_id: 'acme', filename: 'a.csv' });
  for (const [env, codes] of [
    [{ QUOTA_WAITING_UPLOADS: '1' }, [201, 201]],
    [{ QUOTA_STORED_BYTES: '2' }, [413]],
    [{ MIN_FREE_BYTES: String(2 ** 52) }, [503]],
    [{ MIN_FREE_BYTES: '0' }, [201]],
  ] as const) {
    await inService(env, async (service) => {
      await ask(service, 'POST', '/v1/tenants', CONFIG);
      if ('QUOTA_STORED_BYTES' in env) await service.stores.usage.addStored('shop', 2);
      for (const code of codes) assert.is((await upload(service)).status, code, JSON.stringify(env));
    });
  }
});

test('an upload may be as large as a feed, and its address is below PUBLIC_URL', () =>
  inService({ LIMIT_VENDOR_FILE_BYTES: '10', PUBLIC_URL: 'https://relay.example/base' }, async (service) => {
    await ask(service, 'POST', '/v1/tenants', CONFIG);
    const body = { vendor_id: 'acme', filename: 'a.csv' };
    const { url } = (await (await ask(service, 'POST', '/v1/tenants/shop/uploads', body)).json()) as { url: string };
    assert.ok(url.startsWith('https://relay.example/base/'), url);
    const put = (text: string) => service.stores.signedObjects!.fetch(new Request(url, { method: 'PUT', body: text }));
    assert.equal([(await put('x'.repeat(10))).status, (await put('x'.repeat(11))).status], [200, 413]);
  }));

test('the worker gets its settings', () =>
  inService({ WORKER_MAX_CONCURRENCY: '7', WORKER_ATTEMPTS_MAX: '9' }, async ({ worker }) => {
    assert.equal([worker.settings.maxConcurrency, worker.settings.attemptsMax], [7, 9]);
  }));

test('a message survives until the delivery that fails its run as poison', async () => {
  for (const [poison, deliveries] of [
    ['2', 3],
    ['5', 5],
  ] as const) {
    await inService({ WORKER_POISON_MAX_RECEIVES: poison }, async ({ stores: { queue } }) => {
      await queue.send({ run_id: 'r', tenant_id: 't', vendors: [], config_version: 1 });
      let received = 0;
      for (;;) {
        const [job] = await queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 0 });
        if (job === undefined) break;
        received++;
        await queue.release(job.receipt, 0);
      }
      assert.is(received, deliveries);
      assert.is((await queue.deadLetters.list(10)).length, 1);
    });
  }
});

test('metrics count waiting messages', () =>
  inService({}, async (service) => {
    await service.stores.queue.send({ run_id: 'r', tenant_id: 't', vendors: [], config_version: 1 });
    const text = await (await ask(service, 'GET', '/metrics')).text();
    assert.match(text, /^relay_queue_messages\{state="visible"\} 1$/m);
    assert.match(text, /^relay_queue_messages\{state="in_flight"\} 0$/m);
  }));

test('scratch folders of runs without a worker are removed', () =>
  inFolder(async (folder) => {
    const [live, dead] = [scratchName('run_1'), scratchName('run_2')];
    assert.not.equal(scratchName('run_1'), live);
    const asked = questionScratchName();
    for (const name of [live, dead, asked, `question-${2 ** 22}.x`]) {
      fs.mkdirSync(path.join(folder, name));
      fs.writeFileSync(path.join(folder, name, 'spill-0'), 'x');
    }
    await tidyScratch(folder, async (runId) => runId === 'run_1');
    assert.equal(
      fs.readdirSync(folder).sort(),
      [live, asked].sort(),
      'those of a live process and of a run at work stay',
    );
    await tidyScratch(path.join(folder, 'nothing'), async () => true);
  }));

test.run();
