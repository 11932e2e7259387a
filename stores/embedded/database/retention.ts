/** Removes old runs, config versions and keys from the embedded database, and says whose turn it is to do so. */

import { farLease, type RunRecord } from '../../../core/ports/service/runs.ts';
import { type ExpiredRun, farDue, type RetentionStore } from '../../../core/ports/service/upkeep.ts';
import { decodeCursor, encodeCursor, pageSize } from '../../cursor.ts';
import type { Database } from './database.ts';
import { type RunRow, runRecordOf } from './runs.ts';

interface TurnRow {
  holder: string | null;
  held_until: number;
  due_at: number;
  state: string | null;
}

const PAGE = 50;
const ENDED = "status IN ('SUCCEEDED', 'FAILED')";

export class EmbeddedRetentionStore implements RetentionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async endedRuns(
    tenantId: string,
    requestedBefore: number,
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }> {
    const after = decodeCursor(cursor, [0, ''] as const) ?? [0, ''];
    const size = pageSize(limit, PAGE);
    const statement = `SELECT * FROM runs WHERE tenant_id = ? AND requested_at < ? AND (requested_at, run_id) > (?, ?) AND ${ENDED}
      ORDER BY requested_at, run_id LIMIT ?`;
    const values = [tenantId, requestedBefore, ...after, size + 1];
    const rows = await this.#database.read((sql) => sql.all<RunRow>(statement, ...values));
    const runs = rows.slice(0, size).map(runRecordOf);
    const last = runs.at(-1);
    // biome-ignore lint/style/noNonNullAssertion: a page is cut only where it has items
    return { runs, next: rows.length > size ? encodeCursor([last!.requestedAt, last!.runId]) : null };
  }

  expireRun(runId: string, now: number): Promise<boolean> {
    return this.#database.write((sql) => {
      const note = `INSERT OR REPLACE INTO expired_runs SELECT run_id, tenant_id, ? FROM runs WHERE run_id = ? AND ${ENDED}`;
      if (sql.run(note, now, runId) === 0) return false;
      sql.run('DELETE FROM runs WHERE run_id = ?', runId);
      return true;
    });
  }

  async expiredRuns(limit: number): Promise<ExpiredRun[]> {
    const statement = 'SELECT run_id, tenant_id FROM expired_runs ORDER BY expired_at, run_id LIMIT ?';
    const rows = await this.#database.read((sql) =>
      sql.all<{ run_id: string; tenant_id: string }>(statement, pageSize(limit, PAGE)),
    );
    return rows.map(({ run_id, tenant_id }) => ({ runId: run_id, tenantId: tenant_id }));
  }

  async removeExpired({ runId }: ExpiredRun): Promise<void> {
    await this.#database.write((sql) => sql.run('DELETE FROM expired_runs WHERE run_id = ?', runId));
  }

  async putOffExpired({ runId }: ExpiredRun, now: number): Promise<void> {
    await this.#database.write((sql) => sql.run('UPDATE expired_runs SET expired_at = ? WHERE run_id = ?', now, runId));
  }

  async configVersions(tenantId: string, after: number, limit: number) {
    const statement = `SELECT config_version, created_at FROM tenant_configs WHERE tenant_id = ? AND config_version > ?
      ORDER BY config_version LIMIT ?`;
    const rows = await this.#database.read((sql) =>
      sql.all<{ config_version: number; created_at: number }>(statement, tenantId, after, limit),
    );
    return rows.map((row) => ({ configVersion: row.config_version, createdAt: row.created_at }));
  }

  removeConfigVersion(tenantId: string, version: number): Promise<boolean> {
    const statement = `DELETE FROM tenant_configs WHERE tenant_id = ? AND config_version = ?
      AND config_version < (SELECT config_version FROM tenants WHERE tenant_id = ?)`;
    return this.#database.write((sql) => sql.run(statement, tenantId, version, tenantId) === 1);
  }

  removeRevokedKeys(tenantId: string, before: number): Promise<number> {
    const statement = 'DELETE FROM api_keys WHERE tenant_id = ? AND revoked_at < ?';
    return this.#database.write((sql) => sql.run(statement, tenantId, before));
  }

  async removeExpiredRecords(now: number, deadBefore: number): Promise<void> {
    await this.#database.write((sql) => {
      sql.run('DELETE FROM idempotency_keys WHERE expires_at <= ?', now);
      sql.run('DELETE FROM messages WHERE dead = 1 AND sent_at < ?', deadBefore);
    });
  }

  takeTurn(holder: string, now: number, leaseMs: number): Promise<{ state: string | null } | null> {
    return this.#database.write((sql) => {
      const turn = sql.one<TurnRow>('SELECT * FROM retention_turn WHERE id = 1');
      const isHeld =
        turn !== undefined && turn.holder !== null && isAhead(turn.held_until, now, farLease(now, leaseMs));
      if (isHeld || isAhead(turn?.due_at ?? 0, now, farDue(now))) return null;
      const statement = 'INSERT OR REPLACE INTO retention_turn VALUES (1, ?, ?, ?, ?)';
      const state = turn?.state ?? null;
      sql.run(statement, holder, now + leaseMs, turn?.due_at ?? 0, state);
      return { state };
    });
  }

  endTurn(holder: string, state: string | null, dueAt: number): Promise<boolean> {
    const statement =
      'UPDATE retention_turn SET holder = NULL, held_until = 0, due_at = ?, state = ? WHERE id = 1 AND holder = ?';
    return this.#database.write((sql) => sql.run(statement, dueAt, state, holder) === 1);
  }
}

function isAhead(time: number, now: number, far: number): boolean {
  return time > now && time <= far;
}
