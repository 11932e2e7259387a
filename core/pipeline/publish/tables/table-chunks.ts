/** Reads a table as CSV: without a byte order mark, converted from JSON lines, hashed on the way. */
import { textLines } from '../../../bytes/lines.ts';
import { toBytes } from '../../../bytes/text.ts';
import { RelayError } from '../../../errors.ts';
import type { ByteSource, Hasher } from '../../../ports/engine.ts';

export interface TableChunksOptions {
  /** What the table is, for messages. */
  name: string;
  format: 'csv' | 'jsonl';
  /** Gets all bytes of the source. */
  hasher: Hasher | null;
}

/** Each chunk is valid until the next one is asked for. */
export function tableChunks(
  source: ByteSource,
  { name, format, hasher }: TableChunksOptions,
): AsyncGenerator<Uint8Array> {
  const bytes = withoutBom(hashed(source.lend?.() ?? source.open(), hasher));
  return format === 'csv' ? bytes : csvOfJsonLines(bytes, name);
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hasher: Hasher | null): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hasher?.update(chunk);
    yield chunk;
  }
}

async function* withoutBom(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head === null) {
      yield chunk;
      continue;
    }
    const joined: Uint8Array = new Uint8Array(head.length + chunk.length);
    joined.set(head);
    joined.set(chunk, head.length);
    head = joined;
    if (joined.length < 3) continue;
    yield joined[0] === 0xef && joined[1] === 0xbb && joined[2] === 0xbf ? joined.subarray(3) : joined;
    head = null;
  }
  if (head !== null) yield head;
}

/** JSON lines as CSV: the columns are the keys of the first line. */
async function* csvOfJsonLines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let columns: string[] | null = null;
  let line = 0;
  const parsed = (text: string): Record<string, unknown> => {
    line++;
    try {
      const row: unknown = JSON.parse(text);
      if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>;
    } catch {
      // reported below
    }
    throw new RelayError('invalid_input', `${name} cannot be used: line ${line} is no JSON object`);
  };
  const csvOf = (lines: readonly string[]): Uint8Array => {
    let csv = '';
    for (const text of lines) {
      if (text.trim() === '') {
        line++;
        continue;
      }
      const row = parsed(text);
      if (columns === null) {
        columns = Object.keys(row);
        csv += csvRow(columns);
      }
      csv += csvRow(columns.map((column) => (row[column] == null ? '' : String(row[column]))));
    }
    return toBytes(csv);
  };
  for await (const lines of textLines(chunks)) yield csvOf(lines);
}

/** Quotes every cell if a row of one empty cell would otherwise be a blank line. */
function csvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => (cell === '' || /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}
