/**
 * Finds titles that an export has cut: many of them have one length, no title is longer, and shorter ones have all lengths. Counts characters
 * in the rows that are looked at (`TextDoubts`); the kernel counts those of its rows.
 */
// biome-ignore-all lint/style/noNonNullAssertion: lengths are bounded, positions are those of canonical columns
import { shownSku } from '../../../bytes/signs/sku-signs.ts';
import { trimEnd, trimStart, trimText } from '../../../bytes/trim.ts';
import { COLUMN } from '../../../canonical.ts';
import { TITLE_LENGTHS_MAX } from '../../../kernel/assembly/places.ts';
import { EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { RecordBatch } from '../../../scan/batch.ts';
import { cellText } from '../../../scan/cells.ts';
import type { CurrentRow } from '../current-row.ts';
import type { RowExamples } from './row-examples.ts';

export const TITLES_CUT = 'titles_cut';

/** Titles of the length, of all titles, and other lengths: fewer may be chance. */
const CUT_MIN = 5;
const SHARE_MIN = 0.02;
const OTHER_LENGTHS_MIN = 8;
/**
 * Titles are made of words, so lengths next to each other are about as frequent; a limit has several times as many. One character less has
 * those that were cut behind a space, as the space is trimmed.
 */
const TIMES_NEIGHBOURS = 4;
const NEIGHBOURS = 4;
const TIMES_BEHIND_SPACE = 2;
const LIMIT_MIN = 18;
/** Limits that are no multiple of 5. */
const LIMITS = new Set([18, 24, 32, 36, 48, 63, 64, 72, 127, 128]);

interface ShownTitle {
  file: string | null;
  line: number;
  cell: string;
}

export class TitleLengths {
  readonly #rows: RowExamples;
  readonly #counts = new Int32Array(TITLE_LENGTHS_MAX);
  #longest = 0;
  #shown: ShownTitle[] = [];

  constructor(rows: RowExamples) {
    this.#rows = rows;
  }

  look(row: CurrentRow): void {
    const from = row.start[COLUMN.title]!;
    const to = row.end[COLUMN.title]!;
    if (from === to) return;
    const length = Math.min(charsOf(row.source[COLUMN.title]!, from, to), TITLE_LENGTHS_MAX - 1);
    this.#counts[length]!++;
    if (length >= this.#longest) this.#show(length, row.line, row.cellText(COLUMN.title));
  }

  /** Takes counts over, and leaves zeros. */
  take(counts: Int32Array): void {
    for (let length = 0; length < counts.length; length++) this.#counts[length]! += counts[length]!;
    counts.fill(0);
  }

  /** A row of a batch whose title may be the longest. */
  showAt(window: Uint8Array, batch: RecordBatch, at: { record: number; index: Int32Array }): void {
    const { record, index } = at;
    const field = batch.fieldAt(record, index[COLUMN.title]!);
    const cell = trimText(cellText(window, batch, field));
    // as long as the counts have it: trimmed, with its quotes as they are in the feed
    const end = batch.fieldEnd[field]!;
    const from = trimStart(window, batch.fieldStart[field]!, end);
    const length = charsOf(window, from, trimEnd(window, from, end));
    this.#show(Math.min(length, TITLE_LENGTHS_MAX - 1), batch.line[record]!, cell);
  }

  #show(length: number, line: number, cell: string): void {
    if (length < this.#longest) return;
    if (length > this.#longest) this.#shown = [];
    this.#longest = length;
    if (this.#shown.length < EXAMPLES_MAX) this.#shown.push({ file: this.#rows.file, line, cell: shownSku(cell) });
  }

  /** As `code:vendor:count:characters`. */
  warning(vendorId: string): string | null {
    const counts = this.#counts;
    const longest = counts.findLastIndex((each) => each > 0);
    const count = counts[longest]!;
    if (!isLimit(longest) || count < CUT_MIN) return null;
    const others = counts.subarray(0, longest);
    const titles = others.reduce((sum, each) => sum + each, count);
    const lengths = others.reduce((sum, each) => sum + (each > 0 ? 1 : 0), 0);
    const most = counts.subarray(longest - 1 - NEIGHBOURS, longest - 1).reduce((high, each) => Math.max(high, each), 0);
    const behindSpace = counts[longest - 1]!;
    if (count < TIMES_BEHIND_SPACE * behindSpace) return null;
    if (lengths < OTHER_LENGTHS_MIN || count < SHARE_MIN * titles || count < TIMES_NEIGHBOURS * most) return null;
    for (const { file, line, cell } of this.#shown)
      this.#rows.addAt(TITLES_CUT, { ...(file === null ? {} : { file }), line, column: 'title', cell });
    return `${TITLES_CUT}:${vendorId}:${count}:${longest}`;
  }
}

function isLimit(length: number): boolean {
  const isUsual = length % 5 === 0 || LIMITS.has(length);
  return isUsual && length >= LIMIT_MIN && length < TITLE_LENGTHS_MAX - 1;
}

/** Bytes that begin a character. */
function charsOf(bytes: Uint8Array, from: number, to: number): number {
  let chars = 0;
  for (let at = from; at < to; at++) if ((bytes[at]! & 0xc0) !== 0x80) chars++;
  return chars;
}
