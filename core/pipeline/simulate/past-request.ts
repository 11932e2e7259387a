/** The request that repeats a past run: its inputs, its clock, and its own feed as what is published. */
import type { TenantConfig } from '../../config/schema.ts';
import type { Decisions } from '../../ports/publishing.ts';
import type { RunRequest } from '../run-types.ts';
import type { SimulationArtifacts } from './artifacts.ts';
import type { SimulationOrder } from './order.ts';
import { asBaseline, PastInputs } from './past-run.ts';

/** The config to repeat the run with, and the decisions on held prices that it gets. */
export interface RepeatedWith {
  config: TenantConfig;
  /** The same config as the tenant wrote it. */
  rawConfig: unknown;
  decisions: Decisions | null;
}

export function pastRequest(
  { past, today, scratch, signal, onEvent }: SimulationOrder,
  artifacts: SimulationArtifacts,
  { config, rawConfig, decisions }: RepeatedWith,
): RunRequest {
  const { manifest } = past;
  return {
    runId: manifest.run_id,
    config,
    rawConfig,
    configVersion: manifest.config_version,
    now: Math.floor(Date.parse(manifest.generated_at) / 1000),
    inputs: new PastInputs(past, { rawConfig, artifacts, today }),
    artifacts,
    scratch,
    publishing: { baseline: asBaseline(past), decisions, force: null },
    signal,
    onEvent,
  };
}
