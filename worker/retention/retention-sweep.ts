/**
 * The routine removal of old runs and the daily count of stored bytes. One process at a time has the turn. A pass does
 * a limited amount of work and notes where it stopped, for the next pass in any process.
 */
import { removeOldSimulations } from '../../core/pipeline/simulate/records.ts';
import { RETENTION_ROUND_MS } from '../../core/ports/service/upkeep.ts';
import {
  add,
  countStored,
  finishExpired,
  nothingPruned,
  type Pruned,
  pruneTenant,
  type RetentionDeps,
} from './retention.ts';

export interface SweepOptions {
  /** Names this process. */
  holder: string;
  /** 0 keeps everything, but uploads are still looked for and bytes counted. */
  retentionDays: number;
  onPruned(pruned: Pruned): void;
  /** Called for a tenant that failed, or of whose corrected rows nothing can be removed; the others go on. */
  onFailed(tenantId: string, error: unknown): void;
  /**
   * Called if this machine's clock differs from that of the stores by so many milliseconds; nothing is removed then.
   */
  onWrongClock(offset: number): void;
}

const DAY_MS = 24 * 3600_000;
/** A process that has the turn and dies loses it after this long. */
const TURN_MS = 15 * 60_000;
/** Begins no further tenant after this long, well before the turn ends. */
const PASS_MS = 60_000;
/** If the clock is further ahead of the last pass, it is not trusted until a whole round has passed. */
const GAP_MAX_MS = 26 * 3600_000;
/** Stores on a network answer faster than this, so a larger difference is one of clocks. */
const CLOCK_OFF_MAX_MS = 10 * 60_000;
const TENANTS_PAGE = 20;
const OBJECTS_MAX = 2000;
const EXPIRED_MAX = 100;
/** After so many failed tenants in a row, the stores count as unreachable. */
const FAILURES_MAX = 3;

/** Does nothing if it is not this process's turn. */
export async function sweepRetention(deps: RetentionDeps, options: SweepOptions): Promise<void> {
  const start = deps.now();
  const turn = await deps.retention.takeTurn(options.holder, start, TURN_MS);
  if (turn === null) return;
  const offset = deps.clockOffset?.() ?? 0;
  if (Math.abs(offset) > CLOCK_OFF_MAX_MS) {
    // another process may have its turn at once
    await deps.retention.endTurn(options.holder, turn.state, start + offset);
    return options.onWrongClock(offset);
  }
  const last = readState(turn.state);
  let cursor = last.cursor;
  let { passed = 0 } = last;
  let dueAt = start;
  if (last.at === null || start < last.at || start - last.at > GAP_MAX_MS) {
    // with a wrong clock all history looks old: only note the time, so that a corrected clock shows
    await deps.retention.endTurn(options.holder, stateOf({ cursor, at: start }), start + RETENTION_ROUND_MS);
    return;
  }
  const pruned = nothingPruned();
  let failures = 0;
  try {
    add(pruned, await finishExpired(deps, EXPIRED_MAX, options.onFailed));
    await deps.retention.removeExpiredRecords(start, beforeOf(start, options.retentionDays));
    for (;;) {
      const { tenants, next } = await deps.tenants.list(cursor, TENANTS_PAGE);
      let done = passed;
      for (const { tenantId } of tenants.slice(passed)) {
        if (deps.now() - start >= PASS_MS || pruned.objects >= OBJECTS_MAX) break;
        const isDone = await sweepTenant(deps, tenantId, { ...options, now: start }, pruned).catch((error) => {
          options.onFailed(tenantId, error);
          if (++failures < FAILURES_MAX) return null;
          // the next pass starts behind them: perhaps these tenants fail, and not the stores
          passed = done + 1;
          throw error;
        });
        if (isDone !== null) failures = 0;
        if (isDone === false) break;
        done++;
      }
      // an unfinished page starts again: tenants without old runs cost little
      passed = 0;
      if (done < tenants.length) break;
      cursor = next;
      if (next !== null) continue;
      dueAt = start + RETENTION_ROUND_MS;
      break;
    }
  } finally {
    await deps.retention.endTurn(options.holder, stateOf({ cursor, at: start, passed }), dueAt);
  }
  if (Object.values(pruned).some((number) => number > 0)) options.onPruned(pruned);
}

/** What is older is removed. 0 days remove nothing, as nothing is older than 1970. */
function beforeOf(now: number, retentionDays: number): number {
  return retentionDays === 0 ? 0 : now - retentionDays * DAY_MS;
}

/** `at`: when the last pass began. */
interface SweepState {
  cursor: string | null;
  at: number | null;
  /** The number of tenants on the cursor's page that the last pass got past, even if they failed. */
  passed?: number;
}

export function stateOf(state: SweepState): string {
  return JSON.stringify(state);
}

function readState(text: string | null): SweepState {
  try {
    const { cursor, at, passed = 0 } = JSON.parse(text ?? '') as SweepState;
    if (typeof at === 'number') return { cursor, at, passed };
  } catch {
    // written by an earlier version
  }
  return { cursor: null, at: null };
}

/** False if the tenant has more to remove. */
async function sweepTenant(
  deps: RetentionDeps,
  tenantId: string,
  { now, retentionDays, onFailed }: SweepOptions & { now: number },
  sum: Pruned,
): Promise<boolean> {
  const before = beforeOf(now, retentionDays);
  const { pruned, isDone } = await pruneTenant(deps, tenantId, {
    before,
    dryRun: false,
    objectsMax: OBJECTS_MAX,
    onFailed,
    onDamaged: onFailed,
  });
  add(sum, pruned);
  const simulations = await removeOldSimulations(deps.artifacts, tenantId, now);
  add(sum, { objects: simulations.length, bytes: simulations.reduce((bytes, { size }) => bytes + size, 0) });
  if (!isDone) return false;
  const { countedAt } = await deps.usage.storedBytes(tenantId);
  if (countedAt === null || now - countedAt >= DAY_MS) await countStored(deps, tenantId);
  return true;
}
