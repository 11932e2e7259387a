/** Opens the stores of a service: those on AWS where a deployment is named, the embedded ones otherwise. */
import { randomUUID } from 'node:crypto';
import type { SignedObjectHandler } from '../../api/deps.ts';
import type { Clock } from '../../core/ports/engine.ts';
import type { ArtifactStore, JobQueue, RunStore, TenantStore } from '../../core/ports/service.ts';
import type { AwsServiceSettings } from './aws-settings.ts';
import { ownAdminKey, signingSecret } from './secrets.ts';
import type { ServiceSettings } from './settings.ts';

export interface ServiceStores {
  artifacts: ArtifactStore;
  tenants: TenantStore;
  runs: RunStore;
  queue: JobQueue;
  /** Null where the object store answers its signed addresses itself. */
  signedObjects: SignedObjectHandler | null;
  /** Removes what writers left behind that died. */
  tidy(): Promise<void>;
  close(): void;
}

type WallClock = Pick<Clock, 'wall'>;

/** The modules of a family are loaded with it: AWS's clients take longer to load than the embedded stores to open. */
export function openStores(settings: ServiceSettings, clock: WallClock): Promise<ServiceStores> {
  return settings.aws === null
    ? openEmbedded(settings, clock)
    : openAws(settings.aws, settings.worker.poisonMaxReceives, clock);
}

/** An admin key of the data folder's own, where none is given and there is a folder to keep it in. */
export function ownKeyOf(settings: ServiceSettings): ReturnType<typeof ownAdminKey> | null {
  return settings.adminKeys.length === 0 && settings.aws === null ? ownAdminKey(settings.dataDir) : null;
}

async function openEmbedded(settings: ServiceSettings, clock: WallClock): Promise<ServiceStores> {
  const { openEmbeddedStores } = await import('../../stores/embedded/index.ts');
  const { MAX_RECEIVE_COUNT } = await import('../../stores/embedded/queue.ts');
  const stores = await openEmbeddedStores({
    root: settings.dataDir,
    clock,
    createId: () => randomUUID(),
    signingSecret: signingSecret(settings.dataDir),
    baseUrl: settings.publicUrl ?? '',
    uploadBytesMax: settings.limits.vendorFileBytesMax,
    // a message must not be dead before the delivery that fails its run
    maxReceiveCount: Math.max(MAX_RECEIVE_COUNT, settings.worker.poisonMaxReceives),
  });
  return { ...stores, tidy: () => stores.artifacts.tidy() };
}

async function openAws(aws: AwsServiceSettings, receivesMin: number, clock: WallClock): Promise<ServiceStores> {
  const { openAwsStores } = await import('../../stores/aws/index.ts');
  // the bucket's lifecycle rule ends uploads that nobody goes on with
  const tidy = async () => {};
  return { ...openAwsStores({ ...aws, receivesMin, clock, createId: () => randomUUID() }), tidy, signedObjects: null };
}
