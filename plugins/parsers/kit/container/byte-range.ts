/** Reads parts of a source that can only be read from its start: bytes before them are skipped. */
import { concatBytes } from '../../../../core/bytes/concat.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';

/** Up to `length` bytes starting at `from`; fewer if the source ends. */
export async function readRange(source: ByteSource, from: number, length: number): Promise<Uint8Array> {
  const out = new Uint8Array(length);
  let filled = 0;
  for await (const part of streamRange(source, from, length)) {
    out.set(part, filled);
    filled += part.length;
  }
  return out.subarray(0, filled);
}

/** The source's bytes in `[from, from + length)`, chunk by chunk. */
export async function* streamRange(source: ByteSource, from: number, length: number): AsyncIterable<Uint8Array> {
  let position = 0;
  const end = from + length;
  if (length === 0) return;
  for await (const chunk of source.open()) {
    const part = chunk.subarray(Math.max(0, from - position), end - position);
    position += chunk.length;
    if (part.length > 0) yield part;
    if (position >= end) return;
  }
}

/** The last bytes of a source, at most `length`, and its size. */
export async function readTail(source: ByteSource, length: number): Promise<{ tail: Uint8Array; size: number }> {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  let size = 0;
  for await (const chunk of source.open()) {
    const copy = chunk.slice(Math.max(0, chunk.length - length));
    size += chunk.length;
    kept.push(copy);
    bytes += copy.length;
    // drop chunks that are no longer among the last bytes
    for (let [first] = kept; first !== undefined && kept.length > 1 && bytes - first.length >= length; [first] = kept) {
      kept.shift();
      bytes -= first.length;
    }
    if (kept.length > 1024) kept = [concatBytes(kept)];
  }
  const whole = concatBytes(kept);
  return { tail: whole.subarray(Math.max(0, whole.length - length)), size };
}

/** True for the bytes that transfers and tapes append to files: zeros, line ends, blanks, the end mark of DOS. */
export function isPadding(byte: number | undefined): boolean {
  return byte === 0 || byte === 10 || byte === 13 || byte === 32 || byte === 26;
}
