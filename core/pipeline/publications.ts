/**
 * What a tenant has published: `tenants/<id>/current.json`, and `publications/<sequence>.json` for each publication. To
 * publish is one conditional write of `current.json`, so the publications of a tenant have one order. The record of a
 * publication is written after that. If its writer dies in between, the next writer adds the record before it moves
 * `current.json` again. See decision 0019.
 */
import { toBytes } from '../bytes/text.ts';
import { RelayError } from '../errors.ts';
import type { ByteSource } from '../ports/engine.ts';
import type { BaselineName } from '../ports/publishing.ts';
import type { ArtifactStore } from '../ports/service/objects.ts';
import { storedValue } from './stored-shapes.ts';

/** As `current.json` has it. */
export interface Publication {
  /** From 1, without gaps. */
  sequence: number;
  /** The run whose feed it is. */
  run_id: string;
  /** The feed. */
  key: string;
  etag: string;
  sha256: string;
  format: 'csv' | 'jsonl';
  rows: number;
  /** ISO 8601. */
  published_at: string;
  config_version: number;
  /** The reason that a person gave; null if a run published it at its end. */
  reason: string | null;
  /** The id of the key with which the person did it. Absent for a run, and in records of an earlier release. */
  key_id?: string;
}

export interface Current {
  publication: Publication;
  /** The etag of `current.json` itself. */
  etag: string;
}

/** True if the feed that a run was compared with is still the published one. */
export function isBaseline(pinned: BaselineName | null, current: Current | null): boolean {
  const now = current?.publication ?? null;
  if (pinned === null || now === null) return pinned === now;
  return pinned.run_id === now.run_id && pinned.published_at === now.published_at;
}

export function currentKey(tenantId: string): string {
  return `tenants/${tenantId}/current.json`;
}

export function publicationKey(tenantId: string, sequence: number): string {
  return `tenants/${tenantId}/publications/${sequence}.json`;
}

/** Null if nothing is published yet. */
export async function readCurrent(store: ArtifactStore, tenantId: string): Promise<Current | null> {
  const found = await readJson<Publication>(store, currentKey(tenantId));
  return found === null ? null : { publication: found.value, etag: found.etag };
}

/** Null if there was no such publication. */
export async function readPublication(
  store: ArtifactStore,
  tenantId: string,
  sequence: number,
): Promise<Publication | null> {
  return (await readJson<Publication>(store, publicationKey(tenantId, sequence)))?.value ?? null;
}

/** The newest first. Skips those whose records were removed. */
export async function newestPublications(
  store: ArtifactStore,
  tenantId: string,
  limit: number,
): Promise<Publication[]> {
  const current = (await readCurrent(store, tenantId))?.publication;
  if (current === undefined) return [];
  // the last one's record may not be written yet
  const before = Array.from({ length: Math.min(limit, current.sequence) - 1 }, (_, i) => current.sequence - 1 - i);
  const found = await Promise.all(before.map((sequence) => readPublication(store, tenantId, sequence)));
  return [current, ...found.filter((one) => one !== null)];
}

/**
 * Publishes, if `current` is still what is published; otherwise throws `precondition_failed`. If it throws anything else, the
 * publication may have happened.
 */
export async function movePublication(
  store: ArtifactStore,
  tenantId: string,
  current: Current | null,
  next: Omit<Publication, 'sequence'>,
): Promise<Publication> {
  if (current !== null) await recordPublication(store, tenantId, current.publication);
  const publication: Publication = { sequence: (current?.publication.sequence ?? 0) + 1, ...next };
  const condition = current === null ? { ifNoneMatch: true as const } : { ifMatch: current.etag };
  await writeJsonObject(store, currentKey(tenantId), publication, condition);
  await writeRecord(store, tenantId, publication);
  return publication;
}

/** Writes the record of a publication unless it is there. */
export async function recordPublication(
  store: ArtifactStore,
  tenantId: string,
  publication: Publication,
): Promise<void> {
  if ((await store.head(publicationKey(tenantId, publication.sequence))) !== null) return;
  await writeRecord(store, tenantId, publication);
}

async function writeRecord(store: ArtifactStore, tenantId: string, publication: Publication): Promise<void> {
  const key = publicationKey(tenantId, publication.sequence);
  try {
    await writeJsonObject(store, key, publication, { ifNoneMatch: true });
  } catch (error) {
    // somebody else wrote the same record
    if (!(error instanceof RelayError) || error.code !== 'precondition_failed') throw error;
  }
}

/** Clocks of processes may differ by this much. */
export const SKEW_MS = 600_000;
/** A clock may have been set back, or read in another time zone, so that times lie before the run's request. */
export const CLOCK_SET_MS = 26 * 3_600_000;

/**
 * The newest publication of a run since a time, searched from `current` back through `most` at most; null if there is none. Give `since`
 * some room: clocks differ.
 */
export async function findPublication(
  store: ArtifactStore,
  tenantId: string,
  current: Current | null,
  { runId, since, most = Number.POSITIVE_INFINITY }: { runId: string; since: number; most?: number },
): Promise<Publication | null> {
  let one = current?.publication ?? null;
  for (let left = most; left > 0 && one !== null && Date.parse(one.published_at) >= since; left--) {
    if (one.run_id === runId) return one;
    one = one.sequence === 1 ? null : await readPublication(store, tenantId, one.sequence - 1);
  }
  return null;
}

/** So many publications from the newest back, and around the time of a run, are looked at for one of the run: a tenant may have thousands. */
const NEWEST_LOOKED_AT = 100;
const AROUND_LOOKED_AT = 50;

/**
 * A publication of a run: the newest one, or one soon after the run, if the newest is long ago. Null if there is none. All publications of
 * a run have the same feed.
 */
export async function publicationOfRun(
  store: ArtifactStore,
  tenantId: string,
  current: Current,
  { runId, requestedAt }: { runId: string; requestedAt: number },
): Promise<Publication | null> {
  const newest = { runId, since: requestedAt - CLOCK_SET_MS, most: NEWEST_LOOKED_AT };
  const found = await findPublication(store, tenantId, current, newest);
  if (found !== null || current.publication.sequence <= NEWEST_LOOKED_AT) return found;
  return publicationNear(store, tenantId, current, { runId, requestedAt, near: AROUND_LOOKED_AT });
}

/** So many publications around the time of a run are looked at: clocks of processes differ, and somebody may go back meanwhile. */
const NEAR = 3;

/**
 * The publication by a person of a feed that a guardrail stopped: it comes right after the one that the run was compared
 * with.
 */
export function candidatePublication(
  store: ArtifactStore,
  tenantId: string,
  current: Current,
  run: { runId: string; requestedAt: number },
): Promise<Publication | null> {
  return publicationNear(store, tenantId, current, { ...run, near: NEAR });
}

/** Found by halves, since a tenant may have thousands. */
async function publicationNear(
  store: ArtifactStore,
  tenantId: string,
  { publication }: Current,
  { runId, requestedAt, near }: { runId: string; requestedAt: number; near: number },
): Promise<Publication | null> {
  const read = async (sequence: number) =>
    sequence === publication.sequence ? publication : readPublication(store, tenantId, sequence);
  let [low, high] = [1, publication.sequence];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const one = await read(middle);
    if (one !== null && Date.parse(one.published_at) >= requestedAt) high = middle;
    else low = middle + 1;
  }
  const around = Array.from({ length: 2 * near + 1 }, (_, i) => low - near + i);
  const found = await Promise.all(around.filter((one) => one > 0 && one <= publication.sequence).map(read));
  return found.find((one) => one?.run_id === runId) ?? null;
}

/** An object by its key; with `etag`, only in exactly that state. */
export function pinnedSource(store: ArtifactStore, key: string, etag: string | null): ByteSource {
  return {
    name: key.slice(key.lastIndexOf('/') + 1),
    size: null,
    async *open() {
      yield* (await store.read(key, etag === null ? {} : { ifMatch: etag })).body;
    },
  };
}

/** A small JSON object and its etag; null if there is none. Throws `invalid_input` for a report that is not as a run writes it. */
export async function readJson<T>(store: ArtifactStore, key: string): Promise<{ value: T; etag: string } | null> {
  try {
    const { info, body } = await store.read(key);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
    return { value: storedValue(key, text + decoder.decode()) as T, etag: info.etag };
  } catch (error) {
    if (error instanceof RelayError && error.code === 'not_found') return null;
    throw error;
  }
}

export async function writeJsonObject(
  store: ArtifactStore,
  key: string,
  value: unknown,
  condition: { ifMatch: string } | { ifNoneMatch: true },
): Promise<void> {
  const sink = await store.write(key, { contentType: 'application/json', ...condition });
  try {
    await sink.write(toBytes(`${JSON.stringify(value, null, 2)}\n`));
    await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
