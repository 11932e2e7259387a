/** What the stores on AWS send, and what they make of the answers: a random call with random answers in each line. */
import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { RelayError } from '../../core/errors.ts';
import { STAGES } from '../../core/run-codes.ts';
import { AwsArtifactStore } from '../../stores/aws/artifacts.ts';
import { AwsJobQueue } from '../../stores/aws/queue.ts';
import { AwsRetentionStore } from '../../stores/aws/retention.ts';
import { AwsRunStore } from '../../stores/aws/runs.ts';
import { Table } from '../../stores/aws/table.ts';
import { RUNS_TABLE, TENANTS_TABLE } from '../../stores/aws/tables.ts';
import { AwsTenantStore } from '../../stores/aws/tenants.ts';
import { AwsUsageStore } from '../../stores/aws/usage.ts';
import { encodeCursor } from '../../stores/cursor.ts';
import { Random } from '../oracle/generate/random.ts';
import { AWS_KEYS, AWS_NOW, RandomAws, RUN_STATES } from './invented/aws-answers.ts';

const IDS = ['r1', 'r2', 'a b', 'é/+', 'x#y', '', 'x'.repeat(1025)];

const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
// it sends nothing, and takes longer to make than a call takes
const SIGNER = new S3Client({ region: 'eu-central-1', credentials });

function storesOn(aws: RandomAws, random: Random) {
  const client = aws as never;
  let ids = 0;
  const createId = () => `id-${++ids}`;
  const common = { client, createId, wait: async () => undefined };
  const runs = new Table({ ...common, name: 'runs', definition: RUNS_TABLE, setting: 'RUNS_TABLE' });
  const tenants = new Table({ ...common, name: 'tenants', definition: TENANTS_TABLE, setting: 'TENANTS_TABLE' });
  const urls = { queueUrl: 'https://sqs.example/1/q', deadLetterUrl: 'https://sqs.example/1/d' };
  return {
    ...{ runs: new AwsRunStore(runs), tenants: new AwsTenantStore(tenants), usage: new AwsUsageStore(tenants) },
    ...{ retention: new AwsRetentionStore(runs, tenants), table: runs },
    queue: new AwsJobQueue({ client, ...urls, receivesMin: 3 }),
    artifacts: new AwsArtifactStore({
      ...{ client, createId, bucket: 'bucket', partBytes: 5 << 20, partsInFlight: 2, clock: { wall: () => AWS_NOW } },
      ...{ signer: SIGNER, readAttempts: random.int(1, 3) },
    }),
  };
}

type AwsStoresHere = ReturnType<typeof storesOn>;

async function bytesOf({ info, body }: Awaited<ReturnType<AwsArtifactStore['read']>>) {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return { info, text: Buffer.concat(parts).toString() };
}

const claimOf = (random: Random) => ({ runId: random.pick(IDS), attempt: random.int(1, 3) });
const limitOf = (random: Random) => random.pick([undefined, 0, 1, 2, 3, 5000]);
const times = { sentBefore: AWS_NOW - 60_000, leaseBefore: AWS_NOW - 1000, leaseFar: AWS_NOW + 900_000, now: AWS_NOW };
const upload = (random: Random) => {
  const before = { etagBefore: random.pick([null, 'e']), sizeBefore: 3 };
  return { tenantId: 'shop', key: random.pick(AWS_KEYS), openedAt: AWS_NOW, expiresAt: AWS_NOW + 900_500, ...before };
};

const CALLS: Record<string, (stores: AwsStoresHere, random: Random) => Promise<unknown>> = {
  create: ({ runs }, random) => {
    const idempotency = { key: 'once', bodyHash: 'hash', expiresAt: AWS_NOW + 1500 };
    const run = {
      runId: random.pick(IDS),
      tenantId: 'shop',
      configVersion: 2,
      vendors: ['acme'],
      force: true,
      now: AWS_NOW,
    };
    return runs.create({ ...run, forceReason: random.pick([null, 'why']), ...(random.chance(0.5) && { idempotency }) });
  },
  get: ({ runs }, random) => runs.get(random.pick(IDS)),
  findRepeated: ({ runs }) => runs.findRepeated('shop', 'key', AWS_NOW),
  list: ({ runs }, random) => {
    const tenantId = random.pick([undefined, 'shop']);
    const status = random.pick([undefined, ...RUN_STATES]);
    const filter = { ...(tenantId !== undefined && { tenantId }), ...(status !== undefined && { status }) };
    return runs.list(filter, random.pick([null, undefined, encodeCursor([AWS_NOW, 'r1']), 'x']), limitOf(random));
  },
  claim: ({ runs }, random) => runs.claim(random.pick(IDS), 'w2', AWS_NOW, 100_000),
  renew: ({ runs }, random) =>
    runs.renew(claimOf(random), AWS_NOW, 1000, random.pick([undefined, { rows: 1 } as never])),
  setStage: ({ runs }, random) => runs.setStage(claimOf(random), random.pick(STAGES)),
  finish: async ({ runs }, random) => {
    const claim = claimOf(random);
    if (random.chance(0.3)) await runs.claim(claim.runId, 'w', AWS_NOW, 1000).catch(() => undefined);
    const errorMessage = random.pick([null, 'why', 'x'.repeat(16_385), `${'x'.repeat(16_383)}🙂`]);
    const failure = { errorCode: 'CANCELLED', errorMessage, failedStage: 'MERGE_PRICE', artifacts: {} } as const;
    return runs.finish(
      claim,
      random.chance(0.5)
        ? { status: 'FAILED', stage: 'MERGE_PRICE', ...failure }
        : { status: 'SUCCEEDED', stage: 'COMPLETE', artifacts: { a: 'b' }, warnings: ['w'] },
      AWS_NOW,
    );
  },
  release: ({ runs }, random) =>
    runs.release(claimOf(random), AWS_NOW, random.pick([null, { since: 1, stage: 'MERGE_PRICE' }])),
  failUnclaimed: ({ runs }, random) =>
    runs.failUnclaimed(random.pick(IDS), { errorCode: 'POISON_JOB', errorMessage: 'why' }, AWS_NOW),
  requestCancel: ({ runs }, random) => runs.requestCancel(random.pick(IDS)),
  listStale: ({ runs }, random) => runs.listStale(times, random.int(0, 3)),
  markSent: ({ runs }, random) => runs.markSent('r1', AWS_NOW + random.int(-5, 5) * 100_000, AWS_NOW),
  lastSucceeded: ({ runs }) => runs.lastSucceeded('shop'),
  check: (stores, random) => stores[random.pick(['runs', 'tenants', 'artifacts', 'queue'] as const)].check(),
  getMany: ({ table }, random) =>
    table.getMany(Array.from({ length: random.pick([0, 1, 100, 101]) }, (_, i) => ({ i }))),
  createTenant: ({ tenants }, random) =>
    tenants.create(random.pick(['shop', '', 'a#b']), random.pick([{ a: 1 }, 'é'.repeat(199_680)]), AWS_NOW, 'key'),
  putConfig: ({ tenants }, random) => {
    const expectedVersion = random.pick([undefined, 1, 3]);
    const versionsMax = random.pick([undefined, 3, 4]);
    const keyId = random.pick([undefined, 'key']);
    const options = { ...(expectedVersion && { expectedVersion }), ...(versionsMax && { versionsMax }) };
    return tenants.putConfig('shop', { b: 2 }, AWS_NOW, { ...options, ...(keyId && { keyId }) });
  },
  getTenant: ({ tenants }, random) => tenants.get(random.pick(['shop', '', 'a#b', 'x'.repeat(1025)])),
  getConfig: ({ tenants }, random) => tenants.getConfig('shop', random.pick([undefined, 0, 1, 1.5, 3])),
  listTenants: ({ tenants }, random) =>
    tenants.list(random.pick([null, undefined, encodeCursor(['shop']), 'x']), limitOf(random)),
  addKey: ({ tenants }, random) => {
    const kind = random.pick(['api', 'feed'] as const);
    const key = { keyId: 'k', tenantId: 'shop', kind, hash: 'h', name: null, createdAt: AWS_NOW, revokedAt: null };
    return tenants.addKey(key as never, random.pick([undefined, { active: 1, all: 3 }]));
  },
  findKey: ({ tenants }, random) => tenants.findKey('h', random.pick(['api', 'feed'] as never[])),
  listKeys: ({ tenants }, random) => tenants.listKeys('shop', random.pick(['api', 'feed'] as never[])),
  countKeys: ({ tenants }, random) => tenants.countKeys('shop', random.pick(['api', 'feed'] as never[])),
  revokeKey: ({ tenants }, random) => tenants.revokeKey('shop', random.pick(['api', 'feed'] as never[]), 'k1', AWS_NOW),
  storedBytes: ({ usage }) => usage.storedBytes('shop'),
  addStored: ({ usage }, random) => usage.addStored('shop', random.int(-60, 60), random.pick([undefined, 80])),
  addFiles: ({ usage }, random) => usage.addFiles('shop', random.int(-3, 3), random.pick([undefined, 3])),
  correctStored: ({ usage }, random) =>
    usage.correctStored('shop', { bytes: random.int(-99, 9), files: random.int(-3, 3) }, AWS_NOW),
  openUpload: ({ usage }, random) => usage.openUpload(upload(random), random.int(0, 3)),
  listUploads: ({ usage }) => usage.listUploads('shop'),
  closeUpload: ({ usage }, random) => usage.closeUpload('shop', random.pick(AWS_KEYS)),
  removeUploads: ({ usage }) => usage.removeUploads('shop', AWS_NOW),
  countVersions: ({ usage }) => usage.countVersions('shop'),
  endedRuns: ({ retention }, random) =>
    retention.endedRuns(
      'shop',
      AWS_NOW,
      random.pick([null, encodeCursor([AWS_NOW, 'r1']), encodeCursor([5, ''])]),
      limitOf(random),
    ),
  expireRun: ({ retention }, random) => retention.expireRun(random.pick(IDS), AWS_NOW),
  expiredRuns: ({ retention }, random) => retention.expiredRuns(random.int(1, 3)),
  removeExpired: ({ retention }) => retention.removeExpired({ runId: 'r1', tenantId: 'shop' }),
  putOffExpired: ({ retention }) => retention.putOffExpired({ runId: 'r1', tenantId: 'shop' }, AWS_NOW),
  configVersions: ({ retention }, random) => retention.configVersions('shop', 2, random.int(1, 3)),
  removeConfigVersion: ({ retention }, random) => retention.removeConfigVersion('shop', random.int(1, 4)),
  removeRevokedKeys: ({ retention }) => retention.removeRevokedKeys('shop', AWS_NOW),
  takeTurn: ({ retention }) => retention.takeTurn('w2', AWS_NOW, 100_000),
  endTurn: ({ retention }, random) => retention.endTurn('w2', random.pick([null, 'state']), AWS_NOW),
  send: ({ queue }, random) =>
    queue.send(
      { run_id: 'r1', tenant_id: 'shop', vendors: [], config_version: 1 },
      random.pick([undefined, 0, -1, 0.2, 899.5, 901]),
    ),
  receive: ({ queue }, random) =>
    queue.receive({
      ...{ max: random.pick([0, 1, 11]), visibilitySeconds: random.pick([0.5, 60, 50_000]) },
      waitSeconds: random.pick([0, 2.5, 21]),
    }),
  extend: ({ queue }, random) => queue.extend('receipt', random.pick([0, 1.5, 50_000])),
  releaseMessage: ({ queue }, random) => queue.release('receipt', random.pick([0, 30])),
  deleteMessage: ({ queue }) => queue.delete('receipt'),
  depth: ({ queue }) => queue.depth(),
  letters: ({ queue }, random) => queue.deadLetters.list(random.pick([0, 1, 3, 11])),
  letter: ({ queue }, random) => queue.deadLetters.get(random.pick(['m1', 'none'])),
  deleteLetter: ({ queue }, random) => queue.deadLetters.delete(random.pick(['m1', 'none'])),
  newest: ({ artifacts }, random) =>
    artifacts.newest('in/', random.pick([undefined, (key: string) => !key.includes('b')])),
  listObjects: ({ artifacts }, random) =>
    artifacts.list('in/', random.pick([null, undefined, encodeCursor(['in/b'])]), limitOf(random)),
  find: ({ artifacts }, random) => artifacts.find(random.pick(AWS_KEYS)),
  head: ({ artifacts }, random) => artifacts.head(random.pick(AWS_KEYS)),
  read: async ({ artifacts }, random) => {
    const range = random.pick([undefined, { first: 0, last: 3 }, { first: 2, last: 99 }, { first: 3, last: 2 }]);
    const odd = random.pick([range, range, { first: 0.5, last: 1 }, { first: -1, last: 2 }, { first: 0, last: 0 }]);
    const ifMatch = random.pick([undefined, 'etag']);
    const options = { ...(ifMatch !== undefined && { ifMatch }), ...(odd !== undefined && { range: odd }) };
    return bytesOf(await artifacts.read(random.pick(AWS_KEYS), options));
  },
  copy: ({ artifacts }, random) =>
    artifacts.copy(random.pick(AWS_KEYS), random.pick(AWS_KEYS), random.pick([{}, { ifMatch: 'etag' }])),
  signGet: ({ artifacts }, random) => {
    const filename = random.pick([undefined, 'a.csv', 'é".csv']);
    const contentType = random.pick([undefined, 'text/csv']);
    const options = { ...(filename !== undefined && { filename }), ...(contentType !== undefined && { contentType }) };
    return artifacts.signGet(random.pick(AWS_KEYS), {
      ...options,
      expiresInSeconds: random.pick([0, 60, 604_800, 604_801]),
    });
  },
  signPut: ({ artifacts }, random) => {
    const contentType = random.pick([undefined, 'text/csv']);
    const type = contentType === undefined ? {} : { contentType };
    return artifacts.signPut(random.pick(AWS_KEYS), { ...type, expiresInSeconds: random.pick([60, 1.5]) });
  },
  remove: ({ artifacts }, random) => artifacts.remove(random.pick(AWS_KEYS)),
};

const NAMES = Object.keys(CALLS);
export const AWS_COUNT = NAMES.length * 20;

/** The call, how many requests it made, and what it returned or threw. */
export async function ofAws(number: number): Promise<string> {
  const random = new Random(number);
  const aws = new RandomAws(random);
  const stores = storesOn(aws, random);
  const name = NAMES[number % NAMES.length]!;
  const { random: realRandom } = Math;
  // pauses, and the places of uploads
  Math.random = () => 0.25;
  let said: string;
  try {
    said = JSON.stringify((await CALLS[name]!(stores, random)) ?? null);
  } catch (error) {
    const { code, recovery, details } = error as RelayError;
    said = error instanceof RelayError ? `${code} ${recovery} ${error.message} ${JSON.stringify(details)}` : `${error}`;
  } finally {
    Math.random = realRandom;
  }
  const requests = aws.sent.filter((one) => !one.startsWith(' ')).map((one) => one.slice(0, one.indexOf(' ')));
  const hash = createHash('sha256')
    .update(`${aws.sent.join('\n')}\n${said}`)
    .digest('hex')
    .slice(0, 8);
  return `${number} ${name}: ${requests.join(' ')} · ${said.length > 60 ? `${said.slice(0, 60)}…` : said} · ${hash}`;
}
