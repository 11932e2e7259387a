/**
 * Keeps the text of refused rows as it arrived, for the rejects report: reading a feed of 50 MB again takes a tenth of
 * its run. If a row is not simply a piece of its file, nothing is kept of that file, and the rejects report reads it
 * again.
 *
 * `begin` is called per batch and reads two fields of each record. Only refused rows are copied.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch's counts bound records and fields
import { PLAIN, type RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';

export interface RefusedText {
  /** The physical line of the record, and of the record after it; 0 for none. */
  line: number;
  nextLine: number;
  /** UTF-8, quotes included, without a line end. */
  bytes: Uint8Array;
}

/** The texts of the refused rows of one file. */
export interface RefusedTexts {
  header: readonly string[];
  width: number;
  rows: RefusedText[];
}

/** The limit for one file. If refused rows are longer, the rejects report reads the file again. */
const TEXT_BYTES_MAX = 1 << 20;

export class RefusedTextKeeper {
  readonly #rows: RefusedText[] = [];
  #bytes = 0;
  #isWhole = true;
  /** The records of the current batch, before any stage changes it: where each one is; -1 if it is damaged. */
  #count = 0;
  #lines = new Int32Array(0);
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);
  readonly #refused: number[] = [];
  #isNextUnknown = false;

  /** Keeps nothing of this file. */
  giveUp(): void {
    this.#isWhole = false;
    this.#rows.length = 0;
  }

  /** Takes a batch as it was scanned. */
  begin(batch: RecordBatch): void {
    if (!this.#isWhole || batch.count === 0) return;
    if (this.#isNextUnknown) this.#rows.at(-1)!.nextLine = batch.line[0]!;
    this.#isNextUnknown = false;
    if (this.#lines.length < batch.count) {
      this.#lines = new Int32Array(batch.recordsMax);
      this.#starts = new Int32Array(batch.recordsMax);
      this.#ends = new Int32Array(batch.recordsMax);
    }
    this.#count = batch.count;
    this.#lines.set(batch.line.subarray(0, batch.count));
    this.#findEnds(batch);
  }

  #findEnds({ count, firstField, fieldStart, fieldEnd, fieldStyle, fault }: RecordBatch): void {
    for (let record = 0; record < count; record++) {
      const first = firstField[record]!;
      const last = firstField[record + 1]! - 1;
      this.#starts[record] =
        fault[record] === WELL_FORMED ? fieldStart[first]! - (fieldStyle[first] === PLAIN ? 0 : 1) : -1;
      this.#ends[record] = fieldEnd[last]! + (fieldStyle[last] === PLAIN ? 0 : 1);
    }
  }

  /** Marks a row of the batch as refused and listed in `errors.json`. */
  refuse(line: number, fault: number): void {
    if (fault === WELL_FORMED) this.#refused.push(line);
    else this.giveUp();
  }

  /** Copies the refused rows of the batch, while the window is still unchanged. */
  end(window: Uint8Array): void {
    for (const line of this.#refused) if (this.#isWhole) this.#keep(window, line);
    this.#refused.length = 0;
  }

  #keep(window: Uint8Array, line: number): void {
    const record = this.#find(line);
    const start = record < 0 ? -1 : this.#starts[record]!;
    const end = record < 0 ? -1 : this.#ends[record]!;
    this.#bytes += end - start;
    if (start < 0 || this.#bytes > TEXT_BYTES_MAX) {
      this.giveUp();
      return;
    }
    this.#isNextUnknown = record + 1 === this.#count;
    const nextLine = this.#isNextUnknown ? 0 : this.#lines[record + 1]!;
    this.#rows.push({ line, nextLine, bytes: window.slice(start, end) });
  }

  /** The batch's record on a line; -1 if there is none. */
  #find(line: number): number {
    let from = 0;
    let to = this.#count;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#lines[middle]! < line) from = middle + 1;
      else to = middle;
    }
    return from < this.#count && this.#lines[from] === line ? from : -1;
  }

  /** Null if the rejects report must read the file. */
  texts(header: readonly string[], width: number): RefusedTexts | null {
    return this.#isWhole && header.length > 0 ? { header, width, rows: this.#rows } : null;
  }
}
