/** Decides whether threads merge ranges of SKUs beside the run's own thread, and orders them. */
import type { BoundPlugins } from '../../bind.ts';
import type { RunContext } from '../../run-context.ts';
import type { EntryLayout } from '../../sort/entry.ts';
import type { SortedRun } from '../../sort/sorted-run.ts';
import type { MergeFacts } from '../merge-setting.ts';
import { canCut, cutRuns } from './cut.ts';
import { MergeCrew } from './merge-crew.ts';

/** Ranges for each thread: who is done early takes another. */
const RANGES_PER_THREAD = 16;

export interface MergeCrewSetting {
  used: BoundPlugins['used'];
  runs: readonly SortedRun[];
  layout: EntryLayout;
  facts: MergeFacts;
  hasSmallSkus: boolean;
}

/** Null if the run does better in its own thread. */
export async function startMergeCrew(
  { engine, request, limits }: RunContext,
  { used, runs, layout, facts, hasSmallSkus }: MergeCrewSetting,
): Promise<MergeCrew | null> {
  const { threads } = engine;
  if (threads === undefined || threads.count < 2 || facts.wantsCosts) return null;
  if (!used.every((plugin) => threads.canRun(plugin)) || !runs.every(canCut)) return null;
  if (runs.reduce((sum, { bytes }) => sum + bytes, 0) < threads.leastMergeBytes) return null;
  const { scratch, rawConfig } = request;
  const crew = new MergeCrew({ threads, count: threads.count - 1, runs, createScratch: () => scratch.create() });
  try {
    const cut = await cutRuns(runs, {
      ...{ skuOffset: layout.skuOffset, skuBytesMax: limits.skuBytesMax },
      ...{ vendors: facts.vendorIds.length, count: RANGES_PER_THREAD * threads.count },
    });
    const shared = { ...limits, mergeBytes: Math.floor(limits.mergeBytes / threads.count) };
    const hasTwins = hasSmallSkus || cut.hasZeros;
    crew.begin({ rawConfig, facts, layout, limits: shared, hasSmallSkus, hasTwins, cut });
    return crew;
  } catch (error) {
    await crew.end();
    throw error;
  }
}
