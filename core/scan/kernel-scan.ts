/**
 * Lets the kernel scan: it reads the ordinary records, and the scanner reads the others. Both write into the batch in
 * the kernel's memory.
 */
import {
  S_BATCH_COUNT,
  S_BATCH_FIELDS,
  S_DELIMITER,
  S_QUOTE,
  S_RECORD_BYTES_MAX,
  S_RECORD_CELLS_MAX,
  S_SCAN_AT,
  S_SCAN_END,
  S_SCAN_LINE,
  S_SCAN_MOST,
} from '../kernel/assembly/places.ts';
import { Backoff } from '../kernel/backoff.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { RecordBatch } from './batch.ts';
import type { ScanCursor } from './cursor.ts';
import type { ScanDialect } from './dialect.ts';

const INT32_MAX = 0x7fffffff;

export interface ScanLimits {
  recordBytesMax: number;
  recordCellsMax: number;
}

export class KernelScan {
  readonly #kernel: Kernel;
  readonly #dialect: ScanDialect;
  readonly #limits: ScanLimits;
  readonly #backoff = new Backoff();

  constructor(kernel: Kernel, dialect: ScanDialect, limits: ScanLimits) {
    this.#kernel = kernel;
    this.#dialect = dialect;
    this.#limits = limits;
  }

  /** False for delimiters of several bytes and for escapes: only the scanner reads these. */
  static reads({ delimiter, escape: escaping }: ScanDialect): boolean {
    return delimiter.length === 1 && escaping < 0;
  }

  /** Adds records to the batch until it has `most`, and moves the cursor past them; returns the line of the next one. */
  scan(cursor: ScanCursor, batch: RecordBatch, most: number, line: number): number {
    const { state, window, loops } = this.#kernel;
    if (cursor.bytes !== window || batch.fieldStart !== this.#kernel.batch.fieldStart) return line;
    if (!this.#backoff.isDue()) return line;
    const before = batch.count;
    state[S_DELIMITER] = this.#dialect.delimiter[0] ?? 0;
    state[S_QUOTE] = this.#dialect.quote;
    state[S_RECORD_BYTES_MAX] = Math.min(this.#limits.recordBytesMax, INT32_MAX);
    state[S_RECORD_CELLS_MAX] = Math.min(this.#limits.recordCellsMax, INT32_MAX);
    state[S_SCAN_AT] = cursor.at;
    state[S_SCAN_END] = cursor.end;
    state[S_SCAN_MOST] = most;
    state[S_SCAN_LINE] = line;
    state[S_BATCH_COUNT] = before;
    state[S_BATCH_FIELDS] = batch.fields;
    loops.scan();
    cursor.at = state[S_SCAN_AT] ?? 0;
    batch.count = state[S_BATCH_COUNT] ?? 0;
    batch.fields = state[S_BATCH_FIELDS] ?? 0;
    this.#backoff.took(batch.count - before);
    return state[S_SCAN_LINE] ?? 0;
  }
}
