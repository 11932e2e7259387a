/** The stores of AWS on DynamoDB's tables in memory. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AwsRetentionStore } from '../aws/retention.ts';
import { AwsRunStore } from '../aws/runs.ts';
import { Table } from '../aws/table.ts';
import { RUNS_TABLE, TENANTS_TABLE } from '../aws/tables.ts';
import { AwsTenantStore } from '../aws/tenants.ts';
import { AwsUsageStore } from '../aws/usage.ts';
import type { Input } from './dynamodb-expressions.ts';
import { MemoryDynamoDb } from './memory-dynamodb.ts';

/** Is called before each request: with the operation, such as `Query`. What it throws is DynamoDB's answer. */
export type Before = (operation: string, input: Input) => Promise<void> | void;

let ids = 0;

/** Tables that nobody else has. Each `open` gives the stores as a process of its own has them. */
export function memoryTables() {
  const database = new MemoryDynamoDb({ runs: RUNS_TABLE, tenants: TENANTS_TABLE });
  return {
    open(before: Before = () => {}) {
      const send = async (command: { input: Input; constructor: { name: string } }) => {
        await before(command.constructor.name.replace('Command', ''), command.input);
        return database.client().send(command as never);
      };
      const client = { send } as unknown as DynamoDBDocumentClient;
      const common = { client, createId: () => `id-${++ids}`, wait: async () => {} };
      const runTable = new Table({ ...common, name: 'runs', definition: RUNS_TABLE, setting: 'RUNS_TABLE' });
      const tenantTable = new Table({
        ...common,
        name: 'tenants',
        definition: TENANTS_TABLE,
        setting: 'TENANTS_TABLE',
      });
      return {
        runs: new AwsRunStore(runTable),
        tenants: new AwsTenantStore(tenantTable),
        usage: new AwsUsageStore(tenantTable),
        retention: new AwsRetentionStore(runTable, tenantTable),
        tenantTable,
      };
    },
  };
}
