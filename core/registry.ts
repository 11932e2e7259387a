/** The plugins that a process knows: listed explicitly, checked when listed, found by kind and id. */
import type { z } from 'zod';
import { isCanonicalColumn } from './canonical.ts';
import { RelayError } from './errors.ts';
import { CONTRACT_VERSION, type Manifest, PLUGIN_KINDS, type Plugin, type PluginKind } from './plugin.ts';
import { didYouMean } from './text/suggest.ts';

// biome-ignore lint/suspicious/noExplicitAny: a list of plugins holds plugins of any options
export type AnyPlugin = { [K in PluginKind]: Plugin<K, any> }[PluginKind];

const ID_FORM = /^[a-z][a-z0-9_-]{0,62}$/;

export class Registry {
  readonly #plugins = new Map<string, AnyPlugin>();

  /** Throws `plugin_invalid` with every problem of every plugin at once. */
  constructor(plugins: readonly AnyPlugin[]) {
    const problems: string[] = [];
    for (const plugin of plugins) {
      problems.push(...manifestProblems(plugin.manifest));
      const key = `${plugin.manifest.kind}/${plugin.manifest.id}`;
      if (this.#plugins.has(key)) problems.push(`${key}: a plugin of this kind and id is already listed`);
      else this.#plugins.set(key, plugin);
    }
    if (problems.length > 0) throw new RelayError('plugin_invalid', problems.join('\n'));
  }

  find<K extends PluginKind>(kind: K, id: string): Plugin<K> | null {
    return (this.#plugins.get(`${kind}/${id}`) as Plugin<K> | undefined) ?? null;
  }

  /** Manifests of one kind, or of all, by kind and then by id. */
  list(kind?: PluginKind): Manifest[] {
    const manifests = [...this.#plugins.values()].map((plugin) => plugin.manifest as Manifest);
    return manifests
      .filter((manifest) => kind === undefined || manifest.kind === kind)
      .sort((a, b) => PLUGIN_KINDS.indexOf(a.kind) - PLUGIN_KINDS.indexOf(b.kind) || (a.id < b.id ? -1 : 1));
  }

  /** Why an id is not known, with the nearest one that is. */
  unknown(kind: PluginKind, id: string): string {
    const ids = this.list(kind).map((manifest) => manifest.id);
    return `no ${kind} plugin is called "${id}"${didYouMean(id, ids)}; there are: ${ids.join(', ')}`;
  }
}

function manifestProblems(manifest: Manifest): string[] {
  const problems: string[] = [];
  const at = `${manifest.kind}/${manifest.id}`;
  if (!PLUGIN_KINDS.includes(manifest.kind)) {
    problems.push(`${at}: kind must be one of ${PLUGIN_KINDS.join(', ')}${didYouMean(manifest.kind, PLUGIN_KINDS)}`);
  }
  if (!ID_FORM.test(manifest.id)) problems.push(`${at}: id must match ${ID_FORM.source}`);
  if (manifest.contract !== CONTRACT_VERSION) {
    problems.push(`${at}: made for contract ${manifest.contract}, this is contract ${CONTRACT_VERSION}`);
  }
  if (typeof manifest.version !== 'string' || manifest.version === '') problems.push(`${at}: version is missing`);
  if (typeof manifest.summary !== 'string' || /^$|\n/.test(manifest.summary)) {
    problems.push(`${at}: summary must be one line`);
  }
  for (const column of manifest.reads ?? []) {
    if (!isCanonicalColumn(column)) problems.push(`${at}: reads names "${column}", which is no canonical column`);
  }
  const example = (manifest.options as z.ZodType).safeParse(manifest.example);
  if (!example.success) problems.push(`${at}: its example does not load: ${example.error.issues[0]?.message}`);
  return problems;
}
