/** What a publication changed from the one before: a delta that a shop can import, also after a rollback. */
import type { Publication } from '../../../core/pipeline/publications.ts';
import type { DeltaRecipe } from '../../questions/files.ts';
import { feedChanged, runGone } from '../made-files.ts';
import { type FeedDeps, feedState } from './feed-state.ts';

/** The publication with the ETag that its feed has now. Throws `RUN_GONE` and `TOO_MANY_QUESTIONS`. */
export async function withFeed<One extends Omit<Publication, 'sequence'>>(
  feedDeps: FeedDeps,
  tenantId: string,
  publication: One,
): Promise<One> {
  const info = await feedState(feedDeps, tenantId, publication);
  if (info === null) {
    const isThere = (await feedDeps.deps.artifacts.head(publication.key)) !== null;
    throw isThere ? feedChanged(publication.run_id) : runGone(publication.run_id);
  }
  return { ...publication, etag: info.etag };
}

/** Throws `RUN_GONE` if one of the feeds is not there, and `TOO_MANY_QUESTIONS`. */
export async function deltaRecipe(
  feedDeps: FeedDeps,
  tenantId: string,
  before: Publication | null,
  after: Publication,
): Promise<DeltaRecipe> {
  const feeds = {
    before: before === null ? null : await withFeed(feedDeps, tenantId, before),
    after: await withFeed(feedDeps, tenantId, after),
  };
  const config = (await feedDeps.deps.tenants.getConfig(tenantId, after.config_version))?.config as
    | { default_currency?: string }
    | undefined;
  return { ...feeds, currency: config?.default_currency ?? 'USD' };
}
