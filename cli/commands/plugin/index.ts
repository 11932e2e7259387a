/** `relay plugin`: creates a plugin, or lists the available ones. */

import { didYouMean } from '../../../core/text/suggest.ts';
import type { Io } from '../../io.ts';
import { EXIT } from '../../io.ts';
import { loadPlugins } from '../../plugins/load.ts';
import { readBaseSettings } from '../../settings.ts';
import { readArgs, UsageError } from '../../usage.ts';
import { packageRoot } from '../../version.ts';
import { createPlugin } from './scaffold.ts';

export const PLUGIN_HELP = `relay plugin new KIND NAME [--open] [--dir DIR] [--json]
Creates a package with a new plugin: module, options schema, example, fixtures, a test that passes, a type check and a README.
In the folder of such a package, adds another plugin to it. KIND is parser, validator, pricing or merge; NAME is the plugin's
name in configs.

  --open      a parser with code, for a format that is not delimited text; without it, a parser that is a table
  --dir DIR   the folder: new, empty, or of a package; relay-plugin-NAME unless given
  --json      prints what was created as JSON

relay plugin list [--json]
Lists the plugins that configs can name: the built-in ones, and those that RELAY_PLUGINS_FILE allows.

  --json      adds the example and the codes of each

Exit code 0: done. 3: a plugin is invalid. 2: wrong use, or RELAY_PLUGINS_FILE is invalid.
`;

const NEW_OPTIONS = {
  open: { type: 'boolean', default: false },
  dir: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const ACTIONS: Record<string, (argv: readonly string[], io: Io) => Promise<number>> = {
  new: create,
  list,
};

export async function plugin(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  const names = Object.keys(ACTIONS);
  if (name === undefined) throw new UsageError(`relay plugin takes one of ${names.join(', ')}`);
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) throw new UsageError(`"${name}" is not an action${didYouMean(name, names)}`);
  return action(rest, io);
}

async function create(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, NEW_OPTIONS);
  const [kind, name] = positionals;
  if (kind === undefined || name === undefined || positionals.length > 2) {
    throw new UsageError('relay plugin new takes a kind and a name, such as "parser acme"');
  }
  const made = createPlugin({ kind, id: name, folder: values.dir ?? null, isOpen: values.open });
  const build = made.isBuilt ? [] : [`npm run build   (in ${packageRoot()}: tests use the built package)`];
  const enter = made.folder === '.' ? [] : [`cd ${made.folder}`];
  const next = [...build, ...enter, 'npm test'];
  if (values.json) {
    const { isBuilt: _isBuilt, ...rest } = made;
    io.stdout(`${JSON.stringify({ ...rest, next }, null, 2)}\n`);
  } else {
    const lines = [
      `Created the ${made.kind} plugin "${made.id}" in ${made.folder}`,
      ...made.files.map((file) => `  ${file}`),
      ...made.changed.map((file) => `  ${file} (changed)`),
    ];
    io.stdout(`${[...lines, 'Next:', ...next.map((step) => `  ${step}`)].join('\n')}\n`);
  }
  return EXIT.ok;
}

async function list(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, { json: { type: 'boolean', default: false } });
  if (positionals.length > 0) throw new UsageError(`unexpected argument "${positionals[0]}"`);
  const { registry, plugins } = await loadPlugins(readBaseSettings(io.env).pluginsFile);
  const origins = new Map(plugins.map((one) => [one.plugin.manifest, one.package]));
  const rows = registry.list().map((manifest) => ({ manifest, package: origins.get(manifest as never) ?? null }));
  if (values.json) {
    const shown = rows.map(
      ({ manifest: { kind, id, version, contract, summary, example, codes = {} }, package: from }) => {
        return { kind, id, version, contract, summary, example, codes, package: from };
      },
    );
    io.stdout(`${JSON.stringify({ plugins: shown }, null, 2)}\n`);
    return EXIT.ok;
  }
  const width = Math.max(...rows.map(({ manifest }) => manifest.id.length));
  for (const { manifest, package: from } of rows) {
    const name = `${manifest.kind.padEnd(9)}  ${manifest.id.padEnd(width)}  ${manifest.version}`;
    io.stdout(`${name}  ${manifest.summary}${from === null ? '' : ` (from ${from})`}\n`);
  }
  return EXIT.ok;
}
