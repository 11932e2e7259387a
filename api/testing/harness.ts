/** The app on in-memory stores. It checks every answer against the OpenAPI document. */
import { Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { createApp } from '../app.ts';
import { type ApiDeps, type ApiSettings, DEFAULT_API_SETTINGS, type LogFields } from '../deps.ts';
import { sha256 } from '../http/secrets.ts';
import { assertMatchesOpenApi } from './assert-matches-openapi.ts';
import { MemoryArtifactFiles, MemoryQueue } from './memory-objects.ts';
import { MemoryRuns, MemoryTenants, MemoryUsage } from './memory-stores.ts';

export const ADMIN = 'admin-key-of-the-tests';
export const START = Date.parse('2026-11-01T06:00:00.000Z');

export interface ApiAnswer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

export interface RequestOptions {
  key?: string | null;
  headers?: Record<string, string>;
  /** Text and bytes are sent unchanged, anything else as JSON. */
  body?: unknown;
}

export interface Api {
  deps: ApiDeps;
  tenants: MemoryTenants;
  usage: MemoryUsage;
  runs: MemoryRuns;
  artifacts: MemoryArtifactFiles;
  queue: MemoryQueue;
  logs: Array<{ level: string; event: string; fields: LogFields }>;
  time: { now: number };
  fetch(request: Request): Promise<Response>;
  /** Uses the admin key unless `options` has another key, or null for none. */
  call(method: string, path: string, options?: RequestOptions): Promise<ApiAnswer>;
}

const BUILTINS = new Registry(BUILTIN_PLUGINS);

export async function startApi(settings: Partial<ApiSettings> = {}, changes: Partial<ApiDeps> = {}): Promise<Api> {
  const tenants = new MemoryTenants();
  const usage = new MemoryUsage(tenants);
  const runs = new MemoryRuns();
  const artifacts = new MemoryArtifactFiles();
  const queue = new MemoryQueue();
  const logs: Api['logs'] = [];
  const time = { now: START };
  artifacts.now = () => time.now;
  const deps: ApiDeps = {
    tenants,
    usage,
    runs,
    artifacts,
    queue,
    registry: BUILTINS,
    settings: { ...DEFAULT_API_SETTINGS, rateBurst: 1e9, refusalMs: 0, ...settings },
    now: () => time.now,
    crypto: globalThis.crypto,
    log: {
      info: (event, fields = {}) => logs.push({ level: 'info', event, fields }),
      error: (event, fields = {}) => logs.push({ level: 'error', event, fields }),
    },
    metricsText: () => 'runs_total 1\n',
    adminKeyHashes: [await sha256('another admin', globalThis.crypto), await sha256(ADMIN, globalThis.crypto)],
    publicUrl: null,
    signedObjects: null,
    configJobs: null,
    createHasher: null,
    ask: null,
    version: '0.0.0-test',
    ...changes,
  };
  const app = createApp(deps);
  const fetch = async (request: Request) => app.fetch(request);
  const call = async (method: string, path: string, options: RequestOptions = {}): Promise<ApiAnswer> => {
    const request = requestFor(method, path, options);
    const response = await fetch(request);
    const text = await response.text();
    assertMatchesOpenApi(deps, { method, path }, response, text);
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
  return { deps, tenants, usage, runs, artifacts, queue, logs, time, fetch, call };
}

export function requestFor(method: string, path: string, { key = ADMIN, headers = {}, body }: RequestOptions): Request {
  const all = new Headers(headers);
  if (key !== null && !all.has('X-API-Key')) all.set('X-API-Key', key);
  const raw = typeof body === 'string' || body instanceof Uint8Array || body === undefined;
  const sent = raw ? (body as string | undefined) : JSON.stringify(body);
  return new Request(`http://relay.test${path}`, {
    method,
    headers: all,
    ...(sent === undefined ? {} : { body: sent }),
  });
}

/** A valid config of the tenant; `vendor` changes its first vendor. */
export function configOf(tenantId: string, vendor: Record<string, unknown> = {}) {
  return {
    tenant_id: tenantId,
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [
      { vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' }, ...vendor },
      {
        vendor_id: 'bolt',
        inbound: { type: 's3', s3_prefix: `tenants/${tenantId}/in/bolt` },
        parser: { format: 'csv' },
      },
    ],
    pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00', map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'quantity_available', 'price'] },
  };
}

/** Creates a tenant and returns a key of it. */
export async function addTenant(api: Api, tenantId: string): Promise<string> {
  await api.call('POST', '/v1/tenants', { body: configOf(tenantId) });
  return (await api.call('POST', `/v1/tenants/${tenantId}/keys`)).json.key;
}

export async function addRun(api: Api, tenantId: string): Promise<string> {
  return (await api.call('POST', '/v1/runs', { body: { tenant_id: tenantId, run_type: 'inventory_sync' } })).json
    .run_id;
}

/** Undefined if it is not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
