/** Scans a text that is there as a whole, such as one record. */
import type { RecordBatch } from './batch.ts';
import type { Scanner } from './scanner.ts';

/** The scanner writes an end mark after a text. */
const SPARE_BYTES = 16;

/** Fills the batch with the text's records, as far as it has room, and returns the window that they lie in. */
export function scanWhole(scanner: Scanner, text: Uint8Array, batch: RecordBatch): Uint8Array {
  const bytes = new Uint8Array(text.length + SPARE_BYTES);
  bytes.set(text);
  batch.clear();
  scanner.scan({ bytes, at: 0, end: text.length, final: true }, batch);
  return bytes;
}
