/** Writes an object in parts of a set size, whatever its size: it appears, whole, when the sink is closed. */
import { PassThrough } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { assert } from '../../core/errors.ts';
import type { ByteSink } from '../../core/ports/engine.ts';
import { type Asked, awsError } from './errors.ts';

export interface SinkOptions {
  client: S3Client;
  bucket: string;
  key: string;
  contentType: string | null;
  /** Bytes of a part, at least 5 MiB; an object has at most 10,000 of them. */
  partBytes: number;
  /** Parts on their way at a time: with the one that grows they are what the sink holds in memory. */
  partsInFlight: number;
  asked: Asked;
}

/** Why a body ends before its end. */
class Aborted extends Error {}

export class ObjectSink implements ByteSink {
  readonly #options: SinkOptions;
  readonly #body: PassThrough;
  readonly #done: Promise<unknown>;
  #failure: unknown = null;
  #open = true;

  constructor(options: SinkOptions) {
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
    this.#done = upload.done();
    this.#done.catch((error) => {
      this.#failure = error;
      this.#body.destroy();
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(this.#open, `${this.#options.key} was closed`);
    if (this.#failure !== null) throw this.#error(this.#failure);
    // the caller may use its buffer again
    if (this.#body.write(Buffer.from(bytes))) return;
    await this.#drained();
  }

  async close(): Promise<void> {
    assert(this.#open, `${this.#options.key} was closed`);
    this.#open = false;
    this.#body.end();
    try {
      await this.#done;
    } catch (error) {
      throw this.#error(error);
    }
  }

  /** An upload that reads an error out of its body removes the parts that it has sent. */
  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#body.destroy(new Aborted('the object was not finished'));
    await this.#done.catch(() => undefined);
  }

  /** Until the body takes more. An upload that has failed takes none, and says so here. */
  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#body.off('drain', settle).off('close', settle);
        if (this.#failure === null) resolve();
        else reject(this.#error(this.#failure));
      };
      this.#body.on('drain', settle).on('close', settle);
    });
  }

  #error(error: unknown): unknown {
    return awsError(this.#options.asked, error);
  }
}
