/** The manual of the commands that try, make and move tenant configs. */
import { type CommandEntry, JSON_OUTPUT } from './command.ts';
import * as values from './values.ts';

export const SIMULATE = {
  name: 'simulate',
  summary: 'try a config or new plugins on past runs',
  usage: '--config FILE --against OUT [options]',
  text: [
    'Runs a config on the inputs of past runs, at their clocks, and compares the feeds with what those runs wrote. Nothing is published, and nothing in OUT changes.',
    'OUT is a folder that "relay run --out" wrote to. The feed of the past run counts as the published one, so that holds and guardrails judge what the config alone changes.',
  ],
  arguments: [],
  options: {
    config: { value: 'FILE', text: 'the config to try (required)', complete: 'file' },
    against: { value: 'OUT', text: 'the folder with the past runs (required)', complete: 'folder' },
    runs: { value: 'N', text: 'how many runs that succeeded, the newest first; 1 to 10', default: '1' },
    plugins: {
      value: 'LIST',
      text: 'a list of plugin packages to try',
      default: 'RELAY_PLUGINS_FILE',
      complete: 'file',
    },
    json: JSON_OUTPUT,
  },
  exits: {
    0: 'each run would succeed',
    2: 'wrong use, or the config is not valid',
    3: 'a run would fail, or a file cannot be read',
  },
  examples: ['relay simulate --config dearer.yaml --against out --runs 5'],
} as const satisfies CommandEntry;

export const INIT = {
  name: 'init',
  summary: 'make a config from a folder of raw feeds',
  usage: 'DIR [options]',
  text: [
    'Looks at the newest feed in each folder of DIR (DIR/<vendor>/), and at feeds that lie in DIR itself, as "relay suggest" does, and writes a config that runs on them: how each feed is read, with comments that say why, and the expectations that the first merged feed meets.',
    'On a terminal it asks at most one question for each vendor; in a pipe it asks none. Other questions are comments in the config. A feed that cannot be read is left out and named, and so is one with another currency than most.',
  ],
  arguments: [{ name: 'DIR', complete: 'folder' }],
  options: {
    config: {
      value: 'FILE',
      text: 'the config to write; the file must not exist',
      default: 'tenant.yaml',
      complete: 'file',
    },
    tenant: { value: 'ID', text: 'the tenant', default: 'shop' },
    currency: {
      value: 'CODE',
      text: 'the currency of all amounts',
      default: 'what the feeds name, or USD',
      complete: values.currencies,
    },
    timezone: { value: 'ZONE', text: 'the time zone of the tenant', default: 'UTC' },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'the config is written', 2: 'wrong use', 3: 'no feed can be read, or none gives a SKU with a price' },
  examples: ['relay init inbound --config first.yaml --currency EUR'],
} as const satisfies CommandEntry;

const SERVICE_URL = { value: 'URL', text: 'the address of the service (required)' } as const;
const KEY_NOTE = 'The environment variable RELAY_API_KEY holds the key.';

export const PUSH = {
  name: 'push',
  summary: 'send a config to the service',
  usage: 'CONFIG --url URL [options]',
  text: [
    `Sends a config, JSON or YAML, to the service as a new version of its tenant's config. ${KEY_NOTE}`,
    'A vendor with "inbound: { type: local }" gets "type: s3": the service reads its feeds from tenants/<tenant_id>/inbound/<vendor_id>/.',
  ],
  arguments: [{ name: 'CONFIG', complete: 'file' }],
  options: {
    url: SERVICE_URL,
    create: { text: 'creates the tenant; needs an admin key' },
    'if-match': { value: 'VERSION', text: 'only if this version is the newest', default: 'whatever is the newest' },
    'if-simulated': { value: 'ID', text: 'only if this simulation of the config has passed', default: 'none' },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'stored', 2: 'wrong use, or the config is not valid', 3: 'refused, or the service does not answer' },
  examples: ['relay push tenant.yaml --url https://relay.example'],
} as const satisfies CommandEntry;

export const PULL = {
  name: 'pull',
  summary: 'fetch a config from the service',
  usage: 'TENANT --url URL [options]',
  text: [
    `Writes the config of a tenant as YAML, or as JSON to a FILE that ends in .json. ${KEY_NOTE} The service keeps no comments.`,
  ],
  arguments: [{ name: 'TENANT' }],
  options: {
    url: SERVICE_URL,
    out: {
      value: 'FILE',
      text: 'the file to write; it must not exist',
      default: 'standard output',
      complete: 'file',
    },
    version: { value: 'N', text: 'an earlier version', default: 'the newest' },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'fetched', 2: 'wrong use', 3: 'there is no such config, or the service does not answer' },
  examples: ['relay pull northwind --url https://relay.example --out pulled.yaml'],
} as const satisfies CommandEntry;
