/**
 * Starts the service on AWS with something missing or wrong: it starts, says what is wrong, does not crash, and works
 * once it is corrected.
 */
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as assert from 'uvu/assert';
import type { AwsResources } from '../../stores/aws/index.ts';
import { RUNS_TABLE } from '../../stores/aws/tables.ts';
import { eventually, type ServiceProcess } from '../faults/service.ts';
import { type AwsServer, createTable } from './servers.ts';
import { asAdmin, assertGolden, ended, onboard, startRun, withService } from './service-bench.ts';
import type { AwsCase, AwsSuite } from './suite.ts';

interface BadStart {
  what: string;
  /** Settings that cause the fault. */
  env?: Record<string, string>;
  make?(server: AwsServer, resources: AwsResources): Promise<void>;
  /** What readiness and log must say. */
  words(resources: AwsResources): string[];
  /** Corrects the fault while the service runs. */
  mend?(server: AwsServer, resources: AwsResources): Promise<void>;
}

const TROUBLES: readonly BadStart[] = [
  {
    what: 'no bucket',
    make: async ({ clients }, { bucket }) => void (await clients.s3.send(new DeleteBucketCommand({ Bucket: bucket }))),
    words: ({ bucket }) => [`bucket ${bucket} does not exist`],
    mend: async ({ clients }, { bucket }) => void (await clients.s3.send(new CreateBucketCommand({ Bucket: bucket }))),
  },
  {
    what: 'no runs table',
    make: async ({ clients }, { runsTable }) =>
      void (await clients.dynamodb.send(new DeleteTableCommand({ TableName: runsTable }))),
    words: ({ runsTable }) => [`table ${runsTable} does not exist`],
    mend: async ({ clients }, { runsTable }) =>
      void (await clients.dynamodb.send(new CreateTableCommand(createTable(runsTable, RUNS_TABLE)))),
  },
  {
    what: 'no queue',
    make: async ({ clients }, { queueUrl }) =>
      void (await clients.sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }))),
    words: ({ queueUrl }) => [`queue ${queueUrl} does not exist`],
    mend: async ({ clients: { sqs } }, { queueUrl, deadLetterUrl }) => {
      const asked = new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn'] });
      const deadLetterTargetArn = (await sqs.send(asked)).Attributes!.QueueArn;
      const Attributes = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 }) };
      await sqs.send(new CreateQueueCommand({ QueueName: queueUrl.split('/').at(-1)!, Attributes }));
    },
  },
  {
    what: 'a denied permission',
    make: (server) =>
      server.setFaults({
        operation: '^sqs:ReceiveMessage$|^s3:ListObjectsV2$',
        refuse: { status: 403, code: 'AccessDenied' },
      }),
    words: ({ bucket }) => [`s3:ListBucket on bucket ${bucket} is denied`],
    mend: (server) => server.setFaults(),
  },
  {
    what: 'wrong credentials',
    env: { AWS_SECRET_ACCESS_KEY: 'guessed' },
    words: ({ bucket, runsTable, tenantsTable, queueUrl }) => [
      'credentials are missing or not accepted for',
      ...[bucket, runsTable, tenantsTable, queueUrl],
    ],
  },
];

/** The log entries of a process for an event. */
function logged(one: ServiceProcess, event: string): Array<Record<string, string>> {
  const lines = one.stderr.split('\n').filter((line) => line.includes(`"event":"${event}"`));
  return lines.map((line) => JSON.parse(line));
}

/** The most calls of a worker whose calls all fail: it pauses between them. */
const CALLS_IN_A_WHILE_MAX = 12;
const WHILE_MS = 12_000;

function caseOf({ what, env = {}, make, words, mend }: BadStart): AwsCase {
  return {
    name: `with ${what} API and worker start and say what is wrong${mend === undefined ? '' : ', and go on once it is put right'}`,
    run: ({ running }) =>
      withService(running, async (bench) => {
        await make?.(running, bench.resources);
        const api = bench.start('api', env);
        const worker = bench.start('worker', env);
        const origin = await api.origin();
        assert.is((await asAdmin(origin, 'GET', '/v1/health')).status, 200);
        const ready = await asAdmin(origin, 'GET', '/v1/ready');
        assert.equal([ready.status, ready.body.error], [503, 'NOT_READY']);
        for (const word of words(bench.resources)) assert.ok(ready.body.message.includes(word), ready.body.message);
        for (const one of [api, worker]) {
          await one.event('not_ready');
          const [entry] = logged(one, 'not_ready');
          for (const word of words(bench.resources)) assert.ok(entry!.message!.includes(word), entry!.message);
        }
        await running.seen();
        await new Promise((resolve) => setTimeout(resolve, WHILE_MS));
        const calls = (await running.seen()).filter((name) => name === 'sqs:ReceiveMessage').length;
        assert.ok(calls <= CALLS_IN_A_WHILE_MAX, `${calls} calls for messages in ${WHILE_MS} ms`);
        if (mend !== undefined) {
          await mend(running, bench.resources);
          await eventually(async () => (await asAdmin(origin, 'GET', '/v1/ready')).status === 200, 100);
          const key = await onboard(origin);
          await assertGolden(origin, key, await ended(bench, await startRun(origin, key)));
        }
        for (const one of [api, worker]) {
          assert.is(await one.stop('SIGTERM'), 0);
          assert.not.match(one.stderr, /\n\s+at /, 'no stack');
        }
      }),
  };
}

export const badStartSuite: AwsSuite = { name: 'AWS bad start', cases: TROUBLES.map(caseOf) };
