/** The manual: every command with its arguments, options, exit codes and examples. */
import { type CommandEntry, type GroupEntry, JSON_OUTPUT } from './command.ts';
import { INIT, PULL, PUSH, SIMULATE } from './config-commands.ts';
import { EXPLAIN, HISTORY, VERIFY } from './explain-commands.ts';
import { DIFF, HOLDS_ACCEPT, HOLDS_LIST, HOLDS_REJECT, PATCH_OPTIONS } from './publish-commands.ts';
import { API, SERVE, WORKER } from './service-commands.ts';
import { CLEAN, SUGGEST } from './table-commands.ts';
import { DLQ_DISCARD, DLQ_LIST, DLQ_REPLAY, DLQ_SHOW, PRUNE } from './upkeep-commands.ts';
import * as values from './values.ts';

const FOLLOW_LINKS = { text: 'reads files outside the --input DIR too, if links in it lead there' } as const;

export const RUN = {
  name: 'run',
  summary: 'read vendor feeds, write one merged, priced feed with its reports',
  usage: '--config FILE (--input DIR | --vendor ID=FILE …) --out DIR [options]',
  text: ['Reads vendor feeds and writes one merged, priced feed with its reports.'],
  arguments: [],
  options: {
    config: { value: 'FILE', text: 'the tenant config, JSON or YAML (required)', complete: 'file' },
    input: {
      value: 'DIR',
      text: 'reads the newest file under DIR/<vendor_id>/ for each vendor (this or --vendor is required)',
      complete: 'folder',
    },
    vendor: {
      value: 'ID=FILE',
      multiple: true,
      text: 'reads this file for a vendor; repeat it for each vendor',
      complete: 'id=file',
    },
    out: {
      value: 'DIR',
      text: 'writes artifacts to DIR/<run_id>/tenants/<tenant_id>/ (required)',
      complete: 'folder',
    },
    'run-id': {
      value: 'ID',
      text: 'id of the run; replaces an earlier run with this id in DIR',
      default: 'generated',
    },
    now: {
      value: 'TIME',
      text: "the run's clock, such as 2026-11-01T06:00:00Z",
      default: 'the current time',
    },
    baseline: {
      value: 'DIR|FILE',
      text: 'what is published: an earlier run\'s folder, or a merged feed alone; for "publish" and "guardrails" in the config',
      default: 'nothing',
      complete: 'file',
    },
    ...PATCH_OPTIONS,
    decisions: {
      value: 'FILE',
      text: 'decisions on held prices, as "relay holds" writes them',
      default: 'none',
      complete: 'file',
    },
    force: {
      value: 'REASON',
      text: 'sets holds and guardrails aside, and records why',
      default: 'they apply',
    },
    'follow-links': FOLLOW_LINKS,
    json: JSON_OUTPUT,
  },
  exits: {
    0: 'the run succeeded',
    2: 'wrong use, or the config does not pass "relay check"',
    3: 'the run failed',
  },
  examples: [
    'relay run --config tenant.yaml --input inbound --out out',
    'relay run --config tenant.yaml --vendor acme=inbound/acme/stock.csv --vendor bolt=inbound/bolt/feed.csv --out out',
    'relay run --config shop.yaml --input inbound --out out --run-id monday',
    'relay run --config shop.yaml --input inbound --out out --run-id tuesday --baseline out/monday/tenants/northwind',
  ],
} as const satisfies CommandEntry;

export const CHECK = {
  name: 'check',
  summary: 'check a tenant config, and that the files it names exist',
  usage: 'CONFIG [options]',
  text: [
    'Checks a tenant config (JSON or YAML) and lists every problem with its path. Files that the config names (SKU maps, side files, rates) must exist, be readable and not empty; SKU maps and rates are read. Plugins of your own are made as in a run. A relative path is tried beside the config, then in the working folder, as in a run.',
  ],
  arguments: [{ name: 'CONFIG', complete: 'file' }],
  options: {
    input: {
      value: 'DIR',
      text: 'also looks for the feeds under DIR/<vendor_id>/ and reads their headers, and looks for files with an s3_key under DIR, as "relay run --input DIR" does',
      default: 'feeds are not looked for',
      complete: 'folder',
    },
    'follow-links': FOLLOW_LINKS,
    fix: { text: 'first corrects misspelled names in the file, where only one correction fits' },
    json: JSON_OUTPUT,
  },
  exits: {
    0: 'the config is valid',
    2: 'wrong use, or invalid settings',
    3: 'the config has problems or cannot be read, or a file or a required column is missing',
  },
  examples: ['relay check tenant.yaml', 'relay check tenant.yaml --input inbound'],
} as const satisfies CommandEntry;

export const CONFORMANCE = {
  name: 'conformance',
  summary: 'replay golden cases',
  usage: '[DIR…] [options]',
  text: [
    'Replays golden cases: runs each on its inputs, and compares every file that it writes with the expected one. DIR is a case or a folder of cases; the current folder unless given. Plugins that RELAY_PLUGINS_FILE allows are loaded.',
  ],
  arguments: [{ name: 'DIR', multiple: true, complete: 'folder' }],
  options: {
    update: {
      text: 'writes the results to expected/ and shows the change; how the run must end is never rewritten',
    },
    json: JSON_OUTPUT,
  },
  exits: { 0: 'all passed', 2: 'wrong use, or no case was found', 3: 'a case failed' },
  examples: ['relay conformance fixtures', 'relay conformance fixtures --update'],
} as const satisfies CommandEntry;

const PLUGIN_EXITS = { 0: 'done', 2: 'wrong use, or RELAY_PLUGINS_FILE is invalid', 3: 'a plugin is invalid' } as const;

export const PLUGIN_NEW = {
  name: 'plugin new',
  summary: 'create a new plugin in a package',
  usage: 'KIND NAME [options]',
  text: [
    "Creates a package with a new plugin: module, options schema, example, fixtures, a test that passes, a type check and a README. In the folder of such a package, adds another plugin to it. KIND is parser, validator, pricing, merge or output; NAME is the plugin's name in configs.",
  ],
  arguments: [{ name: 'KIND', complete: values.pluginKinds }, { name: 'NAME' }],
  options: {
    open: {
      text: 'a parser with code, for a format that is not delimited text; without it, a parser that is a table',
    },
    dir: {
      value: 'DIR',
      text: 'the folder: new, empty, or of a package',
      default: 'relay-plugin-NAME, or a package in the current folder',
      complete: 'folder',
    },
    json: JSON_OUTPUT,
  },
  exits: PLUGIN_EXITS,
  examples: ['relay plugin new parser acme', 'relay plugin new parser own_xml --open --dir own-xml'],
} as const satisfies CommandEntry;

export const PLUGIN_LIST = {
  name: 'plugin list',
  summary: 'list the plugins that configs can name',
  usage: '[options]',
  text: ['Lists the plugins that configs can name: the built-in ones, and those that RELAY_PLUGINS_FILE allows.'],
  arguments: [],
  options: { json: { text: `${JSON_OUTPUT.text}, with the example and the codes of each plugin` } },
  exits: PLUGIN_EXITS,
  examples: ['relay plugin list'],
} as const satisfies CommandEntry;

export const COMPLETION = {
  name: 'completion',
  summary: 'print a script that completes commands in a shell',
  usage: 'SHELL [options]',
  text: ['Prints a script for bash, zsh or fish that completes commands, options, their values and files on Tab.'],
  arguments: [{ name: 'SHELL', complete: values.SHELLS }],
  options: { json: JSON_OUTPUT },
  notes: [
    'bash: source <(relay completion bash), in ~/.bashrc. zsh: source <(relay completion zsh), in ~/.zshrc after compinit. fish: relay completion fish > ~/.config/fish/completions/relay.fish.',
  ],
  exits: { 0: 'done', 2: 'wrong use' },
  examples: ['relay completion bash'],
} as const satisfies CommandEntry;

export const HELP = {
  name: 'help',
  summary: 'list the commands, or explain one',
  usage: '[COMMAND] [options]',
  text: ['Lists the commands, or says how to use one: the same as "relay COMMAND --help".'],
  arguments: [{ name: 'COMMAND', multiple: true }],
  options: { json: JSON_OUTPUT },
  exits: { 0: 'done', 2: 'there is no such command' },
  examples: ['relay help run', 'relay help plugin new'],
} as const satisfies CommandEntry;

const ENTRIES = [
  RUN,
  DIFF,
  EXPLAIN,
  HISTORY,
  VERIFY,
  HOLDS_LIST,
  HOLDS_ACCEPT,
  HOLDS_REJECT,
  INIT,
  SIMULATE,
  PUSH,
  PULL,
  SERVE,
  API,
  WORKER,
  DLQ_LIST,
  DLQ_SHOW,
  DLQ_REPLAY,
  DLQ_DISCARD,
  PRUNE,
  CHECK,
  SUGGEST,
  CLEAN,
  CONFORMANCE,
  PLUGIN_NEW,
  PLUGIN_LIST,
  COMPLETION,
  HELP,
] as const;

export type CommandName = (typeof ENTRIES)[number]['name'];
export type NamedCommand = CommandEntry & { name: CommandName };

export const COMMANDS: readonly NamedCommand[] = ENTRIES;

export const GROUPS: readonly GroupEntry[] = [
  { name: 'holds', summary: 'list, accept or reject the prices that a run holds' },
  { name: 'dlq', summary: 'list, replay or discard dead letters: jobs that failed too often' },
  { name: 'plugin', summary: 'create a plugin, or list the available plugins' },
];
