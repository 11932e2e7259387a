/** The OpenAPI document lists exactly the routes. All other tests check their answers against the document. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createApp } from './app.ts';
import { openApiPath, TAGS } from './endpoint.ts';
import { API_CODES } from './http/errors.ts';
import { assertMatchesOpenApi, assertMatchesSchema, documentOf } from './testing/assert-matches-openapi.ts';
import { ADMIN, configOf, startApi } from './testing/harness.ts';

const objects = { basePath: '/objects', fetch: () => new Response('') };

test('every route is in the document, and every operation has a route', async () => {
  const { deps } = await startApi({ corsOrigins: ['https://a.example'] }, { signedObjects: objects });
  const routes = createApp(deps).routes.filter((route) => route.method !== 'ALL');
  const registered = new Set(routes.map(({ method, path }) => `${method} ${openApiPath(path)}`));
  const document = documentOf(deps);
  const operations = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.equal(operations.sort(), [...registered].sort());
  assert.is(operations.length, 43);
});

test('the served document is complete: references resolve, parameters are declared, ids are unique', async () => {
  const api = await startApi({}, { signedObjects: objects });
  const { json, text } = await api.call('GET', '/v1/openapi.json');
  assert.is(json.openapi, '3.1.0');
  for (const url of ['http://relay.test', 'http://other.test', 'http://relay.test']) {
    const asked = await api.fetch(new Request(`${url}/v1/openapi.json`, { headers: { 'X-API-Key': ADMIN } }));
    assert.equal(((await asked.json()) as typeof json).servers, [{ url }]);
  }
  const referred = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]!));
  for (const name of referred) assert.ok(json.components.schemas[name], name);
  assert.equal(
    Object.keys(json.components.schemas).filter((name) => !referred.has(name)),
    [],
  );
  assert.not(/"\$ref":"(?!#\/components\/schemas\/\w+")/.test(text));
  const ids = new Set<string>();
  for (const [path, item] of Object.entries<Record<string, never>>(json.paths)) {
    for (const operation of Object.values<Operation>(item)) {
      assert.not(ids.has(operation.operationId));
      ids.add(operation.operationId);
      const named = operation.parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`);
      assert.equal(named, path.match(/\{\w+\}/g) ?? []);
    }
  }
});

test('every operation, parameter, model and field has a description', async () => {
  const document = documentOf((await startApi({}, { signedObjects: objects })).deps);
  const bare: string[] = [];
  const check = (where: string, { description }: { description?: string }) => {
    if (description === undefined || description === '') bare.push(where);
  };
  for (const item of Object.values<Record<string, Operation>>(document.paths)) {
    for (const operation of Object.values(item)) {
      check(operation.operationId, operation);
      for (const parameter of operation.parameters) check(`${operation.operationId} ${parameter.name}`, parameter);
    }
  }
  for (const [name, model] of Object.entries<Schema>(document.components.schemas)) {
    check(name, model);
    for (const [field, schema] of fieldsOf(model, name)) check(field, schema);
  }
  assert.equal(bare, []);
});

interface Operation {
  operationId: string;
  description?: string;
  parameters: Array<{ name: string; in: string; description?: string }>;
}

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

/** The fields of a model, at any depth. */
function fieldsOf(schema: Schema, where: string): Array<[string, Schema]> {
  const own = Object.entries(schema.properties ?? {});
  const inner = [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return [
    ...own.flatMap(
      ([name, field]): Array<[string, Schema]> => [[`${where}.${name}`, field], ...fieldsOf(field, `${where}.${name}`)],
    ),
    ...inner.flatMap((one) => fieldsOf(one, where)),
  ];
}

test('the document has the limits and codes of the checks', async () => {
  const { deps } = await startApi({ vendorsMax: 3 });
  const document = documentOf(deps);
  assert.is(document.components.schemas.TenantConfig.properties.vendors.maxItems, 3);
  assert.is(document.components.schemas.RunRequest.properties.vendors.maxItems, 3);
  const text = JSON.stringify(document.paths);
  for (const code of Object.keys(API_CODES).filter((one) => one !== 'METHOD_NOT_ALLOWED')) {
    assert.ok(text.includes(`${code}: `), code);
  }
  assertMatchesSchema(
    document,
    { $ref: '#/components/schemas/TenantConfig' },
    JSON.stringify(configOf('shop')),
    'config',
  );
});

/** What Redocly's and Spectral's recommended rules ask of a document, beyond the tests above. */
test('a linter finds nothing: tags, ids, summaries, answers, licence', async () => {
  const document = documentOf((await startApi({}, { signedObjects: objects })).deps);
  const { info, tags, servers } = document;
  for (const field of [info.title, info.version, info.description, info.license.name, info.contact.name]) {
    assert.ok(field.length > 0);
  }
  assert.ok(servers.every(({ url }: { url: string }) => !url.endsWith('/')));
  const names = tags.map(({ name }: { name: string }) => name);
  assert.equal(names, Object.keys(TAGS));
  assert.ok(tags.every(({ description }: Schema) => description !== undefined && description !== ''));
  const used = new Set<string>();
  for (const [path, item] of Object.entries<Record<string, Linted>>(document.paths)) {
    assert.not(/\/$|\?|\/\//.test(path), path);
    for (const operation of Object.values(item)) {
      const id = operation.operationId;
      assert.match(id, /^[a-z][A-Za-z]+$/);
      assert.ok(operation.summary.length > 0 && !operation.summary.endsWith('.'), id);
      assert.is(operation.tags.length, 1, id);
      used.add(operation.tags[0]!);
      assert.ok(Array.isArray(operation.security), id);
      const answers = Object.keys(operation.responses);
      const isOpen = answers.includes('default');
      assert.ok(isOpen || answers.some((status) => status.startsWith('2')), id);
      assert.ok(isOpen || answers.some((status) => status.startsWith('4')), id);
      assert.ok(
        Object.values(operation.responses).every(({ description }) => description !== ''),
        id,
      );
    }
  }
  assert.equal([...used].sort(), [...names].sort());
});

interface Linted {
  operationId: string;
  summary: string;
  tags: string[];
  security?: unknown;
  responses: Record<string, { description: string }>;
}

test('the document lists the codes of errors and the fields of entries', async () => {
  const { schemas } = documentOf((await startApi()).deps).components;
  assert.equal(schemas.Error.properties.error.enum, Object.keys(API_CODES));
  assert.equal(schemas.ErrorPage.properties.errors.items, { $ref: '#/components/schemas/ErrorEntry' });
  const fields = schemas.ErrorEntry.anyOf.map((one: Schema) => Object.keys(one.properties ?? {}));
  assert.ok(fields[0].includes('row_number') && fields[0].includes('problems'));
  assert.ok(fields[1].includes('expected_prefix'));
  assert.ok(fields[2].includes('not_listed'));
  assert.equal(schemas.RunRequest.required, ['tenant_id']);
  assert.is(schemas.RunRequest.properties.run_type.default, 'inventory_sync');
});

test('an answer that differs from the document is detected', async () => {
  const { deps } = await startApi();
  const run = { status: 'ok', version: 'x' };
  const request = { method: 'GET', path: '/v1/health' };
  const check = (status: number, body: unknown) => () =>
    assertMatchesOpenApi(deps, request, Response.json(body, { status }), JSON.stringify(body));
  check(200, run)();
  for (const wrong of [
    check(201, run),
    check(200, { ...run, more: 1 }),
    check(200, { status: 'ok' }),
    check(500, run),
  ]) {
    assert.ok(fails(wrong));
  }
  assert.ok(fails(check(500, { error: 'NOT_DOCUMENTED', message: 'x' })));
  check(500, { error: 'internal_error', message: 'x' })();
});

/** uvu's `throws` rethrows assertion errors. */
function fails(action: () => void): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

test.run();
