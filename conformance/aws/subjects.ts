/** Makes the AWS stores for the contract suites, each on tables, queues and a bucket of its own. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { AwsResources } from '../../stores/aws/index.ts';
import type { ArtifactSubject } from '../contracts/artifact-subject.ts';
import type { DlqSubject } from '../contracts/dlq.ts';
import type { QueueSubject } from '../contracts/job-queue.ts';
import type { PublishingSubject } from '../contracts/publishing.ts';
import type { RunSubject } from '../contracts/run-subject.ts';
import type { TenantSubject } from '../contracts/tenant-store.ts';
import type { UpkeepSubject } from '../contracts/upkeep-subject.ts';
import { type AwsServer, makeResources } from './servers.ts';

/** The stores, with another client per call, as several processes have them. */
async function opened(server: AwsServer) {
  const resources = await makeResources(server);
  const all = [server.stores(resources)];
  return {
    resources,
    stores: all[0]!,
    peer: () => {
      const stores = server.stores(resources);
      all.push(stores);
      return stores;
    },
    close: () => {
      for (const stores of all) stores.close();
    },
  };
}

export async function awsRuns(server: AwsServer): Promise<RunSubject> {
  const { stores, peer, close } = await opened(server);
  return { store: stores.runs, peer: async () => peer().runs, close };
}

export async function awsTenants(server: AwsServer): Promise<TenantSubject> {
  const { stores, peer, close } = await opened(server);
  return { store: stores.tenants, peer: async () => peer().tenants, close };
}

export async function awsUpkeep(server: AwsServer): Promise<UpkeepSubject> {
  const { stores, peer, close } = await opened(server);
  return { ...stores, peer: async () => peer(), close };
}

export async function awsPublishing(server: AwsServer): Promise<PublishingSubject> {
  const { stores, peer, close } = await opened(server);
  return { ...stores, peer: async () => peer(), close };
}

export async function awsQueue(server: AwsServer): Promise<QueueSubject> {
  const { resources, stores, peer, close } = await opened(server);
  return {
    queue: stores.queue,
    peer: async () => peer().queue,
    sendBody: (body) => sendBody(server, resources, body),
    advance: (seconds) => server.advance(seconds),
    close,
  };
}

export async function awsArtifacts(server: AwsServer): Promise<ArtifactSubject> {
  const { resources, stores, peer, close } = await opened(server);
  const putObject = async (Key: string, Body: string) => {
    await server.clients.s3.send(new PutObjectCommand({ Bucket: resources.bucket, Key, Body }));
  };
  return {
    store: stores.artifacts,
    peer: async () => peer().artifacts,
    now: server.clock.wall,
    advance: (seconds) => server.advance(seconds),
    putMany: async (keys) => {
      for (let at = 0; at < keys.length; at += 50) {
        await Promise.all(keys.slice(at, at + 50).map((key) => putObject(key, 'x')));
      }
    },
    putFolder: (key) => putObject(key, ''),
    http: (request) => fetch(request),
    close,
  };
}

export async function awsDlq(server: AwsServer): Promise<DlqSubject> {
  const { resources, stores, close } = await opened(server);
  return {
    stores: { ...stores, signedObjects: null, tidy: async () => {}, removePartial: async () => {} },
    env: server.env(resources),
    sendBody: (body) => sendBody(server, resources, body),
    close,
  };
}

async function sendBody({ clients }: AwsServer, { queueUrl }: AwsResources, body: string): Promise<void> {
  await clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
}
