/** What the API needs. Everything outside the API is passed in, so that it runs on Node and on edge runtimes. */
import type { Hasher } from '../core/ports/engine.ts';
import type { JobQueue } from '../core/ports/service/jobs.ts';
import type { ArtifactStore } from '../core/ports/service/objects.ts';
import type { RunStore } from '../core/ports/service/runs.ts';
import type { TenantStore } from '../core/ports/service/tenants.ts';
import type { UsageStore } from '../core/ports/service/upkeep.ts';
import type { Registry } from '../core/registry.ts';
import type { ConfigJobs } from './config/jobs.ts';
import type { AskQuestion } from './questions/questions.ts';

/** What each tenant may have. */
export interface TenantQuotas {
  /** Bytes of its uploads and of its runs' artifacts. */
  storedBytes: number;
  /** Uploaded files that were not removed. */
  files: number;
  /** Upload addresses that were given out and are not used yet. */
  waitingUploads: number;
  configVersions: number;
  /** API keys that are not revoked. */
  keys: number;
  /** Addresses of its feed that are not revoked. */
  feedLinks: number;
}

export interface LargeBodySettings {
  /** Large bodies of one tenant or admin key that may wait; of all, ten times as many. */
  waiting: number;
  /** After a large body, and between long lists of one tenant, the next one waits this many times as long as it took, at most `restMsMax`. */
  restFactor: number;
  restMsMax: number;
}

export interface DownloadSettings {
  /** Downloads of one key, feed link, or tenant's signed addresses that are sent at the same time, and how many more may wait. */
  atOnce: number;
  waiting: number;
  /** After so many seconds a download no longer counts as one of these, so that slow readers keep nobody waiting. */
  placeSeconds: number;
  /** Bytes of all downloads that are passed on in one turn of the event loop. */
  turnBytes: number;
}

export interface ApiSettings {
  quotas: TenantQuotas;
  /** Bytes of a tenant config in JSON. */
  configBytesMax: number;
  /** Bytes of any other request body. */
  bodyBytesMax: number;
  /** Levels of lists and objects in a request body. */
  bodyDepthMax: number;
  /** Work on configs longer than this goes to `configJobs`. */
  configCharsHere: number;
  vendorsMax: number;
  extraColumnsMax: number;
  /** SKUs with a decision that a tenant may have. */
  decisionsMax: number;
  /** Problems of a config or request that an answer lists. */
  problemsMax: number;
  /** The requests that a tenant or an admin key may send at once, and how many more it may send per second. */
  rateBurst: number;
  ratePerSecond: number;
  /** How long a request beyond the rate waits for its refusal; while so many wait, more are refused at once. */
  refusalMs: number;
  refusalsWaiting: number;
  /** The turns of large bodies: see `LargeBodies`. */
  largeBodies: LargeBodySettings;
  /** The places and turns of downloads: see `Downloads`. */
  downloads: DownloadSettings;
  /** Proxies in front of the API, each of which adds an address to `X-Forwarded-For`. */
  proxyHops: number;
  /** Tenants and keys whose requests are counted; the least recently seen is forgotten first. */
  rateKeysMax: number;
  uploadSeconds: number;
  downloadSeconds: number;
  idempotencySeconds: number;
  /** Entries on a page of a list: the default, and the maximum. */
  pageDefault: number;
  pageMax: number;
  /** A page of runs ends after about this many bytes. */
  runsPageBytes: number;
  /** A page of `errors.json` ends after this many bytes; one entry may have `errorEntryBytesMax`. */
  errorsPageBytes: number;
  /** A page with filters ends after it has looked through this many bytes. */
  errorsScanBytes: number;
  errorEntryBytesMax: number;
  /** Questions of each of the two kinds that are worked on at the same time, each for another tenant. */
  questionsAtOnce: number;
  /** Questions of one tenant that may wait; of all tenants, ten times as many. */
  questionsWaiting: number;
  /** How long one store may take to answer a readiness check. */
  readyTimeoutMs: number;
  /** The `Retry-After` of answers while a store cannot be reached. */
  retryAfterSeconds: number;
  /** Origins whose pages may call the API from a browser. */
  corsOrigins: readonly string[];
}

export const DEFAULT_API_SETTINGS: ApiSettings = {
  // 90 days of retention × 24 runs a day × about 1.5 GB (20 feeds of 50 MB, and artifacts) are 3.2 TB; configs that change hourly
  // have 2160 versions in that time
  quotas: {
    storedBytes: 4 * 2 ** 40,
    files: 100_000,
    waitingUploads: 200,
    configVersions: 10_000,
    keys: 50,
    feedLinks: 50,
  },
  configBytesMax: 256 * 1024,
  bodyBytesMax: 64 * 1024,
  bodyDepthMax: 64,
  configCharsHere: 16 * 1024,
  vendorsMax: 100,
  extraColumnsMax: 20,
  decisionsMax: 1_000_000,
  problemsMax: 100,
  rateBurst: 200,
  ratePerSecond: 100,
  refusalMs: 200,
  refusalsWaiting: 1000,
  largeBodies: { waiting: 20, restFactor: 3, restMsMax: 100 },
  downloads: { atOnce: 16, waiting: 100, placeSeconds: 10, turnBytes: 1 << 20 },
  proxyHops: 0,
  rateKeysMax: 10_000,
  // 1 GB at 1 Mbit/s takes 8000 s
  uploadSeconds: 14_400,
  downloadSeconds: 900,
  idempotencySeconds: 24 * 3600,
  pageDefault: 50,
  pageMax: 200,
  runsPageBytes: 1 << 19,
  errorsPageBytes: 1 << 20,
  errorsScanBytes: 1 << 24,
  errorEntryBytesMax: 1 << 24,
  questionsAtOnce: 2,
  questionsWaiting: 20,
  readyTimeoutMs: 5_000,
  retryAfterSeconds: 5,
  corsOrigins: [],
};

export interface LogFields {
  [name: string]: string | number | boolean | null | undefined;
}

/** Writes one JSON line per call. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Answers a download of a tenant's bytes when its turn comes. */
export type DownloadTurn = (tenantId: string, answer: () => Promise<Response>) => Promise<Response>;

/** Serves signed addresses, for object stores without a server of their own. */
export interface SignedObjectHandler {
  /** Starts with `/`. Every path below it goes to `fetch`. */
  basePath: string;
  /** Checks the signature: the address itself is the credential. A read of an object is answered by `inTurn`, if it is given. */
  fetch(request: Request, inTurn?: DownloadTurn): Response | Promise<Response>;
}

export interface ApiDeps {
  tenants: TenantStore;
  runs: RunStore;
  artifacts: ArtifactStore;
  usage: UsageStore;
  /** Throws `disk_nearly_full` if no new work should begin. Absent if the stores have no disk of their own. */
  requireRoom?: () => Promise<void>;
  queue: Pick<JobQueue, 'send' | 'check'>;
  registry: Registry;
  settings: ApiSettings;
  /** Milliseconds since 1970. */
  now(): number;
  /** Random bytes and SHA-256. */
  crypto: Pick<Crypto, 'getRandomValues' | 'subtle'>;
  log: Logger;
  /** SHA-256 of a stream, which `crypto` lacks; if null, a feed is hashed in memory. */
  createHasher: (() => Hasher) | null;
  /** All metrics in the text format of Prometheus. */
  metricsText(): string | Promise<string>;
  /** SHA-256 of each admin key, in lower-case hexadecimal. */
  adminKeyHashes: readonly string[];
  /** The start of addresses in answers; null takes the origin of each request. */
  publicUrl: string | null;
  signedObjects: SignedObjectHandler | null;
  /** Does the work on large configs in another process; if null, it is done in this one. */
  configJobs: ConfigJobs | null;
  /** Answers questions in another process; null if the engine does not run here, so that nothing can be explained. */
  ask: AskQuestion | null;
  version: string;
}
