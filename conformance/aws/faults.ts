/** AWS throttles, fails, breaks connections and loses answers: tests how the stores handle it. */
import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import type { WriteOptions } from '../../core/ports/service/objects.ts';
import type { AwsResources, AwsStores } from '../../stores/aws/index.ts';
import { CONFIG } from '../../worker/testing/worker-harness.ts';
import { bytesOf, pattern, put, readAll } from '../contracts/artifact-subject.ts';
import { newRun, T0 } from '../contracts/run-subject.ts';
import { refused } from '../contracts/support.ts';
import type { InjectedFault } from './front.ts';
import { type AwsServer, makeResources } from './servers.ts';
import type { AwsCase, AwsSuite } from './suite.ts';

interface FaultBench {
  server: AwsServer;
  stores: AwsStores;
  resources: AwsResources;
}

function withStores(name: string, run: (bench: FaultBench) => Promise<void>): AwsCase {
  return {
    name,
    run: async ({ still: server }) => {
      const resources = await makeResources(server);
      const stores = server.stores(resources);
      try {
        await run({ server, stores, resources });
      } finally {
        await server.setFaults();
        stores.close();
      }
    },
  };
}

/** The error of a store's call. */
export async function errorOf(call: () => unknown): Promise<RelayError> {
  try {
    await call();
  } catch (error) {
    assert.instance(error, RelayError, String(error));
    return error as RelayError;
  }
  throw new Error('an error was expected');
}

/** A call of each kind for each store, with its operation. */
const CALLS: Array<[string, (stores: AwsStores) => Promise<unknown>]> = [
  ['dynamodb:GetItem', ({ runs }) => runs.get('r1')],
  ['dynamodb:PutItem', ({ tenants }) => tenants.create(`t-${randomBytes(4).toString('hex')}`, {}, T0)],
  ['dynamodb:Query', ({ tenants }) => tenants.get('shop')],
  ['s3:HeadObject', ({ artifacts }) => artifacts.head('a')],
  ['s3:GetObject', async ({ artifacts }) => bytesOf((await artifacts.read('a')).body)],
  ['s3:PutObject', ({ artifacts }) => put(artifacts, 'b', 'x')],
  ['s3:ListObjectsV2', ({ artifacts }) => artifacts.newest('')],
  ['s3:CopyObject', ({ artifacts }) => artifacts.copy('a', 'c')],
  ['sqs:SendMessage', ({ queue }) => queue.send({ run_id: 'r', tenant_id: 't', vendors: [], config_version: 1 })],
  ['sqs:ReceiveMessage', ({ queue }) => queue.receive({ max: 1, visibilitySeconds: 1, waitSeconds: 0 })],
  ['sqs:GetQueueAttributes', ({ queue }) => queue.depth()],
];

const TROUBLE: Record<string, NonNullable<InjectedFault['refuse']>[]> = {
  dynamodb: [
    { status: 400, code: 'ThrottlingException' },
    { status: 400, code: 'ProvisionedThroughputExceededException' },
    { status: 500, code: 'InternalServerError' },
  ],
  s3: [
    { status: 503, code: 'SlowDown' },
    { status: 500, code: 'InternalError' },
  ],
  sqs: [
    { status: 403, code: 'RequestThrottled' },
    { status: 500, code: 'InternalFailure' },
  ],
};

const trouble = (operation: string) => TROUBLE[operation.split(':')[0]!]!;

/** Two parts and a half. */
const BIG = 2.5 * 5 * 1024 * 1024;

const cases: AwsCase[] = [
  withStores('what is throttled or fails is tried again, and passes', async ({ server, stores }) => {
    await put(stores.artifacts, 'a', 'x');
    for (const [operation, call] of CALLS) {
      for (const refuse of trouble(operation)) {
        await server.seen();
        await server.setFaults({ operation: `^${operation}$`, refuse, times: 2 });
        await call(stores);
        const tries = (await server.seen()).filter((one) => one === operation).length;
        assert.is(tries, 3, `${operation} ${refuse.code}`);
      }
    }
  }),
  withStores('what fails at every try is an error to retry later, which says what was asked of what', async (bench) => {
    const { server, resources } = bench;
    const stores = server.stores(resources, { attempts: 2 });
    await put(stores.artifacts, 'a', 'x');
    for (const [operation, call] of CALLS) {
      for (const refuse of trouble(operation)) {
        await server.setFaults({ operation: `^${operation}$`, refuse });
        const error = await errorOf(() => call(stores));
        assert.equal([error.code, error.recovery], ['store_unavailable', 'retry'], `${operation} ${refuse.code}`);
        const resource = { dynamodb: 'relay-', s3: resources.bucket, sqs: resources.queueUrl }[
          operation.split(':')[0]!
        ]!;
        assert.match(error.message, resource);
        assert.match(error.message, `${operation.split(':')[0]}:`);
      }
    }
    stores.close();
  }),
  withStores('a change whose answer is lost is made once, and known to be made', async ({ server, stores }) => {
    const { runs, tenants } = stores;
    const lose = (operation: string) => server.setFaults({ operation, lose: true, times: 1 });
    await lose('PutItem');
    assert.is(await tenants.create('shop', CONFIG, T0), 'created');
    await lose('PutItem');
    assert.equal(await tenants.putConfig('shop', CONFIG, T0, { expectedVersion: 1 }), {
      status: 'stored',
      configVersion: 2,
    });
    await lose('TransactWriteItems');
    assert.is((await runs.create(newRun('r1'))).status, 'created');
    await lose('UpdateItem');
    const claim = await runs.claim('r1', 'w1', T0, 1000);
    assert.equal([claim.status, (await runs.get('r1'))?.attempt], ['claimed', 1]);
    await lose('UpdateItem');
    assert.ok(await runs.setStage({ runId: 'r1', attempt: 1 }, 'NORMALIZE'));
    await lose('UpdateItem');
    assert.ok(await runs.markSent('r1', T0, T0 + 5));
    await lose('TransactWriteItems');
    assert.ok(await runs.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, T0 + 9));
    assert.is((await runs.create(newRun('r2'))).status, 'created', 'the slot is free, once');
  }),
  withStores('a download that breaks goes on where it broke, and is whole', async ({ server, stores, resources }) => {
    await put(stores.artifacts, 'a', pattern(3_000_000));
    await server.seen();
    await server.setFaults({ operation: 's3:GetObject', cut: 400_000, times: 3 });
    assert.equal(await readAll(stores.artifacts, 'a'), pattern(3_000_000));
    assert.is((await server.seen()).length, 4);
    await server.setFaults({ operation: 's3:GetObject', cut: 1000, times: 2 });
    const { body } = await stores.artifacts.read('a', { range: { first: 500_000, last: 599_999 } });
    assert.equal(await bytesOf(body), pattern(3_000_000).subarray(500_000, 600_000));
    await server.setFaults({ operation: 's3:GetObject', cut: 1000 });
    const error = await errorOf(() => readAll(stores.artifacts, 'a'));
    assert.equal([error.code, error.recovery], ['store_unavailable', 'retry']);
    assert.match(error.message, `bucket ${resources.bucket} (object a)`);
  }),
  withStores('an object that is replaced while its download is broken is not mixed', async ({ server, stores }) => {
    await put(stores.artifacts, 'a', pattern(2_000_000));
    await server.setFaults({ operation: 's3:GetObject', cut: 300_000, times: 1 });
    const { body } = await stores.artifacts.read('a');
    const first = await body.next();
    assert.ok(!first.done);
    await put(stores.artifacts, 'a', new Uint8Array(2_000_000));
    await refused('precondition_failed', () => bytesOf(body));
  }),
  withStores('a large object goes up in parts, which are tried again, and appears at the end', async (bench) => {
    const { server, stores } = bench;
    await server.seen();
    await server.setFaults({ operation: 's3:UploadPart', refuse: { status: 503, code: 'SlowDown' }, times: 2 });
    const sink = await stores.artifacts.write('big', { contentType: 'text/csv' });
    const bytes = pattern(BIG);
    for (let at = 0; at < BIG; at += 300_000) await sink.write(bytes.subarray(at, at + 300_000));
    assert.is(await stores.artifacts.head('big'), null);
    await sink.close();
    const seen = await server.seen();
    assert.is(seen.filter((one) => one === 's3:UploadPart').length, 5);
    assert.not(seen.includes('s3:PutObject'));
    const info = (await stores.artifacts.head('big'))!;
    assert.equal([info.size, info.contentType], [BIG, 'text/csv']);
    assert.ok(Buffer.from(await readAll(stores.artifacts, 'big')).equals(bytes));
    const copied = await stores.artifacts.copy('big', 'other', { ifMatch: info.etag });
    assert.is(copied.size, BIG);
  }),
  withStores('parts of an upload that is aborted or fails are removed, and the object is not there', async (bench) => {
    const { server, stores } = bench;
    const bytes = pattern(BIG);
    const aborted = await stores.artifacts.write('big');
    await aborted.write(bytes);
    await server.seen();
    await aborted.abort();
    assert.ok((await server.seen()).includes('s3:AbortMultipartUpload'));
    await server.setFaults({ operation: 's3:UploadPart', refuse: { status: 503, code: 'SlowDown' }, after: 1 });
    const failed = await stores.artifacts.write('big');
    const error = await errorOf(async () => {
      for (let i = 0; i < 10; i++) await failed.write(bytes);
      await failed.close();
    });
    assert.equal([error.code, error.recovery], ['store_unavailable', 'retry']);
    await failed.abort();
    assert.ok((await server.seen()).includes('s3:AbortMultipartUpload'));
    await server.setFaults({ operation: 's3:CompleteMultipartUpload', refuse: { status: 403, code: 'AccessDenied' } });
    const denied = await stores.artifacts.write('big');
    await denied.write(bytes);
    assert.is((await errorOf(() => denied.close())).code, 'permission_denied');
    assert.ok((await server.seen()).includes('s3:AbortMultipartUpload'));
    assert.is(await stores.artifacts.head('big'), null);
  }),
  withStores(
    'a conditional write whose answer is lost is known to be made, and another one is refused',
    async (bench) => {
      const { server, stores } = bench;
      for (const [operation, size] of [
        ['s3:PutObject', 1000],
        ['s3:CompleteMultipartUpload', BIG],
      ] as const) {
        const write = async (byte: number, condition: WriteOptions) => {
          const sink = await stores.artifacts.write(`${size}`, condition);
          await sink.write(new Uint8Array(size).fill(byte));
          return sink.close();
        };
        await server.setFaults({ operation, lose: true, times: 1 });
        const first = await write(1, { ifNoneMatch: true });
        await server.setFaults({ operation, lose: true, times: 1 });
        const second = await write(2, { ifMatch: first.etag });
        assert.is((await stores.artifacts.head(`${size}`))?.etag, second.etag);
        await refused('precondition_failed', () => write(3, { ifMatch: first.etag }));
        await refused('precondition_failed', () => write(3, { ifNoneMatch: true }));
        assert.is((await readAll(stores.artifacts, `${size}`))[0], 2);
      }
    },
  ),
  withStores('an upload holds no more in memory than its parts', async ({ stores }) => {
    const chunk = new Uint8Array(1 << 20);
    const sink = await stores.artifacts.write('long');
    let most = 0;
    for (let i = 0; i < 256; i++) {
      await sink.write(chunk);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    await sink.abort();
    // includes garbage that is not collected yet
    assert.ok(most < 100 << 20, `${most >> 20} MiB`);
  }),
  withStores('an error message of any length is kept, and cut where an item would not hold it', async ({ stores }) => {
    const { runs } = stores;
    for (const [runId, message] of [
      ['r1', 'é'.repeat(16_384)],
      ['r2', '😀'.repeat(400_000)],
    ] as const) {
      await runs.create(newRun(runId));
      assert.ok(await runs.failUnclaimed(runId, { errorCode: 'internal_error', errorMessage: message }, T0));
      const kept = (await runs.get(runId))!.errorMessage!;
      if (runId === 'r1') assert.is(kept, message);
      else assert.match(kept, /^😀{8192}…$/u);
    }
  }),
  withStores('a config as large as a config may be is kept', async ({ stores }) => {
    const config = { text: 'x'.repeat(256 * 1024 - 20) };
    assert.is(await stores.tenants.create('shop', config, T0), 'created');
    assert.equal((await stores.tenants.getConfig('shop'))?.config, config);
  }),
  withStores('what is no id of a run or tenant finds no other item of the tables', async ({ stores }) => {
    const { runs, tenants } = stores;
    await runs.create(newRun('r1', { idempotency: { key: 'k', bodyHash: 'b', expiresAt: T0 + 1e6 } }));
    const key = {
      keyId: 'k1',
      tenantId: 'shop',
      kind: 'api' as const,
      hash: 'h',
      name: null,
      createdAt: T0,
      revokedAt: null,
    };
    await tenants.addKey(key);
    for (const id of ['slot#shop', '', 'x'.repeat(3000)]) {
      assert.is(await runs.get(id), null);
      assert.is((await runs.claim(id, 'w', T0, 1)).status, 'unknown');
      assert.is(await runs.failUnclaimed(id, { errorCode: 'CANCELLED', errorMessage: '' }, T0), false);
      assert.is(await runs.requestCancel(id), false);
    }
    for (const id of ['keys#shop', 'key#h', '', 'x'.repeat(3000)]) {
      assert.is(await tenants.get(id), null);
      assert.is(await tenants.getConfig(id, 0), null);
      assert.is(await tenants.putConfig(id, {}, T0), null);
    }
  }),
];

export const faultSuite: AwsSuite = { name: 'AWS faults', cases };
