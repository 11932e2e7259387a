/** Catches the rows of one SKU, and the records that they came from, while a run writes its files. */
import { ROW_ENTRY_BYTES } from '../../pipeline/row-index.ts';
import type { ByteSink } from '../../ports/engine.ts';
import { lineEnd, linePrefix, lineText, startsWith } from './lines.ts';

/** The record of a row, as `rows.bin` has it. */
export interface RowSource {
  rowNumber: number;
  line: number;
  file: number;
}

export interface CaughtRow {
  /** The record, without its line end. */
  text: string;
  source: RowSource;
}

/** The entry at a place in a part of `rows.bin`. */
export function sourceAt(bytes: Uint8Array, entry: number): RowSource | null {
  const at = entry * ROW_ENTRY_BYTES;
  if (at + ROW_ENTRY_BYTES > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, ROW_ENTRY_BYTES);
  return { rowNumber: view.getUint32(0, true), line: view.getUint32(4, true), file: view.getUint32(8, true) };
}

/** Relies on how the engine writes: whole lines, then the entries of just those lines. */
export class CaughtRows {
  readonly rows: CaughtRow[] = [];
  readonly #prefix: Uint8Array;
  #isFirst = true;
  /** The texts of the last lines that were written, each with its place among them. */
  #texts: Array<{ place: number; text: string }> = [];

  constructor(sku: string) {
    this.#prefix = linePrefix(sku);
  }

  lines(): ByteSink {
    return sinkOf((bytes) => this.#takeLines(bytes));
  }

  sources(): ByteSink {
    return sinkOf((bytes) => {
      for (const { place, text } of this.#texts) {
        const source = sourceAt(bytes, place);
        if (source !== null) this.rows.push({ text, source });
      }
      this.#texts = [];
    });
  }

  #takeLines(bytes: Uint8Array): void {
    let at = this.#isFirst ? lineEnd(bytes, 0) + 1 : 0;
    if (bytes.length > 0) this.#isFirst = false;
    for (let place = 0; at < bytes.length; place++) {
      const end = lineEnd(bytes, at);
      if (startsWith(bytes, at, this.#prefix)) this.#texts.push({ place, text: lineText(bytes.subarray(at, end)) });
      at = end + 1;
    }
  }
}

function sinkOf(write: (bytes: Uint8Array) => void): ByteSink {
  return { write, close: () => {}, abort: () => {} };
}
