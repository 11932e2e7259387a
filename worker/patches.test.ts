/** Patches of corrected rows: they apply to their very file, in every attempt, and on top of each other. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { patchPrefix } from '../core/config/prefixes.ts';
import { hashRead, type InputManifest } from '../core/pipeline/fetch/input-manifest.ts';
import {
  busy,
  CONFIG,
  onWrite,
  TENANT,
  type WorkerHarness,
  withMethods,
  withWorker,
} from './testing/worker-harness.ts';

const MERGED = 'outputs/merged_inventory.csv';
const FEED = 'sku,quantity_available,cost\nA,x,10\nB,y,10\nC,3,10\n';

async function work(harness: WorkerHarness, runId: string, deps = harness.deps()): Promise<Record<string, string>> {
  harness.time += 1000;
  const made = { runId, tenantId: TENANT, configVersion: 2, vendors: [], force: false, now: harness.time };
  assert.is((await harness.stores.runs.create(made)).status, 'created');
  await harness.stores.queue.send({ run_id: runId, tenant_id: TENANT, vendors: [], config_version: 2 });
  await harness.handleNext(deps);
  return harness.artifactsOf(runId);
}

/** Makes run `r1`, which refuses rows of acme. */
async function refuse(harness: WorkerHarness): Promise<Record<string, string>> {
  const error_policy = { max_invalid_rows: 10, max_invalid_row_pct: 1 };
  await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, publish: {}, error_policy }, harness.time);
  await harness.putFeed('acme', FEED);
  return work(harness, 'r1');
}

/** Uploads a changed rejects report of a run, as through the API. */
async function upload(harness: WorkerHarness, runId: string, from: string, to: string): Promise<string> {
  const artifacts = await harness.artifactsOf(runId);
  const manifest = JSON.parse(artifacts['reports/input_manifest.json']!) as InputManifest;
  const rejects = artifacts['reports/rejects/acme.csv']!;
  assert.ok(rejects.includes(from), rejects);
  const hash = hashRead(manifest.vendors.acme!)!;
  const key = `${patchPrefix(TENANT, 'acme', hash)}${runId}/${harness.time}.csv`;
  harness.time += 1000;
  await harness.putObject(key, rejects.replace(from, to));
  return key;
}

/** SKU and quantity of acme's valid rows. */
function stockOf(artifacts: Record<string, string>): string[] {
  const [, ...lines] = artifacts['normalized/acme/normalized.csv']!.trimEnd().split('\n');
  return lines.map((line) => line.split(',')).map((cells) => `${cells[0]} ${cells[3]}`);
}

const patchesOf = (artifacts: Record<string, string>) =>
  (JSON.parse(artifacts['reports/input_manifest.json']!) as InputManifest).vendors.acme!.patches ?? [];

test(
  'a patch corrects rows when the very same file is read again; patches add up; another file has none',
  withWorker(async (harness) => {
    await refuse(harness);
    const key = await upload(harness, 'r1', 'A,x', 'A,1');
    const second = await work(harness, 'r2');
    assert.equal(stockOf(second), ['A 1', 'C 3']);
    assert.equal(
      patchesOf(second).map(({ run_id, s3_key, rows }) => ({ run_id, s3_key, rows })),
      [{ run_id: 'r1', s3_key: key, rows: 2 }],
    );
    assert.is(second['inbound/acme/feed.csv'], FEED);
    await upload(harness, 'r2', 'B,y', 'B,2');
    const third = await work(harness, 'r3');
    assert.equal(stockOf(third), ['A 1', 'B 2', 'C 3']);
    assert.is(patchesOf(third).length, 2);
    await harness.putFeed('acme', `${FEED}D,1,10\n`);
    const other = await work(harness, 'r4');
    assert.equal(patchesOf(other), []);
    assert.equal(stockOf(other), ['C 3', 'D 1']);
  }),
);

test(
  'a later attempt uses the first attempt’s patch, whatever was uploaded meanwhile',
  withWorker(async (harness) => {
    await refuse(harness);
    await upload(harness, 'r1', 'A,x', 'A,1');
    const { artifacts } = harness.stores;
    const failing = onWrite(artifacts, MERGED, () => Promise.reject(busy()));
    await work(harness, 'r2', harness.deps({ artifacts: failing }));
    await upload(harness, 'r1', 'A,x', 'A,9');
    harness.time += 600_000;
    await harness.handleNext(harness.deps());
    const run = await harness.run('r2');
    assert.is(run.status, 'SUCCEEDED');
    assert.equal(stockOf(await harness.artifactsOf('r2')), ['A 1', 'C 3']);
    // the newest one counts for the next run
    assert.equal(stockOf(await work(harness, 'r3')), ['A 9', 'C 3']);
  }),
);

test(
  'a patch fails the run with a named error if the run that refused the rows is gone',
  withWorker(async (harness) => {
    await refuse(harness);
    await upload(harness, 'r1', 'A,x', 'A,1');
    await harness.stores.artifacts.remove(`r1/tenants/${TENANT}/reports/rejects/acme.rows.csv`);
    await work(harness, 'r2');
    const { status, errorCode, errorMessage } = await harness.run('r2');
    assert.is(status, 'FAILED');
    assert.is(errorCode, 'invalid_input');
    assert.match(errorMessage ?? '', /rejects\/acme\.rows\.csv is gone: corrected rows need the run that refused them/);
  }),
);

test(
  'an attempt that could not look for patches leaves the next attempt to find them',
  withWorker(async (harness) => {
    await refuse(harness);
    await upload(harness, 'r1', 'A,x', 'A,1');
    const { artifacts } = harness.stores;
    const away = withMethods<typeof artifacts>(artifacts, {
      newest: (prefix, ...rest) =>
        prefix.includes('/patches/') ? Promise.reject(busy()) : artifacts.newest(prefix, ...rest),
    });
    await work(harness, 'r2', harness.deps({ artifacts: away }));
    assert.is((await harness.run('r2')).status, 'QUEUED');
    harness.time += 60_000;
    await harness.handleNext();
    assert.equal(stockOf(await harness.artifactsOf('r2')), ['A 1', 'C 3']);
    assert.is(patchesOf(await harness.artifactsOf('r2')).length, 1);
  }),
);

test.run();
