/** What the API is made of. Everything that touches the world is handed in, so that it runs on Node and on an edge runtime. */
import type { ArtifactStore, JobQueue, RunStore, TenantStore } from '../core/ports/service.ts';
import type { Registry } from '../core/registry.ts';

export interface ApiSettings {
  /** Bytes of a tenant config as JSON. */
  configBytesMax: number;
  /** Bytes of any other request body. */
  bodyBytesMax: number;
  /** Levels of lists and objects in a request body. */
  bodyDepthMax: number;
  vendorsMax: number;
  /** API keys of a tenant that are not revoked. */
  tenantKeysMax: number;
  /** Requests of one key at once, and how many it gets back in a second. */
  rateBurst: number;
  ratePerSecond: number;
  /** Keys whose requests are counted; the one that was not seen for longest is forgotten. */
  rateKeysMax: number;
  uploadSeconds: number;
  downloadSeconds: number;
  idempotencySeconds: number;
  /** Entries on a page of a list unless the request says so, and at the most. */
  pageDefault: number;
  pageMax: number;
  /** Bytes after which a page of `errors.json` is full, and of one entry. */
  errorsPageBytes: number;
  errorEntryBytesMax: number;
  /** How long one store may take to say that it is well. */
  readyTimeoutMs: number;
  /** What `Retry-After` says when a store cannot be reached. */
  retryAfterSeconds: number;
  /** Origins whose pages may call the API from a browser; none unless set. */
  corsOrigins: readonly string[];
}

export const DEFAULT_API_SETTINGS: ApiSettings = {
  configBytesMax: 256 * 1024,
  bodyBytesMax: 64 * 1024,
  bodyDepthMax: 64,
  vendorsMax: 100,
  tenantKeysMax: 50,
  rateBurst: 200,
  ratePerSecond: 100,
  rateKeysMax: 10_000,
  uploadSeconds: 900,
  downloadSeconds: 900,
  idempotencySeconds: 24 * 3600,
  pageDefault: 50,
  pageMax: 200,
  errorsPageBytes: 1 << 20,
  errorEntryBytesMax: 1 << 24,
  readyTimeoutMs: 5_000,
  retryAfterSeconds: 5,
  corsOrigins: [],
};

export interface LogFields {
  [name: string]: string | number | boolean | null | undefined;
}

/** One JSON line a call. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Reads and writes objects behind signed addresses, where the object store has no server of its own. */
export interface SignedObjects {
  /** Starts with `/`; every path below it is handed over. */
  basePath: string;
  /** Checks the signature; whoever holds a good address needs no key. */
  fetch(request: Request): Response | Promise<Response>;
}

export interface ApiDeps {
  tenants: TenantStore;
  runs: RunStore;
  artifacts: ArtifactStore;
  queue: Pick<JobQueue, 'send' | 'check'>;
  registry: Registry;
  settings: ApiSettings;
  /** Milliseconds since 1970. */
  now(): number;
  /** Randomness and SHA-256, as on the web. */
  crypto: Pick<Crypto, 'getRandomValues' | 'subtle'>;
  log: Logger;
  /** All metrics as text for scrapers. */
  metricsText(): string | Promise<string>;
  /** SHA-256 of each admin key, in lower-case hexadecimal. */
  adminKeyHashes: readonly string[];
  /** What addresses in answers begin with; null takes the origin of each request. */
  publicUrl: string | null;
  signedObjects: SignedObjects | null;
  version: string;
}
