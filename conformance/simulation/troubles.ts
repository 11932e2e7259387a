/** What can go wrong in a history, and the settings of its workers. */
import type { WorkerSettings } from '../../worker/deps.ts';
import type { Call } from './world.ts';

/** Tests of one promise use only some kinds. */
export const TROUBLES = [
  ...([
    'slow',
    'late_answer',
    'fail_before',
    'fail_after',
    'late_effect',
    'twice',
    'stall',
    'overtake',
    'kill',
    'stop',
  ] as const),
  ...(['outage', 'clock_forward', 'clock_back', 'new_feed', 'cancel', 'duplicate', 'redeliver'] as const),
] as const;
/** People cause the last ones, in histories with publishing. */
export type Trouble = (typeof TROUBLES)[number] | 'decide' | 'roll_back' | 'cancel_simulation';

export const STORES = ['artifacts', 'runs', 'queue', 'tenants'] as const;
/** Calls that can be unreachable on their own. */
export const PARTS = ['queue.extend', 'queue.send', 'queue.delete', 'runs.renew', 'runs.claim'];

export const SETTINGS: Omit<WorkerSettings, 'workerId'> = {
  ...{ environment: 'sim', maxConcurrency: 1, poisonMaxReceives: 3, attemptsMax: 100, visibilitySeconds: 300 },
  ...{ heartbeatSeconds: 60, watchSeconds: 15, tenantBackoffSeconds: 30, outageSecondsMax: 14_400 },
  ...{ heldSeconds: 20, heldMax: 100, receiveRetrySeconds: 5 },
  ...{ receiveWaitSeconds: 20, graceSeconds: 20, sweepSeconds: 60, resendAfterSeconds: 60 },
};

/** Knows which stores, and which of their calls, are unreachable. */
export class Away {
  readonly #until = new Map<string, number>();

  start(names: readonly string[], until: number): void {
    for (const name of names) this.#until.set(name, until);
  }

  has({ store, name }: Pick<Call, 'store' | 'name'>, now: number): boolean {
    return Math.max(this.#until.get(store) ?? 0, this.#until.get(`${store}.${name}`) ?? 0) > now;
  }
}
