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
    // whoever reads the body sees its error; without a listener the process would end
    this.#body.on('error', () => {});
    this.#done = upload.done();
    this.#done.catch(() => this.#body.destroy());
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(this.#open, `${this.#options.key} was closed`);
    if (this.#body.destroyed) return this.#settled();
    // the caller may use its buffer again
    if (this.#body.write(Buffer.from(bytes))) return;
    await this.#drained();
  }

  async close(): Promise<void> {
    assert(this.#open, `${this.#options.key} was closed`);
    this.#open = false;
    this.#body.end();
    await this.#settled();
  }

  /** An upload that reads an error out of its body removes the parts that it has sent. */
  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#body.destroy(new Aborted('the object was not finished'));
    await this.#done.catch(() => undefined);
  }

  /** Until the body takes more. An upload that has failed reads no further and closes it. */
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

  /** The end of the upload; throws what it failed of, once it has removed its parts. */
  async #settled(): Promise<void> {
    try {
      await this.#done;
    } catch (error) {
      throw this.#error(error);
    }
  }

  #error(error: unknown): unknown {
    return awsError(this.#options.asked, error);
  }
}
