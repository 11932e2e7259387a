/** The manual of the commands that explain runs. */
import { SKU_LISTS } from '../../core/explain/lists/listed-sku.ts';
import { type CommandEntry, JSON_OUTPUT } from './command.ts';

const RUNS_FOLDER = {
  value: 'DIR',
  text: 'the folder that runs are written to (required)',
  complete: 'folder',
} as const;

/** Options of commands that take a run by its folder or its id. */
export const RUN_PLACE = {
  out: {
    value: 'DIR',
    text: 'the folder that runs are written to; RUN is an id in it',
    default: 'RUN is a folder',
    complete: 'folder',
  },
  tenant: { value: 'ID', text: 'the tenant of the run', default: 'its only one' },
} as const;

export const RUN_ARGUMENT = { name: 'RUN', complete: 'folder' } as const;

/** What RUN is, for the texts of these commands. */
export const RUN_NAMED =
  'RUN is the id of a run in the folder that --out names, or the folder of the run: DIR/<run_id>, or DIR/<run_id>/tenants/<tenant_id>.';

/** SKUs that `relay explain --list` shows by default. */
export const SKUS_LISTED = 20;

export const EXPLAIN = {
  name: 'explain',
  summary: 'say why a SKU of a run has its price, its stock and its winner',
  usage: 'RUN SKU|--list LIST [options]',
  text: [
    'Explains one SKU of a run from the files of the run: every offer with its file, line and cells, why each lost, every step of the price, and what publishing did. It says why a SKU did not go out, too.',
    RUN_NAMED,
    'The price is computed anew, and compared with the feed.',
    'With --list in place of a SKU, it lists SKUs that have something in common. All of the run is merged and priced again for it, which takes about as long as the run did.',
    ...Object.entries(SKU_LISTS).map(([list, meaning]) => `${list}: ${meaning.replaceAll('`', '')}.`),
  ],
  arguments: [RUN_ARGUMENT, { name: 'SKU', multiple: true }],
  options: {
    ...RUN_PLACE,
    list: {
      value: 'LIST',
      text: 'lists SKUs: one of the lists above',
      default: 'the SKU is explained',
      complete: Object.keys(SKU_LISTS),
    },
    vendor: {
      value: 'ID',
      text: 'lists only what concerns this vendor; lost and unused_map_entries need one',
      default: 'all',
    },
    limit: { value: 'N', text: 'how many are listed', default: `${SKUS_LISTED}` },
    after: { value: 'SKU', text: 'the list begins after this SKU, or vendor’s SKU', default: 'the first one' },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'explained', 2: 'wrong use', 3: 'files of the run contradict each other, or cannot be read' },
  examples: ['relay explain monday W-100 --out out', 'relay explain monday --list tied --out out'],
} as const satisfies CommandEntry;

/** Runs that `relay history` shows by default. */
export const HISTORY_SHOWN = 20;

export const HISTORY = {
  name: 'history',
  summary: 'show a SKU over the runs in a folder, and what changed',
  usage: 'SKU --out DIR [options]',
  text: [
    'Shows price, quantity, winner and outcome of a SKU in each run that made a feed, the newest first, and what differs between the runs where one of them changed: feed, config, code or decision.',
    'Runs that failed, and so changed nothing, are named between them.',
  ],
  arguments: [{ name: 'SKU', multiple: true }],
  options: {
    out: RUNS_FOLDER,
    tenant: { value: 'ID', text: 'the tenant', default: 'the only one in DIR' },
    limit: { value: 'N', text: 'how many runs are shown', default: `${HISTORY_SHOWN}` },
    from: { value: 'RUN', text: 'the run to begin with: its id or its folder', default: 'the newest one' },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'done', 2: 'wrong use', 3: 'a file cannot be read' },
  examples: ['relay history W-100 --out out'],
} as const satisfies CommandEntry;

export const VERIFY = {
  name: 'verify',
  summary: 'check whether files of a run were changed',
  usage: 'RUN [options]',
  text: [
    'Compares the files of a run with the hashes that it recorded: what it wrote with "artifact_hashes" of run_summary.json, what it read with input_manifest.json.',
    RUN_NAMED,
    'Keep the hash of run_summary.json that it prints, and nobody can change a file and its record unnoticed.',
  ],
  arguments: [RUN_ARGUMENT],
  options: { ...RUN_PLACE, json: JSON_OUTPUT },
  exits: { 0: 'all is as recorded', 2: 'wrong use', 3: 'a file was changed, is missing, or cannot be read' },
  examples: ['relay verify monday --out out', 'relay verify out/monday/tenants/northwind'],
} as const satisfies CommandEntry;
