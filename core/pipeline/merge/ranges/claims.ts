/**
 * Who merges which range, in memory that the run shares with its threads. The run's own thread takes ranges from the first on: it
 * writes them to the feed as they come. The others take them from the last on, and where they meet, all is claimed.
 */
import type { SortedRun } from '../../sort/sorted-run.ts';
import type { CutRuns } from './cut.ts';

const CLAIMED = 0;
const LEFT = 1;
/** 1 once `SkuTwins` keeps no more SKUs, which holds for all ranges after the run's own. */
const TWINS_FULL = 2;

export function newClaims(ranges: number): Int32Array {
  const claims = new Int32Array(new SharedArrayBuffer(12));
  claims[LEFT] = ranges;
  return claims;
}

/** False if all ranges are claimed: then `claimLast` and the next one from the start find none. */
export function claimsOne(claims: Int32Array, ranges: number): boolean {
  return Atomics.add(claims, CLAIMED, 1) < ranges;
}

/** The last of the ranges that are not claimed. Call it once for each claim. */
export function lastUnclaimed(claims: Int32Array): number {
  return Atomics.sub(claims, LEFT, 1) - 1;
}

export function noteTwinsFull(claims: Int32Array): void {
  Atomics.store(claims, TWINS_FULL, 1);
}

/** May still be false for a moment after another thread has noted it. */
export function areTwinsFull(claims: Int32Array): boolean {
  return claims[TWINS_FULL] === 1;
}

/** The runs of one range. */
export function rangeOf(runs: readonly SortedRun[], { bounds }: CutRuns, range: number): SortedRun[] {
  return runs.map((run, i) => run.slice(bounds[range]?.[i] ?? 0, bounds[range + 1]?.[i] ?? run.bytes));
}
