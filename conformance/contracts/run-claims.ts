/**
 * What every `RunStore` must do with claims: leases, attempts, stages, the end of a run, and runs that no worker holds.
 */
import * as assert from 'uvu/assert';
import { type ClaimResult, farLease, type RunRecord } from '../../core/ports/service/runs.ts';
import { STAGES } from '../../core/run-codes.ts';
import { newRun, type RunSubject, T0 } from './run-subject.ts';
import type { ContractCase } from './support.ts';

const LEASE = 10_000;
const first = { runId: 'r1', attempt: 1 };
const second = { runId: 'r1', attempt: 2 };

function runOf(result: ClaimResult): RunRecord {
  assert.is(result.status, 'claimed');
  return (result as { run: RunRecord }).run;
}

/** One run, claimed once at `T0`. */
async function claimed({ store }: RunSubject): Promise<void> {
  await store.create(newRun('r1'));
  runOf(await store.claim('r1', 'w1', T0, LEASE));
}

export const claimCases: Array<ContractCase<RunSubject>> = [
  {
    name: 'a claim starts the run, and holds until its lease ends',
    run: async ({ store }) => {
      assert.is((await store.claim('r1', 'w1', T0, LEASE)).status, 'unknown');
      await store.create(newRun('r1'));
      const run = runOf(await store.claim('r1', 'w1', T0 + 5, LEASE));
      assert.is(run.status, 'RUNNING');
      assert.equal([run.attempt, run.workerId, run.leaseUntil, run.startedAt], [1, 'w1', T0 + 5 + LEASE, T0 + 5]);
      for (const worker of ['w2', 'w1']) {
        const result = await store.claim('r1', worker, T0 + 4 + LEASE, LEASE);
        assert.is(result.status, 'leased');
        assert.is((result as { run: RunRecord }).run.workerId, 'w1');
      }
      const again = runOf(await store.claim('r1', 'w2', T0 + 5 + LEASE, LEASE));
      assert.equal([again.attempt, again.workerId, again.startedAt], [2, 'w2', T0 + 5], 'the first start counts');
    },
  },
  {
    name: 'of 20 claims at once one wins',
    run: async ({ store, peer }) => {
      await store.create(newRun('r1'));
      const stores = [store, await peer()];
      const claims = Array.from({ length: 20 }, (_, i) => stores[i % 2]!.claim('r1', `w${i}`, T0, LEASE));
      const results = await Promise.all(claims);
      assert.is(results.filter((one) => one.status === 'claimed').length, 1);
      assert.is(results.filter((one) => one.status === 'leased').length, 19);
      assert.is((await store.get('r1'))?.attempt, 1);
    },
  },
  {
    name: 'a renewed lease holds longer',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      assert.ok(await store.renew(first, T0 + 9000, LEASE));
      assert.is((await store.claim('r1', 'w2', T0 + LEASE, LEASE)).status, 'leased');
      assert.is((await store.get('r1'))?.leaseUntil, T0 + 9000 + LEASE);
      assert.is((await store.claim('r1', 'w2', T0 + 9000 + LEASE, LEASE)).status, 'claimed');
    },
  },
  {
    name: 'after another claim no write of the earlier one counts',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      runOf(await store.claim('r1', 'w2', T0 + LEASE, LEASE));
      await store.setStage(second, 'NORMALIZE');
      const before = await store.get('r1');
      assert.is(await store.renew(first, T0 + LEASE, 99 * LEASE), false);
      assert.is(await store.setStage(first, 'COMPLETE'), false);
      assert.is(await store.release(first, T0 + LEASE), false);
      assert.is(await store.finish(first, { status: 'SUCCEEDED' }, T0 + LEASE), false);
      assert.equal(await store.get('r1'), before);
      assert.ok(await store.finish(second, { status: 'SUCCEEDED' }, T0 + LEASE));
    },
  },
  {
    name: 'stages go forward within an attempt, and begin again with the next',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      for (const stage of STAGES.slice(0, 3)) assert.ok(await store.setStage(first, stage));
      assert.ok(await store.setStage(first, 'MERGE_PRICE'), 'a repeated write');
      assert.is(await store.setStage(first, 'NORMALIZE'), false);
      assert.is((await store.get('r1'))?.stage, 'MERGE_PRICE');
      runOf(await store.claim('r1', 'w2', T0 + LEASE, LEASE));
      assert.ok(await store.setStage(second, 'FETCH_INPUTS'));
      assert.ok(await store.setStage(second, 'COMPLETE'), 'stages may be left out');
      assert.is(await store.setStage(second, 'WRITE_OUTPUTS'), false);
    },
  },
  {
    name: 'an end is kept with all it says, and is the end',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      const artifacts = { errors: 'r1/tenants/shop/reports/errors.json' };
      await store.setStage(first, 'FETCH_INPUTS');
      const end = { failedStage: 'NORMALIZE', errorCode: 'DECODE_ERROR', errorMessage: 'byte 3 …', artifacts } as const;
      assert.ok(await store.finish(first, { status: 'FAILED', stage: 'NORMALIZE', ...end }, T0 + 50));
      const run = await store.get('r1');
      assert.is(run?.stage, 'NORMALIZE');
      assert.is(run?.status, 'FAILED');
      assert.is(run?.finishedAt, T0 + 50);
      assert.is(run?.leaseUntil, null);
      const { failedStage, errorCode, errorMessage } = run!;
      assert.equal({ failedStage, errorCode, errorMessage, artifacts: run!.artifacts }, end);
      assert.is(await store.finish(first, { status: 'SUCCEEDED' }, T0 + 60), false);
      assert.is(await store.setStage(first, 'COMPLETE'), false);
      assert.is(await store.renew(first, T0, LEASE), false);
      assert.is(await store.release(first, T0), false);
      assert.is(await store.requestCancel('r1', T0), false);
      assert.is(await store.failUnclaimed('r1', { errorCode: 'POISON_JOB', errorMessage: '' }, T0 + 9 * LEASE), false);
      assert.is((await store.claim('r1', 'w2', T0 + 9 * LEASE, LEASE)).status, 'ended');
      assert.equal(await store.get('r1'), run);
    },
  },
  {
    name: 'an end is kept with its counts and warnings',
    run: async (subject) => {
      const { store, peer } = subject;
      await claimed(subject);
      const end = {
        counts: { rows: 3_000_000_000, invalid: 2, merged: 0 },
        warnings: ['zero_costs:acme:1', 'é "😀"\n\u0000', ''],
      };
      assert.ok(await store.finish(first, { status: 'SUCCEEDED', ...end }, T0 + 50));
      for (const one of [store, await peer()]) {
        const run = (await one.get('r1'))!;
        assert.equal({ counts: run.counts, warnings: run.warnings }, end);
        const [listed] = (await one.list({})).runs;
        assert.equal({ counts: listed?.counts, warnings: listed?.warnings }, end);
      }
      await store.create(newRun('r2'));
      await store.claim('r2', 'w1', T0, LEASE);
      assert.ok(await store.finish({ runId: 'r2', attempt: 1 }, { status: 'FAILED' }, T0 + 60));
      const bare = (await store.get('r2'))!;
      assert.equal([bare.counts, bare.warnings], [null, []]);
    },
  },
  {
    name: 'progress is kept until the next one, and ends with its attempt',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      const progress = async () => (await store.get('r1'))?.progress;
      const early = { vendors: 2, vendorsRead: 0, rows: 5, invalid: 0, merged: 0 };
      const late = { vendors: 2, vendorsRead: 2, rows: 9, invalid: 1, merged: 4 };
      assert.is(await progress(), null);
      assert.ok(await store.renew(first, T0, LEASE, early));
      assert.equal(await progress(), early);
      assert.ok(await store.setStage(first, 'NORMALIZE'));
      assert.ok(await store.renew(first, T0, LEASE));
      assert.equal(await progress(), early);
      assert.ok(await store.setStage(first, 'MERGE_PRICE', late));
      assert.equal(await progress(), late);
      runOf(await store.claim('r1', 'w2', T0 + LEASE, LEASE));
      assert.is(await progress(), null);
      assert.is(await store.renew(first, T0 + LEASE, LEASE, early), false);
      assert.is(await store.setStage(first, 'WRITE_OUTPUTS', early), false);
      assert.is(await progress(), null);
      assert.ok(await store.renew(second, T0 + LEASE, LEASE, early));
      assert.ok(await store.release(second, T0 + LEASE));
      assert.is(await progress(), null);
      const third = { runId: 'r1', attempt: 3 };
      runOf(await store.claim('r1', 'w3', T0 + LEASE, LEASE));
      assert.ok(await store.renew(third, T0 + LEASE, LEASE, early));
      assert.ok(await store.finish(third, { status: 'SUCCEEDED' }, T0 + LEASE));
      assert.is(await progress(), null);
    },
  },
  {
    name: 'the end of a run frees the tenant for exactly one other',
    run: async (subject) => {
      const { store, peer } = subject;
      await claimed(subject);
      assert.is((await store.create(newRun('r2'))).status, 'tenant_busy');
      await store.finish(first, { status: 'SUCCEEDED' }, T0 + 1);
      const stores = [store, await peer()];
      const creates = Array.from({ length: 10 }, (_, i) => stores[i % 2]!.create(newRun(`n${i}`, { now: T0 + 2 })));
      const results = await Promise.all(creates);
      assert.is(results.filter((one) => one.status === 'created').length, 1);
    },
  },
  {
    name: 'a released run can be claimed at once, and keeps the tenant busy',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      await store.setStage(first, 'MERGE_PRICE');
      assert.ok(await store.release(first, T0 + 7));
      const run = await store.get('r1');
      assert.equal([run?.status, run?.stage, run?.leaseUntil, run?.attempt], ['QUEUED', null, null, 1]);
      assert.is(await store.setStage(first, 'COMPLETE'), false, 'the claim is over');
      assert.is(await store.finish(first, { status: 'SUCCEEDED' }, T0 + 8), false);
      assert.is((await store.create(newRun('r2'))).status, 'tenant_busy');
      assert.is(runOf(await store.claim('r1', 'w2', T0 + 8, LEASE)).attempt, 2);
    },
  },
  {
    name: 'a release says since when the environment fails, and the next claim knows it; the next release replaces it',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      const outage = { since: T0 + 5, stage: 'NORMALIZE' } as const;
      assert.ok(await store.release(first, T0 + 7, outage));
      assert.equal((await store.get('r1'))?.outage, outage);
      assert.equal(runOf(await store.claim('r1', 'w2', T0 + 8, LEASE)).outage, outage);
      assert.ok(await store.release({ runId: 'r1', attempt: 2 }, T0 + 9));
      assert.is((await store.get('r1'))?.outage, null);
    },
  },
  {
    name: 'a run without a worker can be failed, one with a live lease cannot',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      await store.setStage(first, 'NORMALIZE');
      assert.is(
        await store.failUnclaimed('r1', { errorCode: 'POISON_JOB', errorMessage: 'too often' }, T0 + LEASE - 1),
        false,
      );
      assert.is((await store.get('r1'))?.status, 'RUNNING');
      const artifacts = { input_manifest: 'r1/tenants/shop/reports/input_manifest.json' };
      assert.ok(
        await store.failUnclaimed('r1', { errorCode: 'POISON_JOB', errorMessage: 'too often', artifacts }, T0 + LEASE),
      );
      const run = await store.get('r1');
      assert.equal(run?.artifacts, artifacts);
      assert.equal([run?.status, run?.errorCode, run?.errorMessage], ['FAILED', 'POISON_JOB', 'too often']);
      assert.equal([run?.failedStage, run?.finishedAt], ['NORMALIZE', T0 + LEASE]);
      assert.is(await store.finish(first, { status: 'SUCCEEDED' }, T0 + LEASE), false, 'a worker that comes back');
      assert.is((await store.create(newRun('r2'))).status, 'created', 'the slot is free');
      assert.ok(
        await store.failUnclaimed('r2', { errorCode: 'CANCELLED', errorMessage: 'by hand' }, T0),
        'a queued run',
      );
      assert.equal((await store.get('r2'))?.artifacts, {});
      assert.is(
        await store.failUnclaimed('r9', { errorCode: 'CANCELLED', errorMessage: 'by hand' }, T0),
        false,
        'an unknown run',
      );
    },
  },
  {
    name: 'a cancel is a mark that the worker sees, and that outlives a claim',
    run: async ({ store }) => {
      assert.is(await store.requestCancel('r1', T0), false);
      await store.create(newRun('r1'));
      assert.ok(await store.requestCancel('r1', T0));
      assert.is((await store.get('r1'))?.status, 'QUEUED');
      assert.is(runOf(await store.claim('r1', 'w1', T0, LEASE)).cancelRequested, true);
      assert.ok(await store.requestCancel('r1', T0), 'asked twice');
      assert.is((await store.get('r1'))?.cancelRequested, true);
    },
  },
  {
    name: 'stale runs are the queued ones sent long ago and those whose lease has ended',
    run: async ({ store }) => {
      for (const [i, id] of ['old', 'new', 'live', 'dead', 'done'].entries()) {
        const now = id === 'new' ? T0 + 5000 : T0 + i;
        await store.create(newRun(id, { tenantId: id, now }));
      }
      await store.claim('live', 'w1', T0, 60_000);
      await store.claim('dead', 'w1', T0, 1000);
      await store.claim('done', 'w1', T0, 1000);
      await store.finish({ runId: 'done', attempt: 1 }, { status: 'SUCCEEDED' }, T0);
      const late = { leaseBefore: T0 + 9000, leaseFar: T0 + 90_000, now: T0 + 9000 };
      const stale = await store.listStale({ ...late, sentBefore: T0 + 4000 }, 10);
      assert.equal(stale.map((run) => run.runId).sort(), ['dead', 'old']);
      assert.is((await store.listStale({ ...late, sentBefore: T0 + 4000 }, 1)).length, 1);
      assert.equal(await store.listStale({ sentBefore: T0, leaseBefore: T0, leaseFar: T0 + 90_000, now: T0 }, 10), []);
    },
  },
  {
    name: 'a clock that was set back by an hour keeps no run: neither its lease nor its time of sending is believed',
    run: async ({ store }) => {
      const now = T0 - 3_600_000;
      await store.create(newRun('held'));
      assert.is((await store.claim('held', 'w1', T0, LEASE)).status, 'claimed');
      await store.create(newRun('sent', { tenantId: 'other' }));
      const stale = async (leaseFar: number) => {
        const runs = await store.listStale({ sentBefore: now - 1000, leaseBefore: now - 1000, leaseFar, now }, 10);
        return runs.map((run) => run.runId).sort();
      };
      assert.equal(await stale(farLease(now, LEASE)), ['held', 'sent']);
      assert.equal(await stale(T0 + LEASE), ['sent'], 'leases may be as long as that');
      assert.ok(await store.markSent('held', T0, now));
      assert.equal(await stale(farLease(now, LEASE)), ['sent'], 'its message is on its way');
      assert.is(
        (await store.claim('held', 'w2', T0 - 60_000, LEASE)).status,
        'leased',
        'another clock is a minute behind',
      );
      const again = await store.claim('held', 'w2', now, LEASE);
      assert.equal([again.status, await store.renew({ runId: 'held', attempt: 1 }, now, LEASE)], ['claimed', false]);
      assert.is((await store.get('held'))?.leaseUntil, now + LEASE);
    },
  },
  {
    name: 'a run whose worker died is sent again once, and after that as seldom as one that is queued',
    run: async (subject) => {
      const { store } = subject;
      await claimed(subject);
      const leaseEnd = T0 + LEASE;
      const stale = async (sentBefore: number, leaseBefore: number) =>
        (await store.listStale({ sentBefore, leaseBefore, leaseFar: leaseBefore + LEASE, now: leaseBefore }, 10)).map(
          (run) => run.runId,
        );
      assert.equal(await stale(0, leaseEnd), [], 'the lease has just ended');
      assert.equal(await stale(0, leaseEnd + 1), ['r1'], 'sent before the lease ended');
      assert.ok(await store.markSent('r1', T0, leaseEnd + 50));
      assert.equal(await stale(leaseEnd + 50, leaseEnd + 99), [], 'its message is on its way');
      assert.equal(await stale(leaseEnd + 51, leaseEnd + 99), ['r1'], 'that one may be lost, too');
      assert.equal(await stale(leaseEnd + 51, leaseEnd), [], 'a lease that is alive counts first');
    },
  },
  {
    name: 'of several that send a message again one notes it',
    run: async ({ store, peer }) => {
      await store.create(newRun('r1'));
      const stores = [store, await peer()];
      const marks = Array.from({ length: 10 }, (_, i) => stores[i % 2]!.markSent('r1', T0, T0 + 100 + i));
      assert.is((await Promise.all(marks)).filter((one) => one).length, 1);
      const sentAt = (await store.get('r1'))!.sentAt;
      assert.ok(sentAt >= T0 + 100);
      assert.equal(
        await store.listStale({ sentBefore: T0 + 50, leaseBefore: T0 + 50, leaseFar: T0 + LEASE, now: T0 + 50 }, 10),
        [],
      );
      assert.ok(await store.markSent('r1', sentAt, T0 + 500));
      await store.failUnclaimed('r1', { errorCode: 'CANCELLED', errorMessage: '' }, T0);
      assert.is(await store.markSent('r1', T0 + 500, T0 + 600), false, 'it has ended');
    },
  },
];
