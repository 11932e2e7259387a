/** When a run asks its worker, and what the worker records. */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { MOMENT_MS } from './protocol.ts';
import { StageRecorder } from './stage-recorder.ts';
import { WorkerCalls } from './worker-calls.ts';

const test = suite('what a run asks its worker');
const PROGRESS = { vendors: 1, vendorsRead: 0, rows: 0, invalid: 0, merged: 0 };

/** Calls with a clock that tests move. */
function calls() {
  const asked: string[] = [];
  const stopping = new AbortController();
  let time = 0;
  const subject = new WorkerCalls({
    confirm: async () => void asked.push('confirm'),
    tellStage: (stage) => void asked.push(stage),
    signal: stopping.signal,
    now: () => time,
  });
  const wait = (ms: number) => {
    time += ms;
  };
  return { subject, asked, stopping, wait };
}

test('a short run asks once and reports each stage', async () => {
  const { subject, asked, wait } = calls();
  for (const stage of ['FETCH_INPUTS', 'NORMALIZE', 'COMPLETE'] as const) {
    await subject.enterStage(stage, PROGRESS);
    await subject.confirm();
    wait(5);
  }
  assert.equal(asked, ['FETCH_INPUTS', 'confirm', 'NORMALIZE', 'COMPLETE']);
});

test('a run asks again once the answer is old, or after it was told to stop', async () => {
  const { subject, asked, wait, stopping } = calls();
  await subject.confirm();
  wait(MOMENT_MS);
  await subject.confirm();
  stopping.abort();
  await subject.confirm();
  assert.is(asked.length, 3);
});

test('artifacts that are written together ask the worker once', async () => {
  const { subject, asked, wait } = calls();
  await Promise.all([subject.confirm(), subject.confirm(), subject.confirm()]);
  wait(MOMENT_MS);
  await Promise.all([subject.confirm(), subject.confirm()]);
  assert.is(asked.length, 2);
});

test('a run stops at a stage that the worker refuses', async () => {
  const { subject } = calls();
  await subject.confirm();
  subject.refuse(new RelayError('CANCELLED', 'the run was cancelled'));
  for (const next of [() => subject.confirm(), () => subject.enterStage('NORMALIZE', PROGRESS)]) {
    const error = await next().catch((thrown) => thrown);
    assert.is(error.code, 'CANCELLED');
  }
});

test('a stage is recorded if it lasts, but not once it is over or the run has ended in it', async () => {
  const recorded: string[] = [];
  const refused: unknown[] = [];
  const recorder = new StageRecorder({
    record: async (stage) => {
      recorded.push(stage);
      if (stage === 'MERGE_PRICE') throw new Error('no');
    },
    onRefused: (error) => refused.push(error),
  });
  recorder.enter('FETCH_INPUTS', PROGRESS);
  recorder.enter('NORMALIZE', PROGRESS);
  await sleep(MOMENT_MS + 20);
  recorder.enter('MERGE_PRICE', PROGRESS);
  await sleep(MOMENT_MS + 20);
  recorder.enter('WRITE_OUTPUTS', PROGRESS);
  recorder.enter('COMPLETE', PROGRESS);
  await recorder.end();
  await sleep(MOMENT_MS + 20);
  assert.equal([recorded, refused.length], [['NORMALIZE', 'MERGE_PRICE'], 1]);
});

test.run();
