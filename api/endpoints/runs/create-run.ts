/** Creates a run: fixes the version of the config, takes the tenant's one slot, and sends the job to the workers. */
import type { NewRun, RunRecord } from '../../../core/ports/service/runs.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Principal, requireTenant } from '../../http/auth.ts';
import { ApiError, notFoundError } from '../../http/errors.ts';
import { newId, sha256 } from '../../http/secrets.ts';
import type { RunBody } from '../../schemas/runs.ts';
import { requireVendors } from '../require-vendors.ts';

/** What creating a run needs. `relay dlq replay` creates runs without the rest of the API. */
export interface CreateRunDeps extends Pick<ApiDeps, 'tenants' | 'runs' | 'now' | 'crypto' | 'log'> {
  queue: Pick<ApiDeps['queue'], 'send'>;
  settings: Pick<ApiDeps['settings'], 'idempotencySeconds'>;
  /** Throws if the tenant may start no run now. */
  admit?(tenantId: string): Promise<void>;
}

export interface CreateRunRequest {
  principal: Principal;
  body: RunBody;
  idempotencyKey: string | undefined;
  /** For the log. */
  requestId: string;
}

export async function createRun(deps: CreateRunDeps, request: CreateRunRequest): Promise<RunRecord> {
  const { principal, body, idempotencyKey, requestId } = request;
  const { tenant_id: tenantId, vendors: asked = [], force = false, reason } = body;
  requireTenant(principal, tenantId);
  const vendors = [...new Set(asked)].sort();
  const now = deps.now();
  const parts = [tenantId, body.run_type, vendors, force, ...(reason === undefined ? [] : [reason])];
  const bodyHash = await sha256(JSON.stringify(parts), deps.crypto);
  // an idempotency key belongs to its tenant, however the store uses it
  const key = idempotencyKey === undefined ? null : `${tenantId}/${idempotencyKey}`;
  // first, because a repeated request must not depend on a config newer than its run
  const repeated = key === null ? null : await deps.runs.findRepeated(tenantId, key, now);
  if (repeated !== null) {
    if (repeated.bodyHash !== bodyHash) throw keyReused();
    return repeated.run;
  }
  const config = await deps.tenants.getConfig(tenantId);
  if (config === null) throw notFoundError('tenant');
  requireVendors(config.config, asked, 'vendors');
  await deps.admit?.(tenantId);
  const run: NewRun = {
    runId: newId('run', deps.crypto, now),
    tenantId,
    configVersion: config.configVersion,
    vendors,
    force,
    forceReason: reason ?? null,
    now,
  };
  if (key !== null) run.idempotency = { key, bodyHash, expiresAt: now + deps.settings.idempotencySeconds * 1000 };
  return await storeAndSend(deps, run, requestId);
}

async function storeAndSend(deps: CreateRunDeps, run: NewRun, requestId: string): Promise<RunRecord> {
  const result = await deps.runs.create(run);
  switch (result.status) {
    case 'created':
      await send(deps, result.run, requestId);
      return result.run;
    case 'repeated':
      return result.run;
    case 'key_reused':
      throw keyReused();
    case 'tenant_busy': {
      const extra = { active_run_id: result.activeRunId };
      throw new ApiError('TENANT_ALREADY_RUNNING', `tenant "${run.tenantId}" has an active run`, { extra });
    }
  }
}

function keyReused(): ApiError {
  return new ApiError('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with another body; use a new one');
}

/** Only logs a failure: the run is stored, and workers send missing messages. */
async function send(deps: CreateRunDeps, run: RunRecord, requestId: string): Promise<void> {
  const { runId: run_id, tenantId: tenant_id, vendors, configVersion: config_version } = run;
  try {
    await deps.queue.send({ run_id, tenant_id, vendors, config_version });
  } catch (error) {
    const error_message = error instanceof Error ? error.message : String(error);
    deps.log.error('job_not_sent', { request_id: requestId, run_id, tenant_id, error_message });
  }
}
