/** What `relay simulate` says of the plugins: which versions it compares, and what it cannot compare because the old ones are not there. */
import type { PastRun } from '../../../core/pipeline/simulate/past-run.ts';
import type { SimulatedRun } from '../../../core/pipeline/simulate/simulate.ts';
import type { PluginKind } from '../../../core/plugin.ts';
import type { Registry } from '../../../core/registry.ts';
import { PLUGINS_SETTING } from '../../plugins/allow-list.ts';

/** A plugin of a package that the run used, with its version then and here; null if it is not here. */
interface PluginVersions {
  kind: string;
  id: string;
  version_before: string;
  version_after: string | null;
}

export interface Besides {
  plugins: PluginVersions[];
  /** Why margins are not compared; null if they are, or if there is no feed to compare. */
  margin_unknown: string | null;
}

export const NOTHING_BESIDES: Besides = { plugins: [], margin_unknown: null };

/** `pastRegistry` has the plugins that stand for those of the run. */
export function besidesOf(
  run: SimulatedRun,
  past: PastRun,
  { registry, pastRegistry }: { registry: Registry; pastRegistry: Registry },
): Besides {
  const plugins = past.plugins.flatMap(({ kind, id, version }) => {
    if (registry.isBuiltIn(kind as PluginKind, id)) return [];
    return [{ kind, id, version_before: version, version_after: versionIn(registry, kind, id) }];
  });
  const isCompared = run.diff === null || run.margin !== null;
  return { plugins, margin_unknown: isCompared ? null : unknownBecause(past, pastRegistry) };
}

function unknownBecause({ plugins }: PastRun, registry: Registry): string {
  const lacking = plugins.filter(({ kind, id, version }) => versionIn(registry, kind, id) !== version);
  if (lacking.length === 0) return 'since the run does not succeed again with its own config';
  const names = lacking.map(({ kind, id, version }) => `${kind}/${id} ${version}`).join(', ');
  return `since the run cannot be worked out again without the plugins that it had: ${names}; name a list with them in ${PLUGINS_SETTING}`;
}

function versionIn(registry: Registry, kind: string, id: string): string | null {
  return registry.find(kind as PluginKind, id)?.manifest.version ?? null;
}

/** A line for each plugin of a package that has another version here, or may be why the feed changes. */
export function pluginLines({ diff }: SimulatedRun, { plugins }: Besides): string[] {
  const isSame =
    diff !== null && Object.entries(diff.changes).every(([kind, count]) => kind === 'unchanged' || count === 0);
  return plugins.flatMap(({ kind, id, version_before, version_after }) => {
    if (version_before === version_after && isSame) return [];
    const here = version_after === null ? 'not here' : `${version_after} here`;
    const raise = version_before === version_after ? '; raise the version of what you changed: runs record it' : '';
    return [`  plugin ${kind}/${id}: ${version_before} in the run, ${here}${raise}`];
  });
}
