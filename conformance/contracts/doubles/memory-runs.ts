/** Runs in memory that keep the whole contract, so that a double breaks only one promise. */
import {
  type Claim,
  type ClaimResult,
  type CreateRunResult,
  type FinishRun,
  farLease,
  isActive,
  type NewRun,
  type RunOutage,
  type RunProgress,
  type RunRecord,
  type RunStatus,
  type RunStore,
  type StaleTimes,
  sentLater,
  type UnclaimedFailure,
} from '../../../core/ports/service/runs.ts';
import type { Stage } from '../../../core/run-codes.ts';
import { STAGES } from '../../../core/run-codes.ts';
import { decodeCursor, encodeCursor } from '../../../stores/cursor.ts';

export class MemoryRunStore implements RunStore {
  protected readonly runs = new Map<string, RunRecord>();
  protected readonly keys = new Map<string, { bodyHash: string; runId: string; expiresAt: number }>();

  async create(run: NewRun): Promise<CreateRunResult> {
    const repeated = this.repeated(run);
    if (repeated !== null) return repeated;
    const active = this.activeOf(run.tenantId);
    if (active !== undefined) return { status: 'tenant_busy', activeRunId: active.runId };
    return { status: 'created', run: this.insert(run) };
  }

  async get(runId: string): Promise<RunRecord | null> {
    return structuredClone(this.runs.get(runId) ?? null);
  }

  async findRepeated(tenantId: string, key: string, now: number) {
    const before = this.keys.get(`${tenantId}/${key}`);
    if (before === undefined || before.expiresAt <= now) return null;
    return { run: structuredClone(this.runs.get(before.runId)!), bodyHash: before.bodyHash };
  }

  async list(filter: { tenantId?: string; status?: RunStatus }, cursor?: string | null, limit = 50) {
    const after = decodeCursor(cursor, [0, ''] as const);
    const rest = [...this.runs.values()]
      .filter((run) => filter.tenantId === undefined || run.tenantId === filter.tenantId)
      .filter((run) => filter.status === undefined || run.status === filter.status)
      .sort((a, b) => b.requestedAt - a.requestedAt || (a.runId < b.runId ? 1 : -1))
      .filter(
        (run) => after === null || run.requestedAt < after[0] || (run.requestedAt === after[0] && run.runId < after[1]),
      );
    const runs = structuredClone(rest.slice(0, limit));
    const last = runs.at(-1);
    return { runs, next: rest.length > limit ? encodeCursor([last!.requestedAt, last!.runId]) : null };
  }

  async claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult> {
    const run = this.runs.get(runId);
    if (run === undefined) return { status: 'unknown' };
    if (!isActive(run)) return { status: 'ended', run: structuredClone(run) };
    if (!isFree(run, now, farLease(now, leaseMs))) return { status: 'leased', run: structuredClone(run) };
    Object.assign(run, { status: 'RUNNING', stage: null, progress: null, workerId, leaseUntil: now + leaseMs });
    run.attempt++;
    run.startedAt ??= now;
    return { status: 'claimed', run: structuredClone(run) };
  }

  async renew(claim: Claim, now: number, leaseMs: number, progress?: RunProgress): Promise<boolean> {
    return this.change(this.held(claim), { leaseUntil: now + leaseMs, ...(progress && { progress }) });
  }

  async setStage(claim: Claim, stage: Stage, progress?: RunProgress): Promise<boolean> {
    const run = this.held(claim);
    const back = run?.stage != null && STAGES.indexOf(stage) < STAGES.indexOf(run.stage);
    return this.change(back ? undefined : run, { stage, ...(progress && { progress }) });
  }

  async finish(claim: Claim, result: FinishRun, now: number): Promise<boolean> {
    return this.change(this.held(claim), { ...result, finishedAt: now, leaseUntil: null, progress: null });
  }

  async release(claim: Claim, now: number, outage: RunOutage | null = null): Promise<boolean> {
    const queued = {
      status: 'QUEUED',
      stage: null,
      progress: null,
      leaseUntil: null,
      workerId: null,
      sentAt: now,
      outage,
    } as const;
    return this.change(this.held(claim), queued);
  }

  async failUnclaimed(runId: string, failure: UnclaimedFailure, now: number) {
    const { errorCode, errorMessage, artifacts = {} } = failure;
    const run = this.runs.get(runId);
    const end = { status: 'FAILED', errorCode, errorMessage, finishedAt: now, leaseUntil: null, artifacts } as const;
    return this.change(run !== undefined && isFree(run, now) ? run : undefined, {
      ...end,
      failedStage: run?.stage ?? null,
      progress: null,
    });
  }

  async requestCancel(runId: string, _now: number): Promise<boolean> {
    const run = this.runs.get(runId);
    return this.change(run !== undefined && isActive(run) ? run : undefined, { cancelRequested: true });
  }

  async listStale({ sentBefore, leaseBefore, leaseFar, now }: StaleTimes, limit: number): Promise<RunRecord[]> {
    const stale = [...this.runs.values()].filter(({ status, sentAt, leaseUntil }) => {
      const isLost = sentAt < sentBefore || sentAt > sentLater(now);
      if (status === 'QUEUED') return isLost;
      if (status === 'RUNNING' && leaseUntil! > leaseFar) return isLost;
      return status === 'RUNNING' && leaseUntil! < leaseBefore && sentAt < Math.max(leaseUntil!, sentBefore);
    });
    return structuredClone(stale.slice(0, limit));
  }

  async markSent(runId: string, previousSentAt: number, now: number): Promise<boolean> {
    const run = this.runs.get(runId);
    const good = run !== undefined && isActive(run) && run.sentAt === previousSentAt;
    return this.change(good ? run : undefined, { sentAt: now });
  }

  async lastSucceeded(tenantId: string): Promise<RunRecord | null> {
    return (await this.list({ tenantId, status: 'SUCCEEDED' }, null, 1)).runs[0] ?? null;
  }

  async check(): Promise<void> {}

  protected activeOf(tenantId: string): RunRecord | undefined {
    return [...this.runs.values()].find((run) => run.tenantId === tenantId && isActive(run));
  }

  protected repeated(run: NewRun): CreateRunResult | null {
    const before = run.idempotency && this.keys.get(`${run.tenantId}/${run.idempotency.key}`);
    if (before === undefined || before.expiresAt <= run.now) return null;
    if (before.bodyHash !== run.idempotency?.bodyHash) return { status: 'key_reused' };
    return { status: 'repeated', run: structuredClone(this.runs.get(before.runId)!) };
  }

  protected insert({
    runId,
    tenantId,
    configVersion,
    vendors,
    force,
    forceReason = null,
    now,
    idempotency,
  }: NewRun): RunRecord {
    const nothing = { stage: null, leaseUntil: null, workerId: null, startedAt: null, finishedAt: null };
    const noError = { failedStage: null, errorCode: null, errorMessage: null };
    const times = { requestedAt: now, sentAt: now };
    const run: RunRecord = {
      ...{
        runId,
        tenantId,
        configVersion,
        vendors,
        force,
        forceReason,
        status: 'QUEUED',
        attempt: 0,
        cancelRequested: false,
      },
      ...{ ...nothing, ...noError, ...times, artifacts: {}, counts: null, warnings: [], progress: null, outage: null },
    };
    this.runs.set(runId, run);
    if (idempotency !== undefined) this.keys.set(`${tenantId}/${idempotency.key}`, { ...idempotency, runId });
    return structuredClone(run);
  }

  /** The run of a claim that holds. */
  protected held(claim: Claim): RunRecord | undefined {
    const run = this.runs.get(claim.runId);
    return run?.status === 'RUNNING' && run.attempt === claim.attempt ? run : undefined;
  }

  protected change(run: RunRecord | undefined, changes: Partial<RunRecord> | FinishRun): boolean {
    if (run !== undefined) Object.assign(run, changes);
    return run !== undefined;
  }
}

function isFree({ status, leaseUntil }: RunRecord, now: number, far = Number.POSITIVE_INFINITY): boolean {
  return status === 'QUEUED' || (status === 'RUNNING' && (leaseUntil! <= now || leaseUntil! > far));
}
