/** Sends a published feed: conditions, ranges, gzip, headers. */
import { isKnown, streamOf, wantedRange } from '../../../core/bytes/http-objects.ts';
import { type Publication, readCurrent } from '../../../core/pipeline/publications.ts';
import type { ObjectInfo } from '../../../core/ports/service/objects.ts';
import type { ApiDeps } from '../../deps.ts';
import { ApiError, notFoundError } from '../../http/errors.ts';
import { gzipped } from '../../questions/files.ts';
import { type FeedDeps, feedState, noteEtag } from './feed-state.ts';

/** Tries, since the feed may be replaced and removed while it is looked up. */
const TRIES_MAX = 3;

export interface PublishedFeed {
  publication: Publication;
  info: ObjectInfo;
}

/** Throws `NOT_FOUND` before anything is published, and `TOO_MANY_QUESTIONS`. */
export async function publishedFeed(feedDeps: FeedDeps, tenantId: string): Promise<PublishedFeed> {
  const { artifacts } = feedDeps.deps;
  for (let tries = 1; ; tries++) {
    const current = await readCurrent(artifacts, tenantId);
    if (current === null) throw notFoundError('published feed');
    const { publication } = current;
    const info = await artifacts.head(publication.key);
    if (info?.etag === publication.etag) return { publication, info };
    if (tries < TRIES_MAX) continue;
    const state = await feedState(feedDeps, tenantId, publication);
    if (state === null) throw notFoundError('published feed');
    return { publication: await noteEtag(feedDeps, tenantId, current, state.etag), info: state };
  }
}

/** A feed to send. */
export interface FeedFile {
  publication: Publication;
  /** The `ETag` of the bytes, without quotes. */
  tag: string;
  contentType: string;
  filename: string | null;
}

/** Sends a file that is made while it is read: without ranges, as its length is not known in advance. */
export async function answerBody(
  request: Request,
  file: FeedFile,
  make: () => ReadableStream<Uint8Array>,
): Promise<Response> {
  const known = answerKnown(request, file);
  if (known !== null) return known;
  const isZipped = acceptsGzip(request.headers.get('accept-encoding') ?? '');
  const headers = headersOf(file, isZipped);
  headers.delete('Accept-Ranges');
  if (request.method === 'HEAD') return new Response(null, { headers });
  return new Response(isZipped ? gzipped(make()) : make(), { headers });
}

function hasFile({ headers }: Request, { tag }: FeedFile): boolean {
  return [tag, `${tag}-gzip`].some((one) => isKnown(headers.get('if-none-match'), one));
}

/** 304 if the client has the file, regardless of any range; otherwise null. Does not need the file itself. */
export function answerKnown(request: Request, file: FeedFile): Response | null {
  if (!hasFile(request, file)) return null;
  const headers = headersOf(file, wantsGzip(request));
  // a file that is not made yet has no known ending, and so no type
  headers.delete('Content-Type');
  headers.delete('Content-Disposition');
  return new Response(null, { status: 304, headers });
}

export function wantsGzip({ headers }: Request): boolean {
  return !headers.has('range') && acceptsGzip(headers.get('accept-encoding') ?? '');
}

/** `zipped`: the file in gzip; null if there is none, absent if it should be compressed here. */
export async function answerObject(
  deps: ApiDeps,
  request: Request,
  file: FeedFile,
  { info, zipped }: { info: ObjectInfo; zipped?: ObjectInfo | null },
): Promise<Response> {
  const { key, etag: ifMatch, size } = info;
  const range = wantedRange(request.headers, { etag: file.tag, size });
  const isZipped = zipped !== null && wantsGzip(request);
  const headers = headersOf(file, isZipped);
  if (range === null && hasFile(request, file)) return new Response(null, { status: 304, headers });
  if (range !== null && range.first >= size) {
    const headers = { 'Content-Range': `bytes */${size}` };
    throw new ApiError('RANGE_NOT_SATISFIABLE', `the feed has ${size} bytes`, { headers });
  }
  const first = range?.first ?? 0;
  const last = Math.min(range?.last ?? size, size - 1);
  if (range !== null) headers.set('Content-Range', `bytes ${first}-${last}/${size}`);
  if (zipped != null) headers.set('Content-Length', String(zipped.size));
  else if (!isZipped) headers.set('Content-Length', String(last + 1 - first));
  const status = range === null ? 200 : 206;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  if (zipped != null) {
    const { body } = await deps.artifacts.read(zipped.key, { ifMatch: zipped.etag });
    return new Response(streamOf(body), { headers });
  }
  const { body } = await deps.artifacts.read(key, range === null ? { ifMatch } : { ifMatch, range: { first, last } });
  const stream = streamOf(body);
  return new Response(isZipped ? gzipped(stream) : stream, { status, headers });
}

function headersOf({ publication, tag, contentType, filename }: FeedFile, isZipped: boolean): Headers {
  const { published_at, run_id, sequence } = publication;
  return new Headers({
    'Accept-Ranges': 'bytes',
    // clients may keep the feed, but must ask each time if it has changed
    'Cache-Control': 'private, no-cache',
    'Content-Type': contentType,
    ...(filename === null ? {} : { 'Content-Disposition': `inline; filename="${filename}"` }),
    ETag: `"${tag}${isZipped ? '-gzip' : ''}"`,
    'Last-Modified': new Date(published_at).toUTCString(),
    Vary: 'Accept-Encoding',
    'X-Relay-Run-Id': run_id,
    'X-Relay-Sequence': String(sequence),
    ...(isZipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
}

/** True if `gzip` is named, or `*`, and not refused by `q=0`. */
function acceptsGzip(header: string): boolean {
  const codings = header.toLowerCase().split(',');
  const named = codingNamed('gzip', codings) ?? codingNamed('*', codings);
  return named !== undefined && !named.some((part) => /^q=0(\.0*)?$/.test(part));
}

/** The coding with its parameters. Thousands of others are not taken apart. */
function codingNamed(name: string, codings: readonly string[]): string[] | undefined {
  for (const one of codings) {
    if (!one.includes(name)) continue;
    const parts = one.split(';').map((part) => part.trim());
    if (parts[0] === name) return parts;
  }
  return undefined;
}
