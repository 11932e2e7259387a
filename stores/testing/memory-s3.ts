/**
 * A bucket of S3 in memory, as a client that sends nothing: conditions, ranges, lists in pages, uploads in parts. Lists come
 * in pages of fewer keys than asked for, and the first stream of some objects breaks: whoever reads must go on.
 */
import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { refuse } from './dynamodb-expressions.ts';

const PAGE_KEYS = 100;
/** Streams of objects of these sizes break, and go on when they are opened again. */
const isBroken = (size: number): boolean => size >= 300_000 && size < 600_000;

interface S3Object {
  bytes: Buffer;
  etag: string;
  type: string | undefined;
  metadata: Record<string, string> | undefined;
  modified: number;
}

export class MemoryS3 {
  readonly objects = new Map<string, S3Object>();
  readonly #bucket: string;
  readonly #now: () => number;
  readonly #uploads = new Map<string, Map<number, Buffer>>();
  #made = 0;

  constructor(bucket: string, now: () => number) {
    this.#bucket = bucket;
    this.#now = now;
  }

  /** `before` is called before each request; what it throws is S3's answer. */
  client(before: (operation: string, input: object) => void = () => {}): S3Client {
    const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
    const client = new S3Client({ region: 'eu-central-1', credentials });
    const answered = (_next: unknown, context: { commandName: string }) => async (args: { input: S3Input }) => {
      const operation = context.commandName.replace('Command', '');
      before(operation, args.input);
      const output = await this.#answer(operation, args.input);
      return { response: {}, output: { $metadata: {}, ...output } };
    };
    client.middlewareStack.add(answered as never, { step: 'initialize', priority: 'high' });
    return client;
  }

  put(
    key: string,
    bytes: Uint8Array,
    more: { type?: string | undefined; metadata?: Record<string, string> } = {},
  ): string {
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const { type, metadata } = more;
    // S3 has whole seconds
    const modified = Math.floor(this.#now() / 1000) * 1000;
    this.objects.set(key, { bytes: Buffer.from(bytes), etag, type, metadata, modified });
    return etag;
  }

  async #answer(name: string, input: S3Input): Promise<object> {
    if (input.Bucket !== this.#bucket) refuseS3('NoSuchBucket', 404);
    const key = input.Key ?? '';
    switch (name) {
      case 'ListObjectsV2':
        return this.#list(input);
      case 'HeadObject':
        return shown(this.objects.get(key) ?? refuseS3('NotFound', 404));
      case 'GetObject':
        return this.#get(key, input);
      case 'PutObject':
        this.#checkCondition(key, input);
        return {
          ETag: this.put(key, Buffer.from(input.Body as Buffer), { type: input.ContentType, ...metadataOf(input) }),
        };
      case 'CopyObject':
        return this.#copy(key, input);
      case 'DeleteObject':
        this.objects.delete(key);
        return {};
      case 'CreateMultipartUpload': {
        const UploadId = JSON.stringify([++this.#made, input.ContentType ?? null, input.Metadata ?? null]);
        this.#uploads.set(UploadId, new Map());
        return { UploadId };
      }
      case 'UploadPart': {
        const parts = this.#uploads.get(input.UploadId ?? '') ?? refuseS3('NoSuchUpload', 404);
        parts.set(input.PartNumber as number, Buffer.from(input.Body as Buffer));
        return { ETag: `"part ${input.PartNumber}"` };
      }
      case 'CompleteMultipartUpload':
        return this.#complete(key, input);
      case 'AbortMultipartUpload':
        this.#uploads.delete(input.UploadId ?? '');
        return {};
      default:
        throw new Error(`MemoryS3 does not have ${name}`);
    }
  }

  #list({ Prefix = '', StartAfter, ContinuationToken, MaxKeys = 1000, EncodingType }: S3Input): object {
    const after = ContinuationToken ?? StartAfter ?? '';
    const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).sort(order);
    const rest = keys.filter((key) => after === '' || order(key, after) > 0);
    const page = rest.slice(0, Math.min(MaxKeys, PAGE_KEYS));
    const encoded = (key: string) => encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
    return {
      ...(EncodingType === undefined ? {} : { EncodingType }),
      Contents: page.map((key) => {
        const { ETag, LastModified, ContentLength } = shown(this.objects.get(key) as S3Object);
        return { Key: EncodingType === 'url' ? encoded(key) : key, ETag, LastModified, Size: ContentLength };
      }),
      ...(page.length === rest.length
        ? { IsTruncated: false }
        : { IsTruncated: true, NextContinuationToken: page.at(-1) }),
    };
  }

  #get(key: string, { IfMatch, Range }: S3Input): object {
    const object = this.objects.get(key) ?? refuseS3('NoSuchKey', 404);
    if (IfMatch !== undefined && IfMatch !== object.etag) refuseS3('PreconditionFailed', 412);
    const { bytes } = object;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(Range ?? '') ?? [];
    if (first === undefined) return { ...shown(object), Body: streamOf(bytes, isBroken(bytes.length)) };
    if (Number(first) >= bytes.length) refuseS3('InvalidRange', 416);
    const part = bytes.subarray(Number(first), Number(last) + 1);
    const ContentRange = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
    return { ...shown(object), ContentLength: part.length, ContentRange, Body: streamOf(part, false) };
  }

  #copy(key: string, { CopySource = '', CopySourceIfMatch, MetadataDirective }: S3Input): object {
    const [bucket, ...path] = CopySource.split('/').map(decodeURIComponent);
    if (bucket !== this.#bucket || MetadataDirective !== 'COPY') throw new Error('another bucket or directive');
    const { bytes, etag, type, metadata } = this.objects.get(path.join('/')) ?? refuseS3('NoSuchKey', 404);
    if (CopySourceIfMatch !== undefined && CopySourceIfMatch !== etag) refuseS3('PreconditionFailed', 412);
    this.put(key, bytes, { type, ...(metadata === undefined ? {} : { metadata }) });
    return {};
  }

  #complete(key: string, input: S3Input): object {
    const id = input.UploadId ?? '';
    const parts = this.#uploads.get(id) ?? refuseS3('NoSuchUpload', 404);
    this.#checkCondition(key, input);
    const numbers = (input.MultipartUpload?.Parts ?? []).map(({ PartNumber }) => PartNumber);
    const bytes = Buffer.concat(numbers.map((number) => parts.get(number) ?? refuseS3('InvalidPart', 400)));
    const [, type, metadata] = JSON.parse(id) as [number, string | null, Record<string, string> | null];
    this.#uploads.delete(id);
    return { ETag: this.put(key, bytes, { type: type ?? undefined, ...(metadata === null ? {} : { metadata }) }) };
  }

  #checkCondition(key: string, { IfMatch, IfNoneMatch }: S3Input): void {
    const object = this.objects.get(key);
    if (IfMatch !== undefined && object === undefined) refuseS3('NoSuchKey', 404);
    const isMet = (IfMatch === undefined || IfMatch === object?.etag) && (IfNoneMatch !== '*' || object === undefined);
    if (!isMet) refuseS3('PreconditionFailed', 412);
  }
}

interface S3Input {
  Bucket?: string;
  Key?: string;
  Prefix?: string;
  StartAfter?: string;
  ContinuationToken?: string;
  MaxKeys?: number;
  EncodingType?: string;
  IfMatch?: string;
  IfNoneMatch?: string;
  Range?: string;
  Body?: unknown;
  ContentType?: string;
  Metadata?: Record<string, string>;
  CopySource?: string;
  CopySourceIfMatch?: string;
  MetadataDirective?: string;
  UploadId?: string;
  PartNumber?: number;
  MultipartUpload?: { Parts?: Array<{ PartNumber: number }> };
}

function refuseS3(name: string, status: number): never {
  refuse(name, name, { $metadata: { httpStatusCode: status } });
}

function metadataOf({ Metadata }: S3Input): { metadata?: Record<string, string> } {
  return Metadata === undefined ? {} : { metadata: Metadata };
}

function shown({ bytes, etag, type = 'binary/octet-stream', metadata, modified }: S3Object) {
  const times = { LastModified: new Date(modified), Metadata: metadata ?? {} };
  return { ContentLength: bytes.length, ETag: etag, ContentType: type, ...times };
}

async function* streamOf(bytes: Buffer, breaks: boolean): AsyncGenerator<Uint8Array> {
  const half = bytes.length >> 1;
  if (half > 0) yield bytes.subarray(0, half);
  if (breaks) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  yield bytes.subarray(half);
}
