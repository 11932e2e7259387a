/** Strings and UTF-8 bytes, and the one place that decides how output cells are quoted. */

import { QUOTE } from './ascii.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function toBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function toText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** A comma, a quote, LF or CR. Literals, because it is called per byte: see `ascii.ts`. */
export function needsQuotes(c: number): boolean {
  return c === 0x2c || c === 0x22 || c === 0x0a || c === 0x0d;
}

/**
 * Copies `[from, to)` into `out` as one output cell, quoted only if it must be; returns the position after it.
 * `doubled` is the quote of which a pair in the source means one, 0 for none. `out` needs room for twice the length
 * plus two bytes.
 *
 * Called per text cell. It is fast because one pass both copies and looks for bytes that need quotes; only such a cell
 * is copied again. Its six parameters are plain numbers: one object, set anew for each cell, cost 2 % of a run's CPU time
 * (`npm run bench -- single`), and an object per call would cost more.
 */
export function writeCell(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  doubled: number,
): number {
  let p = at;
  for (let i = from; i < to; i++) {
    // biome-ignore lint/style/noNonNullAssertion: every index is inside `[from, to)`
    const c = bytes[i]!;
    if (c <= 0x2c && needsQuotes(c)) return writeQuoted(out, at, bytes, from, to, doubled);
    out[p++] = c;
    if (c === doubled && i + 1 < to && bytes[i + 1] === doubled) i++;
  }
  return p;
}

function writeQuoted(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  doubled: number,
): number {
  let p = at;
  out[p++] = QUOTE;
  for (let i = from; i < to; i++) {
    // biome-ignore lint/style/noNonNullAssertion: every index is inside `[from, to)`
    const c = bytes[i]!;
    out[p++] = c;
    if (c === 0x22) out[p++] = 0x22;
    if (c === doubled && i + 1 < to && bytes[i + 1] === doubled) i++;
  }
  out[p++] = QUOTE;
  return p;
}

/** The text of a cell, with each pair of `doubled` (a character code, 0 for none) read as one. */
export function undoubled(text: string, doubled: number): string {
  if (doubled === 0) return text;
  const quote = String.fromCharCode(doubled);
  return text.replaceAll(quote + quote, quote);
}

/** An output record of strings, with its line end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\n\r]/.test(cell) ? quotedCell(cell) : cell)).join(',')}\n`;
}

/** A cell in quotes, even if it needs none. */
export function quotedCell(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}
