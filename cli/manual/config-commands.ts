/** The manual of the commands that try, make and move tenant configs. */
import { type CommandEntry, JSON_OUTPUT } from './command.ts';

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
