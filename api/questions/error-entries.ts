/**
 * Reads a page of `errors.json` without reading the rest: the run writes one entry per line
 * (`core/pipeline/issues.ts`), so a page starts at the first byte of a line.
 */
import { concatBytes } from '../../core/bytes/concat.ts';
import { assert, RelayError } from '../../core/errors.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';

export interface EntriesPage {
  /** Offset of the first line; 0 for the first page. */
  start: number;
  limit: number;
  /** The page ends early once it has this many bytes. */
  pageBytes: number;
  /** The page ends early once it has read this many bytes in search of entries that match the filter. */
  scanBytes: number;
  /** A longer entry can only be a bug. */
  entryBytesMax: number;
  filter: EntryFilter;
}

export interface EntryFilter {
  vendor_id?: string | undefined;
  error_code?: string | undefined;
}

export interface EntriesRead {
  entries: unknown[];
  /** Offset of the next page; null on the last. */
  next: number | null;
}

/** Null if there is no such object. Throws `invalid_cursor` for a start that is not the start of a line. */
export async function readEntries(store: ArtifactStore, key: string, page: EntriesPage): Promise<EntriesRead | null> {
  const info = await store.head(key);
  if (info === null) return null;
  if (page.start >= info.size && page.start > 0) throw badCursor();
  // read one byte before the start: it must end a line
  const first = Math.max(0, page.start - 1);
  const range = { first, last: info.size - 1 };
  const { body } = await store.read(key, info.size === 0 ? {} : { ifMatch: info.etag, range });
  return await collect(lines(body, first, page.entryBytesMax), page);
}

async function collect(found: AsyncIterable<Line>, page: EntriesPage): Promise<EntriesRead> {
  const entries: unknown[] = [];
  let bytes = 0;
  let scanned = 0;
  for await (const line of found) {
    if (line.start < page.start) {
      if (line.text !== '') throw badCursor();
      continue;
    }
    const text = line.text.replace(/,$/, '');
    if (text === '' || text === '[' || text === ']') continue;
    if (entries.length >= page.limit || bytes >= page.pageBytes || scanned >= page.scanBytes) {
      return { entries, next: line.start };
    }
    scanned += text.length;
    const entry: unknown = JSON.parse(text);
    if (!isWanted(entry, page.filter)) continue;
    bytes += text.length;
    entries.push(entry);
  }
  return { entries, next: null };
}

/** The last entry, which counts the unlisted ones, matches every filter: it may stand for any of them. */
function isWanted(entry: unknown, { vendor_id, error_code }: EntryFilter): boolean {
  const { vendor_id: vendor, error_code: code } = entry as { vendor_id?: string; error_code: string };
  if (code === 'ERRORS_TRUNCATED') return true;
  return (vendor_id ?? vendor) === vendor && (error_code ?? code) === code;
}

interface Line {
  /** Offset in the object. */
  start: number;
  text: string;
}

async function* lines(body: AsyncIterable<Uint8Array>, first: number, bytesMax: number): AsyncGenerator<Line> {
  let held: Uint8Array[] = [];
  let length = 0;
  let start = first;
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      held.push(chunk.subarray(from, end));
      length += end - from;
      yield { start, text: new TextDecoder().decode(concatBytes(held)) };
      held = [];
      start += length + 1;
      length = 0;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    // a chunk is valid only until the next one is read, so it is copied
    held.push(chunk.slice(from));
    length += chunk.length - from;
    // Relay wrote the file and bounds its entries
    assert(length <= bytesMax, `the entry of errors.json at byte ${start} is over ${bytesMax} bytes`);
  }
  if (length > 0) yield { start, text: new TextDecoder().decode(concatBytes(held)) };
}

export function badCursor(): RelayError {
  return new RelayError('invalid_cursor', 'the cursor is not one that a page gave; start from the first page');
}
