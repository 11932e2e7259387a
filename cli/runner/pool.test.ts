/** Runs in their own processes: whatever a run does, it ends with a code, and the service and other runs go on. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportOn } from '../../api/config/tenant-config.ts';
import type { ApiError } from '../../api/http/errors.ts';
import type { RelayError } from '../../core/errors.ts';
import type { Receipt } from '../../core/explain/receipt/receipt.ts';
import type { ReceivedJob } from '../../core/ports/service/jobs.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import type { Lease } from '../../worker/lease.ts';
import type { Service } from '../service/compose.ts';
import { CONFIG, FEED } from '../testing/one-vendor.ts';
import { loadCompiled, withPluginService } from '../testing/plugin-service.ts';
import { filesIn } from '../testing/sandbox.ts';

const { handleDelivery } = await loadCompiled<typeof import('../../worker/job.ts')>('worker/job.ts');

/** A pricing rule that misbehaves as its option says. */
const MODULE = `
import fs from 'node:fs';
const place = (name) => new URL(name, import.meta.url);
const checked = (data) => data?.deed === 'die_in_check' ? process.exit(9) : { success: true, data };
const options = { safeParse: checked, parse: (data) => data, _zod: { def: {} } };
const held = [];
// as deaf as a loop, and without its seconds of CPU
const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
const deeds = {
  nothing: () => {},
  loop: () => { for (;;); },
  block,
  buffers: () => { for (;;) held.push(Buffer.alloc(1 << 22, 1)); },
  objects: () => { for (let i = 0; ; i++) held.push({ i, text: 'x' + i }); },
  exit: () => process.exit(7),
  abort: () => process.abort(),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  stop: () => process.kill(process.pid, 'SIGSTOP'),
  print: () => console.log('hello from a plugin'),
  later: () => {
    setInterval(() => {
      if (!fs.existsSync(place('go'))) return;
      fs.writeFileSync(place('busy'), '');
      block();
    }, 10);
  },
  say: () => { console.error('out of memory \u001b]0;x\u0007 secret-of-a-tenant'); },
  uncaught: () => queueMicrotask(() => { throw new Error('thrown outside'); }),
};
export const plugins = [{
  manifest: { kind: 'pricing', id: 'deed', version: '1.0.0', contract: 1, summary: 'does a deed', options, example: {} },
  load: async () => ({ deed }) => ({ price: ({ offer }) => { deeds[deed](); return offer.cost; } }),
}];
`;

interface Sandbox {
  service: Service;
  folder: string;
  /** The operator's list of plugins. */
  list: string;
  log: string[];
  /** Runs the feed with a deed and returns the run, which has ended or waits. */
  run(deed: keyof typeof DEEDS, onLease?: (lease: Lease, runId: string) => void): Promise<RunRecord>;
}

const DEEDS = {
  nothing: 1,
  loop: 1,
  block: 1,
  buffers: 1,
  objects: 1,
  exit: 1,
  abort: 1,
  kill: 1,
  stop: 1,
  print: 1,
  later: 1,
  say: 1,
  uncaught: 1,
};

function withService(env: Record<string, string>, use: (sandbox: Sandbox) => Promise<void>) {
  return () =>
    withPluginService({ name: 'deeds', ids: ['deed'], source: MODULE }, env, ({ service, folder, list, log }) =>
      use({ service, folder, list, log, run: (deed, onLease) => runFeed(service, deed, onLease) }),
    );
}

let runs = 0;

async function runFeed(
  service: Service,
  deed: string,
  onLease: (lease: Lease, runId: string) => void = () => {},
): Promise<RunRecord> {
  const { tenants, artifacts, runs: records, queue } = service.stores;
  const [tenantId, runId] = [`tenant-${++runs}`, `run_${runs}`];
  const config = {
    ...CONFIG,
    tenant_id: tenantId,
    vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' } }],
    pricing: { ...CONFIG.pricing, rules: [{ use: 'deed', with: { deed } }] },
  };
  await tenants.create(tenantId, config, Date.now());
  const sink = await artifacts.write(`tenants/${tenantId}/inbound/acme/feed.csv`, { contentType: 'text/csv' });
  await sink.write(new TextEncoder().encode(FEED));
  await sink.close();
  await records.create({ runId, tenantId, configVersion: 1, vendors: [], force: false, now: Date.now() });
  await queue.send({ run_id: runId, tenant_id: tenantId, vendors: [], config_version: 1 });
  await handleDelivery(service.worker, await deliveryOf(runId, service), (lease) => onLease(lease, runId));
  return (await records.get(runId))!;
}

/** The message of this run. Messages of earlier runs that went back to the queue and are due again are skipped. */
async function deliveryOf(runId: string, { stores: { queue } }: Service): Promise<ReceivedJob> {
  for (;;) {
    const [delivery] = await queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 0 });
    if (delivery === undefined) throw new Error(`no message of ${runId}`);
    if (delivery.job?.run_id === runId) return delivery;
  }
}

test(
  'a process is used for one run after another',
  withService({}, async ({ service, run, folder, log }) => {
    service.runners.warm();
    const first = await run('print');
    assert.equal([first.status, first.errorMessage], ['SUCCEEDED', null]);
    assert.is(first.counts?.rows, 2);
    assert.ok('merged_inventory' in first.artifacts);
    const [pid] = service.runners.pids;
    assert.is.not(pid, process.pid);
    assert.is((await run('nothing')).status, 'SUCCEEDED');
    assert.equal(service.runners.pids, [pid]);
    assert.equal(filesIn(path.join(folder, 'scratch')), []);
    assert.ok(log.some((line) => line.includes('runner_output') && line.includes('hello from a plugin')));
  }),
);

test(
  'a run that exceeds the memory of its process fails with RUN_TOO_LARGE, and the next run gets a new process',
  withService({ WORKER_RUN_MEMORY_BYTES: String(256 << 20) }, async ({ service, run }) => {
    for (const deed of ['buffers', 'objects'] as const) {
      const ended = await run(deed);
      assert.equal(
        [ended.status, ended.errorCode, ended.failedStage],
        ['FAILED', 'RUN_TOO_LARGE', 'MERGE_PRICE'],
        deed,
      );
      assert.match(ended.errorMessage!, /more than 256 MiB of memory/);
      // artifacts written before stay and can be fetched
      assert.ok('normalized_acme' in ended.artifacts);
    }
    assert.is((await run('nothing')).status, 'SUCCEEDED');
    assert.equal(await service.stores.queue.depth(), { visible: 0, inFlight: 0 });
  }),
);

test(
  'a run without progress fails with RUN_STUCK, even if its process is suspended',
  withService({ WORKER_RUN_STUCK_SECONDS: '1' }, async ({ run }) => {
    const ended = await run('loop');
    assert.equal([ended.status, ended.errorCode, ended.failedStage], ['FAILED', 'RUN_STUCK', 'MERGE_PRICE']);
    assert.match(ended.errorMessage!, /no progress for 1 s in price\(\) of the pricing rule "deed", so/);
    assert.is((await run('stop')).errorCode, 'RUN_STUCK');
    assert.is((await run('nothing')).status, 'SUCCEEDED');
  }),
);

test(
  'a cancel ends an unresponsive run',
  withService({ WORKER_RUN_STOP_SECONDS: '1' }, async ({ run }) => {
    // without the cancel it would end after five minutes, as stuck
    const ended = await run('block', (lease) => setTimeout(() => lease.stop('cancelled'), 500));
    assert.equal([ended.status, ended.errorCode], ['FAILED', 'CANCELLED']);
  }),
);

test(
  'a stopping worker hands back an unresponsive run',
  withService({ WORKER_RUN_STOP_SECONDS: '0' }, async ({ service, run }) => {
    const ended = await run('block', (lease) => setTimeout(() => lease.stop('stopping'), 500));
    assert.equal([ended.status, ended.workerId], ['QUEUED', null]);
    assert.is((await service.stores.queue.depth()).visible, 1);
  }),
);

test(
  'a callback that throws fails the run with the plugin’s name, but does not end the process',
  withService({}, async ({ run, log }) => {
    const ended = await run('uncaught');
    assert.equal([ended.status, ended.errorCode], ['FAILED', 'internal_error']);
    assert.match(
      ended.errorMessage ?? '',
      /^plugin_failed: a callback that the pricing rule "deed" left behind, .*: thrown outside$/,
    );
    assert.not(log.some((text) => text.includes('runner_ended')));
    assert.is((await run('nothing')).status, 'SUCCEEDED');
  }),
);

test(
  'if a process is killed, aborts or exits by itself, its run is tried again',
  withService({ WORKER_TENANT_BACKOFF_SECONDS: '1' }, async ({ service, run, log }) => {
    for (const [deed, how] of [
      ['exit', 'exit code 7'],
      ['abort', 'SIGABRT'],
      ['kill', 'SIGKILL'],
    ] as const) {
      const waiting = await run(deed);
      assert.is(waiting.status, 'QUEUED', deed);
      const line = log
        .map((text) => JSON.parse(text))
        .find(({ event, message }) => event === 'run_will_be_retried' && message.includes(how));
      assert.is(line?.error, 'runner_ended', how);
      await service.stores.runs.failUnclaimed(
        waiting.runId,
        { errorCode: 'CANCELLED', errorMessage: 'the test is over', artifacts: {} },
        Date.now(),
      );
      for (;;) {
        const [left] = await service.stores.queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 0 });
        if (left === undefined) break;
        await service.stores.queue.delete(left.receipt);
      }
    }
  }),
);

test(
  'a process that is still busy with an earlier run is replaced before the next',
  withService({}, async ({ service, folder, run }) => {
    assert.is((await run('later')).status, 'SUCCEEDED');
    const [pid] = service.runners.pids;
    const plugin = path.join(folder, '../node_modules/deeds');
    fs.writeFileSync(path.join(plugin, 'go'), '');
    while (!fs.existsSync(path.join(plugin, 'busy'))) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.is((await run('nothing')).status, 'SUCCEEDED');
    assert.not(service.runners.pids.includes(pid!));
  }),
);

test(
  'output of one run is not attributed to the next, nor used to explain its failure',
  withService({}, async ({ run, log }) => {
    assert.is((await run('say')).status, 'SUCCEEDED');
    assert.is((await run('exit')).status, 'QUEUED');
    const { message } = log.map((text) => JSON.parse(text)).find(({ event }) => event === 'run_will_be_retried');
    assert.is(message, 'the process of the run ended with exit code 7');
  }),
);

test(
  'a cancelled run that loses its process ends as cancelled and is not tried again',
  withService({}, async ({ run, service }) => {
    const ended = await run('block', (lease) => {
      setTimeout(() => {
        lease.stop('cancelled');
        for (const pid of service.runners.pids) process.kill(pid, 'SIGKILL');
      }, 1500);
    });
    assert.equal([ended.status, ended.errorCode], ['FAILED', 'CANCELLED']);
  }),
);

test(
  'a run that is cancelled before its process is ready leaves that process to the next run',
  withService({}, async ({ service, run }) => {
    const ended = await run('nothing', (lease) => lease.stop('cancelled'));
    assert.equal([ended.status, ended.errorCode], ['FAILED', 'CANCELLED']);
    const { pids } = service.runners;
    assert.is(pids.length, 1);
    assert.is((await run('nothing')).status, 'SUCCEEDED');
    assert.equal(service.runners.pids, pids);
  }),
);

test(
  'a process that cannot start sends the run back with a reason and does not affect the service',
  withService({}, async ({ service, run, log, list }) => {
    fs.writeFileSync(list, '{');
    const waiting = await run('nothing');
    assert.is(waiting.status, 'QUEUED');
    const { error, message } = log.map((text) => JSON.parse(text)).find(({ event }) => event === 'run_will_be_retried');
    assert.is(error, 'runner_unavailable');
    assert.match(message, /plugins\.json/);
    assert.not.match(message, /\n|at file:/);
    assert.equal(service.runners.pids, []);
  }),
);

test(
  'limits reach the process, and unreadable input fails the run there',
  withService({ LIMIT_VENDOR_FILE_BYTES: '10' }, async ({ run }) => {
    const ended = await run('nothing');
    assert.equal([ended.status, ended.errorCode, ended.failedStage], ['FAILED', 'INPUT_TOO_LARGE', 'FETCH_INPUTS']);
  }),
);

test(
  'two runs work side by side',
  withService({}, async ({ service, run }) => {
    const ended = await Promise.all([run('nothing'), run('nothing')]);
    assert.equal(
      ended.map(({ status }) => status),
      ['SUCCEEDED', 'SUCCEEDED'],
    );
    assert.is(service.runners.pids.length, 2);
  }),
);

const RULES = { tenantId: 'shop', scope: null, vendorsMax: 100, extraColumnsMax: 20, problemsMax: 100 };

/** A config with so many problems; the 30,000 take about 100 ms to check. */
function largeConfig(deed: string, problems = 30_000): string {
  const vendors = Array.from({ length: 100 }, (_, i) => ({
    vendor_id: `v${i}`,
    inbound: { type: 's3' },
    parser: { format: 'csv' },
  }));
  const sort_by = [`vendor_priority:${Array.from({ length: problems }, (_, i) => `w${i}`).join(',')}`];
  return JSON.stringify({
    ...CONFIG,
    tenant_id: 'shop',
    vendors,
    merge: { strategy: 'best_offer', best_offer: { sort_by } },
    pricing: { ...CONFIG.pricing, rules: [{ use: 'deed', with: { deed } }] },
  });
}

test(
  'large configs are checked in another process, with the same result',
  withService({}, async ({ service }) => {
    const text = largeConfig('nothing');
    const here = reportOn(JSON.parse(text), RULES, service.api.registry);
    const jobs = service.runners.configJobs;
    assert.equal(await jobs({ type: 'check', text, rules: RULES }, 'one'), here);
    assert.is(here.count, 30_000);
    const vendor = JSON.stringify({ parser: { format: 'csv', options: { files: { match: '*.csv' } } } });
    assert.is(await jobs({ type: 'match', text: vendor }, 'one'), '*.csv');
    const { pids } = service.runners;
    const before = process.cpuUsage();
    await Promise.all(['one', 'two', 'two'].map((owner) => jobs({ type: 'check', text, rules: RULES }, owner)));
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < 100, `${(user + system) / 1000} ms of CPU in this process`);
    assert.equal(service.runners.pids, pids);
  }),
);

test(
  'a process that dies from a config is replaced; too many configs of one key are refused, but not those of another',
  withService({}, async ({ service, run }) => {
    const jobs = service.runners.configJobs;
    const check = (deed: string, owner: string) =>
      jobs({ type: 'check', text: largeConfig(deed, 30), rules: RULES }, owner).then(
        ({ count }) => String(count),
        (error: RelayError) => `${error.code} ${error.recovery}`,
      );
    const dead = check('die_in_check', 'one');
    const waiting = Array.from({ length: 10 }, () => check('nothing', 'one'));
    assert.throws(
      () => jobs({ type: 'match', text: '{}' }, 'one'),
      (error: ApiError) => error.code === 'RATE_LIMITED' && error.status === 429,
    );
    assert.is(await jobs({ type: 'match', text: '{}' }, 'two'), null);
    assert.is(await dead, 'runner_unavailable retry');
    assert.equal(await Promise.all(waiting), Array(10).fill('30'));
    assert.is((await run('nothing')).status, 'SUCCEEDED');
  }),
);

test(
  'questions are answered in other processes, several at a time; their errors come back unchanged',
  withService({}, async ({ service, folder, run }) => {
    const { runId, tenantId } = await run('nothing');
    const { ask } = service.runners;
    const of = { tenantId, runId };
    const texts = await Promise.all(['A', 'B', 'C'].map((sku) => ask({ type: 'explain', ...of, sku })));
    const answers: Receipt[] = texts.map((text) => JSON.parse(text));
    assert.equal(
      answers.map(({ outcome, price }) => [outcome, price?.written ?? null]),
      [
        ['published', '20.50'],
        ['published', '10.00'],
        ['not_offered', null],
      ],
    );
    const history = await ask({ type: 'history', tenantId, runIds: [runId], sku: 'A', entries: 5 });
    assert.equal(
      history.map(({ run_id, price }) => [run_id, price]),
      [[runId, '20.50']],
    );
    const gone = await ask({ type: 'explain', tenantId, runId: 'run_0', sku: 'A' }).catch((error) => error);
    assert.is((gone as RelayError).code, 'not_explainable');
    assert.equal(filesIn(path.join(folder, 'data', 'scratch')), []);
  }),
);

test.run();
