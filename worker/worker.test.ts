/** What one delivery of a job does to run, message, artifacts and metrics, and what the loop does around it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../core/errors.ts';
import type { ArtifactStore } from '../core/ports/service.ts';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import type { Lease } from './lease.ts';
import { runWorker } from './loop.ts';
import { onWorkbench, TENANT, until, type Workbench, withMethods } from './testing/workbench.ts';

const BOTH = [`{"TenantId":"${TENANT}","Environment":"test"}`, '{"Environment":"test"}'];
const SUMMARY = 'reports/run_summary.json';
const busy = () => new RelayError('store_busy', 'try again', { recovery: 'retry' });

const withoutSummary = (artifacts: Record<string, string>) => {
  const { [SUMMARY]: summary, ...rest } = artifacts;
  return { summary, rest };
};

/** Calls `action` once, when an artifact whose key ends so is about to be written. */
function onWrite(store: ArtifactStore, end: string, action: () => void | Promise<void>): ArtifactStore {
  let done = false;
  return withMethods(store, {
    write: async (key, options) => {
      if (!done && key.endsWith(end)) {
        done = true;
        await action();
      }
      return store.write(key, options);
    },
  });
}

test(
  'a good run succeeds, names its artifacts, deletes its message and emits its metrics',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await bench.handleNext();
    const run = await bench.run('r1');
    assert.is(run.status, 'SUCCEEDED');
    assert.is(run.stage, 'COMPLETE');
    const at = (path: string) => `r1/tenants/${TENANT}/${path}`;
    assert.equal(run.artifacts, {
      input_manifest: at('reports/input_manifest.json'),
      config_snapshot: at('reports/config_snapshot.json'),
      inbound_acme: at('inbound/acme/feed.csv'),
      inbound_bolt: at('inbound/bolt/feed.csv'),
      normalized_acme: at('normalized/acme/normalized.csv'),
      normalized_bolt: at('normalized/bolt/normalized.csv'),
      merged_inventory: at('outputs/merged_inventory.csv'),
      run_summary: at(SUMMARY),
    });
    for (const key of Object.values(run.artifacts)) assert.ok((await bench.text(key)) !== null, key);
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.equal(bench.metrics, [
      { name: 'RunSucceeded', value: 1, unit: 'Count', dimensions: BOTH },
      { name: 'RunFailed', value: 0, unit: 'Count', dimensions: BOTH },
      { name: 'RunDurationSeconds', value: 0, unit: 'Seconds', dimensions: BOTH },
      { name: 'RowsProcessed', value: 4, unit: 'Count', dimensions: BOTH },
    ]);
    assert.is(bench.beats.size, 0, 'the heartbeat is over');
    assert.is(bench.scratchLive, 0);
    // the slot is free
    await bench.start('r2');
  }),
);

test(
  'a run with too many bad rows fails with its code and keeps its report',
  onWorkbench(async (bench) => {
    await bench.putFeed('acme', 'sku,quantity_available,cost\nA1,many,10\nA2,-,20\nA3,1,5\n');
    await bench.start('r1');
    await bench.handleNext();
    const run = await bench.run('r1');
    assert.equal([run.status, run.errorCode, run.failedStage], ['FAILED', 'validation_errors', 'NORMALIZE']);
    assert.is(JSON.parse((await bench.text(run.artifacts.errors!))!).length, 2);
    assert.not('run_summary' in run.artifacts);
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.equal(
      bench.metrics.map(({ name, value }) => [name, value]),
      [
        ['RunSucceeded', 0],
        ['RunFailed', 1],
        ['RunDurationSeconds', 0],
        ['RowsProcessed', 5],
      ],
    );
  }),
);

test(
  'a feed over the limit fails before it is read; one at the limit passes',
  onWorkbench(async (bench) => {
    const feed = 'sku,quantity_available,cost\nA1,5,10\nA2,3,20\n';
    const reads: string[] = [];
    const artifacts = withMethods(bench.stores.artifacts, {
      read: (key, options) => {
        reads.push(key);
        return bench.stores.artifacts.read(key, options);
      },
    } as Partial<ArtifactStore>) as unknown as WorkerDeps['artifacts'];
    await bench.start('r1');
    await bench.handleNext(bench.deps({ artifacts }, {}, { vendorFileBytesMax: feed.length - 1 }));
    const run = await bench.run('r1');
    assert.equal([run.status, run.errorCode], ['FAILED', 'INPUT_TOO_LARGE']);
    assert.not(reads.some((key) => key.includes('acme')));
    await bench.start('r2');
    await bench.handleNext(bench.deps({}, {}, { vendorFileBytesMax: feed.length }));
    assert.is((await bench.run('r2')).status, 'SUCCEEDED');
  }),
);

test(
  'a run without its config, or with one that is no longer valid, fails at once',
  onWorkbench(async (bench) => {
    await bench.start('r1', 'nobody');
    await bench.handleNext();
    assert.is((await bench.run('r1')).errorCode, 'missing_tenant_config');
    await bench.stores.tenants.create('future', { schema_version: 99 }, bench.time);
    await bench.start('r2', 'future');
    await bench.handleNext();
    assert.is((await bench.run('r2')).errorCode, 'unsupported_schema_version');
    await bench.stores.tenants.create('odd', { schema_version: 1 }, bench.time);
    await bench.start('r3', 'odd');
    await bench.handleNext();
    assert.is((await bench.run('r3')).errorCode, 'invalid_input');
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.equal(bench.metrics.map(({ name }) => name).slice(0, 2), ['RunSucceeded', 'RunFailed']);
  }),
);

test(
  'a job that was delivered three times fails its run and goes to the dead letters',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    for (const count of [1, 2]) {
      assert.is((await bench.receive(5))!.receiveCount, count);
      bench.time += 5000;
    }
    await bench.handleNext();
    const run = await bench.run('r1');
    assert.equal([run.status, run.errorCode], ['FAILED', 'POISON_JOB']);
    assert.equal(await bench.messages(), [0, 1, 0], 'left');
    bench.time += 300_000;
    assert.is(await bench.receive(), null);
    assert.equal(await bench.messages(), [0, 0, 1]);
    await bench.start('r2');
  }),
);

test(
  'a poison job leaves a run alone whose lease is alive, and ends it when the lease is over',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    for (let i = 0; i < 2; i++) {
      await bench.receive(5);
      bench.time += 5000;
    }
    const third = (await bench.receive(5))!;
    await bench.stores.runs.claim('r1', 'other', bench.time, 60_000);
    await handleDelivery(bench.deps(), third);
    assert.is((await bench.run('r1')).status, 'RUNNING');
    assert.equal(await bench.messages(), [0, 1, 0]);
    bench.time += 60_000;
    await handleDelivery(bench.deps(), third);
    assert.is((await bench.run('r1')).errorCode, 'POISON_JOB');
  }),
);

test(
  'a job whose run another worker holds goes back for the back-off; one whose run is over goes away',
  onWorkbench(async (bench) => {
    const job = await bench.start('r1');
    const claimed = await bench.stores.runs.claim('r1', 'other', bench.time, 300_000);
    await bench.handleNext();
    assert.equal(await bench.messages(), [0, 1, 0]);
    bench.time += 29_999;
    assert.equal(await bench.messages(), [0, 1, 0]);
    bench.time += 1;
    assert.equal(await bench.messages(), [1, 0, 0]);
    assert.is((await bench.run('r1')).workerId, 'other');
    assert.is(claimed.status, 'claimed');
    await bench.stores.runs.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, bench.time);
    await bench.handleNext();
    await bench.stores.queue.send({ ...job, run_id: 'unknown' });
    await bench.handleNext();
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.equal(bench.metrics, []);
  }),
);

test(
  'a store that fails once in any stage sends the run back, and the second attempt writes the same bytes',
  onWorkbench(async (bench) => {
    // the same run without trouble
    await bench.start('r1');
    await bench.handleNext();
    const { rest: wanted } = withoutSummary(await bench.artifactsOf('r1'));
    const plain = (texts: Record<string, string>) => JSON.stringify(texts).replaceAll(/r\d+/g, 'run');
    const ends = ['config_snapshot.json', 'inbound/bolt/feed.csv', 'input_manifest.json', 'bolt/normalized.csv'];
    let n = 2;
    for (const end of [...ends, 'merged_inventory.csv', 'run_summary.json']) {
      const id = `r${n++}`;
      bench.metrics.length = 0;
      const artifacts = onWrite(bench.stores.artifacts, end, () => {
        throw busy();
      });
      await bench.start(id);
      await bench.handleNext(bench.deps({ artifacts }));
      assert.equal([(await bench.run(id)).status, await bench.messages()], ['QUEUED', [0, 1, 0]], end);
      const error = { name: 'WorkerError', value: 1, unit: 'Count' };
      assert.equal(bench.metrics, [{ ...error, dimensions: ['{"Environment":"test","error_type":"store_busy"}'] }]);
      bench.time += 30_000;
      await bench.handleNext();
      const run = await bench.run(id);
      assert.equal([run.status, run.attempt], ['SUCCEEDED', 2], end);
      const { summary, rest } = withoutSummary(await bench.artifactsOf(id));
      assert.ok(summary);
      // the runs began at different times, as their manifests say
      const started = new Date(run.startedAt!).toISOString().slice(0, 19);
      assert.is(plain(rest).replaceAll(started, '2026-11-01T06:00:00'), plain(wanted), end);
    }
  }),
);

test(
  'a retry reads what the first attempt pinned, whatever was uploaded or appeared since',
  onWorkbench(async (bench) => {
    // bolt is optional, and is not there when the run looks for it
    await bench.stores.tenants.create('pins', { ...(await configFor(bench, 'pins')) }, bench.time);
    await bench.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\n', 'pins');
    await bench.start('r1', 'pins');
    const artifacts = onWrite(bench.stores.artifacts, 'merged_inventory.csv', () => {
      throw busy();
    });
    await bench.handleNext(bench.deps({ artifacts }));
    const before = await bench.artifactsOf('r1', 'pins');
    bench.time += 30_000;
    await bench.putFeed('acme', 'sku,quantity_available,cost\nNEW,1,1\n', 'pins');
    await bench.putFeed('bolt', 'sku,quantity_available,cost\nLATE,1,1\n', 'pins');
    await bench.handleNext();
    const after = await bench.artifactsOf('r1', 'pins');
    assert.is((await bench.run('r1')).status, 'SUCCEEDED');
    assert.match(after['outputs/merged_inventory.csv']!, /A1/);
    assert.not.match(after['outputs/merged_inventory.csv']!, /NEW|LATE/);
    for (const path of Object.keys(before)) {
      if (path !== 'reports/errors.json') assert.is(after[path], before[path], path);
    }
  }),
);

test(
  'a retry reads the SKU map and the side files that the first attempt pinned',
  onWorkbench(async (bench) => {
    const config = (await configFor(bench, 'sides')) as { vendors: object[] };
    const at = (name: string) => `tenants/sides/side_files/${name}`;
    const options = {
      columns: { cost: { side_file: 'prices', from: 'Net' } },
      side_files: [{ name: 'prices', type: 's3', s3_key: at('prices.csv'), key: 'Part' }],
    };
    const sku_map = { type: 's3', s3_key: at('map.csv') };
    config.vendors[0] = { ...config.vendors[0], sku_map, parser: { format: 'csv', options } };
    await bench.stores.tenants.create('sides', config, bench.time);
    await bench.putFeed('acme', 'sku,quantity_available\nA1,5\n', 'sides');
    await bench.putObject(at('prices.csv'), 'Part,Net\nA1,10\n');
    await bench.putObject(at('map.csv'), 'vendor_sku,sku\nA1,OURS\n');
    await bench.start('r1', 'sides');
    const artifacts = onWrite(bench.stores.artifacts, 'merged_inventory.csv', () => {
      throw busy();
    });
    await bench.handleNext(bench.deps({ artifacts }));
    await bench.putObject(at('prices.csv'), 'Part,Net\nA1,99\n');
    await bench.stores.artifacts.write(at('map.csv')).then((sink) => sink.close());
    bench.time += 30_000;
    await bench.handleNext();
    const run = await bench.run('r1');
    const files = await bench.artifactsOf('r1', 'sides');
    assert.is(run.status, 'SUCCEEDED');
    assert.is(files['outputs/merged_inventory.csv'], 'sku,vendor_id,quantity_available,price\nOURS,acme,5,13.20\n');
    assert.is(files['side_files/acme/prices/prices.csv'], 'Part,Net\nA1,10\n');
    assert.is(run.artifacts.side_file_acme_sku_map, 'r1/tenants/sides/side_files/acme/sku_map/map.csv');
    const [prices, map] = JSON.parse(files['reports/input_manifest.json']!).vendors.acme.side_files;
    assert.equal([prices.name, prices.s3_key, prices.size], ['prices', at('prices.csv'), 15]);
    assert.equal([map.name, map.run_copy_key], ['sku_map', run.artifacts.side_file_acme_sku_map]);
  }),
);

async function configFor(bench: Workbench, tenantId: string): Promise<object> {
  const stored = await bench.stores.tenants.getConfig(TENANT);
  return { ...(stored!.config as object), tenant_id: tenantId };
}

test(
  'a search for inputs that broke off pins nothing as missing',
  onWorkbench(async (bench) => {
    let failed = false;
    const artifacts = withMethods<ArtifactStore>(bench.stores.artifacts, {
      newest: async (prefix) => {
        if (failed) return bench.stores.artifacts.newest(prefix);
        failed = true;
        throw busy();
      },
    });
    await bench.start('r1');
    await bench.handleNext(bench.deps({ artifacts }));
    bench.time += 30_000;
    await bench.handleNext();
    const run = await bench.run('r1');
    assert.equal([run.status, run.errorMessage], ['SUCCEEDED', null]);
    assert.ok(run.artifacts.inbound_bolt);
  }),
);

test(
  'a feed that is replaced between the search and the copy is searched again, not an error of the run',
  onWorkbench(async (bench) => {
    const artifacts = onWrite(bench.stores.artifacts, 'inbound/acme/feed.csv', () =>
      bench.putFeed('acme', 'sku,quantity_available,cost\nNEWER,1,1\n'),
    );
    await bench.start('r1');
    await bench.handleNext(bench.deps({ artifacts }));
    assert.is((await bench.run('r1')).status, 'QUEUED');
    bench.time += 30_000;
    await bench.handleNext();
    assert.match((await bench.artifactsOf('r1'))['outputs/merged_inventory.csv']!, /NEWER/);
  }),
);

test(
  'a worker that lost its lease changes no state and writes no artifact any more, wherever it was',
  onWorkbench(async (bench) => {
    let n = 0;
    for (const end of ['bolt/normalized.csv', 'merged_inventory.csv', 'run_summary.json']) {
      const id = `r${++n}`;
      const artifacts = onWrite(bench.stores.artifacts, end, async () => {
        bench.time += 300_000;
        const other = await bench.stores.runs.claim(id, 'w2', bench.time, 300_000);
        assert.is(other.status, 'claimed');
      });
      await bench.start(id);
      await bench.handleNext(bench.deps({ artifacts }));
      const run = await bench.run(id);
      assert.equal([run.status, run.workerId, run.attempt, run.stage], ['RUNNING', 'w2', 2, null], end);
      const paths = Object.keys(await bench.artifactsOf(id));
      assert.not(
        paths.some((path) => path.endsWith(end) || path === SUMMARY),
        end,
      );
      assert.equal(bench.metrics, []);
      await bench.stores.runs.finish({ runId: id, attempt: 2 }, { status: 'FAILED' }, bench.time);
      // its message is still there for the one who has the run now
      await bench.handleNext();
      assert.equal(await bench.messages(), [0, 0, 0]);
    }
  }),
);

/** Handles the next message and calls `action` with its lease in the middle of the run. */
async function handleAnd(bench: Workbench, action: (lease: Lease) => Promise<void>, end = 'bolt/normalized.csv') {
  let lease: Lease | null = null;
  const artifacts = onWrite(bench.stores.artifacts, end, () => action(lease!));
  const delivery = (await bench.receive())!;
  await handleDelivery(bench.deps({ artifacts }), delivery, (one) => {
    lease = one;
  });
}

test(
  'the heartbeat renews lease and delivery, and finds a claim that is lost',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await handleAnd(bench, async (lease) => {
      assert.equal(
        [...bench.beats].map((beat) => beat.seconds),
        [60],
      );
      bench.time += 200_000;
      await lease.beat();
      assert.is((await bench.run('r1')).leaseUntil, bench.time + 300_000);
      bench.time += 200_000;
      assert.equal(await bench.messages(), [0, 1, 0]);
      assert.is(lease.reason, null);
    });
    assert.is((await bench.run('r1')).status, 'SUCCEEDED');
    await bench.start('r2');
    await handleAnd(bench, async (lease) => {
      bench.time += 300_000;
      await bench.stores.runs.claim('r2', 'w2', bench.time, 1000);
      lease.stop('stopping');
      await lease.beat();
      assert.is(lease.reason, 'lost');
    });
    assert.is((await bench.run('r2')).workerId, 'w2');
    assert.equal(await bench.messages(), [1, 0, 0], 'no second message');
  }),
);

test(
  'a heartbeat that fails counts as lost only once the lease is over',
  onWorkbench(async (bench) => {
    const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, { renew: () => Promise.reject(busy()) });
    await bench.start('r1');
    let lease: Lease | null = null;
    const artifacts = onWrite(bench.stores.artifacts, 'bolt/normalized.csv', async () => {
      bench.time += 299_999;
      await lease!.beat();
      assert.is(lease!.reason, null);
      bench.time += 1;
      await lease!.beat();
      assert.is(lease!.reason, 'lost');
    });
    await handleDelivery(bench.deps({ artifacts, runs }), (await bench.receive())!, (one) => {
      lease = one;
    });
    assert.is((await bench.run('r1')).status, 'RUNNING');
  }),
);

test(
  'a run is cancelled while it is queued, while it works, and when its first worker died with the mark unseen',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await bench.stores.runs.failUnclaimed('r1', 'CANCELLED', 'cancelled', bench.time);
    await bench.handleNext();
    assert.equal(await bench.artifactsOf('r1'), {});
    for (const end of ['bolt/normalized.csv', 'merged_inventory.csv']) {
      const id = end.slice(0, 4);
      await bench.start(id);
      // no heartbeat in between: the next stage sees it
      await handleAnd(bench, async () => void (await bench.stores.runs.requestCancel(id)), end);
      const run = await bench.run(id);
      assert.equal([run.status, run.errorCode], ['FAILED', 'CANCELLED'], end);
      assert.not('run_summary' in run.artifacts);
    }
    await bench.start('r3');
    await bench.stores.runs.claim('r3', 'dead', bench.time, 1000);
    await bench.stores.runs.requestCancel('r3');
    bench.time += 1000;
    await bench.handleNext();
    assert.is((await bench.run('r3')).errorCode, 'CANCELLED');
    assert.equal(await bench.messages(), [0, 0, 0]);
  }),
);

test(
  'a stopping worker hands its run back: the next worker takes it at once, and the deliveries begin anew',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    const stop = new AbortController();
    let reached = false;
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const artifacts = onWrite(bench.stores.artifacts, 'bolt/normalized.csv', () => {
      reached = true;
      return gate;
    });
    const done = runWorker(bench.deps({ artifacts }), stop.signal);
    await until(() => reached);
    stop.abort();
    await until(() => bench.sleeps.includes(20));
    // the grace time is over
    for (const wake of bench.wakes) wake();
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await done;
    const run = await bench.run('r1');
    assert.equal([run.status, run.leaseUntil], ['QUEUED', null]);
    assert.equal(await bench.messages(), [1, 0, 0]);
    const delivery = await bench.handleNext(bench.deps({}, { workerId: 'w2' }));
    assert.is(delivery.receiveCount, 1);
    const end = await bench.run('r1');
    assert.equal([end.status, end.workerId, end.attempt], ['SUCCEEDED', 'w2', 2]);
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.is(bench.beats.size, 0);
  }),
);

test(
  'whoever gets the new message of a run that is handed back finds the run free',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    let state = '';
    const queue = withMethods<WorkerDeps['queue']>(bench.stores.queue, {
      send: async (job) => {
        state = (await bench.run('r1')).status;
        await bench.stores.queue.send(job);
      },
    });
    const delivery = (await bench.receive())!;
    await handleDelivery(bench.deps({ queue }), delivery, (lease) => lease.stop('stopping'));
    assert.is(state, 'QUEUED');
    assert.equal(await bench.messages(), [1, 0, 0]);
  }),
);

test(
  'a claim that comes after the grace time is handed back too',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    const stop = new AbortController();
    let goOn = () => {};
    let claiming = false;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const runs = withMethods<WorkerDeps['runs']>(bench.stores.runs, {
      claim: async (...args) => {
        claiming = true;
        await gate;
        return bench.stores.runs.claim(...args);
      },
    });
    const done = runWorker(bench.deps({ runs }, { graceSeconds: 0 }), stop.signal);
    await until(() => claiming);
    stop.abort();
    await until(() => bench.sleeps.includes(0));
    for (const wake of bench.wakes) wake();
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await done;
    assert.is((await bench.run('r1')).status, 'QUEUED');
    assert.equal(await bench.messages(), [1, 0, 0]);
  }),
);

test(
  'a run whose message was lost is sent again, queued or left by a dead worker, and finishes',
  onWorkbench(async (bench) => {
    await bench.start('r1', TENANT, false);
    const ended = async () => (await bench.run('r1')).status === 'SUCCEEDED';
    bench.time += 60_000;
    let polls = 0;
    await bench.loopUntil(async () => ++polls > 20);
    assert.is((await bench.run('r1')).status, 'QUEUED', 'not before its time');
    bench.time += 1;
    await bench.loopUntil(ended);
    await bench.start('r2', TENANT, false);
    await bench.stores.runs.claim('r2', 'dead', bench.time, 5000);
    bench.time += 65_001;
    await bench.loopUntil(async () => (await bench.run('r2')).status === 'SUCCEEDED');
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.is(bench.events.filter((event) => event === 'job_sent_again').length, 2);
  }),
);

test(
  'no more runs at a time than the setting says, and as many as it says',
  onWorkbench(async (bench) => {
    const tenants = ['t1', 't2', 't3', 't4', 't5'];
    for (const tenant of tenants) {
      await bench.stores.tenants.create(tenant, await configFor(bench, tenant), bench.time);
      await bench.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\n', tenant);
      await bench.start(`r-${tenant}`, tenant);
    }
    let live = 0;
    let most = 0;
    const deps = bench.deps({}, { maxConcurrency: 2 });
    const { createScratch } = deps;
    // both must be in work before either goes on
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    deps.artifacts = onWrite(bench.stores.artifacts, 'merged_inventory.csv', () => gate);
    deps.createScratch = (id) => {
      most = Math.max(most, ++live);
      if (live === 2) goOn();
      const scratch = createScratch(id);
      return Object.assign(scratch, { dispose: () => void live-- });
    };
    await bench.loopUntil(async () => (await bench.stores.runs.list({ status: 'SUCCEEDED' })).runs.length === 5, deps);
    assert.is(most, 2);
  }),
);

test(
  'a body that is not a job is left for the dead letters, and work goes on',
  onWorkbench(async (bench) => {
    for (const body of ['not json', '{}', 'null', '\u0000']) await bench.stores.queue.sendBody(body);
    await bench.start('r1');
    await bench.loopUntil(async () => (await bench.run('r1')).status === 'SUCCEEDED');
    for (let i = 0; i < 4; i++) {
      bench.time += 300_000;
      let polls = 0;
      await bench.loopUntil(async () => ++polls > 5);
    }
    assert.equal(await bench.messages(), [0, 0, 4]);
    assert.is(bench.events.filter((event) => event === 'not_a_job').length, 12);
  }),
);

test(
  'a queue that fails is asked again after a pause, and says so in a metric; heartbeats go on',
  onWorkbench(async (bench) => {
    let calls = 0;
    const queue = withMethods<WorkerDeps['queue']>(bench.stores.queue, {
      receive: () => {
        calls++;
        return Promise.reject(busy());
      },
    });
    const deps = bench.deps({ queue }, { tenantBackoffSeconds: 0 });
    await bench.loopUntil(async () => bench.sleeps.length > 0, deps);
    assert.equal([calls, bench.sleeps], [1, [5]]);
    assert.equal(
      bench.metrics.map(({ name, dimensions }) => [name, dimensions]),
      [
        ['WorkerHeartbeat', ['{"Environment":"test"}']],
        ['WorkerError', ['{"Environment":"test","error_type":"store_busy"}']],
      ],
    );
  }),
);

test.run();
