/** A run as clients see it, and finding one that the asking key may see. */
import type { RunRecord } from '../../core/ports/service.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../http/auth.ts';
import { notFound } from '../http/errors.ts';

/** Throws `NOT_FOUND`, the same for a run that is not there and for one of another tenant. */
export async function findRun(deps: ApiDeps, principal: Principal, runId: string): Promise<RunRecord> {
  const run = await deps.runs.get(runId);
  if (run === null || (principal.kind === 'tenant' && run.tenantId !== principal.tenantId)) throw notFound('run');
  return run;
}

export function runView(run: RunRecord) {
  const errorsKey = run.artifacts.errors ?? null;
  return {
    run_id: run.runId,
    tenant_id: run.tenantId,
    config_version: run.configVersion,
    status: run.status,
    stage: run.stage,
    requested_at: iso(run.requestedAt),
    started_at: iso(run.startedAt),
    finished_at: iso(run.finishedAt),
    failed_stage: run.failedStage,
    error_code: run.errorCode,
    error_message: run.errorMessage,
    errors_artifact_key: errorsKey,
    error_report_key: errorsKey,
    artifacts: run.artifacts,
  };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
