/** Processes of the service are killed, stopped and overloaded: no accepted run, config, key or artifact is lost. */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesIn, inFolder } from '../../cli/testing/sandbox.ts';
import { type EmbeddedStores, openEmbeddedStores } from '../../stores/embedded/index.ts';
import { CONFIG } from '../../worker/testing/worker-harness.ts';
import { type Answer, call, eventually, ServiceProcess } from './service.ts';

/** Processes that a failed test would leave behind. */
const processes: ServiceProcess[] = [];
function started(...args: ConstructorParameters<typeof ServiceProcess>): ServiceProcess {
  const one = new ServiceProcess(...args);
  processes.push(one);
  return one;
}
test.after.each(async () => {
  await Promise.all(processes.splice(0).map((one) => one.stop('SIGKILL')));
});

const RUN = 'run-1';
const BASE = `objects/${RUN}/tenants/shop/`;
/** Short enough to see a dead worker's job come back in a test, and long enough for a busy machine. */
const SHORT = {
  WORKER_VISIBILITY_TIMEOUT_SECONDS: '8',
  WORKER_VISIBILITY_HEARTBEAT_SECONDS: '1',
  API_KEYS: 'k'.repeat(32),
};

function feed(rows: number, offset: number): string {
  let text = 'sku,quantity_available,cost,title\n';
  for (let i = 0; i < rows; i++)
    text += `S${(i * 7919 + offset) % 1_000_003},${i % 50},${i % 900}.25,Part number ${i}\n`;
  return text;
}

const BIG = feed(80_000, 0);
/** Enough rows for a run that takes seconds. */
const LARGER = 300_000;

async function withStores<T>(root: string, use: (stores: EmbeddedStores) => Promise<T>): Promise<T> {
  const clock = { wall: () => Date.now() };
  const secret = new Uint8Array(32);
  const stores = await openEmbeddedStores({ root, clock, createId: randomUUID, signingSecret: secret, baseUrl: '' });
  try {
    return await use(stores);
  } finally {
    stores.close();
  }
}

/** Puts the tenant, its feeds and a queued run into the stores. */
async function prepare(stores: EmbeddedStores, text: string): Promise<void> {
  await stores.tenants.create('shop', CONFIG, Date.now());
  for (const vendor of ['acme', 'bolt']) {
    const sink = await stores.artifacts.write(`tenants/shop/inbound/${vendor}/feed.csv`);
    await sink.write(
      new TextEncoder().encode(`${text}${vendor},1,2.50,A part\n${vendor === 'acme' ? 'BAD,one,2,A part\n' : ''}`),
    );
    await sink.close();
  }
  const run = { runId: RUN, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: Date.now() };
  await stores.runs.create(run);
  await stores.queue.send({ run_id: RUN, tenant_id: 'shop', vendors: [], config_version: 1 });
}

/**
 * Hashes of a run's artifacts except the summary. The time of the run's first start, which rows without a timestamp get in every
 * attempt, is replaced by a word.
 */
function digests(root: string, startedAt: number): Record<string, string> {
  const folder = path.join(root, BASE);
  const all = filesIn(folder).filter((name) => !name.endsWith('run_summary.json'));
  return Object.fromEntries(
    all.map((name) => {
      const start = new Date(startedAt).toISOString().slice(0, 19);
      const text = fs.readFileSync(path.join(folder, name), 'latin1').replaceAll(start, 'START');
      const lasting = name.endsWith('input_manifest.json') ? text.replace(/"(etag|last_modified)".*/g, '') : text;
      return [name, createHash('sha256').update(lasting, 'latin1').digest('hex')];
    }),
  );
}

const ended = async (stores: EmbeddedStores) => ['SUCCEEDED', 'FAILED'].includes((await stores.runs.get(RUN))!.status);

const isEmpty = ({ visible, inFlight }: { visible: number; inFlight: number }) => visible + inFlight === 0;

// the presence of an artifact shows how far the run is
const STAGES = {
  FETCH_INPUTS: 'reports/config_snapshot.json',
  NORMALIZE: 'reports/input_manifest.json',
  MERGE_PRICE: 'normalized/bolt/normalized.csv',
  WRITE_OUTPUTS: 'outputs/merged_inventory.csv',
  COMPLETE: 'reports/run_summary.json',
};

/** Too short to hit: a kill may come after the end of the run. */
const SHORT_STAGES = ['WRITE_OUTPUTS', 'COMPLETE'];
/** A busy machine may miss other stages too, so a kill is tried again. */
const TRIES_MAX = 5;

test('if a worker is killed at any stage of a run, another finishes it with the same bytes', () =>
  inFolder(async (folder) => {
    const undisturbed = path.join(folder, 'undisturbed');
    const reference = withStores(undisturbed, async (stores) => {
      await prepare(stores, BIG);
      const worker = started('worker', undisturbed, SHORT);
      await eventually(() => ended(stores), 100);
      assert.is(await worker.stop('SIGTERM'), 0);
      const run = (await stores.runs.get(RUN))!;
      assert.is(run.status, 'SUCCEEDED');
      return digests(undisturbed, run.startedAt!);
    });
    /** Hashes of a run whose worker was killed; null if the kill came too late for the stage. */
    const disturb = (stage: string, artifact: string, root: string) =>
      withStores(root, async (stores) => {
        await prepare(stores, BIG);
        const first = started('worker', root, SHORT);
        await eventually(() => fs.existsSync(path.join(root, BASE, artifact)), 1);
        const far = Object.keys(STAGES).indexOf(stage);
        await eventually(async () => Object.keys(STAGES).indexOf((await stores.runs.get(RUN))!.stage!) >= far, 1);
        assert.is(await first.stop('SIGKILL'), 'SIGKILL');
        const left = (await stores.runs.get(RUN))!;
        if (`${left.status} ${left.stage}` !== `RUNNING ${stage}` && !SHORT_STAGES.includes(stage)) return null;
        const second = started('worker', root, SHORT);
        await eventually(() => ended(stores), 100);
        await second.event('worker_started');
        // if the worker was killed before it deleted the message, that comes back once the lease has ended
        await eventually(async () => isEmpty(await stores.queue.depth()), 100);
        assert.is(await second.stop('SIGTERM'), 0);
        const run = (await stores.runs.get(RUN))!;
        assert.is(run.status, 'SUCCEEDED', stage);
        assert.is(run.attempt, left.status === 'RUNNING' ? 2 : 1, stage);
        assert.equal(await stores.queue.depth(), { visible: 0, inFlight: 0 }, stage);
        assert.ok(run.artifacts.run_summary);
        return digests(root, run.startedAt!);
      });
    const disturbed = Object.entries(STAGES).map(async ([stage, artifact]) => {
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const found = await disturb(stage, artifact, path.join(folder, `${stage}-${tries}`));
        if (found !== null) return found;
      }
      throw new Error(`no worker was met at ${stage}`);
    });
    // the folder is removed next, so wait until no worker writes
    const all = await Promise.allSettled([reference, ...disturbed]);
    const [wanted, ...found] = all.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
    for (const [i, one] of found.entries()) assert.equal(one, wanted, Object.keys(STAGES)[i]!);
  }));

test('on SIGTERM during a run the worker exits with 0 at once, hands the run back, and the next worker finishes it', () =>
  inFolder((root) =>
    withStores(root, async (stores) => {
      await prepare(stores, BIG);
      const first = started('serve', root, { ...SHORT, WORKER_GRACE_SECONDS: '0' });
      await eventually(() => fs.existsSync(path.join(root, BASE, STAGES.NORMALIZE)), 1);
      assert.is(await first.stop('SIGTERM'), 0);
      const run = (await stores.runs.get(RUN))!;
      assert.is(run.status, 'QUEUED');
      assert.equal(await stores.queue.depth(), { visible: 1, inFlight: 0 });
      assert.equal(filesIn(path.join(root, 'scratch')), []);
      const second = started('worker', root, SHORT);
      await eventually(() => ended(stores), 100);
      assert.is(await second.stop('SIGTERM'), 0);
      assert.is((await stores.runs.get(RUN))!.status, 'SUCCEEDED');
    }),
  ));

async function runToEnd(origin: string, key: string, id: string): Promise<Answer> {
  let answer = await call({ origin, key }, 'GET', `/v1/runs/${id}`);
  await eventually(async () => {
    answer = await call({ origin, key }, 'GET', `/v1/runs/${id}`);
    return answer.body.status === 'SUCCEEDED' || answer.body.status === 'FAILED';
  }, 100);
  return answer;
}

test('if serve is killed after 202, nothing accepted is lost; one of a hundred runs wins; the admin key is shown once', () =>
  inFolder(async (root) => {
    const env = { WORKER_VISIBILITY_TIMEOUT_SECONDS: '5', WORKER_VISIBILITY_HEARTBEAT_SECONDS: '1' };
    const first = started('serve', root, env);
    let origin = await first.origin();
    const keys = first.stdout.match(/rk_admin_[\w-]+/g) ?? [];
    assert.is(keys.length, 1);
    const admin = keys[0]!;
    assert.not.match(first.stderr, /rk_admin/);
    for (const key of [null, 'rk_admin_wrong']) {
      for (const route of [
        '/v1/tenants/shop',
        '/v1/runs',
        '/v1/plugins',
        '/v1/ready',
        '/metrics',
        '/v1/openapi.json',
      ]) {
        const { status } = await call({ origin, key }, 'GET', route);
        assert.is(status, 401, route);
      }
      assert.is((await call({ origin, key }, 'POST', '/v1/tenants', CONFIG)).status, 401);
      assert.is((await call({ origin, key }, 'POST', '/v1/runs', {})).status, 401);
    }
    assert.is((await call({ origin, key: admin }, 'POST', '/v1/tenants', CONFIG)).status, 201);
    const made = await call({ origin, key: admin }, 'POST', '/v1/tenants/shop/keys', { name: 'shop' });
    assert.is(made.status, 201);
    const key = made.body.key as string;
    for (const vendor_id of ['acme', 'bolt']) {
      const upload = { vendor_id, filename: 'feed.csv' };
      const { body } = await call({ origin, key }, 'POST', '/v1/tenants/shop/uploads', upload);
      const put = await fetch(body.url, { method: 'PUT', headers: body.headers, body: feed(2000, 5) });
      assert.is(put.status, 200);
    }
    const start = { tenant_id: 'shop', run_type: 'inventory_sync' };
    const { body: early } = await call({ origin, key }, 'POST', '/v1/runs', start);
    assert.is((await runToEnd(origin, key, early.run_id)).body.status, 'SUCCEEDED');
    // the next run must outlast the hundred requests: if it ended earlier, another could start
    const { body: larger } = await call({ origin, key }, 'POST', '/v1/tenants/shop/uploads', {
      vendor_id: 'acme',
      filename: 'larger.csv',
    });
    const { status } = await fetch(larger.url, { method: 'PUT', headers: larger.headers, body: feed(LARGER, 5) });
    assert.is(status, 200);

    const answers = await Promise.all(
      Array.from({ length: 100 }, () => call({ origin, key: admin }, 'POST', '/v1/runs', start)),
    );
    assert.is(await first.stop('SIGKILL'), 'SIGKILL');
    const won = answers.filter(({ status }) => status === 202);
    const lost = answers.filter(({ status }) => status === 409);
    assert.equal([won.length, lost.length], [1, 99]);
    const id = won[0]!.body.run_id;
    assert.ok(lost.every(({ body }) => body.error === 'TENANT_ALREADY_RUNNING' && body.active_run_id === id));

    const last = started('serve', root, env);
    origin = await last.origin();
    assert.is(last.stdout, '', 'the admin key is not shown again');
    assert.is((await call({ origin, key: admin }, 'GET', '/v1/tenants/shop')).status, 200);
    const config = await call({ origin, key }, 'GET', '/v1/tenants/shop/config');
    assert.equal(config.body.config ?? config.body, CONFIG);
    assert.is((await runToEnd(origin, key, id)).body.status, 'SUCCEEDED');
    for (const [one, rows] of [
      [early.run_id, 2000],
      [id, LARGER],
    ]) {
      const { body } = await call({ origin, key }, 'GET', `/v1/runs/${one}/artifacts`);
      const merged = await fetch(body.merged_inventory);
      assert.is(merged.status, 200);
      assert.is((await merged.text()).split('\n').length, rows + 2);
    }
    assert.is(await last.stop('SIGTERM'), 0);
  }));

test.run();
