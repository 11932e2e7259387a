/** Strings and UTF-8 bytes, and the one place that decides how an output cell is quoted. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function toBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function toText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** Whether a cell with this byte must be quoted in comma-separated output. */
function needsQuotes(c: number): boolean {
  return c === 44 || c === 34 || c === 10 || c === 13;
}

/**
 * Copies `[from, to)` into `out` as one output cell, quoted only where it must be. `doubled` is the quote character of
 * which a pair in the source stands for one, 0 for none. `out` needs room for twice the length and two more. Returns the
 * position after the cell.
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
    const c = bytes[i]!;
    if (c <= 44 && needsQuotes(c)) return writeQuoted(out, at, bytes, from, to, doubled);
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
  out[p++] = 34;
  for (let i = from; i < to; i++) {
    const c = bytes[i]!;
    out[p++] = c;
    if (c === 34) out[p++] = 34;
    if (c === doubled && i + 1 < to && bytes[i + 1] === doubled) i++;
  }
  out[p++] = 34;
  return p;
}

/** The text of a cell of which `doubled` (a character code, 0 for none) stands for one where it stands twice. */
export function undoubled(text: string, doubled: number): string {
  if (doubled === 0) return text;
  const quote = String.fromCharCode(doubled);
  return text.replaceAll(quote + quote, quote);
}

/** A whole output record of strings, with its line end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\n\r]/.test(cell) ? quotedCell(cell) : cell)).join(',')}\n`;
}

/** A cell in quotes, whatever it holds. */
export function quotedCell(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}
