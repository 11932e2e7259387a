/** Works on a simulation in the process of a runner: the candidate config on each of the past runs, with nothing written to the store. */
import { type SimulatedRun, simulateRun } from '../../core/pipeline/simulate/simulate.ts';
import { readStoredRun } from '../../core/pipeline/simulate/stored-run.ts';
import { type RunHost, type RunOrder, type RunReport, runFailure } from '../runner.ts';
import { type ExecuteDeps, validConfig } from './execute.ts';
import { ObjectInputs } from './object-inputs.ts';
import { ProgressCounter } from './progress.ts';

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
        past: await readStoredRun(deps.artifacts, { runId, tenantId: order.run.tenantId }),
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
