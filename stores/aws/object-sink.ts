/** Writes an object of any size as a multipart upload. It appears, whole, when the sink is closed. */
import { PassThrough } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { assert } from '../../core/errors.ts';
import type { ByteSink } from '../../core/ports/engine.ts';
import { type AwsCall, awsError } from './errors.ts';

export interface ObjectSinkOptions {
  client: S3Client;
  bucket: string;
  key: string;
  contentType: string | null;
  /** Part size, at least 5 MiB. An object has at most 10,000 parts. */
  partBytes: number;
  /** Parts in flight. Together with the one being filled, they are what the sink holds in memory. */
  partsInFlight: number;
  call: AwsCall;
}

/** The error that ends an unfinished body. */
class Aborted extends Error {}

export class ObjectSink implements ByteSink {
  readonly #options: ObjectSinkOptions;
  readonly #body: PassThrough;
  readonly #done: Promise<unknown>;
  #open = true;

  constructor(options: ObjectSinkOptions) {
    this.#options = options;
    const { client, bucket, key, contentType, partBytes, partsInFlight } = options;
    this.#body = new PassThrough({ highWaterMark: 1 << 18 });
    const upload = new Upload({
      client,
      params: {
        Bucket: bucket,
        Key: key,
        Body: this.#body,
        ...(contentType === null ? {} : { ContentType: contentType }),
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
    if (this.#body.destroyed) return this.#settled();
    // the caller may reuse its buffer
    if (this.#body.write(Buffer.from(bytes))) return;
    await this.#drained();
  }

  async close(): Promise<void> {
    assert(this.#open, `${this.#options.key} was closed`);
    this.#open = false;
    this.#body.end();
    await this.#settled();
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
    if (this.#body.destroyed) return this.#settled();
  }

  /** Waits for the upload to end. If it failed, throws after its parts are removed. */
  async #settled(): Promise<void> {
    try {
      await this.#done;
    } catch (error) {
      throw this.#error(error);
    }
  }

  #error(error: unknown): unknown {
    return awsError(this.#options.call, error);
  }
}
