/** When a lease is renewed before a write that may not be disturbed, and when it is only checked. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkerDeps } from './deps.ts';
import { Lease, leaseMs } from './lease.ts';
import { Stoppable } from './stoppable.ts';

const SETTINGS = { visibilitySeconds: 102, heartbeatSeconds: 60, watchSeconds: 2 };
const timers = { every: () => () => {}, sleep: async () => {} };

/** A lease that ends at 100,000, and what it asks of the stores. */
function leased(answers: { run?: object | null; renews?: boolean } = {}) {
  const calls: string[] = [];
  const clock = { now: 0 };
  const run = answers.run === undefined ? { status: 'RUNNING', attempt: 2, cancelRequested: false } : answers.run;
  const runs = {
    get: async () => {
      calls.push('get');
      return run;
    },
    renew: async (_claim: object, now: number, duration: number, progress: unknown) => {
      calls.push(`renew ${now} ${duration} ${JSON.stringify(progress)}`);
      return answers.renews ?? true;
    },
  };
  const queue = { extend: async (receipt: string, seconds: number) => void calls.push(`extend ${receipt} ${seconds}`) };
  const log = { info: () => {}, error: (event: string) => void calls.push(event) };
  const deps = { runs, queue, log, timers, settings: SETTINGS, now: () => clock.now } as unknown as WorkerDeps;
  return { calls, clock, runs, queue, lease: new Lease(deps, { runId: 'r', attempt: 2 }, 'receipt', 100_000) };
}

async function outcomeOf(work: Promise<void>): Promise<string> {
  return work.then(
    () => 'held',
    (error) => error.code ?? String(error),
  );
}

test('a lease is two seconds shorter than its message is hidden', () => {
  assert.is(leaseMs(SETTINGS), 100_000);
});

test('a lease of which more than three quarters are left is checked, any other is renewed', async () => {
  for (const [now, isRenewed] of [
    [0, false],
    [24_999, false],
    [25_000, true],
    [200_000, true],
    [-1, true],
  ] as const) {
    const { calls, clock, lease } = leased();
    clock.now = now;
    assert.is(await outcomeOf(lease.hold()), 'held');
    assert.equal(calls, [isRenewed ? `renew ${now} 100000 undefined` : 'get'], String(now));
    // once renewed, it is fresh
    await lease.hold();
    assert.is(calls.at(-1), 'get');
  }
});

test('a claim that is lost or cancelled stops the work with its reason', async () => {
  for (const [run, outcome, reason] of [
    [null, 'LEASE_LOST', 'lost'],
    [{ status: 'QUEUED', attempt: 2, cancelRequested: true }, 'LEASE_LOST', 'lost'],
    [{ status: 'RUNNING', attempt: 3, cancelRequested: true }, 'LEASE_LOST', 'lost'],
    [{ status: 'RUNNING', attempt: 2, cancelRequested: true }, 'held', 'cancelled'],
    [{ status: 'RUNNING', attempt: 2, cancelRequested: false }, 'held', null],
  ] as const) {
    const { lease } = leased({ run });
    assert.equal(
      [await outcomeOf(lease.hold()), lease.reason, lease.signal.aborted],
      [outcome, reason, reason !== null],
    );
    const watched = leased({ run });
    await watched.lease.watch();
    assert.is(watched.lease.reason, reason);
  }
  const { clock, lease } = leased({ renews: false });
  clock.now = 50_000;
  assert.equal([await outcomeOf(lease.hold()), lease.reason], ['LEASE_LOST', 'lost']);
});

test('a heartbeat renews the lease and hides the message; one that fails stops the work once the lease is over', async () => {
  const { calls, clock, queue, lease } = leased();
  lease.progress = { vendors: 1, vendorsRead: 0, rows: 5, invalid: 0, merged: 0 };
  clock.now = 60_000;
  await lease.beat();
  assert.equal(calls, [`renew 60000 100000 ${JSON.stringify(lease.progress)}`, 'extend receipt 102']);
  queue.extend = async () => Promise.reject(new Error('away'));
  // the lease itself was renewed: it ends later
  for (const [now, reason] of [
    [100_000, null],
    [199_999, null],
  ] as const) {
    clock.now = now;
    await lease.beat();
    assert.equal([calls.at(-1), lease.reason], ['heartbeat_failed', reason]);
  }
  const away = leased();
  away.runs.renew = async () => Promise.reject(new Error('away'));
  for (const [now, reason] of [
    [99_999, null],
    [100_000, 'lost'],
  ] as const) {
    away.clock.now = now;
    await away.lease.beat();
    assert.equal([away.calls.at(-1), away.lease.reason], ['heartbeat_failed', reason]);
  }
  const lost = leased({ renews: false });
  await lost.lease.beat();
  assert.equal([lost.lease.reason, lost.calls.length], ['lost', 1]);
});

test('the first reason to stop counts, except that a lost claim overrides it; timers end once', () => {
  for (const [reasons, reason] of [
    [['cancelled', 'stopping'], 'cancelled'],
    [['stopping', 'cancelled', 'lost'], 'lost'],
    [['lost', 'stopping'], 'lost'],
  ] as const) {
    const one = new Stoppable(timers);
    for (const each of reasons) one.stop(each);
    assert.equal([one.reason, one.signal.reason], [reason, reasons[0]]);
  }
  const [ended, asked]: [number[], string[]] = [[], []];
  const counted = {
    ...timers,
    every: (seconds: number, action: () => void) => {
      action();
      return () => void ended.push(seconds);
    },
  };
  const never = (name: string) => () => {
    asked.push(name);
    return new Promise(() => {});
  };
  const runs = { renew: never('renew'), get: never('get') };
  const deps = { timers: counted, settings: SETTINGS, runs, now: () => 0 } as unknown as WorkerDeps;
  new Lease(deps, { runId: 'r', attempt: 1 }, '', 0).end();
  assert.equal(
    [ended, asked],
    [
      [60, 2],
      ['renew', 'get'],
    ],
  );
});

test.run();
