/** Dialects in which a character such as `\` takes the meaning from a quote, a delimiter or itself after it. */
import { QUOTED, type RecordBatch } from './batch.ts';
import type { ScanDialect } from './scanner.ts';

/** Whether an escape character at `at` takes the meaning from the byte after it. */
export function escapesNext(window: Uint8Array, at: number, to: number, dialect: ScanDialect): boolean {
  if (window[at] !== dialect.escape || at + 1 >= to) return false;
  const next = window[at + 1]!;
  return next === dialect.quote || next === dialect.escape || next === dialect.delimiter[0];
}

/** Takes the escapes out of the fields from `firstField` on, and the doubled quotes of quoted ones, in the window itself. */
export function unescapeFields(window: Uint8Array, batch: RecordBatch, firstField: number, dialect: ScanDialect): void {
  for (let field = firstField; field < batch.fields; field++) {
    const isQuoted = batch.fieldStyle[field]! >= QUOTED;
    const start = batch.fieldStart[field]!;
    const end = batch.fieldEnd[field]!;
    let out = start;
    for (let i = start; i < end; i++) {
      if (escapesNext(window, i, end, dialect)) i++;
      else if (isQuoted && window[i] === dialect.quote && window[i + 1] === dialect.quote && i + 1 < end) i++;
      window[out++] = window[i]!;
    }
    batch.fieldEnd[field] = out;
    if (isQuoted) batch.fieldStyle[field] = QUOTED;
  }
}
