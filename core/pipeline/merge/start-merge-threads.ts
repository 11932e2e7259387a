/** Decides whether threads merge beside the run's own thread, and orders them. */
import type { BoundPlugins } from '../bind.ts';
import type { RunContext } from '../run-context.ts';
import type { EntryLayout } from '../sort/entry.ts';
import type { SortedRun } from '../sort/sorted-run.ts';
import { MergeAhead } from './ahead/merge-ahead.ts';
import type { MergeFacts } from './merge-setting.ts';
import { canCut, cutRuns } from './ranges/cut.ts';
import { MergeCrew } from './ranges/merge-crew.ts';

/** Ranges for each thread: who is done early takes another. */
const RANGES_PER_THREAD = 16;

/** Merging ahead of a join saves the run's own thread more for each offer than merging ranges does, so fewer offers are enough. */
const AHEAD_GAINS = 2;

export interface MergeThreadsSetting {
  used: BoundPlugins['used'];
  runs: readonly SortedRun[];
  layout: EntryLayout;
  facts: MergeFacts;
  hasSmallSkus: boolean;
  /** True if the run joins all SKUs with the published feed. */
  isJoined: boolean;
}

/** Null if the run does better in its own thread. */
export async function startMergeThreads(
  { engine, request, limits }: RunContext,
  { used, runs, layout, facts, hasSmallSkus, isJoined }: MergeThreadsSetting,
): Promise<MergeCrew | MergeAhead | null> {
  const { threads } = engine;
  if (threads === undefined || threads.count < 2) return null;
  if (!used.every((plugin) => threads.canRun(plugin)) || !runs.every(canCut)) return null;
  const least = threads.leastMergeBytes / (isJoined ? AHEAD_GAINS : 1);
  if (runs.reduce((sum, { bytes }) => sum + bytes, 0) < least) return null;
  const { scratch, rawConfig } = request;
  const served = { threads, createScratch: () => scratch.create() };
  const order = { rawConfig, facts, layout, hasSmallSkus };
  if (isJoined) return new MergeAhead({ ...served, runs, order: { ...order, limits } });
  const crew = new MergeCrew({ ...served, count: threads.count - 1, runs });
  try {
    const cut = await cutRuns(runs, {
      ...{ skuOffset: layout.skuOffset, skuBytesMax: limits.skuBytesMax },
      ...{ vendors: facts.vendorIds.length, count: RANGES_PER_THREAD * threads.count },
    });
    const shared = { ...limits, mergeBytes: Math.floor(limits.mergeBytes / threads.count) };
    const hasTwins = hasSmallSkus || cut.hasZeros;
    crew.begin({ ...order, limits: shared, hasTwins, cut });
    return crew;
  } catch (error) {
    await crew.end();
    throw error;
  }
}
