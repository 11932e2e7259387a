/** `relay serve`, `relay api` and `relay worker`: the service in one process or several, on a data folder or on AWS. */
import type { Server } from 'node:http';
import { createApp, createProbeApp } from '../../api/app.ts';
import { requireReady } from '../../api/endpoints/readiness.ts';
import { RelayError } from '../../core/errors.ts';
import { runWorker } from '../../worker/loop.ts';
import { EXIT, type Io } from '../io.ts';
import { openService, type Service } from '../service/compose.ts';
import { startHttpServer, stopHttpServer } from '../service/http-server.ts';
import { readServiceSettings, type ServiceSettings } from '../service/settings.ts';
import { readArgs, UsageError } from '../usage.ts';

const SETTINGS_HELP = `Settings are environment variables: RELAY_DATA_DIR (.relay), HOST (127.0.0.1), PORT (8080), PUBLIC_URL, API_KEYS and
more in docs/CLI.md. Without API_KEYS, the first start creates an admin key and prints it once. With ARTIFACT_BUCKET,
RUNS_TABLE, TENANTS_TABLE, SQS_QUEUE_URL and SQS_DLQ_URL, the stores are on AWS, and the API needs API_KEYS.
SIGTERM and Ctrl-C stop the service: runs that cannot finish in WORKER_GRACE_SECONDS go back to the queue.
`;

export const SERVE_HELP = `relay serve [--port N]
Starts the API and a worker in one process, on files in RELAY_DATA_DIR.

${SETTINGS_HELP}`;

export const API_HELP = `relay api [--port N]
Starts the API alone, on files in RELAY_DATA_DIR.

${SETTINGS_HELP}`;

export const WORKER_HELP = `relay worker
Starts a worker alone, on files in RELAY_DATA_DIR.

${SETTINGS_HELP}`;

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
    const server = await listen(service, settings, parts, () => printNewAdminKey(service, io));
    void logReadiness(service);
    if (parts.worker) {
      service.runners.warm();
      await runWorker(service.worker, stop.signal);
    } else await aborted(stop.signal);
    if (server !== null) await stopHttpServer(server, settings.closeSeconds);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    service.runners.close();
    service.stores.close();
  }
  return EXIT.ok;
}

function printNewAdminKey(service: Service, io: Io): void {
  const key = service.acceptOwnKey();
  if (key !== null) io.stdout(`Admin key, shown this once: ${key}\n`);
}

/** Logs stores that cannot be used at the start. The service still runs, and uses them once they work. */
async function logReadiness({ api, log }: Service): Promise<void> {
  try {
    await requireReady(api);
  } catch (error) {
    log.error('not_ready', { error: 'NOT_READY', message: error instanceof Error ? error.message : String(error) });
  }
}

/** The API's server, or that of a worker with WORKER_PORT; null if nothing listens. */
async function listen(
  service: Service,
  settings: ServiceSettings,
  parts: Parts,
  onListening: () => void,
): Promise<Server | null> {
  const { createApp, event, portSetting } = parts.api ? API_SERVER : WORKER_SERVER;
  const { port } = parts.api ? settings : settings.worker;
  if (port === null) return null;
  const { host, requestSeconds } = settings;
  return startHttpServer({
    fetch: createApp(service.api).fetch,
    host,
    port,
    portSetting,
    requestSeconds,
    onListening: (boundPort) => {
      onListening();
      service.log.info(event, { host, port: boundPort });
    },
  });
}

/** `event` is logged when the server listens. */
const API_SERVER = { createApp, event: 'api_started', portSetting: 'PORT or --port' };
const WORKER_SERVER = { createApp: createProbeApp, event: 'worker_listens', portSetting: 'WORKER_PORT' };

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
