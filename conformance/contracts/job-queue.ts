/**
 * What every `JobQueue` must do: lose nothing, give a delivery to one worker for its time, and move poison to the dead
 * letters.
 */
import * as assert from 'uvu/assert';
import type { JobMessage, JobQueue, ReceivedJob } from '../../core/ports/service/jobs.ts';
import type { ContractCase, Subject } from './support.ts';

export interface QueueSubject extends Subject {
  /** A queue whose messages become dead letters after three receives. */
  queue: JobQueue;
  /** Another client of the same queue, as another process has. */
  peer(): Promise<JobQueue>;
  /** Sends any body, a job or not, as another program might. */
  sendBody(body: string): Promise<void>;
  /** Moves the queue's clock. */
  advance(seconds: number): Promise<void>;
}

const job = (run_id: string): JobMessage => ({ run_id, tenant_id: 'shop', vendors: ['b', 'a'], config_version: 2 });

const take = (queue: JobQueue, max = 10, visibilitySeconds = 3): Promise<ReceivedJob[]> =>
  queue.receive({ max, visibilitySeconds, waitSeconds: 0 });

/** Receives a message, and asserts that it is the only one. */
async function takeOne(queue: JobQueue, visibilitySeconds = 3): Promise<ReceivedJob> {
  const jobs = await take(queue, 10, visibilitySeconds);
  assert.is(jobs.length, 1, 'one delivery');
  return jobs[0]!;
}

export const jobQueueCases: ReadonlyArray<ContractCase<QueueSubject>> = [
  {
    name: 'a message arrives as it was sent, and is gone when it is deleted',
    run: async ({ queue, peer, advance }) => {
      assert.equal(await take(queue), []);
      await queue.send(job('r1'));
      const one = await takeOne(await peer());
      assert.equal(one.job, job('r1'));
      assert.equal(JSON.parse(one.body), job('r1'));
      assert.is(one.receiveCount, 1);
      assert.ok(await queue.delete(one.receipt));
      await advance(4);
      assert.equal(await take(queue), []);
      assert.equal(await queue.depth(), { visible: 0, inFlight: 0 });
      assert.equal(await queue.deadLetters.list(10), []);
    },
  },
  {
    name: 'each message is delivered to one of many that take at once',
    run: async ({ queue, peer }) => {
      const ids = Array.from({ length: 30 }, (_, i) => `r${i}`);
      await Promise.all(ids.map((id) => queue.send(job(id))));
      const queues = [queue, await peer()];
      const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => take(queues[i % 2]!, 3, 60)));
      const all = [...taken.flat(), ...(await take(queue, 10, 60)), ...(await take(queue, 10, 60))];
      assert.ok(taken.every((jobs) => jobs.length <= 3));
      assert.equal(all.map((one) => one.job!.run_id).sort(), [...ids].sort());
      assert.is(new Set(all.map((one) => one.receipt)).size, 30);
      assert.is(new Set(all.map((one) => one.messageId)).size, 30);
      assert.equal(await queue.depth(), { visible: 0, inFlight: 30 });
    },
  },
  {
    name: 'a delivery that is not deleted comes back when its time is over, and is counted',
    run: async ({ queue, advance }) => {
      await queue.send(job('r1'));
      const before = await takeOne(queue, 2);
      await advance(1);
      assert.equal(await take(queue), []);
      await advance(1);
      const after = await takeOne(queue, 2);
      assert.equal([after.receiveCount, after.messageId, after.sentAt], [2, before.messageId, before.sentAt]);
      assert.is.not(after.receipt, before.receipt);
    },
  },
  {
    name: 'an old delivery neither keeps nor deletes a message that was delivered again',
    run: async ({ queue, advance }) => {
      await queue.send(job('r1'));
      const old = await takeOne(queue, 1);
      await advance(1);
      await takeOne(queue, 2);
      assert.is(await queue.extend(old.receipt, 60), false);
      assert.is(await queue.release(old.receipt, 0), false);
      // a store need not report the stale receipt, but the message must stay
      await queue.delete(old.receipt);
      assert.equal(await take(queue), []);
      await advance(2);
      assert.is((await takeOne(queue)).receiveCount, 3);
    },
  },
  {
    name: 'an extended delivery stays hidden from now on',
    run: async ({ queue, advance }) => {
      await queue.send(job('r1'));
      const one = await takeOne(queue, 2);
      await advance(1);
      assert.ok(await queue.extend(one.receipt, 3));
      await advance(2);
      assert.equal(await take(queue), []);
      assert.ok(await queue.extend(one.receipt, 1), 'shorter, too');
      await advance(1);
      assert.is((await takeOne(queue)).receiveCount, 2);
      assert.is(await queue.extend('no receipt', 3), false);
    },
  },
  {
    name: 'a delayed message waits, and so does a released one',
    run: async ({ queue, advance }) => {
      await queue.send(job('r1'), 2);
      await advance(1);
      assert.equal(await take(queue), []);
      assert.is((await queue.depth()).visible, 0);
      await advance(1);
      const one = await takeOne(queue, 60);
      assert.ok(await queue.release(one.receipt, 2));
      await advance(1);
      assert.equal(await take(queue), []);
      await advance(1);
      const again = await takeOne(queue, 60);
      assert.is(again.receiveCount, 2);
      assert.ok(await queue.release(again.receipt, 0));
      assert.is((await takeOne(queue, 60)).receiveCount, 3, 'at once');
    },
  },
  {
    name: 'a message that was received three times goes to the dead letters',
    run: async ({ queue, peer, advance }) => {
      await queue.send(job('r1'));
      const counts: number[] = [];
      let messageId = '';
      for (let i = 0; i < 3; i++) {
        const one = await takeOne(queue, 1);
        counts.push(one.receiveCount);
        messageId = one.messageId;
        await advance(1);
      }
      assert.equal(counts, [1, 2, 3]);
      assert.equal(await take(queue), []);
      assert.equal(await queue.depth(), { visible: 0, inFlight: 0 });
      const letters = await (await peer()).deadLetters.list(10);
      assert.is(letters.length, 1);
      assert.equal([letters[0]!.messageId, letters[0]!.job], [messageId, job('r1')]);
      assert.ok(letters[0]!.receiveCount >= 3);
      assert.equal((await queue.deadLetters.get(messageId))?.job, job('r1'));
      assert.ok(await queue.deadLetters.delete(messageId));
      assert.is(await queue.deadLetters.get(messageId), null);
      assert.is(await queue.deadLetters.delete(messageId), false);
      assert.equal(await queue.deadLetters.list(10), []);
    },
  },
  {
    name: 'the third delivery can still be finished, and live messages are no dead letters',
    run: async ({ queue, advance }) => {
      await queue.send(job('r1'));
      for (let i = 0; i < 2; i++) {
        await takeOne(queue, 1);
        await advance(1);
      }
      const third = await takeOne(queue, 5);
      assert.is(await queue.deadLetters.get(third.messageId), null);
      assert.ok(await queue.delete(third.receipt));
      await advance(5);
      assert.equal(await take(queue), []);
      assert.equal(await queue.deadLetters.list(10), []);
    },
  },
  {
    name: 'bodies that are no jobs are delivered as what they are',
    run: async ({ queue, sendBody }) => {
      const wrong = [{ run_id: '' }, { tenant_id: '' }, { vendors: null }, { vendors: [1] }, { config_version: 0 }];
      const almost = wrong.map((one) => JSON.stringify({ ...job('r1'), ...one }));
      const bodies = ['not json', '{}', '[]', 'null', '{"run_id":1}', ...almost];
      for (const body of bodies) await sendBody(body);
      const taken = await take(queue);
      assert.equal(taken.map((one) => one.body).sort(), [...bodies].sort());
      assert.ok(taken.every((one) => one.job === null));
    },
  },
  {
    name: 'a waiting receive gets what is sent meanwhile, here or elsewhere',
    run: async ({ queue, peer }) => {
      for (const sender of [queue, await peer()]) {
        const waiting = queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 20 });
        await sender.send(job('r1'));
        assert.is((await waiting).length, 1);
      }
    },
  },
  {
    name: 'a waiting receive ends when its time is over, or when it is aborted',
    run: async ({ queue, advance }) => {
      const waiting = queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 1 });
      await advance(1);
      assert.equal(await waiting, []);
      const abort = new AbortController();
      const aborted = queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 20, signal: abort.signal });
      abort.abort();
      assert.equal(await aborted, []);
      await queue.send(job('r1'));
      const late = await queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 20, signal: abort.signal });
      assert.equal(late, []);
      assert.is((await takeOne(queue)).receiveCount, 1, 'the message is still there');
    },
  },
  {
    name: 'a queue that works passes its check',
    run: async ({ queue }) => queue.check(),
  },
];
