/** Opens the stores of a service: on AWS if a deployment is named, else the embedded ones. */
import { randomUUID } from 'node:crypto';
import type { SignedObjectHandler } from '../../api/deps.ts';
import type { Clock } from '../../core/ports/engine.ts';
import type { JobQueue } from '../../core/ports/service/jobs.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { RunStore } from '../../core/ports/service/runs.ts';
import type { TenantStore } from '../../core/ports/service/tenants.ts';
import type { RetentionStore, UsageStore } from '../../core/ports/service/upkeep.ts';
import { withDeadline } from '../../stores/deadline.ts';
import type { AwsServiceSettings } from './aws-settings.ts';
import { roomOn } from './free-space.ts';
import { type OwnAdminKey, ownAdminKey, signingSecret } from './secrets.ts';
import type { ServiceSettings } from './settings.ts';

export interface ServiceStores {
  artifacts: ArtifactStore;
  tenants: TenantStore;
  runs: RunStore;
  queue: JobQueue;
  usage: UsageStore;
  retention: RetentionStore;
  /** Throws `disk_nearly_full` if no new work should begin; absent if the stores have no disk of their own. */
  requireRoom?: () => Promise<void>;
  /** See `RetentionDeps`. */
  clockOffset?: () => number;
  /** Null if the object store serves its signed addresses itself. */
  signedObjects: SignedObjectHandler | null;
  /** Removes what dead writers left behind. */
  tidy(): Promise<void>;
  /** Removes files that a dead process left half-written. */
  removePartial(pid: number): Promise<void>;
  close(): void;
}

/** The prefix of the names of objects that are being written. */
export const partialPrefix = (pid: number) => `runner-${pid}-`;

type WallClock = Pick<Clock, 'wall'>;

/** Loads only the family that it opens: loading AWS's clients takes longer than opening the embedded stores. */
export async function openStores(settings: ServiceSettings, clock: WallClock): Promise<ServiceStores> {
  const { aws, worker } = settings;
  const stores =
    aws === null ? await openEmbedded(settings, clock) : await openAws(aws, worker.poisonMaxReceives, clock);
  const inTime = <T extends object>(store: T) => withDeadline(store, worker.storeCallSeconds);
  return {
    ...stores,
    artifacts: inTime(stores.artifacts),
    tenants: inTime(stores.tenants),
    runs: inTime(stores.runs),
    queue: inTime(stores.queue),
    usage: inTime(stores.usage),
    retention: inTime(stores.retention),
  };
}

/**
 * Only the objects, for a process that reads and writes artifacts, leaves the records to others, and answers no
 * requests.
 */
export async function openArtifacts(
  settings: Pick<ServiceSettings, 'aws' | 'dataDir' | 'worker'>,
  clock: WallClock,
  createId: () => string,
): Promise<ArtifactStore> {
  const { aws, dataDir, worker } = settings;
  const inTime = (store: ArtifactStore) => withDeadline(store, worker.storeCallSeconds);
  if (aws !== null) return inTime((await openAws(aws, worker.poisonMaxReceives, clock)).artifacts);
  const { openEmbeddedArtifacts } = await import('../../stores/embedded/index.ts');
  const root = dataDir;
  return inTime(
    await openEmbeddedArtifacts({
      root,
      clock,
      createId,
      signingSecret: signingSecret(root),
      baseUrl: '',
      inPlace: true,
    }),
  );
}

/** The data folder's own admin key; null if API_KEYS has keys, and on AWS, where there is no folder. */
export function ownKeyOf(settings: ServiceSettings): OwnAdminKey | null {
  return settings.adminKeys.length === 0 && settings.aws === null ? ownAdminKey(settings.dataDir) : null;
}

async function openEmbedded(settings: ServiceSettings, clock: WallClock): Promise<ServiceStores> {
  const { openEmbeddedStores } = await import('../../stores/embedded/index.ts');
  const { MAX_RECEIVE_COUNT } = await import('../../stores/embedded/database/queue.ts');
  const requireRoom = roomOn(settings.dataDir, settings.minFreeBytes);
  const stores = await openEmbeddedStores({
    root: settings.dataDir,
    clock,
    createId: () => randomUUID(),
    signingSecret: signingSecret(settings.dataDir),
    baseUrl: settings.publicUrl ?? '',
    uploadBytesMax: settings.limits.vendorFileBytesMax,
    storedBytesMax: settings.api.quotas.storedBytes,
    filesMax: settings.api.quotas.files,
    requireRoom,
    // a message must survive until the delivery that fails its run
    maxReceiveCount: Math.max(MAX_RECEIVE_COUNT, settings.worker.poisonMaxReceives),
  });
  return {
    ...stores,
    requireRoom: () => requireRoom(),
    tidy: () => stores.artifacts.tidy(),
    removePartial: (pid) => stores.artifacts.removePartial(partialPrefix(pid)),
  };
}

async function openAws(aws: AwsServiceSettings, receivesMin: number, clock: WallClock): Promise<ServiceStores> {
  const { openAwsStores } = await import('../../stores/aws/index.ts');
  // the bucket's lifecycle rule removes abandoned uploads
  const tidy = async () => {};
  const stores = openAwsStores({ ...aws, receivesMin, clock, createId: () => randomUUID() });
  return { ...stores, tidy, removePartial: tidy, signedObjects: null };
}
