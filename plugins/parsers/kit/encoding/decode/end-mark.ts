/** Removes the end mark of DOS and CP/M, the character 0x1A, and NULs from the end of a text: files are padded to whole blocks with them. */

const END_MARK = 0x1a;
/**
 * The most bytes that are held back. A longer run of marks and padding is passed on as text, and becomes a reported
 * row.
 */
const HELD_BYTES_MAX = 1 << 20;

/**
 * The UTF-8 text without end marks at its end: one or several, with line ends and NULs among and after them; also
 * without NULs that are the last of it. Keeps what is followed by other text. It tests a chunk's last byte, and copies
 * only what it must hold back.
 */
export async function* withoutEndMark(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let holdsMark = false;
  for await (const chunk of chunks) {
    const isHolding = heldBytes > 0;
    const mark = tailStart(chunk, holdsMark);
    if (isHolding && (mark > 0 || heldBytes + chunk.length > HELD_BYTES_MAX)) {
      yield* held;
      held = [];
      heldBytes = 0;
      holdsMark = false;
    }
    if (mark > 0) yield mark === chunk.length ? chunk : chunk.subarray(0, mark);
    if (mark === chunk.length) continue;
    held.push(chunk.slice(mark));
    heldBytes += chunk.length - mark;
    holdsMark ||= chunk.includes(END_MARK, mark);
  }
}

/**
 * Where the tail to hold back starts: at the first mark, or at the first byte if `isAfterMark`, provided that only
 * padding follows; else at the NULs at the end.
 */
function tailStart(chunk: Uint8Array, isAfterMark: boolean): number {
  let mark = chunk.length;
  for (let at = chunk.length - 1; at >= 0; at--) {
    const byte = chunk[at];
    if (byte === END_MARK) mark = at;
    else if (byte !== 0 && byte !== 0x0a && byte !== 0x0d) return nulsBefore(chunk, mark);
  }
  return isAfterMark ? 0 : nulsBefore(chunk, mark);
}

/** The first of the NULs that end before a byte. */
function nulsBefore(chunk: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && chunk[at - 1] === 0) at--;
  return at;
}
