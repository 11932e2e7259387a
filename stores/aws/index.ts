/** The AWS family of stores: objects in S3, tenants and runs in DynamoDB, jobs in SQS. */
import type { Clock } from '../../core/ports/engine.ts';
import { AwsArtifactStore } from './artifacts.ts';
import { type AwsSettings, type Credentials, makeClients } from './clients.ts';
import { AwsJobQueue } from './queue.ts';
import { AwsRunStore } from './runs.ts';
import { Table } from './table.ts';
import { RUNS_TABLE, TENANTS_TABLE } from './tables.ts';
import { AwsTenantStore } from './tenants.ts';

/** What a deployment has made, by name and address. */
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
  /** A new id at each call, never the same twice in any process. */
  createId: () => string;
  /** Null takes those that AWS's library finds. */
  credentials: Credentials | null;
  /** Deliveries that the queue must make of a message before it is dead: 3 unless given. */
  receivesMin?: number;
}

export interface AwsStores {
  artifacts: AwsArtifactStore;
  tenants: AwsTenantStore;
  runs: AwsRunStore;
  queue: AwsJobQueue;
  close(): void;
}

/** Of an upload: with the part that grows, up to three are in memory; an object can have 10,000 of them. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_IN_FLIGHT = 2;
const RECEIVES_MIN = 3;

/** Asks AWS for nothing: what is missing shows when it is used, and in each store's `check`. */
export function openAwsStores(options: AwsOptions): AwsStores {
  const { resources, settings, clock, createId } = options;
  const clients = makeClients(settings, options.credentials);
  const table = (name: string, setting: string, definition: typeof RUNS_TABLE | typeof TENANTS_TABLE) =>
    new Table({ client: clients.dynamodb, name, setting, definition, createId });
  return {
    artifacts: new AwsArtifactStore({
      client: clients.s3,
      signer: clients.signer,
      bucket: resources.bucket,
      clock,
      partBytes: PART_BYTES,
      partsInFlight: PARTS_IN_FLIGHT,
      readAttempts: settings.attempts,
    }),
    tenants: new AwsTenantStore(table(resources.tenantsTable, 'TENANTS_TABLE', TENANTS_TABLE)),
    runs: new AwsRunStore(table(resources.runsTable, 'RUNS_TABLE', RUNS_TABLE)),
    queue: new AwsJobQueue({
      client: clients.sqs,
      queueUrl: resources.queueUrl,
      deadLetterUrl: resources.deadLetterUrl,
      receivesMin: options.receivesMin ?? RECEIVES_MIN,
    }),
    close: clients.close,
  };
}
