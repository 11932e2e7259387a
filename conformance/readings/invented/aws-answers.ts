/** What DynamoDB, S3 and SQS might answer, at random: items, pages, errors of all kinds. */
import { marshall } from '@aws-sdk/util-dynamodb';
import { STAGES } from '../../../core/run-codes.ts';
import type { Random } from '../../oracle/generate/random.ts';

export const AWS_NOW = Date.parse('2026-11-01T06:00:00Z');
const ARN = 'arn:aws:sqs:eu-central-1:1:dead';
export const AWS_KEYS = ['a', 'a/b.csv', 'a/é +%.csv', '', 'a//b', 'x'.repeat(1025)];
export const RUN_STATES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;
/** Names, codes and statuses of errors. */
const ERRORS: ReadonlyArray<readonly [string, number | undefined, string?]> = [
  ...([
    ['ThrottlingException', 400],
    ['ResourceNotFoundException', 400],
    ['AccessDeniedException', 400],
  ] as const),
  ...([
    ['UnknownError', 400],
    ['ExpiredToken', 400],
    ['ValidationException', 400],
    ['NotFound', 404],
  ] as const),
  ...([
    ['NoSuchKey', 404],
    ['PreconditionFailed', 412],
    ['InvalidRange', 416],
    ['PermanentRedirect', 301],
  ] as const),
  ...([
    ['InternalServerError', 500],
    ['Odd', 503],
    ['Odd', 429],
    ['Odd', 403],
    ['Odd', 409],
  ] as const),
  ...([
    ['ReceiptHandleIsInvalid', 404],
    ['InvalidObjectState', 403],
    ['QueueDoesNotExist', 400],
  ] as const),
  ...([
    ['Error', undefined, 'ECONNRESET'],
    ['TypeError', undefined],
    ['TimeoutError', undefined],
  ] as const),
];

type AwsAnswer = Record<string, unknown>;

/** Answers what a service might, at random; notes what it was sent. */
export class RandomAws {
  readonly sent: string[] = [];
  readonly #random: Random;
  /** The share of answers that are errors. */
  readonly #failing: number;

  constructor(random: Random) {
    this.#random = random;
    this.#failing = random.pick([0, 0, 0.1, 0.5]);
  }

  async send(command: { constructor: { name: string }; input: AwsAnswer }): Promise<AwsAnswer> {
    const name = command.constructor.name.replace('Command', '');
    this.sent.push(`${name} ${JSON.stringify(command.input)}`);
    if (this.#random.chance(this.#failing)) throw this.#error();
    const answer = await this.#answerOf(name, command.input);
    this.sent.push(`  ${JSON.stringify(answer)}`);
    return answer;
  }

  #error(): Error {
    const [name, httpStatusCode, code] = this.#random.pick(ERRORS);
    const $metadata = httpStatusCode === undefined ? {} : { httpStatusCode };
    return Object.assign(new Error(this.#random.pick(['', 'why'])), { name, $metadata, ...(code && { code }) });
  }

  async #answerOf(name: string, input: AwsAnswer): Promise<AwsAnswer> {
    const random = this.#random;
    const some = <T>(most: number, make: () => T) => Array.from({ length: random.int(0, most) }, make);
    switch (name) {
      case 'Get':
        return random.chance(0.2) ? {} : { Item: this.#item() };
      case 'BatchGet': {
        const [[table, { Keys }]] = Object.entries(input.RequestItems as object) as [[string, { Keys: unknown[] }]];
        const left = random.chance(0.2) ? { [table]: { Keys: Keys.slice(0, random.int(0, 1)) } } : undefined;
        return { Responses: { [table]: some(3, () => this.#item()) }, UnprocessedKeys: left };
      }
      case 'Put':
      case 'Update':
        if (random.chance(0.3)) throw this.#refused(input);
        return { Attributes: this.#item() };
      case 'TransactWrite':
        if (random.chance(0.4)) throw this.#cancelled((input.TransactItems as unknown[]).length);
        return {};
      case 'Query': {
        const last = random.chance(0.3) ? { LastEvaluatedKey: { run_id: 'last' } } : {};
        if (input.Select === 'COUNT') return { Count: random.int(0, 5), ...last };
        return { Items: some(Math.min(4, input.Limit as number), () => this.#item()), ...last };
      }
      case 'ListObjectsV2': {
        const isLast = random.chance(0.6);
        const EncodingType = random.pick(['url', undefined]);
        const Contents = some(3, () => this.#listed(input.Prefix as string, EncodingType !== undefined));
        return { Contents, EncodingType, ...(isLast ? {} : { IsTruncated: true, NextContinuationToken: 'next' }) };
      }
      case 'HeadObject':
      case 'GetObject':
        return { ...this.#object(), ...(name === 'GetObject' ? { Body: this.#body() } : {}) };
      case 'ReceiveMessage':
        return random.chance(0.1) ? {} : { Messages: some(2, () => this.#message()) };
      case 'GetQueueAttributes': {
        const policy = { deadLetterTargetArn: random.pick([ARN, 'other']), maxReceiveCount: random.pick([2, 3, '4']) };
        const counts = Object.fromEntries(
          (input.AttributeNames as string[]).map((one) => [one, `${random.int(0, 9)}`]),
        );
        const known = { ...counts, QueueArn: ARN, RedrivePolicy: JSON.stringify(policy) };
        return random.chance(0.1) ? {} : { Attributes: known };
      }
      default:
        return {};
    }
  }

  #refused(input: AwsAnswer): Error {
    const marks = [
      (input.Item as AwsAnswer)?.change_id,
      (input.ExpressionAttributeValues as AwsAnswer)?.[':new_change_id'],
    ];
    const mark = this.#random.chance(0.2) ? marks.find((one) => one !== undefined) : 'other';
    const item = this.#random.chance(0.2) ? undefined : marshall({ ...this.#item(), change_id: mark });
    return Object.assign(new Error('refused'), { name: 'ConditionalCheckFailedException', Item: item });
  }

  #cancelled(writes: number): Error {
    const names = ['TransactionCanceledException', 'TransactionCanceledException', 'TransactionConflictException'];
    const name = this.#random.pick([...names, 'TransactionInProgressException']);
    const codes = [
      'None',
      'None',
      'ConditionalCheckFailed',
      'TransactionConflict',
      'ThrottlingError',
      'ValidationError',
    ];
    const CancellationReasons = Array.from({ length: writes }, () => ({ Code: this.#random.pick(codes) }));
    const $metadata = { httpStatusCode: 400 };
    return Object.assign(new Error('cancelled'), { name, $metadata, CancellationReasons });
  }

  /** An item with some attributes of each kind of items. */
  #item(): AwsAnswer {
    const random = this.#random;
    const time = () => AWS_NOW + random.int(-5, 5) * 100_000;
    const maybe = (attributes: AwsAnswer) =>
      Object.fromEntries(Object.entries(attributes).filter(() => random.chance(0.7)));
    return {
      ...{ run_id: random.pick(['r1', 'r2', 'expired#r3']), tenant_id: random.pick(['shop', 'other']) },
      ...{ status: random.pick(RUN_STATES), attempt: random.int(0, 3), sent_at: time(), requested_at: time() },
      ...{ config_version: random.int(0, 5), change_id: 'old', config: '{"x":1}', created_at: time(), of_run: 'r9' },
      ...{ opened_at: time(), ends_at: time(), body_hash: random.pick(['hash', 'other']), due_at: time(), place: 3 },
      ...maybe({ vendors: ['acme'], force: true, force_reason: 'why', stage: random.pick(STAGES), worker_id: 'w' }),
      ...maybe({ lease_until: time(), started_at: time(), finished_at: time(), artifacts: { a: 'b' } }),
      ...maybe({ counts: { rows: 1 }, warnings: ['w'], progress: { rows: 2 }, outage: { since: 1 } }),
      ...maybe({ failed_stage: 'MERGE_PRICE', error_code: 'x', error_message: 'why', cancel_requested: true, kept: 3 }),
      ...maybe({ key: random.pick(AWS_KEYS), key_id: random.pick(['k1', 'k2']), hash: 'h', owner: 'shop', name: 'n' }),
      ...maybe({ etag_before: 'e', size_before: 4, stored_bytes: random.int(0, 90), stored_files: 2, made_by: 'k' }),
      ...maybe({ counted_at: time(), count: random.int(0, 4), turn: 2, state: 'state', of_tenant: 'shop' }),
      ...maybe({ tenant_created_at: time() }),
      ...(random.chance(0.3) && { revoked_at: time() }),
      ...(random.chance(0.3) && { is_closed: true }),
      ...(random.chance(0.3) && { kind: random.pick(['api', 'feed']) }),
      ...(random.chance(0.4) && { holder: 'w1', held_until: time() }),
      ...(random.chance(0.4) && { turn_due_at: time() }),
    };
  }

  #listed(prefix: string, isEncoded: boolean): AwsAnswer {
    const key = `${prefix ?? ''}${this.#random.pick(['', 'b', 'c d', 'é', 'folder/', '//x'])}`;
    return { ...this.#object(), Key: isEncoded ? encodeURIComponent(key).replaceAll('%20', '+') : key };
  }

  #object(): AwsAnswer {
    const random = this.#random;
    const size = random.int(0, 9);
    return {
      ...{ ContentLength: size, Size: size, LastModified: new Date(AWS_NOW + random.int(0, 2)) },
      ...(random.chance(0.9) && { ETag: '"etag"' }),
      ...(random.chance(0.5) && { ContentType: 'text/csv' }),
      ...(random.chance(0.2) && { ContentRange: `bytes 0-${size}/${size + random.int(0, 4)}` }),
    };
  }

  async *#body(): AsyncGenerator<Uint8Array> {
    for (let i = this.#random.int(0, 3); i > 0; i--) yield new Uint8Array(this.#random.int(0, 4)).fill(64 + i);
    if (this.#random.chance(0.2)) throw this.#error();
  }

  #message(): AwsAnswer {
    const random = this.#random;
    const job = { run_id: 'r1', tenant_id: 'shop', vendors: [], config_version: 1 };
    return {
      MessageId: random.pick(['m1', 'm2', undefined]),
      ReceiptHandle: random.pick(['receipt', undefined]),
      Body: random.pick([JSON.stringify(job), JSON.stringify({ ...job, simulation: true }), 'x', '{}', undefined]),
      Attributes: random.pick([{ ApproximateReceiveCount: '2', SentTimestamp: `${AWS_NOW}` }, {}, undefined]),
    };
  }
}
