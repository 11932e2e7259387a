/** `relay dlq` if a letter disappears, or another command hides it, between reading and deleting it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import type { DeadLetter } from '../../core/ports/service/jobs.ts';
import { withWorker } from '../../worker/testing/worker-harness.ts';
import { type DlqContext, LETTER_ACTIONS } from './dlq.ts';

const LETTER: DeadLetter = { messageId: 'm1', sentAt: 0, receiveCount: 3, job: null, body: 'x' };
const JOB = { run_id: 'r1', tenant_id: 'shop', vendors: [], config_version: 1 };

async function refusal(action: () => Promise<void>): Promise<string> {
  try {
    await action();
  } catch (error) {
    assert.instance(error, RelayError);
    return `${(error as RelayError).code}: ${(error as RelayError).message}`;
  }
  return 'nothing';
}

test(
  'a letter that could not be deleted is reported; a replay still names its new run',
  withWorker(async ({ stores }) => {
    const said: string[] = [];
    const io = { stdout: (text: string) => void said.push(text), stderr: () => {}, isTTY: false, env: {} };
    const queue = { ...stores.queue, send: stores.queue.send.bind(stores.queue), deadLetters: stays };
    const context: DlqContext = {
      stores: { ...stores, queue, tidy: async () => {} } as unknown as DlqContext['stores'],
      io,
      json: false,
    };
    assert.match(
      await refusal(() => LETTER_ACTIONS.discard(context, LETTER)),
      /^store_busy: dead letter m1 could not be deleted/,
    );
    assert.equal(said, []);
    assert.match(
      await refusal(() => LETTER_ACTIONS.replay(context, { ...LETTER, job: JOB })),
      /^store_busy: dead letter m1/,
    );
    const [run] = (await stores.runs.list({})).runs;
    const line = `${run!.runId} is queued in place of r1\n`;
    assert.equal(said, [line]);
    // repeating a replay gives the same run, while the run is active and after it has ended
    await refusal(() => LETTER_ACTIONS.replay(context, { ...LETTER, job: JOB }));
    await stores.runs.failUnclaimed(run!.runId, { errorCode: 'CANCELLED', errorMessage: 'cancelled' }, Date.now());
    await refusal(() => LETTER_ACTIONS.replay(context, { ...LETTER, job: JOB }));
    assert.equal(said, [line, line, line]);
    assert.is((await stores.runs.list({})).runs.length, 1);
    assert.is((await stores.queue.depth()).visible, 1);
  }),
);

const stays = { list: async () => [LETTER], get: async () => LETTER, delete: async () => false };

test.run();
