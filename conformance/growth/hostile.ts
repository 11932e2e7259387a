/** Hostile input outside of bodies: headers, queries, paths, patterns and feed links. */
import { askHere } from '../../api/testing/ask-here.ts';
import { type Api, addTenant, startApi } from '../../api/testing/harness.ts';
import { publish } from '../../api/testing/published.ts';
import { checkConfig } from '../../core/config/check.ts';
import { globMatcher } from '../../core/text/glob.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { answerCode } from './requests.ts';
import { config, FEED_TOP, feed, parser, rows, type Shape } from './shape.ts';

const TENANT = '/v1/tenants/shop';
const FEED = `${TENANT}/feed`;

interface Sent {
  path: string;
  headers?: Record<string, string>;
  key?: string | null;
}

/** A GET to an app with a published feed of `count` rows. All sizes use the same app. */
function sent(name: string, n: number, count: number, make: (size: number, api: Api) => Sent | Promise<Sent>): Shape {
  return {
    name: `request: ${name}`,
    n,
    make: async (size) => {
      const api = await startApi({}, { ask: (question) => askHere(api.artifacts)(question) });
      api.artifacts.chunkBytes = 1 << 16;
      await addTenant(api, 'shop');
      await publish(api, 'shop', 'r1', `sku,price\n${rows(count, (i) => `A${1e6 + i},1\n`)}`);
      await publish(api, 'shop', 'r2', `sku,price\n${rows(count, (i) => `A${1e6 + i},2\n`)}`);
      const { path, ...options } = await make(size, api);
      return async () => answerCode(await api.call('GET', path, options));
    },
  };
}

const header = (name: string, n: number, make: (n: number) => string): Shape =>
  sent(`a long ${name}`, n, 10, (size) => ({ path: FEED, headers: { [name]: make(size) } }));

/** Matches a pattern with a text, both of the given size. */
function pattern(name: string, n: number, make: (n: number) => readonly [pattern: string, text: string]): Shape {
  return {
    name: `pattern: ${name}`,
    n,
    make: (size) => {
      const [wanted, text] = make(size);
      const matches = globMatcher(wanted);
      return () => String(matches(text));
    },
  };
}

const filter = (value: string) => parser({ rows: [{ column: 'title', drop: [value] }] });

export const HOSTILE: readonly Shape[] = [
  header('If-None-Match', 40_000, (n) => '"x",'.repeat(n / 4)),
  header('Range', 40_000, (n) => `bytes=${rows(n / 8, (i) => `${i}-${i},`)}`),
  header('If-Range', 40_000, (n) => '"x'.repeat(n / 2)),
  header('Accept', 40_000, (n) => 'a/b;q=0.1,'.repeat(n / 10)),
  header('Accept-Encoding', 40_000, (n) => 'gzip;q=0,'.repeat(n / 9)),
  header('Authorization', 40_000, (n) => `Bearer ${' '.repeat(n)}x`),
  header('X-API-Key', 40_000, (n) => 'k'.repeat(n)),
  header('X-Forwarded-For', 40_000, (n) => '::1, '.repeat(n / 5)),
  header('X-Request-Id', 40_000, (n) => 'x'.repeat(n)),
  sent('thousands of headers', 40_000, 10, (n) => ({
    path: FEED,
    headers: Object.fromEntries(Array.from({ length: n / 20 }, (_, i) => [`x-header-${i}`, '1'])),
  })),
  sent('a query of thousands of keys', 40_000, 10, (n) => ({ path: `${FEED}?${rows(n / 8, (i) => `k${i}=1&`)}` })),
  sent('one key of a query again and again', 40_000, 10, (n) => ({ path: `${FEED}?${'export=a&'.repeat(n / 9)}` })),
  sent('escapes in a query', 40_000, 10, (n) => ({ path: `${FEED}?export=${'%25'.repeat(n / 3)}` })),
  sent('the history of a long sku', 4000, 10, (n) => ({ path: `${TENANT}/skus/${'x'.repeat(n)}/history` })),
  sent('the history of a sku of escapes', 4000, 10, (n) => ({
    path: `${TENANT}/skus/${'%C3%A4'.repeat(n / 6)}/history`,
  })),
  sent('a difference with a long run', 4000, 10, (n) => ({ path: `/v1/runs/r1/diff/${'r'.repeat(n)}` })),
  {
    ...sent('a feed link', 200_000, 0, () => ({ path: '' })),
    make: async (size) => {
      const api = await startApi({}, { ask: (question) => askHere(api.artifacts)(question) });
      api.artifacts.chunkBytes = 1 << 16;
      await addTenant(api, 'shop');
      await publish(api, 'shop', 'r1', `sku,price\n${rows(size / 12, (i) => `A${1e6 + i},1\n`)}`);
      const { json } = await api.call('POST', `${TENANT}/feed-links`, { body: { name: 'x' } });
      const { pathname } = new URL(json.url, 'http://relay.test');
      return async () => {
        const { status, text } = await api.call('GET', pathname, { key: null });
        return status === 200 && text.length > size / 4 ? null : 'internal_error';
      };
    },
  },
  {
    ...sent('files that a pattern does not match', 20_000, 0, () => ({ path: '' })),
    make: async (size) => {
      const api = await startApi();
      const match = `*${'a'.repeat(190)}b`;
      const { json } = await api.call('POST', '/v1/tenants', { body: config(parser({ files: { match } })) });
      for (let i = 0; i < size / 200; i++)
        api.artifacts.put(`tenants/shop/inbound/acme/${'a'.repeat(400)}${1e6 + i}`, 'x');
      const path = `${TENANT}/vendors/acme/files`;
      return async () => json.error ?? answerCode(await api.call('GET', path));
    },
  },
  pattern('letters after a star', 50_000, (n) => [`*${'a'.repeat(n / 2)}b*`, 'a'.repeat(n)]),
  pattern('a letter before what repeats', 50_000, (n) => [`*b${'a'.repeat(n / 2)}*`, `${'a'.repeat(n)}c`]),
  pattern('many stars', 50_000, (n) => ['*a'.repeat(n / 2), `${'a'.repeat(n)}b`]),
  pattern('letters of many kinds', 50_000, (n) => [`*${rows(n / 6, (i) => `ab${i}`)}*`, 'ab1'.repeat(n / 3)]),
  feed(
    'a filter with a star before many letters',
    20_000,
    (n) => `${FEED_TOP}${rows(10, (i) => `A${i},1,1,${'a'.repeat(n / 10)}\n`)}`,
    filter(`*${'a'.repeat(900)}b*`),
  ),
  {
    name: 'config: patterns of stars',
    n: 50_000,
    make: (n) => {
      const raw = config(filter('*a'.repeat(n / 2)));
      return () => {
        const checked = checkConfig(raw, testRegistry());
        return checked.ok ? null : checked.problems[0]?.code;
      };
    },
  },
];
