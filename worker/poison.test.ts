/** Jobs that are delivered too often: when the run fails, and what happens to the message. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { handleDelivery } from './job.ts';
import { TENANT, type WorkerHarness, withWorker } from './testing/worker-harness.ts';

/** The values of `RunFailed`, which an alarm counts. */
const failures = (harness: WorkerHarness) =>
  harness.metrics.filter(({ name }) => name === 'RunFailed').map(({ value }) => value);

test(
  'a third delivery fails the run and leaves the job for the dead letters',
  withWorker(async (harness) => {
    await harness.start('r1');
    for (const count of [1, 2]) {
      assert.is((await harness.receive(5))!.receiveCount, count);
      harness.time += 5000;
    }
    await harness.handleNext();
    const run = await harness.run('r1');
    assert.equal([run.status, run.errorCode], ['FAILED', 'POISON_JOB']);
    assert.equal(failures(harness), [1]);
    assert.equal(await harness.messages(), [0, 1, 0], 'left');
    harness.time += 300_000;
    assert.is(await harness.receive(), null);
    assert.equal(await harness.messages(), [0, 0, 1]);
    await harness.start('r2');
  }),
);

test(
  'a run that was handed back is not poison, even if its new message was lost and the old one came back',
  withWorker(async (harness) => {
    await harness.start('r1');
    for (let i = 0; i < 2; i++) {
      await harness.receive(5);
      await harness.stores.runs.claim('r1', 'w1', harness.time, 1000);
      await harness.stores.runs.release({ runId: 'r1', attempt: i + 1 }, harness.time);
      harness.time += 5000;
    }
    assert.is((await harness.handleNext()).receiveCount, 3);
    assert.equal([(await harness.run('r1')).status, await harness.messages()], ['QUEUED', [1, 0, 0]]);
    assert.is((await harness.handleNext()).receiveCount, 1);
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
  }),
);

test(
  'a poison job fails a run only once its lease has ended',
  withWorker(async (harness) => {
    await harness.start('r1');
    for (let i = 0; i < 2; i++) {
      await harness.receive(5);
      harness.time += 5000;
    }
    const third = (await harness.receive(5))!;
    await harness.stores.runs.claim('r1', 'other', harness.time, 60_000);
    await handleDelivery(harness.deps(), third);
    assert.is((await harness.run('r1')).status, 'RUNNING');
    assert.equal(await harness.messages(), [0, 1, 0]);
    harness.time += 60_000;
    await handleDelivery(harness.deps(), third);
    assert.is((await harness.run('r1')).errorCode, 'POISON_JOB');
  }),
);

test(
  'a third delivery of a run with a live lease comes back later; that of a run that succeeded is deleted',
  withWorker(async (harness) => {
    await harness.start('r1');
    for (let i = 0; i < 2; i++) await harness.stores.queue.release((await harness.receive())!.receipt, 0);
    await harness.stores.runs.claim('r1', 'w1', harness.time, 298_000);
    assert.is((await harness.handleNext()).receiveCount, 3);
    assert.is((await harness.run('r1')).status, 'RUNNING');
    assert.equal(await harness.messages(), [0, 1, 0]);
    harness.time += 30_000;
    for (let i = 0; i < 2; i++) await harness.stores.queue.release((await harness.receive())!.receipt, 0);
    await harness.stores.runs.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, harness.time);
    assert.is((await harness.handleNext()).receiveCount, 3);
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test(
  'a poisoned run keeps what it wrote; one with a cancel request ends as cancelled',
  withWorker(async (harness) => {
    for (const [id, code, dead] of [
      ['r1', 'POISON_JOB', 1],
      ['r2', 'CANCELLED', 1],
    ] as const) {
      await harness.start(id);
      for (let i = 0; i < 2; i++) await harness.stores.queue.release((await harness.receive())!.receipt, 0);
      await harness.stores.runs.claim(id, 'dead', harness.time, 1000);
      for (const path of ['reports/input_manifest.json', 'inbound/acme/feed.csv', 'unknown/x'])
        await harness.putObject(`${id}/tenants/${TENANT}/${path}`, 'x');
      if (code === 'CANCELLED') await harness.stores.runs.requestCancel(id);
      harness.time += 1000;
      await harness.handleNext();
      const run = await harness.run(id);
      assert.equal([run.status, run.errorCode], ['FAILED', code]);
      assert.equal(failures(harness).length, id === 'r1' ? 1 : 2);
      const at = (path: string) => `${id}/tenants/${TENANT}/${path}`;
      assert.equal(run.artifacts, {
        input_manifest: at('reports/input_manifest.json'),
        inbound_acme: at('inbound/acme/feed.csv'),
      });
      harness.time += 300_000;
      await harness.receive();
      assert.is((await harness.messages())[2], dead, 'only the poison job is a dead letter');
    }
  }),
);

test(
  'a run ends after so many attempts, whatever its messages count',
  withWorker(async (harness) => {
    await harness.start('r1');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await harness.stores.runs.claim('r1', 'dead', harness.time, 1000);
      harness.time += 1000;
    }
    await harness.putObject(`r1/tenants/${TENANT}/reports/input_manifest.json`, '{"vendors":{}}');
    await harness.handleNext(harness.deps({}, { attemptsMax: 3 }));
    const run = await harness.run('r1');
    assert.equal([run.status, run.errorCode, run.attempt], ['FAILED', 'POISON_JOB', 4]);
    assert.equal(Object.keys(run.artifacts), ['input_manifest']);
    assert.ok(harness.events.includes('poison_job'));
    assert.equal([failures(harness), await harness.messages()], [[1], [0, 0, 0]]);
    // the last allowed attempt is made
    await harness.start('r2');
    await harness.stores.runs.claim('r2', 'dead', harness.time, 1000);
    harness.time += 1000;
    await harness.handleNext(harness.deps({}, { attemptsMax: 2 }));
    assert.is((await harness.run('r2')).status, 'SUCCEEDED');
  }),
);

test(
  'a third delivery is deleted if the run was cancelled, and left if it failed as poison',
  withWorker(async (harness) => {
    for (const [id, code, left] of [
      ['r1', 'CANCELLED', 0],
      ['r2', 'POISON_JOB', 1],
    ] as const) {
      await harness.start(id);
      for (let i = 0; i < 2; i++) await harness.stores.queue.release((await harness.receive())!.receipt, 0);
      await harness.stores.runs.failUnclaimed(id, { errorCode: code, errorMessage: 'ended elsewhere' }, harness.time);
      assert.is((await harness.handleNext()).receiveCount, 3);
      assert.equal([failures(harness), await harness.messages()], [[], [0, left, 0]], id);
    }
  }),
);

test(
  'a job without a run is deleted when it comes back too often',
  withWorker(async (harness) => {
    await harness.stores.queue.send({ run_id: 'unknown', tenant_id: TENANT, vendors: [], config_version: 1 });
    for (let i = 0; i < 2; i++) await harness.stores.queue.release((await harness.receive())!.receipt, 0);
    assert.is((await harness.handleNext()).receiveCount, 3);
    assert.equal([failures(harness), await harness.messages()], [[], [0, 0, 0]]);
  }),
);

test.run();
