/**
 * Reads ordinary rows in bulk: rows of one line, without quotes, with the table's width and line end. `relay clean`
 * copies them unchanged, without a string per cell. Each character is read once; `readRow` reads the first row that is
 * special in any way.
 */
import type { TableDialect } from './dialect.ts';
import { FOOTER_ROWS_MAX } from './shape/footer.ts';

/** Several rows as CSV with LF, each with its line end. */
export interface PlainRows {
  csv: string;
  rows: number;
}

export interface PlainRun {
  rows: number;
  /** The position after them. */
  end: number;
  /** Where the last ones begin, in order; at most `LAST_ROWS` of them. */
  last: number[];
}

/** The rows at the end of a run whose positions are kept, since a footer may be among them. */
const LAST_ROWS = FOOTER_ROWS_MAX;
/** A run ends with the row that reaches so many characters. */
const RUN_CHARS = 1 << 16;

const BYTE_ORDER_MARK = 0xfeff;
const SPACE = 32;
const COMMA = 44;
const CR = 13;
const LF = 10;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;

export class PlainRowReader {
  readonly #text: string;
  readonly #delimiter: number;
  readonly #width: number;
  readonly #lineEnd: string;
  /** The first two letters of the header's names, in lower case: a row that begins so may be the header again. */
  readonly #headerStarts = new Set<number>();

  private constructor(text: string, dialect: TableDialect, { width, lineEnd, names }: PlainTable) {
    this.#text = text;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#width = width;
    this.#lineEnd = lineEnd;
    for (const name of names) {
      const start = name.trim() + dialect.delimiter;
      this.#headerStarts.add(startOf(start.charCodeAt(0), start.charCodeAt(1)));
      this.#headerStarts.add(startOf(SPACE, start.charCodeAt(0)));
    }
  }

  /** Null if no row of such a table is plain. */
  static of(text: string, dialect: TableDialect, table: PlainTable): PlainRowReader | null {
    const { delimiter, quote, escape: escaping, merged = false } = dialect;
    const isOrdinary = delimiter.length === 1 && delimiter !== ' ' && !merged && escaping === null;
    const isQuote = quote === null || quote === '"' || quote === "'";
    return isOrdinary && isQuote && table.width > 1 && table.lineEnd !== ''
      ? new PlainRowReader(text, dialect, table)
      : null;
  }

  /** The plain rows from `from` on, which may be none. */
  runAt(from: number): PlainRun {
    const starts: number[] = [];
    let rows = 0;
    let end = from;
    while (end - from < RUN_CHARS) {
      const next = this.#afterPlainRow(end);
      if (next < 0) break;
      starts[rows++ % LAST_ROWS] = end;
      end = next;
    }
    const first = rows % LAST_ROWS;
    return { rows, end, last: rows < LAST_ROWS ? starts : [...starts.slice(first), ...starts.slice(0, first)] };
  }

  /** The position after the row at `from`; -1 if it is not plain. Called per row, and its loop per character. */
  #afterPlainRow(from: number): number {
    const text = this.#text;
    const delimiter = this.#delimiter;
    let delimiters = 0;
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === delimiter) delimiters++;
      else if (code > COMMA) continue;
      else if (code === LF || code === CR) break;
      else if (code === COMMA || code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return -1;
    }
    const lineEnd = this.#lineEnd;
    if (delimiters !== this.#width - 1 || !text.startsWith(lineEnd, at)) return -1;
    // in a table with bare CRs, a CRLF is another kind of line end
    if (lineEnd === '\r' && text.charCodeAt(at + 1) === LF) return -1;
    return this.#mayBeHeader(text.charCodeAt(from), text.charCodeAt(from + 1)) ? -1 : at + lineEnd.length;
  }

  #mayBeHeader(first: number, second: number): boolean {
    return this.#headerStarts.has(startOf(first, second)) || first === BYTE_ORDER_MARK;
  }

  /** The rows of a run as CSV. */
  csvOf(from: number, { rows, end }: PlainRun): PlainRows {
    const own = this.#text.slice(from, end);
    const lines = this.#lineEnd === '\n' ? own : own.replaceAll(this.#lineEnd, '\n');
    const csv = this.#delimiter === COMMA ? lines : lines.replaceAll(String.fromCharCode(this.#delimiter), ',');
    return { csv, rows };
  }
}

/** Both in lower case, which leaves a name's own letters equal. */
function startOf(first: number, second: number): number {
  return (first | 32) * 65536 + (second | 32);
}

export interface PlainTable {
  width: number;
  lineEnd: string;
  /** The names in the header; none without one. */
  names: readonly string[];
}
