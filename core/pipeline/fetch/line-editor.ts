/** Replaces physical lines of a text that comes in chunks. LF, CR and CRLF end a line, as the scanner counts them. */
import { CR, LF } from '../../bytes/ascii.ts';
import { concatBytes } from '../../bytes/concat.ts';
import { toBytes } from '../../bytes/text.ts';
import { trimText } from '../../bytes/trim.ts';
import type { Layout } from '../../plugin.ts';
import { BROKEN_PARTS_MAX, NO_END, RecordBatch } from '../../scan/batch.ts';
import { lineEndText, recordCells } from '../../scan/cells.ts';
import { dialectOf } from '../../scan/dialect.ts';
import { Scanner } from '../../scan/scanner.ts';
import { scanWhole } from '../../scan/whole-text.ts';
import { rowTextOf } from './row-text.ts';

/** Physical lines of the feed, and the row that takes their place. */
export interface Replacement {
  from: number;
  /** The line after them; 0 is the end of the feed. */
  to: number;
  cells: readonly string[];
}

export interface LineEditorSetting {
  layout: Layout;
  /** The columns of the text. */
  width: number;
  recordBytesMax: number;
}

export class LineEditor {
  readonly #rows: readonly Replacement[];
  readonly #layout: Layout;
  readonly #scanner: Scanner;
  readonly #batch = new RecordBatch(BROKEN_PARTS_MAX + 1);
  readonly #recordBytesMax: number;
  #next = 0;
  #line = 1;
  #isLineStart = true;
  #isAfterCr = false;
  /** The row whose lines are being passed; null while copying. */
  #row: Replacement | null = null;
  /** Its lines so far, as far as they fit in a record. */
  #lines: Uint8Array[] = [];
  #lineBytes = 0;
  #lineEnd = '';
  #out: Uint8Array[] = [];

  /** `rows` in the order of the text. */
  constructor(rows: readonly Replacement[], { layout, width, recordBytesMax }: LineEditorSetting) {
    this.#rows = rows;
    this.#layout = layout;
    this.#recordBytesMax = recordBytesMax;
    this.#scanner = new Scanner(dialectOf(layout), recordBytesMax);
    this.#scanner.width = width;
  }

  take(chunk: Uint8Array): Uint8Array {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      // biome-ignore lint/style/noNonNullAssertion: `at` is below the length
      const byte = chunk[at]!;
      if (this.#isAfterCr) {
        this.#isAfterCr = false;
        if (byte === LF) {
          this.#endLine('\r\n');
          continue;
        }
        this.#endLine('\r');
      }
      if (this.#isLineStart) from = this.#startLine(chunk, from, at);
      if (byte === CR) this.#isAfterCr = true;
      else if (byte === LF) this.#endLine('\n');
    }
    this.#pass(chunk.subarray(from));
    return this.#taken();
  }

  end(): Uint8Array {
    if (this.#isAfterCr) this.#endLine('\r');
    this.#closeRow();
    return this.#taken();
  }

  #endLine(end: string): void {
    if (this.#lineEnd === '') this.#lineEnd = end;
    this.#line++;
    this.#isLineStart = true;
  }

  /** Returns the place up to which the chunk is dealt with. */
  #startLine(chunk: Uint8Array, from: number, at: number): number {
    this.#isLineStart = false;
    const isRowEnd = this.#row?.to === this.#line;
    const isRowStart = this.#rows[this.#next]?.from === this.#line;
    if (!isRowEnd && !isRowStart) return from;
    this.#pass(chunk.subarray(from, at));
    this.#closeRow();
    if (isRowStart) this.#row = this.#rows[this.#next++] ?? null;
    return at;
  }

  #pass(bytes: Uint8Array): void {
    if (this.#row === null) {
      this.#out.push(bytes);
      return;
    }
    this.#lineBytes += bytes.length;
    // the chunk may be overwritten before the row ends
    if (this.#lineBytes <= this.#recordBytesMax) this.#lines.push(bytes.slice());
  }

  #closeRow(): void {
    if (this.#row === null) return;
    const { cells } = this.#row;
    const lines = this.#lineBytes > this.#recordBytesMax ? null : concatBytes(this.#lines);
    this.#row = null;
    this.#lines = [];
    this.#lineBytes = 0;
    // somebody may have corrected a row with too many cells by emptying some
    const wanted = withoutEmptyEnd(cells);
    if (lines !== null && this.#isUnchanged(lines, wanted)) this.#out.push(lines);
    // a row with no text left is removed
    else if (wanted.some((cell) => trimText(cell) !== '')) {
      this.#out.push(toBytes(rowTextOf(this.#layout, this.#lineEnd || '\n').line(wanted)));
    }
  }

  /** True if these are the cells that the report showed, which would hide a wrong quote or a broken line if they were written anew. */
  #isUnchanged(lines: Uint8Array, wanted: readonly string[]): boolean {
    const window = scanWhole(this.#scanner, lines, this.#batch);
    const came = withoutEmptyEnd(joinedCells(window, this.#batch));
    return came.length === wanted.length && came.every((cell, i) => cell === wanted[i]);
  }

  #taken(): Uint8Array {
    const all = concatBytes(this.#out);
    this.#out = [];
    return all;
  }
}

/** The cells of a row, and of one that line ends broke into several. */
function joinedCells(window: Uint8Array, batch: RecordBatch): string[] {
  const cells = [''];
  for (let record = 0; record < batch.count; record++) {
    const [first = '', ...more] = recordCells(window, batch, record);
    const lineEnd = record === 0 ? '' : lineEndText(batch.lineEnd[record - 1] ?? NO_END);
    cells.push(`${cells.pop()}${lineEnd}${first}`, ...more);
  }
  return cells;
}

function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  const last = cells.findLastIndex((cell) => cell !== '');
  return cells.slice(0, last + 1);
}
