/**
 * Applies corrected rows to a feed. A patch is a rejects report (`reports/rejects/<vendor>.csv`) in which somebody
 * corrected cells. It replaces just these rows, in exactly the file that they were refused from. The corrected copy is
 * read in place of that file. See decision 0029.
 */
import { CR, LF } from '../../bytes/ascii.ts';
import { toBytes } from '../../bytes/text.ts';
import { trimText } from '../../bytes/trim.ts';
import { RelayError } from '../../errors.ts';
import type { Layout, PreparedFeed } from '../../plugin.ts';
import type { ByteSource, EngineLimits, FoundPatch } from '../../ports/engine.ts';
import { WELL_FORMED } from '../../scan/batch.ts';
import { recordCells } from '../../scan/cells.ts';
import { dialectOf } from '../../scan/dialect.ts';
import { scanFeed } from '../../scan/feed.ts';
import { Scanner } from '../../scan/scanner.ts';
import { rowTextOf } from './row-text.ts';

/** The columns that a rejects report has after the feed's own. */
export const REJECT_COLUMNS = ['_error_code', '_column', '_value', '_reason', '_row_number'] as const;

export interface PatchOptions {
  feed: PreparedFeed;
  patch: FoundPatch;
  limits: Pick<EngineLimits, 'recordBytesMax' | 'windowBytes'>;
}

/** Physical lines of the feed, and the row that takes their place. */
interface Replacement {
  from: number;
  /** The line after them; 0 is the end of the feed. */
  to: number;
  cells: readonly string[];
}

export interface AppliedPatch {
  rows: number;
  /** The corrected feed, as UTF-8 with a byte order mark. */
  open(): AsyncGenerator<Uint8Array>;
}

/** Throws `invalid_input` if the patch does not belong to this feed. */
export async function applyPatch(options: PatchOptions): Promise<AppliedPatch> {
  const { feed, patch } = options;
  if (feed.text === undefined)
    throw unusable(
      patch,
      'the feed is a workbook, or its parser makes rows with its own code: correct the file itself',
    );
  const rows = await replacements(options);
  return { rows: rows.length, open: () => patched(feed, rows) };
}

async function replacements({ feed, patch, limits }: PatchOptions): Promise<Replacement[]> {
  const places = await placesOf(patch.rows);
  const found = new Map<number, Replacement>();
  const scanner = new Scanner(dialectOf(feed.layout), limits.recordBytesMax);
  // biome-ignore lint/style/noNonNullAssertion: the batch's counts bound its records
  const chunks = feed.text!.decode(patch.source);
  let isHeader = true;
  for await (const { window, batch } of scanFeed(chunks, scanner, { windowBytes: limits.windowBytes, skipLines: 0 })) {
    for (let record = 0; record < batch.count; record++) {
      const cells = recordCells(window, batch, record);
      const line = batch.line[record];
      if (cells.every((cell) => trimText(cell) === '')) continue;
      if (batch.fault[record] !== WELL_FORMED) throw unusable(patch, `line ${line} has a quote in the wrong place`);
      const last = cells.splice(-REJECT_COLUMNS.length).map(trimText);
      if (isHeader) {
        isHeader = false;
        if (REJECT_COLUMNS.every((column, i) => last[i] === column)) continue;
        throw unusable(patch, `its header does not end with ${REJECT_COLUMNS.join(', ')}, in the feed's own delimiter`);
      }
      const number = Number(last.at(-1));
      const place = places.get(number);
      if (place === undefined)
        throw unusable(patch, `line ${line}: "${last.at(-1)}" is not the number of a row that the run refused`);
      if (found.has(number)) throw unusable(patch, `line ${line}: row ${number} is there twice`);
      found.set(number, { ...place, cells });
    }
  }
  return [...found.values()].sort((a, b) => a.from - b.from);
}

async function placesOf(source: ByteSource): Promise<Map<number, { from: number; to: number }>> {
  const decoder = new TextDecoder();
  const places = new Map<number, { from: number; to: number }>();
  let rest = '';
  for await (const chunk of source.open()) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [row = 0, from = 0, to = 0] = line.split(',').map(Number);
      if (row > 0) places.set(row, { from, to });
    }
  }
  return places;
}

async function* patched(feed: PreparedFeed, rows: readonly Replacement[]): AsyncGenerator<Uint8Array> {
  // the mark makes readers take it for UTF-8, whatever encoding the config declares
  yield Uint8Array.of(0xef, 0xbb, 0xbf);
  const editor = new LineEditor(rows, feed.layout);
  for await (const chunk of feed.open()) yield editor.take(chunk as Uint8Array);
  yield editor.end();
}

/** Replaces physical lines of a text that comes in chunks. LF, CR and CRLF end a line, as the scanner counts them. */
class LineEditor {
  readonly #rows: readonly Replacement[];
  readonly #layout: Layout;
  #next = 0;
  #line = 1;
  #isLineStart = true;
  #isAfterCr = false;
  /** The line with which copying goes on; 0 while copying. */
  #skipTo = 0;
  #lineEnd = '';
  #out: Uint8Array[] = [];

  constructor(rows: readonly Replacement[], layout: Layout) {
    this.#rows = rows;
    this.#layout = layout;
  }

  take(chunk: Uint8Array): Uint8Array {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      // biome-ignore lint/style/noNonNullAssertion: the batch's counts bound its records
      const byte = chunk[at]!;
      if (this.#isAfterCr) {
        this.#isAfterCr = false;
        if (byte === LF) {
          this.#noteLineEnd('\r\n');
          this.#endLine();
          continue;
        }
        this.#noteLineEnd('\r');
        this.#endLine();
      }
      if (this.#isLineStart) from = this.#startLine(chunk, from, at);
      if (byte === CR) this.#isAfterCr = true;
      else if (byte === LF) {
        this.#noteLineEnd('\n');
        this.#endLine();
      }
    }
    this.#copy(chunk, from, chunk.length);
    return this.#taken();
  }

  end(): Uint8Array {
    if (this.#isAfterCr) this.#endLine();
    // a row that was refused at the very end
    if (this.#isLineStart) this.#startLine(new Uint8Array(0), 0, 0);
    return this.#taken();
  }

  #noteLineEnd(end: string): void {
    if (this.#lineEnd === '') this.#lineEnd = end;
  }

  #endLine(): void {
    this.#line++;
    this.#isLineStart = true;
  }

  /** Returns where copying goes on. */
  #startLine(chunk: Uint8Array, from: number, at: number): number {
    this.#isLineStart = false;
    const isSkipping = this.#skipTo !== 0;
    if (isSkipping && this.#line === this.#skipTo) this.#skipTo = 0;
    const row = this.#rows[this.#next];
    if (row?.from !== this.#line) return isSkipping && this.#skipTo === 0 ? at : from;
    if (!isSkipping) this.#copy(chunk, from, at);
    this.#next++;
    this.#skipTo = row.to === 0 ? Number.POSITIVE_INFINITY : row.to;
    // a row with no text left is removed
    if (row.cells.some((cell) => trimText(cell) !== '')) {
      const text = rowTextOf(this.#layout, this.#lineEnd || '\n');
      this.#out.push(toBytes(text.line(withoutEmptyEnd(row.cells))));
    }
    return at;
  }

  #copy(chunk: Uint8Array, from: number, to: number): void {
    if (this.#skipTo === 0 && to > from) this.#out.push(chunk.slice(from, to));
  }

  #taken(): Uint8Array {
    const length = this.#out.reduce((sum, part) => sum + part.length, 0);
    const all = new Uint8Array(length);
    let at = 0;
    for (const part of this.#out) {
      all.set(part, at);
      at += part.length;
    }
    this.#out = [];
    return all;
  }
}

/** The row without empty cells at its end: somebody may have corrected a row with too many cells by emptying some. */
function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  const last = cells.findLastIndex((cell) => cell !== '');
  return cells.slice(0, last + 1);
}

function unusable({ run_id }: FoundPatch, why: string): RelayError {
  return new RelayError('invalid_input', `the patch of rows that run ${run_id} refused cannot be used: ${why}`);
}
