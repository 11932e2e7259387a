/** `relay plugin`: creates a plugin, or lists the available ones. */

import { printJson } from '../../failure.ts';
import type { Io } from '../../io.ts';
import { EXIT } from '../../io.ts';
import { PLUGIN_LIST, PLUGIN_NEW } from '../../manual/commands.ts';
import { loadPlugins } from '../../plugins/load.ts';
import { readBaseSettings } from '../../settings.ts';
import { readArgs, refuseExtra, UsageError } from '../../usage.ts';
import { packageRoot } from '../../version.ts';
import { createPlugin } from './scaffold.ts';

export async function pluginNew(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, PLUGIN_NEW.options);
  const [kind, name] = positionals;
  if (kind === undefined || name === undefined || positionals.length > 2) {
    throw new UsageError('relay plugin new takes a kind and a name, such as "parser acme"');
  }
  const made = createPlugin({ kind, id: name, folder: values.dir ?? null, isOpen: values.open });
  const build = made.isBuilt ? [] : [`npm run build   (in ${packageRoot()}: tests use the built package)`];
  const enter = made.folder === '.' ? [] : [`cd ${made.folder}`];
  const tools = made.hasTools ? [] : ['npm install   (for the type check, npm run types)'];
  const next = [...build, ...enter, ...tools, 'npm test'];
  if (values.json) {
    const { isBuilt: _isBuilt, hasTools: _hasTools, ...rest } = made;
    printJson(io, { ...rest, next });
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

export async function listPlugins(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, PLUGIN_LIST.options);
  refuseExtra(positionals);
  const { registry, plugins } = await loadPlugins(readBaseSettings(io.env).pluginsFile);
  const origins = new Map(plugins.map((one) => [one.plugin.manifest, one.package]));
  const rows = registry.list().map((manifest) => ({ manifest, package: origins.get(manifest as never) ?? null }));
  if (values.json) {
    const shown = rows.map(
      ({ manifest: { kind, id, version, contract, summary, example, codes = {} }, package: from }) => {
        return { kind, id, version, contract, summary, example, codes, package: from };
      },
    );
    printJson(io, { plugins: shown });
    return EXIT.ok;
  }
  const width = Math.max(...rows.map(({ manifest }) => manifest.id.length));
  for (const { manifest, package: from } of rows) {
    const name = `${manifest.kind.padEnd(9)}  ${manifest.id.padEnd(width)}  ${manifest.version}`;
    io.stdout(`${name}  ${manifest.summary}${from === null ? '' : ` (from ${from})`}\n`);
  }
  return EXIT.ok;
}
