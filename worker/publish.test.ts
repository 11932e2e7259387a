/** A run that succeeds publishes exactly once, whatever stops its worker. Publications have one order. */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  findPublication,
  movePublication,
  type Publication,
  readCurrent,
  readPublication,
} from '../core/pipeline/publications.ts';
import type { ArtifactStore } from '../core/ports/service/objects.ts';
import { handleDelivery } from './job.ts';
import { publishedRun } from './retention/retention.ts';
import {
  busy,
  CONFIG,
  onWrite,
  TENANT,
  type WorkerHarness,
  withMethods,
  withWorker,
} from './testing/worker-harness.ts';

const CURRENT = `tenants/${TENANT}/current.json`;

async function published(harness: WorkerHarness): Promise<Publication | null> {
  return (await readCurrent(harness.stores.artifacts, TENANT))?.publication ?? null;
}

/** The runs of all publications, after a check that `current.json` is the last of them. */
async function history(harness: WorkerHarness): Promise<string[]> {
  const current = await published(harness);
  const ids: string[] = [];
  for (let n = 1; n <= (current?.sequence ?? 0); n++) {
    const one = await readPublication(harness.stores.artifacts, TENANT, n);
    assert.is(one?.sequence, n);
    ids.push(one!.run_id);
    if (n === current!.sequence) assert.equal(one, current);
  }
  assert.is(await readPublication(harness.stores.artifacts, TENANT, ids.length + 1), null);
  return ids;
}

async function succeed(harness: WorkerHarness, id: string): Promise<void> {
  await harness.start(id);
  await harness.handleNext();
  assert.is((await harness.run(id)).status, 'SUCCEEDED');
}

/** Publishes the current feed again, as another person's rollback would. */
async function rollBack(harness: WorkerHarness): Promise<void> {
  const { artifacts } = harness.stores;
  const current = (await readCurrent(artifacts, TENANT))!;
  const { sequence, ...rest } = current.publication;
  assert.ok(sequence);
  const published_at = new Date(harness.time + 1).toISOString();
  await movePublication(artifacts, TENANT, current, { ...rest, published_at, reason: 'back' });
}

async function withGuardrails(harness: WorkerHarness): Promise<void> {
  await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, publish: {} }, harness.time);
}

async function startVersion2(harness: WorkerHarness, runId: string, force = false): Promise<void> {
  const made = { runId, tenantId: TENANT, configVersion: 2, vendors: [], force, now: harness.time };
  const reason = force ? { forceReason: 'checked' } : {};
  assert.is((await harness.stores.runs.create({ ...made, ...reason })).status, 'created');
  await harness.stores.queue.send({ run_id: runId, tenant_id: TENANT, vendors: [], config_version: 2 });
}

/** Handles messages until the run has ended. */
async function finish(harness: WorkerHarness, id: string): Promise<string> {
  for (let tries = 0; tries < 8; tries++) {
    const delivery = await harness.receive();
    if (delivery !== null) await handleDelivery(harness.deps({}, { workerId: 'w2' }), delivery);
    const { status } = await harness.run(id);
    if (status === 'SUCCEEDED' || status === 'FAILED') return status;
    harness.time += 310_000;
  }
  return (await harness.run(id)).status;
}

test(
  'runs publish in order, and record what they published',
  withWorker(async (harness) => {
    assert.is(await published(harness), null);
    await succeed(harness, 'r1');
    const feed = (await harness.artifactsOf('r1'))['outputs/merged_inventory.csv']!;
    const key = `r1/tenants/${TENANT}/outputs/merged_inventory.csv`;
    assert.equal(await published(harness), {
      ...{ sequence: 1, run_id: 'r1', key, format: 'csv', rows: 3, reason: null, config_version: 1 },
      etag: (await harness.stores.artifacts.head(key))!.etag,
      sha256: createHash('sha256').update(feed).digest('hex'),
      published_at: new Date(harness.time).toISOString(),
    });
    assert.equal([...(await publishedRun(harness.stores.artifacts)(TENANT))], ['r1']);
    await succeed(harness, 'r2');
    assert.equal(await history(harness), ['r1', 'r2']);
    // without `publish` a run has no baseline
    assert.not('baseline' in JSON.parse((await harness.artifactsOf('r2'))['reports/input_manifest.json']!));
  }),
);

test(
  'a run that failed, was cancelled, or covers only some vendors publishes nothing',
  withWorker(async (harness) => {
    await succeed(harness, 'r1');
    const vendors = ['acme'];
    await harness.stores.runs.create({
      ...{ runId: 'r2', tenantId: TENANT, configVersion: 1, vendors, force: false, now: harness.time },
    });
    await harness.stores.queue.send({ run_id: 'r2', tenant_id: TENANT, vendors, config_version: 1 });
    await harness.handleNext();
    assert.is((await harness.run('r2')).status, 'SUCCEEDED');
    await harness.start('r3');
    const artifacts = onWrite(harness.stores.artifacts, 'merged_inventory.csv', async () => {
      await harness.stores.runs.requestCancel('r3');
    });
    await harness.handleNext(harness.deps({ artifacts }));
    assert.is((await harness.run('r3')).errorCode, 'CANCELLED');
    await harness.stores.artifacts.remove(`tenants/${TENANT}/inbound/acme/feed.csv`);
    await harness.start('r4');
    await harness.handleNext();
    assert.is((await harness.run('r4')).errorCode, 'REQUIRED_VENDOR_MISSING');
    assert.equal(await history(harness), ['r1']);
  }),
);

test(
  'a run that names all vendors publishes',
  withWorker(async (harness) => {
    const vendors = ['acme', 'bolt'];
    await harness.stores.runs.create({
      ...{ runId: 'r1', tenantId: TENANT, configVersion: 1, vendors, force: false, now: harness.time },
    });
    await harness.stores.queue.send({ run_id: 'r1', tenant_id: TENANT, vendors, config_version: 1 });
    await harness.handleNext();
    assert.equal(await history(harness), ['r1']);
  }),
);

/** The last writes of a run that is not the first to publish. */
const LAST_WRITES = ['run_summary.json', 'publications/2.json', 'current.json'];

/** A store whose write of one key fails, before or after it took effect. */
function breaking(store: ArtifactStore, end: string, when: 'before' | 'after'): ArtifactStore {
  let isBroken = false;
  return withMethods(store, {
    write: async (key, options) => {
      const sink = await store.write(key, options);
      if (!key.endsWith(end) || isBroken) return sink;
      const close = async () => {
        isBroken = true;
        if (when === 'after') await sink.close();
        throw busy();
      };
      return { write: (bytes) => sink.write(bytes), abort: () => sink.abort(), close };
    },
  });
}

for (const end of LAST_WRITES) {
  for (const when of ['before', 'after'] as const) {
    test(
      `a worker that stops ${when} the write of ${end} leaves one publication, and the retry repeats no work`,
      withWorker(async (harness) => {
        await succeed(harness, 'r1');
        await harness.start('r2');
        const artifacts = breaking(harness.stores.artifacts, end, when);
        await harness.handleNext(harness.deps({ artifacts }));
        assert.is((await harness.run('r2')).status, 'QUEUED');
        const before = await harness.artifactsOf('r2');
        assert.is(await finish(harness, 'r2'), 'SUCCEEDED');
        assert.equal(await history(harness), ['r1', 'r2']);
        const run = await harness.run('r2');
        assert.equal([run.counts?.merged, run.counts?.rows, run.attempt], [3, 4, 2]);
        assert.ok(run.artifacts.merged_inventory && run.artifacts.run_summary);
        if (end !== 'run_summary.json' || when === 'after') assert.equal(await harness.artifactsOf('r2'), before);
        await succeed(harness, 'r3');
        assert.equal(await history(harness), ['r1', 'r2', 'r3']);
      }),
    );
  }
}

test(
  'a run without a comparison carries a vendor’s file over from one publication, in every attempt',
  withWorker(async (harness) => {
    const [acme, bolt] = CONFIG.vendors;
    const vendors = [{ ...acme, on_trouble: { missing: 'carry_over' } }, bolt];
    await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, vendors }, harness.time);
    await succeed(harness, 'r1');
    const first = (await readCurrent(harness.stores.artifacts, TENANT))!.publication;
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA2,8,40\n');
    await succeed(harness, 'r2');
    await harness.stores.artifacts.remove(`tenants/${TENANT}/inbound/acme/feed.csv`);
    const artifacts = onWrite(harness.stores.artifacts, 'merged_inventory.csv', async () => {
      const current = await readCurrent(harness.stores.artifacts, TENANT);
      const { sequence: _, ...earlier } = first;
      const published_at = new Date(harness.time + 1).toISOString();
      await movePublication(harness.stores.artifacts, TENANT, current, { ...earlier, published_at, reason: 'back' });
      throw busy();
    });
    await startVersion2(harness, 'r3');
    await harness.handleNext(harness.deps({ artifacts }));
    assert.is((await harness.run('r3')).status, 'QUEUED');
    const pinned = JSON.parse((await harness.artifactsOf('r3'))['reports/input_manifest.json']!).carry_over_source;
    assert.is(pinned.run_id, 'r2');
    assert.is(await finish(harness, 'r3'), 'SUCCEEDED');
    const files = await harness.artifactsOf('r3');
    assert.match(files['outputs/merged_inventory.csv']!, /^A2,acme,8,49\.20$/m);
    const manifest = JSON.parse(files['reports/input_manifest.json']!);
    assert.equal([manifest.vendors.acme.carried_over.run_id, manifest.carry_over_source], ['r2', pinned]);
    assert.not('baseline' in manifest);
    assert.equal(await history(harness), ['r1', 'r2', 'r1', 'r3']);
  }),
);

for (const ending of ['cancel', 'poison', 'exhausted'] as const) {
  test(
    `a run that has published is finished, not failed: ${ending}`,
    withWorker(async (harness) => {
      await succeed(harness, 'r1');
      await harness.start('r2');
      const artifacts = breaking(harness.stores.artifacts, 'current.json', 'after');
      await harness.handleNext(harness.deps({ artifacts }));
      assert.is((await harness.run('r2')).status, 'QUEUED');
      if (ending === 'cancel') await harness.stores.runs.requestCancel('r2');
      harness.time += 310_000;
      const delivery = (await harness.receive())!;
      const given = ending === 'poison' ? { ...delivery, receiveCount: 5 } : delivery;
      // a handed-back run gets a new message, whatever the count of the old one
      await handleDelivery(harness.deps({}, ending === 'exhausted' ? { attemptsMax: 1 } : {}), given);
      assert.is(await finish(harness, 'r2'), 'SUCCEEDED');
      assert.equal(await history(harness), ['r1', 'r2']);
    }),
  );
}

test(
  'a worker that stalled before it published and wakes after another has changes nothing',
  withWorker(async (harness) => {
    await succeed(harness, 'r1');
    await harness.start('r2');
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let reach = () => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const artifacts = withMethods(harness.stores.artifacts, {
      write: async (key, options) => {
        const sink = await harness.stores.artifacts.write(key, options);
        if (key !== CURRENT) return sink;
        const close = async () => {
          reach();
          await gate;
          return sink.close();
        };
        return { write: (bytes) => sink.write(bytes), abort: () => sink.abort(), close };
      },
    });
    const first = handleDelivery(harness.deps({ artifacts }), (await harness.receive())!);
    await reached;
    harness.time += 310_000;
    assert.is(await finish(harness, 'r2'), 'SUCCEEDED');
    await rollBack(harness);
    goOn();
    await first;
    assert.equal(await history(harness), ['r1', 'r2', 'r2']);
    assert.is((await published(harness))?.reason, 'back');
  }),
);

test(
  'a run with `publish`, and its retry, are compared with the same published feed',
  withWorker(async (harness) => {
    await succeed(harness, 'r1');
    const first = await published(harness);
    await withGuardrails(harness);
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\n');
    await startVersion2(harness, 'r2');
    const artifacts = breaking(harness.stores.artifacts, 'delta.csv', 'before');
    await harness.handleNext(harness.deps({ artifacts }));
    assert.is((await harness.run('r2')).status, 'QUEUED');
    assert.is(await finish(harness, 'r2'), 'SUCCEEDED');
    const files = await harness.artifactsOf('r2');
    const { run_id, key, etag, sha256, published_at } = first!;
    assert.equal(JSON.parse(files['reports/input_manifest.json']!).baseline, {
      ...{ run_id, key, etag, sha256, published_at },
    });
    // a SKU that acme no longer lists goes out with quantity 0
    assert.match(files['outputs/merged_inventory.csv']!, /^A2,acme,0,/m);
    assert.match(files['outputs/delta.csv']!, /^zeroed,A2/m);
    assert.equal(await history(harness), ['r1', 'r2']);
  }),
);

test(
  'a run whose baseline moved fails with BASELINE_MOVED, even after a crash; a forced one publishes',
  withWorker(async (harness) => {
    await succeed(harness, 'r1');
    await withGuardrails(harness);
    for (const [id, end] of [
      ['r2', 'delta.csv'],
      ['r3', 'current.json'],
      ['r4', 'run_summary.json'],
    ] as const) {
      await startVersion2(harness, id);
      const moving = onWrite(harness.stores.artifacts, end, () => rollBack(harness));
      await harness.handleNext(harness.deps({ artifacts: moving }));
      const run = await harness.run(id);
      assert.equal([run.status, run.errorCode, run.failedStage], ['FAILED', 'BASELINE_MOVED', 'COMPLETE'], end);
      harness.time += 1000;
    }
    assert.equal(await history(harness), ['r1', 'r1', 'r1', 'r1']);
    await startVersion2(harness, 'r5', true);
    await harness.handleNext(
      harness.deps({ artifacts: onWrite(harness.stores.artifacts, 'delta.csv', () => rollBack(harness)) }),
    );
    assert.equal(await history(harness), ['r1', 'r1', 'r1', 'r1', 'r1', 'r5']);
    assert.is((await published(harness))?.reason, 'checked');
  }),
);

test(
  'without `publish`, a run that others overtook publishes after them',
  withWorker(async (harness) => {
    await succeed(harness, 'r1');
    await harness.start('r2');
    const artifacts = onWrite(harness.stores.artifacts, 'current.json', () => rollBack(harness));
    await harness.handleNext(harness.deps({ artifacts }));
    assert.is((await harness.run('r2')).status, 'SUCCEEDED');
    assert.equal(await history(harness), ['r1', 'r1', 'r2']);
  }),
);

test(
  'a removed baseline fails the run with a named error; a forced run starts afresh',
  withWorker(async (harness) => {
    await succeed(harness, 'r1');
    await withGuardrails(harness);
    await harness.stores.artifacts.remove((await published(harness))!.key);
    await startVersion2(harness, 'r2');
    await harness.handleNext();
    const run = await harness.run('r2');
    assert.is(run.errorCode, 'invalid_input');
    assert.match(
      run.errorMessage!,
      /the published feed of run r1 \(r1\/tenants\/shop\/outputs.* is gone: .*; a forced run starts without it$/,
    );
    await startVersion2(harness, 'r3', true);
    await harness.handleNext();
    assert.is((await harness.run('r3')).status, 'SUCCEEDED');
    assert.equal(await history(harness), ['r1', 'r3']);
  }),
);

test(
  'a run is compared with a baseline from a restored copy, under another ETag; a changed baseline fails it',
  withWorker(async (harness) => {
    await succeed(harness, 'r1');
    await withGuardrails(harness);
    const { key } = (await published(harness))!;
    const feed = (await harness.text(key))!;
    await harness.putObject(key, feed);
    await startVersion2(harness, 'r2');
    await harness.handleNext();
    assert.is((await harness.run('r2')).status, 'SUCCEEDED');
    await harness.putObject((await published(harness))!.key, feed.replace('A1', 'A0'));
    await startVersion2(harness, 'r3');
    await harness.handleNext();
    assert.is((await harness.run('r3')).errorCode, 'invalid_input');
    assert.equal(await history(harness), ['r1', 'r2']);
  }),
);

test(
  'many simultaneous publications get one number each',
  withWorker(async (harness) => {
    await succeed(harness, 'r1');
    const { artifacts } = harness.stores;
    const seen = (await readCurrent(artifacts, TENANT))!;
    const { sequence, ...rest } = seen.publication;
    assert.is(sequence, 1);
    const moves = [...'abcd'].map((run_id) => movePublication(artifacts, TENANT, seen, { ...rest, run_id }));
    const ended = await Promise.allSettled(moves);
    assert.is(ended.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const one of ended) if (one.status === 'rejected') assert.is(one.reason.code, 'precondition_failed');
    assert.is((await history(harness)).length, 2);
    const current = await readCurrent(artifacts, TENANT);
    const since = harness.time;
    assert.is((await findPublication(artifacts, TENANT, current, { runId: 'r1', since }))?.sequence, 1);
    assert.is(await findPublication(artifacts, TENANT, current, { runId: 'r1', since: since + 3_600_000 }), null);
  }),
);

test.run();
