/** Retention on the embedded stores: what is removed, what is kept, and what a crash leaves. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../core/errors.ts';
import { movePublication, readCurrent } from '../../core/pipeline/publications.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import { DAY, depsOf, endOnce, objectsOf, prune, seen } from '../testing/old-runs.ts';
import { CONFIG, TENANT, type WorkerHarness, withMethods, withWorker } from '../testing/worker-harness.ts';
import { countStored, finishExpired, type InUse, inUse, publishedRun } from './retention.ts';

/** Works a whole run, then lets a day pass. */
async function runOnce(harness: WorkerHarness, runId: string, vendors: string[] = []): Promise<void> {
  const latest = (await harness.stores.tenants.get(TENANT))!.configVersion;
  const made = { runId, tenantId: TENANT, configVersion: latest, vendors, force: false, now: harness.time };
  assert.is((await harness.stores.runs.create(made)).status, 'created');
  await harness.stores.queue.send({ run_id: runId, tenant_id: TENANT, vendors, config_version: latest });
  await harness.handleNext();
  harness.time += DAY;
}

test(
  'old runs are removed with all artifacts; recent ones and the last that succeeded are kept',
  withWorker(async (harness) => {
    await runOnce(harness, 'r1');
    await runOnce(harness, 'r2');
    harness.time += 88 * DAY;
    const deps = depsOf(harness);
    const bytes = (await harness.stores.usage.storedBytes(TENANT)).bytes;
    assert.ok(bytes > 0, 'the runs were counted');
    const dry = await prune(deps, { dryRun: true });
    assert.equal([dry.runs, await seen(harness)], [0, ['r1', 'r2']]);
    harness.time += DAY / 2;
    const objects = await objectsOf(harness, 'r1');
    const planned = await prune(deps, { dryRun: true });
    assert.equal([planned.runs, planned.objects], [1, objects]);
    assert.is(await objectsOf(harness, 'r1'), objects);
    const pruned = await prune(deps);
    assert.equal(pruned, planned);
    assert.equal(await seen(harness), ['r2']);
    assert.is(await objectsOf(harness, 'r1'), 0);
    assert.is((await harness.stores.usage.storedBytes(TENANT)).bytes, bytes - pruned.bytes);
    harness.time += 1000 * DAY;
    assert.is((await prune(deps)).runs, 0, 'its feed is what the merchant takes');
    assert.ok((await objectsOf(harness, 'r2')) > 5);
    assert.ok((await harness.stores.artifacts.head(`tenants/${TENANT}/inbound/acme/feed.csv`)) !== null);
  }),
);

test(
  'the last run over all vendors is kept even if later ones over some vendors succeeded; failed runs are removed',
  withWorker(async (harness) => {
    await runOnce(harness, 'r1');
    await runOnce(harness, 'r2');
    await runOnce(harness, 'r3', ['acme']);
    await runOnce(harness, 'r4', ['acme']);
    await harness.putFeed('acme', 'no header that helps\n');
    await runOnce(harness, 'r5');
    assert.is((await harness.run('r5')).status, 'FAILED');
    harness.time += 200 * DAY;
    assert.is((await prune(depsOf(harness))).runs, 3);
    assert.equal(await seen(harness), ['r2', 'r4']);
    assert.is(await objectsOf(harness, 'r5'), 0);
  }),
);

test(
  'active runs and runs named as in use are kept, with their configs',
  withWorker(async (harness) => {
    await endOnce(harness, 'r1');
    await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, timezone: 'Europe/Berlin' }, harness.time);
    await endOnce(harness, 'r2');
    await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, timezone: 'Europe/Paris' }, harness.time);
    await endOnce(harness, 'r3');
    await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, timezone: 'Europe/Rome' }, harness.time);
    await endOnce(harness, 'r4');
    await harness.start('active');
    await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, timezone: 'Europe/Oslo' }, harness.time);
    harness.time += 400 * DAY;
    // as publishing does: the published run and its baseline
    const published: InUse = async (tenantId) => new Set(tenantId === TENANT ? ['r1'] : ['r3']);
    const deps = depsOf(harness);
    const extended = { ...deps, inUse: [...deps.inUse, published] };
    assert.equal([...(await inUse(extended, TENANT))].sort(), ['r1', 'r4']);
    const pruned = await prune(extended);
    assert.equal(await seen(harness), ['active', 'r1', 'r4']);
    assert.equal([pruned.runs, pruned.configVersions], [2, 2]);
    const versions = await deps.retention.configVersions(TENANT, 0, 99);
    assert.equal(
      versions.map((one) => one.configVersion),
      [1, 4, 5],
    );
    // `start` uses version 1: the active run can still be worked on
    await harness.handleNext();
    assert.is((await harness.run('active')).status, 'SUCCEEDED');
  }),
);

test(
  'a recently replaced config version is kept, and the newest always',
  withWorker(async (harness) => {
    const put = (n: number) => harness.stores.tenants.putConfig(TENANT, { ...CONFIG, n }, harness.time);
    await put(2);
    harness.time += 100 * DAY;
    await put(3);
    harness.time += 50 * DAY;
    // version 2 is old but was in force until 50 days ago
    assert.is((await prune(depsOf(harness), { dryRun: true })).configVersions, 1);
    assert.is((await prune(depsOf(harness))).configVersions, 1);
    assert.is(await harness.stores.tenants.getConfig(TENANT, 1), null);
    harness.time += 500 * DAY;
    assert.is((await prune(depsOf(harness))).configVersions, 1);
    assert.is((await harness.stores.tenants.getConfig(TENANT))?.configVersion, 3);
  }),
);

test(
  'config versions are removed across pages, except the needed ones among them',
  withWorker(async (harness) => {
    for (let n = 2; n <= 120; n++) {
      if (n === 105) await endOnce(harness, 'r104');
      await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, n }, harness.time);
    }
    harness.time += 200 * DAY;
    assert.is((await prune(depsOf(harness))).configVersions, 118);
    const kept = await harness.stores.retention.configVersions(TENANT, 0, 99);
    assert.equal(
      kept.map((one) => one.configVersion),
      [104, 120],
    );
  }),
);

test(
  'a process that dies between any two steps leaves no run without objects, and the next finishes the work',
  withWorker(async (harness) => {
    const died = new Error('killed');
    for (let at = 0; at <= 3; at++) {
      const old = `old${at}`;
      await endOnce(harness, old);
      await endOnce(harness, `new${at}`);
      harness.time += 200 * DAY;
      let left = at;
      const remove: ArtifactStore['remove'] = async (key) => {
        if (left-- === 0) throw died;
        return harness.stores.artifacts.remove(key);
      };
      const dies = depsOf(harness, { artifacts: withMethods(harness.stores.artifacts as ArtifactStore, { remove }) });
      await prune(dies).catch((error) => assert.is(error, died));
      for (const runId of await seen(harness)) {
        const { artifacts } = await harness.run(runId);
        for (const key of Object.values(artifacts)) {
          assert.ok((await harness.stores.artifacts.head(key)) !== null, `${runId} is seen, and lacks ${key}`);
        }
      }
      await finishExpired(depsOf(harness), 100);
      await prune(depsOf(harness));
      assert.equal(await seen(harness), [`new${at}`]);
      assert.is(await objectsOf(harness, old), 0);
      assert.equal(await harness.stores.retention.expiredRuns(10), []);
    }
  }),
);

test(
  'a count of stored bytes finds objects that were added or removed by hand',
  withWorker(async (harness) => {
    const { usage, artifacts } = harness.stores;
    await endOnce(harness, 'r1');
    await countStored(depsOf(harness), TENANT);
    const counted = await usage.storedBytes(TENANT);
    assert.is(counted.countedAt, harness.time);
    let sum = 0;
    for (const prefix of [`tenants/${TENANT}/`, `r1/tenants/${TENANT}/`]) {
      for (const { size } of (await artifacts.list(prefix)).objects) sum += size;
    }
    assert.is(counted.bytes, sum);
    await usage.addStored(TENANT, 777);
    await harness.putObject(`tenants/${TENANT}/side_files/map.csv`, '12345');
    await countStored(depsOf(harness), TENANT);
    assert.is((await usage.storedBytes(TENANT)).bytes, sum + 5);
  }),
);

test(
  'an object that arrives during a count is counted once, whether the count sees it or not',
  withWorker(async (harness) => {
    const { usage, artifacts } = harness.stores;
    await countStored(depsOf(harness), TENANT);
    const { bytes } = await usage.storedBytes(TENANT);
    for (const isSeen of [true, false]) {
      const arrive = async () => {
        await harness.putObject(`tenants/${TENANT}/side_files/${isSeen}.csv`, '12345');
        await usage.addStored(TENANT, 5);
      };
      let isFirst = true;
      const list: ArtifactStore['list'] = async (prefix, cursor, limit) => {
        if (!isFirst) return artifacts.list(prefix, cursor, limit);
        isFirst = false;
        if (isSeen) await arrive();
        const page = await artifacts.list(prefix, cursor, limit);
        if (!isSeen) await arrive();
        return page;
      };
      await countStored(depsOf(harness, { artifacts: withMethods(artifacts as ArtifactStore, { list }) }), TENANT);
      assert.is((await usage.storedBytes(TENANT)).bytes, bytes + (isSeen ? 5 : 10));
    }
    await usage.addStored(TENANT, -3);
    await countStored(depsOf(harness), TENANT);
    assert.is((await usage.storedBytes(TENANT)).bytes, bytes + 10);
  }),
);

test(
  'removal notes of runs in use move behind the others, so that they block none',
  withWorker(async (harness) => {
    for (const id of ['r1', 'r2', 'r3']) await endOnce(harness, id);
    const { retention } = harness.stores;
    for (const id of ['r1', 'r2', 'r3']) assert.ok(await retention.expireRun(id, harness.time++));
    const used: InUse = async () => new Set(['r1', 'r2']);
    const deps = depsOf(harness, { inUse: [used] });
    assert.is((await finishExpired(deps, 2)).objects, 0);
    harness.time++;
    assert.ok((await finishExpired(deps, 2)).objects > 0);
    assert.is(await objectsOf(harness, 'r3'), 0);
    assert.equal((await retention.expiredRuns(9)).length, 2);
  }),
);

test(
  'the runs of the last two publications are kept, and the one before is removed',
  withWorker(async (harness) => {
    for (const id of ['r1', 'r2', 'r3', 'r4']) await endOnce(harness, id);
    const { artifacts } = harness.stores;
    for (const id of ['r1', 'r2', 'r3']) {
      const next = { key: `${id}/feed.csv`, etag: 'e', sha256: 's', format: 'csv', rows: 1 } as const;
      const about = { run_id: id, published_at: '2026-01-01T00:00:00Z', config_version: 1, reason: null };
      await movePublication(artifacts, TENANT, await readCurrent(artifacts, TENANT), { ...next, ...about });
    }
    harness.time += 400 * DAY;
    await prune(depsOf(harness, { inUse: [publishedRun(artifacts)] }));
    assert.equal(await seen(harness), ['r2', 'r3']);
  }),
);

test(
  'a damaged manifest of a kept run keeps all corrected rows and the runs they are of, and says so; other old runs are removed',
  withWorker(async (harness) => {
    for (const id of ['r1', 'r2', 'r3', 'r4']) await endOnce(harness, id);
    const patch = `tenants/${TENANT}/patches/acme/ab12/r2/1.csv`;
    await harness.putObject(patch, 'sku\n');
    const manifest = `r4/tenants/${TENANT}/reports/input_manifest.json`;
    for (const text of ['{"vendors": {}', '{"vendors": {"acme": {"sha256": 7}}}']) {
      await harness.putObject(manifest, text);
      harness.time += 100 * DAY;
      const said: string[] = [];
      await prune(depsOf(harness), {
        onDamaged: (tenantId, error) => void said.push(tenantId, (error as RelayError).code),
      });
      assert.equal(
        [said, await seen(harness)],
        [
          [TENANT, 'invalid_input'],
          ['r2', 'r4'],
        ],
      );
      assert.ok((await harness.stores.artifacts.head(patch)) !== null);
    }
    await harness.putObject(manifest, '{"vendors": {"acme": {"sha256": "cd34"}}}');
    const { runs, patches } = await prune(depsOf(harness));
    assert.equal([runs, patches, await seen(harness)], [1, 1, ['r4']]);
  }),
);

test.run();
