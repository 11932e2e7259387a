/** Runs as items of the runs table: attributes, index keys and conditions. */
import { createHash } from 'node:crypto';
import type { NewRun, RunCounts, RunOutage, RunProgress, RunRecord, RunStatus } from '../../core/ports/service/runs.ts';
import type { RunCode, Stage } from '../../core/run-codes.ts';
import type { Item, WriteCondition } from './table.ts';

/** Longer messages are cut: an item is limited, an error that quotes a feed is not. */
const ERROR_MESSAGE_CHARS_MAX = 16_384;
/** Keys are limited, so no run has a longer id. */
const ID_BYTES_MAX = 1024;

export const slotKey = (tenantId: string): Item => ({ run_id: `slot#${tenantId}` });

/** Hashed, because clients choose the key, of any length. */
export function idempotencyKey(tenantId: string, key: string): Item {
  return { run_id: `idempotency#${tenantId}#${createHash('sha256').update(key).digest('hex')}` };
}

/** Null if no run can have the id: ids with `#` belong to other kinds of items. */
export function runKey(runId: string): Item | null {
  if (runId === '' || runId.includes('#') || Buffer.byteLength(runId) > ID_BYTES_MAX) return null;
  return { run_id: runId };
}

/** Sorts as text: by time, then by id. */
export function requestedKey(requestedAt: number, runId: string): string {
  return `${String(requestedAt).padStart(15, '0')}#${runId}`;
}

export const tenantStatus = (tenantId: string, status: RunStatus) => `${tenantId}#${status}`;

export function newItem(run: NewRun): Item {
  const { runId, tenantId, now } = run;
  return {
    run_id: runId,
    tenant_id: tenantId,
    config_version: run.configVersion,
    vendors: run.vendors,
    force: run.force,
    ...(run.forceReason == null ? {} : { force_reason: run.forceReason }),
    attempt: 0,
    cancel_requested: false,
    requested_at: now,
    requested_key: requestedKey(now, runId),
    sent_at: now,
    artifacts: {},
    ...inStatus(tenantId, 'QUEUED', now),
  };
}

/** The status with its index keys. `dueAt` is null when nothing is due any more. */
export function inStatus(tenantId: string, status: RunStatus, dueAt: number | null): Item {
  return {
    status,
    tenant_status: tenantStatus(tenantId, status),
    due_status: dueAt === null ? null : status,
    due_at: dueAt,
  };
}

export function toRunRecord(item: Item): RunRecord {
  const optional = <T>(name: string) => (item[name] ?? null) as T | null;
  return {
    runId: item.run_id as string,
    tenantId: item.tenant_id as string,
    configVersion: item.config_version as number,
    vendors: item.vendors as string[],
    force: item.force as boolean,
    forceReason: optional<string>('force_reason'),
    status: item.status as RunStatus,
    stage: optional<Stage>('stage'),
    attempt: item.attempt as number,
    leaseUntil: optional<number>('lease_until'),
    workerId: optional<string>('worker_id'),
    cancelRequested: item.cancel_requested as boolean,
    requestedAt: item.requested_at as number,
    startedAt: optional<number>('started_at'),
    finishedAt: optional<number>('finished_at'),
    sentAt: item.sent_at as number,
    failedStage: optional<Stage>('failed_stage'),
    errorCode: optional<RunCode>('error_code'),
    errorMessage: optional<string>('error_message'),
    artifacts: item.artifacts as Record<string, string>,
    counts: optional<RunCounts>('counts'),
    warnings: optional<string[]>('warnings') ?? [],
    progress: optional<RunProgress>('progress'),
    outage: optional<RunOutage>('outage'),
  };
}

/** The part of an error message that can be stored. */
export function storableMessage(text: string | null): string | null {
  if (text === null || text.length <= ERROR_MESSAGE_CHARS_MAX) return text;
  return `${text.slice(0, ERROR_MESSAGE_CHARS_MAX).replace(/\p{Surrogate}$/u, '')}…`;
}

const STATUSES = { queued: 'QUEUED', running: 'RUNNING' } as const;

/** True if the claim still holds: nobody has claimed, released or ended the run since. */
export const claimed = (attempt: number): WriteCondition => ({
  expression: '#status = :running AND #attempt = :attempt',
  values: { running: STATUSES.running, attempt },
});

/** No worker holds the run. A lease is live while its end is in the future, and not beyond `far`. */
export const unclaimed = (now: number, far = Number.MAX_SAFE_INTEGER): WriteCondition => ({
  expression: '(#status = :queued OR (#status = :running AND (#lease_until <= :now OR #lease_until > :far)))',
  values: { ...STATUSES, now, far },
});

export const active: WriteCondition = { expression: '#status IN (:queued, :running)', values: STATUSES };

export function allOf(a: WriteCondition, b: WriteCondition): WriteCondition {
  return { expression: `${a.expression} AND ${b.expression}`, values: { ...a.values, ...b.values } };
}
