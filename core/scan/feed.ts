/** Feeds chunks of any size through the scanner and hands out batches of whole records with the window they lie in. */
import { RecordBatch } from './batch.ts';
import type { Scanner } from './scanner.ts';

export interface FeedOptions {
  /** Bytes gathered before records are looked for; 1 looks after every chunk. */
  windowBytes: number;
  /** Physical lines to pass over at the start. */
  skipLines: number;
  /** Hands out one record at a time until the scanner was told the table's width: how damaged rows are read depends on it. */
  headerFirst?: boolean;
  /** Records in one batch at the most. */
  batchRecords?: number;
}

export interface ScannedBatch {
  window: Uint8Array;
  batch: RecordBatch;
}

/** Spare bytes behind the window: the scanner sets an end mark there. */
const SLACK = 16;

/** Yields batches in order; window and batch are only good until the next one is asked for. */
export async function* scanFeed(
  chunks: AsyncIterable<Uint8Array>,
  scanner: Scanner,
  options: FeedOptions,
): AsyncGenerator<ScannedBatch> {
  const batch = new RecordBatch(options.batchRecords);
  batch.quote = scanner.quote;
  let window = new Uint8Array(options.windowBytes * 2 + SLACK);
  let have = 0;
  let searched = 0;
  const skipper = new LineSkipper(options.skipLines);

  const scanAll = function* (final: boolean): Generator<ScannedBatch> {
    let at = 0;
    for (;;) {
      batch.clear();
      const most = options.headerFirst && scanner.width === 0 ? 1 : batch.recordsMax;
      const next = scanner.scan(window, at, have, final, batch, most);
      const full = batch.count === most;
      if (batch.count > 0) yield { window, batch };
      const moved = next > at;
      at = next;
      if (!full && !(moved && at < have)) break;
      if (!moved) break;
    }
    window.copyWithin(0, at, have);
    have -= at;
    searched = have;
  };

  for await (const chunk of chunks) {
    const rest = skipper.done ? chunk : skipper.skip(chunk);
    scanner.line += skipper.takeLines();
    if (rest.length === 0) continue;
    if (have + rest.length + SLACK > window.length) window = grown(window, have, have + rest.length + SLACK);
    window.set(rest, have);
    have += rest.length;
    if (have - searched >= options.windowBytes) yield* scanAll(false);
  }
  yield* scanAll(true);
}

function grown(window: Uint8Array, have: number, need: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(need, window.length * 2));
  larger.set(window.subarray(0, have));
  return larger;
}

/** Passes over whole physical lines at the start of a feed. */
class LineSkipper {
  #left: number;
  #passed = 0;
  #afterCr = false;

  constructor(lines: number) {
    this.#left = lines;
  }

  get done(): boolean {
    return this.#left === 0 && !this.#afterCr;
  }

  /** Lines passed since the last call. */
  takeLines(): number {
    const passed = this.#passed;
    this.#passed = 0;
    return passed;
  }

  /** What of the chunk comes after the skipped lines. */
  skip(chunk: Uint8Array): Uint8Array {
    let at = 0;
    while (at < chunk.length && !this.done) {
      const byte = chunk[at]!;
      if (this.#afterCr) {
        this.#afterCr = false;
        if (byte === 10) at++;
        continue;
      }
      at++;
      if (byte !== 10 && byte !== 13) continue;
      this.#left--;
      this.#passed++;
      this.#afterCr = byte === 13;
    }
    return chunk.subarray(at);
  }
}
