/** Starts a run: fixes the config's version, takes the tenant's one slot, and sends the job to the workers. */
import type { NewRun, RunRecord } from '../../core/ports/service.ts';
import type { ApiDeps } from '../deps.ts';
import { type Principal, requireTenant } from '../http/auth.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { newId, sha256 } from '../http/secrets.ts';
import { requireVendors } from './vendors.ts';

/** What it takes to start a run, wherever that is asked for. */
export interface RunDeps extends Pick<ApiDeps, 'tenants' | 'runs' | 'now' | 'crypto' | 'log'> {
  queue: Pick<ApiDeps['queue'], 'send'>;
  settings: Pick<ApiDeps['settings'], 'idempotencySeconds'>;
}

export interface CreateRunBody {
  tenant_id: string;
  run_type: 'inventory_sync';
  vendors?: string[] | undefined;
  force?: boolean | undefined;
}

export async function createRun(
  deps: RunDeps,
  principal: Principal,
  request: CreateRunBody,
  idempotencyKey: string | undefined,
  requestId: string,
): Promise<RunRecord> {
  const { tenant_id: tenantId, vendors: asked = [], force = false } = request;
  requireTenant(principal, tenantId);
  const vendors = [...new Set(asked)].sort();
  const now = deps.now();
  const bodyHash = await sha256(JSON.stringify([tenantId, request.run_type, vendors, force]), deps.crypto);
  // a key means something within its tenant alone, whatever the store makes of it
  const key = idempotencyKey === undefined ? null : `${tenantId}/${idempotencyKey}`;
  // first, so that a request that is sent again does not depend on a config that is newer than its run
  const before = key === null ? null : await deps.runs.findRepeated(tenantId, key, now);
  if (before !== null) {
    if (before.bodyHash !== bodyHash) throw keyReused();
    return before.run;
  }
  const config = await deps.tenants.getConfig(tenantId);
  if (config === null) throw notFound('tenant');
  requireVendors(config.config, asked, 'vendors');
  const run: NewRun = {
    runId: newId('run', deps.crypto, now),
    tenantId,
    configVersion: config.configVersion,
    vendors,
    force,
    now,
  };
  if (key !== null) run.idempotency = { key, bodyHash, expiresAt: now + deps.settings.idempotencySeconds * 1000 };
  return await stored(deps, run, requestId);
}

async function stored(deps: RunDeps, run: NewRun, requestId: string): Promise<RunRecord> {
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

/** The run is accepted once it is stored: workers send again what was not sent. */
async function send(deps: RunDeps, run: RunRecord, requestId: string): Promise<void> {
  const { runId: run_id, tenantId: tenant_id, vendors, configVersion: config_version } = run;
  try {
    await deps.queue.send({ run_id, tenant_id, vendors, config_version });
  } catch (error) {
    const error_message = error instanceof Error ? error.message : String(error);
    deps.log.error('job_not_sent', { request_id: requestId, run_id, tenant_id, error_message });
  }
}
