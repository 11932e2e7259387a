/** The plugins of this process: the built-in ones, and those of the packages on the operator's list. */
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { RelayError } from '../../core/errors.ts';
import { pluginProblems } from '../../core/manifest.ts';
import { type AnyPlugin, Registry } from '../../core/registry.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { orStall } from '../../plugins/in-memory/stalls.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { type AllowedPackage, type AllowList, listInvalid, readAllowList } from './allow-list.ts';
import { findPackage } from './package-files.ts';

/** A plugin with its origin. */
export interface LoadedPlugin {
  plugin: AnyPlugin;
  /** `name@version`; null for a built-in plugin. */
  package: string | null;
}

export interface LoadedPlugins {
  registry: Registry;
  /** Built-in plugins first, then in the order of the list. */
  plugins: readonly LoadedPlugin[];
}

/** The built-in plugins. */
let builtins: Registry | undefined;

const folders = new WeakMap<object, string>();

/** The address of the package's folder that a plugin came from, as stack traces show it; null for a built-in plugin. */
export function folderOf(plugin: object | null): string | null {
  return (plugin !== null && folders.get(plugin)) || null;
}

/** The registry of every command. Throws `setting_invalid` and `plugin_invalid`. */
export async function openRegistry(settings: { pluginsFile: string | null }): Promise<Registry> {
  return (await loadPlugins(settings.pluginsFile)).registry;
}

/**
 * The operator writes the list; a tenant's config cannot name a package. A loaded plugin has all rights of the process: the
 * list is a list of trust, not a sandbox.
 */
export async function loadPlugins(listFile: string | null): Promise<LoadedPlugins> {
  builtins ??= Registry.ofChecked(BUILTIN_PLUGINS);
  const builtin = BUILTIN_PLUGINS.map((plugin): LoadedPlugin => ({ plugin, package: null }));
  if (listFile === null) return { registry: builtins, plugins: builtin };
  const list = readAllowList(listFile);
  findAll(list);
  const loaded: LoadedPlugin[] = [];
  for (const allowed of list.packages) loaded.push(...(await loadPackage(list, allowed)));
  const added = loaded.map(({ plugin }) => plugin);
  const packages = new Map(loaded.map((one) => [one.plugin, one.package]));
  const registry = new Registry(added, builtins, (plugin) => packages.get(plugin) ?? null);
  return { registry, plugins: [...builtin, ...loaded] };
}

/** Throws `setting_invalid`, naming every missing package, before any package's code runs. */
function findAll(list: AllowList): void {
  const problems = list.packages.flatMap((allowed) => {
    try {
      findPackage(list, allowed);
      return [];
    } catch (error) {
      if (error instanceof RelayError) return [error.message];
      throw error;
    }
  });
  if (problems.length > 0) throw new RelayError('setting_invalid', problems.join('; '));
}

async function loadPackage(list: AllowList, allowed: AllowedPackage): Promise<LoadedPlugin[]> {
  const label = `${allowed.package}@${allowed.version}`;
  const { folder, entry } = findPackage(list, allowed);
  let loaded: { plugins?: unknown };
  try {
    const never = () => new Error('its module waits for a promise that never settles');
    loaded = await orStall(() => import(pathToFileURL(entry).href), never);
  } catch (error) {
    throw new RelayError('plugin_invalid', `${label} cannot be loaded: ${firstLine(error)}`, { cause: error });
  }
  const { plugins } = loaded;
  if (!Array.isArray(plugins)) {
    throw new RelayError('plugin_invalid', `${label} must export "plugins", a list; see docs/PLUGINS.md`);
  }
  const problems = plugins.flatMap(pluginProblems);
  if (problems.length > 0) {
    const cure = 'list another version of the package, or report this to its maintainer';
    throw new RelayError('plugin_invalid', `${label}: ${problems.join('; ')}; ${cure}`);
  }
  compareIds(list, allowed, plugins);
  const address = pathToFileURL(fs.realpathSync(folder)).href;
  for (const plugin of plugins) folders.set(plugin, address);
  return plugins.map((plugin: AnyPlugin) => ({ plugin, package: label }));
}

/** The package must have exactly the ids that the list names. */
function compareIds(list: AllowList, allowed: AllowedPackage, plugins: readonly AnyPlugin[]): void {
  const ids = plugins.map((plugin) => plugin.manifest.id);
  const absent = allowed.ids.find((id) => !ids.includes(id));
  if (absent !== undefined) {
    const known = `${didYouMean(absent, ids)}; it has ${ids.join(', ') || 'none'}`;
    throw listInvalid(list.file, `${allowed.package} has no plugin "${absent}"${known}`);
  }
  const extra = ids.find((id) => !allowed.ids.includes(id));
  if (extra !== undefined) {
    const cure = 'review it and add the id, or use a version without it';
    throw listInvalid(list.file, `${allowed.package} also has "${extra}", which the list does not allow; ${cure}`);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replace(/\n.*$/s, '');
}
