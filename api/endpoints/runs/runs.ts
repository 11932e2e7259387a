/** Runs: create, list, read, cancel. */
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { type Principal, requireTenant } from '../../http/auth.ts';
import { LargeBodies } from '../../http/body.ts';
import { notFoundError } from '../../http/errors.ts';
import { jsonText } from '../../http/json-text.ts';
import { runParams } from '../../schemas/common.ts';
import { idempotencyHeaders, runBody, runsQuery } from '../../schemas/runs.ts';
import { requireStorage } from '../quotas.ts';
import { RunCancels } from './cancel-run.ts';
import { createRun } from './create-run.ts';
import { findRun, runAnswers, runView } from './run-view.ts';
import { readRunsPage } from './runs-page.ts';

/** Longer pages are written in turns. Fifty runs are seldom longer. */
const LARGE_PAGE_BYTES = 1 << 17;

export function runEndpoints(deps: ApiDeps) {
  const answerOf = runAnswers(deps.registry);
  const cancels = new RunCancels(deps);
  const large = deps.configJobs === null ? null : new LargeBodies(deps.settings.largeBodies);
  return [
    endpoint({
      method: 'post',
      path: '/v1/runs',
      id: 'createRun',
      tag: 'Runs',
      summary: 'Start a run of a tenant',
      description:
        'A run reads the newest files of all vendors, or of those in `vendors`, and writes one merged feed. A tenant has one active run at a time. Send an `Idempotency-Key` to repeat a request safely.',
      access: 'key',
      headers: idempotencyHeaders,
      body: { schema: runBody(deps.settings), model: 'RunRequest' },
      responses: { 202: { description: 'accepted', model: 'Run', headers: { Location: 'where the run is' } } },
      errors: [
        ...(['NOT_FOUND', 'UNKNOWN_VENDOR', 'TENANT_ALREADY_RUNNING', 'IDEMPOTENCY_KEY_REUSED'] as const),
        ...(['QUOTA_STORED_BYTES', 'DISK_NEARLY_FULL'] as const),
      ],
      handle: async ({ c, principal, headers, body }) => {
        const idempotencyKey = headers['idempotency-key'];
        const admitting = { ...deps, admit: (tenantId: string) => requireStorage(deps, tenantId) };
        const run = await createRun(admitting, { principal, body, idempotencyKey, requestId: c.get('requestId') });
        return Response.json(runView(run, deps.registry), {
          status: 202,
          headers: { Location: `/v1/runs/${run.runId}` },
        });
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/runs',
      id: 'listRuns',
      tag: 'Runs',
      summary: 'Runs, newest first',
      description:
        'A tenant’s key lists its own runs. An admin key lists all runs, or those of one tenant. A page holds fewer runs than `limit` if they have very many warnings or artifacts: read on while there is a `next_cursor`.',
      access: 'key',
      query: runsQuery(deps.settings),
      responses: { 200: { description: 'one page', model: 'RunList' } },
      errors: ['NOT_FOUND'],
      handle: async ({ c, principal, query }) => {
        const tenantId = await listedTenant(deps, principal, query.tenant_id);
        const filter = {
          ...(tenantId === undefined ? {} : { tenantId }),
          ...(query.status === undefined ? {} : { status: query.status }),
        };
        const limit = query.limit ?? deps.settings.pageDefault;
        const bytesMax = deps.settings.runsPageBytes;
        const page = await readRunsPage(deps.runs, filter, { cursor: query.cursor ?? null, limit, bytesMax });
        const answer = () =>
          Response.json({ runs: page.runs.map((run) => runView(run, deps.registry)), next_cursor: page.next });
        return large !== null && page.bytes > LARGE_PAGE_BYTES ? large.inTurn(c, answer) : answer();
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_id',
      id: 'getRun',
      tag: 'Runs',
      summary: 'A run',
      description: 'Poll it until `status` is `SUCCEEDED` or `FAILED`.',
      access: 'key',
      params: runParams,
      responses: { 200: { description: 'the run', model: 'Run' } },
      handle: async ({ principal, params }) => jsonText(answerOf(await findRun(deps, principal, params.run_id))),
    }),
    endpoint({
      method: 'post',
      path: '/v1/runs/:run_id/cancel',
      id: 'cancelRun',
      tag: 'Runs',
      summary: 'Cancel a run',
      description:
        'A run that no worker has ends at once (200). Otherwise its worker stops within seconds (202). It ends as `FAILED` with `CANCELLED`.',
      access: 'key',
      params: runParams,
      responses: {
        200: { description: 'cancelled', model: 'Run' },
        202: { description: 'its worker was asked to stop', model: 'Run' },
      },
      errors: ['RUN_ENDED'],
      handle: async ({ principal, params }) => {
        const run = await cancels.cancel(await findRun(deps, principal, params.run_id));
        return jsonText(answerOf(run), run.status === 'FAILED' ? 200 : 202);
      },
    }),
  ];
}

/** The tenant whose runs are listed; undefined for all. A tenant's key lists its own runs only. */
async function listedTenant(deps: ApiDeps, principal: Principal, asked: string | undefined) {
  if (asked === undefined) return principal.kind === 'tenant' ? principal.tenantId : undefined;
  requireTenant(principal, asked);
  if ((await deps.tenants.get(asked)) === null) throw notFoundError('tenant');
  return asked;
}
