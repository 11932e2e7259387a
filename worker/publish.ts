/**
 * Publishes the feed of a run over all vendors that succeeded. A run with a summary has come to its end: it can no
 * longer fail, unless its baseline is no longer the published feed. So if an attempt dies between summary and
 * publication, the next attempt only publishes. See decision 0019.
 */
import { RelayError } from '../core/errors.ts';
import { PATHS, runPrefix } from '../core/pipeline/artifacts.ts';
import type { InputManifest } from '../core/pipeline/fetch/input-manifest.ts';
import {
  CLOCK_SET_MS,
  type Current,
  findPublication,
  isBaseline,
  movePublication,
  readCurrent,
  readJson,
  recordPublication,
  SKEW_MS,
} from '../core/pipeline/publications.ts';
import type { RunSummary } from '../core/pipeline/run.ts';
import type { RunRecord } from '../core/ports/service/runs.ts';
import type { WorkerDeps } from './deps.ts';
import { boundedWarnings, runCounts } from './execute/progress.ts';
import type { Lease } from './lease.ts';
import type { RunFeed, RunReport } from './runner.ts';

/** Few publications happen at the same time: each comes from a run or a person. */
const TRIES_MAX = 20;

/** The report of an earlier attempt that came to its end; null if none did. */
export async function endedReport(deps: Pick<WorkerDeps, 'artifacts'>, run: RunRecord): Promise<RunReport | null> {
  const prefix = runPrefix(run.runId, run.tenantId);
  const summary = await readJson<RunSummary>(deps.artifacts, prefix + PATHS.summary);
  if (summary === null) return null;
  const paths: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { objects, next } = await deps.artifacts.list(prefix, cursor);
    paths.push(...objects.map(({ key }) => key.slice(prefix.length)));
    cursor = next;
  }
  const counts = runCounts(summary.value);
  const work = { counts, warnings: boundedWarnings(summary.value.warnings), paths, feed: null };
  return { failure: null, work, stage: 'COMPLETE' };
}

/** True if an attempt came to its end. Then the run is finished, not failed. */
export async function cameToItsEnd({ artifacts }: Pick<WorkerDeps, 'artifacts'>, run: RunRecord): Promise<boolean> {
  return (await artifacts.head(runPrefix(run.runId, run.tenantId) + PATHS.summary)) !== null;
}

/**
 * Publishes the run exactly once, however often it is called. Throws `BASELINE_MOVED`, `LEASE_LOST`, and errors of the
 * stores.
 */
export async function publishRun(deps: WorkerDeps, run: RunRecord, lease: Lease, report: RunReport): Promise<void> {
  const { artifacts } = deps;
  const { tenantId, runId } = run;
  const prefix = runPrefix(runId, tenantId);
  const [read, feed, first] = await Promise.all([
    readJson<InputManifest>(artifacts, prefix + PATHS.manifest),
    report.work?.feed ?? hashedFeed(deps, prefix, report.work?.paths ?? []),
    readCurrent(artifacts, tenantId),
  ]);
  const manifest = read?.value;
  // only an earlier attempt can have published before the clock was changed
  const since = run.requestedAt - (run.attempt > 1 ? CLOCK_SET_MS : SKEW_MS);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const current = tries === 0 ? first : await readCurrent(artifacts, tenantId);
    const done = await findPublication(artifacts, tenantId, current, { runId, since });
    if (done !== null) return recordPublication(artifacts, tenantId, done);
    requireBaseline(manifest, current);
    // the claim must last as long as the write may take
    await lease.hold();
    try {
      const publication = await movePublication(artifacts, tenantId, current, {
        run_id: runId,
        key: prefix + feed.path,
        etag: feed.etag,
        sha256: feed.sha256,
        format: feed.path.endsWith('.jsonl') ? 'jsonl' : 'csv',
        rows: report.work?.counts.merged ?? 0,
        published_at: new Date(deps.now()).toISOString(),
        config_version: run.configVersion,
        reason: manifest?.forced ?? null,
      });
      deps.log.info('feed_published', { run_id: runId, tenant_id: tenantId, sequence: publication.sequence });
      return;
    } catch (error) {
      if (!(error instanceof RelayError) || error.code !== 'precondition_failed') throw error;
    }
  }
  throw new RelayError('store_busy', 'others published all the time', { recovery: 'retry' });
}

/**
 * The run's baseline must still be published: its delta, holds and guardrails are about that feed. A forced run set
 * them aside, and a run without `publish` and `guardrails` was not compared.
 */
function requireBaseline(manifest: InputManifest | undefined, current: Current | null): void {
  const pinned = manifest?.baseline;
  if (pinned === undefined || typeof manifest?.forced === 'string') return;
  if (isBaseline(pinned, current)) return;
  const now = current?.publication ?? null;
  const what = now === null ? 'nothing' : `the feed of run ${now.run_id}, publication ${now.sequence}`;
  throw new RelayError(
    'BASELINE_MOVED',
    `the feed was not published: while the run worked, ${what} was published, and the run was compared with ${pinned === null ? 'nothing' : `the feed of run ${pinned.run_id}`}`,
  );
}

/** The feed of an attempt that can no longer say itself what it wrote. */
async function hashedFeed(
  { artifacts, createHasher }: WorkerDeps,
  prefix: string,
  paths: readonly string[],
): Promise<RunFeed> {
  const path = paths.find(isFeed);
  if (path === undefined) throw new RelayError('invalid_input', `the feed below ${prefix} is gone`);
  const { info, body } = await artifacts.read(prefix + path);
  const hasher = createHasher();
  for await (const chunk of body) hasher.update(chunk);
  return { path, etag: info.etag, sha256: hasher.digest() };
}

function isFeed(path: string): boolean {
  return path === PATHS.merged('csv') || path === PATHS.merged('jsonl');
}
