/** Stores in memory on which publishing is right, and ones on which it breaks a promise. */
import type { KeyKind } from '../../../core/ports/service.ts';
import type { PublishingStores, PublishingSubject } from '../publishing.ts';
import { IgnoresConditions, ShowsUnfinishedWrites } from './artifacts.ts';
import { MemoryArtifactStore } from './memory-artifacts.ts';
import { MemoryRunStore } from './memory-runs.ts';
import { MemoryTenantStore } from './tenants.ts';
import { upkeepSubject } from './upkeep.ts';

/** Says that a key was revoked, and leaves it. */
class RevokesNothing extends MemoryTenantStore {
  override async revokeKey() {
    return true;
  }
}

/** Finds a key whatever it is asked for. */
class FindsAnyKind extends MemoryTenantStore {
  override async findKey(hash: string) {
    return (await super.findKey(hash, 'api')) ?? (await super.findKey(hash, 'feed' satisfies KeyKind));
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
    () => ({ artifacts: new IgnoresConditions() }),
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
