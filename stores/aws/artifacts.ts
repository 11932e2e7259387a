/** Objects in one S3 bucket: multipart writes, conditional reads and copies, listings over all pages, signed addresses. */
// biome-ignore-all lint/style/noNonNullAssertion: S3 lists objects with their keys, and a page is cut only where it has items
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clock } from '../../core/ports/engine.ts';
import type {
  ArtifactStore,
  ObjectInfo,
  ObjectSink,
  ReadOptions,
  SignedPut,
  SignGetOptions,
  SignPutOptions,
  WriteOptions,
} from '../../core/ports/service/objects.ts';
import { disposition } from '../content-disposition.ts';
import { decodeCursor, encodeCursor, pageSize } from '../cursor.ts';
import { checkExpiry } from '../expiry.ts';
import { changed, notFound, resolveRange } from '../object-errors.ts';
import { checkKey, isListable, keyProblem } from '../object-key.ts';
import { type AwsCall, attemptAws, awsError, isAws, statusOf } from './errors.ts';
import { objectBody } from './object-body.ts';
import { UploadSink } from './object-sink.ts';

export interface AwsArtifactOptions {
  client: S3Client;
  /** Signs addresses, without a checksum: an uploader could not match it. */
  signer: S3Client;
  bucket: string;
  clock: Pick<Clock, 'wall'>;
  partBytes: number;
  partsInFlight: number;
  /** Returns a new, unique id at each call. */
  createId: () => string;
  /** How often the connection of one read may break before the read fails. */
  readAttempts: number;
}

/** S3's limit for one call. */
const PAGE = 1000;

/** How often to look for the newest object when the one found has been removed. */
const NEWEST_ATTEMPTS = 5;

export class AwsArtifactStore implements ArtifactStore {
  readonly #options: AwsArtifactOptions;

  constructor(options: AwsArtifactOptions) {
    this.#options = options;
  }

  async newest(prefix: string, isWanted: (key: string) => boolean = () => true): Promise<ObjectInfo | null> {
    for (let attempt = 1; ; attempt++) {
      const best = await this.#newestListed(prefix, isWanted);
      const found = best === null ? null : await this.head(best.key);
      // if it was removed in the meantime, another object is the newest
      if (best === null || found !== null || attempt === NEWEST_ATTEMPTS) return found;
    }
  }

  async #newestListed(prefix: string, isWanted: (key: string) => boolean): Promise<ObjectInfo | null> {
    let best: ObjectInfo | null = null;
    for await (const page of this.#pages(prefix, null, PAGE)) {
      for (const info of page) {
        if (!isWanted(info.key)) continue;
        // objects come in key order, so on equal times the later one has the greater key
        if (best === null || info.lastModified >= best.lastModified) best = info;
      }
    }
    return best;
  }

  /** S3 lists carry no content types. */
  async list(
    prefix: string,
    cursor?: string | null,
    limit?: number,
  ): Promise<{ objects: ObjectInfo[]; next: string | null }> {
    const [after] = decodeCursor(cursor, [''] as const) ?? [null];
    const size = pageSize(limit, PAGE);
    const objects: ObjectInfo[] = [];
    for await (const page of this.#pages(prefix, after, Math.min(PAGE, size + 1))) {
      objects.push(...page);
      if (objects.length > size)
        return { objects: objects.slice(0, size), next: encodeCursor([objects[size - 1]!.key]) };
    }
    return { objects, next: null };
  }

  async find(key: string): Promise<ObjectInfo | null> {
    if (keyProblem(key) !== null) return null;
    for await (const [first] of this.#pages(key, null, 1)) return first?.key === key ? first : null;
    return null;
  }

  async head(key: string): Promise<ObjectInfo | null> {
    if (keyProblem(key) !== null) return null;
    const { client, bucket } = this.#options;
    try {
      return infoOf(key, await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw awsError(this.#call('GetObject', key), error);
    }
  }

  async read(
    key: string,
    options: ReadOptions = {},
  ): Promise<{ info: ObjectInfo; body: AsyncGenerator<Uint8Array, void, undefined> }> {
    if (keyProblem(key) !== null) throw notFound(key);
    const { client, bucket, readAttempts } = this.#options;
    const { ifMatch, range } = options;
    // S3 answers such a range with the whole object
    if (range !== undefined && !isRange(range)) return this.#refuseRange(key, range);
    const errorOf = (error: unknown) => this.#objectError('GetObject', key, error);
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(ifMatch === undefined ? {} : { IfMatch: quotedEtag(ifMatch) }),
      ...(range === undefined ? {} : { Range: `bytes=${range.first}-${range.last}` }),
    });
    const answer = await client.send(command).catch(async (error) => {
      if (range === undefined || statusOf(error) !== 416) throw errorOf(error);
      return this.#refuseRange(key, range);
    });
    const whole = Number(/\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? answer.ContentLength ?? 0);
    const info = infoOf(key, { ...answer, ContentLength: whole });
    const [first, end] = resolveRange(key, whole, range);
    const body = { client, bucket, key, etag: quotedEtag(info.etag), first, end, attempts: readAttempts, errorOf };
    return { info, body: objectBody(body, answer) };
  }

  async write(key: string, options: WriteOptions = {}): Promise<ObjectSink> {
    checkKey(key);
    const { client, bucket, partBytes, partsInFlight, createId } = this.#options;
    const call = this.#call('PutObject', key);
    return new UploadSink({ client, bucket, key, write: options, partBytes, partsInFlight, createId, call });
  }

  /** Copies objects of up to 5 GB, S3's limit for one copy. */
  async copy(from: string, to: string, options: { ifMatch?: string } = {}): Promise<ObjectInfo> {
    checkKey(to);
    if (keyProblem(from) !== null) throw notFound(from);
    const { client, bucket } = this.#options;
    const command = new CopyObjectCommand({
      Bucket: bucket,
      Key: to,
      CopySource: `${bucket}/${from.split('/').map(encodeURIComponent).join('/')}`,
      MetadataDirective: 'COPY',
      // tags belong to the bucket's owner, and copying them needs extra permissions
      TaggingDirective: 'REPLACE',
      ...(options.ifMatch === undefined ? {} : { CopySourceIfMatch: quotedEtag(options.ifMatch) }),
    });
    await client.send(command).catch((error) => {
      throw this.#objectError('PutObject', from, error);
    });
    const copied = await this.head(to);
    if (copied === null) throw notFound(to);
    return copied;
  }

  /** The address also expires with the credentials that signed it: a role's last some hours. */
  async signGet(key: string, options: SignGetOptions): Promise<string> {
    checkKey(key);
    checkExpiry(options.expiresInSeconds);
    const { bucket } = this.#options;
    const { filename, contentType } = options;
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(contentType === undefined ? {} : { ResponseContentType: contentType }),
      ...(filename === undefined ? {} : { ResponseContentDisposition: disposition(filename) }),
    });
    return this.#sign(key, command, options.expiresInSeconds);
  }

  /** S3 accepts up to 5 GB in one upload. The run itself refuses feeds that are too large for it. */
  async signPut(key: string, options: SignPutOptions): Promise<SignedPut> {
    checkKey(key);
    checkExpiry(options.expiresInSeconds);
    const { bucket, clock } = this.#options;
    const { contentType, expiresInSeconds } = options;
    const type = contentType === undefined ? {} : { ContentType: contentType };
    const expiresAt = clock.wall() + expiresInSeconds * 1000;
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, ...type });
    // without a requested type, the library signs one of its own that no client sends
    const signed = contentType === undefined ? [] : ['content-type'];
    const url = await this.#sign(key, command, expiresInSeconds, signed);
    return { url, headers: contentType === undefined ? {} : { 'content-type': contentType }, expiresAt };
  }

  /** In a bucket with versions, the object stays as an old version until a lifecycle rule removes it. */
  async remove(key: string): Promise<boolean> {
    if (keyProblem(key) !== null) return false;
    const { client, bucket } = this.#options;
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
    await attemptAws(this.#call('DeleteObject', key), () => client.send(command));
    return true;
  }

  /** Reads only: writing a probe at each check would cost money. */
  async check(): Promise<void> {
    const { client, bucket } = this.#options;
    const command = new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 });
    await attemptAws(this.#call('ListBucket'), () => client.send(command));
  }

  /** `headers`: the headers that the request must send exactly as signed. */
  async #sign(
    key: string,
    command: GetObjectCommand | PutObjectCommand,
    expiresIn: number,
    headers: readonly string[] = [],
  ): Promise<string> {
    const { signer, clock } = this.#options;
    const options = {
      expiresIn,
      signingDate: new Date(clock.wall()),
      signableHeaders: new Set(['host', ...headers]),
    };
    return attemptAws(this.#call('GetObject', key), () => getSignedUrl(signer, command, options));
  }

  /** All objects under a prefix in key order, a page at a time, without folder names. */
  async *#pages(prefix: string, after: string | null, size: number): AsyncGenerator<ObjectInfo[]> {
    const { client, bucket } = this.#options;
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: size,
        // XML cannot represent every character of a key
        EncodingType: 'url',
        ...(after === null ? {} : { StartAfter: after }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const page = await attemptAws(this.#call('ListBucket'), () => client.send(command));
      yield (page.Contents ?? []).flatMap((one) => {
        const key = page.EncodingType === 'url' ? decodeURIComponent(one.Key!.replaceAll('+', ' ')) : one.Key!;
        if (!isListable(key)) return [];
        return [infoOf(key, { ContentLength: one.Size, ETag: one.ETag, LastModified: one.LastModified })];
      });
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async #refuseRange(key: string, range: NonNullable<ReadOptions['range']>): Promise<never> {
    const info = await this.head(key);
    if (info === null) throw notFound(key);
    resolveRange(key, info.size, range);
    throw changed(key);
  }

  #objectError(action: string, key: string, error: unknown): unknown {
    if (isAws(error, 'NoSuchKey', 'NotFound')) return notFound(key);
    if (statusOf(error) === 412) return changed(key);
    return awsError(this.#call(action, key), error);
  }

  #call(action: string, key?: string): AwsCall {
    const { bucket } = this.#options;
    const resource = key === undefined ? `bucket ${bucket}` : `bucket ${bucket} (object ${key})`;
    return { resource, setting: 'ARTIFACT_BUCKET', action: `s3:${action}` };
  }
}

/** The fields that describe an object in S3's responses. */
interface ObjectMetadata {
  ContentLength?: number | undefined;
  ETag?: string | undefined;
  LastModified?: Date | undefined;
  ContentType?: string | undefined;
}

function infoOf(key: string, metadata: ObjectMetadata): ObjectInfo {
  return {
    key,
    size: metadata.ContentLength ?? 0,
    etag: (metadata.ETag ?? '').replaceAll('"', ''),
    lastModified: metadata.LastModified?.getTime() ?? 0,
    contentType: metadata.ContentType ?? null,
  };
}

function isRange({ first, last }: NonNullable<ReadOptions['range']>): boolean {
  return Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last;
}

const quotedEtag = (etag: string) => `"${etag}"`;
