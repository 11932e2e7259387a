/** Works on a simulation in the process of a runner: the candidate config on each of the past runs, with nothing written to the store. */
import { RelayError } from '../core/errors.ts';
import { PATHS, runPrefix } from '../core/pipeline/artifacts.ts';
import type { InputManifest } from '../core/pipeline/fetch/input-manifest.ts';
import { pinnedSource, readJson } from '../core/pipeline/publications.ts';
import type { RunSummary } from '../core/pipeline/run.ts';
import type { PastRun } from '../core/pipeline/simulate/past-run.ts';
import { type SimulatedRun, simulateRun } from '../core/pipeline/simulate/simulate.ts';
import type { ArtifactStore } from '../core/ports/service.ts';
import { type ExecuteDeps, validConfig } from './execute.ts';
import { ObjectInputs } from './objects.ts';
import { ProgressCounter } from './progress.ts';
import { type RunHost, type RunOrder, type RunReport, runFailure } from './runner.ts';

/** The most SKUs that the result names for an expectation that is not met. */
const EXAMPLES_MAX = 5;

/** Never throws. */
export async function executeSimulation(deps: ExecuteDeps, order: RunOrder, host: RunHost): Promise<RunReport> {
  const scratch = deps.createScratch(order.run.runId);
  try {
    const config = validConfig(deps, order.config);
    const counter = new ProgressCounter(config.vendors.length);
    const runs: SimulatedRun[] = [];
    for (const runId of order.simulation?.runIds ?? []) {
      await host.confirm();
      const simulated = await simulateRun(deps.engine, {
        config,
        rawConfig: order.config,
        past: await pastRun(deps.artifacts, runId, order.run.tenantId),
        today: new ObjectInputs(deps.artifacts, config, null),
        scratch,
        signal: host.signal,
        onEvent: (event) => {
          counter.add(event);
          host.onProgress(counter.progress);
        },
      });
      runs.push({ ...simulated, expectations: simulated.expectations.map(shortened) });
    }
    const simulation = { passed: runs.every(({ passed }) => passed), runs };
    return { failure: null, work: null, stage: 'COMPLETE', simulation };
  } catch (error) {
    return { failure: runFailure(error), work: null, stage: 'FETCH_INPUTS' };
  } finally {
    await Promise.resolve()
      .then(() => scratch.dispose())
      .catch(() => undefined);
  }
}

function shortened<T extends { examples: unknown[] }>(one: T): T {
  return { ...one, examples: one.examples.slice(0, EXAMPLES_MAX) };
}

interface Snapshot {
  tenant_config: unknown;
  plugins: PastRun['plugins'];
}

async function pastRun(store: ArtifactStore, runId: string, tenantId: string): Promise<PastRun> {
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
  return new RelayError('invalid_input', `files of run ${runId} are gone: old runs are removed after RETENTION_DAYS`);
}
