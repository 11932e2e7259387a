/** Trims Unicode white space from UTF-8 bytes without making a string. ASCII, the common case, is decided first. */

// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)`
/**
 * The index of the first byte in `[from, to)` that is not part of a white-space character. White space is Unicode's
 * White_Space property plus U+FEFF, the byte order mark that concatenated files leave in their middle.
 */
export function trimStart(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to) {
    const width = spaceAt(bytes, i, to);
    if (width === 0) break;
    i += width;
  }
  return i;
}

/** The index after the last byte in `[from, to)` that is not part of a white-space character. */
export function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from) {
    const width = spaceBefore(bytes, from, end);
    if (width === 0) break;
    end -= width;
  }
  return end;
}

/** Trims the same characters from a string. No regular expression: `/\s+$/` starts again at every space inside the text. */
export function trimText(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isSpaceUnit(text.charCodeAt(from))) from++;
  while (to > from && isSpaceUnit(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** All white space is in the basic plane: one UTF-16 unit. */
function isSpaceUnit(c: number): boolean {
  if (c < 0x80) return isAsciiSpace(c);
  if (c < 0x1680) return c === 0xa0 || c === 0x85;
  if (c >= 0x2000 && c <= 0x200a) return true;
  return c === 0x1680 || c === 0x2028 || c === 0x2029 || c === 0x202f || c === 0x205f || c === 0x3000 || c === 0xfeff;
}

/** Bytes of the white-space character that starts at `i`, or 0. */
function spaceAt(bytes: Uint8Array, i: number, to: number): number {
  const c = bytes[i]!;
  if (c < 0x80) return isAsciiSpace(c) ? 1 : 0;
  if (c === 0xc2) return i + 1 < to && (bytes[i + 1] === 0x85 || bytes[i + 1] === 0xa0) ? 2 : 0;
  if (c < 0xe1 || i + 2 >= to) return 0;
  return isWideSpace(c, bytes[i + 1]!, bytes[i + 2]!) ? 3 : 0;
}

/** Bytes of the white-space character that ends before `end`, or 0. */
function spaceBefore(bytes: Uint8Array, from: number, end: number): number {
  const c = bytes[end - 1]!;
  if (c < 0x80) return isAsciiSpace(c) ? 1 : 0;
  if (end - from >= 2 && bytes[end - 2] === 0xc2) return c === 0x85 || c === 0xa0 ? 2 : 0;
  if (end - from >= 3 && isWideSpace(bytes[end - 3]!, bytes[end - 2]!, c)) return 3;
  return 0;
}

function isAsciiSpace(c: number): boolean {
  return c === 32 || (c >= 9 && c <= 13);
}

/** U+1680, U+2000–200A, U+2028, U+2029, U+202F, U+205F, U+3000 and U+FEFF, as their three bytes. */
function isWideSpace(a: number, b: number, c: number): boolean {
  if (a === 0xe2) {
    if (b === 0x80) return (c >= 0x80 && c <= 0x8a) || c === 0xa8 || c === 0xa9 || c === 0xaf;
    return b === 0x81 && c === 0x9f;
  }
  if (a === 0xe1) return b === 0x9a && c === 0x80;
  if (a === 0xe3) return b === 0x80 && c === 0x80;
  return a === 0xef && b === 0xbb && c === 0xbf;
}
