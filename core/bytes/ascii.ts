/** ASCII bytes with a meaning in delimited text, by name. */

export const LF = 0x0a;
export const CR = 0x0d;
export const QUOTE = 0x22;
export const APOSTROPHE = 0x27;
/** The characters with which a cell starts that a spreadsheet would run as a formula: `=`, `+`, `-`, `@`, tab, CR. */
export const FORMULA_STARTS: readonly number[] = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d];

/** Literals in these, because they are called per byte: V8 reads an imported or exported constant from memory each time. */
export function isLineEnd(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d;
}

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
