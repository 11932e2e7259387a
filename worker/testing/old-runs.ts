/** Runs that grow old on the embedded stores, for tests of their removal. */
import * as assert from 'uvu/assert';
import { latestSucceeded, type PruneOptions, pruneTenant, type RetentionDeps } from '../retention/retention.ts';
import { TENANT, type WorkerHarness } from './worker-harness.ts';

export const DAY = 24 * 3600_000;

export function depsOf(harness: WorkerHarness, changes: Partial<RetentionDeps> = {}): RetentionDeps {
  const { tenants, runs, artifacts, usage, retention } = harness.stores;
  const now = () => harness.time;
  return { tenants, runs, artifacts, usage, retention, inUse: [latestSucceeded(runs)], now, ...changes };
}

export const prune = async (deps: RetentionDeps, changes: Partial<PruneOptions> = {}) =>
  (await pruneTenant(deps, TENANT, { before: deps.now() - 90 * DAY, dryRun: false, objectsMax: 1e9, ...changes }))
    .pruned;

/** Makes a run that succeeded without any work and has three artifacts, then lets a day pass. */
export async function endOnce(harness: WorkerHarness, runId: string): Promise<void> {
  const { runs, tenants, usage } = harness.stores;
  const { configVersion } = (await tenants.get(TENANT))!;
  await runs.create({ runId, tenantId: TENANT, configVersion, vendors: [], force: false, now: harness.time });
  const names = ['input_manifest', 'merged_inventory', 'run_summary'];
  const artifacts = Object.fromEntries(names.map((name) => [name, `${runId}/tenants/${TENANT}/${name}`]));
  for (const key of Object.values(artifacts)) await harness.putObject(key, key);
  await runs.claim(runId, 'w1', harness.time, 1000);
  assert.ok(await runs.finish({ runId, attempt: 1 }, { status: 'SUCCEEDED', artifacts }, harness.time));
  await usage.addStored(TENANT, Object.values(artifacts).join('').length);
  harness.time += DAY;
}

export const seen = async (harness: WorkerHarness) =>
  (await harness.stores.runs.list({ tenantId: TENANT })).runs.map((run) => run.runId).sort();

export const objectsOf = async (harness: WorkerHarness, runId: string) =>
  Object.keys(await harness.artifactsOf(runId)).length;
