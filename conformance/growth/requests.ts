/** Requests to every endpoint that takes a body, a list or a filter, to the app in this process. */
import { type Api, type ApiAnswer, addTenant, startApi } from '../../api/testing/harness.ts';
import { type Any, config, rows, type Shape } from './shape.ts';

let started: Promise<{ api: Api; key: string }> | null = null;

async function start(): Promise<{ api: Api; key: string }> {
  const api = await startApi({ bodyBytesMax: 1e9, configBytesMax: 1e9 });
  return { api, key: await addTenant(api, 'shop') };
}

/** The error code of an answer; a server error is `internal_error`. */
export function answerCode({ status, text, json }: ApiAnswer): string | null {
  if (text.length > 1_000_000) return 'long_answer';
  return status >= 500 ? 'internal_error' : (json?.error ?? null);
}

/** The error code of the answer. */
export async function request(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<string | null> {
  started ??= start();
  const { api, key } = await started;
  // as clients send it: `URL` resolves `..`
  const { pathname, search } = new URL(path, 'http://relay.test');
  const answer = await api.call(method, pathname + search, {
    body,
    headers,
    ...(pathname.startsWith('/v1/tenants') ? {} : { key }),
  });
  return answerCode(answer);
}

type RequestMethod = 'GET' | 'POST' | 'PUT';

function sender(method: RequestMethod) {
  return (name: string, n: number, path: (n: number) => string, body?: (n: number) => Any): Shape => ({
    name: `${method} ${name}`,
    n,
    make: (size) => {
      const made = body?.(size);
      return () => request(method, path(size), made);
    },
  });
}

const [get, post, put] = [sender('GET'), sender('POST'), sender('PUT')];
const PUT = '/v1/tenants/shop/config';
const RUN = { tenant_id: 'shop', run_type: 'inventory_sync' };

export const REQUESTS: readonly Shape[] = [
  put(
    'config: priorities and vendors',
    100_000,
    () => PUT,
    (n) => ({
      ...config(
        {},
        {
          merge: {
            strategy: 'best_offer',
            best_offer: { sort_by: [`vendor_priority:${rows(n / 6, (i) => `v${i},`)}`] },
          },
        },
      ),
      vendors: Array.from({ length: 100 }, (_, i) => ({
        vendor_id: `v${i}x`,
        inbound: { type: 's3' },
        parser: { format: 'csv' },
      })),
    }),
  ),
  put(
    'config: unknown keys',
    100_000,
    () => PUT,
    (n) => ({ ...config(), ...Object.fromEntries(Array.from({ length: n / 15 }, (_, i) => [`tenant_i${i}`, 1])) }),
  ),
  put(
    'config: no JSON',
    100_000,
    () => PUT,
    (n) => '{"a":'.repeat(n / 5),
  ),
  put(
    'config: open lists',
    100_000,
    () => PUT,
    (n) => '['.repeat(n),
  ),
  put(
    'config: many vendors',
    100_000,
    () => PUT,
    (n) => ({
      ...config(),
      vendors: Array.from({ length: n / 100 }, (_, i) => ({
        ...config().vendors[0],
        vendor_id: `v${i}`,
        sku_map: { type: 'file', local_path: '/x' },
      })),
    }),
  ),
  put(
    'config: long keys of objects',
    100_000,
    () => PUT,
    (n) => config({ inbound: { type: 's3', s3_prefix: 'a/'.repeat(n / 2) } }),
  ),
  post(
    'tenants: words',
    100_000,
    () => '/v1/tenants',
    (n) =>
      config({
        parser: {
          format: 'csv',
          options: {
            columns: {
              condition: {
                from: 'c',
                words: Object.fromEntries(Array.from({ length: n / 12 }, (_, i) => [`w${i}`, 'odd'])),
              },
            },
          },
        },
      }),
  ),
  post(
    'runs: vendors',
    100_000,
    () => '/v1/runs',
    (n) => ({ ...RUN, vendors: Array.from({ length: n / 8 }, (_, i) => `v${i}`) }),
  ),
  post(
    'runs: unknown keys',
    100_000,
    () => '/v1/runs',
    (n) => ({ ...RUN, ...Object.fromEntries(Array.from({ length: n / 12 }, (_, i) => [`run_typ${i}`, 1])) }),
  ),
  post(
    'runs: a long run type',
    100_000,
    () => '/v1/runs',
    (n) => ({ ...RUN, run_type: 'x'.repeat(n) }),
  ),
  post(
    'uploads: a long file name',
    100_000,
    () => '/v1/tenants/shop/uploads',
    (n) => ({ vendor_id: 'acme', filename: `${' '.repeat(n)}x` }),
  ),
  post(
    'uploads: a long vendor',
    100_000,
    () => '/v1/tenants/shop/uploads',
    (n) => ({ vendor_id: 'a'.repeat(n), filename: 'x.csv' }),
  ),
  post(
    'keys: a long label',
    100_000,
    () => '/v1/tenants/shop/keys',
    (n) => ({ label: 'x'.repeat(n) }),
  ),
  get('runs: a long cursor', 40_000, (n) => `/v1/runs?cursor=${'a'.repeat(n)}`),
  get('runs: many parameters', 40_000, (n) => `/v1/runs?${rows(n / 8, (i) => `p${i}=1&`)}`),
  get('tenants: a long cursor', 40_000, (n) => `/v1/tenants?cursor=${'a'.repeat(n)}`),
  get('files: a long vendor', 40_000, (n) => `/v1/tenants/shop/vendors/${'a'.repeat(n)}/files`),
  get('errors: many filters', 40_000, (n) => `/v1/runs/none/errors?${rows(n / 16, (i) => `error_code=c${i}&`)}`),
  get('an unknown path', 40_000, (n) => `/v1/${'a/'.repeat(n / 2)}`),
];
