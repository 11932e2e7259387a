/** `relay serve`, `relay api` and `relay worker`: the service in one process or several, on a data folder or on AWS. */
import type { Server } from 'node:http';
import { createApp, createProbeApp } from '../../api/app.ts';
import { requireReady } from '../../api/endpoints/service/readiness.ts';
import { RelayError } from '../../core/errors.ts';
import { runWorker } from '../../worker/loop.ts';
import { printJson } from '../failure.ts';
import { type Command, EXIT, type Io } from '../io.ts';
import { API, SERVE, WORKER } from '../manual/service-commands.ts';
import { openService, type Service } from '../service/compose.ts';
import { startHttpServer, stopHttpServer } from '../service/http-server.ts';
import { readServiceSettings, type ServiceSettings } from '../service/settings.ts';
import { readArgs, refuseExtra, UsageError } from '../usage.ts';

export const serve: Command = (argv, io) => start(readArgs(argv, SERVE.options), io, { api: true, worker: true });
export const api: Command = (argv, io) => start(readArgs(argv, API.options), io, { api: true, worker: false });
export const worker: Command = (argv, io) => start(readArgs(argv, WORKER.options), io, { api: false, worker: true });

interface ServeArguments {
  values: { port?: string | undefined; json: boolean };
  positionals: readonly string[];
}

interface ServiceParts {
  api: boolean;
  worker: boolean;
}

async function start({ values, positionals }: ServeArguments, io: Io, parts: ServiceParts): Promise<number> {
  refuseExtra(positionals);
  const env = values.port === undefined ? io.env : { ...io.env, PORT: values.port };
  const settings = readServiceSettings(env);
  if (parts.api && settings.aws !== null && settings.adminKeys.length === 0) {
    throw new RelayError('setting_invalid', 'API_KEYS must be set on AWS: the API needs an admin key');
  }
  if (values.json && settings.cloudWatch !== null) {
    throw new UsageError('--json and CLOUDWATCH_METRICS_ENABLED exclude each other: metrics go to standard output too');
  }
  const service = await openService(settings, io);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const started = startReport(service, io, values.json);
    const server = await listen(service, settings, parts, started);
    if (server === null && values.json) started(null);
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

/** Prints the new admin key, or with `--json` one document about the started service. */
function startReport(service: Service, io: Io, json: boolean): (port: number | null) => void {
  return (port) => {
    const key = port === null ? null : service.acceptOwnKey();
    if (json) printJson(io, { status: 'started', process_id: process.pid, port, admin_key: key });
    else if (key !== null) io.stdout(`Admin key, shown this once: ${key}\n`);
  };
}

/** Logs stores that do not work at the start. The service runs all the same, and uses them once they work. */
async function logReadiness({ api, log }: Service): Promise<void> {
  try {
    await requireReady(api);
  } catch (error) {
    log.error('not_ready', { error: 'NOT_READY', message: error instanceof Error ? error.message : String(error) });
  }
}

/** The server of the API, or of a worker with WORKER_PORT; null if there is none. */
async function listen(
  service: Service,
  settings: ServiceSettings,
  parts: ServiceParts,
  onListening: (port: number) => void,
): Promise<Server | null> {
  const { createApp, event, portSetting } = parts.api ? API_SERVER : WORKER_SERVER;
  const { port } = parts.api ? settings : settings.worker;
  if (port === null) return null;
  const { host, http } = settings;
  return startHttpServer({
    fetch: createApp(service.api).fetch,
    host,
    port,
    portSetting,
    http,
    onListening: (boundPort) => {
      onListening(boundPort);
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
