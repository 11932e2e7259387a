/** The plugins that a process knows: listed explicitly, checked on construction, found by kind and id. */
import { RelayError } from './errors.ts';
import { pluginProblems } from './manifest.ts';
import { type Manifest, PLUGIN_KINDS, type Plugin, type PluginKind } from './plugin.ts';
import { didYouMean } from './text/suggest.ts';

// biome-ignore lint/suspicious/noExplicitAny: a list of plugins holds plugins of any options
export type AnyPlugin = { [K in PluginKind]: Plugin<K, any> }[PluginKind];

export class Registry {
  readonly #plugins: Map<string, AnyPlugin>;
  readonly #builtIn: Set<string>;
  /** Cached: every answer about a run needs them. */
  #meanings: ReadonlyMap<string, string> | null = null;

  /**
   * Takes the plugins of `known` unchecked, and checks the others. Throws `plugin_invalid` with all problems of these.
   * `originOf` names where a plugin comes from, such as its package.
   */
  constructor(
    plugins: readonly AnyPlugin[],
    known?: Registry,
    originOf: (plugin: AnyPlugin) => string | null = () => null,
  ) {
    this.#plugins = new Map(known === undefined ? [] : known.#plugins);
    this.#builtIn = new Set(known === undefined ? [] : known.#builtIn);
    const problems: string[] = [];
    for (const plugin of plugins) {
      const own = pluginProblems(plugin);
      problems.push(...own);
      if (own.length > 0) continue;
      const key = `${plugin.manifest.kind}/${plugin.manifest.id}`;
      const other = this.#plugins.get(key);
      if (other === undefined) this.#plugins.set(key, plugin);
      else problems.push(takenId(key, this.#builtIn.has(key) ? 'Relay itself' : originOf(other), originOf(plugin)));
    }
    if (problems.length > 0) throw new RelayError('plugin_invalid', problems.join('\n'));
  }

  /** For plugins that a test has checked, such as the built-in ones: checking them takes longer than a small run. */
  static ofChecked(plugins: readonly AnyPlugin[]): Registry {
    const registry = new Registry([]);
    for (const plugin of plugins) {
      const key = `${plugin.manifest.kind}/${plugin.manifest.id}`;
      registry.#plugins.set(key, plugin);
      registry.#builtIn.add(key);
    }
    return registry;
  }

  find<K extends PluginKind>(kind: K, id: string): Plugin<K> | null {
    return (this.#plugins.get(`${kind}/${id}`) as Plugin<K> | undefined) ?? null;
  }

  isBuiltIn(kind: PluginKind, id: string): boolean {
    return this.#builtIn.has(`${kind}/${id}`);
  }

  /** The manifests of one kind, or of all, sorted by kind and then by id. */
  list(kind?: PluginKind): Manifest[] {
    const manifests = [...this.#plugins.values()].map((plugin) => plugin.manifest as Manifest);
    return manifests
      .filter((manifest) => kind === undefined || manifest.kind === kind)
      .sort((a, b) => PLUGIN_KINDS.indexOf(a.kind) - PLUGIN_KINDS.indexOf(b.kind) || (a.id < b.id ? -1 : 1));
  }

  /** The meanings of the codes of all plugins. */
  codeMeanings(): ReadonlyMap<string, string> {
    this.#meanings ??= new Map(this.list().flatMap(({ codes = {} }) => Object.entries(codes)));
    return this.#meanings;
  }

  /** The message for an unknown id, with the nearest known one. */
  unknown(kind: PluginKind, id: string): string {
    const ids = this.list(kind).map((manifest) => manifest.id);
    return `no ${kind} plugin is called "${id}"${didYouMean(id, ids)}; there are: ${ids.join(', ')}`;
  }
}

function takenId(key: string, first: string | null, second: string | null): string {
  if (first === null || second === null) return `${key}: a plugin of this kind and id is already there; use another id`;
  const who = first === second ? `${first} has two plugins` : `${first} and ${second} both have a plugin`;
  return `${key}: ${who} of this kind and id, and none of them is used: give one another id, or take it off the list`;
}
