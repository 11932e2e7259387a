/** The AWS stores on S3 and SQS in memory: limits at both sides, what is asked for, streams that break, and errors of services. */
import { S3Client } from '@aws-sdk/client-s3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { refuse } from '../testing/dynamodb-expressions.ts';
import { MemoryS3 } from '../testing/memory-s3.ts';
import { MemorySqs } from '../testing/memory-sqs.ts';
import { AwsArtifactStore } from './artifacts.ts';
import { awsError } from './errors.ts';
import { objectBody } from './object-body.ts';
import { AwsJobQueue } from './queue.ts';

const test = suite('AWS objects and jobs in memory');

const NOW = 1_800_000_000_000;
const SIGNER = new S3Client({
  region: 'eu-central-1',
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
});

type Before = (operation: string, input: object) => void;

function objectStore(before: Before = () => {}, s3 = new MemoryS3('bucket', () => NOW), bucket = 'bucket') {
  const client = s3.client(before);
  const common = { client, signer: SIGNER, bucket, clock: { wall: () => NOW }, createId: () => 'id' };
  return { s3, store: new AwsArtifactStore({ ...common, partBytes: 5 << 20, partsInFlight: 1, readAttempts: 2 }) };
}

/** What a call gives, or the code of its error with its details. */
const saidOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    (value) => JSON.stringify(value) ?? 'nothing',
    (error: RelayError) => [error.code, ...Object.values(error.details ?? {})].join(' '),
  );

test('keys that cannot be are answered without a request', async () => {
  const asked: string[] = [];
  const { store } = objectStore((operation) => void asked.push(operation));
  for (const key of ['', '/a', 'a//b', 'a/../b', 'x'.repeat(1025)]) {
    assert.is(await store.find(key), null);
    assert.is(await store.head(key), null);
    assert.is(await store.remove(key), false);
    assert.match(await saidOf(store.read(key)), /^not_found/);
    assert.match(await saidOf(store.copy(key, 'b')), /^not_found/);
  }
  assert.equal(asked, []);
});

test('ranges that S3 would not understand are never sent', async () => {
  const asked: string[] = [];
  const { s3, store } = objectStore((operation) => void asked.push(operation));
  s3.put('a', Buffer.from('0123456789'));
  for (const [first, last] of [
    [0.5, 1],
    [0, 1.5],
    [-1, 2],
    [3, 2],
  ] as const) {
    assert.match(await saidOf(store.read('a', { range: { first, last } })), /^invalid_range/);
    assert.match(await saidOf(store.read('none', { range: { first, last } })), /^not_found/);
  }
  assert.ok(asked.every((operation) => operation === 'HeadObject'));
  const { info, body } = await store.read('a', { range: { first: 9, last: 9 } });
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  assert.equal([info.size, Buffer.concat(parts).toString()], [10, '9']);
});

test('a list asks for one object more than it shows, up to a page', async () => {
  const asked: unknown[] = [];
  const { s3, store } = objectStore((_, input) => void asked.push((input as { MaxKeys?: number }).MaxKeys));
  for (const key of ['a', 'b', 'c']) s3.put(key, Buffer.from(key));
  for (const [limit, count, isLast] of [
    [2, 2, false],
    [3, 3, true],
    [5000, 3, true],
  ] as const) {
    const { objects, next } = await store.list('', null, limit);
    assert.equal([objects.length, next === null], [count, isLast]);
  }
  assert.equal(asked, [3, 4, 1000]);
});

test('the newest object is looked for five times, if each that was found is gone', async () => {
  let heads = 0;
  const s3 = new MemoryS3('bucket', () => NOW);
  for (let i = 0; i < 9; i++) s3.put(`in/${i}`, Buffer.from('x'));
  const { store } = objectStore((operation) => {
    if (operation === 'HeadObject') s3.objects.delete(`in/${9 - ++heads}`);
  }, s3);
  assert.equal([await store.newest('in/'), heads], [null, 5]);
  assert.equal([await store.newest('out/'), heads], [null, 5]);
});

test('an error names the object or the queue, the right that the call needs, and what AWS said', async () => {
  const denied: Before = () => refuse('AccessDenied', 'no', { $metadata: { httpStatusCode: 403 } });
  const { store } = objectStore(denied);
  const at = 'permission_denied bucket bucket (object a) s3:';
  for (const [call, said] of [
    [store.check(), 'permission_denied bucket bucket s3:ListBucket AccessDenied'],
    [store.list(''), 'permission_denied bucket bucket s3:ListBucket AccessDenied'],
    [store.find('a'), 'permission_denied bucket bucket s3:ListBucket AccessDenied'],
    [store.head('a'), `${at}GetObject AccessDenied`],
    [store.read('a'), `${at}GetObject AccessDenied`],
    [store.read('a', { range: { first: 0, last: 1 } }), `${at}GetObject AccessDenied`],
    [store.copy('a', 'b'), `${at}PutObject AccessDenied`],
    [store.remove('a'), `${at}DeleteObject AccessDenied`],
  ] as const) {
    assert.is(await saidOf(call), said);
  }
  assert.match(await saidOf(objectStore(undefined, undefined, 'other').store.check()), /^store_missing bucket other/);
  const sqs = new MemorySqs(() => NOW, 3);
  const queue = new AwsJobQueue({ client: sqs.client(denied), ...sqs.urls, receivesMin: 3 });
  const job = { run_id: 'r', tenant_id: 't', vendors: [], config_version: 1 };
  const signal = new AbortController().signal;
  for (const [call, name] of [
    [queue.send(job), 'queue https://sqs.example/1/queue sqs:SendMessage'],
    [
      queue.receive({ max: 1, visibilitySeconds: 1, waitSeconds: 0, signal }),
      'queue https://sqs.example/1/queue sqs:ReceiveMessage',
    ],
    [
      queue.receive({ max: 1, visibilitySeconds: 1, waitSeconds: 0 }),
      'queue https://sqs.example/1/queue sqs:ReceiveMessage',
    ],
    [queue.extend('x', 1), 'queue https://sqs.example/1/queue sqs:ChangeMessageVisibility'],
    [queue.delete('x'), 'queue https://sqs.example/1/queue sqs:DeleteMessage'],
    [queue.depth(), 'queue https://sqs.example/1/queue sqs:GetQueueAttributes'],
    [queue.deadLetters.list(1), 'dead-letter queue https://sqs.example/1/dead sqs:ReceiveMessage'],
  ] as const) {
    assert.is(await saidOf(call), `permission_denied ${name} AccessDenied`);
  }
});

test('what AWS says of an error is in its message, once', () => {
  const call = { resource: 'bucket b', setting: 'S', action: 's3:GetObject' };
  const messageOf = (name: string, message: string, status: number | undefined, code?: string) => {
    const more = { name, ...(code && { code }), ...(status && { $metadata: { httpStatusCode: status } }) };
    const error = Object.assign(new Error(message), more);
    const mapped = awsError(call, error) as RelayError;
    return mapped === (error as unknown)
      ? 'unchanged'
      : `${mapped.code} ${mapped.message.split(': ').slice(1).join(': ')}`;
  };
  for (const [name, message, status, said, code] of [
    ['AccessDenied', '', 403, 'permission_denied AccessDenied'],
    ['AccessDenied', 'UnknownError', 403, 'permission_denied AccessDenied'],
    ['AccessDenied', 'no', 403, 'permission_denied AccessDenied: no'],
    ['Odd', 'x', 500, 'store_unavailable Odd: x'],
    ['Odd', 'x', 499, 'store_refused Odd: x'],
    ['Odd', 'x', 429, 'store_unavailable Odd: x'],
    ['Odd', 'x', 400, 'store_refused Odd: x'],
    ['Odd', 'x', 301, 'store_missing Odd: x'],
    ['UnknownError', 'x', 400, 'credentials_invalid UnknownError: x'],
    ['UnknownError', 'x', 404, 'store_refused UnknownError: x'],
    ['Error', 'x', undefined, 'store_unavailable Error: x', 'ECONNRESET'],
    ['Error', 'x', undefined, 'store_unavailable Error: x', 'UND_ERR_SOCKET'],
    ['Error', 'x', undefined, 'unchanged', 'econn'],
    ['Error', 'x', undefined, 'unchanged', 'XECONNRESET '],
    ['Error', 'aborted', undefined, 'store_unavailable Error: aborted'],
    ['Error', 'x', undefined, 'unchanged'],
    ['ThrottlingException', 'x', undefined, 'store_unavailable ThrottlingException: x'],
  ] as Array<[string, string, number | undefined, string, string?]>) {
    assert.is(messageOf(name, message, status, code), said, `${name} ${message} ${status} ${code}`);
  }
  for (const other of [new RelayError('x', 'y'), 'text', null, undefined]) assert.is(awsError(call, other), other);
});

/** A stream of two bytes, which then breaks or ends. */
async function* two(text: string, how: 'breaks' | 'ends'): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  if (how === 'breaks') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
}

test('a stream that breaks is opened again at its place, as often as may be', async () => {
  const call = { resource: 'bucket b', setting: 'S', action: 's3:GetObject' };
  const gone = () => refuse('PreconditionFailed', 'changed', { $metadata: { httpStatusCode: 412 } });
  const bodies = (how: 'breaks' | 'ends') => [two('ab', how), two('cd', how), two('ef', how), two('gh', how)];
  for (const [how, attempts, end, text, said, ranges] of [
    ['breaks', 3, 6, 'abcdef', 'whole', ['2-5', '4-5']],
    ['ends', 3, 6, 'abcdef', 'whole', ['2-5', '4-5']],
    ['breaks', 2, 6, 'abcd', 'store_unavailable', ['2-5']],
    ['ends', 2, 6, 'abcd', 'store_unavailable retry', ['2-5']],
    ['ends', 1, 6, 'ab', 'store_unavailable retry', []],
    ['ends', 1, 2, 'ab', 'whole', []],
    ['breaks', 9, 9, 'abcdefgh', 'store_refused', ['2-8', '4-8', '6-8', '8-8']],
  ] as const) {
    const asked: string[] = [];
    const [first, ...rest] = bodies(how);
    const send = async ({ input }: { input: { Range: string; IfMatch: string } }) => {
      assert.is(input.IfMatch, '"e"');
      asked.push(input.Range.replace('bytes=', ''));
      return { Body: rest.shift() ?? gone() };
    };
    const options = {
      client: { send } as unknown as S3Client,
      bucket: 'b',
      key: 'k',
      etag: '"e"',
      first: 0,
      end,
      attempts,
    };
    const body = objectBody({ ...options, errorOf: (error) => awsError(call, error) }, { Body: first } as never);
    let read = '';
    const outcome = await (async () => {
      for await (const part of body) read += Buffer.from(part).toString();
      return 'whole';
    })().catch((error: RelayError) => (how === 'ends' ? `${error.code} ${error.recovery}` : error.code));
    assert.equal([read, outcome, asked], [text, said, ranges], `${how} ${attempts} ${end}`);
  }
  // an error that is no broken connection ends it at once
  const odd = (async function* () {
    yield Buffer.from('ab');
    throw new TypeError('odd');
  })();
  const options = { client: SIGNER, bucket: 'b', key: 'k', etag: '"e"', first: 0, end: 9, attempts: 9 };
  const body = objectBody({ ...options, errorOf: (error) => error }, { Body: odd } as never);
  const error = await (async () => {
    for await (const _ of body);
  })().catch((one) => one.message);
  assert.is(error, 'odd');
});

test('dead letters are shown in the order of their sending, up to the wanted number, and stay where they are', async () => {
  let now = NOW;
  const asked: string[] = [];
  const sqs = new MemorySqs(() => now, 1);
  const client = sqs.client((operation, { MaxNumberOfMessages, Entries }) => {
    asked.push(`${operation} ${MaxNumberOfMessages ?? (Entries as unknown[])?.length ?? ''}`.trim());
  });
  const queue = new AwsJobQueue({ client, ...sqs.urls, receivesMin: 1 });
  for (let i = 0; i < 13; i++) {
    sqs.sendBody(`body ${i}`);
    now += 1000;
  }
  for (let i = 0; i < 3; i++) await queue.receive({ max: 10, visibilitySeconds: 1, waitSeconds: 0 });
  now += 2000;
  assert.equal(await queue.depth(), { visible: 0, inFlight: 0 });
  asked.length = 0;
  const letters = await queue.deadLetters.list(100);
  assert.equal(
    letters.map(({ body }) => body),
    Array.from({ length: 13 }, (_, i) => `body ${i}`),
  );
  assert.equal(asked, [
    ...['ReceiveMessage 10', 'ReceiveMessage 10', 'ReceiveMessage 10'],
    ...['ChangeMessageVisibilityBatch 10', 'ChangeMessageVisibilityBatch 3'],
  ]);
  asked.length = 0;
  assert.is((await queue.deadLetters.list(12)).length, 12);
  assert.equal(asked.slice(0, 3), ['ReceiveMessage 10', 'ReceiveMessage 2', 'ChangeMessageVisibilityBatch 10']);
  assert.is((await queue.deadLetters.list(0)).length, 0);
  const [, , third] = letters;
  const id = third?.messageId ?? '';
  assert.is((await queue.deadLetters.get(id))?.body, 'body 2');
  assert.is(await queue.deadLetters.get('none'), null);
  assert.is(await queue.deadLetters.delete('none'), false);
  assert.ok(await queue.deadLetters.delete(id));
  const left = (await queue.deadLetters.list(100)).map(({ body }) => body);
  assert.equal([left.length, left.includes('body 2')], [12, false]);
});

test('a queue that is told to stop asks for nothing; its depth has visible, hidden and delayed messages', async () => {
  const asked: string[] = [];
  const sqs = new MemorySqs(() => NOW, 3);
  const queue = new AwsJobQueue({ client: sqs.client((one) => void asked.push(one)), ...sqs.urls, receivesMin: 3 });
  const abort = new AbortController();
  abort.abort();
  const stopped = queue.receive({ max: 1, visibilitySeconds: 1, waitSeconds: 0, signal: abort.signal });
  assert.equal([await stopped, asked], [[], []]);
  for (const delay of [0, 0, 0, 5]) sqs.sendBody('x', delay);
  await queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 0 });
  assert.equal(await queue.depth(), { visible: 2, inFlight: 2 });
});

test.run();
