/** Whatever a client sends, the answer is below 500, documented, has the usual body and no stack. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf, someOf } from '../core/testing/share.ts';
import { allEndpoints } from './app.ts';
import { anyText } from './testing/any-text.ts';
import { type Api, type ApiAnswer, addRun, addTenant, configOf, startApi } from './testing/harness.ts';

const ROUTES = [
  ['POST', '/v1/tenants'],
  ['PUT', '/v1/tenants/shop/config'],
  ['POST', '/v1/tenants/shop/keys'],
  ['POST', '/v1/tenants/shop/uploads'],
  ['POST', '/v1/runs'],
] as const;

const KEYS = [
  'tenant_id',
  'run_type',
  'vendors',
  'vendor_id',
  'filename',
  'name',
  'force',
  'inbound',
  'parser',
  'options',
];
const ODD = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '',
  'schema_version',
  'merge',
  'output',
];
const key = fc.oneof(fc.constantFrom(...KEYS, ...ODD), fc.string({ maxLength: 5 }));
/** JSON of any shape, with the API's field names and names that are special in JavaScript. */
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1, 1.5, 1e308, 'shop', 'acme', 'inventory_sync', 's3', 'csv', 'a.csv', ''),
    anyText(8),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: false }),
  ),
})).value;

/** A valid body with a few parts replaced or added. */
function broken(good: unknown) {
  return fc.array(fc.tuple(fc.nat(200), key, anything), { minLength: 1, maxLength: 4 }).map((changes) => {
    const body = structuredClone(good);
    for (const [at, name, value] of changes) {
      const places = containersIn(body);
      const place = places[at % places.length]!;
      const names = Object.keys(place);
      const target = at % 3 === 0 || names.length === 0 ? name : names[at % names.length]!;
      // copied, because the next change may modify it
      const put = structuredClone(value);
      Object.defineProperty(place, target, { value: put, enumerable: true, writable: true, configurable: true });
    }
    return body;
  });
}

function containersIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(containersIn)];
}

async function shop(): Promise<Api> {
  const api = await startApi();
  await addTenant(api, 'shop');
  return api;
}

function assertTame(answer: ApiAnswer, what: string): void {
  assert.ok(answer.status < 500, `${what}: ${answer.status} ${answer.text}`);
  assert.not(/\bat .+[.]ts:|node_modules|\n {4}at /.test(answer.text), `${what}: ${answer.text}`);
  assert.ok(answer.headers.get('X-Request-Id'), what);
}

test('property: bodies of any shape', async () => {
  const api = await shop();
  const body = fc.oneof(anything, broken(configOf('shop')), broken({ tenant_id: 'shop', run_type: 'inventory_sync' }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ROUTES), body, async ([method, path], value) => {
      const text = JSON.stringify(value);
      assertTame(await api.call(method, path, { body: text }), `${method} ${path} ${text}`);
    }),
    { numRuns: countOf(1500) },
  );
});

test('property: bodies that are almost JSON', async () => {
  const api = await shop();
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '\\u',
    'd800',
    '1e',
    '-',
    'tenant_id',
    'null',
    ' ',
  );
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => new TextEncoder().encode(pieces.join('')));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ROUTES), fc.oneof(text, fc.uint8Array()), async ([method, path], body) => {
      assertTame(await api.call(method, path, { body }), `${method} ${path} ${body}`);
    }),
    { numRuns: countOf(500) },
  );
});

test('property: paths, queries and methods of any form', async () => {
  const api = await shop();
  const runId = await addRun(api, 'shop');
  const names = [
    'v1',
    'tenants',
    'shop',
    'config',
    'keys',
    'vendors',
    'acme',
    'files',
    'runs',
    runId,
    'errors',
    'artifacts',
    'cancel',
    'metrics',
    'openapi.json',
  ];
  const odd = [
    '..',
    '.',
    '',
    '%00',
    '%2e%2e',
    '%2f',
    '%',
    '%zz',
    '%ff',
    '*',
    ':run_id',
    '{',
    '[',
    '\\',
    "'",
    '__proto__',
    'x'.repeat(300),
  ];
  const part = fc.oneof(fc.constantFrom(...names), fc.constantFrom(...odd), anyText(4).map(encoded));
  const query = fc.array(
    fc.tuple(
      fc.constantFrom('cursor', 'limit', 'status', 'tenant_id', 'vendor_id', 'error_code', 'version', 'x', ''),
      fc.oneof(part, fc.nat().map(String)),
    ),
    { maxLength: 3 },
  );
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PROPFIND');
  await fc.assert(
    fc.asyncProperty(method, fc.array(part, { maxLength: 6 }), query, async (verb, parts, pairs) => {
      const search = pairs
        .map((pair) => pair.join('='))
        .join('&')
        .replace(/#/g, '');
      const path = new URL(`http://relay.test/${parts.join('/').replace(/[?#]/g, '')}?${search}`);
      assertTame(await api.call(verb, `${path.pathname}${path.search}`), `${verb} ${path}`);
    }),
    { numRuns: countOf(1500) },
  );
});

/** Hostile parts of an address: in the place of each parameter of a path. */
const SEGMENTS = [
  ...[
    '%00',
    '%0a',
    '%0d%0aX:%20a',
    '%7f',
    '%80',
    '%ff',
    '%c0%af',
    '%ed%a0%80',
    '%f4%90%80%80',
    '%e2%80%ae',
    '%EF%BB%BF',
  ],
  ...['%2f', '%2F..%2F', '..', '%2e%2e', '.', '%5c', '%5c..%5c', '%25', '%', '%zz', '%1', '%u0041', '%2500', '~', '*'],
  ...['%3f', '%23', ';a=b', 'a,b', '+', '%20', '|', '<script>', '%22', "'", '`', '{id}', ':id', '__proto__'],
  ...[
    'constructor',
    'toString',
    'null',
    'NaN',
    '-1',
    '0',
    '1e9',
    '9007199254740993',
    '9'.repeat(30),
    '0x1',
    '\u0661',
    'é',
    '😀',
  ],
  ...['a'.repeat(300), '%41'.repeat(500), '%ff'.repeat(500), ''],
];
/** Hostile queries, for each route. */
const QUERIES = [
  ...[
    '',
    '&&&',
    '=',
    '=x',
    'limit=',
    'limit=0',
    'limit=-1',
    'limit=1e3',
    'limit=1&limit=2',
    'limit=%00',
    'limit[]=1',
    'a=%',
  ],
  ...[
    'cursor=',
    'cursor=%00',
    'cursor=%ff',
    'cursor=x',
    'cursor=bnVsbA',
    'cursor=e30',
    'cursor=WzFd',
    'cursor=WyJhIl0',
  ],
  ...[
    'cursor=W10',
    'cursor=W251bGwsbnVsbF0',
    'cursor=W3t9LHt9LHt9XQ',
    'cursor=-1',
    'cursor=1',
    `cursor=${'9'.repeat(30)}`,
  ],
  ...[
    'cursor=9007199254740993',
    '__proto__=1',
    'constructor=1',
    'status=__proto__',
    'tenant_id=..',
    'export=..%2F',
    'list=x',
  ],
  ...[
    'vendor_id=__proto__',
    'error_code=__proto__',
    'error_code=%ff',
    'name=..%2F..%2Fx',
    'name=%00',
    'token=%ff',
    'limit=\u0663',
  ],
  ...['list=tied&limit=1&cursor=%ff', 'attribute=true', 'run_id=%00', 'run_id=..', `cursor=${'A'.repeat(3000)}`],
];

test('hostile addresses of each route have answers with a code', async () => {
  const api = await shop();
  const runId = await addRun(api, 'shop');
  const real: Record<string, string> = { tenant_id: 'shop', vendor_id: 'acme', run_id: runId, sequence: '1' };
  const asked: Array<[string, string]> = [];
  for (const { method, path } of allEndpoints(api.deps)) {
    const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const filled = (hostile: string | undefined, segment: string) =>
      path.replace(/:(\w+)/g, (_, name) => (name === hostile ? segment : (real[name] ?? 'x')));
    for (const name of names) for (const segment of SEGMENTS) asked.push([method, filled(name, segment)]);
    for (const query of QUERIES) asked.push([method, `${filled(undefined, '')}?${query}`]);
  }
  for (const [method, path] of someOf(asked)) {
    const url = new URL(`http://relay.test${path}`);
    const body = method === 'post' || method === 'put' ? '{}' : undefined;
    const answer = await api.call(method.toUpperCase(), `${url.pathname}${url.search}`, { body });
    // these stores have no engine beside them
    if (answer.json?.error === 'NO_ENGINE') continue;
    assertTame(answer, `${method} ${path}`);
    if (answer.status >= 400) assert.type(answer.json?.error, 'string', `${method} ${path} ${answer.text}`);
  }
});

test('property: headers of any form', async () => {
  const api = await shop();
  const name = fc.constantFrom(
    'X-API-Key',
    'Authorization',
    'If-Match',
    'Idempotency-Key',
    'X-Request-Id',
    'Content-Type',
    'Content-Length',
    'Origin',
    'Accept',
    'Range',
    'Transfer-Encoding',
    'X-Forwarded-Host',
  );
  const value = fc.oneof(
    fc.constantFrom(
      '*',
      '""',
      '"1"',
      'W/"1"',
      'Bearer x',
      'Bearer',
      '-1',
      'NaN',
      '1e9',
      'chunked',
      'application/json;;',
      'null',
    ),
    fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 300 }),
  );
  const headers = fc.dictionary(name, value, { maxKeys: 5 }).filter(canBeSent);
  const requests = [
    ...ROUTES,
    ['GET', '/v1/runs'],
    ['GET', '/v1/tenants'],
    ['GET', '/v1/tenants/shop/config'],
    ['GET', '/nothing'],
  ] as const;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...requests), headers, async ([method, path], sent) => {
      const body = method === 'GET' ? undefined : configOf('shop');
      assertTame(await api.call(method, path, { headers: sent, body }), `${method} ${path} ${JSON.stringify(sent)}`);
    }),
    { numRuns: countOf(1000) },
  );
});

function encoded(text: string): string {
  return /\p{Cs}/u.test(text) ? '%ed%a0%80' : encodeURIComponent(text);
}

function canBeSent(headers: Record<string, string>): boolean {
  try {
    new Headers(headers);
    return true;
  } catch {
    return false;
  }
}

test.run();
