/** A queue of SQS and its dead letters in memory, as a client that sends nothing, with a clock that tests move. */
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { refuse } from './dynamodb-expressions.ts';

interface Message {
  id: string;
  body: string;
  sentAt: number;
  visibleAt: number;
  receives: number;
  receipt: string;
}

type Input = Record<string, unknown>;

const ARN = 'arn:aws:sqs:eu-central-1:1:';

export class MemorySqs {
  readonly urls = { queueUrl: 'https://sqs.example/1/queue', deadLetterUrl: 'https://sqs.example/1/dead' };
  readonly #queues = new Map<string, Message[]>(Object.values(this.urls).map((url) => [url, []]));
  readonly #now: () => number;
  readonly #maxReceives: number;
  #made = 0;

  constructor(now: () => number, maxReceives: number) {
    [this.#now, this.#maxReceives] = [now, maxReceives];
  }

  /** `before` is called before each request; what it throws is SQS's answer. */
  client(before: (operation: string, input: Input) => void = () => {}): SQSClient {
    const send = async (command: { input: unknown }, options: { abortSignal?: AbortSignal } = {}) => {
      before(command.constructor.name.replace('Command', ''), command.input as Input);
      return this.#answer(command, command.input as Input, options.abortSignal);
    };
    return { send } as unknown as SQSClient;
  }

  sendBody(body: string, delaySeconds = 0): void {
    const sentAt = this.#now();
    const message = { id: `m${++this.#made}`, body, sentAt, visibleAt: sentAt + delaySeconds * 1000 };
    this.#queue(this.urls.queueUrl).push({ ...message, receives: 0, receipt: '' });
  }

  async #answer(command: unknown, input: Input, signal: AbortSignal | undefined): Promise<object> {
    const queue = this.#queue(input.QueueUrl);
    if (command instanceof SendMessageCommand) {
      this.sendBody(input.MessageBody as string, seconds(input.DelaySeconds, 900));
      return {};
    }
    if (command instanceof ReceiveMessageCommand) return this.#receive(queue, input, signal);
    if (command instanceof DeleteMessageCommand) {
      const at = queue.findIndex(({ receipt }) => receipt === input.ReceiptHandle);
      if (at >= 0) queue.splice(at, 1);
      return {};
    }
    if (command instanceof ChangeMessageVisibilityCommand) {
      if (!this.#hide(queue, input)) refuse('ReceiptHandleIsInvalid', 'the delivery is over');
      return {};
    }
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      const entries = input.Entries as Array<Input & { Id: string }>;
      const isOdd =
        entries.length === 0 || entries.length > 10 || new Set(entries.map(({ Id }) => Id)).size < entries.length;
      if (isOdd) refuse('InvalidBatchEntryId', 'entries');
      for (const entry of entries) this.#hide(queue, entry);
      return {};
    }
    if (command instanceof GetQueueAttributesCommand) return this.#attributes(queue, input);
    throw new Error('MemorySqs does not have this command');
  }

  #queue(url: unknown): Message[] {
    return this.#queues.get(url as string) ?? refuse('QueueDoesNotExist', `no queue ${url}`);
  }

  async #receive(queue: Message[], input: Input, signal: AbortSignal | undefined): Promise<object> {
    const max = input.MaxNumberOfMessages as number;
    if (!Number.isInteger(max) || max < 1 || max > 10) refuse('InvalidParameterValue', `${max} messages`);
    const hidden = seconds(input.VisibilityTimeout, 43_200) * 1000;
    const end = this.#now() + seconds(input.WaitTimeSeconds, 20) * 1000;
    const names = input.MessageSystemAttributeNames as string[];
    // the clock stands still: a wait ends with what is sent, or when nothing else happens
    for (let turns = 0; turns < 50; turns++) {
      if (signal?.aborted) throw new Error('aborted');
      this.#moveDead(queue);
      const taken = queue.filter(({ visibleAt }) => visibleAt <= this.#now()).slice(0, max);
      if (taken.length > 0) return { Messages: taken.map((one) => this.#delivered(one, hidden, names)) };
      if (this.#now() >= end) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return {};
  }

  #delivered(message: Message, hidden: number, names: readonly string[]): object {
    message.receives++;
    message.receipt = `receipt ${++this.#made}`;
    message.visibleAt = this.#now() + hidden;
    const known: Record<string, string> = {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
    };
    const Attributes = Object.fromEntries(names.map((name) => [name, known[name]]));
    return { MessageId: message.id, ReceiptHandle: message.receipt, Body: message.body, Attributes };
  }

  #moveDead(queue: Message[]): void {
    const dead = this.#queue(this.urls.deadLetterUrl);
    if (queue === dead) return;
    for (const one of [...queue]) {
      if (one.visibleAt > this.#now() || one.receives < this.#maxReceives) continue;
      queue.splice(queue.indexOf(one), 1);
      // in no order
      dead.unshift({ ...one, receipt: '' });
    }
  }

  #hide(queue: Message[], { ReceiptHandle, VisibilityTimeout }: Input): boolean {
    const found = queue.find(({ receipt, visibleAt }) => receipt === ReceiptHandle && visibleAt > this.#now());
    if (found !== undefined) found.visibleAt = this.#now() + seconds(VisibilityTimeout, 43_200) * 1000;
    return found !== undefined;
  }

  #attributes(queue: Message[], input: Input): object {
    this.#moveDead(queue);
    const hidden = queue.filter(({ visibleAt }) => visibleAt > this.#now());
    const delayed = hidden.filter(({ receives }) => receives === 0).length;
    const policy = { deadLetterTargetArn: `${ARN}dead`, maxReceiveCount: this.#maxReceives };
    const known: Record<string, string> = {
      ApproximateNumberOfMessages: String(queue.length - hidden.length),
      ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      RedrivePolicy: JSON.stringify(policy),
      QueueArn: `${ARN}${String(input.QueueUrl).split('/').at(-1)}`,
    };
    const names = input.AttributeNames as string[];
    return { Attributes: Object.fromEntries(names.map((name) => [name, known[name]])) };
  }
}

function seconds(value: unknown, max: number): number {
  const isRight = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
  return isRight ? (value as number) : refuse('InvalidParameterValue', `${value} seconds`);
}
