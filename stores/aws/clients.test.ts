import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeClients } from './clients.ts';

const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 'b' };
const QUEUE = 'http://queues.test:9324/000000000000/jobs';

/** The server that is asked for something of a queue, where `sqs` replaces the service. */
async function askedFor(sqs: string | null): Promise<string> {
  const settings = { region: 'eu-west-1', attempts: 1, connectSeconds: 1, requestSeconds: 1 };
  const clients = makeClients({ ...settings, endpoints: { s3: null, sqs, dynamodb: null } }, CREDENTIALS);
  let host = '';
  clients.sqs.middlewareStack.add(
    () => async (args) => {
      const { hostname, port } = args.request as { hostname: string; port?: number };
      host = port === undefined ? hostname : `${hostname}:${port}`;
      return { response: {}, output: { $metadata: {} } as never };
    },
    // in place of the connection
    { step: 'deserialize', priority: 'low' },
  );
  await clients.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: 'x' })).catch(() => undefined);
  clients.close();
  return host;
}

test('requests go to the queue’s own address unless an endpoint is set', async () => {
  assert.is(await askedFor(null), 'queues.test:9324');
  assert.is(await askedFor('http://127.0.0.1:9'), '127.0.0.1:9');
});

test.run();
