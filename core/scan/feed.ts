/** Scans a feed that comes in chunks of any size, and yields batches of whole records with the window they lie in. */
import { CR, LF } from '../bytes/ascii.ts';
import type { RelayError } from '../errors.ts';
import { RECORDS_MAX } from '../kernel/assembly/places.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { isFeedError } from '../run-codes.ts';
import { RecordBatch } from './batch.ts';
import type { ScanCursor } from './cursor.ts';
import type { Scanner } from './scanner.ts';

export interface FeedOptions {
  /** Bytes to collect before each scan; 1 scans after every chunk. */
  windowBytes: number;
  /** Physical lines to skip at the start. */
  skipLines: number;
  /** Gets the bytes of the skipped lines, in pieces. */
  onSkipped?: ((bytes: Uint8Array) => void) | undefined;
  /** Yields single records until the scanner knows the table's width, which decides how it reads damaged records. */
  headerFirst?: boolean;
  /**
   * Called for places where a record begins: the first record after the header, and the first of each batch. `start`
   * counts the bytes of the feed before it, `line` is its physical line.
   */
  onBlock?: (start: number, line: number) => void;
  /** Gets each chunk of the feed as it comes. */
  onChunk?: (chunk: Uint8Array) => void;
  /** Told of the length of the feed in bytes. */
  onEnd?: (bytes: number) => void;
  /** Records in one batch at most. */
  batchRecords?: number;
  /** Reads large feeds. */
  kernels?: Kernels | undefined;
}

export interface ScannedBatch {
  window: Uint8Array;
  batch: RecordBatch;
  /** Why no more records follow: an error in the feed after these. The reader throws it when it has taken these. */
  failure?: RelayError;
}

/** Spare bytes after the feed's bytes in the window: the scanner writes an end mark there. */
const SLACK = 16;
/**
 * The size of a window at the start, as most feeds are small. It grows to twice `windowBytes`, and further only for
 * longer records.
 */
const START_BYTES = 1 << 15;

/** Yields batches in order. The window and the batch are valid until the next one is requested. */
export async function* scanFeed(
  chunks: AsyncIterable<Uint8Array>,
  scanner: Scanner,
  options: FeedOptions,
): AsyncGenerator<ScannedBatch> {
  let batch = new RecordBatch(options.batchRecords);
  batch.quote = scanner.quote;
  const windowMax = options.windowBytes * 2 + SLACK;
  const cursor: ScanCursor = { bytes: new Uint8Array(Math.min(START_BYTES, windowMax)), at: 0, end: 0, final: false };
  const skipper = new LineSkipper(options.skipLines);
  let scannedBytes = 0;
  let takenBytes = 0;
  let hasRecords = false;

  const scanWindow = function* (): Generator<ScannedBatch> {
    cursor.at = 0;
    for (;;) {
      batch.clear();
      const from = cursor.at;
      // a header of several records is one block, together with the lines above it
      const isAfterStart = options.headerFirst ? scanner.width > 0 : hasRecords;
      if (isAfterStart && scanner.isBetweenRecords) options.onBlock?.(takenBytes - cursor.end + from, scanner.line);
      scanner.scan(cursor, batch, options.headerFirst && scanner.width === 0 ? 1 : batch.recordsMax);
      hasRecords ||= batch.count > 0;
      if (batch.count > 0) yield { window: cursor.bytes, batch };
      if (cursor.at === from || cursor.at >= cursor.end) break;
    }
    cursor.bytes.copyWithin(0, cursor.at, cursor.end);
    cursor.end -= cursor.at;
    scannedBytes = cursor.end;
  };

  try {
    for await (const chunk of chunks) {
      takenBytes += chunk.length;
      options.onChunk?.(chunk);
      const rest = skipper.isDone ? chunk : skipper.skip(chunk);
      if (rest.length < chunk.length) options.onSkipped?.(chunk.subarray(0, chunk.length - rest.length));
      scanner.line += skipper.takeSkippedLines();
      if (rest.length === 0) continue;
      const kernel = options.kernels?.forFeed(takenBytes) ?? null;
      if (kernel !== null) {
        scanner.useKernel(kernel);
        batch = batchIn(kernel, batch);
      }
      append(cursor, rest, windowMax, kernel?.window);
      if (cursor.end - scannedBytes >= options.windowBytes) yield* scanWindow();
    }
  } catch (error) {
    if (!isFeedError(error)) throw error;
    // the whole records before it are still read and reported
    for (const scanned of scanWindow()) yield { ...scanned, failure: error };
    throw error;
  }
  cursor.final = true;
  yield* scanWindow();
  options.onEnd?.(takenBytes);
}

/** A batch in the kernel's memory, in place of an empty one. A batch that has outgrown its place does not move. */
function batchIn(kernel: Kernel, batch: RecordBatch): RecordBatch {
  if (batch.recordsMax > RECORDS_MAX || batch.firstField === kernel.batch.firstField) return batch;
  const moved = new RecordBatch(batch.recordsMax, kernel.batch);
  moved.quote = batch.quote;
  return moved;
}

/** `room`: the memory for the window, if it fits there. */
function append(cursor: ScanCursor, chunk: Uint8Array, windowMax: number, room?: Uint8Array): void {
  const { bytes, end } = cursor;
  const needed = end + chunk.length + SLACK;
  if (room !== undefined && bytes !== room && needed <= room.length) {
    cursor.bytes = room;
    room.set(bytes.subarray(0, end));
  } else if (needed > bytes.length) {
    const size = bytes.length < windowMax ? Math.min(windowMax, bytes.length * 4) : bytes.length * 2;
    cursor.bytes = new Uint8Array(Math.max(needed, size));
    cursor.bytes.set(bytes.subarray(0, end));
  }
  cursor.bytes.set(chunk, end);
  cursor.end += chunk.length;
}

/** Skips whole physical lines at the start of a feed. */
class LineSkipper {
  #linesLeft: number;
  #skippedLines = 0;
  #isAfterCr = false;

  constructor(lines: number) {
    this.#linesLeft = lines;
  }

  get isDone(): boolean {
    return this.#linesLeft === 0 && !this.#isAfterCr;
  }

  /** Lines skipped since the last call. */
  takeSkippedLines(): number {
    const lines = this.#skippedLines;
    this.#skippedLines = 0;
    return lines;
  }

  /** The part of the chunk after the skipped lines. */
  skip(chunk: Uint8Array): Uint8Array {
    let at = 0;
    while (at < chunk.length && !this.isDone) {
      const byte = chunk[at];
      if (this.#isAfterCr) {
        this.#isAfterCr = false;
        if (byte === LF) at++;
        continue;
      }
      at++;
      if (byte !== LF && byte !== CR) continue;
      this.#linesLeft--;
      this.#skippedLines++;
      this.#isAfterCr = byte === CR;
    }
    return chunk.subarray(at);
  }
}
