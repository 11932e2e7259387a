/** Stores in memory on which publishing works, and ones that break one of its promises. */
import type { WriteOptions } from '../../../core/ports/service/objects.ts';
import type { KeyKind } from '../../../core/ports/service/tenants.ts';
import type { PublishingStores, PublishingSubject } from '../publishing.ts';
import { IgnoresConditions, ShowsUnfinishedWrites } from './artifacts.ts';
import { MemoryArtifactStore } from './memory-artifacts.ts';
import { MemoryRunStore } from './memory-runs.ts';
import { MemoryTenantStore } from './tenants.ts';
import { upkeepSubject } from './upkeep.ts';

/** Reports a key as revoked, but does not revoke it. */
class RevokesNothing extends MemoryTenantStore {
  override async revokeKey() {
    return true;
  }
}

/** Finds a key of any kind, whatever kind is asked for. */
class FindsAnyKind extends MemoryTenantStore {
  override async findKey(hash: string) {
    return (await super.findKey(hash, 'api')) ?? (await super.findKey(hash, 'feed' satisfies KeyKind));
  }
}

/** How long a writer waits for another one of the same object. */
const MEETING_MS = 50;

/** Lets writers of the same publication run at the same time, as on a slow disk, and keeps what the last one wrote. */
class OverwritesPublications extends IgnoresConditions {
  readonly #waiting = new Map<string, () => void>();

  override async write(key: string, options: WriteOptions = {}) {
    if (key.includes('/publications/')) await this.#meet(key);
    return super.write(key, options);
  }

  #meet(key: string): Promise<void> {
    const leave = this.#waiting.get(key);
    this.#waiting.delete(key);
    leave?.();
    if (leave !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(key, resolve);
      setTimeout(resolve, MEETING_MS);
    });
  }
}

export function publishingSubject(changes: Partial<PublishingStores> = {}): PublishingSubject {
  const stores: PublishingStores = {
    artifacts: new MemoryArtifactStore(),
    tenants: new MemoryTenantStore(),
    runs: new MemoryRunStore(),
    usage: upkeepSubject().usage,
    ...changes,
  };
  return { ...stores, peer: async () => stores, close: () => undefined };
}

export const PUBLISHING_DOUBLES: Readonly<Record<string, [make: () => Partial<PublishingStores>, foundBy: string]>> = {
  'decisions at once overwrite each other': [
    () => ({ artifacts: new IgnoresConditions() }),
    'decisions of several processes at once are all kept, and each is whole',
  ],
  'publications at once overwrite each other': [
    () => ({ artifacts: new OverwritesPublications() }),
    'publications of several processes at once have one order, without gaps',
  ],
  'a decision is seen before it is taken': [
    () => ({ artifacts: new ShowsUnfinishedWrites() }),
    'a process that dies while it decides has decided all or nothing',
  ],
  'a revoked link is good': [
    () => ({ tenants: new RevokesNothing() }),
    'a link opens the feed for all processes, until one of them revokes it',
  ],
  'a link opens all of the API': [
    () => ({ tenants: new FindsAnyKind() }),
    'a link opens the feed for all processes, until one of them revokes it',
  ],
};
