/**
 * The dead-letter queue. SQS cannot show a message without receiving it. So each scan hides the messages and releases them
 * at its end: two operators who scan at the same time may each see a part. Scans raise a message's receive count.
 */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter, DeadLetters, ReceivedJob } from '../../core/ports/service/jobs.ts';
import { shownAddress } from '../../core/text/shown-address.ts';
import { type AwsCall, attemptAws } from './errors.ts';
import { toJob } from './messages.ts';

/** SQS's limit for one call. */
const BATCH = 10;
/** Messages that an interrupted scan left hidden come back after this time. */
const HIDDEN_SECONDS = 300;
/** A long poll: asks all SQS servers, not a sample. */
const WAIT_SECONDS = 1;
/** Messages to scan for a single one. */
const SCAN_MAX = 10_000;

export class AwsDeadLetters implements DeadLetters {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async list(limit: number): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    await this.#scan(limit, async (job) => {
      letters.push(toLetter(job));
      return false;
    });
    return letters.sort((a, b) => a.sentAt - b.sentAt);
  }

  async get(messageId: string): Promise<DeadLetter | null> {
    let found: DeadLetter | null = null;
    await this.#scan(SCAN_MAX, async (job) => {
      if (job.messageId !== messageId) return false;
      found = toLetter(job);
      return true;
    });
    return found;
  }

  async delete(messageId: string): Promise<boolean> {
    return this.#scan(SCAN_MAX, async (job) => {
      if (job.messageId !== messageId) return false;
      const command = new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle: job.receipt });
      await attemptAws(this.#call('DeleteMessage'), () => this.#client.send(command));
      return true;
    });
  }

  async arn(): Promise<string | undefined> {
    const command = new GetQueueAttributesCommand({ QueueUrl: this.#url, AttributeNames: ['QueueArn'] });
    const call = this.#call('GetQueueAttributes');
    return (await attemptAws(call, () => this.#client.send(command))).Attributes?.QueueArn;
  }

  /** Calls `visit` once for each message until it returns true, and returns whether it did. Then releases all messages. */
  async #scan(limit: number, visit: (job: ReceivedJob) => Promise<boolean>): Promise<boolean> {
    const seen = new Map<string, ReceivedJob>();
    try {
      while (seen.size < limit) {
        const jobs = await this.#receive(Math.min(BATCH, limit - seen.size));
        const fresh = jobs.filter((job) => !seen.has(job.messageId));
        for (const job of jobs) seen.set(job.messageId, job);
        for (const job of fresh) if (await visit(job)) return true;
        // if there are no messages, or only ones that came back meanwhile, all have been seen
        if (fresh.length === 0) return false;
      }
      return false;
    } finally {
      await this.#release([...seen.values()]);
    }
  }

  async #receive(max: number): Promise<ReceivedJob[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: max,
      VisibilityTimeout: HIDDEN_SECONDS,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    });
    const { Messages } = await attemptAws(this.#call('ReceiveMessage'), () => this.#client.send(command));
    return (Messages ?? []).map(toJob);
  }

  /** SQS refuses entries that are already deleted or visible; the others still succeed. */
  async #release(jobs: readonly ReceivedJob[]): Promise<void> {
    for (let at = 0; at < jobs.length; at += BATCH) {
      const entries = jobs
        .slice(at, at + BATCH)
        .map(({ receipt }, i) => ({ Id: String(i), ReceiptHandle: receipt, VisibilityTimeout: 0 }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries: entries });
      await attemptAws(this.#call('ChangeMessageVisibility'), () => this.#client.send(command));
    }
  }

  #call(action: string): AwsCall {
    return {
      resource: `dead-letter queue ${shownAddress(this.#url)}`,
      setting: 'SQS_DLQ_URL',
      action: `sqs:${action}`,
    };
  }
}

function toLetter({ messageId, sentAt, receiveCount, job, body }: ReceivedJob): DeadLetter {
  return { messageId, sentAt, receiveCount, job, body };
}
