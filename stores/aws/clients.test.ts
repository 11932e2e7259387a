/** Where the clients send requests, with the services and with servers that replace them. */
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeClients } from './clients.ts';

const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 'b' };
const SETTINGS = { region: 'eu-west-1', attempts: 1, connectSeconds: 1, requestSeconds: 1 };
const NO_SERVERS = { s3: null, sqs: null, dynamodb: null };

interface Sent {
  hostname: string;
  port?: number;
  path: string;
}

/** Host, port and path of a request for a queue and of one for an object; nothing is sent, so there are no answers. */
async function askedFor(servers: { s3?: string; sqs?: string }): Promise<[queue: string, object: string]> {
  const { sqs, s3, close } = makeClients({ ...SETTINGS, endpoints: { ...NO_SERVERS, ...servers } }, CREDENTIALS);
  const places: string[] = [];
  const note = () => async (args: { request: unknown }) => {
    const { hostname, port, path } = args.request as Sent;
    places.push(`${hostname}${port === undefined ? '' : `:${port}`}${path}`);
    return { response: {}, output: { $metadata: {} } as never };
  };
  // in place of the connection
  sqs.middlewareStack.add(note, { step: 'deserialize', priority: 'low' });
  s3.middlewareStack.add(note, { step: 'deserialize', priority: 'low' });
  const queue = 'http://queues.test:9324/000000000000/jobs';
  await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'x' })).catch(() => undefined);
  await s3.send(new HeadObjectCommand({ Bucket: 'things', Key: 'a/b' })).catch(() => undefined);
  close();
  return places as [string, string];
}

test('requests for a queue go to its own address, those for an object to the host of its bucket', async () => {
  const [queue, object] = await askedFor({});
  assert.match(queue, /^queues\.test:9324\//);
  assert.is(object, 'things.s3.eu-west-1.amazonaws.com/a/b');
});

test('requests go to an endpoint that is set, with the bucket in the path', async () => {
  const [queue, object] = await askedFor({ sqs: 'http://127.0.0.1:9', s3: 'http://objects.test:9000' });
  assert.match(queue, /^127\.0\.0\.1:9\//);
  assert.is(object, 'objects.test:9000/things/a/b');
});

test.run();
