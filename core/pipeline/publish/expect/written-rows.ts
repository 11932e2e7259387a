/**
 * Reads the rows of the merged feed while they are written, from the very bytes that go out: whole rows at a time, in
 * Relay's own CSV or JSON lines. Cells are read in place; only a cell that a test compares as text becomes a string.
 */
// biome-ignore-all lint/style/noNonNullAssertion: slots are columns of the feed
import { readMoney } from '../../../bytes/numbers.ts';
import { toBytes, toText } from '../../../bytes/text.ts';
import { Money } from '../../../money/money.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const QUOTES = /""/g;

/** The current row. */
export class WrittenRow {
  readonly columns: readonly string[];
  readonly #isJson: boolean;
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #quoted: Uint8Array;
  #hasHeader: boolean;

  constructor(columns: readonly string[], format: 'csv' | 'jsonl') {
    this.columns = columns;
    this.#isJson = format === 'jsonl';
    this.#hasHeader = !this.#isJson;
    this.#starts = new Int32Array(columns.length);
    this.#ends = new Int32Array(columns.length);
    this.#quoted = new Uint8Array(columns.length);
  }

  /** Calls `use` for each row in `bytes`, which end with a row. */
  each(bytes: Uint8Array, use: () => void): void {
    for (let at = 0; at < bytes.length; ) {
      at = this.#isJson ? this.#loadJson(bytes, at) : this.#loadCsv(bytes, at);
      if (this.#hasHeader) this.#hasHeader = false;
      else use();
    }
  }

  isEmpty(column: number): boolean {
    return this.#starts[column] === this.#ends[column];
  }

  /** The cell as micros; negative if it is no plain number of at most 9 digits and 6 decimals. */
  micros(column: number): number {
    return readMoney(this.#bytes, this.#starts[column]!, this.#ends[column]!);
  }

  /** Any decimal; null if the cell has none. */
  money(column: number): Money | null {
    return Money.parse(this.text(column));
  }

  text(column: number): string {
    const text = toText(this.#bytes, this.#starts[column]!, this.#ends[column]!);
    return this.#quoted[column] === 1 ? text.replace(QUOTES, '"') : text;
  }

  /** Returns the position after the row. */
  #loadCsv(bytes: Uint8Array, from: number): number {
    this.#bytes = bytes;
    let at = from;
    for (let column = 0; column < this.columns.length; column++) {
      const isQuoted = bytes[at] === QUOTE;
      if (isQuoted) at++;
      this.#starts[column] = at;
      if (isQuoted) while (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE) at += bytes[at] === QUOTE ? 2 : 1;
      else for (let c = bytes[at]; c !== COMMA && c !== LF; c = bytes[at]) at++;
      this.#ends[column] = at;
      this.#quoted[column] = isQuoted ? 1 : 0;
      at += isQuoted ? 2 : 1;
    }
    return at;
  }

  #loadJson(bytes: Uint8Array, from: number): number {
    const end = bytes.indexOf(LF, from);
    const row = JSON.parse(toText(bytes, from, end)) as Record<string, string | number | null>;
    let cells = '';
    const ends = this.columns.map((column) => {
      cells += row[column] ?? '';
      return cells.length;
    });
    this.#bytes = toBytes(cells);
    // positions count characters; in an ASCII row these are bytes
    const isAscii = this.#bytes.length === cells.length;
    for (let column = 0, start = 0, at = 0; column < ends.length; column++) {
      const length = isAscii ? ends[column]! - at : toBytes(cells.slice(at, ends[column])).length;
      this.#starts[column] = start;
      start += length;
      this.#ends[column] = start;
      at = ends[column]!;
    }
    return end + 1;
  }
}
