/** What a publication changed from the one before: a delta that a shop can import, also after a rollback. */
import type { Publication } from '../../../core/pipeline/publications.ts';
import type { ApiDeps } from '../../deps.ts';
import type { DeltaRecipe } from '../../questions/files.ts';
import { runGone } from '../made-files.ts';

/** Throws `RUN_GONE`. */
export async function requireFeed(
  { artifacts }: ApiDeps,
  { key, etag, run_id }: Omit<Publication, 'sequence'>,
): Promise<void> {
  if ((await artifacts.head(key))?.etag !== etag) throw runGone(run_id);
}

/** Throws `RUN_GONE` if one of the feeds is not there. */
export async function deltaRecipe(
  deps: ApiDeps,
  tenantId: string,
  before: Publication | null,
  after: Publication,
): Promise<DeltaRecipe> {
  for (const one of before === null ? [after] : [before, after]) await requireFeed(deps, one);
  const config = (await deps.tenants.getConfig(tenantId, after.config_version))?.config as
    | { default_currency?: string }
    | undefined;
  return { before, after, currency: config?.default_currency ?? 'USD' };
}
