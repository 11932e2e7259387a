/** What the cases of `RunStore` work on. */
import * as assert from 'uvu/assert';
import type { NewRun, RunStore } from '../../core/ports/service/runs.ts';
import type { Subject } from './support.ts';

export interface RunSubject extends Subject {
  store: RunStore;
  /** Another client of the same data, as another process has. */
  peer(): Promise<RunStore>;
}

/** Milliseconds; nothing depends on when the suite runs. */
export const T0 = 1_800_000_000_000;

export function newRun(runId: string, changes: Partial<NewRun> = {}): NewRun {
  return { runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: T0, ...changes };
}

/** Creates a run and takes it through to its end. */
export async function endRun(store: RunStore, runId: string, tenantId = 'shop', now = T0): Promise<void> {
  assert.is((await store.create(newRun(runId, { tenantId, now }))).status, 'created');
  const claim = await store.claim(runId, 'w1', now, 1000);
  assert.is(claim.status, 'claimed');
  assert.ok(await store.finish({ runId, attempt: 1 }, { status: 'SUCCEEDED' }, now + 1));
}
