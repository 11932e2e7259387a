import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunStatus } from '../../core/ports/service/runs.ts';
import { inStatus, newItem } from './run-items.ts';
import { RunLists } from './run-lists.ts';
import type { Item, Table } from './table.ts';

/** A table whose index still names runs that have moved on. */
function lagging(runs: ReadonlyArray<[string, RunStatus, number]>): Table {
  const items = runs.map(
    ([runId, status, now], i): Item => ({
      ...newItem({ runId, tenantId: `t${i}`, configVersion: 1, vendors: [], force: false, now }),
      ...inStatus(`t${i}`, status, null),
      lease_until: status === 'QUEUED' ? null : now,
    }),
  );
  return {
    query: async ({ condition }: { condition: { values: { status: RunStatus } } }) =>
      condition.values.status === 'RUNNING' ? items.map(({ run_id }) => ({ run_id })) : [],
    getMany: async () => items,
  } as unknown as Table;
}

test('a run that the index still lists as stale is left out once it has ended', async () => {
  const lists = new RunLists(
    lagging([
      ['r-ended', 'SUCCEEDED', 100],
      ['r-failed', 'FAILED', 100],
      ['r-late', 'RUNNING', 300],
      ['r-lost', 'RUNNING', 200],
      ['r-waits', 'QUEUED', 100],
      ['r-new', 'RUNNING', 5000],
      // limits of the times, at the side that is kept
      ['r-just', 'QUEUED', 1000],
      ['r-just-ends', 'RUNNING', 1000],
      ['r-ahead', 'QUEUED', 1_002_000],
      ['r-far', 'RUNNING', 9000],
      // of one time by id
      ['r-b', 'QUEUED', 100],
      ['r-a', 'QUEUED', 100],
      ['r-set-back', 'QUEUED', 1_002_001],
    ]),
  );
  const stale = await lists.stale({ sentBefore: 1000, leaseBefore: 1000, leaseFar: 9000, now: 2000 }, 20);
  assert.equal(
    stale.map(({ runId }) => runId),
    ['r-a', 'r-b', 'r-waits', 'r-lost', 'r-late', 'r-set-back'],
  );
});

test.run();
