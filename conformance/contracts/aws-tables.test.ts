/** Runs the contract suites of what the AWS stores keep in DynamoDB on tables in memory. `npm run test:aws` has servers. */
import { AwsRetentionStore } from '../../stores/aws/retention.ts';
import { AwsRunStore } from '../../stores/aws/runs.ts';
import { Table } from '../../stores/aws/table.ts';
import { RUNS_TABLE, TENANTS_TABLE } from '../../stores/aws/tables.ts';
import { AwsTenantStore } from '../../stores/aws/tenants.ts';
import { AwsUsageStore } from '../../stores/aws/usage.ts';
import { MemoryDynamoDb } from '../../stores/testing/memory-dynamodb.ts';
import { retentionStoreCases } from './retention-store.ts';
import { runStoreCases } from './run-store.ts';
import { registerContract } from './support.ts';
import { tenantStoreCases } from './tenant-store.ts';
import type { UpkeepSubject } from './upkeep-subject.ts';
import { usageStoreCases } from './usage-store.ts';

const noWait = async () => {};
let ids = 0;

/** The stores on tables that nobody else has. */
function tables(): UpkeepSubject {
  const database = new MemoryDynamoDb({ runs: RUNS_TABLE, tenants: TENANTS_TABLE });
  const open = () => {
    const client = database.client();
    const common = { client, createId: () => `id-${++ids}`, wait: noWait };
    const runs = new Table({ ...common, name: 'runs', definition: RUNS_TABLE, setting: 'RUNS_TABLE' });
    const tenants = new Table({ ...common, name: 'tenants', definition: TENANTS_TABLE, setting: 'TENANTS_TABLE' });
    return {
      runs: new AwsRunStore(runs),
      tenants: new AwsTenantStore(tenants),
      usage: new AwsUsageStore(tenants),
      retention: new AwsRetentionStore(runs, tenants),
    };
  };
  return { ...open(), peer: async () => open(), close: () => {} };
}

registerContract('AWS RunStore', runStoreCases, () => {
  const { runs, peer, close } = tables();
  return { store: runs, peer: async () => (await peer()).runs, close };
});
registerContract('AWS TenantStore', tenantStoreCases, () => {
  const { tenants, peer, close } = tables();
  return { store: tenants, peer: async () => (await peer()).tenants, close };
});
registerContract('AWS UsageStore', usageStoreCases, tables);
registerContract('AWS RetentionStore', retentionStoreCases, tables);
