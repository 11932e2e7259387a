/** Delimiters and line ends in UTF-8 bytes. `end` is always the position after the last byte that counts. */

import { CR, isLineEnd, LF } from '../bytes/ascii.ts';

export function delimiterAt(bytes: Uint8Array, at: number, end: number, delimiter: Uint8Array): boolean {
  if (bytes[at] !== delimiter[0] || at + delimiter.length > end) return false;
  for (let k = 1; k < delimiter.length; k++) if (bytes[at + k] !== delimiter[k]) return false;
  return true;
}

/** The position of the first line end, or `end`. */
export function findLineEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  // biome-ignore lint/style/noNonNullAssertion: every index is below `end`
  while (at < end && !isLineEnd(bytes[at]!)) at++;
  return at;
}

/** The position after the line end at `at`. */
export function skipLineEnd(bytes: Uint8Array, at: number, end: number): number {
  return bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF ? at + 2 : at + 1;
}

/** Counts a CR and its LF as one, even if the LF is the byte at `end`. */
export function countLineEnds(bytes: Uint8Array, from: number, end: number): number {
  let lines = 0;
  for (let at = from; at < end; at++) {
    // biome-ignore lint/style/noNonNullAssertion: every index is below `end`
    const byte = bytes[at]!;
    if (isLineEnd(byte) && (byte === LF || bytes[at + 1] !== LF)) lines++;
  }
  return lines;
}
