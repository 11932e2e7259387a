/** `relay plugin`: what plugins there are, and the start of a new one. */

import { didYouMean } from '../../core/text/suggest.ts';
import type { Io } from '../io.ts';
import { EXIT } from '../io.ts';
import { loadPlugins } from '../plugins/load.ts';
import { readSettings } from '../settings.ts';
import { readArgs, UsageError } from '../usage.ts';

export const PLUGIN_HELP = `relay plugin list [--json]
Lists the plugins that configs can name: the built-in ones, and those that RELAY_PLUGINS_FILE lets in.

  --json      with the example and the codes of each

Exit code 0: done. 3: a plugin is not in order. 2: wrong use, or the list is not in order.
`;

const ACTIONS: Record<string, (argv: readonly string[], io: Io) => Promise<number>> = { list };

export async function plugin(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  const names = Object.keys(ACTIONS);
  if (name === undefined) throw new UsageError(`relay plugin takes one of ${names.join(', ')}`);
  if (!Object.hasOwn(ACTIONS, name)) throw new UsageError(`"${name}" is no action${didYouMean(name, names)}`);
  return ACTIONS[name]!(rest, io);
}

async function list(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, { json: { type: 'boolean', default: false } });
  if (positionals.length > 0) throw new UsageError(`unexpected argument "${positionals[0]}"`);
  const { registry, plugins } = await loadPlugins(readSettings(io.env).pluginsFile);
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
