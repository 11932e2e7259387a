/** Simulations: a candidate config on the inputs of past runs, worked on by a worker, with nothing published. */
import type { Context } from 'hono';
import { requestProblems } from '../../../core/config/problems.ts';
import { configAt } from '../../../core/config/raw.ts';
import {
  cancelSimulation,
  changeSimulation,
  createSimulation,
  pastRunIds,
  readSimulation,
  SIMULATION_KEPT_MS,
  type SimulationRecord,
  simulationMessage,
} from '../../../core/pipeline/simulate/records.ts';
import { counted } from '../../../core/text/counted.ts';
import { isSameConfig } from '../../config/same-config.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import type { AppEnv } from '../../http/app-env.ts';
import type { Principal } from '../../http/auth.ts';
import { LargeBodies } from '../../http/body.ts';
import { ApiError, notFoundError } from '../../http/errors.ts';
import { newId } from '../../http/secrets.ts';
import { tenantParams } from '../../schemas/common.ts';
import { simulationBody, simulationParams, simulationRequest } from '../../schemas/simulations.ts';
import { requireTenantExists } from '../require-tenant.ts';
import type { ConfigChecks } from './checked-config.ts';

export function simulationEndpoints(deps: ApiDeps, checks: ConfigChecks) {
  const { artifacts, runs } = deps;
  const path = '/v1/tenants/:tenant_id/simulations';
  // hundreds of requests may come at once, and each checks a config and reads past runs, also if its answer is that there is a simulation
  const turns = deps.configJobs === null ? null : new LargeBodies(deps.settings.largeBodies);

  const createOne = async (
    { c, tenantId, principal }: { c: Context<AppEnv>; tenantId: string; principal: Principal },
    { config, runs: most }: ReturnType<typeof parsedRequest>,
  ): Promise<SimulationRecord> => {
    await checks.check(c, { raw: config, text: JSON.stringify(config) ?? 'null', tenantId, principal });
    await requireTenantExists(deps, tenantId);
    await deps.requireRoom?.();
    const runIds = await pastRunIds(runs, tenantId, most);
    if (runIds.length === 0) throw new ApiError('NO_PAST_RUN', 'the tenant has no run over all vendors that succeeded');
    const record = newRecord(deps, tenantId, config, runIds);
    const active = await createSimulation(artifacts, record);
    if (active !== null) {
      const extra = { active_simulation_id: active };
      const message = 'the tenant has a simulation in progress; wait for it, or cancel it';
      throw new ApiError('SIMULATION_ACTIVE', message, { extra });
    }
    await send(deps, record);
    return record;
  };

  return [
    endpoint({
      method: 'post',
      path,
      id: 'createSimulation',
      tag: 'Tenants',
      summary: 'Try a config on past runs',
      description:
        'A worker runs the config on the inputs of the newest runs over all vendors that succeeded, at their clocks, and compares the feeds. Nothing is published, and the tenant’s runs go on meanwhile. A tenant has one simulation at a time.',
      access: 'tenant',
      params: tenantParams,
      body: { schema: simulationBody(deps.settings), model: 'SimulationRequest', isConfig: true },
      responses: {
        202: { description: 'accepted', model: 'Simulation', headers: { Location: 'address of the simulation' } },
      },
      errors: ['INVALID_REQUEST', 'SIMULATION_ACTIVE', 'NO_PAST_RUN', 'DISK_NEARLY_FULL'],
      handle: async ({ c, params: { tenant_id: tenantId }, body, principal }) => {
        const request = parsedRequest(body);
        const create = () => createOne({ c, tenantId, principal }, request);
        const record = await (turns === null ? create() : turns.inTurn(c, create));
        const headers = { Location: `/v1/tenants/${tenantId}/simulations/${record.simulationId}` };
        return Response.json(simulationView(record), { status: 202, headers });
      },
    }),
    endpoint({
      method: 'get',
      path: `${path}/:simulation_id`,
      id: 'getSimulation',
      tag: 'Tenants',
      summary: 'A simulation and its result',
      description: 'It is kept for a day.',
      access: 'tenant',
      params: simulationParams,
      responses: { 200: { description: 'the simulation', model: 'Simulation' } },
      handle: async ({ params: { tenant_id, simulation_id } }) =>
        Response.json(simulationView(await findSimulation(deps, tenant_id, simulation_id))),
    }),
    endpoint({
      method: 'post',
      path: `${path}/:simulation_id/cancel`,
      id: 'cancelSimulation',
      tag: 'Tenants',
      summary: 'Cancel a simulation',
      description: 'One that waits is cancelled at once; one that a worker works on ends within seconds.',
      access: 'tenant',
      params: simulationParams,
      responses: { 200: { description: 'the simulation', model: 'Simulation' } },
      errors: ['SIMULATION_ENDED'],
      handle: async ({ params: { tenant_id: tenantId, simulation_id: simulationId } }) => {
        await findSimulation(deps, tenantId, simulationId);
        const record = await cancelSimulation(artifacts, { tenantId, simulationId }, deps.now());
        if (record === null) throw new ApiError('SIMULATION_ENDED', 'the simulation has ended');
        return Response.json(simulationView(record));
      },
    }),
  ];
}

/**
 * Checks a new version of a config. With `If-Simulated`, it must be the config of that simulation, which must have
 * passed. Without it, the current config must not require a simulation.
 */
export async function requireSimulated(
  deps: ApiDeps,
  tenantId: string,
  { newest, next, simulationId }: { newest: unknown; next: unknown; simulationId: string | undefined },
): Promise<void> {
  if (simulationId === undefined) {
    if (!asksForSimulation(newest)) return;
    const message = 'the config has publish.require_simulation: simulate the new one, and name it in If-Simulated';
    throw new ApiError('SIMULATION_REQUIRED', message);
  }
  const record = await readSimulation(deps.artifacts, tenantId, simulationId);
  const why = whyNot(deps, record, next);
  if (why !== null) throw new ApiError('SIMULATION_NOT_PASSED', `If-Simulated: ${why}`);
}

export function asksForSimulation(config: unknown): boolean {
  return configAt(config, 'publish', 'require_simulation') === true;
}

function whyNot(deps: ApiDeps, record: SimulationRecord | null, next: unknown): string | null {
  if (record === null || isExpired(deps, record)) return 'there is no such simulation; each is kept for a day';
  if (record.status !== 'DONE') return `the simulation is ${record.status}`;
  if (record.report?.passed !== true) return 'the simulation did not pass';
  return isSameConfig(record.config, next) ? null : 'the simulation was of another config';
}

function parsedRequest(body: unknown) {
  const parsed = simulationRequest.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = requestProblems(simulationRequest, body, parsed.error);
  throw new ApiError('INVALID_REQUEST', `the request has ${counted(issues.length, 'problem')}`, { issues });
}

function newRecord(deps: ApiDeps, tenantId: string, config: unknown, runIds: string[]): SimulationRecord {
  const requestedAt = deps.now();
  return {
    ...{ simulationId: newId('sim', deps.crypto, requestedAt), tenantId, status: 'QUEUED', config, runIds },
    ...{
      requestedAt,
      sentAt: requestedAt,
      startedAt: null,
      finishedAt: null,
      attempt: 0,
      leaseUntil: null,
      workerId: null,
    },
    ...{ cancelRequested: false, errorCode: null, errorMessage: null, report: null },
  };
}

/** Fails the simulation if its message cannot be sent, so that it does not wait for a worker. */
async function send(deps: ApiDeps, record: SimulationRecord): Promise<void> {
  try {
    await deps.queue.send(simulationMessage(record));
  } catch (error) {
    const errorMessage = 'its message could not be sent';
    const ended = { status: 'FAILED', finishedAt: deps.now(), errorCode: 'internal_error', errorMessage } as const;
    await changeSimulation(deps.artifacts, record, () => ended);
    throw error;
  }
}

async function findSimulation(deps: ApiDeps, tenantId: string, simulationId: string): Promise<SimulationRecord> {
  const record = await readSimulation(deps.artifacts, tenantId, simulationId);
  if (record === null || isExpired(deps, record)) throw notFoundError('simulation');
  return record;
}

function isExpired(deps: ApiDeps, { requestedAt }: SimulationRecord): boolean {
  return deps.now() - requestedAt >= SIMULATION_KEPT_MS;
}

function simulationView(record: SimulationRecord) {
  const timeOf = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    simulation_id: record.simulationId,
    tenant_id: record.tenantId,
    status: record.status,
    run_ids: record.runIds,
    requested_at: timeOf(record.requestedAt),
    started_at: timeOf(record.startedAt),
    finished_at: timeOf(record.finishedAt),
    expires_at: timeOf(record.requestedAt + SIMULATION_KEPT_MS),
    cancel_requested: record.cancelRequested,
    passed: record.report?.passed ?? null,
    error_code: record.errorCode,
    error_message: record.errorMessage,
    runs: record.report?.runs ?? null,
  };
}
