/** Checks answers against the OpenAPI document: the status is documented, and the body matches its schema. */
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { allEndpoints } from '../app.ts';
import type { ApiDeps } from '../deps.ts';
import { openApi } from '../openapi.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read the document at many depths
type Any = any;

const SERVER = 'http://relay.test';

export function documentOf(deps: ApiDeps): Any {
  return openApi(allEndpoints(deps), deps.settings, deps.version, SERVER);
}

const documents = new WeakMap<ApiDeps, Any>();
/** Documents by what they are made from. Making one takes 100 ms, and tests start hundreds of services with the same one. */
const known = new Map<string, Any>();

function knownDocumentOf(deps: ApiDeps): Any {
  // what a service lacks decides which endpoints it has
  const lacking = Object.entries(deps).flatMap(([name, value]) => (value === null ? [name] : []));
  const made = JSON.stringify([deps.settings, deps.version, lacking]);
  const document = known.get(made) ?? documentOf(deps);
  known.set(made, document);
  return document;
}

const validators = new WeakMap<object, z.ZodType>();

/** `text` is the body of the response. */
export function assertMatchesOpenApi(
  deps: ApiDeps,
  { method, path }: { method: string; path: string },
  response: Response,
  text: string,
): void {
  if (!documents.has(deps)) documents.set(deps, knownDocumentOf(deps));
  const document = documents.get(deps);
  const what = `${method} ${path} ${response.status}`;
  const error = response.status >= 400;
  const found = operationFor(document, method === 'HEAD' ? 'GET' : method, path.split('?')[0]!);
  if (found === null) {
    assert.ok(response.status === 404 || response.status === 405 || response.status === 204, what);
    if (error && method !== 'HEAD') assertMatchesSchema(document, { $ref: '#/components/schemas/Error' }, text, what);
    return;
  }
  const answer = found.responses[response.status] ?? found.responses.default;
  assert.ok(answer !== undefined, `${what} is not documented`);
  const schema = answer.content?.['application/json']?.schema;
  if (schema === undefined || method === 'HEAD') return;
  assert.match(response.headers.get('Content-Type') ?? '', /^application\/json/, what);
  assertMatchesSchema(document, schema, text, what);
  if (error) assert.ok(answer.description.includes(`${JSON.parse(text).error}:`), `${what}: ${text} is not documented`);
}

/** The paths of a document as patterns, in its order. */
const patterns = new WeakMap<object, ReadonlyArray<[pattern: RegExp, item: Any]>>();

function operationFor(document: Any, method: string, path: string): Any {
  let known = patterns.get(document);
  if (known === undefined) {
    known = Object.entries<Any>(document.paths).map(([template, item]) => [patternOf(template), item]);
    patterns.set(document, known);
  }
  for (const [pattern, item] of known) {
    if (pattern.test(path) && item[method.toLowerCase()]) return item[method.toLowerCase()];
  }
  return null;
}

function patternOf(template: string): RegExp {
  const pattern = template
    .replace(/\./g, '\\.')
    .replace(/\{key\}/, '.+')
    .replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`);
}

export function assertMatchesSchema(document: Any, schema: Any, text: string, what: string): void {
  const key = schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1)];
  let validator = validators.get(key);
  if (validator === undefined) {
    validator = z.fromJSONSchema(resolved(document, key));
    validators.set(key, validator);
  }
  const result = validator.safeParse(JSON.parse(text));
  assert.ok(result.success, `${what}: ${text.slice(0, 300)} ${result.error?.message}`);
}

/** The schema with its references inlined. */
function resolved(document: Any, schema: Any): Any {
  if (Array.isArray(schema)) return schema.map((one) => resolved(document, one));
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema.$ref !== undefined) {
    return resolved(document, document.components.schemas[schema.$ref.split('/').at(-1)]);
  }
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, resolved(document, value)]));
}
