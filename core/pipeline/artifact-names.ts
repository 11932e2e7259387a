/** The API's names for artifacts, and the artifacts that a run has. */
import type { ArtifactStore } from '../ports/service/objects.ts';
import { PATHS, runPrefix } from './artifacts.ts';

/** The API's name for an artifact, from its path below the run's prefix; null if the path is not an artifact. */
export function artifactName(path: string): string | null {
  const [folder, vendor = '', name = ''] = path.split('/');
  // only `relay explain` reads it, so it has no name in the API
  if (folder === 'normalized' && path !== PATHS.normalized(vendor)) return null;
  if (folder === 'inbound' || folder === 'carried_over' || folder === 'normalized') return `${folder}_${vendor}`;
  if (folder === 'patched' || folder === 'patches') {
    const n = name.replace(/\.csv$/, '');
    return `${folder === 'patched' ? 'patched' : 'patch'}_${vendor}_${n.replace(/\.rows$/, '_rows')}`;
  }
  if (folder === 'side_files') return `side_file_${vendor}_${name}`;
  if (folder === 'outputs' && vendor === 'exports') return `export_${name.slice(0, name.lastIndexOf('.'))}`;
  if (folder === 'reports' && vendor === 'rejects') {
    return `rejects_${name.replace(/\.csv$/, '')}`.replace(/^rejects_(.*)\.rows$/, 'reject_rows_$1');
  }
  const names: Record<string, string> = {
    [PATHS.manifest]: 'input_manifest',
    [PATHS.config]: 'config_snapshot',
    [PATHS.summary]: 'run_summary',
    [PATHS.errors]: 'errors',
    [PATHS.merged('csv')]: 'merged_inventory',
    [PATHS.merged('jsonl')]: 'merged_inventory',
    [PATHS.candidate('csv')]: 'candidate_inventory',
    [PATHS.candidate('jsonl')]: 'candidate_inventory',
    [PATHS.delta]: 'delta',
    [PATHS.publishState]: 'publish_state',
    [PATHS.holds]: 'holds',
    [PATHS.vanished]: 'vanished',
    [PATHS.guardrails]: 'guardrails',
    [PATHS.expectations]: 'expectations',
    [PATHS.diff]: 'diff',
    [PATHS.decisions]: 'decisions',
  };
  return names[path] ?? null;
}

/** Storage keys of artifacts by name. */
export function namedArtifacts(prefix: string, paths: Iterable<string>): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const path of paths) {
    const name = artifactName(path);
    if (name === null) continue;
    // a feed of several files has one artifact per file
    keys[name in keys ? `${name}:${path.slice(path.lastIndexOf('/') + 1)}` : name] = prefix + path;
  }
  return keys;
}

/** What all attempts at a run have written so far, by the API's names. */
export async function storedArtifacts(
  store: ArtifactStore,
  run: { runId: string; tenantId: string },
): Promise<Record<string, string>> {
  const prefix = runPrefix(run.runId, run.tenantId);
  const paths: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const { objects, next } = await store.list(prefix, cursor);
    paths.push(...objects.map(({ key }) => key.slice(prefix.length)));
    if (next === null) return namedArtifacts(prefix, paths);
    cursor = next;
  }
}
