/** A correct job queue in memory, and ones that each break one promise. */
import type {
  DeadLetter,
  JobMessage,
  JobQueue,
  ReceivedJob,
  ReceiveOptions,
} from '../../../core/ports/service/jobs.ts';
import { parseJob } from '../../../stores/job-message.ts';
import type { QueueSubject } from '../job-queue.ts';

interface Message {
  id: string;
  body: string;
  sentAt: number;
  visibleAt: number;
  count: number;
  receipt: string | null;
}

export class MemoryJobQueue implements JobQueue {
  now = 1_800_000_000_000;
  protected messages: Message[] = [];
  protected dead: Message[] = [];
  #ids = 0;

  readonly deadLetters = {
    list: async (limit: number): Promise<DeadLetter[]> => this.dead.slice(0, limit).map(letter),
    get: async (id: string): Promise<DeadLetter | null> =>
      this.dead.filter((one) => one.id === id).map(letter)[0] ?? null,
    delete: async (id: string): Promise<boolean> => {
      const before = this.dead.length;
      this.dead = this.dead.filter((one) => one.id !== id);
      return this.dead.length < before;
    },
  };

  send(job: JobMessage, delaySeconds = 0): Promise<void> {
    return this.sendBody(JSON.stringify(job), delaySeconds);
  }

  async sendBody(body: string, delaySeconds = 0): Promise<void> {
    const visibleAt = this.now + delaySeconds * 1000;
    this.messages.push({ id: `m${this.#ids++}`, body, sentAt: this.now, visibleAt, count: 0, receipt: null });
  }

  async receive(options: ReceiveOptions): Promise<ReceivedJob[]> {
    const until = this.now + options.waitSeconds * 1000;
    while (!options.signal?.aborted) {
      const jobs = this.take(options.max, options.visibilitySeconds);
      if (jobs.length > 0 || this.now >= until) return jobs;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return [];
  }

  protected take(max: number, visibilitySeconds: number): ReceivedJob[] {
    const far = this.now + 2000 * Math.max(visibilitySeconds, 900);
    const due = this.messages.filter(
      // what is hidden until the distant future was hidden before the clock was set back
      ({ visibleAt, count, sentAt }) =>
        visibleAt <= this.now || (count === 0 ? sentAt > this.now + 5000 : visibleAt > far),
    );
    const over = due.filter((one) => one.count >= 3 && one.visibleAt <= this.now);
    this.dead.push(...over);
    this.messages = this.messages.filter((one) => !over.includes(one));
    return due
      .filter((one) => !over.includes(one))
      .slice(0, max)
      .map((one) => this.deliver(one, visibilitySeconds));
  }

  protected deliver(one: Message, visibilitySeconds: number): ReceivedJob {
    // the job is not to blame for a clock that was set back
    if (one.count === 0 || one.visibleAt <= this.now) one.count++;
    one.visibleAt = this.now + visibilitySeconds * 1000;
    one.receipt = `receipt-${this.#ids++}`;
    return { ...letter(one), receipt: one.receipt };
  }

  async extend(receipt: string, seconds: number): Promise<boolean> {
    const one = this.find(receipt);
    if (one === undefined || one.visibleAt <= this.now) return false;
    one.visibleAt = this.now + seconds * 1000;
    return true;
  }

  release(receipt: string, delaySeconds: number): Promise<boolean> {
    return this.extend(receipt, delaySeconds);
  }

  async delete(receipt: string): Promise<boolean> {
    const one = this.find(receipt);
    this.messages = this.messages.filter((other) => other !== one);
    return one !== undefined;
  }

  async depth(): Promise<{ visible: number; inFlight: number }> {
    const visible = this.messages.filter((one) => one.visibleAt <= this.now).length;
    return { visible, inFlight: this.messages.length - visible };
  }

  async check(): Promise<void> {}

  protected find(receipt: string): Message | undefined {
    return this.messages.find((one) => one.receipt === receipt);
  }
}

function letter(one: Message): DeadLetter {
  return { messageId: one.id, sentAt: one.sentAt, receiveCount: one.count, job: parseJob(one.body), body: one.body };
}

class NeverCounts extends MemoryJobQueue {
  protected override deliver(one: Message, visibilitySeconds: number) {
    const job = super.deliver(one, visibilitySeconds);
    one.count = 0;
    return { ...job, receiveCount: 1 };
  }
}

class HidesNothing extends MemoryJobQueue {
  protected override deliver(one: Message, visibilitySeconds: number) {
    const job = super.deliver(one, visibilitySeconds);
    one.visibleAt = this.now;
    return job;
  }
}

/** Uses the message's id as receipt of each delivery. */
class KeepsTheReceipt extends MemoryJobQueue {
  protected override deliver(one: Message, visibilitySeconds: number) {
    const job = super.deliver(one, visibilitySeconds);
    one.receipt = one.id;
    return { ...job, receipt: one.id };
  }
}

class DropsPoison extends MemoryJobQueue {
  protected override take(max: number, visibilitySeconds: number) {
    const jobs = super.take(max, visibilitySeconds);
    this.dead = [];
    return jobs;
  }
}

class ExtendsFromTheOldEnd extends MemoryJobQueue {
  override async extend(receipt: string, seconds: number) {
    const one = this.find(receipt);
    if (one === undefined || one.visibleAt <= this.now) return false;
    one.visibleAt += seconds * 1000;
    return true;
  }
}

class DeletesOnReceive extends MemoryJobQueue {
  protected override deliver(one: Message, visibilitySeconds: number) {
    const job = super.deliver(one, visibilitySeconds);
    this.messages = this.messages.filter((other) => other !== one);
    return job;
  }
}

class DropsWhatIsNoJob extends MemoryJobQueue {
  override async sendBody(body: string, delaySeconds?: number) {
    if (parseJob(body) !== null) await super.sendBody(body, delaySeconds);
  }
}

class IgnoresDelays extends MemoryJobQueue {
  override sendBody(body: string) {
    return super.sendBody(body);
  }
}

class DoesNotWait extends MemoryJobQueue {
  override receive(options: ReceiveOptions) {
    return super.receive({ ...options, waitSeconds: 0 });
  }
}

export function queueSubject(queue: MemoryJobQueue): QueueSubject {
  return {
    queue,
    peer: async () => queue,
    sendBody: (body) => queue.sendBody(body),
    advance: async (seconds) => {
      queue.now += seconds * 1000;
    },
    close: () => {
      queue.now = Number.POSITIVE_INFINITY;
    },
  };
}

/** Broken doubles by their mistake, each with a case that must fail. */
export const QUEUE_DOUBLES: Readonly<Record<string, [make: () => MemoryJobQueue, foundBy: string]>> = {
  'receives are not counted': [
    () => new NeverCounts(),
    'a message that was received three times goes to the dead letters',
  ],
  'a delivery is not hidden': [() => new HidesNothing(), 'each message is delivered to one of many that take at once'],
  'an old receipt still counts': [
    () => new KeepsTheReceipt(),
    'an old delivery neither keeps nor deletes a message that was delivered again',
  ],
  'poison vanishes': [() => new DropsPoison(), 'a message that was received three times goes to the dead letters'],
  'time is added to the old end': [() => new ExtendsFromTheOldEnd(), 'an extended delivery stays hidden from now on'],
  'a delivery deletes': [
    () => new DeletesOnReceive(),
    'a delivery that is not deleted comes back when its time is over, and is counted',
  ],
  'what is no job vanishes': [() => new DropsWhatIsNoJob(), 'bodies that are no jobs are delivered as what they are'],
  'delays are ignored': [() => new IgnoresDelays(), 'a delayed message waits, and so does a released one'],
  'a receive does not wait': [
    () => new DoesNotWait(),
    'a waiting receive gets what is sent meanwhile, here or elsewhere',
  ],
};
