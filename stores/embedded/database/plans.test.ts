/** How SQLite finds the rows of lists: never by reading all runs, or those of other tenants. */
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeCursor } from '../../cursor.ts';
import { inFolder } from '../../testing/folder.ts';
import { Database, type Sql } from './database.ts';
import { EmbeddedRunStore } from './runs.ts';
import { EmbeddedTenantStore } from './tenants.ts';

const test = suite('plans of statements');

/** What SQLite says about each statement that the work reads with, such as `SEARCH runs USING INDEX runs_by_time`. */
async function plansOf(work: (database: Database) => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  await inFolder(async (folder) => {
    const database = await Database.open(path.join(folder, 'relay.db'));
    const explaining = {
      read: (unit: (sql: Sql) => unknown) =>
        database.read((sql) => {
          const all = <Row>(statement: string, ...values: Parameters<Sql['all']>[1][]): Row[] => {
            const steps = sql.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${statement}`, ...values);
            plans.push(...steps.map(({ detail }) => detail));
            return [];
          };
          const one = <Row>(statement: string, ...values: Parameters<Sql['all']>[1][]) =>
            all<Row>(statement, ...values)[0];
          return unit({ ...sql, all, one });
        }),
    };
    try {
      await work(explaining as unknown as Database);
    } finally {
      database.close();
    }
  });
  return plans;
}

test('runs are found by an index that has what they are asked for by', async () => {
  const tenantId = 'shop';
  const cursor = encodeCursor([1, 'run_1']);
  const stale = { sentBefore: 1, leaseBefore: 1, leaseFar: 1, now: 1 };
  const table: Array<[string, (store: EmbeddedRunStore) => Promise<unknown>, RegExp]> = [
    ['all', (runs) => runs.list({}), /INDEX runs_by_time$/],
    ['of a status', (runs) => runs.list({ status: 'FAILED' }), /INDEX runs_by_status \(status=\?\)$/],
    ['of a tenant', (runs) => runs.list({ tenantId }), /INDEX runs_by_tenant \(tenant_id=\?\)$/],
    [
      'of both',
      (runs) => runs.list({ tenantId, status: 'FAILED' }),
      /INDEX runs_by_tenant_status \(tenant_id=\? AND status=\?\)$/,
    ],
    [
      'a later page',
      (runs) => runs.list({ tenantId, status: 'FAILED' }, cursor),
      /INDEX runs_by_tenant_status \(tenant_id=\? AND status=\? AND \(requested_at,run_id\)<\(\?,\?\)\)$/,
    ],
    [
      'the last good one',
      (runs) => runs.lastSucceeded(tenantId),
      /INDEX runs_by_tenant_status \(tenant_id=\? AND status=\?\)$/,
    ],
    ['stale ones', (runs) => runs.listStale(stale, 10), /INDEX runs_by_status \(status=\?\)$/],
  ];
  for (const [what, list, index] of table) {
    const [search, ...more] = await plansOf((database) => list(new EmbeddedRunStore(database)));
    assert.match(search ?? '', index, what);
    // of runs that are active, few can be stale
    if (what !== 'stale ones') assert.equal(more, [], what);
  }
});

test('keys are listed in parts, in the order of their times, and no part is sorted', async () => {
  const plans = await plansOf((database) => new EmbeddedTenantStore(database).listKeys('shop', 'api'));
  assert.is(plans.length, 1);
  assert.match(plans[0] ?? '', /autoindex_api_keys_\d+ \(tenant_id=\? AND key_id>\?\)$/);
  await inFolder(async (folder) => {
    const database = await Database.open(path.join(folder, 'relay.db'));
    try {
      const numbers = 'WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)';
      const fields = `'k' || (10000 + i), 'shop', i, 'name', 5000 - i / 2, NULL, iif(i % 4, 'api', 'feed')`;
      await database.write((sql) => sql.run(`${numbers} INSERT INTO api_keys SELECT ${fields} FROM n`));
      const tenants = new EmbeddedTenantStore(database);
      for (const [kind, count] of [
        ['api', 1500],
        ['feed', 500],
      ] as const) {
        const keys = await tenants.listKeys('shop', kind);
        const order = keys.map(({ createdAt, keyId }) => `${createdAt} ${keyId}`);
        assert.equal([new Set(order).size, order], [count, [...order].sort()]);
      }
      assert.equal(await tenants.listKeys('other', 'api'), []);
    } finally {
      database.close();
    }
  });
});

test.run();
