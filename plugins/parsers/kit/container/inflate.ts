/** Unpacks streams of gzip and deflate within limits. Damaged or cut data is an error, never a short table. */
import { RelayError } from '../../../../core/errors.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import type { ContainerLimits } from './limits.ts';

/** Packed bytes to unpack at a time. They unpack to at most about 1,032 times as much. */
const PIECE_BYTES = 16 * 1024;
const OUTPUT_BYTES = 64 * 1024;
/** The ratio is checked from this many unpacked bytes on: a small file of blanks is fine. */
const RATIO_FROM_BYTES = 1 << 20;
/** zlib's window bits for gzip only. */
const GZIP_WINDOW_BITS = 31;

/** The file inside a gzip file. Several members are one file. */
export function gunzipped(source: ByteSource, limits: ContainerLimits): ByteSource {
  return {
    name: source.name.replace(/\.t?gz(ip)?$/i, ''),
    size: null,
    open: () => inflate(source.open(), { format: 'gzip', name: source.name, limits }),
  };
}

export interface InflateJob {
  format: 'gzip' | 'deflate';
  /** The file, for messages. */
  name: string;
  limits: Pick<ContainerLimits, 'vendorFileBytesMax' | 'archiveRatioMax'>;
}

/** Throws `invalid_input` if the data is damaged, cut off or followed by other data, `INPUT_TOO_LARGE` past a limit. */
export async function* inflate(chunks: AsyncIterable<Uint8Array>, job: InflateJob): AsyncIterable<Uint8Array> {
  const { Inflate } = await import('pako');
  const out: Uint8Array[] = [];
  const start = () => {
    const one = new Inflate({
      chunkSize: OUTPUT_BYTES,
      ...(job.format === 'gzip' ? { windowBits: GZIP_WINDOW_BITS } : { raw: true }),
    });
    one.onData = (bytes) => void out.push(bytes as Uint8Array);
    return one;
  };
  const meter = new Meter(job);
  let inflater = start();
  let padding = false;
  /** Unpacks a piece. A member may end in it and the next one start. */
  const take = (piece: Uint8Array): void => {
    for (let rest = piece; rest.length > 0; ) {
      if (inflater.ended) {
        padding ||= rest[0] === 0;
        if (job.format === 'deflate' || (padding && rest.some((byte) => byte !== 0)))
          throw damaged(job.name, 'other data follows its end');
        if (padding) return;
        inflater = start();
      }
      inflater.push(rest, false);
      if (inflater.err !== 0) throw damaged(job.name, inflater.msg);
      rest = rest.subarray(rest.length - unread(inflater));
    }
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      take(piece);
      meter.packed += piece.length;
      for (const bytes of out) {
        meter.add(bytes.length);
        yield bytes;
      }
      out.length = 0;
    }
  }
  if (!inflater.ended) throw damaged(job.name, 'it is cut off');
}

/** Bytes of the last piece that are not consumed. pako keeps the number in its stream, which its types hide. */
function unread(inflater: object): number {
  return (inflater as { strm: { avail_in: number } }).strm.avail_in;
}

/** Counts bytes in and out, and stops a stream that unpacks to too much. */
class Meter {
  packed = 0;
  #unpacked = 0;
  readonly #job: InflateJob;

  constructor(job: InflateJob) {
    this.#job = job;
  }

  add(bytes: number): void {
    const { name, limits } = this.#job;
    this.#unpacked += bytes;
    if (this.#unpacked > limits.vendorFileBytesMax) throw tooLargeUnpacked(name, limits.vendorFileBytesMax);
    if (this.#unpacked > RATIO_FROM_BYTES && this.#unpacked > this.packed * limits.archiveRatioMax) {
      throw new RelayError(
        'INPUT_TOO_LARGE',
        `${name} unfolds to more than ${limits.archiveRatioMax} times its size (LIMIT_ARCHIVE_RATIO); send the table itself`,
      );
    }
  }
}

export function tooLargeUnpacked(name: string, max: number): RelayError {
  return new RelayError(
    'INPUT_TOO_LARGE',
    `${name} has more than ${max} bytes when it is unpacked (LIMIT_VENDOR_FILE_BYTES)`,
  );
}

export function damaged(name: string, why: string): RelayError {
  return new RelayError('invalid_input', `${name} is damaged: ${why}; send it again`);
}
