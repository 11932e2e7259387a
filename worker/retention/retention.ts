/**
 * Removes what a tenant no longer needs: old runs with their artifacts, corrected rows of files that no run reads any
 * more, config versions that no kept run uses, revoked keys, notes of uploads. Whatever is in use stays, regardless of
 * age: see `inUse`.
 *
 * A run's record is removed first, in one step with writing a note that its objects must be removed; then its objects;
 * then the note. So no visible run lacks its objects, and if a process dies, the next one continues from the note.
 */
import { closeArrived } from '../../api/endpoints/inbound/waiting-uploads.ts';
import { runPrefix } from '../../core/pipeline/artifacts.ts';
import { readCurrent, readPublication } from '../../core/pipeline/publications.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { RunRecord, RunStore } from '../../core/ports/service/runs.ts';
import type { TenantStore } from '../../core/ports/service/tenants.ts';
import type { ExpiredRun, RetentionStore, UsageStore } from '../../core/ports/service/upkeep.ts';
import { patchedRuns, prunePatches } from './retention-patches.ts';

/** The ids of a tenant's runs that something still needs. */
export type InUse = (tenantId: string) => Promise<ReadonlySet<string>>;

export interface RetentionDeps {
  tenants: TenantStore;
  runs: RunStore;
  artifacts: ArtifactStore;
  usage: UsageStore;
  retention: RetentionStore;
  /** Each names runs that must stay. */
  inUse: readonly InUse[];
  now(): number;
  /** Milliseconds that the stores' clock is ahead of this machine's, as of their last answer; absent if they have none of their own. */
  clockOffset?: (() => number) | undefined;
}

/** What was removed, or would be. */
export interface Pruned {
  runs: number;
  objects: number;
  bytes: number;
  configVersions: number;
  keys: number;
  uploads: number;
  /** Corrected rows that were uploaded; they count as objects too. */
  patches: number;
}

export interface PruneOptions {
  /** Whatever was made before this time is old: runs by request time, config versions, uploads by arrival. */
  before: number;
  /** Only counts. */
  dryRun: boolean;
  /** Begins no further run of the tenant after so many objects. */
  objectsMax: number;
  /** Called if objects of a run could not be removed; the others go on. Without it the error is thrown. */
  onFailed?(tenantId: string, error: unknown): void;
  /** Called if the manifest of a run in use is damaged, so that all corrected rows of the tenant stay, with the runs that they are of. */
  onDamaged?(tenantId: string, error: unknown): void;
  /** Called for each run that is removed. */
  onRun?(run: ExpiredRun & { requestedAt: number; bytes: number }): void;
}

const PAGE = 100;
const CONCURRENT_REMOVALS = 16;
/** An upload may take so long after its address has expired. */
const UPLOAD_SLACK_MS = 3600_000;
/** The most pages of runs that are searched for the last one over all vendors. */
const SUCCEEDED_PAGES_MAX = 20;

export const nothingPruned = (): Pruned => ({
  ...{ runs: 0, objects: 0, bytes: 0, configVersions: 0, keys: 0, uploads: 0, patches: 0 },
});

/** The runs whose feeds merchants take: the last one that succeeded, and the last one over all vendors. */
export function latestSucceeded(runs: RunStore): InUse {
  return async (tenantId) => {
    const last = await runs.lastSucceeded(tenantId);
    if (last === null) return new Set();
    const ids = new Set([last.runId]);
    // asked before and after each run that is removed, so no list is read for nothing
    if (last.vendors.length === 0) return ids;
    let cursor: string | null = null;
    for (let page = 0; page < SUCCEEDED_PAGES_MAX; page++) {
      const listed = await runs.list({ tenantId, status: 'SUCCEEDED' }, cursor, PAGE);
      const whole = listed.runs.find((run) => run.vendors.length === 0);
      if (whole !== undefined) return ids.add(whole.runId);
      if (listed.next === null) break;
      cursor = listed.next;
    }
    return ids;
  };
}

/**
 * The runs of the last two publications: the older one is needed for the delta and for a rollback. Files that were
 * carried over for the baseline's run lie in its own folder.
 */
export function publishedRun(artifacts: ArtifactStore): InUse {
  return async (tenantId) => {
    const current = await readCurrent(artifacts, tenantId);
    if (current === null) return new Set();
    const { run_id, sequence } = current.publication;
    const before = sequence === 1 ? null : await readPublication(artifacts, tenantId, sequence - 1);
    return new Set(before === null ? [run_id] : [run_id, before.run_id]);
  };
}

/** The tenant's runs that stay, regardless of age. */
export async function inUse(
  deps: Pick<RetentionDeps, 'inUse' | 'artifacts'>,
  tenantId: string,
  onDamaged?: PruneOptions['onDamaged'],
): Promise<Set<string>> {
  const named = await namedInUse(deps, tenantId);
  const patched = await patchedRuns(deps.artifacts, tenantId, named, (error) => onDamaged?.(tenantId, error));
  return new Set([...named, ...patched]);
}

/** The runs that are in use without regard to patches. */
async function namedInUse(deps: Pick<RetentionDeps, 'inUse'>, tenantId: string): Promise<Set<string>> {
  const sets = await Promise.all(deps.inUse.map((names) => names(tenantId)));
  return new Set(sets.flatMap((one) => [...one]));
}

/**
 * Removes the objects of runs whose records are already removed. If that fails, or if the run was published again, its
 * note stays.
 */
export async function finishExpired(
  deps: RetentionDeps,
  runsMax: number,
  onFailed?: PruneOptions['onFailed'],
): Promise<Pruned> {
  const pruned = nothingPruned();
  for (const run of await deps.retention.expiredRuns(runsMax)) add(pruned, await removeUnused(deps, run, onFailed));
  return pruned;
}

/**
 * Asks once more if the run is in use, now that its record is gone: somebody may have published it again in between.
 */
async function removeUnused(
  deps: RetentionDeps,
  run: ExpiredRun,
  onFailed?: PruneOptions['onFailed'],
): Promise<Pruned> {
  try {
    if (!(await inUse(deps, run.tenantId)).has(run.runId)) return await removeObjects(deps, run);
    await deps.retention.putOffExpired(run, deps.now());
  } catch (error) {
    if (onFailed === undefined) throw error;
    onFailed(run.tenantId, error);
    // so that the runs behind it come first next time
    await deps.retention.putOffExpired(run, deps.now());
  }
  return nothingPruned();
}

/** `isDone` is false if there is more to remove. */
export async function pruneTenant(
  deps: RetentionDeps,
  tenantId: string,
  options: PruneOptions,
): Promise<{ pruned: Pruned; isDone: boolean }> {
  const pruned = nothingPruned();
  const kept: RunRecord[] = [];
  const needed = await inUse(deps, tenantId, options.onDamaged);
  let cursor: string | null = null;
  do {
    const page: { runs: RunRecord[]; next: string | null } = await deps.retention.endedRuns(
      tenantId,
      options.before,
      cursor,
      PAGE,
    );
    for (const run of page.runs) {
      if (needed.has(run.runId)) kept.push(run);
      else if (pruned.objects >= options.objectsMax) return { pruned, isDone: false };
      else add(pruned, await pruneRun(deps, run, options));
    }
    cursor = page.next;
  } while (cursor !== null);
  add(pruned, await prunePatches(deps, tenantId, options, await namedInUse(deps, tenantId)));
  pruned.configVersions += await pruneVersions(deps, tenantId, kept, options);
  if (!options.dryRun) {
    pruned.keys += await deps.retention.removeRevokedKeys(tenantId, options.before);
    await closeArrived(deps, tenantId);
    pruned.uploads += await deps.usage.removeUploads(tenantId, deps.now() - UPLOAD_SLACK_MS);
  }
  return { pruned, isDone: true };
}

async function pruneRun(
  deps: RetentionDeps,
  run: RunRecord,
  { dryRun, onRun, onFailed }: PruneOptions,
): Promise<Pruned> {
  const expired = { runId: run.runId, tenantId: run.tenantId };
  const pruned = nothingPruned();
  if (dryRun) {
    for await (const { size } of objectsOf(deps.artifacts, expired)) add(pruned, { objects: 1, bytes: size });
  } else {
    if ((await inUse(deps, run.tenantId)).has(run.runId)) return pruned;
    // another process was faster
    if (!(await deps.retention.expireRun(run.runId, deps.now()))) return pruned;
    add(pruned, await removeUnused(deps, expired, onFailed));
  }
  pruned.runs++;
  onRun?.({ ...expired, requestedAt: run.requestedAt, bytes: pruned.bytes });
  return pruned;
}

async function removeObjects(deps: RetentionDeps, run: ExpiredRun): Promise<Pruned> {
  const pruned = nothingPruned();
  const objects: Array<{ key: string; size: number }> = [];
  for await (const one of objectsOf(deps.artifacts, run)) objects.push(one);
  for (let at = 0; at < objects.length; at += CONCURRENT_REMOVALS) {
    const some = objects.slice(at, at + CONCURRENT_REMOVALS);
    await Promise.all(some.map(({ key }) => deps.artifacts.remove(key)));
    const bytes = some.reduce((sum, one) => sum + one.size, 0);
    await deps.usage.addStored(run.tenantId, -bytes);
    add(pruned, { objects: some.length, bytes });
  }
  await deps.retention.removeExpired(run);
  return pruned;
}

/**
 * Removes old versions of the config. A replaced version is needed only by runs that stay. `kept` are the old runs that
 * stay.
 */
async function pruneVersions(
  { retention, runs }: RetentionDeps,
  tenantId: string,
  kept: readonly RunRecord[],
  { before, dryRun }: PruneOptions,
): Promise<number> {
  const needed = new Set(kept.map((run) => run.configVersion));
  for (const status of ['QUEUED', 'RUNNING'] as const) {
    for (const run of (await runs.list({ tenantId, status }, null, 1)).runs) needed.add(run.configVersion);
  }
  let removed = 0;
  let after = 0;
  for (;;) {
    // the last one of a page is only read: it says when the one before was replaced
    const versions = await retention.configVersions(tenantId, after, PAGE + 1);
    for (const [i, { configVersion }] of versions.slice(0, -1).entries()) {
      if ((versions[i + 1]?.createdAt ?? before) >= before) return removed;
      if (needed.has(configVersion)) continue;
      if (dryRun || (await retention.removeConfigVersion(tenantId, configVersion))) removed++;
    }
    if (versions.length <= PAGE) return removed;
    after = versions.at(-2)?.configVersion ?? after;
  }
}

/** Corrects a tenant's stored bytes by its objects, its uploads and the artifacts of its runs, and its number of files by its uploads. */
export async function countStored(deps: RetentionDeps, tenantId: string): Promise<void> {
  const before = await deps.usage.storedBytes(tenantId);
  const counted = await uploadsOf(deps.artifacts, tenantId);
  let cursor: string | null = null;
  do {
    const page: { runs: RunRecord[]; next: string | null } = await deps.runs.list({ tenantId }, cursor, PAGE);
    const ended = page.runs.filter(({ finishedAt }) => finishedAt !== null);
    for (let at = 0; at < ended.length; at += CONCURRENT_REMOVALS) {
      const sizes = ended.slice(at, at + CONCURRENT_REMOVALS).map((run) => storedBytesOf(deps.artifacts, run));
      for (const size of await Promise.all(sizes)) counted.bytes += size;
    }
    cursor = page.next;
  } while (cursor !== null);
  const after = await deps.usage.storedBytes(tenantId);
  const error = (of: 'bytes' | 'files') => leastError(counted[of] - before[of], counted[of] - after[of]);
  await deps.usage.correctStored(tenantId, { bytes: error('bytes'), files: error('files') }, deps.now());
}

/** What the service keeps beside a tenant's uploads. */
const OWN = /^(current\.json|decisions\.csv|publications\/|simulations\/)/;

/** All bytes in a tenant's folder, and the number of its uploads. */
async function uploadsOf(artifacts: ArtifactStore, tenantId: string): Promise<{ bytes: number; files: number }> {
  const prefix = `tenants/${tenantId}/`;
  const counted = { bytes: 0, files: 0 };
  for await (const { key, size } of objectsUnder(artifacts, prefix)) {
    counted.bytes += size;
    if (!OWN.test(key.slice(prefix.length))) counted.files++;
  }
  return counted;
}

/**
 * What was stored during the count is in the counter, and perhaps in the list of objects too. So the counter's error
 * lies between these two numbers. Takes the smaller one, and the next count finds the rest; takes 0 if the numbers have
 * different signs.
 */
function leastError(first: number, second: number): number {
  if (first > 0 !== second > 0) return 0;
  return Math.abs(first) < Math.abs(second) ? first : second;
}

/** Bytes of the artifacts of a run. */
export function storedBytesOf(artifacts: ArtifactStore, { runId, tenantId }: ExpiredRun): Promise<number> {
  return bytesUnder(artifacts, runPrefix(runId, tenantId));
}

async function bytesUnder(artifacts: ArtifactStore, prefix: string): Promise<number> {
  let bytes = 0;
  for await (const { size } of objectsUnder(artifacts, prefix)) bytes += size;
  return bytes;
}

function objectsOf(artifacts: ArtifactStore, { runId, tenantId }: ExpiredRun) {
  return objectsUnder(artifacts, runPrefix(runId, tenantId));
}

async function* objectsUnder(artifacts: ArtifactStore, prefix: string) {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ArtifactStore['list']>> = await artifacts.list(prefix, cursor);
    yield* page.objects;
    cursor = page.next;
  } while (cursor !== null);
}

export function add(sum: Pruned, more: Partial<Pruned>): void {
  for (const name of Object.keys(sum) as Array<keyof Pruned>) sum[name] += more[name] ?? 0;
}
