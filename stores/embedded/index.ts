/** The embedded family of stores on one data folder: objects as files, the rest in one SQLite file. */
import path from 'node:path';
import type { Clock } from '../../core/ports/engine.ts';
import { EmbeddedArtifactStore } from './artifacts.ts';
import { Database } from './database.ts';
import { EmbeddedJobQueue } from './queue.ts';
import { EmbeddedRunStore } from './runs.ts';
import { Signatures } from './signatures.ts';
import { SignedObjects } from './signed-objects.ts';
import { EmbeddedTenantStore } from './tenants.ts';

export interface EmbeddedOptions {
  /** The data folder; it is made where it is missing. Several processes may use one. */
  root: string;
  clock: Pick<Clock, 'wall'>;
  /** A new id at each call, never the same twice in any process; good as a file's name. */
  createId: () => string;
  /** Signs addresses: at least 32 random bytes, the same in every process on the folder. */
  signingSecret: Uint8Array;
  /** What signed addresses begin with; empty for paths that the API makes absolute. */
  baseUrl: string;
  /** Bytes of one upload through a signed address. */
  uploadBytesMax?: number;
  /** How often a waiting `receive` looks for messages of other processes. */
  pollMs?: number;
  /** Receives of a message after which it is dead. */
  maxReceiveCount?: number;
}

export interface EmbeddedStores {
  artifacts: EmbeddedArtifactStore;
  signedObjects: SignedObjects;
  tenants: EmbeddedTenantStore;
  runs: EmbeddedRunStore;
  queue: EmbeddedJobQueue;
  close(): void;
}

export async function openEmbeddedStores(options: EmbeddedOptions): Promise<EmbeddedStores> {
  const { root, clock, createId, baseUrl, uploadBytesMax, pollMs, maxReceiveCount } = options;
  const signatures = new Signatures(options.signingSecret);
  const database = await Database.open(path.join(root, 'relay.db'));
  const artifacts = new EmbeddedArtifactStore({ root, clock, createId, signatures, baseUrl });
  await artifacts.open();
  const limits = uploadBytesMax === undefined ? {} : { uploadBytesMax };
  const waits = pollMs === undefined ? {} : { pollMs };
  const receives = maxReceiveCount === undefined ? {} : { maxReceiveCount };
  return {
    artifacts,
    signedObjects: new SignedObjects({ artifacts, signatures, clock, ...limits }),
    tenants: new EmbeddedTenantStore(database),
    runs: new EmbeddedRunStore(database),
    queue: new EmbeddedJobQueue(database, { clock, createId, ...waits, ...receives }),
    close: () => database.close(),
  };
}
