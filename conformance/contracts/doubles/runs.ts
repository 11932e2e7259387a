/** Run stores that each break one promise. */
import type {
  Claim,
  ClaimResult,
  FinishRun,
  NewRun,
  RunProgress,
  RunRecord,
  RunStore,
  StaleTimes,
  UnclaimedFailure,
} from '../../../core/ports/service/runs.ts';
import type { Stage } from '../../../core/run-codes.ts';
import type { RunSubject } from '../run-subject.ts';
import { MemoryRunStore } from './memory-runs.ts';

class CheckThenWrite extends MemoryRunStore {
  override async create(run: NewRun) {
    const repeated = this.repeated(run);
    if (repeated !== null) return repeated;
    const active = this.activeOf(run.tenantId);
    await null;
    if (active !== undefined) return { status: 'tenant_busy', activeRunId: active.runId } as const;
    return { status: 'created', run: this.insert(run) } as const;
  }
}

/** Keeps its slots elsewhere, and does not free them when a run ends. */
class KeepsTheSlot extends MemoryRunStore {
  readonly #slots = new Map<string, string>();

  override async create(run: NewRun) {
    const repeated = this.repeated(run);
    if (repeated !== null) return repeated;
    const activeRunId = this.#slots.get(run.tenantId);
    if (activeRunId !== undefined) return { status: 'tenant_busy', activeRunId } as const;
    this.#slots.set(run.tenantId, run.runId);
    return { status: 'created', run: this.insert(run) } as const;
  }
}

export class TakesStaleAttempts extends MemoryRunStore {
  protected override held(claim: Claim): RunRecord | undefined {
    const run = this.runs.get(claim.runId);
    return run?.status === 'RUNNING' ? run : undefined;
  }
}

class ClaimsInTwoSteps extends MemoryRunStore {
  override async claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult> {
    const before = structuredClone(this.runs.get(runId));
    await null;
    const run = this.runs.get(runId);
    if (before === undefined || run === undefined) return { status: 'unknown' };
    if (before.status === 'QUEUED') Object.assign(run, { status: 'QUEUED' });
    return super.claim(runId, workerId, now, leaseMs);
  }
}

class RenewsNothing extends MemoryRunStore {
  override async renew(claim: Claim) {
    return this.held(claim) !== undefined;
  }
}

class ReleasesTheSlot extends MemoryRunStore {
  protected override activeOf(tenantId: string) {
    const active = super.activeOf(tenantId);
    return active?.status === 'QUEUED' && active.attempt > 0 ? undefined : active;
  }
}

class ForgetsTheOutage extends MemoryRunStore {
  override release(claim: Claim, now: number) {
    return super.release(claim, now);
  }
}

class BeginsTheClockAnew extends MemoryRunStore {
  override claim(runId: string, workerId: string, now: number, leaseMs: number) {
    const run = this.runs.get(runId);
    if (run !== undefined && (run.leaseUntil ?? 0) <= now) run.startedAt = null;
    return super.claim(runId, workerId, now, leaseMs);
  }
}

class ForgetsTheCancel extends MemoryRunStore {
  override claim(runId: string, workerId: string, now: number, leaseMs: number) {
    const run = this.runs.get(runId);
    if (run !== undefined) run.cancelRequested = false;
    return super.claim(runId, workerId, now, leaseMs);
  }
}

export class BelievesEveryLease extends MemoryRunStore {
  override async claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult> {
    const run = this.runs.get(runId);
    if (run?.status !== 'RUNNING' || run.leaseUntil! <= now) return super.claim(runId, workerId, now, leaseMs);
    return { status: 'leased', run: structuredClone(run) };
  }
}

class WaitsForLeasesOfTheFuture extends MemoryRunStore {
  override listStale(times: StaleTimes, limit: number) {
    return super.listStale({ ...times, leaseFar: Number.MAX_SAFE_INTEGER }, limit);
  }
}

class SendsForTheDeadAgainAndAgain extends MemoryRunStore {
  override async listStale(times: StaleTimes, limit: number) {
    const dead = [...this.runs.values()].filter(
      (run) => run.status === 'RUNNING' && run.leaseUntil! < times.leaseBefore,
    );
    return dead.length > 0 ? structuredClone(dead.slice(0, limit)) : super.listStale(times, limit);
  }
}

class GoesBackInStages extends MemoryRunStore {
  override async setStage(claim: Claim, stage: Stage) {
    return this.change(this.held(claim), { stage });
  }
}

class IgnoresTheLease extends MemoryRunStore {
  override claim(runId: string, workerId: string, _now: number, leaseMs: number) {
    return super.claim(runId, workerId, Number.MAX_SAFE_INTEGER - leaseMs, leaseMs);
  }
}

class ComparesNoBodies extends MemoryRunStore {
  protected override repeated(run: NewRun) {
    const result = super.repeated(run);
    if (result?.status !== 'key_reused') return result;
    const { runId } = this.keys.get(`${run.tenantId}/${run.idempotency!.key}`)!;
    return { status: 'repeated', run: this.runs.get(runId)! } as const;
  }
}

class KeepsKeysForever extends MemoryRunStore {
  protected override repeated(run: NewRun) {
    return super.repeated({ ...run, now: 0 });
  }
}

class PagesByPosition extends MemoryRunStore {
  override async list(filter: Parameters<RunStore['list']>[0], cursor?: string | null, limit = 50) {
    const { runs } = await super.list(filter, null, 1000);
    const from = Number(cursor ?? 0);
    const next = from + limit < runs.length ? String(from + limit) : null;
    return { runs: runs.slice(from, from + limit), next };
  }
}

class FailsLiveRuns extends MemoryRunStore {
  override failUnclaimed(runId: string, failure: UnclaimedFailure) {
    return super.failUnclaimed(runId, failure, Number.MAX_SAFE_INTEGER);
  }
}

class DropsArtifacts extends MemoryRunStore {
  override failUnclaimed(runId: string, failure: UnclaimedFailure, now: number) {
    return super.failUnclaimed(runId, { ...failure, artifacts: {} }, now);
  }
}

class FindsKeysForever extends MemoryRunStore {
  override findRepeated(tenantId: string, key: string) {
    return super.findRepeated(tenantId, key, 0);
  }
}

class MarksWithoutLooking extends MemoryRunStore {
  override async markSent(runId: string, _previous: number, now: number) {
    return this.change(this.runs.get(runId), { sentAt: now });
  }
}

class ForgetsTheEnd extends MemoryRunStore {
  override finish(claim: Claim, result: FinishRun, now: number) {
    return super.finish(claim, { status: result.status }, now);
  }
}

class DropsCounts extends MemoryRunStore {
  override finish(claim: Claim, { counts: _counts, ...result }: FinishRun, now: number) {
    return super.finish(claim, result, now);
  }
}

class DropsProgress extends MemoryRunStore {
  override renew(claim: Claim, now: number, leaseMs: number) {
    return super.renew(claim, now, leaseMs);
  }
}

class ForgetsProgress extends MemoryRunStore {
  override async setStage(claim: Claim, stage: Stage, progress?: RunProgress) {
    const done = await super.setStage(claim, stage, progress);
    return done && this.change(this.held(claim), { progress: progress ?? null });
  }
}

class KeepsProgressOfTheAttemptBefore extends MemoryRunStore {
  override async claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult> {
    const before = this.runs.get(runId)?.progress ?? null;
    const result = await super.claim(runId, workerId, now, leaseMs);
    if (result.status === 'claimed') this.change(this.runs.get(runId), { progress: before });
    return result;
  }
}

export function runSubject(store: RunStore): RunSubject {
  return { store, peer: async () => store, close: () => undefined };
}

/** Broken doubles by their mistake, each with a case that must fail. */
export const RUN_DOUBLES: Readonly<Record<string, [make: () => RunStore, foundBy: string]>> = {
  'create checks, then writes': [
    () => new CheckThenWrite(),
    'of 100 creates at once for a tenant one wins, and the others learn its id',
  ],
  'finish keeps the slot': [() => new KeepsTheSlot(), 'the end of a run frees the tenant for exactly one other'],
  'a stale attempt is taken': [
    () => new TakesStaleAttempts(),
    'after another claim no write of the earlier one counts',
  ],
  'claims at once both win': [() => new ClaimsInTwoSteps(), 'of 20 claims at once one wins'],
  'a lease is not renewed': [() => new RenewsNothing(), 'a renewed lease holds longer'],
  'a released run leaves its tenant free': [
    () => new ReleasesTheSlot(),
    'a released run can be claimed at once, and keeps the tenant busy',
  ],
  'a release forgets the outage': [
    () => new ForgetsTheOutage(),
    'a release says since when the environment fails, and the next claim knows it; the next release replaces it',
  ],
  'the clock of a run begins anew': [
    () => new BeginsTheClockAnew(),
    'a claim starts the run, and holds until its lease ends',
  ],
  'a claim forgets the cancel': [
    () => new ForgetsTheCancel(),
    'a cancel is a mark that the worker sees, and that outlives a claim',
  ],
  'a lease is believed that ends long after any could': [
    () => new BelievesEveryLease(),
    'a clock that was set back by an hour keeps no run: neither its lease nor its time of sending is believed',
  ],
  'a run whose lease was given before the clock was set back is not sent again': [
    () => new WaitsForLeasesOfTheFuture(),
    'a clock that was set back by an hour keeps no run: neither its lease nor its time of sending is believed',
  ],
  'the message of a dead worker’s run is sent at every look': [
    () => new SendsForTheDeadAgainAndAgain(),
    'a run whose worker died is sent again once, and after that as seldom as one that is queued',
  ],
  'stages go back': [
    () => new GoesBackInStages(),
    'stages go forward within an attempt, and begin again with the next',
  ],
  'a live lease is ignored': [() => new IgnoresTheLease(), 'a claim starts the run, and holds until its lease ends'],
  'another body repeats a key': [() => new ComparesNoBodies(), 'an idempotency key with another body is refused'],
  'keys never expire': [() => new KeepsKeysForever(), 'an idempotency key that has expired is new'],
  'pages go by position': [
    () => new PagesByPosition(),
    'pages stay as they were when runs come in between, also of one time',
  ],
  'a place in the list of one filter is none in another': [
    () => new PagesByPosition(),
    'a cursor leads to older runs with another filter, too',
  ],
  'a live run is failed': [
    () => new FailsLiveRuns(),
    'a run without a worker can be failed, one with a live lease cannot',
  ],
  'artifacts of a failed run are dropped': [
    () => new DropsArtifacts(),
    'a run without a worker can be failed, one with a live lease cannot',
  ],
  'expired keys are found': [
    () => new FindsKeysForever(),
    'a run is found by its idempotency key, until that has expired',
  ],
  'everybody sends again': [() => new MarksWithoutLooking(), 'of several that send a message again one notes it'],
  'the counts of an end are lost': [() => new DropsCounts(), 'an end is kept with its counts and warnings'],
  'progress is not written': [
    () => new DropsProgress(),
    'progress is kept until the next one, and ends with its attempt',
  ],
  'progress is lost with a stage': [
    () => new ForgetsProgress(),
    'progress is kept until the next one, and ends with its attempt',
  ],
  'progress outlives its attempt': [
    () => new KeepsProgressOfTheAttemptBefore(),
    'progress is kept until the next one, and ends with its attempt',
  ],
  'the reason of an end is lost': [() => new ForgetsTheEnd(), 'an end is kept with all it says, and is the end'],
};
