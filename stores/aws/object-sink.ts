/**
 * Writes an object of any size as a multipart upload. The whole object appears when the sink is closed. A conditional
 * write leaves a unique mark in the object's metadata: if S3 makes the object but its answer is lost, the SDK's retry
 * is refused, and the mark tells that the object comes from this write.
 */
import { PassThrough } from 'node:stream';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { assert } from '../../core/errors.ts';
import type { ObjectSink, WriteOptions } from '../../core/ports/service/objects.ts';
import { changed, exists } from '../object-errors.ts';
import { type AwsCall, awsError, isAws, statusOf } from './errors.ts';

export interface UploadSinkOptions {
  client: S3Client;
  bucket: string;
  key: string;
  write: WriteOptions;
  /** Part size, at least 5 MiB. An object has at most 10,000 parts. */
  partBytes: number;
  /** Parts in flight. Together with the one being filled, they are what the sink holds in memory. */
  partsInFlight: number;
  /** Returns a new, unique id at each call. */
  createId: () => string;
  call: AwsCall;
}

/** The error that ends an unfinished body. */
class Aborted extends Error {}

/** The name of the mark among an object's metadata. */
const MARK = 'relay-write';

export class UploadSink implements ObjectSink {
  readonly #options: UploadSinkOptions;
  readonly #body: PassThrough;
  readonly #done: Promise<{ ETag?: string | undefined }>;
  /** The mark of a conditional write; null for others. */
  readonly #mark: string | null;
  #open = true;

  constructor(options: UploadSinkOptions) {
    this.#options = options;
    const { client, bucket, key, partBytes, partsInFlight } = options;
    const { contentType, ifMatch, ifNoneMatch } = options.write;
    this.#mark = ifMatch === undefined && !ifNoneMatch ? null : options.createId();
    this.#body = new PassThrough({ highWaterMark: 1 << 18 });
    const upload = new Upload({
      client,
      params: {
        Bucket: bucket,
        Key: key,
        Body: this.#body,
        ...(contentType === undefined ? {} : { ContentType: contentType }),
        ...(ifMatch === undefined ? {} : { IfMatch: `"${ifMatch}"` }),
        ...(ifNoneMatch ? { IfNoneMatch: '*' } : {}),
        ...(this.#mark === null ? {} : { Metadata: { [MARK]: this.#mark } }),
      },
      partSize: partBytes,
      queueSize: partsInFlight,
      leavePartsOnError: false,
    });
    // the upload sees the body's error; without a listener, the process would end
    this.#body.on('error', () => {});
    this.#done = upload.done();
    this.#done.catch(() => this.#body.destroy());
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(this.#open, `${this.#options.key} was closed`);
    if (this.#body.destroyed) return void (await this.#settled());
    // the caller may reuse its buffer
    if (this.#body.write(Buffer.from(bytes))) return;
    await this.#drained();
  }

  async close(): Promise<{ etag: string }> {
    assert(this.#open, `${this.#options.key} was closed`);
    this.#open = false;
    this.#body.end();
    return this.#settled();
  }

  /** On an error in its body, the upload removes the parts it has sent. */
  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#body.destroy(new Aborted('the object was not finished'));
    await this.#done.catch(() => undefined);
  }

  /** Waits until the body accepts more. A failed upload stops reading and closes it. */
  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      const settle = () => {
        this.#body.off('drain', settle).off('close', settle);
        resolve();
      };
      this.#body.on('drain', settle).on('close', settle);
    });
    if (this.#body.destroyed) await this.#settled();
  }

  /** Waits for the upload to end. If it failed, throws after its parts are removed. */
  async #settled(): Promise<{ etag: string }> {
    try {
      return { etag: ((await this.#done).ETag ?? '').replaceAll('"', '') };
    } catch (error) {
      const { key, write, call } = this.#options;
      if (this.#mark === null || !isRefusal(error)) throw awsError(call, error);
      const etag = await this.#ownEtag(this.#mark);
      if (etag !== null) return { etag };
      throw write.ifNoneMatch ? exists(key) : changed(key);
    }
  }

  /** The etag of the object if this write made it, else null. */
  async #ownEtag(mark: string): Promise<string | null> {
    const { client, bucket, key, call } = this.#options;
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return found.Metadata?.[MARK] === mark ? (found.ETag ?? '').replaceAll('"', '') : null;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw awsError(call, error);
    }
  }
}

/** S3's answers to a write whose condition does not hold, or whose upload an earlier try has completed. */
function isRefusal(error: unknown): boolean {
  return statusOf(error) === 412 || isAws(error, 'PreconditionFailed', 'NoSuchKey', 'NoSuchUpload');
}
