/** Runs in the embedded database. A unique index over active runs gives each tenant one slot: see `schema.ts`. */
// biome-ignore-all lint/style/noNonNullAssertion: a page is cut only where it has items; other rows were written in the same transaction

import {
  type Claim,
  type ClaimResult,
  type CreateRunResult,
  type FinishRun,
  farLease,
  type NewRun,
  type RunCounts,
  type RunOutage,
  type RunProgress,
  type RunRecord,
  type RunStatus,
  type RunStore,
  type StaleTimes,
  sentLater,
  type UnclaimedFailure,
} from '../../../core/ports/service/runs.ts';
import type { RunCode } from '../../../core/run-codes.ts';
import { STAGES, type Stage } from '../../../core/run-codes.ts';
import { decodeCursor, encodeCursor, pageSize } from '../../cursor.ts';
import type { Database, Sql, SqlValue } from './database.ts';

export interface RunRow {
  run_id: string;
  tenant_id: string;
  config_version: number;
  vendors: string;
  force: number;
  force_reason: string | null;
  status: RunStatus;
  stage: Stage | null;
  attempt: number;
  lease_until: number | null;
  worker_id: string | null;
  cancel_requested: number;
  requested_at: number;
  started_at: number | null;
  finished_at: number | null;
  sent_at: number;
  failed_stage: Stage | null;
  error_code: RunCode | null;
  error_message: string | null;
  artifacts: string;
  counts: string | null;
  warnings: string;
  progress: string | null;
  outage: string | null;
}

const PAGE = 50;
const ACTIVE = "status IN ('QUEUED', 'RUNNING')";
/** True if the claim still holds: nobody has claimed, released or ended the run since. */
const CLAIMED = "run_id = ? AND attempt = ? AND status = 'RUNNING'";
const PROGRESS = 'progress = COALESCE(?, progress)';
/** No worker holds the run. A lease is live while its end is in the future. */
const UNCLAIMED = "(status = 'QUEUED' OR (status = 'RUNNING' AND lease_until <= ?))";

export class EmbeddedRunStore implements RunStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  create(run: NewRun): Promise<CreateRunResult> {
    return this.#database.write((sql): CreateRunResult => {
      const { runId, tenantId, now, idempotency } = run;
      if (idempotency !== undefined) {
        sql.run('DELETE FROM idempotency_keys WHERE expires_at <= ?', now);
        const before = selectRepeated(sql, tenantId, idempotency.key, now);
        if (before !== undefined) {
          if (before.body_hash !== idempotency.bodyHash) return { status: 'key_reused' };
          return { status: 'repeated', run: runRecordOf(select(sql, before.run_id)!) };
        }
      }
      const active = sql.one<RunRow>(`SELECT * FROM runs WHERE tenant_id = ? AND ${ACTIVE}`, tenantId);
      if (active !== undefined) return { status: 'tenant_busy', activeRunId: active.run_id };
      sql.run(
        `INSERT INTO runs (run_id, tenant_id, config_version, vendors, force, force_reason, status, attempt, cancel_requested,
           requested_at, sent_at, artifacts) VALUES (?, ?, ?, ?, ?, ?, 'QUEUED', 0, 0, ?, ?, '{}')`,
        runId,
        tenantId,
        run.configVersion,
        JSON.stringify(run.vendors),
        run.force ? 1 : 0,
        run.forceReason ?? null,
        now,
        now,
      );
      if (idempotency !== undefined) {
        const { key, bodyHash, expiresAt } = idempotency;
        sql.run(
          'INSERT OR REPLACE INTO idempotency_keys VALUES (?, ?, ?, ?, ?)',
          tenantId,
          key,
          bodyHash,
          runId,
          expiresAt,
        );
      }
      return { status: 'created', run: runRecordOf(select(sql, runId)!) };
    });
  }

  async get(runId: string): Promise<RunRecord | null> {
    const record = await this.#database.readOften(`run ${runId}`, (sql) => {
      const row = select(sql, runId);
      return row === undefined ? undefined : runRecordOf(row);
    });
    return record ?? null;
  }

  async findRepeated(tenantId: string, key: string, now: number): Promise<{ run: RunRecord; bodyHash: string } | null> {
    const before = await this.#database.read((sql) => selectRepeated(sql, tenantId, key, now));
    const run = before === undefined ? null : await this.get(before.run_id);
    return run === null ? null : { run, bodyHash: before!.body_hash };
  }

  async list(
    filter: { tenantId?: string; status?: RunStatus },
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }> {
    const conditions: string[] = [];
    const values: SqlValue[] = [];
    if (filter.tenantId !== undefined) {
      conditions.push('tenant_id = ?');
      values.push(filter.tenantId);
    }
    if (filter.status !== undefined) {
      conditions.push('status = ?');
      values.push(filter.status);
    }
    const after = decodeCursor(cursor, [0, ''] as const);
    if (after !== null) {
      conditions.push('(requested_at, run_id) < (?, ?)');
      values.push(...after);
    }
    const size = pageSize(limit, PAGE);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const statement = `SELECT * FROM runs ${where} ORDER BY requested_at DESC, run_id DESC LIMIT ?`;
    const rows = await this.#database.read((sql) => sql.all<RunRow>(statement, ...values, size + 1));
    const runs = rows.slice(0, size).map(runRecordOf);
    const last = runs.at(-1);
    return { runs, next: rows.length > size ? encodeCursor([last!.requestedAt, last!.runId]) : null };
  }

  claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult> {
    return this.#database.write((sql): ClaimResult => {
      const claimed = sql.run(
        `UPDATE runs SET status = 'RUNNING', attempt = attempt + 1, stage = NULL, progress = NULL, worker_id = ?, lease_until = ?,
           started_at = COALESCE(started_at, ?) WHERE run_id = ? AND (${UNCLAIMED} OR (status = 'RUNNING' AND lease_until > ?))`,
        workerId,
        now + leaseMs,
        now,
        runId,
        now,
        farLease(now, leaseMs),
      );
      const row = select(sql, runId);
      if (row === undefined) return { status: 'unknown' };
      const run = runRecordOf(row);
      if (claimed === 1) return { status: 'claimed', run };
      return { status: run.status === 'RUNNING' ? 'leased' : 'ended', run };
    });
  }

  renew(claim: Claim, now: number, leaseMs: number, progress?: RunProgress): Promise<boolean> {
    const values = [now + leaseMs, optionalJson(progress)];
    return this.#change(`lease_until = ?, ${PROGRESS}`, values, CLAIMED, [claim.runId, claim.attempt]);
  }

  setStage(claim: Claim, stage: Stage, progress?: RunProgress): Promise<boolean> {
    const reached = STAGES.slice(0, STAGES.indexOf(stage) + 1);
    const forward = `${CLAIMED} AND (stage IS NULL OR stage IN (${reached.map(() => '?').join(', ')}))`;
    const values = [stage, optionalJson(progress)];
    return this.#change(`stage = ?, ${PROGRESS}`, values, forward, [claim.runId, claim.attempt, ...reached]);
  }

  finish(claim: Claim, result: FinishRun, now: number): Promise<boolean> {
    const { status, stage = null, failedStage = null, errorCode = null, errorMessage = null, warnings = [] } = result;
    const artifacts = optionalJson(result.artifacts);
    const counts = optionalJson(result.counts);
    return this.#change(
      `status = ?, stage = COALESCE(?, stage), finished_at = ?, failed_stage = ?, error_code = ?, error_message = ?, lease_until = NULL,
         artifacts = COALESCE(?, artifacts), counts = ?, warnings = ?, progress = NULL`,
      [status, stage, now, failedStage, errorCode, errorMessage, artifacts, counts, JSON.stringify(warnings)],
      CLAIMED,
      [claim.runId, claim.attempt],
    );
  }

  release(claim: Claim, sentAt: number, outage: RunOutage | null = null): Promise<boolean> {
    return this.#change(
      "status = 'QUEUED', stage = NULL, progress = NULL, lease_until = NULL, worker_id = NULL, sent_at = ?, outage = ?",
      [sentAt, optionalJson(outage ?? undefined)],
      CLAIMED,
      [claim.runId, claim.attempt],
    );
  }

  failUnclaimed(runId: string, failure: UnclaimedFailure, now: number): Promise<boolean> {
    const { errorCode, errorMessage, artifacts = {} } = failure;
    return this.#change(
      `status = 'FAILED', finished_at = ?, failed_stage = stage, error_code = ?, error_message = ?, lease_until = NULL,
         progress = NULL, artifacts = ?`,
      [now, errorCode, errorMessage, JSON.stringify(artifacts)],
      `run_id = ? AND ${UNCLAIMED}`,
      [runId, now],
    );
  }

  requestCancel(runId: string): Promise<boolean> {
    return this.#change('cancel_requested = 1', [], `run_id = ? AND ${ACTIVE}`, [runId]);
  }

  async listStale({ sentBefore, leaseBefore, leaseFar, now }: StaleTimes, limit: number): Promise<RunRecord[]> {
    // the first condition follows from the others, and names an index: otherwise runs that ended are read, too
    const statement = `SELECT * FROM runs WHERE ${ACTIVE} AND (
      ((status = 'QUEUED' OR (status = 'RUNNING' AND lease_until > ?)) AND (sent_at < ? OR sent_at > ?))
      OR (status = 'RUNNING' AND lease_until < ? AND sent_at < max(lease_until, ?))) ORDER BY sent_at, run_id LIMIT ?`;
    const values = [leaseFar, sentBefore, sentLater(now), leaseBefore, sentBefore, pageSize(limit, PAGE)];
    const rows = await this.#database.read((sql) => sql.all<RunRow>(statement, ...values));
    return rows.map(runRecordOf);
  }

  markSent(runId: string, previousSentAt: number, now: number): Promise<boolean> {
    return this.#change('sent_at = ?', [now], `run_id = ? AND sent_at = ? AND ${ACTIVE}`, [runId, previousSentAt]);
  }

  async lastSucceeded(tenantId: string): Promise<RunRecord | null> {
    const statement = `SELECT * FROM runs WHERE tenant_id = ? AND status = 'SUCCEEDED'
      ORDER BY requested_at DESC, run_id DESC LIMIT 1`;
    const row = await this.#database.read((sql) => sql.one<RunRow>(statement, tenantId));
    return row === undefined ? null : runRecordOf(row);
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  /** Updates one run. False if the condition did not hold. */
  #change(change: string, values: SqlValue[], condition: string, of: SqlValue[]): Promise<boolean> {
    const statement = `UPDATE runs SET ${change} WHERE ${condition}`;
    return this.#database.write((sql) => sql.run(statement, ...values, ...of) === 1);
  }
}

function optionalJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function selectRepeated(
  sql: Sql,
  tenantId: string,
  key: string,
  now: number,
): { body_hash: string; run_id: string } | undefined {
  // with a clock that was set back, a key may outlive its run
  const statement = `SELECT body_hash, run_id FROM idempotency_keys k WHERE tenant_id = ? AND key = ? AND expires_at > ?
    AND EXISTS (SELECT 1 FROM runs WHERE run_id = k.run_id)`;
  return sql.one(statement, tenantId, key, now);
}

function select(sql: Sql, runId: string): RunRow | undefined {
  return sql.one<RunRow>('SELECT * FROM runs WHERE run_id = ?', runId);
}

export function runRecordOf(row: RunRow): RunRecord {
  return {
    runId: row.run_id,
    tenantId: row.tenant_id,
    configVersion: row.config_version,
    vendors: JSON.parse(row.vendors) as string[],
    force: row.force === 1,
    forceReason: row.force_reason,
    status: row.status,
    stage: row.stage,
    attempt: row.attempt,
    leaseUntil: row.lease_until,
    workerId: row.worker_id,
    cancelRequested: row.cancel_requested === 1,
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    sentAt: row.sent_at,
    failedStage: row.failed_stage,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    artifacts: JSON.parse(row.artifacts) as Record<string, string>,
    counts: JSON.parse(row.counts ?? 'null') as RunCounts | null,
    warnings: JSON.parse(row.warnings) as string[],
    progress: JSON.parse(row.progress ?? 'null') as RunProgress | null,
    outage: JSON.parse(row.outage ?? 'null') as RunOutage | null,
  };
}
