/** Runs the contract suites of what the AWS stores keep in DynamoDB on tables in memory. `npm run test:aws` has servers. */
import { memoryTables } from '../../stores/testing/memory-tables.ts';
import { retentionStoreCases } from './retention-store.ts';
import { runStoreCases } from './run-store.ts';
import { registerContract } from './support.ts';
import { tenantStoreCases } from './tenant-store.ts';
import type { UpkeepSubject } from './upkeep-subject.ts';
import { usageStoreCases } from './usage-store.ts';

function upkeep(): UpkeepSubject {
  const tables = memoryTables();
  return { ...tables.open(), peer: async () => tables.open(), close: () => {} };
}

registerContract('AWS RunStore', runStoreCases, () => {
  const { runs, peer, close } = upkeep();
  return { store: runs, peer: async () => (await peer()).runs, close };
});
registerContract('AWS TenantStore', tenantStoreCases, () => {
  const { tenants, peer, close } = upkeep();
  return { store: tenants, peer: async () => (await peer()).tenants, close };
});
registerContract('AWS UsageStore', usageStoreCases, upkeep);
registerContract('AWS RetentionStore', retentionStoreCases, upkeep);
