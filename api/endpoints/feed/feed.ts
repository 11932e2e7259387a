/** The published feed of a tenant, as a file that shops fetch. */
import { endpoint } from '../../endpoint.ts';
import type { Downloads } from '../../http/downloads.ts';
import { tenantParams } from '../../schemas/common.ts';
import { feedQuery } from '../../schemas/feed-links.ts';
import type { Feeds } from './feed-exports.ts';

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

export const FEED_ERRORS = ['RANGE_NOT_SATISFIABLE', 'RUN_GONE', 'TOO_MANY_QUESTIONS', 'DISK_NEARLY_FULL'] as const;

export function feedEndpoints(feeds: Feeds, downloads: Downloads) {
  return [
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/feed',
      id: 'getFeed',
      tag: 'Publishing',
      summary: 'The published feed',
      description:
        'Streams the feed, as CSV or JSON Lines. Send its `ETag` as `If-None-Match`: 304 if it is the same. `Range` and `If-Range` read a part. With `Accept-Encoding: gzip` and without `Range` the body is compressed. 404 before anything is published. `export` names a file of `output.exports`, which is the same feed, or its delta, in the format of a shop.',
      access: 'tenant',
      params: tenantParams,
      query: feedQuery,
      responses: FEED_RESPONSES,
      errors: FEED_ERRORS,
      handle: ({ c, params: { tenant_id }, query }) =>
        downloads.inTurn(c, tenant_id, () => feeds.respond(c.req.raw, tenant_id, query.export)),
    }),
  ];
}
