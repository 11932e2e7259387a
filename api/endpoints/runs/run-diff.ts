/** What changed between the feeds of any two runs: the answer of `relay diff A B`. */
import type { ArtifactStore } from '../../../core/ports/service/objects.ts';
import type { RunRecord } from '../../../core/ports/service/runs.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { ApiError } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import type { AttributionWanted } from '../../questions/attribution.ts';
import { type DiffedRun, diffAnswer } from '../../questions/diff.ts';
import { type DiffQuery, diffParams, diffQuery } from '../../schemas/diff.ts';
import { asGone } from '../made-files.ts';
import { asNotExplainable, noEngine } from './not-explainable.ts';
import { findRun } from './run-view.ts';

export function diffEndpoints(deps: ApiDeps, questions: Questions) {
  const { artifacts } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_a/diff/:run_b',
      id: 'diffRuns',
      tag: 'Publishing',
      summary: 'What changed between the feeds of two runs',
      description:
        'Compares them as `relay diff` does, from run `run_a` to run `run_b`. The feed of a run that a guardrail stopped is its candidate. `causes` says what differs between the runs themselves: `feed` the vendors’ files, `config`, `code` the plugins, `decision` the decisions on held prices. The feeds are read as streams; large ones take seconds. With `attribute=true`, `attribution` says for each changed row what changed it, as `relay diff --attribute` does: the runs are repeated, each with the inputs, the config or the decisions of the other, which takes up to seven times as long as a run.',
      access: 'key',
      params: diffParams,
      query: diffQuery(deps.settings),
      responses: { 200: { description: 'the difference', model: 'RunDiff' } },
      errors: ['RUN_HAS_NO_FEED', 'RUN_GONE', 'RUN_NOT_EXPLAINABLE', 'NO_ENGINE', 'TOO_MANY_QUESTIONS'],
      handle: async ({ c, principal, params: { run_a, run_b }, query }) => {
        const [before, after] = [await findRun(deps, principal, run_a), await findRun(deps, principal, run_b)];
        const { tenantId } = after;
        const runs = { before: await diffedRun(artifacts, before), after: await diffedRun(artifacts, after) };
        const attribute = attributionWanted(query);
        if (attribute !== null && before.tenantId !== tenantId)
          throw new ApiError('RUN_NOT_EXPLAINABLE', 'what changed rows is only known of two runs of one tenant');
        const here = () => (attribute === null ? diffAnswer(runs, artifacts) : noEngine());
        const question = { type: 'diff' as const, tenantId, ...runs, attribute };
        const found = await questions.ask(question, here, c.req.raw.signal).catch((error) => {
          throw asGone(asNotExplainable(error), `${run_a} or ${run_b}`);
        });
        return Response.json({ a: run_a, b: run_b, ...found });
      },
    }),
  ];
}

/** The rows that `attribution` lists by default. */
const LISTED = 50;

/** Null unless the query asks what changed each row. */
function attributionWanted({ attribute, cause, limit }: DiffQuery): AttributionWanted | null {
  if (attribute !== 'true' && cause === undefined) return null;
  return { causes: cause ?? null, limit: limit ?? LISTED };
}

/** Throws `RUN_HAS_NO_FEED`, and `RUN_GONE`. */
async function diffedRun(store: ArtifactStore, { runId, tenantId, artifacts }: RunRecord): Promise<DiffedRun> {
  const key = artifacts.candidate_inventory ?? artifacts.merged_inventory;
  if (key === undefined) throw new ApiError('RUN_HAS_NO_FEED', `run ${runId} has made no feed, or has not ended yet`);
  const info = await store.head(key);
  if (info === null) throw new ApiError('RUN_GONE', `the feed of run ${runId} is gone`);
  return { runId, tenantId, key, etag: info.etag };
}
