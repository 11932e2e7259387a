/** Conversions for SQS: messages and seconds. */
import type { Message } from '@aws-sdk/client-sqs';
import type { ReceivedJob } from '../../core/ports/service/jobs.ts';
import { parseJob } from '../job-message.ts';

export function toJob(message: Message): ReceivedJob {
  const body = message.Body ?? '';
  return {
    messageId: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: Number(message.Attributes?.SentTimestamp ?? 0),
    job: parseJob(body),
    body,
  };
}

/** SQS takes whole seconds up to a limit. Rounds up, so never sooner than requested. */
export function wholeSeconds(seconds: number, max: number): number {
  return Math.max(0, Math.min(Math.ceil(seconds), max));
}
