/** Receipts: why a SKU of a run has its price and stock, and what it was in earlier runs. */
import { FAILED_RUNS_MAX, type HistoryEntry } from '../../../core/explain/history.ts';
import type { Receipt } from '../../../core/explain/receipt/receipt.ts';
import { timeText } from '../../../core/pipeline/merge/output.ts';
import { candidatePublication, newestPublications, readCurrent } from '../../../core/pipeline/publications.ts';
import type { RunRecord, RunStore } from '../../../core/ports/service/runs.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { invalidCursor } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import { historyAnswer, type QuestionOf } from '../../questions/questions.ts';
import { pageQuery } from '../../schemas/common.ts';
import { explainParams, historyParams, skuListParams, skuListQuery } from '../../schemas/explain.ts';
import { requireTenantExists } from '../require-tenant.ts';
import { asNotExplainable, noEngine } from './not-explainable.ts';
import { findRun } from './run-view.ts';

export function explainEndpoints(deps: ApiDeps, questions: Questions) {
  const inTurn = <T>(tenantId: string, work: () => Promise<T>) => questions.inTurn(tenantId, 'quick', work);
  return [
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_id/explain/:sku',
      id: 'explainSku',
      tag: 'Runs',
      summary: 'Why a SKU has its price, its stock and its winner',
      description:
        'Answers from the run’s own files, as `relay explain --json` does: every offer with file, line and cells, why each lost, every step of the price, what publishing did; for a SKU that is not offered, why. `findings` has contradictions between the files.',
      access: 'key',
      params: explainParams,
      responses: { 200: { description: 'the receipt', model: 'Receipt' } },
      errors: ['RUN_NOT_EXPLAINABLE', 'NO_ENGINE', 'TOO_MANY_QUESTIONS'],
      handle: async ({ principal, params: { run_id, sku } }) => {
        const run = await findRun(deps, principal, run_id);
        const receipt = await inTurn(run.tenantId, () => receiptOf(deps, run, sku));
        return new Response(receipt, { headers: { 'Content-Type': 'application/json' } });
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_id/explain',
      id: 'listSkus',
      tag: 'Runs',
      summary: 'SKUs of a run that have something in common',
      description:
        'As `relay explain --list` does: SKUs of one vendor alone, ties, prices at a floor, the offers that a vendor lost, map entries that were not used. The run is merged and priced again for each page, which takes about as long as the run did.',
      access: 'key',
      params: skuListParams,
      query: skuListQuery(deps.settings),
      responses: { 200: { description: 'one page', model: 'SkuList' } },
      errors: ['RUN_NOT_EXPLAINABLE', 'NO_ENGINE', 'TOO_MANY_QUESTIONS'],
      handle: async ({ c, principal, params: { run_id }, query }) => {
        const run = await findRun(deps, principal, run_id);
        const { list, vendor_id = null, limit = deps.settings.pageDefault, cursor } = query;
        const wanted = { list, vendorId: vendor_id, limit, after: cursor === undefined ? null : decoded(cursor) };
        const question = { type: 'skus' as const, tenantId: run.tenantId, runId: run.runId, wanted };
        const page = await questions.ask(question, noEngine, c.req.raw.signal).catch(notExplainable);
        const next_cursor = page.next === null ? null : encodeURIComponent(page.next);
        return Response.json({ run_id, list, vendor_id, count: page.count, skus: page.skus, next_cursor });
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/skus/:sku/history',
      id: 'getSkuHistory',
      tag: 'Runs',
      summary: 'A SKU over the runs, newest first',
      description:
        'Price, quantity, winner and outcome in each run that succeeded and is kept, the price that waits, and what differs between two runs where one of them changed; the runs that failed between them, and so changed nothing; and what was published, with rollbacks.',
      access: 'tenant',
      params: historyParams,
      query: pageQuery(deps.settings),
      responses: { 200: { description: 'one page', model: 'SkuHistory' } },
      errors: ['TOO_MANY_QUESTIONS'],
      handle: async ({ params: { tenant_id, sku }, query }) => {
        await requireTenantExists(deps, tenant_id);
        const limit = query.limit ?? deps.settings.pageDefault;
        const question = { tenantId: tenant_id, sku, limit, cursor: query.cursor ?? null };
        return Response.json(await inTurn(tenant_id, () => historyPage(deps, question)));
      },
    }),
  ];
}

/** As JSON. */
async function receiptOf({ ask, artifacts }: ApiDeps, run: RunRecord, sku: string): Promise<string> {
  if (ask === null) return noEngine();
  const { tenantId, runId } = run;
  const publishedByHand = await candidatePublished(artifacts, run);
  return ask({ type: 'explain', tenantId, runId, sku, publishedByHand }).catch(notExplainable);
}

/** Null unless a person published the feed that a guardrail stopped. */
async function candidatePublished(
  artifacts: ApiDeps['artifacts'],
  { tenantId, runId, requestedAt, errorCode }: RunRecord,
): Promise<Receipt['published_by_hand']> {
  const current = errorCode === 'GUARDRAIL_TRIPPED' ? await readCurrent(artifacts, tenantId) : null;
  if (current === null) return null;
  const found = await candidatePublication(artifacts, tenantId, current, { runId, requestedAt });
  return found === null ? null : { sequence: found.sequence, published_at: found.published_at, reason: found.reason };
}

function notExplainable(error: unknown): never {
  throw asNotExplainable(error);
}

/** Throws what a cursor of another list gives. */
function decoded(cursor: string): string {
  try {
    return decodeURIComponent(cursor);
  } catch {
    throw invalidCursor();
  }
}

interface HistoryQuestion {
  tenantId: string;
  sku: string;
  limit: number;
  cursor: string | null;
}

/** Publications that a history shows. */
const PUBLICATIONS_SHOWN = 20;

/** A page, and one run more: the oldest entry is compared with the run before it. */
async function historyPage(deps: ApiDeps, { tenantId, sku, limit, cursor }: HistoryQuestion) {
  const { runs } = deps;
  const filter = { tenantId, status: 'SUCCEEDED' as const };
  const page = await runs.list(filter, cursor, limit);
  const before = page.next === null ? [] : (await runs.list(filter, page.next, 1)).runs;
  const runIds = [...page.runs, ...before].map(({ runId }) => runId);
  const entries = await askHistory(deps, { tenantId, runIds, sku, entries: limit + 1 });
  const ids = new Set(page.runs.map(({ runId }) => runId));
  return {
    sku,
    runs: entries.filter(({ run_id }) => ids.has(run_id)),
    failed_runs: await failedRuns(runs, { tenantId, cursor, last: page.next === null ? null : page.runs.at(-1) }),
    publications: cursor === null ? await publicationsOf(deps, { tenantId, sku, entries }) : [],
    next_cursor: page.next,
  };
}

interface FailedWanted {
  tenantId: string;
  /** The cursor of the page. */
  cursor: string | null;
  /** The oldest run of the page; null on the last page, which has all older ones. */
  last: RunRecord | null | undefined;
}

/** Runs that failed in the time of the page, the newest ones. */
async function failedRuns(runs: RunStore, { tenantId, cursor, last }: FailedWanted) {
  const found = (await runs.list({ tenantId, status: 'FAILED' }, cursor, FAILED_RUNS_MAX)).runs;
  const isOlder = (run: RunRecord, than: RunRecord) =>
    run.requestedAt < than.requestedAt || (run.requestedAt === than.requestedAt && run.runId < than.runId);
  return found
    .filter((run) => last == null || !isOlder(run, last))
    .map(({ runId, startedAt, requestedAt, errorCode, errorMessage }) => ({
      run_id: runId,
      generated_at: timeText(Math.floor((startedAt ?? requestedAt) / 1000)),
      error_code: errorCode,
      message: errorMessage ?? '',
    }));
}

function askHistory({ artifacts, ask }: ApiDeps, question: Omit<QuestionOf<'history'>, 'type'>) {
  const whole = { type: 'history' as const, ...question };
  return ask === null ? historyAnswer(whole, artifacts) : ask(whole);
}

/** The SKU in the last publications, a person's included: after a rollback, a shop does not have the newest run. */
async function publicationsOf(
  deps: ApiDeps,
  { tenantId, sku, entries }: { tenantId: string; sku: string; entries: readonly HistoryEntry[] },
) {
  const publications = await newestPublications(deps.artifacts, tenantId, PUBLICATIONS_SHOWN);
  const known = new Map(entries.map((entry) => [entry.run_id, entry]));
  const runIds = [...new Set(publications.map(({ run_id }) => run_id))].filter((id) => !known.has(id));
  if (runIds.length > 0) {
    const more = await askHistory(deps, { tenantId, runIds, sku, entries: runIds.length, orCandidate: true });
    for (const entry of more) known.set(entry.run_id, entry);
  }
  return publications.map(({ sequence, run_id, published_at, reason, key_id = null }) => {
    const { price = null, quantity = null } = known.get(run_id) ?? {};
    return { sequence, run_id, published_at, reason, key_id, price, quantity };
  });
}
