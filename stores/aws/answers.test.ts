/** How AWS's errors are mapped, and what an upload sends, for answers that no test server gives. */
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../core/errors.ts';
import { AwsArtifactStore } from './artifacts.ts';
import { awsError } from './errors.ts';
import { UploadSink } from './object-sink.ts';
import { AwsJobQueue } from './queue.ts';

const ASKED = { resource: 'object a of bucket b', setting: 'ARTIFACT_BUCKET', action: 's3:GetObject' };

function answer(name: string, httpStatusCode: number): RelayError {
  const error = Object.assign(new Error('UnknownError'), { name, $metadata: { httpStatusCode } });
  return awsError(ASKED, error) as RelayError;
}

test('an AWS error names what to put right, and whether a retry may help', () => {
  const cases: Array<[string, number, string, string, RegExp]> = [
    // a HEAD response has no body: the token has expired, or the bucket is in another region
    ['BadRequest', 400, 'credentials_invalid', 'retry', /credentials/],
    ['UnknownError', 400, 'credentials_invalid', 'retry', /credentials/],
    ['PermanentRedirect', 301, 'store_missing', 'retry', /AWS_REGION/],
    ['301', 301, 'store_missing', 'retry', /AWS_REGION/],
    ['AuthorizationHeaderMalformed', 400, 'store_missing', 'retry', /AWS_REGION/],
    // no policy helps if an object is archived
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

test('a receive that waits ends as soon as it is aborted', async () => {
  let ended = false;
  const send = (_: unknown, { abortSignal }: { abortSignal?: AbortSignal } = {}) =>
    new Promise((_resolve, reject) => {
      abortSignal?.addEventListener('abort', () => {
        ended = true;
        reject(new Error('aborted'));
      });
    });
  const urls = { queueUrl: 'https://sqs.example/q', deadLetterUrl: 'https://sqs.example/d' };
  const queue = new AwsJobQueue({ client: { send } as unknown as SQSClient, ...urls, receivesMin: 3 });
  const abort = new AbortController();
  const received = queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 20, signal: abort.signal });
  abort.abort();
  assert.ok(ended);
  assert.equal(await received, []);
});

test('readiness fails if the queue moves a message to the dead letters before its run has failed', async () => {
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

test('requests stay within the limits of SQS, whatever the settings are', async () => {
  const inputs: Array<Record<string, unknown>> = [];
  const send = async ({ input }: { input: Record<string, unknown> }) => {
    inputs.push(input);
    return {};
  };
  const client = { send } as unknown as SQSClient;
  const queue = new AwsJobQueue({ client, queueUrl: 'q', deadLetterUrl: 'd', receivesMin: 3 });
  for (const max of [0, 3, 64]) await queue.receive({ max, visibilitySeconds: 60, waitSeconds: 2.5 });
  await queue.receive({ max: 1, visibilitySeconds: 1e6, waitSeconds: 60 });
  assert.equal(
    inputs.map((one) => [one.MaxNumberOfMessages, one.VisibilityTimeout, one.WaitTimeSeconds]),
    [
      [1, 60, 3],
      [3, 60, 3],
      [10, 60, 3],
      [1, 43_200, 20],
    ],
  );
  await queue.send({ run_id: 'r', tenant_id: 't', vendors: [], config_version: 1 }, 3600);
  assert.is(inputs.at(-1)!.DelaySeconds, 900);
});

/** A bucket whose newest object is removed during the lookup, `removals` times. */
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
  const sizes = { createId: () => 'id', partBytes: 5 << 20, partsInFlight: 2, readAttempts: 1 };
  return { store: new AwsArtifactStore({ client, signer: client, bucket: 'b', clock, ...sizes }), sent };
}

test('if the newest object is removed during the lookup, the one before it is taken', async () => {
  assert.is((await shrinkingBucket(0).store.newest('in/'))?.key, 'in/c.csv');
  assert.is((await shrinkingBucket(1).store.newest('in/'))?.key, 'in/b.csv');
  assert.is((await shrinkingBucket(2).store.newest('in/'))?.key, 'in/a.csv');
  assert.is(await shrinkingBucket(9).store.newest('in/'), null);
});

test('a copy leaves out tags, which would need extra permissions', async () => {
  const { store, sent } = shrinkingBucket(0);
  await store.copy('in/a.csv', 'run/a.csv', { ifMatch: 'e' });
  const { TaggingDirective, CopySourceIfMatch } = sent[0]!.input as Record<string, string>;
  assert.equal([TaggingDirective, CopySourceIfMatch], ['REPLACE', '"e"']);
});

type Input = Record<string, unknown>;
type Answers = Record<string, (input: Input) => object>;

const failing = (name: string, httpStatusCode: number) => () => {
  throw Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
};

/** A sink whose requests are noted, and answered as the table says; a name that is not in it has an empty answer. */
function sinkOn(answers: Answers, write: ConstructorParameters<typeof UploadSink>[0]['write'] = {}) {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new S3Client({ region: 'eu-west-1', credentials });
  const sent: Array<[command: string, input: Input]> = [];
  // in place of the service
  const answered = (_: unknown, context: { commandName?: string }) => async (args: { input: object }) => {
    const command = (context.commandName ?? '').replace('Command', '');
    const input = args.input as Input;
    sent.push([command, { ...input, Body: input.Body === undefined ? undefined : Buffer.from(input.Body as Buffer) }]);
    return { response: {}, output: { $metadata: {}, ...answers[command]?.(input) } };
  };
  client.middlewareStack.add(answered as never, { step: 'initialize', priority: 'high' });
  let ids = 0;
  const sink = new UploadSink({
    ...{ client, bucket: 'b', key: 'k', write, partBytes: 5 << 20, partsInFlight: 1, call: ASKED },
    createId: () => `id-${++ids}`,
  });
  return { sink, sent, names: () => sent.map(([name]) => name) };
}

const codeOf = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    (value) => JSON.stringify(value),
    (error: RelayError) => `${error.code ?? ''} ${error.message}`,
  );

test('a small object is one request, with its type and condition; a conditional one has a mark', async () => {
  const mark = { Metadata: { 'relay-write': 'id-1' } };
  for (const [write, due] of [
    [{}, {}],
    [{ contentType: 'text/csv' }, { ContentType: 'text/csv' }],
    [{ ifMatch: 'e1' }, { IfMatch: '"e1"', ...mark }],
    [{ ifNoneMatch: true }, { IfNoneMatch: '*', ...mark }],
    [
      { ifNoneMatch: true, contentType: 'x/y' },
      { IfNoneMatch: '*', ContentType: 'x/y', ...mark },
    ],
  ] as const) {
    const { sink, sent } = sinkOn({ PutObject: () => ({ ETag: '"e2"' }) }, write);
    const buffer = Buffer.from('abc');
    await sink.write(buffer);
    buffer.write('xyz');
    await sink.write(buffer);
    assert.equal(await sink.close(), { etag: 'e2' });
    await sink.abort();
    const [[name, { Body, ...input }] = ['', {}]] = sent;
    assert.equal([sent.length, name, String(Body)], [1, 'PutObject', 'abcxyz']);
    assert.equal({ ...input }, { Bucket: 'b', Key: 'k', ...due }, JSON.stringify(write));
    assert.match(await codeOf(sink.write(buffer)), 'k was closed');
    assert.match(await codeOf(sink.close()), 'k was closed');
  }
  assert.is(await codeOf(sinkOn({}).sink.close()), '{"etag":""}');
});

test('a write that is refused has succeeded if the object has its mark', async () => {
  const own = () => ({ ETag: '"e3"', Metadata: { 'relay-write': 'id-1' } });
  const others = () => ({ ETag: '"e3"', Metadata: { 'relay-write': 'id-2' } });
  const [made, refused] = ['{"etag":"e3"}', failing('PreconditionFailed', 412)];
  const [absent, denied] = [failing('NotFound', 404), failing('AccessDenied', 403)];
  const cases: Array<[write: object, put: () => object, head: () => object, said: string]> = [
    [{ ifMatch: 'e' }, refused, own, made],
    [{ ifNoneMatch: true }, refused, own, made],
    [{ ifMatch: 'e' }, failing('NoSuchKey', 404), own, made],
    [{ ifMatch: 'e' }, failing('NoSuchUpload', 404), own, made],
    [{ ifMatch: 'e' }, failing('Odd', 412), own, made],
    [{ ifMatch: 'e' }, refused, () => ({ Metadata: own().Metadata }), '{"etag":""}'],
    [{ ifMatch: 'e' }, refused, others, 'precondition_failed k was changed'],
    [{ ifNoneMatch: true }, refused, others, 'precondition_failed there is an object k'],
    [{ ifNoneMatch: true }, refused, () => ({}), 'precondition_failed there is an object k'],
    [{ ifNoneMatch: true }, refused, absent, 'precondition_failed there is an object k'],
    [{ ifMatch: 'e' }, refused, absent, 'precondition_failed k was changed'],
    [{ ifMatch: 'e' }, refused, denied, 'permission_denied'],
    [{ ifMatch: 'e' }, denied, own, 'permission_denied'],
    [{}, refused, own, 'store_refused'],
  ];
  for (const [write, put, head, said] of cases) {
    const { sink, names } = sinkOn({ PutObject: put, HeadObject: head }, write);
    await sink.write(Buffer.from('a'));
    const answered = await codeOf(sink.close());
    assert.ok(answered.startsWith(said), `${JSON.stringify(write)} ${names()}: ${answered}`);
  }
});

test('a large object goes in parts, of which none is left if it is not finished', async () => {
  const megabyte = Buffer.alloc(1 << 20, 'x');
  const parts: Answers = {
    CreateMultipartUpload: () => ({ UploadId: 'u' }),
    UploadPart: ({ PartNumber }) => ({ ETag: `"p${PartNumber}"` }),
    CompleteMultipartUpload: () => ({ ETag: '"whole-2"' }),
  };
  const whole = sinkOn(parts, { contentType: 'text/csv' });
  for (let i = 0; i < 6; i++) await whole.sink.write(megabyte);
  assert.equal(await whole.sink.close(), { etag: 'whole-2' });
  assert.equal(whole.names(), ['CreateMultipartUpload', 'UploadPart', 'UploadPart', 'CompleteMultipartUpload']);
  assert.equal(
    whole.sent.map(([, { Body }]) => (Body as Buffer | undefined)?.length),
    [undefined, 5 << 20, 1 << 20, undefined],
  );
  const left = sinkOn(parts);
  for (let i = 0; i < 6; i++) await left.sink.write(megabyte);
  await left.sink.abort();
  assert.is(left.names().at(-1), 'AbortMultipartUpload');
  assert.not.ok(left.names().includes('CompleteMultipartUpload'));
  // a write says what failed, and does not wait for room that never comes
  const failed = sinkOn({ ...parts, UploadPart: failing('AccessDenied', 403) });
  let code = '';
  for (let i = 0; i < 40 && code === ''; i++) {
    const said = await codeOf(failed.sink.write(megabyte));
    if (said !== undefined) code = said;
  }
  assert.match(code, /^permission_denied /);
  assert.is(failed.names().at(-1), 'AbortMultipartUpload');
  assert.match(await codeOf(failed.sink.write(megabyte)), /^permission_denied /);
});

test.run();
