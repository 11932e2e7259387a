/** The commands that look after a service's stores: `dlq` and `prune`. */
import { type CommandEntry, JSON_OUTPUT } from './command.ts';

/** Dead letters listed: the default, and the maximum. */
export const LETTERS_DEFAULT = 100;
export const LETTERS_MAX = 1000;

const DLQ_EXITS = {
  0: 'done',
  2: 'wrong use, or invalid settings',
  3: 'there is no such letter or no service in the data folder, or the letter cannot be replayed or deleted now',
} as const;
const DLQ_NOTES = [
  'Dead letters are jobs that were delivered too often without success, and messages that are not jobs. Set RELAY_DATA_DIR or the settings of the stores on AWS, as for the service.',
] as const;
const LETTER_ID = { name: 'ID' } as const;

export const DLQ_LIST = {
  name: 'dlq list',
  summary: 'list dead letters',
  usage: '[options]',
  text: ['Lists dead letters, oldest first.'],
  arguments: [],
  options: {
    limit: { value: 'N', text: `how many are listed, at most ${LETTERS_MAX}`, default: `${LETTERS_DEFAULT}` },
    json: JSON_OUTPUT,
  },
  notes: DLQ_NOTES,
  exits: DLQ_EXITS,
  examples: ['relay dlq list', 'relay dlq list --limit 10 --json'],
} as const satisfies CommandEntry;

export const DLQ_SHOW = {
  name: 'dlq show',
  summary: 'show a dead letter, with its run',
  usage: 'ID [options]',
  text: ["Shows a dead letter, with its run. ID is a message's id, as listed."],
  arguments: [LETTER_ID],
  options: { json: JSON_OUTPUT },
  notes: DLQ_NOTES,
  exits: DLQ_EXITS,
  examples: ['relay dlq show "$ID"'],
} as const satisfies CommandEntry;

export const DLQ_REPLAY = {
  name: 'dlq replay',
  summary: 'run the job of a dead letter again',
  usage: 'ID [options]',
  text: [
    "Creates a new run with the job's tenant and vendors and the tenant's newest config, then deletes the letter. The tenant must have no active run. A replay that was interrupted can be repeated: it gives the same run.",
  ],
  arguments: [LETTER_ID],
  options: { json: JSON_OUTPUT },
  notes: DLQ_NOTES,
  exits: DLQ_EXITS,
  examples: ['relay dlq replay "$ID"'],
} as const satisfies CommandEntry;

export const DLQ_DISCARD = {
  name: 'dlq discard',
  summary: 'delete a dead letter',
  usage: 'ID [options]',
  text: ['Deletes a dead letter. Its run does not change.'],
  arguments: [LETTER_ID],
  options: { json: JSON_OUTPUT },
  notes: DLQ_NOTES,
  exits: DLQ_EXITS,
  examples: ['relay dlq discard "$ID"'],
} as const satisfies CommandEntry;

export const PRUNE = {
  name: 'prune',
  summary: 'remove runs that are older than RETENTION_DAYS, and what belongs to them',
  usage: '[options]',
  text: [
    "Removes ended runs that are older than RETENTION_DAYS with their artifacts, config versions that no other run needs, and keys that were revoked before. Active runs, and a tenant's last successful run, stay. Workers do the same bit by bit, about once an hour.",
  ],
  arguments: [],
  options: { 'dry-run': { text: 'removes nothing, and says what would be removed' }, json: JSON_OUTPUT },
  notes: ['Set RELAY_DATA_DIR or the settings of the stores on AWS, as for the service. The service may run.'],
  exits: {
    0: 'done',
    2: 'wrong use, or invalid settings',
    3: 'there is no service in the data folder, or its stores cannot be used',
  },
  examples: ['relay prune --dry-run', 'relay prune --json'],
} as const satisfies CommandEntry;
