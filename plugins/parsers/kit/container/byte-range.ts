/** Parts of a source that can only be read from its start: what stands before them is read past. */
import type { ByteSource } from '../../../../core/ports/engine.ts';

/** Up to `length` bytes from `from` on; fewer where the source ends. */
export async function readRange(source: ByteSource, from: number, length: number): Promise<Uint8Array> {
  const out = new Uint8Array(length);
  let filled = 0;
  for await (const part of rangeOf(source, from, length)) {
    out.set(part, filled);
    filled += part.length;
  }
  return out.subarray(0, filled);
}

/** The bytes of `[from, from + length)` that are there, chunk by chunk. */
export async function* rangeOf(source: ByteSource, from: number, length: number): AsyncIterable<Uint8Array> {
  let position = 0;
  const end = from + length;
  if (length === 0) return;
  for await (const chunk of source.open()) {
    const first = Math.max(0, from - position);
    const last = Math.min(chunk.length, end - position);
    position += chunk.length;
    if (last > first) yield chunk.subarray(first, last);
    if (position >= end) return;
  }
}

/** The last bytes of a source, at most `length`, and how many it has in all. */
export async function readTail(source: ByteSource, length: number): Promise<{ tail: Uint8Array; size: number }> {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  let size = 0;
  for await (const chunk of source.open()) {
    const copy = chunk.slice(Math.max(0, chunk.length - length));
    size += chunk.length;
    kept.push(copy);
    bytes += copy.length;
    // whole chunks are dropped once those after them suffice
    while (kept.length > 1 && bytes - kept[0]!.length >= length) bytes -= kept.shift()!.length;
    if (kept.length > 1024) kept = [joined(kept, bytes)];
  }
  const whole = joined(kept, bytes);
  return { tail: whole.subarray(Math.max(0, whole.length - length)), size };
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
