/** The two families of stores, for tests that break them. Each family makes separate places. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { filesIn } from '../../cli/testing/sandbox.ts';
import type { AwsResources } from '../../stores/aws/index.ts';
import { openEmbeddedStores } from '../../stores/embedded/index.ts';
import type { WorkerDeps } from '../../worker/deps.ts';
import { type AwsServer, makeResources } from '../aws/servers.ts';

export type PlaceStores = Pick<WorkerDeps, 'artifacts' | 'tenants' | 'runs' | 'queue' | 'usage'>;

/** The stores of one service, separate from all others. */
export interface FaultPlace {
  readonly name: string;
  readonly stores: PlaceStores;
  /** The data folder of the service's processes. */
  readonly root: string;
  /** The settings with which processes find these stores. */
  readonly env: Record<string, string>;
  /** The time of stores and workers. */
  now(): number;
  advance(seconds: number): Promise<void>;
  /** Files that writers left behind. */
  leftovers(): string[];
  close(): void;
}

export type Family = () => Promise<FaultPlace>;

/** With a clock that tests move, or one that runs. */
export function embeddedFamily(clock: 'still' | 'running'): Family {
  return async () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-faults-'));
    let time = Date.now();
    const now = () => (clock === 'still' ? time : Date.now());
    const signingSecret = new Uint8Array(32);
    const options = { root, clock: { wall: now }, createId: randomUUID, signingSecret, baseUrl: '', pollMs: 5 };
    const stores = await openEmbeddedStores(options);
    return {
      ...{ name: 'embedded', stores, root, env: {}, now },
      advance: async (seconds) => {
        time += seconds * 1000;
      },
      leftovers: () => ['partial', 'scratch'].flatMap((folder) => filesIn(path.join(root, folder))),
      close: () => {
        stores.close();
        // the runner of a killed worker ends a moment after it
        fs.rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      },
    };
  };
}

export function awsFamily(server: AwsServer): Family {
  return async () => {
    const resources = await makeResources(server);
    await allowDeliveries(server, resources);
    const stores = server.stores(resources);
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-faults-'));
    return {
      ...{ name: 'AWS', stores, root, env: server.env(resources), now: server.clock.wall },
      advance: (seconds) => server.advance(seconds),
      leftovers: () => filesIn(path.join(root, 'scratch')),
      close: () => {
        stores.close();
        fs.rmSync(root, { recursive: true, force: true });
      },
    };
  };
}

/** Workers that are killed all the time lose more deliveries than the queue of a deployment allows. */
async function allowDeliveries({ clients: { sqs } }: AwsServer, resources: AwsResources): Promise<void> {
  const { queueUrl: QueueUrl } = resources;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }));
  const policy = { ...JSON.parse(Attributes?.RedrivePolicy ?? '{}'), maxReceiveCount: 1000 };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy: JSON.stringify(policy) } }));
}
