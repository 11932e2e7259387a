/**
 * Mutants of workers and stores, each without one condition: the simulation must notice each. A patch replaces a part
 * of a worker's source; the others are stores that break one promise.
 */
import type { WriteOptions } from '../../core/ports/service/objects.ts';
import type { RunRecord, StaleTimes, UnclaimedFailure } from '../../core/ports/service/runs.ts';
import { MemoryRunStore } from '../contracts/doubles/memory-runs.ts';
import { BelievesEveryLease, TakesStaleAttempts } from '../contracts/doubles/runs.ts';
import { AS_IT_IS, type Code } from './code.ts';
import type { HistoryOptions } from './options.ts';
import { SimArtifactStore, SimJobQueue } from './stores.ts';
import type { Trouble } from './troubles.ts';

export interface Patch {
  /** A file of `worker/`. */
  file: string;
  from: string;
  to: string;
}

export interface SimMutant extends Pick<HistoryOptions, 'ambushes' | 'share' | 'publishing' | 'simulating'> {
  name: string;
  patch?: Patch;
  code?: Partial<Code>;
  /** The kinds of trouble that reveal it soonest. */
  troubles: readonly Trouble[];
  /** A pattern of the promise that it breaks. */
  breaks: RegExp;
  /** The seed with which to start: one that is known to reveal it. */
  seed: number;
}

class TakesLiveLeases extends MemoryRunStore {
  override claim(runId: string, workerId: string, now: number, leaseMs: number) {
    const run = this.runs.get(runId);
    if (run?.status === 'RUNNING') run.leaseUntil = now;
    return super.claim(runId, workerId, now, leaseMs);
  }
}

class KeepsDeadLeases extends MemoryRunStore {
  override async claim(runId: string, workerId: string, now: number, leaseMs: number) {
    const run = await this.get(runId);
    if (run?.status === 'RUNNING') return { status: 'leased', run } as const;
    return super.claim(runId, workerId, now, leaseMs);
  }
}

class FailsWhatIsHeld extends MemoryRunStore {
  override failUnclaimed(runId: string, failure: UnclaimedFailure, now: number) {
    const run = this.runs.get(runId);
    if (run?.status === 'RUNNING') run.leaseUntil = Math.min(run.leaseUntil ?? now, now);
    return super.failUnclaimed(runId, failure, now);
  }
}

class KeepsTheSlotOfFailedRuns extends MemoryRunStore {
  protected override activeOf(tenantId: string): RunRecord | undefined {
    const failed = [...this.runs.values()].find((run) => run.tenantId === tenantId && run.status === 'FAILED');
    return super.activeOf(tenantId) ?? failed;
  }
}

class ForgetsLostMessages extends MemoryRunStore {
  override async listStale() {
    return [];
  }
}

class BelievesTheFuture extends MemoryRunStore {
  override async listStale(times: StaleTimes, limit: number) {
    const stale = await super.listStale(times, limit);
    return stale.filter(({ sentAt }) => sentAt <= times.now);
  }
}

class HidesFromTheFuture extends SimJobQueue {
  protected override take(max: number, visibilitySeconds: number) {
    const hidden = this.messages.filter(({ visibleAt }) => visibleAt > this.now);
    this.messages = this.messages.filter((one) => !hidden.includes(one));
    const jobs = super.take(max, visibilitySeconds);
    this.messages.push(...hidden);
    return jobs;
  }
}

class ForgetsToCount extends SimJobQueue {
  protected override deliver(...args: Parameters<SimJobQueue['deliver']>) {
    const job = super.deliver(...args);
    args[0].count += 1;
    return job;
  }
}

const runs = (makeRuns: Code['makeRuns']): Partial<Code> => ({ makeRuns });

/** Publishes over publications that it has not seen. */
class MovesAnyCurrent extends SimArtifactStore {
  protected override require(key: string, options: WriteOptions): void {
    if (!key.endsWith('/current.json')) super.require(key, options);
  }
}

export const MUTANTS: readonly SimMutant[] = [
  {
    name: 'a run that is tried again publishes again',
    patch: {
      file: 'publish.ts',
      from: 'if (done !== null) return recordPublication(artifacts, tenantId, done);',
      to: '',
    },
    publishing: true,
    troubles: ['kill', 'fail_after', 'stall'],
    share: 0.05,
    breaks: /published 2 times/,
    seed: 114,
  },
  {
    name: 'a publication does not look at what others published meanwhile',
    code: { makeArtifacts: (...options) => new MovesAnyCurrent(...options) },
    publishing: true,
    troubles: ['roll_back'],
    breaks: /published 0 times|is not its last publication/,
    seed: 17,
  },
  {
    name: 'a retry is given the decisions of its own time',
    patch: {
      file: 'execute/decisions.ts',
      from: 'if (pinned !== undefined) return',
      to: 'if (pinned === null) return',
    },
    publishing: true,
    troubles: ['decide', 'kill', 'fail_before'],
    share: 0.05,
    breaks: /pins other inputs|undisturbed|another copy of the decisions/,
    seed: 5,
  },
  {
    name: 'an artifact replaces whatever is there',
    patch: {
      file: 'execute/object-artifacts.ts',
      from: '{ ifNoneMatch: true as const } : { ifMatch: etag }',
      to: '{} : {}',
    },
    troubles: ['overtake', 'new_feed'],
    breaks: /changed after the end|names another copy|undisturbed/,
    seed: 24,
  },
  {
    name: 'an attempt does not look at what earlier ones left',
    patch: { file: 'execute/execute.ts', from: 'artifacts.look(), ', to: '' },
    troubles: ['kill', 'stall'],
    breaks: /not over/,
    seed: 2,
  },
  {
    name: 'a manifest in flight is not fenced off',
    patch: {
      file: 'execute/manifest-fence.ts',
      from: 'if (![...artifacts.paths].some(isLeft)) return;',
      to: 'return;',
    },
    troubles: ['overtake'],
    ambushes: ['close .*input_manifest'],
    share: 0.05,
    breaks: /names another copy/,
    seed: 70,
  },
  {
    name: 'a retry does not read what was pinned',
    patch: { file: 'execute/manifest-fence.ts', from: 'if (body === null) return null;', to: 'return null;' },
    troubles: ['kill', 'new_feed', 'fail_before'],
    breaks: /pins other inputs/,
    seed: 42,
  },
  {
    name: 'stores that are away count as a delivery',
    patch: { file: 'job.ts', from: "error.recovery !== 'retry') throw", to: 'true) throw' },
    troubles: ['outage'],
    breaks: /POISON_JOB/,
    seed: 152,
  },
  {
    name: 'an environment that fails ends the run',
    patch: { file: 'job.ts', from: 'failure.retry !== null && outage !== null && canRetry(deps, outage)', to: 'false' },
    troubles: ['fail_before', 'outage'],
    breaks: /failed: internal_error/,
    seed: 2,
  },
  {
    name: 'a message of a run that succeeded is left to the dead letters',
    patch: { file: 'job.ts', from: 'before === null || endedForOtherReason(before)', to: 'before === null' },
    troubles: ['redeliver', 'slow'],
    share: 0.08,
    breaks: /dead letter/,
    seed: 346,
  },
  {
    name: 'the sweep takes a delayed message for lost',
    patch: {
      file: 'settle.ts',
      from: 'const visibleAt = deps.now() + seconds * 1000;',
      to: 'const visibleAt = deps.now();',
    },
    troubles: ['outage'],
    breaks: /messages for/,
    seed: 42,
  },
  {
    name: 'a job goes back before its message is deleted',
    patch: {
      file: 'settle.ts',
      from: '  await deps.queue.delete(delivery.receipt);\n  await deps.queue.send(job, seconds);',
      to: '  await deps.queue.send(job, seconds);\n  await deps.queue.delete(delivery.receipt);',
    },
    troubles: ['outage', 'kill'],
    breaks: /messages for|not over/,
    seed: 125,
  },
  {
    name: 'lost messages are not sent again',
    patch: { file: 'loop.ts', from: 'await this.#resend()', to: 'await Promise.resolve()' },
    troubles: ['kill'],
    breaks: /not over/,
    seed: 68,
  },
  {
    name: 'a heartbeat comes from whoever is there',
    patch: {
      file: 'loop.ts',
      from: 'await Promise.all([artifacts, tenants, runs, queue].map((store) => store.check()));',
      to: '',
    },
    troubles: ['outage'],
    breaks: /heartbeat/,
    seed: 1,
  },
  {
    name: 'a clock that was set forward is not noticed',
    patch: { file: 'clock.ts', from: '> JUMP_MS', to: '> Number.MAX_VALUE' },
    troubles: ['clock_forward', 'slow'],
    breaks: /POISON_JOB/,
    seed: 28,
  },
  {
    name: 'a cancel is not looked for',
    patch: { file: 'lease.ts', from: "else if (run.cancelRequested) this.stop('cancelled');", to: '' },
    troubles: ['cancel', 'slow'],
    breaks: /after it was cancelled/,
    seed: 22,
  },
  {
    name: 'a write of an earlier attempt counts',
    code: runs(() => new TakesStaleAttempts()),
    troubles: ['overtake', 'stall'],
    breaks: /is not its own|ended 2 times/,
    seed: 10,
  },
  {
    name: 'a live lease can be taken',
    code: runs(() => new TakesLiveLeases()),
    troubles: ['duplicate', 'twice', 'slow'],
    breaks: /was claimed while/,
    seed: 8,
  },
  {
    name: 'a lease never ends',
    code: runs(() => new KeepsDeadLeases()),
    troubles: ['kill'],
    breaks: /not over/,
    seed: 2,
  },
  {
    name: 'a lease from before the clock was set back is believed',
    code: runs(() => new BelievesEveryLease()),
    troubles: ['kill', 'clock_back', 'slow'],
    breaks: /not over/,
    seed: 2,
  },
  {
    name: 'a run that is held is failed as poison',
    code: runs(() => new FailsWhatIsHeld()),
    troubles: ['redeliver', 'slow'],
    share: 0.08,
    breaks: /was ended while/,
    seed: 553,
  },
  {
    name: 'the slot of a failed run stays',
    code: runs(() => new KeepsTheSlotOfFailedRuns()),
    troubles: ['cancel', 'kill'],
    breaks: /tenant_busy/,
    seed: 2,
  },
  {
    name: 'no run counts as forgotten',
    code: runs(() => new ForgetsLostMessages()),
    troubles: ['kill', 'stall'],
    breaks: /not over/,
    seed: 68,
  },
  {
    name: 'a message that was sent in the future counts as on its way',
    code: runs(() => new BelievesTheFuture()),
    troubles: ['clock_back'],
    breaks: /not over/,
    seed: 68,
  },
  {
    name: 'a message stays hidden when the clock is set back',
    code: { makeQueue: (wall) => new HidesFromTheFuture(wall) },
    troubles: ['clock_back', 'slow', 'kill', 'fail_before'],
    breaks: /not over/,
    seed: 70,
  },
  {
    name: 'no simulation counts as forgotten',
    patch: {
      file: 'simulation.ts',
      from: 'of await takeLostSimulations(deps.artifacts, lost))',
      to: 'of (await takeLostSimulations(deps.artifacts, lost)).slice(0, 0))',
    },
    simulating: true,
    troubles: ['kill'],
    breaks: /not over/,
    seed: 2,
  },
  {
    name: 'a simulation that is over is begun again',
    patch: {
      file: 'simulation.ts',
      from: 'if (isSimulationOver(one) || isLeased) return null;',
      to: 'if (isLeased) return null;',
    },
    simulating: true,
    troubles: ['fail_before', 'twice', 'redeliver'],
    share: 0.05,
    breaks: /changed after its end/,
    seed: 342,
  },
  {
    name: 'a worker that lost its claim writes what came of a simulation',
    patch: {
      file: 'simulation.ts',
      from: "return status === 'RUNNING' && attempt === this.record.attempt;",
      to: "return status !== 'QUEUED' && attempt >= this.record.attempt;",
    },
    simulating: true,
    troubles: ['stall', 'slow', 'overtake'],
    share: 0.05,
    breaks: /changed after its end/,
    seed: 824,
  },
  {
    name: 'a delivery counts twice',
    code: { makeQueue: (wall) => new ForgetsToCount(wall) },
    troubles: ['kill'],
    breaks: /POISON_JOB|dead letter/,
    seed: 16,
  },
];

/** The code of a mutant; `folder` has the patched worker. */
export async function codeOf(mutant: SimMutant, folder: string | null): Promise<Code> {
  if (folder === null) return { ...AS_IT_IS, ...mutant.code };
  const { runWorker } = (await import(`${folder}/loop.js`)) as Pick<Code, 'runWorker'>;
  const { executeRun } = (await import(`${folder}/execute/execute.js`)) as Pick<Code, 'executeRun'>;
  return { ...AS_IT_IS, runWorker, executeRun };
}
