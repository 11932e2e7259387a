/** Reads a past run from the store of the service. */
import { RelayError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/service/objects.ts';
import { PATHS, runPrefix } from '../artifacts.ts';
import type { InputManifest } from '../fetch/input-manifest.ts';
import { pinnedSource, readJson } from '../publications.ts';
import type { RunSummary } from '../run-types.ts';
import type { PastRun } from './past-run.ts';

interface Snapshot {
  tenant_config: unknown;
  plugins: PastRun['plugins'];
}

/** Throws `invalid_input` if the run did not succeed, or its files are gone. */
export async function readStoredRun(
  store: ArtifactStore,
  { runId, tenantId }: { runId: string; tenantId: string },
): Promise<PastRun> {
  const prefix = runPrefix(runId, tenantId);
  const read = async <T>(path: string): Promise<T> => {
    const found = await readJson<T>(store, prefix + path);
    if (found === null) throw gone(runId);
    return found.value;
  };
  const manifest = await read<InputManifest>(PATHS.manifest);
  const summary = await read<RunSummary>(PATHS.summary);
  const { tenant_config: rawConfig, plugins } = await read<Snapshot>(PATHS.config);
  const isThere = async (path: string) => (await store.head(prefix + path)) !== null;
  const open = (path: string) => pinnedSource(store, prefix + path, null);
  const format = (await isThere(PATHS.merged('csv'))) ? 'csv' : 'jsonl';
  if (!(await isThere(PATHS.merged(format)))) throw gone(runId);
  return {
    ...{ manifest, summary, rawConfig, plugins, open },
    feed: { format, source: open(PATHS.merged(format)) },
    state: (await isThere(PATHS.publishState)) ? open(PATHS.publishState) : null,
    decisions: (await isThere(PATHS.decisions)) ? open(PATHS.decisions) : null,
  };
}

function gone(runId: string): RelayError {
  return new RelayError(
    'invalid_input',
    `files of run ${runId} are gone, or it did not succeed: old runs are removed after RETENTION_DAYS`,
  );
}
