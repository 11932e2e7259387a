/** Removes the end mark of DOS and CP/M, the character 0x1A, from the end of a text. */

const END_MARK = 0x1a;
/**
 * The most bytes that are held back. A longer run of marks and padding is passed on as text, and becomes a reported
 * row.
 */
const HELD_BYTES_MAX = 1 << 20;

/**
 * The UTF-8 text without end marks at its end: one or several, with line ends and NULs among and after them. Keeps a
 * mark that is followed by other text. It tests a chunk's last byte, and copies only what it must hold back.
 */
export async function* withoutEndMark(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    const isHolding = heldBytes > 0;
    const mark = tailStart(chunk, isHolding);
    if (isHolding && (mark > 0 || heldBytes + chunk.length > HELD_BYTES_MAX)) {
      yield* held;
      held = [];
      heldBytes = 0;
    }
    if (mark > 0) yield mark === chunk.length ? chunk : chunk.subarray(0, mark);
    if (mark === chunk.length) continue;
    held.push(chunk.slice(mark));
    heldBytes += chunk.length - mark;
  }
}

/**
 * Where the tail to hold back starts: at the first mark, or at the first byte if `isAfterMark`, provided that only
 * padding follows.
 */
function tailStart(chunk: Uint8Array, isAfterMark: boolean): number {
  let mark = chunk.length;
  for (let at = chunk.length - 1; at >= 0; at--) {
    const byte = chunk[at];
    if (byte === END_MARK) mark = at;
    else if (byte !== 0 && byte !== 0x0a && byte !== 0x0d) return mark;
  }
  return isAfterMark ? 0 : mark;
}
