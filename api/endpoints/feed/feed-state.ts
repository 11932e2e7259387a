/**
 * The state of a publication's feed. In a data folder that was restored from a copy, objects have the same bytes under other
 * ETags. Then the hash tells that a feed is still what was published.
 */
import { RelayError } from '../../../core/errors.ts';
import { type Current, currentKey, type Publication, writeJsonObject } from '../../../core/pipeline/publications.ts';
import type { ObjectInfo } from '../../../core/ports/service/objects.ts';
import type { ApiDeps } from '../../deps.ts';
import type { Questions } from '../../http/questions.ts';
import { sha256OfBytes } from '../../http/secrets.ts';
import { hashAnswer } from '../../questions/questions.ts';
import { asGone } from '../made-files.ts';

export interface FeedDeps {
  deps: ApiDeps;
  questions: Questions;
}

/** Null if the feed was removed or changed. Throws `RUN_GONE` and `TOO_MANY_QUESTIONS`. */
export async function feedState(
  feedDeps: FeedDeps,
  tenantId: string,
  { key, etag, sha256, run_id }: Omit<Publication, 'sequence'>,
): Promise<ObjectInfo | null> {
  const info = await feedDeps.deps.artifacts.head(key);
  if (info === null || info.etag === etag) return info;
  const hashed = await hashOfFeed(feedDeps, { tenantId, runId: run_id }, key);
  return hashed.sha256 === sha256 && hashed.etag === info.etag ? info : null;
}

/** Notes the feed's ETag of today in `current.json`, so that the feed is not hashed for each request. */
export async function noteEtag(
  { deps: { artifacts } }: FeedDeps,
  tenantId: string,
  current: Current,
  etag: string,
): Promise<Publication> {
  const publication = { ...current.publication, etag };
  try {
    await writeJsonObject(artifacts, currentKey(tenantId), publication, { ifMatch: current.etag });
  } catch (error) {
    // another request has noted it, or something else was published
    if (!(error instanceof RelayError) || error.code !== 'precondition_failed') throw error;
  }
  return publication;
}

/** Throws `RUN_GONE`. */
export async function hashOfFeed(
  { deps, questions }: FeedDeps,
  { tenantId, runId }: { tenantId: string; runId: string },
  key: string,
): Promise<{ etag: string; sha256: string }> {
  const { artifacts, createHasher, crypto } = deps;
  const here = async () => {
    if (createHasher !== null) return hashAnswer({ key }, artifacts, createHasher());
    const { info, body } = await artifacts.read(key);
    return { etag: info.etag, sha256: await sha256OfBytes(await bytesOf(body, info.size), crypto) };
  };
  return questions.ask({ type: 'hash', tenantId, key }, here).catch((error) => {
    throw asGone(error, runId);
  });
}

async function bytesOf(body: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of body) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
