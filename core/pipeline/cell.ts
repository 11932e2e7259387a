/** A cell in the work of the slower lane: where its bytes lie. Reused from cell to cell. */
import { toBytes, toText, undoubled } from '../bytes/text.ts';
import { trimEnd, trimStart } from '../bytes/trim.ts';
import type { RecordBatch } from '../scan/batch.ts';

export class Cell {
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  /** The quote that stands twice for once in it, or 0. */
  doubled = 0;

  get isEmpty(): boolean {
    return this.start >= this.end;
  }

  set(bytes: Uint8Array, start: number, end: number, doubled = 0): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.doubled = doubled;
  }

  clear(): void {
    this.set(NOTHING, 0, 0);
  }

  /** The trimmed field at `index` of a record; empty where the record has none. */
  take(window: Uint8Array, batch: RecordBatch, first: number, fields: number, index: number): void {
    if (index < 0 || index >= fields) {
      this.clear();
      return;
    }
    const to = batch.fieldEnd[first + index]!;
    const from = trimStart(window, batch.fieldStart[first + index]!, to);
    this.set(window, from, trimEnd(window, from, to), batch.doubledIn(first + index));
  }

  text(): string {
    return undoubled(toText(this.bytes, this.start, this.end), this.doubled);
  }

  /** `="007"` as `007`: a spreadsheet's way to keep a number a text. */
  unwrap(): void {
    const { bytes, start, end } = this;
    // within quotes the inner ones are doubled
    const width = this.doubled === QUOTE ? 2 : 1;
    if (end - start < 1 + 2 * width || bytes[start] !== EQUALS) return;
    for (let k = 1; k <= width; k++) if (bytes[start + k] !== QUOTE || bytes[end - k] !== QUOTE) return;
    this.start = trimStart(bytes, start + 1 + width, end - width);
    this.end = trimEnd(bytes, this.start, end - width);
  }

  /** Takes doubled quotes out of it, so that its bytes can be compared. */
  undouble(): void {
    if (this.doubled === 0) return;
    const bytes = toBytes(this.text());
    this.set(bytes, 0, bytes.length);
  }
}

const NOTHING = new Uint8Array(0);
const EQUALS = 61;
const QUOTE = 34;
