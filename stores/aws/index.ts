/** Opens the AWS stores: objects in S3, tenants and runs in DynamoDB, jobs in SQS. */
import type { Clock } from '../../core/ports/engine.ts';
import { AwsArtifactStore } from './artifacts.ts';
import { type AwsSettings, type Credentials, makeClients } from './clients.ts';
import { AwsJobQueue } from './queue.ts';
import { AwsRetentionStore } from './retention.ts';
import { AwsRunStore } from './runs.ts';
import { Table } from './table.ts';
import { RUNS_TABLE, TENANTS_TABLE } from './tables.ts';
import { AwsTenantStore } from './tenants.ts';
import { AwsUsageStore } from './usage.ts';

/** Names and URLs of the deployed resources. */
export interface AwsResources {
  bucket: string;
  runsTable: string;
  tenantsTable: string;
  queueUrl: string;
  deadLetterUrl: string;
}

export interface AwsOptions {
  resources: AwsResources;
  settings: AwsSettings;
  clock: Pick<Clock, 'wall'>;
  /** Returns a new id at each call, unique across processes. */
  createId: () => string;
  /** Null means those that the AWS SDK finds. */
  credentials: Credentials | null;
  /** The lowest `maxReceiveCount` that the queue may have; 3 by default. */
  receivesMin?: number;
}

export interface AwsStores {
  artifacts: AwsArtifactStore;
  tenants: AwsTenantStore;
  runs: AwsRunStore;
  queue: AwsJobQueue;
  usage: AwsUsageStore;
  retention: AwsRetentionStore;
  /** Milliseconds that DynamoDB's clock is ahead of this machine's, which the SDK learns from its answers; differences of minutes need not show. */
  clockOffset(): number;
  close(): void;
}

/** Upload parts. Up to three are in memory: two in flight and the one being filled. An object has at most 10,000. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_IN_FLIGHT = 2;
const RECEIVES_MIN = 3;

/** Makes no call to AWS: a missing resource shows at its first use, and in each store's `check`. */
export function openAwsStores(options: AwsOptions): AwsStores {
  const { resources, settings, clock, createId } = options;
  const clients = makeClients(settings, options.credentials);
  const table = (name: string, setting: string, definition: typeof RUNS_TABLE | typeof TENANTS_TABLE) =>
    new Table({ client: clients.dynamodb, name, setting, definition, createId });
  const runs = table(resources.runsTable, 'RUNS_TABLE', RUNS_TABLE);
  const tenants = table(resources.tenantsTable, 'TENANTS_TABLE', TENANTS_TABLE);
  return {
    artifacts: new AwsArtifactStore({
      client: clients.s3,
      signer: clients.signer,
      bucket: resources.bucket,
      clock,
      partBytes: PART_BYTES,
      partsInFlight: PARTS_IN_FLIGHT,
      createId,
      readAttempts: settings.attempts,
    }),
    tenants: new AwsTenantStore(tenants),
    runs: new AwsRunStore(runs),
    usage: new AwsUsageStore(tenants),
    retention: new AwsRetentionStore(runs, tenants),
    queue: new AwsJobQueue({
      client: clients.sqs,
      queueUrl: resources.queueUrl,
      deadLetterUrl: resources.deadLetterUrl,
      receivesMin: options.receivesMin ?? RECEIVES_MIN,
    }),
    clockOffset: () => clients.dynamodb.config.systemClockOffset,
    close: clients.close,
  };
}
