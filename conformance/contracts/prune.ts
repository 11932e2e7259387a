/** What `relay prune` must do, on both families of stores. */
import * as assert from 'uvu/assert';
import { EXIT } from '../../cli/io.ts';
import { retentionDeps } from '../../cli/service/retention-deps.ts';
import { relay } from '../../cli/testing/sandbox.ts';
import { pruneTenant } from '../../worker/retention/retention.ts';
import { CONFIG } from '../../worker/testing/worker-harness.ts';
import { put } from './artifact-subject.ts';
import type { DlqSubject } from './dlq.ts';
import { endRun, newRun } from './run-subject.ts';
import type { ContractCase } from './support.ts';
import { waitingUpload } from './upkeep-subject.ts';

const DAY = 24 * 3600_000;

/** Adds a run that succeeded so many days ago, with two artifacts. */
async function runBefore({ stores }: DlqSubject, runId: string, days: number): Promise<void> {
  for (const name of ['outputs/merged_inventory.csv', 'reports/run_summary.json']) {
    await put(stores.artifacts, `${runId}/tenants/shop/${name}`, 'x'.repeat(50));
  }
  await endRun(stores.runs, runId, 'shop', Date.now() - days * DAY);
  await stores.usage.addStored('shop', 100);
}

async function json({ env }: DlqSubject, settings: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await relay(['prune', ...args, '--json'], { ...env, ...settings });
  assert.is(code, EXIT.ok, stdout + stderr);
  return JSON.parse(stdout);
}

export const pruneCases: ReadonlyArray<ContractCase<DlqSubject>> = [
  {
    name: 'old patches go, but for the newest of a file that a run in use has read; the run that refused its rows stays',
    run: async ({ stores }) => {
      const { artifacts, runs, usage } = stores;
      await stores.tenants.create('shop', CONFIG, Date.now() - 400 * DAY);
      const manifest = (sha256: string, patched: string) =>
        JSON.stringify({
          vendors: {
            acme: {
              sha256,
              patches: [
                {
                  of_sha256: sha256,
                  patched_sha256: patched,
                  patched_size: 1,
                  run_copy_key: 'a',
                  patched_copy_key: 'b',
                },
              ],
            },
            bolt: { sha256: 'ab' },
          },
        });
      const made = { run_1: manifest('0a', '0b'), run_2: manifest('0a', '0b'), run_3: manifest('1a', '1b') };
      for (const [i, [id, text]] of Object.entries(made).entries()) {
        await put(artifacts, `${id}/tenants/shop/reports/input_manifest.json`, text);
        await endRun(runs, id, 'shop', Date.now() - (10 - i) * DAY);
      }
      // the last run succeeded and read 1a; run_1 counts as having refused rows of it
      const used = ['acme/1a/run_1/b.csv', 'acme/1b/run_3/a.csv', 'bolt/ab/run_3/a.csv'];
      const old = ['acme/0a/run_2/a.csv', 'acme/1a/run_1/a.csv', 'bolt/1a/run_3/a.csv', 'other/1a/run_3/a.csv'];
      const folder = 'tenants/shop/patches/';
      for (const name of [...old, ...used, 'notes.txt']) await put(artifacts, folder + name, name);
      const deps = retentionDeps(stores);
      await usage.addStored('shop', 100_000);
      const { bytes: stored } = await usage.storedBytes('shop');
      const prune = async (before: number, dryRun = false) =>
        (await pruneTenant(deps, 'shop', { before, dryRun, objectsMax: 1e9 })).pruned;
      const left = async () => (await artifacts.list(folder)).objects.map(({ key }) => key.slice(folder.length));
      assert.is((await prune(Date.now() - 20 * DAY)).patches, 0);
      // by then all of them are old
      const later = Date.now() + DAY;
      const planned = await prune(later, true);
      assert.equal([planned.patches, planned.runs], [old.length, 1]);
      assert.is((await left()).length, old.length + used.length + 1);
      await runs.create({ ...newRun('run_4'), tenantId: 'shop', now: Date.now() });
      assert.is((await prune(Date.now() - 20 * DAY)).patches + (await prune(later, true)).patches, 0);
      await runs.claim('run_4', 'w1', Date.now(), 1000);
      await runs.finish(
        { runId: 'run_4', attempt: 1 },
        { status: 'FAILED', errorCode: 'internal_error', artifacts: {} },
        Date.now(),
      );
      const pruned = await prune(later);
      const bytes = old.join('').length;
      assert.is(pruned.patches, old.length);
      assert.equal(await left(), [...used, 'notes.txt'].sort());
      assert.is((await usage.storedBytes('shop')).bytes, stored - pruned.bytes);
      assert.ok(pruned.bytes >= bytes);
      assert.equal((await runs.list({ tenantId: 'shop' })).runs.map(({ runId }) => runId).sort(), ['run_1', 'run_3']);
    },
  },
  {
    name: 'prune says what would go, removes it, and then has nothing left to do',
    run: async (subject) => {
      const { stores, env } = subject;
      await stores.tenants.create('shop', CONFIG, Date.now() - 400 * DAY);
      await stores.tenants.create('other', CONFIG, Date.now());
      for (const [id, days] of Object.entries({ run_1: 300, run_2: 200, run_3: 95, run_4: 80 })) {
        await runBefore(subject, id, days);
      }
      await put(stores.artifacts, 'tenants/shop/inbound/acme/a.csv', 'sku\n');
      await put(stores.artifacts, 'run_1/tenants/shop2/not-ours', 'x');
      const dry = await json(subject, {}, '--dry-run');
      const counts = { runs: 3, patches: 0, objects: 6, bytes: 300 };
      const none = { config_versions: 0, revoked_keys: 0, upload_notes: 0 };
      const tenants = [{ tenant_id: 'shop', run_ids: ['run_1', 'run_2', 'run_3'], ...counts, ...none }];
      const { before, ...rest } = dry;
      assert.ok(Math.abs(Date.parse(before) - (Date.now() - 90 * DAY)) < 60_000);
      assert.equal(rest, { dry_run: true, ...counts, ...none, tenants });
      assert.is((await stores.runs.list({ tenantId: 'shop' })).runs.length, 4);
      const said = await relay(['prune', '--dry-run'], env);
      assert.is(said.stdout, 'shop: would remove 3 runs with 6 objects (300 bytes)\n');
      const { before: _, ...done } = await json(subject, {});
      assert.equal(done, { dry_run: false, ...counts, ...none, tenants });
      assert.equal(
        (await stores.runs.list({ tenantId: 'shop' })).runs.map((run) => run.runId),
        ['run_4'],
      );
      const left = await stores.artifacts.list('');
      assert.equal(
        left.objects.map((one) => one.key),
        [
          'run_1/tenants/shop2/not-ours',
          'run_4/tenants/shop/outputs/merged_inventory.csv',
          'run_4/tenants/shop/reports/run_summary.json',
          'tenants/shop/inbound/acme/a.csv',
        ],
      );
      assert.is((await stores.usage.storedBytes('shop')).bytes, 104, 'counted anew');
      const again = await relay(['prune'], env);
      assert.equal([again.code, again.stdout], [EXIT.ok, '']);
    },
  },
  {
    name: 'the last run that succeeded stays at any age, and RETENTION_DAYS decides',
    run: async (subject) => {
      const { stores } = subject;
      await stores.tenants.create('shop', CONFIG, Date.now());
      await runBefore(subject, 'run_1', 30);
      await runBefore(subject, 'run_2', 20);
      const kept = await json(subject, { RETENTION_DAYS: '0' });
      assert.equal([kept.before, kept.runs], [null, 0]);
      assert.is((await json(subject, { RETENTION_DAYS: '40' })).runs, 0);
      assert.equal((await json(subject, { RETENTION_DAYS: '10' })).tenants[0].run_ids, ['run_1']);
      assert.is((await stores.artifacts.list('run_2/')).objects.length, 2);
    },
  },
  {
    name: 'what a process left that died is removed, and uploads that came are counted once',
    run: async (subject) => {
      const { stores } = subject;
      await stores.tenants.create('shop', CONFIG, Date.now());
      await runBefore(subject, 'run_1', 200);
      await stores.retention.expireRun('run_1', Date.now());
      const key = 'tenants/shop/inbound/acme/new.csv';
      const opened = { openedAt: Date.now(), expiresAt: Date.now() + 900_000 };
      assert.ok(await stores.usage.openUpload(waitingUpload(key, opened), 9));
      assert.ok(await stores.usage.openUpload(waitingUpload('tenants/shop/late', opened), 9));
      const old = { openedAt: 1, expiresAt: Date.now() - 2 * DAY };
      assert.ok(await stores.usage.openUpload(waitingUpload('tenants/shop/never', old), 9));
      await put(stores.artifacts, key, 'sku,cost\n');
      await json(subject, {});
      assert.equal((await stores.artifacts.list('run_1/')).objects, []);
      assert.equal(
        (await stores.usage.listUploads('shop')).map((one) => one.key),
        ['tenants/shop/late'],
      );
      assert.is((await stores.usage.storedBytes('shop')).bytes, 9);
    },
  },
];
