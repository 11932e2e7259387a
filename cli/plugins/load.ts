/** The plugins that this process knows: the built-in ones, and those of the packages on the operator's list. */
import { pathToFileURL } from 'node:url';
import { RelayError } from '../../core/errors.ts';
import { pluginProblems } from '../../core/manifest.ts';
import { type AnyPlugin, Registry } from '../../core/registry.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { type AllowedPackage, type AllowList, listInvalid, readAllowList } from './allow-list.ts';
import { findPackage } from './package-files.ts';

/** A plugin, and where it comes from. */
export interface LoadedPlugin {
  plugin: AnyPlugin;
  /** `name@version`; null for a built-in plugin. */
  package: string | null;
}

export interface LoadedPlugins {
  registry: Registry;
  /** In the order in which they were listed. */
  plugins: readonly LoadedPlugin[];
}

/** What every command finds plugins in. Throws `setting_invalid` and `plugin_invalid`. */
export async function openRegistry(settings: { pluginsFile: string | null }): Promise<Registry> {
  return (await loadPlugins(settings.pluginsFile)).registry;
}

/**
 * `listFile` is the operator's own: no tenant's config names a package. A plugin that is let in runs with all rights of
 * the process: the list says whom the operator trusts, it does not wall anything off.
 */
export async function loadPlugins(listFile: string | null): Promise<LoadedPlugins> {
  const plugins: LoadedPlugin[] = BUILTIN_PLUGINS.map((plugin) => ({ plugin, package: null }));
  if (listFile !== null) {
    const list = readAllowList(listFile);
    for (const allowed of list.packages) plugins.push(...(await loadPackage(list, allowed)));
  }
  return { registry: new Registry(plugins.map(({ plugin }) => plugin)), plugins };
}

async function loadPackage(list: AllowList, allowed: AllowedPackage): Promise<LoadedPlugin[]> {
  const label = `${allowed.package}@${allowed.version}`;
  const { entry } = findPackage(list, allowed);
  let loaded: { plugins?: unknown };
  try {
    loaded = await import(pathToFileURL(entry).href);
  } catch (error) {
    throw new RelayError('plugin_invalid', `${label} cannot be loaded: ${firstLine(error)}`, { cause: error });
  }
  const { plugins } = loaded;
  if (!Array.isArray(plugins)) {
    throw new RelayError('plugin_invalid', `${label} must export "plugins", a list; see docs/PLUGINS.md`);
  }
  const problems = plugins.flatMap(pluginProblems);
  if (problems.length > 0) {
    const cure = 'list another version of the package, or tell whoever maintains it';
    throw new RelayError('plugin_invalid', `${label}: ${problems.join('; ')}; ${cure}`);
  }
  compareIds(list, allowed, plugins);
  return plugins.map((plugin: AnyPlugin) => ({ plugin, package: label }));
}

/** The list says what comes in, to the id: nothing more, and nothing less. */
function compareIds(list: AllowList, allowed: AllowedPackage, plugins: readonly AnyPlugin[]): void {
  const ids = plugins.map((plugin) => plugin.manifest.id);
  const absent = allowed.ids.find((id) => !ids.includes(id));
  if (absent !== undefined) {
    const known = `${didYouMean(absent, ids)}; it has ${ids.join(', ') || 'none'}`;
    throw listInvalid(list.file, `${allowed.package} has no plugin "${absent}"${known}`);
  }
  const extra = ids.find((id) => !allowed.ids.includes(id));
  if (extra !== undefined) {
    const cure = 'add the id once it has been looked at, or use a version without it';
    throw listInvalid(list.file, `${allowed.package} also has "${extra}", which the list does not allow; ${cure}`);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n')[0]!;
}
