/**
 * Simulations of a tenant, as the service keeps them: `tenants/<id>/simulations/<simulation_id>.json`. Every change of one is a
 * conditional write, so of two workers that claim it one gets it, and a worker that stalled changes nothing of a later claim.
 * `simulations/active.json` names the one that is not done: a tenant has one at a time. A day after it was asked for a simulation is
 * removed. See decision 0024.
 */
import { RelayError } from '../../errors.ts';
import type { ArtifactStore, ObjectInfo, RunStore } from '../../ports/service.ts';
import { readJson, writeJsonObject } from '../publications.ts';
import type { SimulationReport } from './simulate.ts';

export const SIMULATION_STATUSES = ['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type SimulationStatus = (typeof SIMULATION_STATUSES)[number];

/** Times are milliseconds since 1970. */
export interface SimulationRecord {
  simulationId: string;
  tenantId: string;
  status: SimulationStatus;
  /** The candidate. */
  config: unknown;
  /** The past runs, newest first. */
  runIds: string[];
  requestedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  /** Increases with each claim. */
  attempt: number;
  leaseUntil: number | null;
  workerId: string | null;
  cancelRequested: boolean;
  errorCode: string | null;
  errorMessage: string | null;
  /** Only of one that is done. */
  report: SimulationReport | null;
}

export const SIMULATION_KEPT_MS = 24 * 3600_000;
/** A record follows its place in `active.json` within this time. */
const CREATED_WITHIN_MS = 60_000;
/** Writers of one record are few: the API, and a worker. */
const TRIES_MAX = 20;
const RUNS_PAGE = 50;
/** Pages of runs that are looked through for those over all vendors. */
const RUN_PAGES_MAX = 10;

interface Active {
  simulationId: string;
  at: number;
}

function folderOf(tenantId: string): string {
  return `tenants/${tenantId}/simulations/`;
}

function keyOf(tenantId: string, simulationId: string): string {
  return `${folderOf(tenantId)}${simulationId}.json`;
}

export function isSimulationOver({ status }: Pick<SimulationRecord, 'status'>): boolean {
  return status !== 'QUEUED' && status !== 'RUNNING';
}

/** Null if there is none, or no more. */
export async function readSimulation(
  store: ArtifactStore,
  tenantId: string,
  simulationId: string,
): Promise<SimulationRecord | null> {
  return (await readJson<SimulationRecord>(store, keyOf(tenantId, simulationId)))?.value ?? null;
}

/** Takes the tenant's one place and writes the record. The id of the simulation that has the place if it is not done; else null. */
export async function createSimulation(store: ArtifactStore, record: SimulationRecord): Promise<string | null> {
  const { tenantId, simulationId, requestedAt } = record;
  const key = keyOf(tenantId, 'active');
  for (let tries = 1; ; tries++) {
    const active = await readJson<Active>(store, key);
    if (active !== null && (await isWaiting(store, tenantId, active.value, requestedAt))) {
      return active.value.simulationId;
    }
    const condition = active === null ? { ifNoneMatch: true as const } : { ifMatch: active.etag };
    try {
      await writeJsonObject(store, key, { simulationId, at: requestedAt } satisfies Active, condition);
      break;
    } catch (error) {
      if (!isOvertaken(error) || tries === TRIES_MAX) throw error;
    }
  }
  await writeJsonObject(store, keyOf(tenantId, simulationId), record, { ifNoneMatch: true });
  return null;
}

async function isWaiting(
  store: ArtifactStore,
  tenantId: string,
  { simulationId, at }: Active,
  now: number,
): Promise<boolean> {
  const record = await readSimulation(store, tenantId, simulationId);
  if (record === null) return now - at < CREATED_WITHIN_MS && now >= at;
  return !isSimulationOver(record) && now - record.requestedAt < SIMULATION_KEPT_MS;
}

/** Changes a record as it is at that moment. Null if there is none, or if `edit` says null: then nothing changes. */
export async function changeSimulation(
  store: ArtifactStore,
  { tenantId, simulationId }: Pick<SimulationRecord, 'tenantId' | 'simulationId'>,
  edit: (record: SimulationRecord) => Partial<SimulationRecord> | null,
): Promise<SimulationRecord | null> {
  const key = keyOf(tenantId, simulationId);
  for (let tries = 1; ; tries++) {
    const found = await readJson<SimulationRecord>(store, key);
    const changes = found === null ? null : edit(found.value);
    if (found === null || changes === null) return null;
    const record = { ...found.value, ...changes };
    try {
      await writeJsonObject(store, key, record, { ifMatch: found.etag });
      return record;
    } catch (error) {
      if (!isOvertaken(error) || tries === TRIES_MAX) throw error;
    }
  }
}

function isOvertaken(error: unknown): boolean {
  return error instanceof RelayError && error.code === 'precondition_failed';
}

/** The newest runs of a tenant over all vendors that succeeded, newest first. */
export async function pastRunIds(runs: RunStore, tenantId: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < RUN_PAGES_MAX && ids.length < count; page++) {
    const listed: Awaited<ReturnType<RunStore['list']>> = await runs.list(
      { tenantId, status: 'SUCCEEDED' },
      cursor,
      RUNS_PAGE,
    );
    ids.push(...listed.runs.filter(({ vendors }) => vendors.length === 0).map(({ runId }) => runId));
    if (listed.next === null) break;
    cursor = listed.next;
  }
  return ids.slice(0, count);
}

/** Removes the simulations of a tenant that are a day old. */
export async function removeOldSimulations(store: ArtifactStore, tenantId: string, now: number): Promise<ObjectInfo[]> {
  const removed: ObjectInfo[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ArtifactStore['list']>> = await store.list(folderOf(tenantId), cursor);
    for (const one of page.objects) {
      if (one.lastModified >= now - SIMULATION_KEPT_MS) continue;
      if (await store.remove(one.key)) removed.push(one);
    }
    cursor = page.next;
  } while (cursor !== null);
  return removed;
}
