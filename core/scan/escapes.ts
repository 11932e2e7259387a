/** Dialects with an escape character such as `\`: it makes a following quote, delimiter or escape literal. */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the batch's counts, and its fields lie in the window
import { QUOTED, type RecordBatch } from './batch.ts';
import type { ScanDialect } from './dialect.ts';

/** True if the byte at `at` is an escape character with something to escape. */
export function escapesNext(bytes: Uint8Array, at: number, end: number, dialect: ScanDialect): boolean {
  if (bytes[at] !== dialect.escape || at + 1 >= end) return false;
  const next = bytes[at + 1];
  return next === dialect.quote || next === dialect.escape || next === dialect.delimiter[0];
}

/** Removes escapes from the fields from `firstField` on, and doubled quotes from the quoted ones, in place. */
export function unescapeFields(bytes: Uint8Array, batch: RecordBatch, firstField: number, dialect: ScanDialect): void {
  for (let field = firstField; field < batch.fields; field++) {
    const isQuoted = batch.fieldStyle[field]! >= QUOTED;
    const start = batch.fieldStart[field]!;
    const end = batch.fieldEnd[field]!;
    let out = start;
    for (let at = start; at < end; at++) {
      if (escapesNext(bytes, at, end, dialect)) at++;
      else if (isQuoted && bytes[at] === dialect.quote && bytes[at + 1] === dialect.quote && at + 1 < end) at++;
      bytes[out++] = bytes[at]!;
    }
    batch.fieldEnd[field] = out;
    if (isQuoted) batch.fieldStyle[field] = QUOTED;
  }
}
