/** Batches of records from what a parser's `open` gives: bytes to scan, or rows that its own code made. */
import { toBytes } from '../../../bytes/text.ts';
import type { RelayError } from '../../../errors.ts';
import type { CellValue, FeedRow, PreparedFeed } from '../../../plugin.ts';
import { isFeedError } from '../../../run-codes.ts';
import { PLAIN, QUOTED, REFUSED, RecordBatch } from '../../../scan/batch.ts';
import { type FeedOptions, type ScannedBatch, scanFeed } from '../../../scan/feed.ts';
import type { Scanner } from '../../../scan/scanner.ts';
import type { Refusals } from '../rows/refusals.ts';

export interface FeedBatches {
  /** True if the parser gives rows. */
  hasRows: boolean;
  batches: AsyncGenerator<ScannedBatch>;
}

export interface FeedBatchOptions extends FeedOptions {
  scanner: Scanner;
  refusals: Refusals;
}

export async function feedBatches(feed: PreparedFeed, options: FeedBatchOptions): Promise<FeedBatches> {
  const items = feed.open()[Symbol.asyncIterator]();
  const first = await items.next();
  // the engine's guard makes sure that a parser gives only one of the two
  const hasRows = first.done === true ? feed.fields !== undefined : !(first.value instanceof Uint8Array);
  const all: AsyncIterable<unknown> = rejoined(first, items);
  const batches = hasRows
    ? batchRows(all as AsyncIterable<FeedRow>, feed.fields ?? null, options)
    : scanFeed(all as AsyncIterable<Uint8Array>, options.scanner, options);
  return { hasRows, batches };
}

async function* rejoined<T>(first: IteratorResult<T>, items: AsyncIterator<T>): AsyncGenerator<T> {
  let next = first;
  try {
    for (; next.done !== true; next = await items.next()) yield next.value;
  } finally {
    if (next.done !== true) await items.return?.();
  }
}

async function* batchRows(
  rows: AsyncIterable<FeedRow>,
  fields: readonly string[] | null,
  { windowBytes, refusals, batchRecords, onBlock, onEnd }: FeedBatchOptions,
): AsyncGenerator<ScannedBatch> {
  const builder = new BatchBuilder(windowBytes, batchRecords);
  let count = 0;
  let failure: RelayError | null = null;
  try {
    for await (const { cells, line, refuse } of rows) {
      if (builder.isEmpty) onBlock?.(count, line ?? count + 1);
      count++;
      const values = isList(cells)
        ? cells
        : (fields ?? []).map((name) => (Object.hasOwn(cells, name) ? cells[name] : undefined));
      builder.add(values, line ?? count, refuse === undefined ? -1 : refusals.add(refuse));
      if (!builder.isFull) continue;
      yield builder.batch();
      builder.clear();
    }
  } catch (error) {
    if (!isFeedError(error)) throw error;
    // the rows before it are still read and reported
    failure = error;
  }
  if (!builder.isEmpty) yield { ...builder.batch(), ...(failure === null ? {} : { failure }) };
  if (failure !== null) throw failure;
  onEnd?.(count);
}

function isList(cells: FeedRow['cells']): cells is readonly CellValue[] {
  return Array.isArray(cells);
}

/** The size at the start; the window grows. */
const START_BYTES = 1 << 15;

class BatchBuilder {
  readonly #batch: RecordBatch;
  readonly #windowBytes: number;
  #bytes: Uint8Array;
  #used = 0;

  constructor(windowBytes: number, batchRecords?: number) {
    this.#batch = new RecordBatch(batchRecords);
    this.#windowBytes = windowBytes;
    this.#bytes = new Uint8Array(Math.min(windowBytes, START_BYTES));
  }

  get isFull(): boolean {
    return this.#batch.count === this.#batch.recordsMax || this.#used >= this.#windowBytes;
  }

  get isEmpty(): boolean {
    return this.#batch.count === 0;
  }

  clear(): void {
    this.#batch.clear();
    this.#used = 0;
  }

  batch(): ScannedBatch {
    return { window: this.#bytes, batch: this.#batch };
  }

  /** `refusal` is the id of a refused row, or -1. A row without cells has one that is empty. */
  add(cells: readonly CellValue[], line: number, refusal: number): void {
    const firstField = this.#batch.fields;
    for (const cell of cells.length === 0 ? [''] : cells) this.#addCell(cell);
    this.#batch.addRecord(firstField, line);
    if (refusal >= 0) this.#batch.setFault(REFUSED, refusal);
  }

  /** Numbers are written without quotes, texts with them: see `Layout.plainNumbers`. */
  #addCell(cell: CellValue): void {
    const isNumber = typeof cell === 'number';
    const bytes = toBytes(cell === null || cell === undefined ? '' : isNumber ? plainText(cell) : String(cell));
    if (this.#used + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array((this.#used + bytes.length) * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#used);
    this.#batch.addField(this.#used, this.#used + bytes.length, isNumber || bytes.length === 0 ? PLAIN : QUOTED);
    this.#used += bytes.length;
  }
}

/** Written without an exponent: 1e-7 is 0.0000001. */
function plainText(value: number): string {
  const text = String(value);
  if (!text.includes('e') || Math.abs(value) >= 1e21) return text;
  return value.toFixed(20).replace(/0+$/, '');
}
