/** Starts the servers that replace AWS, and creates on them what a deployment creates. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import readline from 'node:readline';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { compiled } from '../../cli/testing/compiled.ts';
import { type AwsSettings, type Clients, type Credentials, makeClients } from '../../stores/aws/clients.ts';
import { type AwsResources, type AwsStores, openAwsStores } from '../../stores/aws/index.ts';
import { RUNS_TABLE, type TableDefinition, TENANTS_TABLE } from '../../stores/aws/tables.ts';
import type { InjectedFault } from './front.ts';
import { KEYS } from './server.ts';

export const REGION = 'eu-central-1';

/** The server's answer to any order. */
interface Said {
  now: number;
  seen: string[];
  held: number;
}

export class AwsServer {
  readonly endpoint: string;
  readonly settings: AwsSettings;
  readonly clients: Clients;
  /** The server's time, by a clock that stands still or runs. */
  readonly clock: { wall(): number };
  #now: number;
  readonly #order: (line: string) => Promise<Said>;
  readonly #end: () => Promise<void>;

  constructor(
    port: number,
    clock: { kind: 'still' | 'running'; now: number },
    order: (line: string) => Promise<Said>,
    end: () => Promise<void>,
  ) {
    this.endpoint = `http://127.0.0.1:${port}`;
    this.settings = {
      region: REGION,
      endpoints: { s3: this.endpoint, sqs: this.endpoint, dynamodb: this.endpoint },
      attempts: 4,
      connectSeconds: 3,
      requestSeconds: 30,
    };
    this.clients = makeClients(this.settings, KEYS);
    this.#now = clock.now;
    this.clock = { wall: () => (clock.kind === 'still' ? this.#now : Date.now()) };
    this.#order = order;
    this.#end = end;
  }

  async advance(seconds: number): Promise<void> {
    this.#now = (await this.#order(JSON.stringify({ advance: seconds }))).now;
  }

  /** Sets the faults, in place of earlier ones. */
  async setFaults(...faults: InjectedFault[]): Promise<void> {
    await this.#order(JSON.stringify({ faults }));
  }

  /** The number of answers held back so far. */
  async held(): Promise<number> {
    return (await this.#order('{}')).held;
  }

  /** The operations requested since the last call. */
  async seen(): Promise<string[]> {
    return (await this.#order('{}')).seen;
  }

  /** The stores as a process of its own has them. */
  stores(resources: AwsResources, changes: Partial<AwsSettings> = {}, credentials: Credentials = KEYS): AwsStores {
    const settings = { ...this.settings, ...changes };
    return openAwsStores({ resources, settings, clock: this.clock, createId: randomUUID, credentials });
  }

  /** The settings of a service on these servers. */
  env(resources: AwsResources): Record<string, string> {
    return {
      ARTIFACT_BUCKET: resources.bucket,
      RUNS_TABLE: resources.runsTable,
      TENANTS_TABLE: resources.tenantsTable,
      SQS_QUEUE_URL: resources.queueUrl,
      SQS_DLQ_URL: resources.deadLetterUrl,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    };
  }

  async stop(): Promise<void> {
    this.clients.close();
    await this.#end();
  }
}

export async function startServer(dynamodbPort: number, clock: 'still' | 'running'): Promise<AwsServer> {
  const file = compiled('conformance/aws/server.ts');
  const child = spawn(process.execPath, [file, String(dynamodbPort), clock], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = readline.createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the server has ended');
    return JSON.parse(value) as Said & { port: number };
  };
  const { port, now } = await next();
  // one order after the other, so that each gets its own answer
  let last: Promise<unknown> = Promise.resolve();
  const order = (line: string) => {
    const answer = last.then(() => {
      child.stdin.write(`${line}\n`);
      return next();
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  return new AwsServer(port, { kind: clock, now }, order, async () => {
    child.stdin.end();
    await ended;
  });
}

let made = 0;

/** A bucket, two queues and two tables with names of their own. */
export async function makeResources(server: AwsServer): Promise<AwsResources> {
  const { clients } = server;
  const name = `relay-${process.pid}-${++made}`;
  const [runsTable, tenantsTable] = [`${name}-runs`, `${name}-tenants`];
  await clients.dynamodb.send(new CreateTableCommand(createTable(runsTable, RUNS_TABLE)));
  await clients.dynamodb.send(new CreateTableCommand(createTable(tenantsTable, TENANTS_TABLE)));
  await clients.s3.send(new CreateBucketCommand({ Bucket: name }));
  return { bucket: name, runsTable, tenantsTable, ...(await makeQueues(server, name)) };
}

async function makeQueues({ clients: { sqs } }: AwsServer, name: string) {
  const { QueueUrl: deadLetterUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dlq` }));
  const arn = new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn'] });
  const deadLetterTargetArn = (await sqs.send(arn)).Attributes!.QueueArn;
  const Attributes = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 }) };
  const { QueueUrl: queueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return { queueUrl: queueUrl!, deadLetterUrl: deadLetterUrl! };
}

/** Creates the table as a deployment does. */
export function createTable(name: string, { partition, sort, indexes, numbers }: TableDefinition) {
  const schema = (hash: string, range: string | null) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    ...(range === null ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
  ];
  const keys = [partition, sort, ...Object.values(indexes).flatMap((one) => [one.partition, one.sort])];
  const attributes = [...new Set(keys)].filter((one) => one !== null);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: schema(partition, sort),
    AttributeDefinitions: attributes.map((one) => ({
      AttributeName: one,
      AttributeType: numbers.includes(one) ? ('N' as const) : ('S' as const),
    })),
    GlobalSecondaryIndexes: Object.entries(indexes).map(([index, one]) => ({
      IndexName: index,
      KeySchema: schema(one.partition, one.sort),
      Projection: { ProjectionType: one.projection },
    })),
  };
}
