/** A retry writes the same bytes, from the inputs that the first attempt pinned. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArtifactStore } from '../core/ports/service/objects.ts';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import type { Lease } from './lease.ts';
import {
  busy,
  configFor,
  onWrite,
  TENANT,
  type WorkerHarness,
  withMethods,
  withWorker,
} from './testing/worker-harness.ts';

const SUMMARY = 'reports/run_summary.json';

const withoutSummary = (artifacts: Record<string, string>) => {
  const { [SUMMARY]: summary, ...rest } = artifacts;
  return { summary, rest };
};

/** Writes of a run from its first stage to its last. */
const WRITES = [
  ...['config_snapshot.json', 'inbound/bolt/feed.csv', 'input_manifest.json', 'bolt/normalized.csv'],
  ...['merged_inventory.csv', 'run_summary.json'],
];

/** All files of a run but its summary, with its id and start time replaced by those of the first run. */
async function bytesOf(harness: WorkerHarness, id: string): Promise<string> {
  const { summary, rest } = withoutSummary(await harness.artifactsOf(id));
  assert.ok(summary);
  const started = new Date((await harness.run(id)).startedAt!).toISOString().slice(0, 19);
  return JSON.stringify(rest).replaceAll(/r\d+/g, 'run').replaceAll(started, '2026-11-01T06:00:00');
}

test(
  'a store that fails once in any stage sends the run back, and the second attempt writes the same bytes',
  withWorker(async (harness) => {
    // the same run without a failure
    await harness.start('r1');
    await harness.handleNext();
    const wanted = await bytesOf(harness, 'r1');
    let n = 2;
    for (const end of WRITES) {
      const id = `r${n++}`;
      harness.metrics.length = 0;
      const artifacts = onWrite(harness.stores.artifacts, end, () => {
        throw busy();
      });
      await harness.start(id);
      await harness.handleNext(harness.deps({ artifacts }));
      assert.equal([(await harness.run(id)).status, await harness.messages()], ['QUEUED', [0, 1, 0]], end);
      // the sweep must not take the delayed message for lost
      assert.is((await harness.run(id)).sentAt, harness.time + 30_000);
      const error = { name: 'WorkerError', value: 1, unit: 'Count' };
      assert.equal(harness.metrics, [{ ...error, dimensions: ['{"Environment":"test","error_type":"store_busy"}'] }]);
      harness.time += 30_000;
      await harness.handleNext();
      const run = await harness.run(id);
      assert.equal([run.status, run.attempt], ['SUCCEEDED', 2], end);
      assert.is(await bytesOf(harness, id), wanted, end);
    }
  }),
);

test(
  'a worker that must stop, in any stage, hands its run back at once; the next writes the same bytes',
  withWorker(async (harness) => {
    await harness.start('r1');
    await harness.handleNext();
    const wanted = await bytesOf(harness, 'r1');
    let n = 2;
    // once the summary is being written the run is finished
    for (const end of WRITES.slice(0, -1)) {
      const id = `r${n++}`;
      harness.time += 1000;
      let lease: Lease | null = null;
      const artifacts = onWrite(harness.stores.artifacts, end, () => lease!.stop('stopping'));
      await harness.start(id);
      await handleDelivery(harness.deps({ artifacts }), (await harness.receive())!, (one) => {
        lease = one;
      });
      assert.equal([(await harness.run(id)).status, await harness.messages()], ['QUEUED', [1, 0, 0]], end);
      harness.time += 1000;
      const { receiveCount } = await harness.handleNext(harness.deps({}, { workerId: 'w2' }));
      const run = await harness.run(id);
      assert.equal([run.status, run.attempt, receiveCount], ['SUCCEEDED', 2, 1], end);
      assert.is(await bytesOf(harness, id), wanted, end);
    }
  }),
);

/** Fails an attempt with a busy store. Returns the seconds until the message comes back. */
async function delayAfterFailure(harness: WorkerHarness): Promise<number> {
  const artifacts = onWrite(harness.stores.artifacts, 'merged_inventory.csv', () => {
    throw busy();
  });
  await harness.handleNext(harness.deps({ artifacts }));
  return ((await harness.run('r1')).sentAt - harness.time) / 1000;
}

test(
  'the delay of a retry grows with the outage',
  withWorker(async (harness) => {
    await harness.start('r1');
    const delays: number[] = [];
    for (let i = 0; i < 7; i++) {
      const seconds = await delayAfterFailure(harness);
      delays.push(seconds);
      harness.time += seconds * 1000;
    }
    assert.equal(delays, [30, 60, 120, 240, 480, 900, 900]);
  }),
);

test(
  'setting the clock back during an outage does not make retries come at once',
  withWorker(async (harness) => {
    await harness.start('r1');
    assert.is(await delayAfterFailure(harness), 30);
    harness.time -= 3_600_000;
    const delays = [await delayAfterFailure(harness)];
    harness.time += 30_000;
    delays.push(await delayAfterFailure(harness));
    assert.equal(delays, [30, 60]);
  }),
);

test(
  'a run that lost many workers waits no longer for a busy store than any other',
  withWorker(async (harness) => {
    await harness.start('r1');
    for (let i = 0; i < 9; i++) {
      // a worker that dies at once
      await harness.stores.runs.claim('r1', `dead-${i}`, harness.time, 1000);
      harness.time += 2000;
    }
    assert.is(await delayAfterFailure(harness), 30);
    assert.is((await harness.run('r1')).attempt, 10);
  }),
);

test(
  'a retry reads the inputs that the first attempt pinned, whatever was uploaded since',
  withWorker(async (harness) => {
    // bolt is optional, and missing when the first attempt looks
    await harness.stores.tenants.create('pins', { ...(await configFor(harness, 'pins')) }, harness.time);
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\n', 'pins');
    await harness.start('r1', 'pins');
    const artifacts = onWrite(harness.stores.artifacts, 'merged_inventory.csv', () => {
      throw busy();
    });
    await harness.handleNext(harness.deps({ artifacts }));
    const before = await harness.artifactsOf('r1', 'pins');
    harness.time += 30_000;
    await harness.putFeed('acme', 'sku,quantity_available,cost\nNEW,1,1\n', 'pins');
    await harness.putFeed('bolt', 'sku,quantity_available,cost\nLATE,1,1\n', 'pins');
    await harness.handleNext();
    const after = await harness.artifactsOf('r1', 'pins');
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    assert.match(after['outputs/merged_inventory.csv']!, /A1/);
    assert.not.match(after['outputs/merged_inventory.csv']!, /NEW|LATE/);
    for (const path of Object.keys(before)) {
      if (path !== 'reports/errors.json') assert.is(after[path], before[path], path);
    }
  }),
);

test(
  'a retry reads the SKU map and the side files that the first attempt pinned',
  withWorker(async (harness) => {
    const config = (await configFor(harness, 'sides')) as { vendors: object[] };
    const at = (name: string) => `tenants/sides/side_files/${name}`;
    const options = {
      columns: { cost: { side_file: 'prices', from: 'Net' } },
      side_files: [{ name: 'prices', type: 's3', s3_key: at('prices.csv'), key: 'Part' }],
    };
    const sku_map = { type: 's3', s3_key: at('map.csv') };
    config.vendors[0] = { ...config.vendors[0], sku_map, parser: { format: 'csv', options } };
    await harness.stores.tenants.create('sides', config, harness.time);
    await harness.putFeed('acme', 'sku,quantity_available\nA1,5\n', 'sides');
    await harness.putObject(at('prices.csv'), 'Part,Net\nA1,10\n');
    await harness.putObject(at('map.csv'), 'vendor_sku,sku\nA1,OURS\n');
    await harness.start('r1', 'sides');
    const artifacts = onWrite(harness.stores.artifacts, 'merged_inventory.csv', () => {
      throw busy();
    });
    await harness.handleNext(harness.deps({ artifacts }));
    await harness.putObject(at('prices.csv'), 'Part,Net\nA1,99\n');
    await harness.stores.artifacts.write(at('map.csv')).then((sink) => sink.close());
    harness.time += 30_000;
    await harness.handleNext();
    const run = await harness.run('r1');
    const files = await harness.artifactsOf('r1', 'sides');
    assert.is(run.status, 'SUCCEEDED');
    assert.is(files['outputs/merged_inventory.csv'], 'sku,vendor_id,quantity_available,price\nOURS,acme,5,13.20\n');
    assert.is(files['side_files/acme/prices/prices.csv'], 'Part,Net\nA1,10\n');
    assert.is(run.artifacts.side_file_acme_sku_map, 'r1/tenants/sides/side_files/acme/sku_map/map.csv');
    const [prices, map] = JSON.parse(files['reports/input_manifest.json']!).vendors.acme.side_files;
    assert.equal([prices.name, prices.s3_key, prices.size], ['prices', at('prices.csv'), 15]);
    assert.equal([map.name, map.run_copy_key], ['sku_map', run.artifacts.side_file_acme_sku_map]);
  }),
);

test(
  'a retry reports the files that the first attempt passed over',
  withWorker(async (harness) => {
    const config = await configFor(harness, 'others');
    await harness.stores.tenants.create('others', config, harness.time);
    const at = (name: string) => `tenants/others/inbound/${name}`;
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,1\n', 'others');
    await harness.putObject(at('acme/feed.csv.part'), 'sku,quantity_available,cost\nA1,5');
    await harness.putObject(at('bolt/feed.csv.sha256'), 'e3b0c442  feed.csv\n');
    await harness.start('r1', 'others');
    const artifacts = onWrite(harness.stores.artifacts, 'merged_inventory.csv', () => {
      throw busy();
    });
    await harness.handleNext(harness.deps({ artifacts }));
    const before = await harness.artifactsOf('r1', 'others');
    await harness.putObject(at('acme/late.csv.part'), 'x');
    await harness.putObject(at('bolt/late.csv.md5'), 'x');
    harness.time += 30_000;
    await harness.handleNext();
    const after = await harness.artifactsOf('r1', 'others');
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    assert.is(after['reports/input_manifest.json'], before['reports/input_manifest.json']);
    const { acme, bolt } = JSON.parse(after['reports/input_manifest.json']!).vendors;
    assert.equal(acme.passed_over, [{ name: 'feed.csv.part', reason: 'still in transfer' }]);
    assert.equal(bolt.passed_over, [{ name: 'feed.csv.sha256', reason: 'a digest or signature' }]);
    const { warnings } = JSON.parse(after['reports/run_summary.json']!);
    assert.ok(warnings.includes('file_in_transfer:acme:feed.csv.part'));
    const [entry] = JSON.parse(after['reports/errors.json']!);
    assert.equal([entry.error_code, entry.vendor_id], ['OPTIONAL_VENDOR_MISSING', 'bolt']);
    assert.match(entry.error_message, /passed over: feed\.csv\.sha256/);
  }),
);

test(
  'a search for inputs that breaks off pins no vendor as missing',
  withWorker(async (harness) => {
    let failed = false;
    const artifacts = withMethods<ArtifactStore>(harness.stores.artifacts, {
      newest: async (prefix) => {
        if (failed) return harness.stores.artifacts.newest(prefix);
        failed = true;
        throw busy();
      },
    });
    await harness.start('r1');
    await harness.handleNext(harness.deps({ artifacts }));
    harness.time += 30_000;
    await harness.handleNext();
    const run = await harness.run('r1');
    assert.equal([run.status, run.errorMessage], ['SUCCEEDED', null]);
    assert.ok(run.artifacts.inbound_bolt);
  }),
);

test(
  'a feed that is replaced between search and copy is searched again instead of failing the run',
  withWorker(async (harness) => {
    const { artifacts: store } = harness.stores;
    const artifacts = withMethods<ArtifactStore>(store, {
      read: async (key, options) => {
        const isFound = key === `tenants/${TENANT}/inbound/acme/feed.csv`;
        if (isFound) await harness.putFeed('acme', 'sku,quantity_available,cost\nNEWER,1,1\n');
        return store.read(key, options);
      },
    });
    await harness.start('r1');
    await harness.handleNext(harness.deps({ artifacts }));
    assert.is((await harness.run('r1')).status, 'QUEUED');
    harness.time += 30_000;
    await harness.handleNext();
    assert.match((await harness.artifactsOf('r1'))['outputs/merged_inventory.csv']!, /NEWER/);
  }),
);

test(
  'a run survives an outage of an hour: it waits longer and longer, and succeeds when the stores are back',
  withWorker(async (harness) => {
    const away = () => Promise.reject(busy());
    const artifacts = withMethods<ArtifactStore>(harness.stores.artifacts, { newest: away });
    const runs = withMethods<WorkerDeps['runs']>(harness.stores.runs, { claim: away });
    await harness.start('r1');
    const waits: number[] = [];
    const end = harness.time + 3_600_000;
    for (let deliveries = 0; harness.time < end; deliveries++) {
      const delivery = await harness.receive();
      assert.is(delivery?.receiveCount, 1);
      // by turns the objects and the records are away
      await handleDelivery(harness.deps(deliveries % 3 === 2 ? { runs } : { artifacts }), delivery!);
      const before = harness.time;
      while ((await harness.stores.queue.depth()).visible === 0) harness.time += 1000;
      waits.push((harness.time - before) / 1000);
    }
    assert.equal(waits.slice(0, 8), [30, 60, 30, 150, 300, 30, 630, 900]);
    await harness.handleNext();
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test(
  'an environment that fails for longer than the setting fails the run with its error',
  withWorker(async (harness) => {
    const artifacts = withMethods<ArtifactStore>(harness.stores.artifacts, { newest: () => Promise.reject(busy()) });
    await harness.start('r1');
    const deps = harness.deps({ artifacts }, { outageSecondsMax: 100 });
    await harness.handleNext(deps);
    harness.time += 99_000;
    await harness.handleNext(deps);
    assert.is((await harness.run('r1')).status, 'QUEUED');
    harness.time += 129_000;
    await harness.handleNext(deps);
    const run = await harness.run('r1');
    assert.equal([run.status, run.errorCode], ['FAILED', 'internal_error']);
    assert.match(run.errorMessage!, /^store_busy: /);
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test(
  'the time of an outage starts anew once an attempt has got past the failure',
  withWorker(async (harness) => {
    await harness.start('r1');
    const { artifacts } = harness.stores;
    const settings = { outageSecondsMax: 1000 };
    const gone = () => Promise.reject(busy());
    const none = { newest: gone, head: gone, list: gone, read: gone, write: gone };
    const away = harness.deps({ artifacts: withMethods<ArtifactStore>(artifacts, none) }, settings);
    await harness.handleNext(away);
    harness.time += 900_000;
    // the first stage works again, but a later one fails
    const late = harness.deps(
      {
        artifacts: withMethods<ArtifactStore>(artifacts, {
          write: (key, options) =>
            key.includes('/normalized/') ? Promise.reject(busy()) : artifacts.write(key, options),
        }),
      },
      settings,
    );
    await harness.handleNext(late);
    harness.time += 900_000;
    await harness.handleNext(late);
    const waiting = await harness.run('r1');
    assert.equal([waiting.status, waiting.outage?.stage], ['QUEUED', 'NORMALIZE']);
    // an attempt that fails at an earlier point belongs to the same outage
    harness.time += 900_000;
    await harness.handleNext(away);
    const ended = await harness.run('r1');
    assert.equal([ended.status, ended.failedStage], ['FAILED', 'FETCH_INPUTS']);
  }),
);

test(
  'a run whose object store stays away fails as well, without a list of artifacts',
  withWorker(async (harness) => {
    const gone = () => Promise.reject(busy());
    const artifacts = withMethods<ArtifactStore>(harness.stores.artifacts, {
      ...{ newest: gone, head: gone, list: gone, read: gone, write: gone },
    });
    await harness.start('r1');
    const deps = harness.deps({ artifacts }, { outageSecondsMax: 100 });
    await harness.handleNext(deps);
    harness.time += 101_000;
    await harness.handleNext(deps);
    const run = await harness.run('r1');
    assert.equal([run.status, run.errorCode, run.artifacts], ['FAILED', 'internal_error', {}]);
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

for (const missing of ['acme', 'bolt']) {
  test(
    `an attempt whose store fails before it finds ${missing} again leaves the pinned inputs to the next`,
    withWorker(async (harness) => {
      await harness.start('r1');
      const artifacts = onWrite(harness.stores.artifacts, 'merged_inventory.csv', () => Promise.reject(busy()));
      await harness.handleNext(harness.deps({ artifacts }));
      const pinned = await harness.artifactsOf('r1');
      for (const vendor of ['acme', 'bolt']) await harness.putFeed(vendor, 'sku,quantity_available,cost\nNEW,1,1\n');
      harness.time += 30_000;
      const away = withMethods<ArtifactStore>(harness.stores.artifacts, {
        head: (key) =>
          key.includes(`/inbound/${missing}/`) ? Promise.reject(busy()) : harness.stores.artifacts.head(key),
      });
      await harness.handleNext(harness.deps({ artifacts: away }));
      assert.is((await harness.run('r1')).status, 'QUEUED');
      harness.time += 60_000;
      await harness.handleNext();
      assert.equal([(await harness.run('r1')).status, (await harness.run('r1')).attempt], ['SUCCEEDED', 3]);
      const found = await harness.artifactsOf('r1');
      for (const path of ['inbound/acme/feed.csv', 'inbound/bolt/feed.csv']) assert.is(found[path], pinned[path]);
      assert.match(found['outputs/merged_inventory.csv'] ?? '', 'A1');
      assert.not.match(found['outputs/merged_inventory.csv'] ?? '', 'NEW');
    }),
  );
}

test.run();
