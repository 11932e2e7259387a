/** What a simulation of one past run is asked to do. */
import type { TenantConfig } from '../../config/schema.ts';
import type { RunInputs, Scratch } from '../../ports/engine.ts';
import type { Engine } from '../run.ts';
import type { RunEvent } from '../run-types.ts';
import type { PastRun } from './past-run.ts';

export interface SimulationOrder {
  config: TenantConfig;
  rawConfig: unknown;
  past: PastRun;
  /** With the plugins as the past run had them, if the simulation is of others: where its figures are worked out again. */
  pastEngine?: Engine;
  /** Where side files are found that the past run did not read. */
  today: Pick<RunInputs, 'sideFile'>;
  scratch: Scratch;
  signal?: AbortSignal | undefined;
  onEvent?: ((event: RunEvent) => void) | undefined;
}
