/**
 * The API on an edge runtime with Node's modules, such as workerd, with AWS stores. Its `env` has the settings of `relay api`
 * and AWS credentials. Workers run elsewhere.
 */
import { createApp } from '../api/app.ts';
import type { ApiDeps, LogFields } from '../api/deps.ts';
import { sha256 } from '../api/http/secrets.ts';
import { readServiceSettings } from '../cli/service/settings.ts';
import { RelayError } from '../core/errors.ts';
import { Registry } from '../core/registry.ts';
import manifest from '../package.json' with { type: 'json' };
import { BUILTIN_PLUGINS } from '../plugins/index.ts';
import { openAwsStores } from '../stores/aws/index.ts';

/** Environment variables by name. A runtime may add values that are not strings. */
export type EdgeEnv = Readonly<Record<string, unknown>>;

type App = ReturnType<typeof createApp>;

/** One app for each `env` of an isolate, because the app keeps the rate limits. */
const apps = new WeakMap<EdgeEnv, App>();

export default {
  async fetch(request: Request, env: EdgeEnv): Promise<Response> {
    try {
      return await (await appOf(env)).fetch(request);
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      log('error', 'not_started', { error: error.code, message: error.message });
      const body = { error: 'NOT_READY', message: 'the service is not set up; its log says why' };
      return Response.json(body, { status: 503 });
    }
  },
};

/** Two first requests may create two apps: workerd does not let one request wait for another's work. */
async function appOf(env: EdgeEnv): Promise<App> {
  const known = apps.get(env);
  if (known !== undefined) return known;
  const app = await openApp(env);
  if (!apps.has(env)) apps.set(env, app);
  return apps.get(env)!;
}

async function openApp(env: EdgeEnv): Promise<App> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (typeof value === 'string') texts[name] = value;
  const settings = readServiceSettings(texts);
  if (settings.aws === null) throw new RelayError('setting_invalid', 'an edge runtime needs the stores on AWS');
  // an edge runtime has no role or profile to find credentials in
  if (settings.aws.credentials === null) throw new RelayError('setting_invalid', 'AWS_ACCESS_KEY_ID must be set');
  if (settings.adminKeys.length === 0) throw new RelayError('setting_invalid', 'API_KEYS must be set');
  const stores = openAwsStores({
    ...settings.aws,
    clock: { wall: Date.now },
    createId: () => crypto.randomUUID(),
  });
  return createApp({
    ...stores,
    registry: new Registry(BUILTIN_PLUGINS),
    settings: settings.api,
    now: Date.now,
    crypto: crypto as ApiDeps['crypto'],
    log: {
      info: (event, fields) => log('info', event, fields),
      error: (event, fields) => log('error', event, fields),
    },
    // the workers serve their own metrics
    metricsText: () => '',
    adminKeyHashes: await Promise.all(settings.adminKeys.map((key) => sha256(key, crypto))),
    publicUrl: settings.publicUrl,
    signedObjects: null,
    configJobs: null,
    createHasher: null,
    // an edge runtime cannot run the readers of workbooks and archives
    ask: null,
    version: manifest.version,
  });
}

function log(level: string, event: string, fields: LogFields = {}): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }));
}
