/** The requests of `npm run fuzz`: each of the API's operations, with odd parts, headers and bodies. */
import fc from 'fast-check';
import { anyConfig } from './fuzz-configs.ts';
import { cell } from './fuzz-inputs.ts';

/** The API's operations: method and path, with `:name` for what is filled in. */
const OPERATIONS = [
  'GET tenants',
  'POST tenants',
  'GET tenants/:tenant',
  'GET tenants/:tenant/config',
  'PUT tenants/:tenant/config',
  'GET tenants/:tenant/keys',
  'POST tenants/:tenant/keys',
  'DELETE tenants/:tenant/keys/:id',
  'POST tenants/:tenant/uploads',
  'GET tenants/:tenant/vendors/:vendor/files',
  'GET runs',
  'POST runs',
  'GET runs/:id',
  'GET runs/:id/artifacts',
  'GET runs/:id/errors',
  'POST runs/:id/cancel',
  'GET plugins',
  'GET health',
  'GET ready',
  'GET openapi.json',
];
const ODD_PARTS = ['..', '.', '%00', '%ff', '%2e%2e', 'a%2fb', ' ', 'x'.repeat(300), '__proto__', ':', '%F0%9F%98%80'];
const part = (good: string) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...ODD_PARTS) });

const anyMethod = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS');
const operation = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...OPERATIONS), part('shop'), part('acme'), part('0190a5c2-0000-7000-8000-000000000000'))
      .map(([text, tenant, vendor, id]) => {
        const [method = '', route = ''] = text.split(' ');
        return {
          method,
          path: `/v1/${route.replace(':tenant', tenant).replace(':vendor', vendor).replace(':id', id)}`,
        };
      }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: anyMethod,
      path: fc
        .array(fc.constantFrom('v1', 'tenants', 'shop', 'config', 'runs', 'metrics', ...ODD_PARTS), { maxLength: 6 })
        .map((parts) => `/${parts.join('/')}`),
    }),
  },
);
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom('limit', 'cursor', 'tenant_id', 'status', 'version', 'vendor_id', 'error_code', 'x', '__proto__'),
      fc.oneof(fc.constantFrom('0', '1', '200', '201', '-1', '1e3', 'shop', 'QUEUED', 'FAILED', '!', ''), cell),
    ),
    { maxLength: 3 },
  )
  .map((pairs) =>
    pairs.map(([name, value]) => `${name}=${encodeURIComponent(Buffer.from(value).toString())}`).join('&'),
  );
const headerValue = fc.oneof(
  fc.constantFrom(
    '"1"',
    '"2"',
    '*',
    'W/"1"',
    '"',
    '1',
    '',
    'application/json',
    'text/csv',
    'bytes=0-1',
    'x'.repeat(5000),
  ),
  fc.string({ maxLength: 20 }),
);
const headers = fc.dictionary(
  fc.constantFrom('If-Match', 'Idempotency-Key', 'Content-Type', 'X-Request-Id', 'Range', 'Origin', 'Accept-Encoding'),
  // Headers take Latin-1 without line ends
  headerValue.map((text) => text.replace(/[^\x20-\x7e]/g, '')),
  { maxKeys: 3 },
);
/** A valid body, with some values replaced, and other bodies that the operation may not know. */
const requestBody = fc
  .tuple(
    fc.constantFrom(
      { tenant_id: 'shop', run_type: 'inventory_sync' },
      { tenant_id: 'shop', run_type: 'inventory_sync', vendors: ['acme'] },
      { vendor_id: 'acme', filename: 'stock.csv' },
      { label: 'a key' },
      {},
    ),
    fc.dictionary(
      fc.constantFrom('tenant_id', 'run_type', 'vendors', 'vendor_id', 'filename', 'label', 'more', '__proto__'),
      fc.oneof(cell, fc.constantFrom('acme', 'nobody', 'a/b.csv', '.hidden', ['acme', ''], null), fc.jsonValue()),
      { maxKeys: 2 },
    ),
  )
  .map(([good, changes]) => ({ ...good, ...changes }));

function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

export const anyRequest = fc
  .record({
    operation,
    odd: seldom(anyMethod),
    query: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: query }),
    headers,
    bodies: fc.tuple(requestBody, anyConfig),
    other: seldom(fc.oneof(fc.jsonValue(), cell)),
  })
  .map(({ operation: { method, path: address }, odd, query: search, headers: sent, bodies, other }) => ({
    method: odd ?? method,
    path: search === '' ? address : `${address}?${search}`,
    headers: sent,
    body: other ?? bodies[/config$|tenants$/.test(address) ? 1 : 0],
  }));
