/** Reads lines and cells of files that Relay wrote, in Relay's own quoting. */
import { concatBytes } from '../../bytes/concat.ts';
import { csvLine, toBytes, toText } from '../../bytes/text.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const NOTHING = new Uint8Array(0);

/** The lines without their ends. A line end in quotes is part of the line, if the file is CSV. */
export async function* writtenLines(
  chunks: AsyncIterable<Uint8Array>,
  format: 'csv' | 'jsonl',
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = NOTHING;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : concatBytes([rest, chunk]);
    let start = 0;
    for (;;) {
      const end = lineEnd(bytes, start, format);
      if (end < 0) break;
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) yield rest;
}

/** The position of the line's LF; -1 if it is not in the bytes. */
export function lineEnd(bytes: Uint8Array, from: number, format: 'csv' | 'jsonl' = 'csv'): number {
  if (format === 'jsonl') return bytes.indexOf(LF, from);
  let quoted = false;
  for (let i = from; i < bytes.length; i++) {
    // biome-ignore lint/style/noNonNullAssertion: the loops bound their indexes
    const byte = bytes[i]!;
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === LF && !quoted) return i;
  }
  return -1;
}

/** The cells of a CSV line. */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    let end = at;
    if (line[at] === '"') {
      end++;
      while (end < line.length && (line[end] !== '"' || line[end + 1] === '"')) end += line[end] === '"' ? 2 : 1;
      end++;
      cells.push(line.slice(at + 1, end - 1).replaceAll('""', '"'));
    } else {
      while (end < line.length && line[end] !== ',') end++;
      cells.push(line.slice(at, end));
    }
    at = end + 1;
  }
  return cells;
}

/** The start of a CSV line whose first cell has this text. */
export function linePrefix(firstCell: string): Uint8Array {
  return toBytes(`${csvLine([firstCell]).slice(0, -1)},`);
}

export function startsWith(bytes: Uint8Array, from: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[from + i] !== prefix[i]) return false;
  return true;
}

export function lineText(line: Uint8Array): string {
  return toText(line);
}
