/**
 * Questions about runs, and their answers. An answer of a large run takes a tenth of a second and more: the process that answers requests
 * has it worked out in another one, and gets plain data back.
 */
import { explainSku } from '../../core/explain/explain.ts';
import { type HistoryEntry, historyOf } from '../../core/explain/history.ts';
import type { Receipt } from '../../core/explain/receipt.ts';
import { runPrefix } from '../../core/pipeline/artifacts.ts';
import type { Engine } from '../../core/pipeline/run.ts';
import type { Scratch } from '../../core/ports/engine.ts';
import type { RunFiles } from '../../core/ports/explaining.ts';
import type { ArtifactStore } from '../../core/ports/service.ts';

export type Question =
  /** Why a SKU of a run is what it is. */
  | { type: 'explain'; tenantId: string; runId: string; sku: string }
  /** A SKU in some runs, the newest first: so many entries at most. */
  | {
      type: 'history';
      tenantId: string;
      runIds: readonly string[];
      sku: string;
      entries: number;
      /** Of a run that a guardrail stopped, the feed that it stopped. */
      orCandidate?: boolean;
    };

export interface Answers {
  explain: Receipt;
  history: HistoryEntry[];
}

/** Throws `RelayError`: `not_explainable`, or with the recovery `retry` if there is no answer now. */
export type AskQuestion = <One extends Question>(question: One) => Promise<Answers[One['type']]>;

export interface AnswerDeps {
  artifacts: Pick<ArtifactStore, 'read'>;
  engine: Engine;
  /** Space for a feed that must be read whole. */
  createScratch(): Scratch & { dispose(): void | Promise<void> };
}

export async function answer(question: Question, deps: AnswerDeps): Promise<Answers[Question['type']]> {
  if (question.type === 'history') return historyAnswer(question, deps.artifacts);
  const { tenantId, runId, sku } = question;
  const scratch = deps.createScratch();
  try {
    const files = storedRunFiles(deps.artifacts, runPrefix(runId, tenantId));
    return await explainSku({ engine: deps.engine, files, scratch, sku });
  } finally {
    await scratch.dispose();
  }
}

/** It takes no engine. */
export async function historyAnswer(
  { tenantId, runIds, sku, entries, orCandidate = false }: Question & { type: 'history' },
  artifacts: Pick<ArtifactStore, 'read'>,
): Promise<HistoryEntry[]> {
  const runs = runIds.map((runId) => ({ runId, files: storedRunFiles(artifacts, runPrefix(runId, tenantId)) }));
  return (await historyOf(runs, { sku, limit: entries, orCandidate })).entries;
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
