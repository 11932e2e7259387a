/** What AWS answers and what is made of it, where no server of the tests gives the answer. */
import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { BatchGetCommand, DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../core/errors.ts';
import { AwsArtifactStore } from './artifacts.ts';
import { awsError } from './errors.ts';
import { AwsJobQueue } from './queue.ts';
import { Table, type Write } from './table.ts';
import { RUNS_TABLE } from './tables.ts';

const ASKED = { resource: 'object a of bucket b', setting: 'ARTIFACT_BUCKET', action: 's3:GetObject' };

function answer(name: string, httpStatusCode: number): RelayError {
  const error = Object.assign(new Error('UnknownError'), { name, $metadata: { httpStatusCode } });
  return awsError(ASKED, error) as RelayError;
}

test('an answer says what to put right, and whether to wait for that', () => {
  const cases: Array<[string, number, string, string, RegExp]> = [
    // a HEAD has no body: the token is over, or the bucket is elsewhere
    ['BadRequest', 400, 'credentials_invalid', 'retry', /credentials/],
    ['UnknownError', 400, 'credentials_invalid', 'retry', /credentials/],
    ['PermanentRedirect', 301, 'store_missing', 'retry', /AWS_REGION/],
    ['301', 301, 'store_missing', 'retry', /AWS_REGION/],
    ['AuthorizationHeaderMalformed', 400, 'store_missing', 'retry', /AWS_REGION/],
    // no policy helps where an object is in an archive
    ['InvalidObjectState', 403, 'store_refused', 'fatal', /InvalidObjectState/],
    ['403', 403, 'permission_denied', 'retry', /s3:GetObject/],
    ['InvalidRequest', 400, 'store_refused', 'fatal', /InvalidRequest/],
    ['SlowDown', 503, 'store_unavailable', 'retry', /too much to do/],
  ];
  for (const [name, status, code, recovery, words] of cases) {
    const error = answer(name, status);
    assert.equal([error.code, error.recovery], [code, recovery], `${name} ${status}`);
    assert.match(error.message, words);
  }
});

test('a queue that gives a message up before its run has failed is not ready', async () => {
  const arn = 'arn:aws:sqs:eu-central-1:1:dead';
  for (const [maxReceiveCount, target, words] of [
    [3, arn, null],
    [1000, arn, null],
    [2, arn, /WORKER_POISON_MAX_RECEIVES \(3\)/],
    ['2', arn, /gives a message up after 2 deliveries/],
    [3, 'arn:other', /does not move messages/],
  ] as const) {
    const policy = JSON.stringify({ deadLetterTargetArn: target, maxReceiveCount });
    const send = async () => ({ Attributes: { RedrivePolicy: policy, QueueArn: arn } });
    const client = { send } as unknown as SQSClient;
    const urls = { queueUrl: 'https://sqs.example/q', deadLetterUrl: 'https://sqs.example/d' };
    const queue = new AwsJobQueue({ client, ...urls, receivesMin: 3 });
    const problem = await queue.check().then(
      () => null,
      (error: RelayError) => error,
    );
    if (words === null) assert.is(problem, null);
    else {
      assert.equal([problem?.code, problem?.recovery], ['store_missing', 'retry']);
      assert.match(problem!.message, words);
    }
  }
});

/** A bucket whose newest object is removed while it is looked at, so many times. */
function shrinkingBucket(removals: number): { store: AwsArtifactStore; sent: Array<{ input: object }> } {
  const keys = ['in/a.csv', 'in/b.csv', 'in/c.csv'];
  const sent: Array<{ input: object }> = [];
  const send = async (command: { input: { Key?: string } }) => {
    sent.push(command);
    if (command instanceof ListObjectsV2Command) {
      const Contents = keys.map((Key) => ({
        Key,
        Size: 1,
        ETag: '"e"',
        LastModified: new Date(Date.parse('2026-11-01')),
      }));
      return { Contents, IsTruncated: false };
    }
    if (command instanceof HeadObjectCommand && removals > 0) {
      removals--;
      keys.pop();
      throw Object.assign(new Error('NotFound'), { name: 'NotFound', $metadata: { httpStatusCode: 404 } });
    }
    return { ContentLength: 1, ETag: '"e"', LastModified: new Date(Date.parse('2026-11-01')) };
  };
  const client = { send } as unknown as S3Client;
  const clock = { wall: () => Date.parse('2026-11-01') };
  const sizes = { partBytes: 5 << 20, partsInFlight: 2, readAttempts: 1 };
  return { store: new AwsArtifactStore({ client, signer: client, bucket: 'b', clock, ...sizes }), sent };
}

test('a newest object that is removed meanwhile gives way to the one before it', async () => {
  assert.is((await shrinkingBucket(0).store.newest('in/'))?.key, 'in/c.csv');
  assert.is((await shrinkingBucket(1).store.newest('in/'))?.key, 'in/b.csv');
  assert.is((await shrinkingBucket(2).store.newest('in/'))?.key, 'in/a.csv');
  assert.is(await shrinkingBucket(9).store.newest('in/'), null);
});

test('a copy takes no tags along: that needs permissions of its own', async () => {
  const { store, sent } = shrinkingBucket(0);
  await store.copy('in/a.csv', 'run/a.csv', { ifMatch: 'e' });
  const { TaggingDirective, CopySourceIfMatch } = sent[0]!.input as Record<string, string>;
  assert.equal([TaggingDirective, CopySourceIfMatch], ['REPLACE', '"e"']);
});

/** A table whose transactions get these answers, one after the other, and the tokens that they were sent with. */
function tableAnswering(...answers: Array<Error | null>): { table: Table; tokens: string[] } {
  const tokens: string[] = [];
  const send = async (command: TransactWriteCommand) => {
    tokens.push(command.input.ClientRequestToken!);
    const error = answers.shift();
    if (error) throw error;
    return {};
  };
  let ids = 0;
  const client = { send } as unknown as DynamoDBDocumentClient;
  const createId = () => `id-${++ids}`;
  return {
    table: new Table({ client, name: 'runs', definition: RUNS_TABLE, setting: 'RUNS_TABLE', createId }),
    tokens,
  };
}

function cancelled(...codes: string[]): Error {
  const CancellationReasons = codes.map((Code) => ({ Code }));
  return Object.assign(new Error('cancelled'), {
    name: 'TransactionCanceledException',
    CancellationReasons,
    $metadata: { httpStatusCode: 400 },
  });
}

const REMOVE: Write = { remove: { run_id: 'slot#shop' }, condition: { expression: 'attribute_exists(#run_id)' } };

test('a transaction that others got in the way of is made anew; one that is still being made is waited for', async () => {
  const named = (name: string) => Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });
  const { table, tokens } = tableAnswering(
    cancelled('None', 'TransactionConflict'),
    named('TransactionInProgressException'),
    named('TransactionInProgressException'),
    cancelled('ThrottlingError', 'None'),
    null,
  );
  assert.equal(await table.transact([REMOVE, REMOVE]), []);
  assert.equal(tokens, ['id-1', 'id-2', 'id-2', 'id-2', 'id-3']);
});

test('a condition that does not hold counts before a conflict, and what is neither is an error', async () => {
  const failed = await tableAnswering(cancelled('TransactionConflict', 'ConditionalCheckFailed')).table.transact([
    REMOVE,
  ]);
  assert.equal(failed, [1]);
  const refused = tableAnswering(cancelled('ValidationError')).table.transact([REMOVE]);
  assert.is(await refused.catch((error) => error.code), 'store_refused');
  const busy = tableAnswering(...Array.from({ length: 12 }, () => cancelled('TransactionConflict')));
  const error = (await busy.table.transact([REMOVE]).catch((problem) => problem)) as RelayError;
  assert.equal([error.code, error.recovery, busy.tokens.length], ['store_busy', 'retry', 12]);
});

test('a table’s own items are read as they are now; an index is asked for what it has', async () => {
  const sent: Array<{ input: { ConsistentRead?: boolean; IndexName?: string; RequestItems?: object } }> = [];
  const send = async (command: (typeof sent)[number]) => {
    sent.push(command);
    return {};
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  const table = new Table({
    client,
    name: 'runs',
    definition: RUNS_TABLE,
    setting: 'RUNS_TABLE',
    createId: () => 'id',
  });
  const condition = { expression: '#run_id = :id', values: { id: 'r' } };
  await table.get({ run_id: 'r' });
  await table.query({ condition, limit: 1 });
  await table.query({ condition, limit: 1, index: 'by_due' });
  await table.getMany([{ run_id: 'r' }]);
  assert.equal(
    sent.map(({ input: { ConsistentRead, IndexName, RequestItems } }) => [ConsistentRead, IndexName, RequestItems]),
    [
      [true, undefined, undefined],
      [true, undefined, undefined],
      [undefined, 'by_due', undefined],
      [undefined, undefined, { runs: { Keys: [{ run_id: 'r' }], ConsistentRead: true } }],
    ],
  );
});

test('a query goes on over the pages of its answer, and asks for no more than is wanted', async () => {
  const limits: number[] = [];
  const send = async ({ input }: { input: { Limit: number; ExclusiveStartKey?: { at: number } } }) => {
    limits.push(input.Limit);
    const at = input.ExclusiveStartKey?.at ?? 0;
    // pages end by their bytes; one has nothing at all, and is not the last
    const count = at === 3 ? 0 : Math.min(3, input.Limit);
    const Items = Array.from({ length: count }, (_, i) => ({ n: at + i, change_id: 'x' }));
    return { Items, ...(at < 7 ? { LastEvaluatedKey: { at: at + (count || 1) } } : {}) };
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  const table = new Table({
    client,
    name: 'runs',
    definition: RUNS_TABLE,
    setting: 'RUNS_TABLE',
    createId: () => 'id',
  });
  const ask = async (limit: number) => {
    limits.length = 0;
    const items = await table.query({ condition: { expression: '#a = :a', values: { a: 1 } }, limit });
    return [items.map(({ n }) => n), [...limits]];
  };
  assert.equal(await ask(100), [
    [0, 1, 2, 4, 5, 6, 7, 8, 9],
    [100, 97, 97, 94],
  ]);
  assert.equal(await ask(5), [
    [0, 1, 2, 4, 5],
    [5, 2, 2],
  ]);
});

test('items that were left out of an answer are asked for again, in batches that one call takes', async () => {
  const asked: number[] = [];
  let left = 0;
  const send = async (command: BatchGetCommand) => {
    const keys = command.input.RequestItems!.runs!.Keys!;
    asked.push(keys.length);
    // a table that is busy gives some of them
    const given = left++ === 0 ? keys.slice(0, 30) : keys;
    const rest = keys.slice(given.length);
    return {
      Responses: { runs: given.map((key) => ({ ...key, change_id: 'x' })) },
      UnprocessedKeys: rest.length === 0 ? {} : { runs: { Keys: rest } },
    };
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  const options = { client, name: 'runs', definition: RUNS_TABLE, setting: 'RUNS_TABLE', createId: () => 'id' };
  const keys = Array.from({ length: 120 }, (_, i) => ({ run_id: `r${i}` }));
  assert.equal(await new Table(options).getMany(keys), keys);
  assert.equal(asked, [100, 70, 20]);
});

test.run();
