/**
 * Removes old runs, config versions and keys from the tables. `expired#<run>` in the runs table notes a run whose objects must
 * go, and the index `by_due` finds it. `turn#retention` says whose turn it is.
 */
import { farLease, type RunRecord } from '../../core/ports/service/runs.ts';
import { type ExpiredRun, farDue, type RetentionStore } from '../../core/ports/service/upkeep.ts';
import { decodeCursor, encodeCursor, pageSize } from '../cursor.ts';
import { ConfigVersions } from './config-versions.ts';
import { requestedKey, runKey, toRunRecord } from './run-items.ts';
import type { Item, Table } from './table.ts';
import { TenantKeys } from './tenant-keys.ts';

const PAGE = 50;
const EXPIRED = 'EXPIRED';
const TURN = { run_id: 'turn#retention' };

const expiredKey = (runId: string): Item => ({ run_id: `expired#${runId}` });
const hasEnded = {
  expression: '#status IN (:succeeded, :failed)',
  values: { succeeded: 'SUCCEEDED', failed: 'FAILED' },
};

export class AwsRetentionStore implements RetentionStore {
  readonly #runs: Table;
  readonly #keys: TenantKeys;
  readonly #versions: ConfigVersions;

  constructor(runs: Table, tenants: Table) {
    this.#runs = runs;
    this.#keys = new TenantKeys(tenants);
    this.#versions = new ConfigVersions(tenants);
  }

  /** The index may lag, so the page may have runs that are gone, and `expireRun` decides. */
  async endedRuns(
    tenantId: string,
    requestedBefore: number,
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }> {
    const [time, id] = decodeCursor(cursor, [0, ''] as const) ?? [0, ''];
    const size = pageSize(limit, PAGE);
    const condition = {
      expression: '#tenant_id = :tenant AND #requested_key BETWEEN :first AND :last',
      // nothing sorts between a time and the same time with `#`, which precedes the id
      values: {
        tenant: tenantId,
        first: id === '' ? requestedKey(time, '') : `${requestedKey(time, id)}\u0000`,
        last: requestedKey(requestedBefore, ''),
      },
    };
    const items = await this.#runs.query({ index: 'by_tenant', condition, limit: size + 1 });
    // biome-ignore lint/style/noNonNullAssertion: a page is cut only where it has items
    const last = items.length > size ? toRunRecord(items[size - 1]!) : null;
    const runs = items.slice(0, size).map(toRunRecord);
    return {
      runs: runs.filter(({ status }) => status === 'SUCCEEDED' || status === 'FAILED'),
      next: last === null ? null : encodeCursor([last.requestedAt, last.runId]),
    };
  }

  async expireRun(runId: string, now: number): Promise<boolean> {
    const key = runKey(runId);
    const run = key === null ? null : await this.#runs.get(key);
    if (key === null || run === null) return false;
    const note = { ...expiredKey(runId), of_tenant: run.tenant_id, due_status: EXPIRED, due_at: now };
    const failed = await this.#runs.transact([
      { remove: key, condition: hasEnded },
      { put: note, condition: { expression: 'attribute_not_exists(#run_id)' } },
    ]);
    return failed.length === 0;
  }

  async expiredRuns(limit: number): Promise<ExpiredRun[]> {
    const condition = { expression: '#due_status = :status', values: { status: EXPIRED } };
    const found = await this.#runs.query({ index: 'by_due', condition, limit: pageSize(limit, PAGE) });
    const items = await this.#runs.getMany(found.map(({ run_id }) => ({ run_id })));
    return items
      .sort((a, b) => (a.due_at as number) - (b.due_at as number))
      .map((item) => ({ runId: (item.run_id as string).slice('expired#'.length), tenantId: item.of_tenant as string }));
  }

  async removeExpired({ runId }: ExpiredRun): Promise<void> {
    await this.#runs.transact([{ remove: expiredKey(runId), condition: { expression: 'attribute_exists(#run_id)' } }]);
  }

  async putOffExpired({ runId }: ExpiredRun, now: number): Promise<void> {
    const isThere = { expression: 'attribute_exists(#run_id)', values: {} };
    await this.#runs.update(expiredKey(runId), { due_at: now }, isThere);
  }

  configVersions(tenantId: string, after: number, limit: number) {
    return this.#versions.list(tenantId, after, limit);
  }

  removeConfigVersion(tenantId: string, version: number): Promise<boolean> {
    return this.#versions.remove(tenantId, version);
  }

  removeRevokedKeys(tenantId: string, before: number): Promise<number> {
    return this.#keys.removeRevoked(tenantId, before);
  }

  /** DynamoDB does so itself, by its time to live; SQS drops dead letters after a time of its own. */
  async removeExpiredRecords(): Promise<void> {}

  async takeTurn(holder: string, now: number, leaseMs: number): Promise<{ state: string | null } | null> {
    const turn = await this.#runs.get(TURN);
    const isAhead = (time: unknown, far: number) => (time as number) > now && (time as number) <= far;
    const isHeld = turn !== null && turn.holder !== undefined && isAhead(turn.held_until, farLease(now, leaseMs));
    if (isHeld || isAhead(turn?.turn_due_at ?? 0, farDue(now))) return null;
    const since =
      turn === null
        ? { expression: 'attribute_not_exists(#run_id)' }
        : { expression: '#turn = :turn', values: { turn: turn.turn } };
    const change = { holder, held_until: now + leaseMs, turn: ((turn?.turn ?? 0) as number) + 1 };
    const taken = await this.#runs.update(TURN, change, since);
    return taken.done ? { state: (taken.item.state ?? null) as string | null } : null;
  }

  async endTurn(holder: string, state: string | null, dueAt: number): Promise<boolean> {
    const condition = { expression: '#holder = :holder', values: { holder } };
    const change = { holder: null, held_until: 0, turn_due_at: dueAt, state };
    return (await this.#runs.update(TURN, change, condition)).done;
  }
}
