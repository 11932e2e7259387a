/**
 * Runs the API with the stores on AWS, on workerd and on Node, against the servers of `npm run test:aws`. Both must give the same
 * responses, and each role's calls to AWS must match the template's permissions, both ways.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MADE_PATHS, makeFile } from '../../../api/questions/files.ts';
import { configOf, type RequestOptions, requestFor } from '../../../api/testing/harness.ts';
import { relay } from '../../../cli/testing/sandbox.ts';
import { startDynamo } from '../../../conformance/aws/dynamodb-local.ts';
import { KEYS } from '../../../conformance/aws/server.ts';
import { makeResources, REGION, startServer } from '../../../conformance/aws/servers.ts';
import { PATHS, runPrefix } from '../../../core/pipeline/artifacts.ts';
import type { ReceivedJob } from '../../../core/ports/service/jobs.ts';
import { testRegistry } from '../../../plugins/testing/harness.ts';
import type { AwsResources, AwsStores } from '../../../stores/aws/index.ts';
import { openAwsStores } from '../../../stores/aws/index.ts';
import type { EmbeddedStores } from '../../../stores/embedded/index.ts';
import { add, latestSucceeded, nothingPruned } from '../../../worker/retention/retention.ts';
import { sweepRetention } from '../../../worker/retention/retention-sweep.ts';
import { WorkerHarness } from '../../../worker/testing/worker-harness.ts';
import { bundleEdge } from '../../bundle.ts';
import edge from '../../edge.ts';
import { allows, statementsOf } from '../policies.ts';
import { Recorder } from '../recorder.ts';
import { readTemplate } from '../template.ts';
import { type Answer, CASES } from './cases.ts';
import { EDGE_ORIGIN, startEdge } from './miniflare.ts';

const TEMPLATE = readTemplate('cloudformation.yaml');
const ADMIN = 'admin-key-of-the-edge-tests';
/** The tenant whose feeds a case uploads. */
const TENANT = `node-${CASES.findIndex((one) => one.name.startsWith('a feed goes up'))}`;
/** Granted for uploads that break off, which this test does not cause. */
const ONLY_IN_TROUBLE = ['s3:AbortMultipartUpload'];

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

const dynamo = await startDynamo();
const server = await startServer(dynamo.port, 'running');
const resources = await makeResources(server);
const [ofApi, ofWorker, ofOperator] = [1, 2, 3].map(() => new Recorder(server.endpoint, resources)) as [
  Recorder,
  Recorder,
  Recorder,
];
const apiOrigin = await ofApi.start();
const env = environment(apiOrigin, resources);
const stores = storesAt(await ofWorker.start(), resources);
const workerd = await startEdge(await bundleEdge(), env);
const RUNTIMES: Readonly<Record<string, Fetch>> = {
  workerd: (path, init) => workerd.fetch(path, init),
  node: (path, init) => edge.fetch(new Request(`${EDGE_ORIGIN}${path}`, init), env),
};

const test = suite('edge: the API on AWS, on workerd and on Node');

for (const { name, run } of CASES) {
  test(name, async () => {
    const seen: Record<string, string[]> = {};
    for (const [runtime, fetch] of Object.entries(RUNTIMES)) {
      const answers: string[] = [];
      const call = caller(fetch, answers);
      const tenant = `${runtime}-${CASES.findIndex((one) => one.name === name)}`;
      await call('POST', '/v1/tenants', { body: configOf(tenant) });
      const { key } = (await call('POST', `/v1/tenants/${tenant}/keys`)).json;
      await run({ tenant, key, call, work });
      // records of concurrent requests come in any order
      seen[runtime] = answers.map((answer) => withoutNames(answer, tenant)).sort();
    }
    assert.equal(seen.workerd, seen.node);
  });
}

test('readiness names what is missing, beside everything else', async () => {
  const broken = { ...env, RUNS_TABLE: 'no-such-table' };
  const { json, status } = await caller((path, init) => edge.fetch(new Request(EDGE_ORIGIN + path, init), broken), [])(
    'GET',
    '/v1/ready',
  );
  assert.equal([status, json.error, json.issues.length], [503, 'NOT_READY', 1]);
  assert.match(json.issues[0].message, 'no-such-table');
  for (const name of ['ARTIFACT_BUCKET', 'API_KEYS', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) {
    const answer = await edge.fetch(new Request(`${EDGE_ORIGIN}/v1/health`), { ...env, [name]: '' });
    assert.equal([answer.status, (await answer.json()).error], [503, 'NOT_READY'], name);
  }
});

test('a worker looks for lost messages, gives a job back, and checks its stores', async () => {
  const call = caller(RUNTIMES.node!, []);
  const body = { tenant_id: TENANT, run_type: 'inventory_sync' };
  const { run_id } = (await call('POST', '/v1/runs', { body })).json;
  const harness = new WorkerHarness(stores as unknown as EmbeddedStores);
  // other cases left messages of cancelled runs, and no message counts as lost while others wait
  const taken: ReceivedJob[] = [];
  for (let job = await harness.receive(); job !== null; job = await harness.receive()) taken.push(job);
  for (const { receipt } of taken) await stores.queue.delete(receipt);
  const lost = taken.find(({ job }) => job?.run_id === run_id);
  harness.time = Date.now() + 120_000;
  await harness.loopUntil(async () => (await harness.run(run_id)).status === 'SUCCEEDED');
  await stores.queue.send(lost!.job!);
  const delivery = await harness.receive();
  assert.is(await stores.queue.release(delivery!.receipt, 0), true);
  await harness.handleNext();
  for (const store of [stores.artifacts, stores.tenants, stores.runs, stores.queue]) await store.check();
});

test('a runner beside the API makes a file of a run, and the API removes it', async () => {
  const { artifacts } = storesAt(apiOrigin, resources);
  const call = caller(RUNTIMES.node!, []);
  const { runs } = (await call('GET', `/v1/runs?tenant_id=${TENANT}&status=SUCCEEDED`)).json;
  const prefix = runPrefix(runs[0].run_id, TENANT);
  const from = await artifacts.head(prefix + PATHS.merged('csv'));
  const key = prefix + MADE_PATHS.gzip(PATHS.merged('csv'));
  await makeFile({ make: 'gzip', key, from: from! }, { artifacts, registry: testRegistry() });
  assert.ok((await artifacts.head(key))!.size > 0);
  await artifacts.remove(key);
  assert.is(await artifacts.head(key), null);
});

test('an operator lists, shows, replays and discards dead letters', async () => {
  const operator = { ...env, AWS_ENDPOINT_URL: await ofOperator.start() };
  const call = caller(RUNTIMES.node!, []);
  const { run_id } = (await call('POST', '/v1/runs', { body: { tenant_id: TENANT, run_type: 'inventory_sync' } })).json;
  const harness = new WorkerHarness(stores as unknown as EmbeddedStores);
  const held: ReceivedJob[] = [];
  // receives every waiting message until it is dead, including those of runs that other cases cancelled
  for (let deliveries = 0; deliveries < 4; deliveries++) {
    for (let job = await harness.receive(); job !== null; job = await harness.receive()) held.push(job);
    for (const { receipt } of held.splice(0)) await stores.queue.release(receipt, 0);
  }
  await stores.runs.failUnclaimed(run_id, { errorCode: 'POISON_JOB', errorMessage: 'it came three times' }, Date.now());
  const dlq = async (...argv: string[]) => {
    const { code, stdout, stderr } = await relay(['dlq', ...argv, '--json'], operator);
    assert.is(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const letters: Array<{ message_id: string; job: { run_id: string } }> = (await dlq('list')).dead_letters;
  for (const { message_id, job } of letters) {
    if (job.run_id !== run_id) await dlq('discard', message_id);
    else {
      assert.is((await dlq('show', message_id)).run.error_code, 'POISON_JOB');
      assert.is((await dlq('replay', message_id)).replaces, run_id);
    }
  }
  assert.ok(letters.some(({ job }) => job.run_id === run_id));
  assert.equal((await dlq('list')).dead_letters, []);
});

test('a worker removes old runs', async () => {
  let ahead = 400 * 24 * 3600_000;
  const now = () => Date.now() + ahead;
  const sum = nothingPruned();
  const failed: string[] = [];
  // the first pass after a long time only records the time
  for (let pass = 0; pass < 2; pass++) {
    await sweepRetention(
      { ...stores, inUse: [latestSucceeded(stores.runs)], now },
      {
        ...{ holder: 'w1', retentionDays: 90 },
        onPruned: (pruned) => add(sum, pruned),
        onFailed: (tenantId, error) => void failed.push(`${tenantId}: ${error}`),
        onWrongClock: (offset) => void failed.push(`the clock is wrong: ${offset}`),
      },
    );
    ahead += 2 * 3600_000;
  }
  assert.equal(failed, []);
  for (const what of ['runs', 'objects', 'uploads'] as const) assert.ok(sum[what] > 0, what);
});

for (const [role, recorder] of [
  ['ApiTaskRole', ofApi],
  ['WorkerTaskRole', ofWorker],
  ['OperatorPolicy', ofOperator],
] as const) {
  test(`${role} may do exactly what was asked of AWS`, () => {
    const statements = statementsOf(TEMPLATE, role);
    const denied = recorder.calls.filter((call) => !allows(statements, call));
    assert.equal([...new Set(denied.map(({ action, resource }) => `${action} on ${resource}`))], []);
    const idle = statements.flatMap((statement) =>
      statement.actions
        .filter((action) => !recorder.calls.some((call) => call.action === action && allows([statement], call)))
        .map((action) => `${action} on ${statement.resources}`),
    );
    assert.equal(
      idle.filter((one) => !ONLY_IN_TROUBLE.includes(one.split(' ')[0]!)),
      [],
    );
  });
}

test.after(async () => {
  await workerd.close();
  stores.close();
  await Promise.all([ofApi, ofWorker, ofOperator].map((recorder) => recorder.stop()));
  await server.stop();
  await dynamo.stop();
});

function environment(endpoint: string, of: AwsResources): Record<string, string> {
  return {
    ARTIFACT_BUCKET: of.bucket,
    RUNS_TABLE: of.runsTable,
    TENANTS_TABLE: of.tenantsTable,
    SQS_QUEUE_URL: of.queueUrl,
    SQS_DLQ_URL: of.deadLetterUrl,
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    API_KEYS: ADMIN,
  };
}

function storesAt(endpoint: string, of: AwsResources): AwsStores {
  return openAwsStores({
    resources: of,
    settings: { ...server.settings, endpoints: { s3: endpoint, sqs: endpoint, dynamodb: endpoint } },
    clock: { wall: Date.now },
    createId: () => crypto.randomUUID(),
    credentials: KEYS,
  });
}

function caller(fetch: Fetch, answers: string[]) {
  return async (method: string, path: string, options: RequestOptions = {}): Promise<Answer> => {
    const request = requestFor(method, path, { key: ADMIN, ...options });
    const body = method === 'GET' ? undefined : await request.text();
    const init = { method, headers: Object.fromEntries(request.headers), ...(body ? { body } : {}) };
    const response = await fetch(path, init);
    const text = await response.text();
    answers.push(`${method} ${path} ${response.status} ${text}`);
    return {
      status: response.status,
      headers: response.headers as Headers,
      json: text === '' ? null : JSON.parse(text),
    };
  };
}

/** Runs a test worker on the AWS stores until this run has ended. */
async function work(runId: string): Promise<void> {
  const harness = new WorkerHarness(stores as unknown as EmbeddedStores);
  harness.time = Date.now();
  await harness.loopUntil(async () => /SUCCEEDED|FAILED/.test((await harness.run(runId)).status));
}

/** Masks what differs from run to run: names, ids, times, keys, signatures, and how much of the rate limit is used. */
function withoutNames(text: string, tenant: string): string {
  return text
    .replaceAll(tenant, 'TENANT')
    .replace(/\b(run|key|req|relay)_[0-9a-z]{20,}/g, '$1_…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/X-Amz-(Date|Signature)=\w+/g, 'X-Amz-$1=…')
    .replace(/"(etag|next_cursor|cursor)":"[^"]*"/g, '"$1":"…"')
    .replace(/cursor=[\w-]+/g, 'cursor=…')
    .replace(/"(duration_seconds)":[\d.]+/g, '"$1":0')
    .replace(/"requests":\{"used":\d+/g, '"requests":{"used":0');
}

test.run();
