/** The published feed of a tenant, as a file that shops fetch. */
import { isKnown, streamOf, wantedRange } from '../../core/bytes/http-objects.ts';
import { type Publication, readCurrent } from '../../core/pipeline/publications.ts';
import type { ObjectInfo } from '../../core/ports/service.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { ApiError, notFoundError } from '../http/errors.ts';
import { tenantParams } from '../schemas/common.ts';

/** The feed may be replaced and removed while it is looked up. */
const TRIES_MAX = 3;

const HEADERS = {
  ETag: 'the hash of the feed, in quotes; with `-gzip` at its end if the body is compressed',
  'X-Relay-Run-Id': 'the run whose feed it is',
  'X-Relay-Sequence': 'the number of the publication',
};

export const FEED_RESPONSES = {
  200: { description: 'the feed', headers: HEADERS },
  206: { description: 'a part of the feed', headers: { ...HEADERS, 'Content-Range': 'which part' } },
  304: { description: 'the feed is the one that the client has', headers: HEADERS },
};

export function feedEndpoints(deps: ApiDeps) {
  return [
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/feed',
      id: 'getFeed',
      tag: 'Publishing',
      summary: 'The published feed',
      description:
        'Streams the feed, as CSV or JSON Lines. Send its `ETag` as `If-None-Match`: 304 if it is the same. `Range` and `If-Range` read a part. With `Accept-Encoding: gzip` and without `Range` the body is compressed. 404 before anything is published.',
      access: 'tenant',
      params: tenantParams,
      responses: FEED_RESPONSES,
      errors: ['RANGE_NOT_SATISFIABLE'],
      handle: ({ c, params }) => feedResponse(deps, c.req.raw, params.tenant_id),
    }),
  ];
}

/** Throws `NOT_FOUND` before anything is published, and `RANGE_NOT_SATISFIABLE`. */
export async function feedResponse(deps: ApiDeps, request: Request, tenantId: string): Promise<Response> {
  const { publication, info } = await publishedFeed(deps, tenantId);
  return answerFeed(deps, request, publication, info);
}

async function publishedFeed(deps: ApiDeps, tenantId: string): Promise<{ publication: Publication; info: ObjectInfo }> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const current = await readCurrent(deps.artifacts, tenantId);
    if (current === null) break;
    const info = await deps.artifacts.head(current.publication.key);
    if (info?.etag === current.publication.etag) return { publication: current.publication, info };
  }
  throw notFoundError('published feed');
}

async function answerFeed(
  deps: ApiDeps,
  request: Request,
  publication: Publication,
  { key, etag: ifMatch, size }: ObjectInfo,
): Promise<Response> {
  const { headers: asked } = request;
  const range = wantedRange(asked, { etag: publication.sha256, size });
  const isZipped = !asked.has('range') && acceptsGzip(asked.get('accept-encoding') ?? '');
  const headers = headersOf(publication, isZipped);
  if (
    range === null &&
    [publication.sha256, `${publication.sha256}-gzip`].some((tag) => isKnown(asked.get('if-none-match'), tag))
  ) {
    return new Response(null, { status: 304, headers });
  }
  if (range !== null && (range.first >= size || range.last < range.first)) {
    const headers = { 'Content-Range': `bytes */${size}` };
    throw new ApiError('RANGE_NOT_SATISFIABLE', `the feed has ${size} bytes`, { headers });
  }
  const first = range?.first ?? 0;
  const last = Math.min(range?.last ?? size - 1, size - 1);
  if (range !== null) headers.set('Content-Range', `bytes ${first}-${last}/${size}`);
  if (!isZipped) headers.set('Content-Length', String(last + 1 - first));
  const status = range === null ? 200 : 206;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const { body } = await deps.artifacts.read(key, range === null ? { ifMatch } : { ifMatch, range: { first, last } });
  const stream = streamOf(body);
  if (!isZipped) return new Response(stream, { status, headers });
  // the compiler's types of streams do not fit together; those of every engine do
  const gzip = new CompressionStream('gzip') as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array>;
  return new Response(stream.pipeThrough(gzip), { status, headers });
}

function headersOf({ sha256, format, published_at, run_id, sequence }: Publication, isZipped: boolean): Headers {
  return new Headers({
    'Accept-Ranges': 'bytes',
    // clients may keep the feed, and ask each time if it is still the same
    'Cache-Control': 'private, no-cache',
    'Content-Type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
    ETag: `"${sha256}${isZipped ? '-gzip' : ''}"`,
    'Last-Modified': new Date(published_at).toUTCString(),
    Vary: 'Accept-Encoding',
    'X-Relay-Run-Id': run_id,
    'X-Relay-Sequence': String(sequence),
    ...(isZipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
}

/** True if `gzip` is named, or `*`, and not refused by `q=0`. */
function acceptsGzip(header: string): boolean {
  const codings = header
    .toLowerCase()
    .split(',')
    .map((one) => one.split(';').map((part) => part.trim()));
  const named = codings.find(([name]) => name === 'gzip') ?? codings.find(([name]) => name === '*');
  return named !== undefined && !named.slice(1).some((part) => /^q=0(\.0*)?$/.test(part));
}
