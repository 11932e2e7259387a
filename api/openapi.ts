/** The OpenAPI 3.1 document, made from the endpoints' own declarations and schemas. */
import { z } from 'zod';
import { tenantSchema } from '../core/config/schema.ts';
import type { ApiSettings } from './deps.ts';
import { codesOf, type Endpoint, isOpen, openApiPath, type ResponseSpec, TAGS } from './endpoint.ts';
import { API_CODES, type ApiCode } from './http/errors.ts';
import * as decisions from './schemas/decisions.ts';
import * as diff from './schemas/diff.ts';
import * as errorEntries from './schemas/error-entries.ts';
import * as explain from './schemas/explain.ts';
import * as feedLinks from './schemas/feed-links.ts';
import * as files from './schemas/files.ts';
import * as keys from './schemas/keys.ts';
import * as publishing from './schemas/publishing.ts';
import * as runs from './schemas/runs.ts';
import * as service from './schemas/service.ts';
import * as simulations from './schemas/simulations.ts';
import * as tenants from './schemas/tenants.ts';

type Json = Record<string, unknown>;

export function openApi(endpoints: readonly Endpoint[], settings: ApiSettings, version: string, server: string): Json {
  const paths: Record<string, Json> = {};
  for (const spec of endpoints) {
    const path = openApiPath(spec.path);
    paths[path] = { ...paths[path], [spec.method]: operation(spec) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Relay Inventory',
      version,
      description:
        'Makes one priced inventory feed out of the feeds of many vendors. Keys go in `X-API-Key` or `Authorization: Bearer`.',
      license: { name: 'MIT', identifier: 'MIT' },
      contact: { name: 'Relay Inventory' },
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    servers: [{ url: server }],
    paths,
    components: {
      schemas: models(settings),
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

/** Every model under the name that endpoints use. */
function namedModels(settings: ApiSettings) {
  return {
    TenantConfig: tenantSchema(settings).describe('The config of a tenant.'),
    TenantVersion: tenants.tenantVersion,
    Tenant: tenants.tenant,
    TenantWithUsage: tenants.tenantWithUsage,
    TenantList: tenants.tenantList,
    InboundFileList: files.inboundFileList,
    KeyRequest: keys.keyBody,
    NewKey: keys.newKey,
    KeyList: keys.keyList,
    UploadRequest: files.uploadBody,
    Upload: files.upload,
    RunRequest: runs.runBody(settings),
    Run: runs.runAnswer,
    RunList: runs.runList,
    ArtifactAddresses: runs.artifactAddresses,
    ReasonRequest: publishing.reasonBody,
    RollbackRequest: publishing.rollbackBody,
    Publication: publishing.publication,
    PublicationList: publishing.publicationList,
    RunDiff: diff.runDiff,
    Receipt: explain.receipt,
    SkuHistory: explain.skuHistory,
    SkuList: explain.skuList,
    FeedLinkRequest: feedLinks.feedLinkBody,
    NewFeedLink: feedLinks.newFeedLink,
    FeedLinkList: feedLinks.feedLinkList,
    HoldList: decisions.holdList,
    DecisionRequest: decisions.decisionBody,
    Decision: decisions.decisionAnswer,
    DecisionList: decisions.decisionList,
    SimulationRequest: simulations.simulationBody(settings),
    Simulation: simulations.simulation,
    ErrorEntry: errorEntries.errorEntry,
    ErrorPage: errorEntries.errorPage,
    PluginList: service.pluginList,
    Health: service.health,
    Ready: service.ready,
    OpenApi: service.openApiDocument,
    Error: service.error,
  };
}

export type Models = ReturnType<typeof namedModels>;

function models(settings: ApiSettings): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries<z.ZodType>(namedModels(settings))) registry.add(schema, { id });
  const generated = z.toJSONSchema(registry, { io: 'input', unrepresentable: 'any', uri: refTo });
  return Object.fromEntries(Object.entries(generated.schemas).map(([id, schema]) => [id, withoutIds(schema as Json)]));
}

function refTo(model: string): string {
  return `#/components/schemas/${model}`;
}

/** Removes keys that only a stand-alone schema has. */
function withoutIds({ $schema: _schema, $id: _id, ...rest }: Json): Json {
  return rest;
}

function operation(spec: Endpoint): Json {
  return {
    operationId: spec.id,
    tags: [spec.tag],
    summary: spec.summary,
    description: spec.description,
    ...(isOpen(spec) ? { security: [] } : { security: [{ apiKey: [] }, { bearer: [] }] }),
    parameters: [
      ...parameters(spec.params, 'path'),
      ...parameters(spec.query, 'query'),
      ...parameters(spec.headers, 'header'),
    ],
    ...requestBody(spec),
    responses: responses(spec),
  };
}

function parameters(schema: z.ZodObject | undefined, where: 'path' | 'query' | 'header'): Json[] {
  return Object.entries<z.ZodType>(schema?.shape ?? {}).map(([name, field]) => {
    const json = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as Json;
    const { description, ...rest } = withoutIds(json);
    return { name, in: where, description, required: !field.safeParse(undefined).success, schema: rest };
  });
}

function requestBody(spec: Endpoint): Json {
  if (spec.body === undefined) return {};
  if (spec.body === 'stream') {
    return spec.method === 'get' ? {} : { requestBody: { content: { 'application/octet-stream': {} } } };
  }
  const { model, optional, isConfig } = spec.body;
  const schema = { $ref: refTo(model) };
  const yaml = isConfig === true ? { 'application/yaml': { schema } } : {};
  return { requestBody: { required: optional !== true, content: { 'application/json': { schema }, ...yaml } } };
}

function responses(spec: Endpoint): Json {
  const all: Json = {};
  for (const [status, success] of Object.entries(spec.responses)) all[status] = response(success);
  const byStatus = new Map<number, ApiCode[]>();
  for (const code of codesOf(spec)) {
    const status = API_CODES[code][0];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  for (const [status, codes] of byStatus) {
    const description = codes.map((code) => `${code}: ${API_CODES[code][1]}`).join('; ');
    all[status] = response({ description, model: 'Error' });
  }
  return all;
}

function response({ description, model, contentType, headers }: ResponseSpec): Json {
  const content =
    model === undefined
      ? contentType === undefined
        ? {}
        : { content: { [contentType]: {} } }
      : { content: { 'application/json': { schema: { $ref: refTo(model) } } } };
  const named = Object.entries(headers ?? {}).map(([name, meaning]) => [
    name,
    { description: meaning, schema: { type: 'string' } },
  ]);
  return { description, ...content, ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) }) };
}
