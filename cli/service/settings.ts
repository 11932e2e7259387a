/** The settings of `relay serve`, `relay api`, `relay worker` and `relay dlq`. */
import { type ApiSettings, DEFAULT_API_SETTINGS } from '../../api/deps.ts';
import { RelayError } from '../../core/errors.ts';
import { shownAddress } from '../../core/text/shown-address.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import type { Env } from '../colour.ts';
import { type NumberSetting, readNumber } from '../number-setting.ts';
import { BASE_SETTING_NAMES, type BaseSettings, readBaseSettings } from '../settings.ts';
import { AWS_NUMBERS, AWS_SETTING_NAMES, type AwsServiceSettings, readAwsSettings } from './aws-settings.ts';

export interface ServiceSettings extends BaseSettings {
  dataDir: string;
  /** Where the API listens. */
  host: string;
  port: number;
  /** The start of addresses in answers; null takes each request's origin. */
  publicUrl: string | null;
  /** From API_KEYS. An embedded service without any makes one at its first start. */
  adminKeys: string[];
  environment: string;
  cloudWatch: { namespace: string } | null;
  /** Null for the embedded stores. */
  aws: AwsServiceSettings | null;
  api: ApiSettings;
  worker: {
    /** Where a separate worker process answers health checks and scrapers; null if it does not listen. */
    port: number | null;
    maxConcurrency: number;
    poisonMaxReceives: number;
    visibilitySeconds: number;
    heartbeatSeconds: number;
    tenantBackoffSeconds: number;
    outageSecondsMax: number;
    heldSeconds: number;
    heldMax: number;
    receiveRetrySeconds: number;
    graceSeconds: number;
    sweepSeconds: number;
    resendAfterSeconds: number;
    attemptsMax: number;
    /** Bytes of memory that the process of one run may have resident. */
    runMemoryBytes: number;
    /** How long a run may make no progress. */
    runStuckSeconds: number;
    /** How long a run that must stop may take, before its process is killed. */
    runStopSeconds: number;
    /** How long one call to a store may take. */
    storeCallSeconds: number;
  };
  /** How long a question, and one that reads whole feeds, may take a runner process. */
  questions: { seconds: number; bulkSeconds: number };
  /** How long a process for runs may take to start. */
  runnerStartSeconds: number;
  /** Work on large configs, in a runner process: how long it may take, and how much of one tenant may wait; of all, twenty times as much. */
  configs: { seconds: number; waiting: number };
  http: {
    /** How long a request, uploads included, may take to arrive. */
    requestSeconds: number;
    headersSeconds: number;
    /** A connection without traffic is closed after `idleSeconds`, one that has been answered after `keepAliveSeconds`. */
    idleSeconds: number;
    keepAliveSeconds: number;
    /** A body or an answer that stays slower than this for a time is cut off; 0 for no limit. */
    minBytesPerSecond: number;
    slowSeconds: number;
    /** How many requests of a connection may wait, headers a request may have, and pieces of a body may be tiny. */
    requestsWaiting: number;
    /** For how many milliseconds requests are begun in one turn of the event loop. */
    turnMs: number;
    /** How many requests of one key are at work at once. */
    atOnce: number;
    headersMax: number;
    tinyPiecesMax: number;
    /** Null behind trusted proxies, to which all connections belong. */
    newConnections: ConnectionLimits | null;
  };
  /** Runs and their files are removed after so many days; 0 keeps them. */
  retentionDays: number;
  /** Embedded stores: no new work begins with fewer free bytes than this; 0 for no check. */
  minFreeBytes: number;
  /** How long open answers may take when the service stops. */
  closeSeconds: number;
}

export interface ConnectionLimits {
  /** An address, or an IPv6 network, may open `burst` connections at once, and then so many per second. */
  burst: number;
  perSecond: number;
  /** How many connections an address may have open. */
  atOnce: number;
  /** Addresses whose new connections are counted. */
  addressesMax: number;
}

const { quotas, rateBurst, ratePerSecond, uploadSeconds, downloadSeconds, bodyBytesMax, decisionsMax } =
  DEFAULT_API_SETTINGS;
const { questionsAtOnce, questionsWaiting, refusalMs, refusalsWaiting, largeBodies, downloads } = DEFAULT_API_SETTINGS;
const { rateKeysMax, readyTimeoutMs, retryAfterSeconds } = DEFAULT_API_SETTINGS;
/** The longest life of a signed address on AWS. */
const WEEK_SECONDS = 7 * 24 * 3600;

const NUMBERS = {
  port: { name: 'PORT', fallback: 8080, smallest: 0, largest: 65535 },
  rateBurst: { name: 'API_RATE_BURST', fallback: rateBurst, smallest: 1, largest: 1_000_000 },
  proxyHops: { name: 'API_TRUSTED_PROXY_HOPS', fallback: 0, smallest: 0, largest: 10 },
  ratePerSecond: { name: 'API_RATE_PER_SECOND', fallback: ratePerSecond, smallest: 1, largest: 1_000_000 },
  rateKeysMax: { name: 'API_RATE_KEYS', fallback: rateKeysMax, smallest: 100, largest: 10_000_000 },
  refusalMs: { name: 'API_REFUSAL_MS', fallback: refusalMs, smallest: 0, largest: 60_000 },
  refusalsWaiting: { name: 'API_REFUSALS_WAITING', fallback: refusalsWaiting, smallest: 0, largest: 1_000_000 },
  largeWaiting: { name: 'API_LARGE_BODIES_WAITING', fallback: largeBodies.waiting, smallest: 0, largest: 10_000 },
  largeRestFactor: {
    name: 'API_LARGE_BODIES_REST_FACTOR',
    fallback: largeBodies.restFactor,
    smallest: 0,
    largest: 100,
  },
  largeRestMs: { name: 'API_LARGE_BODIES_REST_MS', fallback: largeBodies.restMsMax, smallest: 0, largest: 10_000 },
  downloadsAtOnce: { name: 'API_DOWNLOADS_AT_ONCE', fallback: downloads.atOnce, smallest: 1, largest: 10_000 },
  downloadsWaiting: { name: 'API_DOWNLOADS_WAITING', fallback: downloads.waiting, smallest: 0, largest: 100_000 },
  downloadPlaceSeconds: {
    name: 'API_DOWNLOAD_PLACE_SECONDS',
    fallback: downloads.placeSeconds,
    smallest: 1,
    largest: 3600,
  },
  downloadTurnBytes: {
    name: 'API_DOWNLOAD_TURN_BYTES',
    fallback: downloads.turnBytes,
    smallest: 1 << 14,
    largest: 2 ** 30,
  },
  configSeconds: { name: 'API_CONFIG_SECONDS', fallback: 20, smallest: 1, largest: 3600 },
  configsWaiting: { name: 'API_CONFIGS_WAITING', fallback: 10, smallest: 0, largest: 10_000 },
  readySeconds: { name: 'API_READY_SECONDS', fallback: readyTimeoutMs / 1000, smallest: 1, largest: 60 },
  retryAfterSeconds: { name: 'API_RETRY_AFTER_SECONDS', fallback: retryAfterSeconds, smallest: 1, largest: 3600 },
  idleSeconds: { name: 'API_IDLE_SECONDS', fallback: 120, smallest: 1, largest: 86_400 },
  keepAliveSeconds: { name: 'API_KEEP_ALIVE_SECONDS', fallback: 75, smallest: 1, largest: 3600 },
  uploadSeconds: { name: 'UPLOAD_URL_SECONDS', fallback: uploadSeconds, smallest: 1, largest: WEEK_SECONDS },
  downloadSeconds: { name: 'DOWNLOAD_URL_SECONDS', fallback: downloadSeconds, smallest: 1, largest: WEEK_SECONDS },
  bodyBytesMax: { name: 'LIMIT_BODY_BYTES', fallback: bodyBytesMax, smallest: 1024, largest: 1 << 24 },
  decisionsMax: { name: 'LIMIT_DECISIONS', fallback: decisionsMax, smallest: 1, largest: 10_000_000 },
  questionsAtOnce: { name: 'API_QUESTIONS_AT_ONCE', fallback: questionsAtOnce, smallest: 1, largest: 64 },
  questionsWaiting: { name: 'API_QUESTIONS_WAITING', fallback: questionsWaiting, smallest: 0, largest: 10_000 },
  questionSeconds: { name: 'API_QUESTION_SECONDS', fallback: 60, smallest: 1, largest: 3600 },
  bulkSeconds: { name: 'API_QUESTION_BULK_SECONDS', fallback: 600, smallest: 1, largest: 86_400 },
  storedBytes: { name: 'QUOTA_STORED_BYTES', fallback: quotas.storedBytes, smallest: 1, largest: 2 ** 52 },
  files: { name: 'QUOTA_FILES', fallback: quotas.files, smallest: 1, largest: 1_000_000_000 },
  waitingUploads: { name: 'QUOTA_WAITING_UPLOADS', fallback: quotas.waitingUploads, smallest: 1, largest: 5000 },
  configVersions: { name: 'QUOTA_CONFIG_VERSIONS', fallback: quotas.configVersions, smallest: 1, largest: 1_000_000 },
  keys: { name: 'QUOTA_KEYS', fallback: quotas.keys, smallest: 1, largest: 1000 },
  feedLinks: { name: 'QUOTA_FEED_LINKS', fallback: quotas.feedLinks, smallest: 1, largest: 1000 },
  retentionDays: { name: 'RETENTION_DAYS', fallback: 90, smallest: 0, largest: 36_500 },
  minFreeBytes: { name: 'MIN_FREE_BYTES', fallback: 2 ** 31, smallest: 0, largest: 2 ** 52 },
  minBytesPerSecond: { name: 'API_MIN_BYTES_PER_SECOND', fallback: 1024, smallest: 0, largest: 2 ** 30 },
  slowSeconds: { name: 'API_SLOW_SECONDS', fallback: 60, smallest: 1, largest: 3600 },
  requestsWaiting: { name: 'API_REQUESTS_WAITING', fallback: 16, smallest: 0, largest: 1000 },
  turnMs: { name: 'API_TURN_MS', fallback: 5, smallest: 1, largest: 1000 },
  requestsAtOnce: { name: 'API_REQUESTS_AT_ONCE', fallback: 16, smallest: 1, largest: 100_000 },
  // Node passes over all beyond 2000
  headersMax: { name: 'LIMIT_HEADERS', fallback: 200, smallest: 20, largest: 1000 },
  tinyPiecesMax: { name: 'API_TINY_PIECES', fallback: 2000, smallest: 0, largest: 1_000_000 },
  connectionsBurst: { name: 'API_CONNECTIONS_BURST', fallback: 1000, smallest: 1, largest: 1_000_000 },
  connectionsPerSecond: { name: 'API_CONNECTIONS_PER_SECOND', fallback: 500, smallest: 1, largest: 1_000_000 },
  connectionsAtOnce: { name: 'API_CONNECTIONS_AT_ONCE', fallback: 1000, smallest: 1, largest: 1_000_000 },
  headersSeconds: { name: 'API_HEADERS_SECONDS', fallback: 60, smallest: 1, largest: 3600 },
  maxConcurrency: { name: 'WORKER_MAX_CONCURRENCY', fallback: 1, smallest: 1, largest: 64 },
  poisonMaxReceives: { name: 'WORKER_POISON_MAX_RECEIVES', fallback: 3, smallest: 2, largest: 1000 },
  visibilitySeconds: { name: 'WORKER_VISIBILITY_TIMEOUT_SECONDS', fallback: 300, smallest: 5, largest: 43200 },
  heartbeatSeconds: { name: 'WORKER_VISIBILITY_HEARTBEAT_SECONDS', fallback: 60, smallest: 1, largest: 21600 },
  tenantBackoffSeconds: { name: 'WORKER_TENANT_BACKOFF_SECONDS', fallback: 30, smallest: 1, largest: 43200 },
  outageSecondsMax: { name: 'WORKER_OUTAGE_MAX_SECONDS', fallback: 14_400, smallest: 0, largest: 604_800 },
  heldSeconds: { name: 'WORKER_HELD_SECONDS', fallback: 20, smallest: 1, largest: 900 },
  heldMax: { name: 'WORKER_HELD_MAX', fallback: 100, smallest: 0, largest: 10_000 },
  receiveRetrySeconds: { name: 'WORKER_RECEIVE_RETRY_SECONDS', fallback: 5, smallest: 1, largest: 3600 },
  runnerStartSeconds: { name: 'WORKER_RUN_START_SECONDS', fallback: 120, smallest: 5, largest: 3600 },
  graceSeconds: { name: 'WORKER_GRACE_SECONDS', fallback: 20, smallest: 0, largest: 3600 },
  sweepSeconds: { name: 'WORKER_SWEEP_SECONDS', fallback: 30, smallest: 1, largest: 3600 },
  runMemoryBytes: { name: 'WORKER_RUN_MEMORY_BYTES', fallback: 1 << 30, smallest: 1 << 27, largest: 2 ** 40 },
  runStuckSeconds: { name: 'WORKER_RUN_STUCK_SECONDS', fallback: 300, smallest: 1, largest: 86_400 },
  runStopSeconds: { name: 'WORKER_RUN_STOP_SECONDS', fallback: 3, smallest: 0, largest: 3600 },
  storeCallSeconds: { name: 'STORE_CALL_SECONDS', fallback: 120, smallest: 5, largest: 3600 },
  attemptsMax: { name: 'WORKER_ATTEMPTS_MAX', fallback: 100, smallest: 2, largest: 1_000_000 },
  httpRequestSeconds: { name: 'API_REQUEST_SECONDS', fallback: 21_600, smallest: 1, largest: 86_400 },
  closeSeconds: { name: 'API_GRACE_SECONDS', fallback: 10, smallest: 0, largest: 3600 },
  resendAfterSeconds: { name: 'WORKER_RESEND_AFTER_SECONDS', fallback: 60, smallest: 1, largest: 86400 },
  ...AWS_NUMBERS,
} satisfies Record<string, NumberSetting>;

/** Has rarely changed settings as `NAME=VALUE`, separated by spaces, for deployments without a variable for each. */
export const MORE_SETTINGS = 'MORE_SETTINGS';

/** All settings that only the service reads. */
export const SERVICE_SETTING_NAMES: readonly string[] = [
  ...['RELAY_DATA_DIR', 'HOST', 'PUBLIC_URL', 'API_KEYS', 'ENVIRONMENT'],
  ...['CLOUDWATCH_METRICS_ENABLED', 'CLOUDWATCH_METRICS_NAMESPACE', 'CORS_ORIGINS', 'WORKER_PORT', MORE_SETTINGS],
  ...AWS_SETTING_NAMES,
  ...Object.values(NUMBERS).map((setting) => setting.name),
];

/** Shorter admin keys can be guessed. */
const KEY_CHARS_MIN = 16;

/** Throws `setting_invalid` with every bad setting at once. */
export function readServiceSettings(given: Env): ServiceSettings {
  const problems: string[] = [];
  const env = withMoreSettings(given, problems);
  const base = collectProblems(problems, () => readBaseSettings(env));
  const number = (setting: NumberSetting) => readNumber(env, setting, problems);
  const worker = {
    maxConcurrency: number(NUMBERS.maxConcurrency),
    poisonMaxReceives: number(NUMBERS.poisonMaxReceives),
    visibilitySeconds: number(NUMBERS.visibilitySeconds),
    heartbeatSeconds: number(NUMBERS.heartbeatSeconds),
    tenantBackoffSeconds: number(NUMBERS.tenantBackoffSeconds),
    outageSecondsMax: number(NUMBERS.outageSecondsMax),
    heldSeconds: number(NUMBERS.heldSeconds),
    heldMax: number(NUMBERS.heldMax),
    receiveRetrySeconds: number(NUMBERS.receiveRetrySeconds),
    graceSeconds: number(NUMBERS.graceSeconds),
    sweepSeconds: number(NUMBERS.sweepSeconds),
    resendAfterSeconds: number(NUMBERS.resendAfterSeconds),
    attemptsMax: number(NUMBERS.attemptsMax),
    runMemoryBytes: number(NUMBERS.runMemoryBytes),
    runStuckSeconds: number(NUMBERS.runStuckSeconds),
    runStopSeconds: number(NUMBERS.runStopSeconds),
    storeCallSeconds: number(NUMBERS.storeCallSeconds),
    port: env.WORKER_PORT ? number({ ...NUMBERS.port, name: 'WORKER_PORT' }) : null,
  };
  const api = {
    ...DEFAULT_API_SETTINGS,
    ...(base === null
      ? {}
      : {
          configBytesMax: base.configBytesMax,
          bodyDepthMax: base.configDepthMax,
          vendorsMax: base.vendorsMax,
          extraColumnsMax: base.extraColumnsMax,
          problemsMax: base.problemsMax,
        }),
    rateBurst: number(NUMBERS.rateBurst),
    ratePerSecond: number(NUMBERS.ratePerSecond),
    proxyHops: number(NUMBERS.proxyHops),
    rateKeysMax: number(NUMBERS.rateKeysMax),
    refusalMs: number(NUMBERS.refusalMs),
    refusalsWaiting: number(NUMBERS.refusalsWaiting),
    largeBodies: {
      waiting: number(NUMBERS.largeWaiting),
      restFactor: number(NUMBERS.largeRestFactor),
      restMsMax: number(NUMBERS.largeRestMs),
    },
    downloads: {
      atOnce: number(NUMBERS.downloadsAtOnce),
      waiting: number(NUMBERS.downloadsWaiting),
      placeSeconds: number(NUMBERS.downloadPlaceSeconds),
      turnBytes: number(NUMBERS.downloadTurnBytes),
    },
    readyTimeoutMs: number(NUMBERS.readySeconds) * 1000,
    retryAfterSeconds: number(NUMBERS.retryAfterSeconds),
    uploadSeconds: number(NUMBERS.uploadSeconds),
    downloadSeconds: number(NUMBERS.downloadSeconds),
    bodyBytesMax: number(NUMBERS.bodyBytesMax),
    decisionsMax: number(NUMBERS.decisionsMax),
    questionsAtOnce: number(NUMBERS.questionsAtOnce),
    questionsWaiting: number(NUMBERS.questionsWaiting),
    quotas: {
      storedBytes: number(NUMBERS.storedBytes),
      files: number(NUMBERS.files),
      waitingUploads: number(NUMBERS.waitingUploads),
      configVersions: number(NUMBERS.configVersions),
      keys: number(NUMBERS.keys),
      feedLinks: number(NUMBERS.feedLinks),
    },
    corsOrigins: readOrigins(env.CORS_ORIGINS, problems),
  };
  if (worker.heartbeatSeconds * 2 > worker.visibilitySeconds) {
    problems.push('WORKER_VISIBILITY_HEARTBEAT_SECONDS must be at most half of WORKER_VISIBILITY_TIMEOUT_SECONDS');
  }
  const port = number(NUMBERS.port);
  const newConnections = {
    burst: number(NUMBERS.connectionsBurst),
    perSecond: number(NUMBERS.connectionsPerSecond),
    atOnce: number(NUMBERS.connectionsAtOnce),
    addressesMax: api.rateKeysMax,
  };
  const http = {
    requestSeconds: number(NUMBERS.httpRequestSeconds),
    headersSeconds: number(NUMBERS.headersSeconds),
    idleSeconds: number(NUMBERS.idleSeconds),
    keepAliveSeconds: number(NUMBERS.keepAliveSeconds),
    minBytesPerSecond: number(NUMBERS.minBytesPerSecond),
    slowSeconds: number(NUMBERS.slowSeconds),
    requestsWaiting: number(NUMBERS.requestsWaiting),
    turnMs: number(NUMBERS.turnMs),
    atOnce: number(NUMBERS.requestsAtOnce),
    headersMax: number(NUMBERS.headersMax),
    tinyPiecesMax: number(NUMBERS.tinyPiecesMax),
    newConnections: api.proxyHops > 0 ? null : newConnections,
  };
  const questions = { seconds: number(NUMBERS.questionSeconds), bulkSeconds: number(NUMBERS.bulkSeconds) };
  const configs = { seconds: number(NUMBERS.configSeconds), waiting: number(NUMBERS.configsWaiting) };
  const runnerStartSeconds = number(NUMBERS.runnerStartSeconds);
  const retentionDays = number(NUMBERS.retentionDays);
  const minFreeBytes = number(NUMBERS.minFreeBytes);
  const closeSeconds = number(NUMBERS.closeSeconds);
  const publicUrl = readUrl(env.PUBLIC_URL, problems);
  const adminKeys = splitList(env.API_KEYS);
  if (adminKeys.some((key) => key.length < KEY_CHARS_MIN)) {
    problems.push(`each of API_KEYS must have at least ${KEY_CHARS_MIN} characters`);
  }
  const enabled = readBoolean('CLOUDWATCH_METRICS_ENABLED', env.CLOUDWATCH_METRICS_ENABLED, problems);
  const connection = {
    attempts: number(NUMBERS.attempts),
    connectSeconds: number(NUMBERS.connectSeconds),
    requestSeconds: number(NUMBERS.requestSeconds),
  };
  const aws = readAwsSettings(env, connection, problems);
  if (problems.length > 0 || base === null) throw new RelayError('setting_invalid', problems.join('; '));
  return {
    ...base,
    dataDir: env.RELAY_DATA_DIR || '.relay',
    host: env.HOST || '127.0.0.1',
    port,
    publicUrl,
    adminKeys,
    environment: env.ENVIRONMENT || 'unknown',
    cloudWatch: enabled ? { namespace: env.CLOUDWATCH_METRICS_NAMESPACE || 'RelayInventory' } : null,
    aws,
    api,
    worker,
    questions,
    runnerStartSeconds,
    configs,
    http,
    retentionDays,
    minFreeBytes,
    closeSeconds,
  };
}

function withMoreSettings(env: Env, problems: string[]): Env {
  const all: Record<string, string | undefined> = { ...env };
  const known = [...BASE_SETTING_NAMES, ...SERVICE_SETTING_NAMES].filter((name) => name !== MORE_SETTINGS);
  for (const part of (env[MORE_SETTINGS] ?? '').split(/\s/).filter((text) => text !== '')) {
    const name = part.slice(0, Math.max(0, part.indexOf('=')));
    if (!known.includes(name)) {
      problems.push(
        `${MORE_SETTINGS} has NAME=VALUE with spaces between, and "${name || part}" is no setting${didYouMean(name || part, known)}`,
      );
    } else if (all[name]) problems.push(`${name} is set twice, by a variable or in ${MORE_SETTINGS}`);
    else all[name] = part.slice(name.length + 1);
  }
  return all;
}

function collectProblems<T>(problems: string[], read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    problems.push(error.message);
    return null;
  }
}

function readUrl(text: string | undefined, problems: string[]): string | null {
  if (text === undefined || text === '') return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url !== null && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (plain && /^https?:\/\//.test(text)) return text.replace(/\/+$/, '');
  // an address with a password is not printed
  const given = url?.username || url?.password ? '' : `, not "${text}"`;
  problems.push(`PUBLIC_URL must be an http or https address without user, query and fragment${given}`);
  return null;
}

/** Origins as browsers send them: scheme, host and port, no path. `*` is refused: it would open the API to every page. */
function readOrigins(text: string | undefined, problems: string[]): string[] {
  const origins = splitList(text);
  for (const origin of origins) {
    if (URL.canParse(origin) && /^https?:\/\//.test(origin) && new URL(origin).origin === origin) continue;
    problems.push(
      `CORS_ORIGINS must be origins such as https://shop.example with commas between, not "${shownAddress(origin)}"`,
    );
  }
  return origins;
}

function splitList(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
}

function readBoolean(name: string, text: string | undefined, problems: string[]): boolean {
  if (text === undefined || text === '' || text === 'false') return false;
  if (text !== 'true') problems.push(`${name} must be true or false, not "${text}"`);
  return text === 'true';
}
