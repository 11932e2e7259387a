/** Prices that runs hold, and people's decisions on them. */
import type { InputManifest } from '../../../core/pipeline/fetch/input-manifest.ts';
import { readCurrent, readJson } from '../../../core/pipeline/publications.ts';
import {
  DECISION_TABLE_COLUMNS,
  type DecisionResult,
  decisionsKey,
  type NewDecision,
  takeDecision,
} from '../../../core/pipeline/publish/holds/decisions.ts';
import { hasExpired } from '../../../core/pipeline/publish/holds/holds.ts';
import { HOLD_COLUMNS } from '../../../core/pipeline/publish/holds/report-lines.ts';
import { DEFAULT_LIMITS } from '../../../core/ports/engine.ts';
import type { RunRecord } from '../../../core/ports/service/runs.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import type { Principal } from '../../http/auth.ts';
import { ApiError, notFoundError } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import { isBehindRows, type PageRequest, readTablePage, type TablePage } from '../../questions/table-pages.ts';
import { pageQuery, tenantParams } from '../../schemas/common.ts';
import { decisionBody, holdsQuery } from '../../schemas/decisions.ts';
import { requireTenantExists } from '../require-tenant.ts';
import { findRun } from '../runs/run-view.ts';

export function decisionEndpoints(deps: ApiDeps, questions: Questions) {
  const { artifacts, settings } = deps;
  const path = '/v1/tenants/:tenant_id/decisions';
  const pageOf = async <Column extends string>(tenantId: string, key: string, page: PageRequest<Column>) => {
    const here = () => readTablePage(artifacts, key, page);
    if (!(await isBehindRows(artifacts, key, page.cursor))) return here();
    return (await questions.ask({ type: 'table', tenantId, key, page }, here)) as TablePage<Column> | null;
  };
  return [
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/holds',
      id: 'listHolds',
      tag: 'Publishing',
      summary: 'Prices that wait for a decision',
      description:
        'What the run of the published feed holds, by SKU, or what another run did. A decision is for the next run: until then the price stays in the list. Prices that were rejected and have not changed are not in it.',
      access: 'tenant',
      params: tenantParams,
      query: holdsQuery(settings),
      responses: { 200: { description: 'one page', model: 'HoldList' } },
      errors: ['RUN_NOT_COMPARED', 'TOO_MANY_QUESTIONS'],
      handle: async ({ principal, params: { tenant_id }, query: { run_id, cursor, limit } }) => {
        const key =
          run_id === undefined
            ? await publishedHolds(deps, tenant_id)
            : await holdsOf(deps, principal, tenant_id, run_id);
        const page =
          key === null
            ? null
            : await pageOf(tenant_id, key.holds, {
                columns: HOLD_COLUMNS,
                cursor,
                limit: limit ?? settings.pageDefault,
              });
        const holds = (page?.rows ?? []).map(({ published_price, cost, held_runs, ...row }) => ({
          ...row,
          published_price: orNull(published_price),
          cost: orNull(cost),
          held_runs: Number(held_runs),
        }));
        return Response.json({ run_id: key?.runId ?? null, holds, next_cursor: page?.next ?? null });
      },
    }),
    endpoint({
      method: 'post',
      path,
      id: 'decide',
      tag: 'Publishing',
      summary: 'Accept or reject prices that a run holds',
      description:
        'The run may be one that a guardrail stopped: its decisions count until another feed is published. `accept`: the next runs are measured against the price that the run wanted, and if it is still that one, it goes out. `reject`: it stays held, without being reported, until it changes. If the run does not hold one of the SKUs, nothing is decided, and `issues` names those SKUs. A later decision on a SKU replaces the one before. A run that works already does not see it, nor do its retries.',
      access: 'tenant',
      params: tenantParams,
      body: { schema: decisionBody, model: 'DecisionRequest' },
      responses: { 201: { description: 'the decision', model: 'Decision' } },
      errors: [
        'RUN_NOT_COMPARED',
        'RUN_GONE',
        'UNKNOWN_SKU',
        'TOO_MANY_DECISIONS',
        'TOO_MANY_QUESTIONS',
        'DISK_NEARLY_FULL',
      ],
      handle: async ({ principal, params: { tenant_id }, body }) => {
        const decided_at = new Date(deps.now()).toISOString();
        const { run_id, decision, reason, expires_at = null } = body;
        if (expires_at !== null && hasExpired(expires_at, Math.floor(deps.now() / 1000))) throw expired();
        const found = await holdsOf(deps, principal, tenant_id, run_id);
        await deps.requireRoom?.();
        if ((await artifacts.head(found.holds)) === null) throw holdsGone(run_id);
        const skus = body.skus === 'all' ? null : body.skus;
        const taken: NewDecision = {
          ...{ runId: run_id, baselineRunId: await baselineOf(deps, found), holdsKey: found.holds },
          ...{ skus, decision, reason },
          ...{ expiresAt: expires_at, decidedAt: decided_at },
        };
        const { decisionsMax } = settings;
        const result = await questions.ask({ type: 'decide', tenantId: tenant_id, decision: taken, decisionsMax }, () =>
          takeDecision(artifacts, tenant_id, taken, { ...DEFAULT_LIMITS, decisionsMax }),
        );
        const count = countOf(result, run_id, skus ?? [], settings);
        return Response.json({ run_id, decision, reason, expires_at, decided_at, count }, { status: 201 });
      },
    }),
    endpoint({
      method: 'get',
      path,
      id: 'listDecisions',
      tag: 'Publishing',
      summary: 'Decisions on prices that were held, by SKU',
      description: 'The last one for each SKU. Those that have expired are not in the list.',
      access: 'tenant',
      params: tenantParams,
      query: pageQuery(settings),
      responses: { 200: { description: 'one page', model: 'DecisionList' } },
      errors: ['TOO_MANY_QUESTIONS'],
      handle: async ({ params: { tenant_id }, query: { cursor, limit } }) => {
        await requireTenantExists(deps, tenant_id);
        const page = await pageOf(tenant_id, decisionsKey(tenant_id), {
          columns: DECISION_TABLE_COLUMNS,
          cursor,
          limit: limit ?? settings.pageDefault,
        });
        const now = Math.floor(deps.now() / 1000);
        const decisions = (page?.rows ?? [])
          .filter(({ expires_at }) => !hasExpired(expires_at, now))
          .map(({ expires_at, baseline_run_id: _, ...row }) => ({ ...row, expires_at: orNull(expires_at) }));
        return Response.json({ decisions, next_cursor: page?.next ?? null });
      },
    }),
  ];
}

/** Where to find the holds of the published feed's run. Null if nothing is published, or it has none. */
async function publishedHolds(deps: ApiDeps, tenantId: string): Promise<HeldBy | null> {
  await requireTenantExists(deps, tenantId);
  const current = await readCurrent(deps.artifacts, tenantId);
  const run = current === null ? null : await deps.runs.get(current.publication.run_id);
  return run === null ? null : heldBy(run);
}

/** Where to find the holds of a run. */
async function holdsOf(deps: ApiDeps, principal: Principal, tenantId: string, runId: string): Promise<HeldBy> {
  const run = await findRun(deps, principal, runId);
  if (run.tenantId !== tenantId) throw notFoundError('run');
  const found = heldBy(run);
  if (found !== null) return found;
  throw new ApiError(
    'RUN_NOT_COMPARED',
    `run ${runId} has no list of holds: it did not get that far, its config has no publish or guardrails, or it covered only some vendors`,
  );
}

interface HeldBy {
  runId: string;
  /** The keys of the run's list of holds and of its manifest. */
  holds: string;
  manifest: string;
}

/** Null if the run was not compared. */
function heldBy({ runId, artifacts: { holds, input_manifest: manifest } }: RunRecord): HeldBy | null {
  return holds === undefined || manifest === undefined ? null : { runId, holds, manifest };
}

/** The run of the baseline; empty if nothing was published. Throws `RUN_GONE`. */
async function baselineOf({ artifacts }: ApiDeps, { runId, manifest }: HeldBy): Promise<string> {
  const read = await readJson<InputManifest>(artifacts, manifest);
  if (read === null) throw holdsGone(runId);
  return read.value.baseline?.run_id ?? '';
}

/** The number of prices that were decided on; throws if none was. */
function countOf(
  result: DecisionResult,
  runId: string,
  asked: readonly string[],
  { problemsMax, decisionsMax }: ApiDeps['settings'],
): number {
  if (result.status === 'taken') return result.count;
  if (result.status === 'full') {
    throw new ApiError(
      'TOO_MANY_DECISIONS',
      `the tenant may have decisions on ${decisionsMax} SKUs; give decisions an expires_at, or the operator can raise LIMIT_DECISIONS`,
    );
  }
  const { skus, near } = result;
  const issues = skus.slice(0, problemsMax).map((sku, i) => {
    const hint = near[i] == null ? '' : `; did you mean ${JSON.stringify(near[i])}?`;
    return {
      path: `skus[${asked.indexOf(sku)}]`,
      code: 'unknown_sku',
      message: `run ${runId} does not hold ${JSON.stringify(sku)}${hint}`,
    };
  });
  throw new ApiError('UNKNOWN_SKU', `run ${runId} does not hold ${skus.length} of the SKUs; nothing was decided`, {
    issues,
  });
}

function expired(): ApiError {
  const issues = [{ path: 'expires_at', code: 'invalid_value', message: 'must be later than now' }];
  return new ApiError('INVALID_REQUEST', 'the request has 1 problem: expires_at must be later than now', { issues });
}

function holdsGone(runId: string): ApiError {
  return new ApiError('RUN_GONE', `the list of holds of run ${runId} is gone`);
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
