/** A run as clients see it, and the look-up of a run that a key may see. */
import { noticesOf } from '../../../core/notices/notices.ts';
import type { RunProgress, RunRecord } from '../../../core/ports/service/runs.ts';
import type { Registry } from '../../../core/registry.ts';
import type { ApiDeps } from '../../deps.ts';
import type { Principal } from '../../http/auth.ts';
import { notFoundError } from '../../http/errors.ts';

/** Throws `NOT_FOUND`: the same answer for an unknown run and for another tenant's. */
export async function findRun(deps: ApiDeps, principal: Principal, runId: string): Promise<RunRecord> {
  const run = await deps.runs.get(runId);
  if (run === null || (principal.kind === 'tenant' && run.tenantId !== principal.tenantId)) throw notFoundError('run');
  return run;
}

export function runView(run: RunRecord, registry: Registry) {
  const errorsKey = run.artifacts.errors ?? null;
  return {
    run_id: run.runId,
    tenant_id: run.tenantId,
    config_version: run.configVersion,
    status: run.status,
    stage: run.stage,
    attempt: run.attempt,
    cancel_requested: run.cancelRequested,
    progress: progressView(run.progress),
    requested_at: iso(run.requestedAt),
    started_at: iso(run.startedAt),
    finished_at: iso(run.finishedAt),
    failed_stage: run.failedStage,
    error_code: run.errorCode,
    error_message: run.errorMessage,
    errors_artifact_key: errorsKey,
    error_report_key: errorsKey,
    artifacts: run.artifacts,
    counts: run.counts,
    warnings: run.warnings,
    notices: noticesOf(run.warnings, { invalidRows: run.counts?.invalid ?? 0, meanings: registry.codeMeanings() }),
  };
}

/** The text of a run's answer. A store gives a frozen record again while the run is the same: clients poll, and its text is kept beside it. */
export function runAnswers(registry: Registry): (run: RunRecord) => string {
  const texts = new WeakMap<RunRecord, string>();
  return (run) => {
    const known = texts.get(run);
    if (known !== undefined) return known;
    const text = JSON.stringify(runView(run, registry));
    if (Object.isFrozen(run)) texts.set(run, text);
    return text;
  };
}

function progressView(progress: RunProgress | null) {
  if (progress === null) return null;
  const { vendors, vendorsRead, rows, invalid, merged } = progress;
  return { vendors, vendors_read: vendorsRead, rows, invalid, merged };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
