/** What changed between the feeds of any two runs: the answer of `relay diff A B`. */
import { type MoneyDecimals, moneyDecimals } from '../../core/money/currencies.ts';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import { pinnedSource, readJson } from '../../core/pipeline/publications.ts';
import { type ConfigSnapshot, causesOf, type RunReports } from '../../core/pipeline/publish/causes.ts';
import { type ComparedFeed, diffFeeds } from '../../core/pipeline/publish/diff-feeds.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import type { ArtifactStore, RunRecord } from '../../core/ports/service.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { ApiError } from '../http/errors.ts';
import { diffParams } from '../schemas/diff.ts';
import { findRun } from './run-view.ts';

export function diffEndpoints(deps: ApiDeps) {
  const { artifacts } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_a/diff/:run_b',
      id: 'diffRuns',
      tag: 'Publishing',
      summary: 'What changed between the feeds of two runs',
      description:
        'Compares them as `relay diff` does, from run `run_a` to run `run_b`. The feed of a run that a guardrail stopped is its candidate. `causes` says what differs between the runs themselves: `feed` the vendors’ files, `config`, `code` the plugins, `decision` the decisions on held prices. The feeds are read as streams; large ones take seconds.',
      access: 'key',
      params: diffParams,
      responses: { 200: { description: 'the difference', model: 'RunDiff' } },
      errors: ['RUN_HAS_NO_FEED', 'RUN_GONE'],
      handle: async ({ principal, params: { run_a, run_b } }) => {
        const [before, after] = [await findRun(deps, principal, run_a), await findRun(deps, principal, run_b)];
        const feeds = { before: await feedOf(artifacts, before), after: await feedOf(artifacts, after) };
        const reports = [await reportsOf(artifacts, before), await reportsOf(artifacts, after)] as const;
        const moneyDecimals = decimalsOf(reports[1], reports[0]);
        const found = await diffFeeds({ ...feeds, moneyDecimals, limits: DEFAULT_LIMITS, delta: null });
        return Response.json({ a: run_a, b: run_b, causes: causesOf(...reports), ...found });
      },
    }),
  ];
}

/** Throws `RUN_HAS_NO_FEED`, and `RUN_GONE`. */
async function feedOf(store: ArtifactStore, { runId, artifacts }: RunRecord): Promise<ComparedFeed> {
  const key = artifacts.candidate_inventory ?? artifacts.merged_inventory;
  if (key === undefined) throw new ApiError('RUN_HAS_NO_FEED', `run ${runId} has made no feed, or has not ended yet`);
  const info = await store.head(key);
  if (info === null) throw new ApiError('RUN_GONE', `the feed of run ${runId} is gone`);
  const format = key.endsWith('.jsonl') ? 'jsonl' : 'csv';
  return { name: `the feed of run ${runId}`, format, source: pinnedSource(store, key, info.etag) };
}

async function reportsOf(store: ArtifactStore, { runId, tenantId }: RunRecord): Promise<RunReports> {
  const prefix = runPrefix(runId, tenantId);
  const manifest = await readJson<InputManifest>(store, prefix + PATHS.manifest);
  const snapshot = await readJson<ConfigSnapshot>(store, prefix + PATHS.config);
  return { manifest: manifest?.value ?? null, snapshot: snapshot?.value ?? null };
}

/** As many decimals as the currency of the newer run has; two if nobody knows. */
function decimalsOf(...reports: readonly RunReports[]): MoneyDecimals {
  const known = reports.find(({ snapshot }) => snapshot?.tenant_config?.default_currency !== undefined);
  return moneyDecimals(known?.snapshot?.tenant_config?.default_currency ?? 'USD');
}
