/** Page cursors: where the next page of a list starts, as opaque text. */
import { RelayError } from '../core/errors.ts';

export type CursorPart = string | number;

export function encodeCursor(parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Null for the first page. `shape` holds one value of the right type for each part. */
export function decodeCursor<T extends readonly CursorPart[]>(cursor: string | null | undefined, shape: T): T | null {
  if (cursor === null || cursor === undefined) return null;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    parts = null;
  }
  const good =
    Array.isArray(parts) &&
    parts.length === shape.length &&
    shape.every((one, i) => typeof one === typeof parts[i] && isPart(parts[i]));
  if (!good)
    throw new RelayError('invalid_cursor', 'the cursor is not one that a list gave; start from the first page');
  return parts as unknown as T;
}

/** The longest object key in bytes. */
const TEXT_BYTES_MAX = 1024;

/** True if a store can compare with the part. Clients send cursors of any kind: no store may fail on one. */
function isPart(part: CursorPart): boolean {
  if (typeof part === 'number') return Number.isFinite(part);
  return part !== '' && Buffer.byteLength(part) <= TEXT_BYTES_MAX && !/\p{Cs}/u.test(part);
}

/** Maximum items in a page. */
const PAGE_MAX = 1000;

export function pageSize(limit: number | undefined, otherwise: number): number {
  return Math.max(1, Math.min(Math.trunc(limit ?? otherwise), PAGE_MAX));
}
