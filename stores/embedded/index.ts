/** Opens the embedded stores in one data folder: objects as files, the rest in one SQLite file. */
import path from 'node:path';
import type { Clock } from '../../core/ports/engine.ts';
import { Database } from './database/database.ts';
import { EmbeddedJobQueue } from './database/queue.ts';
import { EmbeddedRetentionStore } from './database/retention.ts';
import { EmbeddedRunStore } from './database/runs.ts';
import { EmbeddedTenantStore } from './database/tenants.ts';
import { EmbeddedUsageStore } from './database/usage.ts';
import { EmbeddedArtifactStore } from './objects/artifacts.ts';
import { Signatures } from './objects/signatures.ts';
import { SignedObjects } from './objects/signed-objects.ts';
import { UploadQuota } from './objects/upload-quota.ts';

export interface EmbeddedOptions {
  /** The data folder, created if missing. Several processes may share it. */
  root: string;
  clock: Pick<Clock, 'wall'>;
  /** Returns a new id at each call, unique across processes and valid as a file name. */
  createId: () => string;
  /** Signs addresses: at least 32 random bytes, the same in every process that uses the folder. */
  signingSecret: Uint8Array;
  /** The start of signed addresses. If empty, they are paths, and the API makes them absolute. */
  baseUrl: string;
  /** Maximum bytes of one upload through a signed address. */
  uploadBytesMax?: number;
  /** How often a waiting `receive` polls for messages of other processes. */
  pollMs?: number;
  /** Bytes that a tenant may have stored when an upload ends; no limit by default. */
  storedBytesMax?: number;
  /** Files that a tenant may have uploaded; no limit by default. */
  filesMax?: number;
  /** Throws `disk_nearly_full` if so many more bytes should not be written. */
  requireRoom?: (bytes: number) => Promise<void>;
  /** Receives after which a message becomes a dead letter. */
  maxReceiveCount?: number;
}

export interface EmbeddedStores {
  artifacts: EmbeddedArtifactStore;
  signedObjects: SignedObjects;
  tenants: EmbeddedTenantStore;
  runs: EmbeddedRunStore;
  queue: EmbeddedJobQueue;
  usage: EmbeddedUsageStore;
  retention: EmbeddedRetentionStore;
  close(): void;
}

/** The objects alone. */
export async function openEmbeddedArtifacts(
  options: Pick<EmbeddedOptions, 'root' | 'clock' | 'createId' | 'signingSecret' | 'baseUrl'> & { inPlace?: boolean },
): Promise<EmbeddedArtifactStore> {
  const { root, clock, createId, signingSecret, baseUrl, inPlace = false } = options;
  const signatures = new Signatures(signingSecret);
  const artifacts = new EmbeddedArtifactStore({ root, clock, createId, signatures, baseUrl, inPlace });
  await artifacts.open();
  return artifacts;
}

export async function openEmbeddedStores(options: EmbeddedOptions): Promise<EmbeddedStores> {
  const { root, clock, createId, uploadBytesMax, pollMs, maxReceiveCount } = options;
  const { storedBytesMax = Number.POSITIVE_INFINITY, filesMax = Number.POSITIVE_INFINITY } = options;
  const { requireRoom = async () => {} } = options;
  const signatures = new Signatures(options.signingSecret);
  const database = await Database.open(path.join(root, 'relay.db'));
  const artifacts = await openEmbeddedArtifacts(options);
  const usage = new EmbeddedUsageStore(database);
  const limits = uploadBytesMax === undefined ? {} : { uploadBytesMax };
  const waits = pollMs === undefined ? {} : { pollMs };
  const receives = maxReceiveCount === undefined ? {} : { maxReceiveCount };
  return {
    artifacts,
    signedObjects: new SignedObjects({
      artifacts,
      signatures,
      clock,
      quota: new UploadQuota(usage, artifacts, { storedBytes: storedBytesMax, files: filesMax }),
      requireRoom,
      ...limits,
    }),
    tenants: new EmbeddedTenantStore(database),
    runs: new EmbeddedRunStore(database),
    usage,
    retention: new EmbeddedRetentionStore(database),
    queue: new EmbeddedJobQueue(database, { clock, createId, ...waits, ...receives }),
    close: () => database.close(),
  };
}
