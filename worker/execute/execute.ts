/** Runs a claimed run in this process: checks its config, calls the engine, and reports how it went. */
import { type ConfigLimits, checkConfig } from '../../core/config/check.ts';
import type { TenantConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { type Engine, type RunOutcome, runPipeline } from '../../core/pipeline/run.ts';
import type { Scratch } from '../../core/ports/engine.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { Stage } from '../../core/run-codes.ts';
import { type RunHost, type RunOrder, type RunReport, runFailure } from '../runner.ts';
import type { StopReason } from '../stoppable.ts';
import { publishRequest } from './baseline.ts';
import { fenceManifest, readManifest } from './manifest-fence.ts';
import { ObjectArtifacts } from './object-artifacts.ts';
import { ObjectInputs } from './object-inputs.ts';
import { boundedWarnings, ProgressCounter, runCounts } from './progress.ts';

export interface ExecuteDeps {
  engine: Engine;
  artifacts: ArtifactStore;
  /** Spill space for one run; `dispose` removes it. */
  createScratch(runId: string): Scratch & { dispose(): void | Promise<void> };
  /** Milliseconds since 1970. */
  now(): number;
  configLimits: Partial<ConfigLimits>;
}

const CANCELLED: StopReason = 'cancelled';

/** Never throws. */
export async function executeRun(deps: ExecuteDeps, order: RunOrder, host: RunHost): Promise<RunReport> {
  const artifacts = new ObjectArtifacts(deps.artifacts, order.run, (path) => confirm(host, path), {
    createHasher: () => deps.engine.createHasher(),
    now: () => deps.now(),
  });
  let stage: Stage = 'FETCH_INPUTS';
  try {
    const outcome = await runEngine(deps, order, host, artifacts);
    stage = outcome.failed_stage ?? 'COMPLETE';
    // a run that succeeded holds nothing: its summary is the last
    await artifacts.settle().catch((error) => {
      if (runFailure(error).retry !== null) throw error;
    });
    return reportOf(outcome, artifacts);
  } catch (error) {
    return { failure: runFailure(error), work: null, stage };
  }
}

/** The summary commits the run: one that was cancelled while its claim was confirmed, which may take long, does not get it. */
async function confirm(host: RunHost, path: string): Promise<void> {
  await host.confirm();
  if (path === PATHS.summary && host.signal.reason === CANCELLED)
    throw new RelayError('CANCELLED', 'the run was cancelled');
}

async function runEngine(
  deps: ExecuteDeps,
  { run, config: rawConfig }: RunOrder,
  host: RunHost,
  artifacts: ObjectArtifacts,
): Promise<RunOutcome> {
  const config = validConfig(deps, rawConfig);
  // the answer is still fresh when the first stage asks for it
  await Promise.all([artifacts.look(), host.confirm()]);
  const manifest = await readManifest(artifacts);
  await fenceManifest(artifacts, manifest, run);
  const { createHasher } = deps.engine;
  const stores = { store: deps.artifacts, artifacts, createHasher };
  const publishing = await publishRequest(stores, { run, config, manifest });
  const scratch = deps.createScratch(run.runId);
  const counter = new ProgressCounter(run.vendors.length || config.vendors.length);
  try {
    return await runPipeline(deps.engine, {
      runId: run.runId,
      config,
      rawConfig,
      configVersion: run.configVersion,
      now: Math.floor((run.startedAt ?? deps.now()) / 1000),
      inputs: new ObjectInputs(deps.artifacts, config, manifest),
      pinned: manifest,
      artifacts,
      scratch,
      publishing,
      vendors: run.vendors,
      signal: host.signal,
      onEvent: (event) => {
        counter.add(event);
        host.onProgress(counter.progress);
      },
      onStage: (stage) => host.enterStage(stage, counter.progress),
    });
  } finally {
    // the run has its outcome; anything left behind is tidied later
    await Promise.resolve()
      .then(() => scratch.dispose())
      .catch(() => undefined);
  }
}

/** The stored config, checked; throws its problems. */
export function validConfig(deps: Pick<ExecuteDeps, 'engine' | 'configLimits'>, raw: unknown): TenantConfig {
  const checked = checkConfig(raw, deps.engine.registry, deps.configLimits);
  if (checked.ok) return checked.config;
  const version = checked.problems.some((problem) => problem.code === 'unsupported_schema_version');
  const list = checked.problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
  throw new RelayError(
    version ? 'unsupported_schema_version' : 'invalid_input',
    `the stored config is not valid: ${list}`,
  );
}

function reportOf(outcome: RunOutcome, artifacts: ObjectArtifacts): RunReport {
  const { summary } = outcome;
  return {
    failure: outcome.status === 'SUCCEEDED' ? null : runFailure(outcome.error),
    work: {
      counts: runCounts(summary),
      warnings: boundedWarnings(summary.warnings),
      paths: [...artifacts.present],
      feed: artifacts.feed,
    },
    stage: outcome.failed_stage ?? 'COMPLETE',
  };
}
