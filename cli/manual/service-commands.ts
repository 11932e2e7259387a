/** The manual of the commands that start the service. */
import type { CommandEntry } from './command.ts';

const SERVICE_NOTES = [
  'Settings are environment variables: RELAY_DATA_DIR (.relay), HOST (127.0.0.1), PORT (8080), PUBLIC_URL, API_KEYS and more in docs/CLI.md. Without API_KEYS, the first start creates an admin key and prints it once. With ARTIFACT_BUCKET, RUNS_TABLE, TENANTS_TABLE, SQS_QUEUE_URL and SQS_DLQ_URL, the stores are on AWS, and the API needs API_KEYS.',
  'SIGTERM and Ctrl-C stop the service: runs that cannot finish in WORKER_GRACE_SECONDS go back to the queue.',
] as const;

const SERVICE_EXITS = {
  0: 'it was stopped by a signal',
  2: 'wrong use, or invalid settings',
  3: 'it could not start, such as when the port is taken',
} as const;

const PORT_OPTION = { value: 'N', text: 'the port to listen on', default: 'PORT, else 8080' } as const;
const STARTED = {
  text: 'prints one JSON document on standard output when it has started (with a new admin key), or for an error',
} as const;

export const SERVE = {
  name: 'serve',
  summary: 'start the API and a worker on one machine',
  usage: '[options]',
  text: ['Starts the API and a worker in one process, on files in RELAY_DATA_DIR.'],
  arguments: [],
  options: { port: PORT_OPTION, json: STARTED },
  notes: SERVICE_NOTES,
  exits: SERVICE_EXITS,
  examples: ['relay serve', 'relay serve --port 8090'],
} as const satisfies CommandEntry;

export const API = {
  name: 'api',
  summary: 'start the API alone',
  usage: '[options]',
  text: ['Starts the API alone, on files in RELAY_DATA_DIR.'],
  arguments: [],
  options: { port: PORT_OPTION, json: STARTED },
  notes: SERVICE_NOTES,
  exits: SERVICE_EXITS,
  examples: ['relay api --port 8090'],
} as const satisfies CommandEntry;

export const WORKER = {
  name: 'worker',
  summary: 'start a worker alone',
  usage: '[options]',
  text: ['Starts a worker alone, on files in RELAY_DATA_DIR.'],
  arguments: [],
  options: { json: STARTED },
  notes: SERVICE_NOTES,
  exits: SERVICE_EXITS,
  examples: ['relay worker'],
} as const satisfies CommandEntry;
