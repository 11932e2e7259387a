/**
 * Simulations of a tenant, as the service keeps them: `tenants/<id>/simulations/<simulation_id>.json`. Every change is
 * a conditional write: if two workers claim a simulation, one gets it, and a stalled worker cannot disturb a later
 * claim. `simulations/active.json` names the one that is not done: a tenant has one at a time. A simulation is removed
 * a day after it was requested.
 *
 * `tenants/_waiting/simulations/<tenant>.<simulation>.json` is a note for each simulation that may still need a worker;
 * no tenant's id begins with `_`. A worker's sweep reads these few notes instead of the folders of all tenants: it
 * removes the notes of finished simulations, and finds those whose message may be lost. See decision 0024.
 */
import { RelayError } from '../../errors.ts';
import type { JobMessage } from '../../ports/service/jobs.ts';
import type { ArtifactStore, ObjectInfo } from '../../ports/service/objects.ts';
import { type RunStore, sentLater } from '../../ports/service/runs.ts';
import { readJson, writeJsonObject } from '../publications.ts';
import type { SimulationReport } from './simulate.ts';

export const SIMULATION_STATUSES = ['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type SimulationStatus = (typeof SIMULATION_STATUSES)[number];

/** Times are milliseconds since 1970. */
export interface SimulationRecord {
  simulationId: string;
  tenantId: string;
  status: SimulationStatus;
  /** The candidate config. */
  config: unknown;
  /** The past runs, newest first. */
  runIds: string[];
  requestedAt: number;
  /** When its message was last sent, or should be. */
  sentAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  /** Increases with each claim. */
  attempt: number;
  leaseUntil: number | null;
  workerId: string | null;
  cancelRequested: boolean;
  errorCode: string | null;
  errorMessage: string | null;
  /** Null until it is done. */
  report: SimulationReport | null;
}

export const SIMULATION_KEPT_MS = 24 * 3600_000;
/** A record is written at most this long after its entry in `active.json` and its note. */
const CREATED_WITHIN_MS = 60_000;
/** Few processes write one record: the API and a worker. */
const TRIES_MAX = 20;
const NOTES = 'tenants/_waiting/simulations/';
/** The most notes that one sweep reads. */
const NOTES_MAX = 100;
const RUNS_PAGE = 50;
/** The most pages of runs that are searched for runs over all vendors. */
const RUN_PAGES_MAX = 10;

type SimulationId = Pick<SimulationRecord, 'tenantId' | 'simulationId'>;

interface Active {
  simulationId: string;
  at: number;
}

function recordFolder(tenantId: string): string {
  return `tenants/${tenantId}/simulations/`;
}

function recordKey(tenantId: string, simulationId: string): string {
  return `${recordFolder(tenantId)}${simulationId}.json`;
}

function noteKey({ tenantId, simulationId }: SimulationId): string {
  return `${NOTES}${tenantId}.${simulationId}.json`;
}

/** Null if the key does not belong to a note. */
function notedId(key: string): SimulationId | null {
  const found = /^(?<tenantId>[^.]+)\.(?<simulationId>.+)\.json$/.exec(key.slice(NOTES.length));
  return (found?.groups as SimulationId | undefined) ?? null;
}

/** The job of a simulation for the queue. */
export function simulationMessage({ tenantId, simulationId }: SimulationId): JobMessage {
  return { run_id: simulationId, tenant_id: tenantId, vendors: [], config_version: 1, simulation: true };
}

export function isSimulationOver({ status }: Pick<SimulationRecord, 'status'>): boolean {
  return status !== 'QUEUED' && status !== 'RUNNING';
}

/** Null if there is none, or if it was removed. */
export async function readSimulation(
  store: ArtifactStore,
  tenantId: string,
  simulationId: string,
): Promise<SimulationRecord | null> {
  return (await readJson<SimulationRecord>(store, recordKey(tenantId, simulationId)))?.value ?? null;
}

/**
 * Takes the tenant's one place and writes the record. Returns the id of the unfinished simulation that has the place;
 * null on success.
 */
export async function createSimulation(store: ArtifactStore, record: SimulationRecord): Promise<string | null> {
  const { tenantId, simulationId, requestedAt } = record;
  const key = recordKey(tenantId, 'active');
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
  await noteWaiting(store, { tenantId, simulationId });
  await writeJsonObject(store, recordKey(tenantId, simulationId), record, { ifNoneMatch: true });
  return null;
}

/** Writes a note, unless there is one already. */
async function noteWaiting(store: ArtifactStore, id: SimulationId): Promise<void> {
  try {
    await writeJsonObject(store, noteKey(id), id, { ifNoneMatch: true });
  } catch (error) {
    if (!isOvertaken(error)) throw error;
  }
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

/** Changes a record. Returns null, and changes nothing, if there is none or if `edit` returns null. */
export async function changeSimulation(
  store: ArtifactStore,
  { tenantId, simulationId }: SimulationId,
  edit: (record: SimulationRecord) => Partial<SimulationRecord> | null,
): Promise<SimulationRecord | null> {
  const key = recordKey(tenantId, simulationId);
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

/**
 * Cancels a waiting simulation at once, and asks the worker of a running one to stop. Null if it has ended, or does not
 * exist.
 */
export function cancelSimulation(
  store: ArtifactStore,
  id: SimulationId,
  now: number,
): Promise<SimulationRecord | null> {
  return changeSimulation(store, id, (one) => {
    if (isSimulationOver(one)) return null;
    if (one.status === 'QUEUED') return { status: 'CANCELLED', cancelRequested: true, finishedAt: now };
    return { cancelRequested: true };
  });
}

function isOvertaken(error: unknown): boolean {
  return error instanceof RelayError && error.code === 'precondition_failed';
}

/** In milliseconds since 1970. */
export interface LostBefore {
  now: number;
  /** A message that was sent before this may be lost. */
  sentBefore: number;
  /** A worker whose lease ended before this time is gone. */
  leaseBefore: number;
  /** A lease that ends later was given before the clock was set back: `farLease`. */
  leaseFar: number;
}

/** The simulations whose message may be lost. Each counts as sent again now, and goes to one caller only. */
export async function takeLostSimulations(store: ArtifactStore, lost: LostBefore): Promise<SimulationRecord[]> {
  const { objects } = await store.list(NOTES, null);
  const found: SimulationRecord[] = [];
  for (const { key, lastModified } of objects.slice(0, NOTES_MAX)) {
    const id = notedId(key);
    const record = id === null ? null : await readSimulation(store, id.tenantId, id.simulationId);
    if (record === null ? lost.now - lastModified > CREATED_WITHIN_MS : isSimulationOver(record))
      await store.remove(key);
    else if (record !== null && isLost(record, lost)) {
      const taken = await changeSimulation(store, record, (one) => (isLost(one, lost) ? { sentAt: lost.now } : null));
      if (taken !== null) found.push(taken);
    }
  }
  return found;
}

function isLost({ status, sentAt, requestedAt, leaseUntil }: SimulationRecord, lost: LostBefore): boolean {
  // a record of an earlier release has no `sentAt`
  const sent = sentAt ?? requestedAt;
  // a time in the future was written before the clock was set back
  if (sent >= lost.sentBefore && sent <= sentLater(lost.now)) return false;
  const end = leaseUntil ?? 0;
  return status === 'QUEUED' || (status === 'RUNNING' && (end < lost.leaseBefore || end > lost.leaseFar));
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
    const page: Awaited<ReturnType<ArtifactStore['list']>> = await store.list(recordFolder(tenantId), cursor);
    for (const one of page.objects) {
      if (one.lastModified >= now - SIMULATION_KEPT_MS) continue;
      if (await store.remove(one.key)) removed.push(one);
    }
    cursor = page.next;
  } while (cursor !== null);
  return removed;
}
