/**
 * The decisions that apply to a run: the tenant's table at the time when the run's inputs are found, copied into the
 * run. Later decisions are for the next run. Another attempt reads the same copy.
 */
import { PATHS, writing } from '../../core/pipeline/artifacts.ts';
import { pinnedSource } from '../../core/pipeline/publications.ts';
import { decisionsKey } from '../../core/pipeline/publish/holds/decisions.ts';
import type { Hasher } from '../../core/ports/engine.ts';
import type { Decisions, DecisionsName } from '../../core/ports/publishing.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { ObjectArtifacts } from './object-artifacts.ts';

export interface DecisionStore {
  store: ArtifactStore;
  artifacts: ObjectArtifacts;
  createHasher(): Hasher;
}

/** `pinned`: the table named in the manifest of an earlier attempt; undefined if there is none. */
export async function pinnedDecisions(
  { store, artifacts, createHasher }: DecisionStore,
  tenantId: string,
  pinned: DecisionsName | null | undefined,
): Promise<Decisions | null> {
  if (pinned !== undefined) return pinned === null ? null : { ...pinned, source: artifacts.source(PATHS.decisions) };
  const table = decisionsKey(tenantId);
  if ((await store.head(table)) === null) return null;
  const hasher = createHasher();
  await writing(artifacts, PATHS.decisions, async (sink) => {
    for await (const chunk of pinnedSource(store, table, null).open()) {
      hasher.update(chunk);
      await sink.write(chunk);
    }
  });
  const etag = artifacts.etagOf(PATHS.decisions);
  const key = artifacts.prefix + PATHS.decisions;
  return { key, etag, sha256: hasher.digest(), source: artifacts.source(PATHS.decisions) };
}
