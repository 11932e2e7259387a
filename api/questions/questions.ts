/**
 * Questions about a tenant's files, and their answers: all work that reads whole feeds, tables or reports. It takes a
 * tenth of a second of CPU and more, so the process that answers requests sends it to another process, and gets plain
 * data back, or an object in the store.
 */
import { explainSku } from '../../core/explain/explain.ts';
import { type HistoryEntry, historyOf } from '../../core/explain/history.ts';
import type { SkuListPage, SkuListWanted } from '../../core/explain/lists/listed-sku.ts';
import { listSkus } from '../../core/explain/lists/sku-list.ts';
import type { Receipt } from '../../core/explain/receipt/receipt.ts';
import { runPrefix } from '../../core/pipeline/artifacts.ts';
import { type DecisionResult, type NewDecision, takeDecision } from '../../core/pipeline/publish/holds/decisions.ts';
import type { Engine } from '../../core/pipeline/run.ts';
import { DEFAULT_LIMITS, type Hasher, type Scratch } from '../../core/ports/engine.ts';
import type { RunFiles } from '../../core/ports/explaining.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import { type AttributionWanted, attributionAnswer } from './attribution.ts';
import { type DiffedRun, diffAnswer, type RunDiff } from './diff.ts';
import { type EntriesPage, type EntriesRead, readEntries } from './error-entries.ts';
import { type FileRecipe, makeFile } from './files.ts';
import { type PageRequest, readTablePage, type TablePage } from './table-pages.ts';

export type Question =
  /** Explains a SKU of a run. */
  | { type: 'explain'; tenantId: string; runId: string; sku: string; publishedByHand?: Receipt['published_by_hand'] }
  /** Lists the SKUs of a run that have something in common. */
  | { type: 'skus'; tenantId: string; runId: string; wanted: SkuListWanted }
  /** The history of a SKU in some runs, newest first, with at most `limit` entries. */
  | {
      type: 'history';
      tenantId: string;
      runIds: readonly string[];
      sku: string;
      entries: number;
      /** True if, for a run that a guardrail stopped, the stopped feed is meant. */
      orCandidate?: boolean;
    }
  /** What changed between the feeds of two runs. */
  | { type: 'diff'; tenantId: string; before: DiffedRun; after: DiffedRun; attribute?: AttributionWanted | null }
  /** A page of `errors.json`. */
  | { type: 'errors'; tenantId: string; key: string; page: EntriesPage }
  /** A page of a table that is sorted by SKU. */
  | { type: 'table'; tenantId: string; key: string; page: PageRequest<string> }
  | { type: 'decide'; tenantId: string; decision: NewDecision; decisionsMax: number }
  /** The SHA-256 of an object, and the state that has it. */
  | { type: 'hash'; tenantId: string; key: string }
  /** Writes a file of a publication into the store. */
  | { type: 'file'; tenantId: string; recipe: FileRecipe };

export interface Answers {
  /**
   * The receipt as JSON: with a thousand offers it has megabytes, and writing it here would delay all other requests.
   */
  explain: string;
  skus: SkuListPage;
  history: HistoryEntry[];
  diff: RunDiff;
  errors: EntriesRead | null;
  table: TablePage<string> | null;
  decide: DecisionResult;
  hash: { etag: string; sha256: string };
  file: null;
}

export type QuestionOf<Type extends Question['type']> = Question & { type: Type };

/**
 * Throws `RelayError`: the error of the work, or one with the recovery `retry` if there is no answer now. When the
 * signal aborts, nobody needs the answer any more.
 */
export type AskQuestion = <One extends Question>(question: One, signal?: AbortSignal) => Promise<Answers[One['type']]>;

/** True for questions that read feeds or tables from end to end, which may take minutes. */
export function isBulk({ type }: Question): boolean {
  return type === 'skus' || type === 'diff' || type === 'decide' || type === 'hash' || type === 'file';
}

export interface AnswerDeps {
  artifacts: ArtifactStore;
  engine: Engine;
  /** Space for a feed that must be read whole. */
  createScratch(): Scratch & { dispose(): void | Promise<void> };
}

export async function answer(question: Question, deps: AnswerDeps): Promise<Answers[Question['type']]> {
  const { artifacts, engine } = deps;
  switch (question.type) {
    case 'explain':
      return explainAnswer(question, deps);
    case 'skus':
      return skusAnswer(question, deps);
    case 'history':
      return historyAnswer(question, artifacts);
    case 'diff':
      return {
        ...(await diffAnswer(question, artifacts)),
        attribution: question.attribute == null ? null : await attributionAnswer(question, question.attribute, deps),
      };
    case 'errors':
      return readEntries(artifacts, question.key, question.page);
    case 'table':
      return readTablePage(artifacts, question.key, question.page);
    case 'decide': {
      const limits = { ...DEFAULT_LIMITS, decisionsMax: question.decisionsMax };
      return takeDecision(artifacts, question.tenantId, question.decision, limits);
    }
    case 'hash':
      return hashAnswer(question, artifacts, engine.createHasher());
    case 'file':
      await makeFile(question.recipe, { artifacts, registry: engine.registry });
      return null;
  }
}

async function explainAnswer(
  { tenantId, runId, sku, publishedByHand = null }: QuestionOf<'explain'>,
  deps: AnswerDeps,
): Promise<string> {
  const scratch = deps.createScratch();
  try {
    const files = storedRunFiles(deps.artifacts, runPrefix(runId, tenantId));
    return JSON.stringify(await explainSku({ engine: deps.engine, files, scratch, sku, publishedByHand }));
  } finally {
    await scratch.dispose();
  }
}

async function skusAnswer({ tenantId, runId, wanted }: QuestionOf<'skus'>, deps: AnswerDeps): Promise<SkuListPage> {
  const scratch = deps.createScratch();
  try {
    const files = storedRunFiles(deps.artifacts, runPrefix(runId, tenantId));
    return await listSkus({ engine: deps.engine, files, scratch }, wanted);
  } finally {
    await scratch.dispose();
  }
}

/** Needs no engine. */
export async function historyAnswer(
  { tenantId, runIds, sku, entries, orCandidate = false }: QuestionOf<'history'>,
  artifacts: Pick<ArtifactStore, 'read'>,
): Promise<HistoryEntry[]> {
  const runs = runIds.map((runId) => ({ runId, files: storedRunFiles(artifacts, runPrefix(runId, tenantId)) }));
  return (await historyOf(runs, { sku, limit: entries, orCandidate })).entries;
}

/** Needs no engine. Throws `not_found`. */
export async function hashAnswer(
  { key }: Pick<QuestionOf<'hash'>, 'key'>,
  artifacts: Pick<ArtifactStore, 'read'>,
  hasher: Hasher,
): Promise<Answers['hash']> {
  const { info, body } = await artifacts.read(key);
  for await (const chunk of body) hasher.update(chunk);
  return { etag: info.etag, sha256: hasher.digest() };
}

/** The files of a run in an object store. */
export function storedRunFiles(store: Pick<ArtifactStore, 'read'>, prefix: string): RunFiles {
  return {
    open: async function* (path, range) {
      const { body } = await store.read(prefix + path, range === undefined ? {} : { range });
      // copied, as a store's chunk is valid only until the next one
      for await (const chunk of body) yield chunk.slice();
    },
  };
}
