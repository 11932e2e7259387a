/** Streams an object. If the connection breaks, it resumes at that byte, for the same state of the object. */
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { RelayError } from '../../core/errors.ts';

export interface ObjectBodyOptions {
  client: S3Client;
  bucket: string;
  key: string;
  etag: string;
  /** The first byte, and the one after the last. */
  first: number;
  end: number;
  /** How often the connection may break. */
  attempts: number;
  /** Turns S3's error into the store's. */
  errorOf: (error: unknown) => unknown;
}

type Stream = AsyncIterable<Uint8Array>;

/** Starts with a response that has already arrived. */
export async function* objectBody(
  options: ObjectBodyOptions,
  answer: GetObjectCommandOutput,
): AsyncGenerator<Uint8Array> {
  let at = options.first;
  let body = answer.Body as Stream | undefined;
  for (let breaks = 0; at < options.end; ) {
    try {
      for await (const chunk of body ?? []) {
        at += chunk.length;
        yield chunk;
      }
      if (at >= options.end) return;
      throw new RelayError('store_unavailable', `${options.key} ended after ${at} of ${options.end} bytes`, {
        recovery: 'retry',
      });
    } catch (error) {
      // nothing is missing: S3 would answer the range that is left with the whole object
      if (at >= options.end) return;
      breaks++;
      const mapped = options.errorOf(error);
      const passing = mapped instanceof RelayError && mapped.code === 'store_unavailable';
      if (!passing || breaks >= options.attempts) throw mapped;
    }
    body = await reopen(options, at);
  }
}

async function reopen({ client, bucket, key, etag, end, errorOf }: ObjectBodyOptions, at: number): Promise<Stream> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag, Range: `bytes=${at}-${end - 1}` });
    return (await client.send(command)).Body as Stream;
  } catch (error) {
    throw errorOf(error);
  }
}
