/** The manual of the commands that explain runs. */
import { type CommandEntry, JSON_OUTPUT } from './command.ts';

const RUNS_FOLDER = {
  value: 'DIR',
  text: 'the folder that runs are written to (required)',
  complete: 'folder',
} as const;

export const EXPLAIN = {
  name: 'explain',
  summary: 'say why a SKU of a run has its price, its stock and its winner',
  usage: 'RUN SKU --out DIR [options]',
  text: [
    'Explains one SKU of a run from the files of the run: every offer with its file, line and cells, what each lost by, every step of the price, and what publishing did. It says why a SKU did not go out, too.',
    'The price is computed anew, and compared with the feed.',
  ],
  arguments: [{ name: 'RUN' }, { name: 'SKU', multiple: true }],
  options: {
    out: RUNS_FOLDER,
    tenant: { value: 'ID', text: 'the tenant of the run', default: 'its only one' },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'explained', 2: 'wrong use', 3: 'the files of the run do not fit together, or cannot be read' },
  examples: ['relay explain monday W-100 --out out'],
} as const satisfies CommandEntry;

/** Runs that `relay history` shows by default. */
export const HISTORY_SHOWN = 20;

export const HISTORY = {
  name: 'history',
  summary: 'show a SKU over the runs in a folder, and what changed',
  usage: 'SKU --out DIR [options]',
  text: [
    'Shows price, quantity, winner and outcome of a SKU in each run that made a feed, the newest first, and what differs between the runs where one of them changed: feed, config, code or decision.',
  ],
  arguments: [{ name: 'SKU', multiple: true }],
  options: {
    out: RUNS_FOLDER,
    tenant: { value: 'ID', text: 'the tenant', default: 'the only one in DIR' },
    limit: { value: 'N', text: 'how many runs are shown', default: `${HISTORY_SHOWN}` },
    from: { value: 'RUN', text: 'the run to begin with', default: 'the newest one' },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'done', 2: 'wrong use', 3: 'a file cannot be read' },
  examples: ['relay history W-100 --out out'],
} as const satisfies CommandEntry;
