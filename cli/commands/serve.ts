/** `relay serve`, `relay api` and `relay worker`: the service in one process or several, on a data folder or on AWS. */
import type { Server } from 'node:http';
import { serve as listen } from '@hono/node-server';
import { createApp, createProbeApp } from '../../api/app.ts';
import { requireReady } from '../../api/endpoints/readiness.ts';
import { RelayError } from '../../core/errors.ts';
import { runWorker } from '../../worker/loop.ts';
import { EXIT, type Io } from '../io.ts';
import { openService, type Service } from '../service/compose.ts';
import { readServiceSettings, type ServiceSettings } from '../service/settings.ts';
import { readArgs, UsageError } from '../usage.ts';

const WHERE = `Settings are environment variables: RELAY_DATA_DIR (.relay), HOST (127.0.0.1), PORT (8080), PUBLIC_URL, API_KEYS and
more in docs/CLI.md. Without API_KEYS an admin key is made at the first start and printed once. With ARTIFACT_BUCKET,
RUNS_TABLE, TENANTS_TABLE, SQS_QUEUE_URL and SQS_DLQ_URL the stores are those on AWS, and the API needs API_KEYS.
SIGTERM and Ctrl-C stop it: runs that cannot finish in WORKER_GRACE_SECONDS are handed back to the queue.
`;

export const SERVE_HELP = `relay serve [--port N]
Starts the API and a worker in one process, on files in RELAY_DATA_DIR.

${WHERE}`;

export const API_HELP = `relay api [--port N]
Starts the API alone, on files in RELAY_DATA_DIR.

${WHERE}`;

export const WORKER_HELP = `relay worker
Starts a worker alone, on files in RELAY_DATA_DIR.

${WHERE}`;

export const serve = (argv: readonly string[], io: Io): Promise<number> => start(argv, io, { api: true, worker: true });
export const api = (argv: readonly string[], io: Io): Promise<number> => start(argv, io, { api: true, worker: false });
export const worker = (argv: readonly string[], io: Io): Promise<number> =>
  start(argv, io, { api: false, worker: true });

interface Parts {
  api: boolean;
  worker: boolean;
}

async function start(argv: readonly string[], io: Io, parts: Parts): Promise<number> {
  const { values, positionals } = readArgs(argv, { port: { type: 'string' } });
  if (positionals.length > 0) throw new UsageError(`unexpected argument "${positionals[0]}"`);
  if (values.port !== undefined && !parts.api) throw new UsageError('a worker has no --port');
  const env = values.port === undefined ? io.env : { ...io.env, PORT: values.port };
  const settings = readServiceSettings(env);
  if (parts.api && settings.aws !== null && settings.adminKeys.length === 0) {
    throw new RelayError('setting_invalid', 'API_KEYS must be set on AWS: the API needs an admin key');
  }
  const service = await openService(settings, io);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const server = await startServer(service, settings, parts, () => sayAdminKey(service, io));
    void logReadiness(service);
    if (parts.worker) await runWorker(service.worker, stop.signal);
    else await aborted(stop.signal);
    if (server !== null) await close(server, settings.closeSeconds);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    service.stores.close();
  }
  return EXIT.ok;
}

function sayAdminKey(service: Service, io: Io): void {
  const key = service.openDoors();
  if (key !== null) io.stdout(`Admin key, shown this once: ${key}\n`);
}

/** What cannot be used goes to the log at the start. The service works on, and with what is put right later. */
async function logReadiness({ api, log }: Service): Promise<void> {
  try {
    await requireReady(api);
  } catch (error) {
    log.error('not_ready', { error: 'NOT_READY', message: error instanceof Error ? error.message : String(error) });
  }
}

/** The API's server, or the small one of a worker that runs apart with `WORKER_PORT` set; null where nothing listens. */
async function startServer(
  service: Service,
  settings: ServiceSettings,
  parts: Parts,
  onOpen: () => void,
): Promise<Server | null> {
  const { port } = parts.api ? settings : settings.worker;
  if (port === null) return null;
  return startListening(service, settings, port, parts.api ? API : PROBE, onOpen);
}

interface Listener {
  create: typeof createApp;
  /** What the log says when it listens. */
  event: string;
  /** What names its port. */
  setting: string;
}

const API: Listener = { create: createApp, event: 'api_started', setting: 'PORT or --port' };
const PROBE: Listener = { create: createProbeApp, event: 'worker_listens', setting: 'WORKER_PORT' };

/** A connection on which nothing moves for so long is closed. */
const IDLE_SECONDS = 120;

/** `onOpen` is called once the port is ours and before a request is answered. */
function startListening(
  service: Service,
  { host, requestSeconds }: ServiceSettings,
  port: number,
  { create, event, setting }: Listener,
  onOpen: () => void,
): Promise<Server> {
  const { fetch } = create(service.api);
  return new Promise((resolve, reject) => {
    // Node would end an upload after five minutes; who sends nothing at all is not waited for so long
    const serverOptions = {
      requestTimeout: requestSeconds * 1000,
      headersTimeout: Math.min(60, requestSeconds) * 1000,
    };
    const server = listen({ fetch, hostname: host, port, serverOptions }, (info) => {
      const opened = server as Server;
      opened.keepAliveTimeout = KEEP_ALIVE_SECONDS * 1000;
      opened.setTimeout(IDLE_SECONDS * 1000);
      try {
        onOpen();
      } catch (error) {
        opened.close();
        return reject(error);
      }
      service.log.info(event, { host, port: info.port });
      resolve(opened);
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? `another process listens there; set ${setting}` : error.message;
      reject(new RelayError('cannot_listen', `cannot listen on ${host}:${port}: ${reason}`));
    });
  });
}

/** Longer than load balancers keep connections: one that is closed on them just then is an error to a client. */
const KEEP_ALIVE_SECONDS = 75;

/** Answers what is under way within a time, takes nothing new. */
function close(server: Server, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), seconds * 1000);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
