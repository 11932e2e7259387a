/** The manual of the commands for published feeds. */
import { type CommandEntry, JSON_OUTPUT } from './command.ts';
import { RUN_ARGUMENT, RUN_NAMED, RUN_PLACE } from './explain-commands.ts';
import * as values from './values.ts';

export const PATCH_OPTIONS = {
  patch: {
    value: 'ID=FILE',
    multiple: true,
    text: 'corrected rows of a vendor: its rejects report of an earlier run, edited; repeat it for each vendor',
    complete: 'id=file',
  },
  'patch-run': {
    value: 'DIR',
    text: 'folder of the run that refused these rows (required with --patch)',
    complete: 'folder',
  },
} as const satisfies CommandEntry['options'];

export const DIFF = {
  name: 'diff',
  summary: 'show what changed between two feeds or runs',
  usage: 'A B [options]',
  text: [
    'Compares two merged feeds, each a file or a run: its folder (DIR/<run_id>, or DIR/<run_id>/tenants/<tenant_id>), or with --runs its id. Both are sorted by SKU, as Relay writes them.',
    'With --only, --min-change or --limit it lists rows too: the first ones by SKU, and how many there are.',
  ],
  arguments: [
    { name: 'A', complete: 'file' },
    { name: 'B', complete: 'file', multiple: true },
  ],
  options: {
    runs: {
      value: 'DIR',
      text: 'the folder that runs are written to; A and B are ids in it',
      default: 'A and B are folders or files',
      complete: 'folder',
    },
    tenant: RUN_PLACE.tenant,
    out: {
      value: 'DIR',
      text: 'writes delta.csv and diff.json there',
      default: 'nothing is written',
      complete: 'folder',
    },
    only: {
      value: 'WORDS',
      text: 'lists rows with these changes, with commas between: price, stock, sold_out, restocked, winner, added, removed',
      default: 'all, or price with --min-change',
      complete: values.rowChanges,
    },
    'min-change': {
      value: 'SHARE',
      text: 'lists prices that moved by at least this share, such as 5%',
      default: 'any move',
    },
    limit: { value: 'N', text: 'how many rows are listed', default: '20' },
    attribute: {
      text: 'says for each row what changed it: repeats the runs, each with the inputs, the config or the decisions of the other',
    },
    cause: {
      value: 'WORDS',
      text: 'as --attribute, and lists the rows with one of these causes, with commas between: feed, config, code, decision, other',
      default: 'any cause',
      complete: values.anyCauses,
    },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'done, with or without differences', 2: 'wrong use', 3: 'a feed cannot be read' },
  examples: [
    'relay diff out/monday/tenants/northwind out/tuesday/tenants/northwind',
    'relay diff monday tuesday --runs out',
    'relay diff out/monday/tenants/northwind out/tuesday/tenants/northwind --min-change 5%',
    'relay diff out/monday/tenants/northwind out/tuesday/tenants/northwind --only sold_out,removed',
    'relay diff out/monday/tenants/northwind out/tuesday/tenants/northwind --cause config --limit 100',
  ],
} as const satisfies CommandEntry;

const HOLDS_EXITS = {
  0: 'done',
  2: 'wrong use',
  3: 'the run does not hold such a SKU, or a file cannot be read',
} as const;
/** Held prices that `relay holds list` shows by default. */
export const HOLDS_SHOWN = 20;

export const HOLDS_LIST = {
  name: 'holds list',
  summary: 'list the prices that a run holds',
  usage: 'RUN [options]',
  text: ['Lists the prices that a run holds.', RUN_NAMED],
  arguments: [RUN_ARGUMENT],
  options: {
    ...RUN_PLACE,
    limit: { value: 'N', text: 'how many are listed', default: `${HOLDS_SHOWN}` },
    json: JSON_OUTPUT,
  },
  exits: HOLDS_EXITS,
  examples: ['relay holds list tuesday --out out', 'relay holds list out/tuesday/tenants/northwind'],
} as const satisfies CommandEntry;

const DECISION_OPTIONS = {
  ...RUN_PLACE,
  decisions: {
    value: 'FILE',
    text: 'the file of decisions; it is created if it does not exist (required)',
    complete: 'file',
  },
  sku: { value: 'SKU', multiple: true, text: 'a held SKU; repeat it for each' },
  all: { text: 'all SKUs that the run holds' },
  reason: { value: 'TEXT', text: 'why', default: 'none' },
  expires: { value: 'TIME', text: 'when the decision ends, such as 2026-12-01T00:00:00Z', default: 'never' },
  json: JSON_OUTPUT,
} as const;

export const HOLDS_ACCEPT = {
  name: 'holds accept',
  summary: 'accept prices that a run holds',
  usage: 'RUN (--sku SKU … | --all) --decisions FILE [options]',
  text: [
    'Accepts held prices: the next runs are measured against them. Give the file to "relay run --decisions".',
    RUN_NAMED,
  ],
  arguments: [RUN_ARGUMENT],
  options: DECISION_OPTIONS,
  exits: HOLDS_EXITS,
  examples: ['relay holds accept out/tuesday/tenants/northwind --all --decisions decisions.csv --reason checked'],
} as const satisfies CommandEntry;

export const HOLDS_REJECT = {
  name: 'holds reject',
  summary: 'reject prices that a run holds',
  usage: 'RUN (--sku SKU … | --all) --decisions FILE [options]',
  text: ['Rejects held prices: they stay held without a report until they change.', RUN_NAMED],
  arguments: [RUN_ARGUMENT],
  options: DECISION_OPTIONS,
  exits: HOLDS_EXITS,
  examples: ['relay holds reject out/tuesday/tenants/northwind --all --decisions decisions.csv'],
} as const satisfies CommandEntry;
