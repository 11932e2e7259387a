/** Finds in `rows.bin` which records the rows of a SKU came from: with one read, unless very many rows are near it. */
import { compareBytes } from '../../bytes/compare.ts';
import { toBytes } from '../../bytes/text.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import { type PageIndex, ROW_ENTRY_BYTES } from '../../pipeline/row-index.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { type RowSource, sourceAt } from './caught-rows.ts';
import { readBytes } from './reading.ts';

/** Rows of a vendor's `normalized.csv`. */
export interface RowRange {
  /** Rows before them. */
  first: number;
  count: number;
}

/** A larger page is not read as a whole. */
const PAGE_BYTES_MAX = 1 << 20;

interface RowsPage {
  /** By vendor: bytes of `rows.bin` before its entries in the page, its rows before the page, and its rows in the page. */
  parts: Map<string, { offset: number; before: number; rows: number }>;
  offset: number;
  bytes: number;
}

/** By vendor; an entry is null where the file ends too early. Null if there is no such file, or if the run has no pages. */
export async function readSources(
  files: RunFiles,
  { pages, sku }: { pages: PageIndex; sku: string },
  wanted: ReadonlyMap<string, RowRange>,
): Promise<Map<string, Array<RowSource | null>> | null> {
  const page = pageOf(pages, sku);
  if (page === null) return null;
  const isWhole = page.bytes <= PAGE_BYTES_MAX;
  const read = (offset: number, bytes: number) =>
    readBytes(files, PATHS.rows, { first: offset, last: offset + Math.max(1, bytes) - 1 });
  const whole = isWhole ? await read(page.offset, page.bytes) : null;
  if (isWhole && whole === null) return null;
  const found = new Map<string, Array<RowSource | null>>();
  for (const [vendorId, { first, count }] of wanted) {
    const part = page.parts.get(vendorId);
    const isInPage = part !== undefined && first >= part.before && first + count <= part.before + part.rows;
    const at = isInPage ? part.offset + (first - part.before) * ROW_ENTRY_BYTES : 0;
    const bytes = !isInPage ? null : (whole?.subarray(at - page.offset) ?? (await read(at, count * ROW_ENTRY_BYTES)));
    const entries = bytes ?? new Uint8Array(0);
    found.set(
      vendorId,
      Array.from({ length: count }, (_, i) => sourceAt(entries, i)),
    );
  }
  return found;
}

/** The page with the entries of a SKU; null if there are no pages. */
function pageOf({ vendors, rows, starts }: PageIndex, sku: string): RowsPage | null {
  const key = toBytes(sku);
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareBytes(toBytes(starts[middle]?.[0] ?? ''), key) <= 0) low = middle + 1;
    else high = middle;
  }
  const [, before] = starts[low - 1] ?? [];
  if (before === undefined) return null;
  const after = starts[low]?.[1] ?? rows;
  const parts: RowsPage['parts'] = new Map();
  const offset = before.reduce((sum, count) => sum + count, 0) * ROW_ENTRY_BYTES;
  let at = offset;
  for (const [i, vendorId] of vendors.entries()) {
    const count = (after[i] ?? 0) - (before[i] ?? 0);
    parts.set(vendorId, { offset: at, before: before[i] ?? 0, rows: count });
    at += count * ROW_ENTRY_BYTES;
  }
  return { parts, offset, bytes: at - offset };
}

/** Null if a row has no source: then all of the feed is read. */
export function linesByFile(sources: ReadonlyArray<RowSource | null>): Map<number, number[]> | null {
  const lines = new Map<number, number[]>();
  for (const source of sources) {
    if (source === null) return null;
    const ofFile = lines.get(source.file) ?? [];
    lines.set(source.file, ofFile);
    ofFile.push(source.line);
  }
  return lines;
}
