/** The job queue on SQS: long polls, a visibility timeout for each delivery, and a dead-letter queue that SQS fills itself. */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { RelayError } from '../../core/errors.ts';
import type { DeadLetters, JobMessage, JobQueue, ReceivedJob, ReceiveOptions } from '../../core/ports/service/jobs.ts';
import { shownAddress } from '../../core/text/shown-address.ts';
import { AwsDeadLetters } from './dead-letters.ts';
import { type AwsCall, attemptAws, awsError, isAws } from './errors.ts';
import { toJob, wholeSeconds } from './messages.ts';

export interface AwsQueueOptions {
  client: SQSClient;
  queueUrl: string;
  deadLetterUrl: string;
  /** The lowest `maxReceiveCount` that the queue may have. */
  receivesMin: number;
}

/** SQS's limits. */
const RECEIVE_MAX = 10;
const WAIT_SECONDS_MAX = 20;
const DELAY_SECONDS_MAX = 900;
const VISIBILITY_SECONDS_MAX = 43_200;

/** SQS's errors for a delivery that is no longer ours. */
const GONE = ['ReceiptHandleIsInvalid', 'MessageNotInflight', 'InvalidParameterValue', 'InvalidIdFormat'] as const;

export class AwsJobQueue implements JobQueue {
  readonly #options: AwsQueueOptions;
  readonly #letters: AwsDeadLetters;

  constructor(options: AwsQueueOptions) {
    this.#options = options;
    this.#letters = new AwsDeadLetters(options.client, options.deadLetterUrl);
  }

  get deadLetters(): DeadLetters {
    return this.#letters;
  }

  async send(job: JobMessage, delaySeconds = 0): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: this.#options.queueUrl,
      MessageBody: JSON.stringify(job),
      DelaySeconds: wholeSeconds(delaySeconds, DELAY_SECONDS_MAX),
    });
    await attemptAws(this.#call('SendMessage'), () => this.#options.client.send(command));
  }

  /**
   * Aborting the signal closes the connection. Messages that SQS delivers at that very moment stay hidden for the visibility
   * timeout, then come back.
   */
  async receive(options: ReceiveOptions): Promise<ReceivedJob[]> {
    const { signal } = options;
    if (signal?.aborted) return [];
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#options.queueUrl,
      MaxNumberOfMessages: Math.max(1, Math.min(options.max, RECEIVE_MAX)),
      VisibilityTimeout: wholeSeconds(options.visibilitySeconds, VISIBILITY_SECONDS_MAX),
      WaitTimeSeconds: wholeSeconds(options.waitSeconds, WAIT_SECONDS_MAX),
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    });
    try {
      const { Messages } = await this.#options.client.send(
        command,
        signal === undefined ? {} : { abortSignal: signal },
      );
      return (Messages ?? []).map(toJob);
    } catch (error) {
      if (signal?.aborted) return [];
      throw awsError(this.#call('ReceiveMessage'), error);
    }
  }

  extend(receipt: string, visibilitySeconds: number): Promise<boolean> {
    return this.#changeVisibility(receipt, visibilitySeconds);
  }

  release(receipt: string, delaySeconds: number): Promise<boolean> {
    return this.#changeVisibility(receipt, delaySeconds);
  }

  delete(receipt: string): Promise<boolean> {
    const command = new DeleteMessageCommand({ QueueUrl: this.#options.queueUrl, ReceiptHandle: receipt });
    return this.#changeDelivery('DeleteMessage', () => this.#options.client.send(command));
  }

  /** Approximate, as SQS documents. */
  async depth(): Promise<{ visible: number; inFlight: number }> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.#options.queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    });
    const call = this.#call('GetQueueAttributes');
    const { Attributes: counts = {} } = await attemptAws(call, () => this.#options.client.send(command));
    const hidden = [counts.ApproximateNumberOfMessagesNotVisible, counts.ApproximateNumberOfMessagesDelayed];
    return {
      visible: Number(counts.ApproximateNumberOfMessages ?? 0),
      inFlight: hidden.reduce((sum, one) => sum + Number(one ?? 0), 0),
    };
  }

  /** Checks that both queues exist and that the first moves its dead messages to the second. */
  async check(): Promise<void> {
    const { client, queueUrl, deadLetterUrl, receivesMin } = this.#options;
    const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy'] });
    const { Attributes } = await attemptAws(this.#call('GetQueueAttributes'), () => client.send(command));
    const arn = await this.#letters.arn();
    const policy = JSON.parse(Attributes?.RedrivePolicy ?? '{}') as {
      deadLetterTargetArn?: string;
      maxReceiveCount?: number | string;
    };
    const problem =
      policy.deadLetterTargetArn !== arn
        ? `does not move messages to ${deadLetterUrl}; set its redrive policy, or correct SQS_DLQ_URL`
        : Number(policy.maxReceiveCount) < receivesMin
          ? `gives a message up after ${policy.maxReceiveCount} deliveries, before its run has failed; set maxReceiveCount to WORKER_POISON_MAX_RECEIVES (${receivesMin}) or more`
          : null;
    if (problem === null) return;
    const details = { queue: queueUrl };
    throw new RelayError('store_missing', `queue ${shownAddress(queueUrl)} ${problem}`, { recovery: 'retry', details });
  }

  #changeVisibility(receipt: string, seconds: number): Promise<boolean> {
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: this.#options.queueUrl,
      ReceiptHandle: receipt,
      VisibilityTimeout: wholeSeconds(seconds, VISIBILITY_SECONDS_MAX),
    });
    return this.#changeDelivery('ChangeMessageVisibility', () => this.#options.client.send(command));
  }

  async #changeDelivery(action: string, send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      if (isAws(error, ...GONE)) return false;
      throw awsError(this.#call(action), error);
    }
  }

  #call(action: string): AwsCall {
    return {
      resource: `queue ${shownAddress(this.#options.queueUrl)}`,
      setting: 'SQS_QUEUE_URL',
      action: `sqs:${action}`,
    };
  }
}
