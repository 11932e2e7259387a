/** ASCII bytes with a meaning in delimited text, by name. */

export const LF = 0x0a;
export const CR = 0x0d;
export const QUOTE = 0x22;

/** Literals, because it is called per byte: V8 reads an imported or exported constant from memory each time. */
export function isLineEnd(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d;
}
