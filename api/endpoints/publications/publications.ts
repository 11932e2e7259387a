/**
 * A tenant's publications: listing them, going back to an earlier feed, and publishing a feed that a guardrail stopped.
 */
import { RelayError } from '../../../core/errors.ts';
import { PATHS, runPrefix } from '../../../core/pipeline/artifacts.ts';
import type { InputManifest } from '../../../core/pipeline/fetch/input-manifest.ts';
import {
  type Current,
  isBaseline,
  movePublication,
  type Publication,
  publicationOfRun,
  readCurrent,
  readJson,
  readPublication,
} from '../../../core/pipeline/publications.ts';
import type { RunRecord } from '../../../core/ports/service/runs.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { ApiError, invalidCursor, notFoundError } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import { pageQuery, runParams, tenantParams } from '../../schemas/common.ts';
import { publicationParams, reasonBody, rollbackBody } from '../../schemas/publishing.ts';
import { FEED_ERRORS, FEED_RESPONSES } from '../feed/feed.ts';
import type { FeedParts } from '../feed/feed-links.ts';
import { hashOfFeed } from '../feed/feed-state.ts';
import { withFeed } from '../feed/publication-delta.ts';
import { runGone } from '../made-files.ts';
import { requireTenantExists } from '../require-tenant.ts';
import { findRun } from '../runs/run-view.ts';

/** Few publications happen at the same time: each comes from a run or a person. */
const TRIES_MAX = 20;
/** Records of publications that are read at once for a list. */
const READ_AT_ONCE = 16;

const PUBLISHED = { 200: { description: 'what is published now', model: 'Publication' } };

export function publicationEndpoints(deps: ApiDeps, { feeds, downloads, questions }: FeedParts) {
  const { artifacts } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/publications',
      id: 'listPublications',
      tag: 'Publishing',
      summary: 'Publications, newest first',
      description: 'The first of the list is what is published now.',
      access: 'tenant',
      params: tenantParams,
      query: pageQuery(deps.settings),
      responses: { 200: { description: 'one page', model: 'PublicationList' } },
      errors: ['TOO_MANY_QUESTIONS'],
      handle: async ({ params: { tenant_id }, query }) => {
        await requireTenantExists(deps, tenant_id);
        const limit = query.limit ?? deps.settings.pageDefault;
        const current = (await readCurrent(artifacts, tenant_id))?.publication ?? null;
        const first = query.cursor === undefined ? (current?.sequence ?? 0) : sequenceOf(query.cursor);
        const numbers = Array.from({ length: Math.min(limit, first) }, (_, i) => first - i);
        const found = await questions.records(`publications ${tenant_id}`, async () => {
          const all: Array<Publication | null> = [];
          for (let at = 0; at < numbers.length; at += READ_AT_ONCE) {
            const some = numbers
              .slice(at, at + READ_AT_ONCE)
              .map((one) => publicationAt(deps, tenant_id, current, one));
            all.push(...(await Promise.all(some)));
          }
          return all;
        });
        const next = first - limit;
        return Response.json({
          publications: found.flatMap((one) => (one === null ? [] : [publicationView(one)])),
          next_cursor: next > 0 ? String(next) : null,
        });
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/publications/:sequence/delta',
      id: 'getDelta',
      tag: 'Publishing',
      summary: 'What a publication changed, for a shop to import',
      description:
        'A CSV with the columns of `delta.csv`, made of this publication and the one before. A SKU that only the one before has is `zeroed`: its row with quantity 0. The first publication has only `added` rows. It is made once, when it is first asked for. `If-None-Match`, `Range` and gzip work as for the feed.',
      access: 'tenant',
      params: publicationParams,
      responses: FEED_RESPONSES,
      errors: FEED_ERRORS,
      handle: ({ c, params: { tenant_id, sequence } }) =>
        downloads.inTurn(c, tenant_id, async () => {
          const current = (await readCurrent(artifacts, tenant_id))?.publication ?? null;
          const after = await publicationAt(deps, tenant_id, current, sequence);
          if (after === null) throw notFoundError('publication');
          const before = await publicationAt(deps, tenant_id, current, sequence - 1);
          return feeds.respondDelta(c.req.raw, tenant_id, { before, after });
        }),
    }),
    endpoint({
      method: 'post',
      path: '/v1/tenants/:tenant_id/rollback',
      id: 'rollBack',
      tag: 'Publishing',
      summary: 'Publish the feed of an earlier run again',
      description:
        'The feed that the run had published becomes a new publication. `GET /v1/tenants/{tenant_id}/publications/{sequence}/delta` takes a shop there. A run that works meanwhile and is compared with the published feed fails with `BASELINE_MOVED`.',
      access: 'tenant',
      params: tenantParams,
      body: { schema: rollbackBody, model: 'RollbackRequest' },
      responses: PUBLISHED,
      errors: ['RUN_GONE', 'RUN_NOT_PUBLISHED', 'TOO_MANY_QUESTIONS'],
      handle: async ({ principal, params: { tenant_id }, body: { run_id, reason } }) => {
        const published = await moving(questions, tenant_id, async () => {
          const current = await readCurrent(artifacts, tenant_id);
          if (current === null) throw notFoundError('published feed');
          const { sequence: _, ...earlier } = await publicationOf(deps, tenant_id, current, run_id);
          const feed = await withFeed({ deps, questions }, tenant_id, earlier);
          const by = { reason, key_id: principal.keyId };
          return moveKept(deps, tenant_id, current, { ...feed, published_at: nowOf(deps), ...by });
        });
        return Response.json(publicationView(published));
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/runs/:run_id/publish',
      id: 'publishRun',
      tag: 'Publishing',
      summary: 'Publish the feed that a guardrail stopped',
      description:
        'The run must have failed with `GUARDRAIL_TRIPPED`, and what it was compared with must still be published: otherwise 409 `BASELINE_MOVED`. Its `candidate_inventory` becomes the published feed. Asked again, the answer is the same publication.',
      access: 'key',
      params: runParams,
      body: { schema: reasonBody, model: 'ReasonRequest' },
      responses: PUBLISHED,
      errors: ['RUN_NOT_TRIPPED', 'BASELINE_MOVED', 'RUN_GONE', 'TOO_MANY_QUESTIONS'],
      handle: async ({ principal, params, body: { reason } }) => {
        const run = await findRun(deps, principal, params.run_id);
        const by = { reason, key_id: principal.keyId };
        return Response.json(
          publicationView(await moving(questions, run.tenantId, () => publishCandidate(deps, questions, run, by))),
        );
      },
    }),
  ];
}

/** With every field: one that a record lacks is null. */
function publicationView({ key_id, ...publication }: Publication) {
  return { ...publication, key_id: key_id ?? null };
}

/** Tries again if another process publishes at the same moment; those of this one take turns, as only one of many at once would succeed. */
function moving(questions: Questions, tenantId: string, move: () => Promise<Publication>): Promise<Publication> {
  return questions.records(`move ${tenantId}`, async () => {
    for (let tries = 1; ; tries++) {
      try {
        return await move();
      } catch (error) {
        const isOvertaken = error instanceof RelayError && error.code === 'precondition_failed';
        if (!isOvertaken || tries === TRIES_MAX) throw error;
      }
    }
  });
}

/** Publishes the former feed again if the sweep expires the run at the same moment. */
async function moveKept(
  deps: ApiDeps,
  tenantId: string,
  former: Current | null,
  next: Omit<Publication, 'sequence'>,
): Promise<Publication> {
  const { artifacts } = deps;
  if ((await deps.runs.get(next.run_id)) === null) throw runGone(next.run_id);
  const moved = await movePublication(artifacts, tenantId, former, next);
  if ((await deps.runs.get(next.run_id)) !== null) return moved;
  const current = await readCurrent(artifacts, tenantId);
  if (former !== null && current?.publication.sequence === moved.sequence) {
    const { sequence: _, ...earlier } = former.publication;
    await movePublication(artifacts, tenantId, current, { ...earlier, published_at: nowOf(deps) });
  }
  throw runGone(next.run_id);
}

async function publishCandidate(
  deps: ApiDeps,
  questions: Questions,
  run: RunRecord,
  by: { reason: string; key_id: string },
): Promise<Publication> {
  const { artifacts } = deps;
  const { runId: run_id, tenantId, configVersion: config_version } = run;
  const key = run.artifacts.candidate_inventory;
  if (run.errorCode !== 'GUARDRAIL_TRIPPED' || key === undefined) {
    throw new ApiError('RUN_NOT_TRIPPED', 'the run was not stopped by a guardrail, so it has no feed to publish');
  }
  const current = await readCurrent(artifacts, tenantId);
  if (current?.publication.run_id === run_id) return current.publication;
  const prefix = runPrefix(run_id, tenantId);
  const manifest = await readJson<InputManifest>(artifacts, prefix + PATHS.manifest);
  if (manifest === null) throw runGone(run_id);
  if (!isBaseline(manifest.value.baseline ?? null, current)) {
    const now = current === null ? 'nothing' : `publication ${current.publication.sequence}`;
    throw new ApiError('BASELINE_MOVED', `${now} is published now, and the run was compared with another feed`);
  }
  const diff = await readJson<{ rows: { candidate: number } }>(artifacts, prefix + PATHS.diff);
  const { etag, sha256 } = await hashOfFeed({ deps, questions }, run, key);
  return moveKept(deps, tenantId, current, {
    ...{ run_id, key, etag, sha256, config_version, ...by },
    format: key.endsWith('.jsonl') ? 'jsonl' : 'csv',
    rows: diff?.value.rows.candidate ?? 0,
    published_at: nowOf(deps),
  });
}

/** `current` may have no record yet: its publisher is about to write it, or has died. */
async function publicationAt(
  { artifacts }: ApiDeps,
  tenantId: string,
  current: Publication | null,
  sequence: number,
): Promise<Publication | null> {
  return sequence === current?.sequence ? current : readPublication(artifacts, tenantId, sequence);
}

/** A publication of the run: all of them have its feed. */
async function publicationOf(deps: ApiDeps, tenantId: string, current: Current, runId: string): Promise<Publication> {
  // the run's time says how far back to search
  const run = await deps.runs.get(runId);
  const isOwn = run !== null && run.tenantId === tenantId;
  const requestedAt = run?.requestedAt ?? 0;
  const found = isOwn ? await publicationOfRun(deps.artifacts, tenantId, current, { runId, requestedAt }) : null;
  if (found === null) throw notPublished(runId);
  return found;
}

function notPublished(runId: string): ApiError {
  return new ApiError('RUN_NOT_PUBLISHED', `run ${runId} has published nothing for this tenant, or was removed`);
}

function nowOf(deps: ApiDeps): string {
  return new Date(deps.now()).toISOString();
}

function sequenceOf(cursor: string): number {
  if (!/^[1-9]\d{0,8}$/.test(cursor)) throw invalidCursor();
  return Number(cursor);
}
