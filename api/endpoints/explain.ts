/** Why a SKU of a run is what it is, and what it was in the runs before. */

import { RelayError } from '../../core/errors.ts';
import { explainSku } from '../../core/explain/explain.ts';
import { historyOf, type KeptRun } from '../../core/explain/history.ts';
import { runPrefix } from '../../core/pipeline/artifacts.ts';
import type { RunFiles } from '../../core/ports/explaining.ts';
import type { ArtifactStore, RunRecord } from '../../core/ports/service.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { ApiError } from '../http/errors.ts';
import { pageQuery } from '../schemas/common.ts';
import { explainParams, historyParams } from '../schemas/explain.ts';
import { findRun } from './run-view.ts';

/** Receipts that are made at once; each may read some megabytes. */
const AT_ONCE = 2;
/** Questions that wait for them; more are told to come back. */
const WAITING_MAX = 50;

export function explainEndpoints(deps: ApiDeps) {
  const turns = new Turns();
  return [
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_id/explain/:sku',
      id: 'explainSku',
      tag: 'Runs',
      summary: 'Why a SKU has its price, its stock and its winner',
      description:
        'Answers from the run’s own files, as `relay explain --json` does: every offer with file, line and cells, what each lost by, every step of the price, what publishing did; for a SKU that is not offered, why. What does not fit together is in `findings`.',
      access: 'key',
      params: explainParams,
      responses: { 200: { description: 'the receipt', model: 'Receipt' } },
      errors: ['RUN_NOT_EXPLAINABLE'],
      handle: async ({ principal, params: { run_id, sku } }) => {
        const run = await findRun(deps, principal, run_id);
        return Response.json(await turns.take(deps, () => receiptOf(deps, run, sku)));
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/skus/:sku/history',
      id: 'getSkuHistory',
      tag: 'Runs',
      summary: 'A SKU over the runs, newest first',
      description:
        'Price, quantity, winner and outcome in each run that succeeded and is kept, and what differs between two runs where one of them changed.',
      access: 'tenant',
      params: historyParams,
      query: pageQuery(deps.settings),
      responses: { 200: { description: 'one page', model: 'SkuHistory' } },
      handle: async ({ params: { tenant_id, sku }, query }) => {
        const limit = query.limit ?? deps.settings.pageDefault;
        return Response.json(
          await turns.take(deps, () =>
            historyPage(deps, { tenantId: tenant_id, sku, limit, cursor: query.cursor ?? null }),
          ),
        );
      },
    }),
  ];
}

async function receiptOf({ explain, artifacts }: ApiDeps, run: RunRecord, sku: string) {
  if (explain === null)
    throw new ApiError('RUN_NOT_EXPLAINABLE', 'this part of the service does not run the engine: ask another one');
  const files = storedRunFiles(artifacts, runPrefix(run.runId, run.tenantId));
  const { scratch, dispose } = explain.createScratch(run.runId);
  try {
    return await explainSku({ engine: explain.engine, files, scratch, sku });
  } catch (error) {
    if (!(error instanceof RelayError) || error.code !== 'not_explainable') throw error;
    throw new ApiError('RUN_NOT_EXPLAINABLE', error.message);
  } finally {
    await dispose();
  }
}

interface HistoryQuestion {
  tenantId: string;
  sku: string;
  limit: number;
  cursor: string | null;
}

/** A page, and the run before it: the oldest entry is compared with that. */
async function historyPage({ runs, artifacts }: ApiDeps, { tenantId, sku, limit, cursor }: HistoryQuestion) {
  const filter = { tenantId, status: 'SUCCEEDED' as const };
  const page = await runs.list(filter, cursor, limit);
  const before = page.next === null ? [] : (await runs.list(filter, page.next, 1)).runs;
  const kept = [...page.runs, ...before].map(
    ({ runId }): KeptRun => ({ runId, files: storedRunFiles(artifacts, runPrefix(runId, tenantId)) }),
  );
  const { entries } = await historyOf(kept, sku, limit + 1);
  const ids = new Set(page.runs.map(({ runId }) => runId));
  return { sku, runs: entries.filter(({ run_id }) => ids.has(run_id)), next_cursor: page.next };
}

/** The files of a run in an object store. */
export function storedRunFiles(store: Pick<ArtifactStore, 'read'>, prefix: string): RunFiles {
  return {
    open: async function* (path, range) {
      const { body } = await store.read(prefix + path, range === undefined ? {} : { range });
      // a chunk of a store is good only until the next one
      for await (const chunk of body) yield chunk.slice();
    },
  };
}

/** Lets a few work at once; the others wait, and beyond a number of those they are refused. */
class Turns {
  #working = 0;
  readonly #waiting: Array<() => void> = [];

  async take<T>({ settings }: ApiDeps, work: () => Promise<T>): Promise<T> {
    if (this.#working >= AT_ONCE) {
      if (this.#waiting.length >= WAITING_MAX) {
        const headers = { 'Retry-After': String(settings.retryAfterSeconds) };
        throw new ApiError('UNAVAILABLE', 'too many questions wait for their answer; try again', { headers });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#working++;
    try {
      return await work();
    } finally {
      // the turn goes to the next one, if there is one
      const next = this.#waiting.shift();
      if (next === undefined) this.#working--;
      else next();
    }
  }
}
