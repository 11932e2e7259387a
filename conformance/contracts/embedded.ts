/** Makes the embedded stores for the contract suites, each in a folder of its own, with a clock that tests move. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readServiceSettings } from '../../cli/service/settings.ts';
import { openStores } from '../../cli/service/stores.ts';
import type { EmbeddedJobQueue } from '../../stores/embedded/database/queue.ts';
import { type EmbeddedStores, openEmbeddedArtifacts, openEmbeddedStores } from '../../stores/embedded/index.ts';
import type { ArtifactSubject } from './artifact-subject.ts';
import type { DlqSubject } from './dlq.ts';
import type { QueueSubject } from './job-queue.ts';
import type { PublishingSubject } from './publishing.ts';
import type { RunSubject } from './run-subject.ts';
import type { TenantSubject } from './tenant-store.ts';
import type { UpkeepSubject } from './upkeep-subject.ts';

export interface Folder {
  root: string;
  clock: { wall(): number; advance(seconds: number): void };
  /** The stores on this folder, through another connection each time. */
  open(): Promise<EmbeddedStores>;
  close(): void;
}

export const BASE_URL = 'https://relay.example';
const SIGNED = { signingSecret: new Uint8Array(32).fill(7), baseUrl: BASE_URL };

export function openContractStores(root: string, clock: { wall(): number }): Promise<EmbeddedStores> {
  return openEmbeddedStores({
    root,
    clock,
    createId: randomUUID,
    ...SIGNED,
    pollMs: 10,
  });
}

export function temporaryFolder(): Folder {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-contract-'));
  const opened: EmbeddedStores[] = [];
  let time = 1_800_000_000_123;
  const clock = {
    wall: () => time,
    advance: (seconds: number) => {
      time += seconds * 1000;
    },
  };
  return {
    root,
    clock,
    open: async () => {
      const stores = await openContractStores(root, clock);
      opened.push(stores);
      return stores;
    },
    close: () => {
      for (const stores of opened) stores.close();
      fs.rmSync(root, { recursive: true, force: true });
    },
  };
}

export async function embeddedRuns(): Promise<RunSubject> {
  const folder = temporaryFolder();
  const { runs } = await folder.open();
  return { store: runs, peer: async () => (await folder.open()).runs, close: folder.close };
}

export async function embeddedTenants(): Promise<TenantSubject> {
  const folder = temporaryFolder();
  const { tenants } = await folder.open();
  return { store: tenants, peer: async () => (await folder.open()).tenants, close: folder.close };
}

export async function embeddedUpkeep(): Promise<UpkeepSubject> {
  const folder = temporaryFolder();
  return { ...(await folder.open()), peer: folder.open, close: folder.close };
}

export async function embeddedPublishing(): Promise<PublishingSubject> {
  const folder = temporaryFolder();
  return { ...(await folder.open()), peer: folder.open, close: folder.close };
}

export async function embeddedQueue(): Promise<QueueSubject> {
  const folder = temporaryFolder();
  const { queue } = await folder.open();
  return {
    queue,
    peer: async () => (await folder.open()).queue,
    sendBody: (body) => queue.sendBody(body),
    advance: async (seconds) => folder.clock.advance(seconds),
    close: folder.close,
  };
}

export async function embeddedArtifacts(): Promise<ArtifactSubject> {
  return artifactSubject(temporaryFolder());
}

async function artifactSubject(folder: Folder): Promise<ArtifactSubject> {
  const { artifacts, signedObjects } = await folder.open();
  return {
    store: artifacts,
    peer: async () => (await folder.open()).artifacts,
    now: folder.clock.wall,
    advance: async (seconds) => folder.clock.advance(seconds),
    putMany: async (keys) => {
      // as if somebody had put the files there by hand
      for (const key of keys) {
        const file = path.join(folder.root, 'objects', key);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, 'x');
        fs.utimesSync(file, folder.clock.wall() / 1000, folder.clock.wall() / 1000);
      }
    },
    putFolder: async (key) => {
      fs.mkdirSync(path.join(folder.root, 'objects', key), { recursive: true });
    },
    http: (request) => signedObjects.fetch(request),
    close: folder.close,
  };
}

/** A store that makes its calls on the calling thread, as runner processes do; its peers do as the service does. */
export async function embeddedArtifactsInPlace(): Promise<ArtifactSubject> {
  const folder = temporaryFolder();
  const subject = await artifactSubject(folder);
  const { root, clock } = folder;
  const store = await openEmbeddedArtifacts({ ...SIGNED, root, clock, createId: randomUUID, inPlace: true });
  return { ...subject, store };
}

/** A service's stores in a folder, for commands that are led to them by settings. */
export async function embeddedService(): Promise<DlqSubject> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-service-'));
  const env = { RELAY_DATA_DIR: folder };
  const stores = await openStores(readServiceSettings(env), { wall: () => Date.now() });
  return {
    stores,
    env,
    sendBody: (body) => (stores.queue as EmbeddedJobQueue).sendBody(body),
    close: () => {
      stores.close();
      fs.rmSync(folder, { recursive: true });
    },
  };
}
