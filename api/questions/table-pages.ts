/**
 * Pages of a table that is sorted by SKU: a tenant's decisions, or a run's holds. A cursor says where the next page
 * starts, in which state of the table, and after which SKU. The page is read from there; or, if the table was rewritten
 * since, from the table's start, skipping rows up to that SKU.
 */
import { csvLine, toBytes } from '../../core/bytes/text.ts';
import { RelayError } from '../../core/errors.ts';
import { SortedRows } from '../../core/pipeline/publish/tables/sorted-rows.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import type { ArtifactStore, ObjectInfo } from '../../core/ports/service/objects.ts';
import { badCursor } from './error-entries.ts';

export interface TablePage<Column extends string> {
  rows: Array<Record<Column, string>>;
  /** Null on the last page. */
  next: string | null;
}

export interface PageRequest<Column extends string> {
  /** The columns of the table, as its header has them. */
  columns: readonly Column[];
  cursor: string | undefined;
  limit: number;
}

interface PagePlace {
  etag: string;
  /** The first byte of the next row. */
  offset: number;
  /** The last SKU before it. */
  sku: string;
}

/** True if rows must be skipped before the page, because the table was rewritten since its cursor was issued. */
export async function isBehindRows(store: ArtifactStore, key: string, cursor: string | undefined): Promise<boolean> {
  if (cursor === undefined) return false;
  const { etag } = pagePlaceOf(cursor);
  return (await store.head(key))?.etag !== etag;
}

/** Null if there is no such table. Throws `invalid_cursor` for a cursor of another list. */
export async function readTablePage<Column extends string>(
  store: ArtifactStore,
  key: string,
  { columns, cursor, limit }: PageRequest<Column>,
): Promise<TablePage<Column> | null> {
  const info = await store.head(key);
  if (info === null) return null;
  const place = cursor === undefined ? null : pagePlaceOf(cursor);
  const header = csvLine(columns);
  const from = place?.etag === info.etag ? place.offset : 0;
  if (from >= info.size) return { rows: [], next: null };
  try {
    const rows = await open(store, info, { from, header });
    const page: TablePage<Column> = { rows: [], next: null };
    let offset = from === 0 ? toBytes(header).length : from;
    try {
      if (from === 0 && place !== null) offset += await passed(rows, toBytes(place.sku));
      while (await isAtRow(rows)) {
        if (page.rows.length === limit) {
          page.next = cursorOf({ etag: info.etag, offset, sku: page.rows.at(-1)?.['sku' as Column] ?? '' });
          break;
        }
        page.rows.push(rowOf(rows, columns));
        offset += rows.rowBytes + 1;
        rows.advance();
      }
      return page;
    } finally {
      await rows.close();
    }
  } catch (error) {
    // a forged cursor may point into the middle of a row
    if (place !== null && error instanceof RelayError && error.code === 'invalid_input') throw badCursor();
    throw error;
  }
}

/** The table from a byte on, under its header. */
function open(
  store: ArtifactStore,
  { key, etag, size }: ObjectInfo,
  { from, header }: { from: number; header: string },
): Promise<SortedRows> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (from > 0) yield toBytes(header);
    yield* (await store.read(key, { ifMatch: etag, range: { first: from, last: size - 1 } })).body;
  }
  return SortedRows.open({ name: key, size, open: chunks }, { name: key, limits: DEFAULT_LIMITS });
}

async function isAtRow(rows: SortedRows): Promise<boolean> {
  if (!rows.isReady && !rows.isEnded) await rows.refill();
  return rows.isReady;
}

/** Skips the rows up to and including a SKU. Returns their bytes. */
async function passed(rows: SortedRows, sku: Uint8Array): Promise<number> {
  let bytes = 0;
  while ((await isAtRow(rows)) && rows.compare(sku, sku.length) <= 0) {
    bytes += rows.rowBytes + 1;
    rows.advance();
  }
  return bytes;
}

function rowOf<Column extends string>(rows: SortedRows, columns: readonly Column[]): Record<Column, string> {
  return Object.fromEntries(columns.map((name) => [name, rows.text(rows.indexOf(name))])) as Record<Column, string>;
}

function cursorOf({ etag, offset, sku }: PagePlace): string {
  const bytes = toBytes(JSON.stringify([etag, offset, sku]));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function pagePlaceOf(cursor: string): PagePlace {
  try {
    const bytes = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)));
    const parts: unknown = JSON.parse(text);
    if (Array.isArray(parts) && parts.length === 3) {
      const [etag, offset, sku] = parts;
      const isOffset = Number.isSafeInteger(offset) && offset > 0;
      if (typeof etag === 'string' && isOffset && typeof sku === 'string') return { etag, offset, sku };
    }
  } catch {
    // refused below
  }
  throw badCursor();
}
