/** A run store that checks promises at each call: who may change a run, and that it ends once. */
import type { Claim, FinishRun, RunRecord, UnclaimedFailure } from '../../core/ports/service/runs.ts';
import type { MemoryRunStore } from '../contracts/doubles/memory-runs.ts';
import type { World } from './world.ts';

/** A worker looks for a cancel every 15 seconds, and at each stage. */
const CANCEL_SECONDS = 120;

export interface RunWatcher {
  readonly world: World;
  readonly broken: string[];
  /** How often each run ended. */
  readonly endings: Map<string, number>;
  /** The files of each run when it ended. */
  readonly atEnd: Map<string, Map<string, string>>;
  /** When each run was cancelled. */
  readonly cancelled: ReadonlyMap<string, number>;
  /** When each run had its first summary, which commits it: a retry only publishes and finishes it. */
  readonly summaryAt: ReadonlyMap<string, number>;
  textsUnder(prefix: string): Map<string, string>;
  onClaim(workerId: string, run: RunRecord): void;
}

export function watchRuns(runs: MemoryRunStore, watcher: RunWatcher): MemoryRunStore {
  const ended = (runId: string, done: boolean) => {
    if (!done) return;
    watcher.endings.set(runId, (watcher.endings.get(runId) ?? 0) + 1);
    const tenant = runId.split('-')[0] ?? '';
    watcher.atEnd.set(runId, watcher.textsUnder(`${runId}/tenants/${tenant}/`));
  };
  const { claim, finish, failUnclaimed, setStage, renew, release } = runs;
  const byHolder = async (claimed: Claim, what: string, act: () => Promise<boolean>) => {
    const before = await runs.get(claimed.runId);
    const done = await act();
    if (done && (before?.attempt !== claimed.attempt || before.status !== 'RUNNING'))
      watcher.broken.push(`${what} of attempt ${claimed.attempt} counts for ${claimed.runId}, which is not its own`);
    return done;
  };
  runs.setStage = (claimed, ...rest) => byHolder(claimed, 'a stage', () => setStage.call(runs, claimed, ...rest));
  runs.renew = (claimed, ...rest) => byHolder(claimed, 'a renewal', () => renew.call(runs, claimed, ...rest));
  runs.release = (claimed, now, outage) =>
    byHolder(claimed, 'a release', () => release.call(runs, claimed, now, outage));
  runs.claim = async (runId, workerId, now, leaseMs) => {
    const before = await runs.get(runId);
    const result = await claim.call(runs, runId, workerId, now, leaseMs);
    const left = (before?.leaseUntil ?? 0) - now;
    if (result.status === 'claimed') watcher.onClaim(workerId, result.run);
    if (result.status === 'claimed') watcher.world.note(`${workerId} claims ${runId}, attempt ${result.run.attempt}`);
    // a lease further ahead than any possible one is from before the clock was set back
    if (before?.status === 'RUNNING' && result.status === 'claimed' && left > 0 && left <= leaseMs)
      watcher.broken.push(`${runId} was claimed while ${before.workerId} held it`);
    return result;
  };
  runs.finish = async (claimed, result: FinishRun, now) => {
    const done = await byHolder(claimed, 'the end', () => finish.call(runs, claimed, result, now));
    const committed = watcher.summaryAt.get(claimed.runId) ?? watcher.world.now;
    const late = committed - (watcher.cancelled.get(claimed.runId) ?? Number.POSITIVE_INFINITY);
    if (done && result.status === 'SUCCEEDED' && late > CANCEL_SECONDS * 1000)
      watcher.broken.push(`${claimed.runId} went on to its summary, ${late / 1000} s after it was cancelled`);
    if (done) watcher.world.note(`${claimed.runId} ends: ${result.status} ${result.errorCode ?? ''}`);
    ended(claimed.runId, done);
    return done;
  };
  runs.failUnclaimed = async (runId, failure: UnclaimedFailure, now) => {
    const before = await runs.get(runId);
    const done = await failUnclaimed.call(runs, runId, failure, now);
    if (done && before?.status === 'RUNNING' && (before.leaseUntil ?? 0) > now)
      watcher.broken.push(`${runId} was ended while ${before.workerId} held it`);
    if (done) watcher.world.note(`${runId} ends: ${failure.errorCode}`);
    ended(runId, done);
    return done;
  };
  return runs;
}
