/** Artifact stores on which simulations go wrong, each in one way. */
import type { WriteOptions } from '../../../core/ports/service/objects.ts';
import { MemoryArtifactStore } from './memory-artifacts.ts';

class WritesWhateverIsThere extends MemoryArtifactStore {
  override async write(key: string, { contentType }: WriteOptions = {}) {
    return super.write(key, contentType === undefined ? {} : { contentType });
  }
}

class ReplacesWhateverIsThere extends MemoryArtifactStore {
  override async write(key: string, { ifMatch: _, ...options }: WriteOptions = {}) {
    return super.write(key, options);
  }
}

class ListsAll extends MemoryArtifactStore {
  override list(_prefix: string, cursor?: string | null, limit?: number) {
    return super.list('', cursor, limit);
  }
}

class LosesReplacements extends MemoryArtifactStore {
  override async write(key: string, options: WriteOptions = {}) {
    const sink = await super.write(key, options);
    const { etag } = this.objects.has(key) ? { etag: 'lost' } : { etag: null };
    return etag === null ? sink : { ...sink, close: async () => ({ etag }) };
  }
}

/** Each store, with the case that detects it. */
export const SIMULATION_DOUBLES: Readonly<Record<string, [() => MemoryArtifactStore, string]>> = {
  'no condition is checked': [
    () => new WritesWhateverIsThere(),
    'of many simulations at once one gets the tenant’s place, and the others learn which',
  ],
  'an object is replaced in any state': [
    () => new ReplacesWhateverIsThere(),
    'of many claims at once one counts, and no change is lost',
  ],
  'a list ignores the prefix': [
    () => new ListsAll(),
    'what is gone is not changed; old ones are removed, those of other tenants stay',
  ],
  'a replacement is lost': [() => new LosesReplacements(), 'the place is free once its simulation has ended'],
};
