/** Unpacks streams of gzip and deflate within limits. Damaged or cut data is an error, never a short table. */
import { concatBytes } from '../../../../core/bytes/concat.ts';
import { RelayError } from '../../../../core/errors.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { isPadding } from './byte-range.ts';
import type { ContainerLimits } from './limits.ts';

/** Packed bytes to unpack at a time. They unpack to at most about 1,032 times as much. */
const PIECE_BYTES = 16 * 1024;
const OUTPUT_BYTES = 64 * 1024;
/** The ratio is checked only after this many unpacked bytes: a small file of blanks is harmless. */
const RATIO_FROM_BYTES = 1 << 20;
/** More than the bytes after a member's data. */
const TRAILER_BYTES = 64;
const NOTHING = new Uint8Array(0);
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
  /** True after the end, when only padding may follow. */
  let padding = false;
  /** The last bytes so far, which may be padding or the end of a member. */
  let held: Uint8Array = NOTHING;
  /** Unpacks a piece. A member may end in it and the next one start. */
  const take = (piece: Uint8Array): void => {
    for (let rest = piece; rest.length > 0; ) {
      if (inflater.ended) {
        if (job.format === 'deflate') throw damaged(job.name, 'other data follows its end');
        inflater = start();
      }
      inflater.push(rest, false);
      if (inflater.err !== 0) throw damaged(job.name, inflater.msg);
      rest = rest.subarray(rest.length - unread(inflater));
    }
  };
  /** Releases held bytes one by one, as far as they belong to a member: pako would take padding for another member. */
  const release = (): void => {
    for (let i = 0; i < held.length && !padding; ) {
      const size = i < TRAILER_BYTES ? 1 : held.length - i;
      if (inflater.ended) padding = true;
      else take(held.subarray(i, i + size));
      i += size;
    }
    held = NOTHING;
  };
  const takePadded = (piece: Uint8Array): void => {
    if (padding && !piece.every(isPadding)) throw damaged(job.name, 'other data follows its end');
    if (padding) return;
    const all = held.length === 0 ? piece : concatBytes([held, piece]);
    let end = all.length;
    while (end > 0 && isPadding(all[end - 1])) end--;
    take(all.subarray(0, end));
    held = all.slice(end);
    if (held.length > PIECE_BYTES) release();
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      if (job.format === 'gzip') takePadded(piece);
      else take(piece);
      meter.packed += piece.length;
      for (const bytes of out) {
        meter.add(bytes.length);
        yield bytes;
      }
      out.length = 0;
    }
  }
  release();
  for (const bytes of out) {
    meter.add(bytes.length);
    yield bytes;
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
        `${name} unpacks to more than ${limits.archiveRatioMax} times its size (LIMIT_ARCHIVE_RATIO); send the table itself`,
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
