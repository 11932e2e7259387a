/** Runs the contract suites of what the AWS stores keep in S3 and SQS on services in memory. `npm run test:aws` has servers. */
import { S3Client } from '@aws-sdk/client-s3';
import { AwsArtifactStore } from '../../stores/aws/artifacts.ts';
import { AwsJobQueue } from '../../stores/aws/queue.ts';
import { MemoryS3 } from '../../stores/testing/memory-s3.ts';
import { MemorySqs } from '../../stores/testing/memory-sqs.ts';
import { signatureProblem } from '../aws/signature.ts';
import { artifactStoreCases } from './artifact-store.ts';
import type { ArtifactSubject } from './artifact-subject.ts';
import { jobQueueCases, type QueueSubject } from './job-queue.ts';
import { registerContract } from './support.ts';

const START = 1_800_000_000_123;
const KEYS = { accessKeyId: 'id', secretAccessKey: 'secret' };
const ENDPOINT = 'https://s3.example';
// it sends nothing
const SIGNER = new S3Client({
  ...{ region: 'eu-central-1', credentials: KEYS, endpoint: ENDPOINT, forcePathStyle: true },
  requestChecksumCalculation: 'WHEN_REQUIRED',
});

function queues(): QueueSubject {
  let now = START;
  const sqs = new MemorySqs(() => now, 3);
  const open = () => new AwsJobQueue({ client: sqs.client(), ...sqs.urls, receivesMin: 3 });
  return {
    queue: open(),
    peer: async () => open(),
    sendBody: async (body) => sqs.sendBody(body),
    advance: async (seconds) => {
      now += seconds * 1000;
    },
    close: () => {},
  };
}

function objects(): ArtifactSubject {
  let now = START;
  const s3 = new MemoryS3('bucket', () => now);
  let ids = 0;
  const open = () =>
    new AwsArtifactStore({
      ...{ client: s3.client(), signer: SIGNER, bucket: 'bucket', clock: { wall: () => now } },
      ...{ createId: () => `id-${++ids}`, partBytes: 5 << 20, partsInFlight: 2, readAttempts: 2 },
    });
  return {
    store: open(),
    peer: async () => open(),
    now: () => now,
    advance: async (seconds) => {
      now += seconds * 1000;
    },
    putMany: async (keys) => {
      for (const key of keys) s3.put(key, Buffer.from('x'));
    },
    putFolder: async (key) => void s3.put(key, Buffer.alloc(0)),
    http: (request) => answerTo(request, s3, now),
    close: () => {},
  };
}

/** What S3 answers to a signed address. */
async function answerTo(request: Request, s3: MemoryS3, now: number): Promise<Response> {
  const { method } = request;
  const url = new URL(request.url);
  const headers = { ...Object.fromEntries(request.headers), host: url.host };
  const body = new Uint8Array(await request.arrayBuffer());
  const problem = signatureProblem({ method, target: `${url.pathname}${url.search}`, headers, body }, KEYS, now);
  if (problem !== null) return new Response(problem, { status: 403 });
  const key = decodeURIComponent(url.pathname.slice('/bucket/'.length));
  if (method === 'PUT') {
    s3.put(key, body, { type: request.headers.get('content-type') ?? undefined });
    return new Response(null);
  }
  const object = s3.objects.get(key);
  if (object === undefined) return new Response('', { status: 404 });
  const { bytes, type = 'binary/octet-stream' } = object;
  const said = new Headers({ 'content-type': type, 'accept-ranges': 'bytes' });
  for (const name of ['content-type', 'content-disposition']) {
    const wanted = url.searchParams.get(`response-${name}`);
    if (wanted !== null) said.set(name, wanted);
  }
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? [];
  const start = first === '' ? bytes.length - Number(last || bytes.length) : Number(first);
  if (start >= bytes.length && bytes.length > 0) return new Response('', { status: 416 });
  const end = first === '' || last === '' ? bytes.length : Math.min(Number(last) + 1, bytes.length);
  const part = new Uint8Array(bytes.subarray(start, end));
  said.set('content-length', String(part.length));
  if (part.length === bytes.length) return new Response(part, { headers: said });
  said.set('content-range', `bytes ${start}-${end - 1}/${bytes.length}`);
  return new Response(part, { status: 206, headers: said });
}

registerContract('AWS JobQueue', jobQueueCases, queues);
registerContract('AWS ArtifactStore', artifactStoreCases, objects);
