/** Feed links: addresses of a tenant's published feed for shops that cannot send a header. The address is the key. */
import type { KeyRecord } from '../../../core/ports/service/tenants.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { baseUrl } from '../../http/addresses.ts';
import type { Downloads } from '../../http/downloads.ts';
import { notFoundError } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import { tenantParams } from '../../schemas/common.ts';
import { feedLinkBody, feedLinkParams, feedQuery, linkParams } from '../../schemas/feed-links.ts';
import { answerKeys } from '../tenants/key-list.ts';
import { makeKey, revokedAt } from '../tenants/make-key.ts';
import { FEED_ERRORS, FEED_RESPONSES } from './feed.ts';
import type { Feeds } from './feed-exports.ts';

/** What the endpoints that send feeds share. */
export interface FeedParts {
  feeds: Feeds;
  downloads: Downloads;
  questions: Questions;
}

export function feedLinkEndpoints(deps: ApiDeps, { feeds, downloads, questions }: FeedParts) {
  const path = '/v1/tenants/:tenant_id/feed-links';
  return [
    endpoint({
      method: 'post',
      path,
      id: 'createFeedLink',
      tag: 'Publishing',
      summary: 'Make an address of the published feed',
      description:
        'For shops that cannot send a key in a header. Whoever has the address can read the feed, now and after each publication, and nothing else. The answer is the only place where it is ever shown: Relay stores its hash alone, and its log has no such address.',
      access: 'tenant',
      params: tenantParams,
      body: { schema: feedLinkBody, model: 'FeedLinkRequest', optional: true },
      responses: { 201: { description: 'the address', model: 'NewFeedLink' } },
      errors: ['QUOTA_FEED_LINKS'],
      handle: async ({ c, params: { tenant_id }, body }) => {
        const { record, key } = await makeKey(deps, { tenantId: tenant_id, kind: 'feed', name: body.name ?? null });
        return Response.json(
          { ...linkView(record), url: `${baseUrl(c.req.raw, deps)}/v1/feeds/${key}` },
          { status: 201 },
        );
      },
    }),
    endpoint({
      method: 'get',
      path,
      id: 'listFeedLinks',
      tag: 'Publishing',
      summary: 'The tenant’s feed links, revoked ones too',
      description: 'Names and times of the links, never the addresses themselves.',
      access: 'tenant',
      params: tenantParams,
      responses: { 200: { description: 'the links', model: 'FeedLinkList' } },
      errors: ['TOO_MANY_QUESTIONS'],
      handle: ({ params: { tenant_id: tenantId } }) => {
        const view = (one: KeyRecord) => ({ ...linkView(one), revoked_at: revokedAt(one) });
        return answerKeys(deps, questions, { tenantId, kind: 'feed', field: 'feed_links', view });
      },
    }),
    endpoint({
      method: 'delete',
      path: `${path}/:link_id`,
      id: 'revokeFeedLink',
      tag: 'Publishing',
      summary: 'Revoke a feed link',
      description: 'Its address stops working at once. It stays in the list, with the time when it was revoked.',
      access: 'tenant',
      params: feedLinkParams,
      responses: { 204: { description: 'revoked' } },
      handle: async ({ params: { tenant_id, link_id } }) => {
        if (!(await deps.tenants.revokeKey(tenant_id, 'feed', link_id, deps.now()))) throw notFoundError('feed link');
        return new Response(null, { status: 204 });
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/feeds/:link',
      id: 'getLinkedFeed',
      tag: 'Publishing',
      summary: 'The published feed, by its link',
      description:
        'As `GET /v1/tenants/{tenant_id}/feed`, without a key: the address is the credential. 404 if it is not one, or was revoked. Each link may be asked as often as a tenant’s key.',
      access: 'link',
      params: linkParams,
      query: feedQuery,
      responses: FEED_RESPONSES,
      errors: FEED_ERRORS,
      handle: async ({ c, query }) => {
        const link = c.get('link');
        if (link === undefined) throw notFoundError('feed');
        const { tenantId } = link;
        return downloads.inTurn(c, tenantId, () => feeds.respond(c.req.raw, tenantId, query.export));
      },
    }),
  ];
}

/** The link as answers show it: without the hash of its secret. */
function linkView({ keyId, name, createdAt }: KeyRecord) {
  return { link_id: keyId, name, created_at: new Date(createdAt).toISOString() };
}
