/**
 * Runs in DynamoDB. A tenant's one slot is an item of its own: a transaction puts it with the run and removes it when the
 * run ends. Every other change is one conditional update. Lists come from indexes: see `run-lists.ts`.
 */

import { assert } from '../../core/errors.ts';
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
  type UnclaimedFailure,
} from '../../core/ports/service/runs.ts';
import { STAGES, type Stage } from '../../core/run-codes.ts';
import {
  active,
  allOf,
  claimed,
  idempotencyKey,
  inStatus,
  newItem,
  runKey,
  slotKey,
  storableMessage,
  toRunRecord,
  unclaimed,
} from './run-items.ts';
import { RunLists } from './run-lists.ts';
import type { Item, Table, Write, WriteCondition } from './table.ts';

/** How often a create starts again because another one came between its read and its write. */
const CREATE_ATTEMPTS = 20;
/** Tenants of runs that this process has claimed are remembered up to this number. */
const CLAIMED_MAX = 1000;

export class AwsRunStore implements RunStore {
  readonly #table: Table;
  readonly #lists: RunLists;
  /** The tenants of claimed runs, which never change: to end a run, its tenant must be known. */
  readonly #tenants = new Map<string, string>();

  constructor(table: Table) {
    this.#table = table;
    this.#lists = new RunLists(table);
  }

  async create(run: NewRun): Promise<CreateRunResult> {
    for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt++) {
      const before = await this.#before(run);
      if (before !== null) return before;
      const failed = await this.#table.transact(writesOf(run));
      if (failed.length === 0) return { status: 'created', run: toRunRecord(newItem(run)) };
    }
    throw new Error(`run ${run.runId}: its id, or the tenant's slot, is taken and free by turns`);
  }

  async get(runId: string): Promise<RunRecord | null> {
    const key = runKey(runId);
    const item = key === null ? null : await this.#table.get(key);
    return item === null ? null : toRunRecord(item);
  }

  async findRepeated(tenantId: string, key: string, now: number): Promise<{ run: RunRecord; bodyHash: string } | null> {
    const used = await this.#table.get(idempotencyKey(tenantId, key));
    if (used === null || (used.ends_at as number) <= now) return null;
    const run = await this.get(used.of_run as string);
    assert(run !== null, `run ${used.of_run} of an idempotency key is not there`);
    return { run, bodyHash: used.body_hash as string };
  }

  list(
    filter: { tenantId?: string; status?: RunStatus },
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }> {
    return this.#lists.list(filter, cursor, limit);
  }

  async claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult> {
    const run = await this.get(runId);
    if (run === null) return { status: 'unknown' };
    const isFree = (one: RunRecord) => isUnclaimed(one, now, farLease(now, leaseMs));
    if (!isFree(run)) return refusal(run);
    const leaseUntil = now + leaseMs;
    const change = {
      ...inStatus(run.tenantId, 'RUNNING', leaseUntil),
      attempt: run.attempt + 1,
      stage: null,
      progress: null,
      worker_id: workerId,
      lease_until: leaseUntil,
      started_at: run.startedAt ?? now,
    };
    const condition = allOf(unclaimed(now, farLease(now, leaseMs)), {
      expression: '#attempt = :attempt',
      values: { attempt: run.attempt },
    });
    const changed = await this.#table.update({ run_id: runId }, change, condition);
    if (changed.done) {
      if (this.#tenants.size >= CLAIMED_MAX) this.#tenants.clear();
      this.#tenants.set(runId, run.tenantId);
      return { status: 'claimed', run: toRunRecord(changed.item) };
    }
    if (changed.item === null) return { status: 'unknown' };
    const found = toRunRecord(changed.item);
    // another claim came and went between read and write
    if (isFree(found)) return this.claim(runId, workerId, now, leaseMs);
    return refusal(found);
  }

  renew(claim: Claim, now: number, leaseMs: number, progress?: RunProgress): Promise<boolean> {
    const leaseUntil = now + leaseMs;
    const change = { lease_until: leaseUntil, due_at: leaseUntil, ...given({ progress }) };
    return this.#change(claim.runId, change, claimed(claim.attempt));
  }

  setStage(claim: Claim, stage: Stage, progress?: RunProgress): Promise<boolean> {
    const reached = STAGES.slice(0, STAGES.indexOf(stage) + 1);
    const values = Object.fromEntries(reached.map((one) => [`stage_${one}`, one]));
    const list = reached.map((one) => `:stage_${one}`).join(', ');
    const forward = { expression: `(attribute_not_exists(#stage) OR #stage IN (${list}))`, values };
    return this.#change(claim.runId, { stage, ...given({ progress }) }, allOf(claimed(claim.attempt), forward));
  }

  async finish(claim: Claim, result: FinishRun, now: number): Promise<boolean> {
    const { status, stage, failedStage = null, errorCode = null, errorMessage = null } = result;
    const { artifacts, counts, warnings } = result;
    const tenantId = this.#tenants.get(claim.runId) ?? (await this.get(claim.runId))?.tenantId;
    if (tenantId === undefined) return false;
    this.#tenants.delete(claim.runId);
    return this.#end({ runId: claim.runId, tenantId }, claimed(claim.attempt), {
      ...inStatus(tenantId, status, null),
      failed_stage: failedStage,
      error_code: errorCode,
      error_message: storableMessage(errorMessage),
      finished_at: now,
      ...given({ stage, artifacts, counts, warnings }),
    });
  }

  async release(claim: Claim, sentAt: number, outage: RunOutage | null = null): Promise<boolean> {
    const run = await this.get(claim.runId);
    if (run === null) return false;
    const change = {
      ...inStatus(run.tenantId, 'QUEUED', sentAt),
      stage: null,
      progress: null,
      lease_until: null,
      worker_id: null,
      sent_at: sentAt,
      outage,
    };
    return this.#change(claim.runId, change, claimed(claim.attempt));
  }

  async failUnclaimed(runId: string, failure: UnclaimedFailure, now: number): Promise<boolean> {
    const { errorCode, errorMessage, artifacts = {} } = failure;
    const run = await this.get(runId);
    if (run === null) return false;
    return this.#end(run, unclaimed(now), {
      ...inStatus(run.tenantId, 'FAILED', null),
      failed_stage: run.stage,
      error_code: errorCode,
      error_message: storableMessage(errorMessage),
      finished_at: now,
      artifacts,
    });
  }

  requestCancel(runId: string): Promise<boolean> {
    return this.#change(runId, { cancel_requested: true }, active);
  }

  listStale(times: StaleTimes, limit: number): Promise<RunRecord[]> {
    return this.#lists.stale(times, limit);
  }

  async markSent(runId: string, previousSentAt: number, now: number): Promise<boolean> {
    const run = await this.get(runId);
    if (run === null || run.sentAt !== previousSentAt) return false;
    const condition = {
      expression: '#sent_at = :sent_at AND #status = :status',
      values: { sent_at: previousSentAt, status: run.status },
    };
    return isActive(run) && this.#change(runId, { sent_at: now, due_at: now }, condition);
  }

  lastSucceeded(tenantId: string): Promise<RunRecord | null> {
    return this.#lists.lastSucceeded(tenantId);
  }

  check(): Promise<void> {
    return this.#table.check();
  }

  /** Why the run cannot be created, checked before anything is written; null if it can. */
  async #before({ runId, tenantId, now, idempotency }: NewRun): Promise<CreateRunResult | null> {
    assert(runKey(runId) !== null, `${runId} cannot be a run's id`);
    // in this order: a slot is written together with its idempotency key, so whoever sees the slot must see the key
    const slot = await this.#table.get(slotKey(tenantId));
    const before = idempotency === undefined ? null : await this.findRepeated(tenantId, idempotency.key, now);
    if (before !== null) {
      // biome-ignore lint/style/noNonNullAssertion: an earlier run is looked for only with an idempotency key
      if (before.bodyHash !== idempotency!.bodyHash) return { status: 'key_reused' };
      return { status: 'repeated', run: before.run };
    }
    return slot === null ? null : { status: 'tenant_busy', activeRunId: slot.of_run as string };
  }

  async #change(runId: string, change: Item, condition: WriteCondition): Promise<boolean> {
    const key = runKey(runId);
    return key !== null && (await this.#table.update(key, change, condition)).done;
  }

  /** Ends a run and frees the tenant's slot. */
  async #end(
    { runId, tenantId }: Pick<RunRecord, 'runId' | 'tenantId'>,
    condition: WriteCondition,
    end: Item,
  ): Promise<boolean> {
    const change = { ...end, lease_until: null, progress: null };
    const own = { expression: '(attribute_not_exists(#run_id) OR #of_run = :run)', values: { run: runId } };
    const writes: Write[] = [
      { key: { run_id: runId }, change, condition },
      { remove: slotKey(tenantId), condition: own },
    ];
    return (await this.#table.transact(writes)).length === 0;
  }
}

/** The attributes that are not undefined; the others keep their values. */
function given(attributes: Record<string, unknown>): Item {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function writesOf(run: NewRun): Write[] {
  const { runId, tenantId, now, idempotency } = run;
  const free = { expression: 'attribute_not_exists(#run_id)' };
  const writes: Write[] = [
    { put: newItem(run), condition: free },
    { put: { ...slotKey(tenantId), of_run: runId }, condition: free },
  ];
  if (idempotency === undefined) return writes;
  const { key, bodyHash, expiresAt } = idempotency;
  // `expires_at` is DynamoDB's TTL, in seconds; it may keep an item for days after that
  const used = { body_hash: bodyHash, of_run: runId, ends_at: expiresAt, expires_at: Math.ceil(expiresAt / 1000) };
  const over = { expression: '(attribute_not_exists(#run_id) OR #ends_at <= :now)', values: { now } };
  return [...writes, { put: { ...idempotencyKey(tenantId, key), ...used }, condition: over }];
}

function isUnclaimed({ status, leaseUntil }: RunRecord, now: number, far: number): boolean {
  const end = leaseUntil ?? 0;
  return status === 'QUEUED' || (status === 'RUNNING' && (end <= now || end > far));
}

function refusal(run: RunRecord): ClaimResult {
  return { status: run.status === 'RUNNING' ? 'leased' : 'ended', run };
}
