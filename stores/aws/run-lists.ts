/** Lists of runs, each read from a sorted index: no table is ever scanned. */
// biome-ignore-all lint/style/noNonNullAssertion: a page is cut only where it has items, and a tenant always has a range
import { type RunRecord, type RunStatus, type StaleTimes, sentLater } from '../../core/ports/service/runs.ts';
import { decodeCursor, encodeCursor, pageSize } from '../cursor.ts';
import { requestedKey, tenantStatus, toRunRecord } from './run-items.ts';
import type { Item, Table } from './table.ts';

interface IndexRange {
  index: string;
  partition: string;
  value: string;
}

const PAGE = 50;
/**
 * In the order of a run's life: a run that moves on while the lists are read may be seen twice, but is never missed.
 */
const STATUSES: readonly RunStatus[] = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'];

export class RunLists {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async list(
    filter: { tenantId?: string; status?: RunStatus },
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }> {
    const after = decodeCursor(cursor, [0, ''] as const);
    const size = pageSize(limit, PAGE);
    const before = after === null ? null : requestedKey(...after);
    const found = new Map<string, RunRecord>();
    for (const range of rangesOf(filter)) {
      for (const run of await this.#newest(range, before, size + 1)) found.set(run.runId, run);
    }
    const runs = [...found.values()].sort(newerFirst).slice(0, size);
    const last = runs.at(-1);
    return { runs, next: found.size > size ? encodeCursor([last!.requestedAt, last!.runId]) : null };
  }

  async lastSucceeded(tenantId: string): Promise<RunRecord | null> {
    const [range] = rangesOf({ tenantId, status: 'SUCCEEDED' });
    const [run] = await this.#newest(range!, null, 1);
    return run ?? null;
  }

  /** The index may lag, so it only gives the candidates; the runs themselves decide. */
  async stale({ sentBefore, leaseBefore, leaseFar, now }: StaleTimes, limit: number): Promise<RunRecord[]> {
    const size = pageSize(limit, PAGE);
    const keys = [
      ...(await this.#due('QUEUED', '<', sentBefore, size)),
      ...(await this.#due('QUEUED', '>', sentLater(now), size)),
      ...(await this.#due('RUNNING', '<', leaseBefore, size)),
      ...(await this.#due('RUNNING', '>', leaseFar, size)),
    ].map(({ run_id }) => ({ run_id }));
    const runs = (await this.#table.getMany(keys)).map(toRunRecord);
    const stale = runs.filter(({ status, sentAt, leaseUntil }) => {
      const end = leaseUntil ?? 0;
      const isLost = sentAt < sentBefore || sentAt > sentLater(now);
      if (status === 'QUEUED') return isLost;
      if (status === 'RUNNING' && end > leaseFar) return isLost;
      return status === 'RUNNING' && end < leaseBefore && sentAt < Math.max(end, sentBefore);
    });
    return stale.sort((a, b) => a.sentAt - b.sentAt || (a.runId < b.runId ? -1 : 1)).slice(0, size);
  }

  async #newest({ index, partition, value }: IndexRange, before: string | null, limit: number): Promise<RunRecord[]> {
    const later = before === null ? '' : ' AND #requested_key < :before';
    const condition = {
      expression: `#${partition} = :value${later}`,
      values: before === null ? { value } : { value, before },
    };
    return (await this.#table.query({ index, condition, descending: true, limit })).map(toRunRecord);
  }

  #due(status: RunStatus, than: '<' | '>', time: number, limit: number): Promise<Item[]> {
    const condition = { expression: `#due_status = :status AND #due_at ${than} :time`, values: { status, time } };
    return this.#table.query({ index: 'by_due', condition, limit });
  }
}

function rangesOf({ tenantId, status }: { tenantId?: string; status?: RunStatus }): IndexRange[] {
  if (tenantId !== undefined && status !== undefined) {
    const value = tenantStatus(tenantId, status);
    return [{ index: 'by_tenant_status', partition: 'tenant_status', value }];
  }
  if (tenantId !== undefined) return [{ index: 'by_tenant', partition: 'tenant_id', value: tenantId }];
  const statuses = status === undefined ? STATUSES : [status];
  return statuses.map((value) => ({ index: 'by_status', partition: 'status', value }));
}

function newerFirst(a: RunRecord, b: RunRecord): number {
  return requestedKey(a.requestedAt, a.runId) < requestedKey(b.requestedAt, b.runId) ? 1 : -1;
}
