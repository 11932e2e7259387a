/** What a simulation of one past run must do. */
import type { TenantConfig } from '../../config/schema.ts';
import type { RunInputs, Scratch } from '../../ports/engine.ts';
import type { Engine } from '../run.ts';
import type { RunEvent } from '../run-types.ts';
import type { PastRun } from './past-run.ts';

export interface SimulationOrder {
  config: TenantConfig;
  rawConfig: unknown;
  past: PastRun;
  /**
   * The engine with the plugins that the past run had, if the simulation uses others: to work out the past figures
   * again.
   */
  pastEngine?: Engine;
  /** Where to find side files that the past run did not read. */
  today: Pick<RunInputs, 'sideFile'>;
  scratch: Scratch;
  signal?: AbortSignal | undefined;
  onEvent?: ((event: RunEvent) => void) | undefined;
}
