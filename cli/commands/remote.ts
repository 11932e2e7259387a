/** `relay push` and `relay pull`: sends a config to the service, and gets it back. */
import fs from 'node:fs';
import { createClient, RelayApiError } from '../../api/client.ts';
import { NO_ADDRESS } from '../../api/http/unmatched.ts';
import { ConfigInvalid } from '../../core/config/invalid.ts';
import { configAt, configList } from '../../core/config/raw.ts';
import { ID_PATTERN } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { readRawConfig } from '../config-file.ts';
import { printJson } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import { PULL, PUSH } from '../manual/config-commands.ts';
import { readBaseSettings } from '../settings.ts';
import { readArgs, UsageError } from '../usage.ts';

/** How long the service may take to answer. */
const ANSWER_MS = 60_000;

export async function push(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, PUSH.options);
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError('relay push takes one config file');
  const client = clientFor(values.url, io);
  const { config, moved } = forService(await readRawConfig(file, readBaseSettings(io.env)));
  const tenant_id = configAt(config, 'tenant_id');
  if (typeof tenant_id !== 'string' || !ID_PATTERN.test(tenant_id))
    throw new RelayError('CONFIG_INVALID', `${file} has no valid tenant_id`);
  const body = config as never;
  const headers = { 'if-match': values['if-match'], 'if-simulated': values['if-simulated'] };
  const { config_version } = await asked(file, () =>
    values.create
      ? client('POST /v1/tenants', { body, signal: AbortSignal.timeout(ANSWER_MS) })
      : client('PUT /v1/tenants/:tenant_id/config', {
          params: { tenant_id },
          headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
          body,
          signal: AbortSignal.timeout(ANSWER_MS),
        }),
  ).catch((error) => {
    const isNew = !values.create && error instanceof RelayError && error.code === 'NOT_FOUND';
    throw isNew ? new RelayError('NOT_FOUND', `${error.message}; --create creates it, with an admin key`) : error;
  });
  if (values.json) printJson(io, { tenant_id, config_version, inbound_moved: moved });
  else {
    io.stdout(`${printable(file)} is version ${config_version} of the config of tenant ${tenant_id}\n`);
    for (const id of moved) io.stdout(`  ${id}: its feeds are now read from tenants/${tenant_id}/inbound/${id}/\n`);
  }
  return EXIT.ok;
}

export async function pull(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, PULL.options);
  const [tenant_id] = positionals;
  if (tenant_id === undefined || positionals.length > 1) throw new UsageError('relay pull takes one tenant');
  const { version, out } = values;
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) throw new UsageError('--version takes a whole number');
  if (out !== undefined && fs.existsSync(out)) throw new UsageError(`${out} is there already; name another file`);
  const client = clientFor(values.url, io);
  const config = await asked(tenant_id, () =>
    client('GET /v1/tenants/:tenant_id/config', {
      params: { tenant_id },
      query: version === undefined ? {} : { version },
      signal: AbortSignal.timeout(ANSWER_MS),
    }),
  );
  if (out !== undefined) {
    // a config file whose name ends in .json is read as JSON
    const text = out.endsWith('.json') ? `${JSON.stringify(config, null, 2)}\n` : await yamlOf(config);
    attempt(`write ${out}`, () => fs.writeFileSync(out, text, { flag: 'wx' }));
  }
  if (values.json) printJson(io, { tenant_id, config });
  else if (out === undefined) io.stdout(await yamlOf(config));
  else io.stdout(`${printable(out)} has the config of tenant ${tenant_id}\n`);
  return EXIT.ok;
}

async function yamlOf(config: unknown): Promise<string> {
  const { Document } = await import('yaml');
  return new Document(config).toString({ lineWidth: 0, indentSeq: true });
}

function clientFor(url: string | undefined, { env }: Io) {
  if (url === undefined) throw new UsageError('--url URL is missing');
  if (!/^https?:\/\/\S+$/.test(url))
    throw new UsageError(`--url "${url}" is not an address such as https://relay.example`);
  const key = env.RELAY_API_KEY ?? '';
  if (key === '')
    throw new UsageError('the environment variable RELAY_API_KEY, with the key for the service, is not set');
  return createClient({ url, key });
}

/** Removes local folders from the config: the service has its own place for feeds. */
function forService(raw: unknown): { config: unknown; moved: string[] } {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { config: raw, moved: [] };
  const moved: string[] = [];
  const vendors = configList(raw, 'vendors').map((vendor) => {
    if (configAt(vendor, 'inbound', 'type') !== 'local') return vendor;
    moved.push(String(configAt(vendor, 'vendor_id')));
    return { ...(vendor as object), inbound: { ...(configAt(vendor, 'inbound') as object), type: 's3' } };
  });
  return { config: configAt(raw, 'vendors') === undefined ? raw : { ...raw, vendors }, moved };
}

/** Reports a refusal of the service like a finding of the command line. */
async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RelayApiError) {
      const { code, issues } = error;
      if (code === 'CONFIG_INVALID' && issues !== undefined && issues.length > 0) throw new ConfigInvalid(what, issues);
      if (error.message === NO_ADDRESS)
        throw new RelayError('SERVICE_UNREACHABLE', `${NO_ADDRESS}; --url takes that of the service, without a path`, {
          cause: error,
        });
      throw new RelayError(code ?? 'SERVICE_UNREACHABLE', error.message, { cause: error });
    }
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new RelayError('SERVICE_UNREACHABLE', `the service does not answer: ${why}`, { cause: error });
  }
}
