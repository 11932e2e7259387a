/** Wrong credentials, denied permissions, missing resources: each store's error and check name exactly what is wrong. */
import { DeleteTableCommand, DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import type { AwsResources, AwsStores } from '../../stores/aws/index.ts';
import { put, readAll } from '../contracts/artifact-subject.ts';
import { newRun, T0 } from '../contracts/run-subject.ts';
import { eventually } from '../faults/service.ts';
import { errorOf } from './faults.ts';
import { makeResources } from './servers.ts';
import type { AwsCase, AwsSuite, Servers } from './suite.ts';

type Store = 'artifacts' | 'tenants' | 'runs' | 'queue';

const STORES: readonly Store[] = ['artifacts', 'tenants', 'runs', 'queue'];

/** The error of each store's check; null if there is none. */
async function checks(stores: AwsStores): Promise<Record<Store, RelayError | null>> {
  const found = await Promise.all(
    STORES.map(async (name) => {
      const error = await stores[name].check().then(
        () => null,
        (problem: unknown) => problem,
      );
      assert.ok(error === null || error instanceof RelayError, String(error));
      return [name, error];
    }),
  );
  return Object.fromEntries(found);
}

function assertError(error: RelayError | null, code: string, ...words: string[]): void {
  assert.is(error?.code, code, error?.message);
  assert.is(error?.recovery, 'retry', 'it may be put right');
  for (const word of words) assert.ok(error!.message.includes(word), `${word} in: ${error!.message}`);
}

interface Missing {
  what: string;
  store: Store;
  remove(servers: Servers, resources: AwsResources): Promise<unknown>;
  words(resources: AwsResources): string[];
}

const MISSING: readonly Missing[] = [
  {
    what: 'bucket',
    store: 'artifacts',
    remove: ({ still }, { bucket }) => still.clients.s3.send(new DeleteBucketCommand({ Bucket: bucket })),
    words: ({ bucket }) => [`bucket ${bucket} does not exist`, 'ARTIFACT_BUCKET'],
  },
  {
    what: 'runs table',
    store: 'runs',
    remove: ({ still }, { runsTable }) => still.clients.dynamodb.send(new DeleteTableCommand({ TableName: runsTable })),
    words: ({ runsTable }) => [`table ${runsTable} does not exist`, 'RUNS_TABLE'],
  },
  {
    what: 'tenants table',
    store: 'tenants',
    remove: ({ still }, { tenantsTable }) =>
      still.clients.dynamodb.send(new DeleteTableCommand({ TableName: tenantsTable })),
    words: ({ tenantsTable }) => [`table ${tenantsTable} does not exist`, 'TENANTS_TABLE'],
  },
  {
    what: 'index',
    store: 'runs',
    remove: async ({ still: { clients } }, { runsTable }) => {
      const GlobalSecondaryIndexUpdates = [{ Delete: { IndexName: 'by_due' } }];
      await clients.dynamodb.send(new UpdateTableCommand({ TableName: runsTable, GlobalSecondaryIndexUpdates }));
      await eventually(async () => {
        const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: runsTable }));
        return !Table!.GlobalSecondaryIndexes!.some(({ IndexName }) => IndexName === 'by_due');
      }, 20);
    },
    words: ({ runsTable }) => [`table ${runsTable} has no index by_due`],
  },
  {
    what: 'queue',
    store: 'queue',
    remove: ({ still }, { queueUrl }) => still.clients.sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl })),
    words: ({ queueUrl }) => [`queue ${queueUrl} does not exist`, 'SQS_QUEUE_URL'],
  },
  {
    what: 'dead-letter queue',
    store: 'queue',
    remove: ({ still }, { deadLetterUrl }) =>
      still.clients.sqs.send(new DeleteQueueCommand({ QueueUrl: deadLetterUrl })),
    words: ({ deadLetterUrl }) => [`dead-letter queue ${deadLetterUrl} does not exist`, 'SQS_DLQ_URL'],
  },
  {
    what: 'redrive policy',
    store: 'queue',
    remove: async ({ still: { clients } }, { queueUrl, bucket }) => {
      await clients.sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
      await clients.sqs.send(new CreateQueueCommand({ QueueName: bucket }));
    },
    words: ({ queueUrl, deadLetterUrl }) => [`queue ${queueUrl} does not move messages to ${deadLetterUrl}`],
  },
];

const missing: AwsCase[] = MISSING.map(({ what, store, remove, words }) => ({
  name: `without its ${what} a store says what is missing, and the others are well`,
  run: async (servers) => {
    const resources = await makeResources(servers.still);
    const stores = servers.still.stores(resources, { attempts: 2 });
    assert.equal(Object.values(await checks(stores)), [null, null, null, null]);
    await remove(servers, resources);
    const found = await checks(stores);
    assertError(found[store], 'store_missing', ...words(resources));
    for (const other of STORES.filter((one) => one !== store)) assert.is(found[other], null, other);
    stores.close();
  },
}));

/** A missing permission, a call that needs it, and what the error must say. */
const DENIED: Array<[string, (stores: AwsStores) => Promise<unknown>, (resources: AwsResources) => string[]]> = [
  ['s3:ListObjectsV2', ({ artifacts }) => artifacts.newest('in/'), ({ bucket }) => ['s3:ListBucket', bucket]],
  ['s3:GetObject', ({ artifacts }) => readAll(artifacts, 'a'), ({ bucket }) => ['s3:GetObject', bucket, 'object a']],
  ['s3:HeadObject', ({ artifacts }) => artifacts.head('a'), ({ bucket }) => ['s3:GetObject', bucket, 'object a']],
  ['s3:PutObject', ({ artifacts }) => put(artifacts, 'b', 'x'), ({ bucket }) => ['s3:PutObject', bucket, 'object b']],
  ['dynamodb:GetItem', ({ runs }) => runs.get('r1'), ({ runsTable }) => ['dynamodb:GetItem', runsTable]],
  ['dynamodb:Query', ({ runs }) => runs.list({}), ({ runsTable }) => ['dynamodb:Query', runsTable]],
  [
    'dynamodb:TransactWriteItems',
    ({ runs }) => runs.create(newRun('r2')),
    ({ runsTable }) => ['dynamodb:PutItem on', runsTable],
  ],
  [
    'dynamodb:PutItem',
    ({ tenants }) => tenants.create('shop', {}, T0),
    ({ tenantsTable }) => ['dynamodb:PutItem', tenantsTable],
  ],
  [
    'sqs:ReceiveMessage',
    ({ queue }) => queue.receive({ max: 1, visibilitySeconds: 1, waitSeconds: 20 }),
    ({ queueUrl }) => ['sqs:ReceiveMessage', queueUrl],
  ],
  [
    'sqs:ReceiveMessage',
    ({ queue }) => queue.deadLetters.list(1),
    ({ deadLetterUrl }) => ['sqs:ReceiveMessage', deadLetterUrl],
  ],
];

const access: AwsCase[] = [
  {
    name: 'a denied permission is named, with what it is missing on',
    run: async ({ still }) => {
      const resources = await makeResources(still);
      const stores = still.stores(resources);
      await put(stores.artifacts, 'a', 'x');
      for (const [operation, call, words] of DENIED) {
        const code = operation.startsWith('dynamodb') ? 'AccessDeniedException' : 'AccessDenied';
        const status = operation.startsWith('dynamodb') ? 400 : 403;
        await still.setFaults({ operation: `^${operation}$`, refuse: { status, code } });
        assertError(await errorOf(() => call(stores)), 'permission_denied', ...words(resources));
      }
      stores.close();
    },
  },
  {
    name: 'wrong credentials are said to be wrong, of whichever store',
    run: async ({ still }) => {
      const resources = await makeResources(still);
      for (const credentials of [
        { accessKeyId: 'SOMEBODY', secretAccessKey: 'x' },
        { accessKeyId: 'RELAYTEST', secretAccessKey: 'guessed' },
      ]) {
        const stores = still.stores(resources, {}, credentials);
        for (const error of Object.values(await checks(stores))) assertError(error, 'credentials_invalid');
        assertError(await errorOf(() => put(stores.artifacts, 'a', 'x')), 'credentials_invalid', resources.bucket);
        assertError(await errorOf(() => stores.runs.create(newRun('r1'))), 'credentials_invalid', resources.runsTable);
        stores.close();
      }
    },
  },
  {
    name: 'a server that cannot be reached is an error to retry later, soon',
    run: async ({ still }) => {
      const resources = await makeResources(still);
      const nowhere = 'http://127.0.0.1:9';
      const endpoints = { s3: nowhere, sqs: nowhere, dynamodb: nowhere };
      const stores = still.stores(resources, { endpoints, attempts: 2 });
      const began = performance.now();
      for (const error of Object.values(await checks(stores))) assertError(error, 'store_unavailable');
      assert.ok(performance.now() - began < 20_000);
      stores.close();
    },
  },
];

export const accessSuite: AwsSuite = { name: 'AWS access', cases: [...missing, ...access] };
