/** What a cell looks like, as numbers that can be summed up: letters, digits, blanks, decimal marks, its length and its size. */

/** Longer cells are not read to their end. */
const BYTES_MAX = 32;

/** Reused from cell to cell. */
export class CellShape {
  /** 1 or 0. */
  hasLetters = 0;
  hasDigits = 0;
  hasBlank = 0;
  hasMark = 0;
  /** True for digits, with signs at most. */
  isNumber = false;
  /** Bytes of the whole cell. */
  length = 0;
  /** The number without its decimals. */
  whole = 0;
  /** The last digit of the number; -1 if it has none. */
  lastDigit = -1;
  /** True if it has digits, and all of them are 0. */
  isZero = false;

  read(bytes: Uint8Array, from: number, to: number): void {
    this.length = to - from;
    const end = Math.min(to, from + BYTES_MAX);
    let letters = 0;
    let blanks = 0;
    let digits = 0;
    let whole = 0;
    let before = 0;
    let sinceMark = -1;
    let last = -1;
    let bits = 0;
    for (let at = from; at < end; at++) {
      // biome-ignore lint/style/noNonNullAssertion: every index is inside `[from, to)`
      const byte = bytes[at]!;
      if (byte >= 0x30 && byte <= 0x39) {
        last = byte - 0x30;
        bits |= last;
        whole = whole * 10 + last;
        digits++;
        if (sinceMark >= 0) sinceMark++;
      } else if (byte === 0x2e || byte === 0x2c) {
        before = whole;
        sinceMark = 0;
      } else if ((byte | 32) >= 97 && (byte | 32) <= 122) letters++;
      else if (byte === 0x20) blanks++;
      else if (byte >= 0x80) letters++;
    }
    this.hasLetters = letters > 0 ? 1 : 0;
    this.hasDigits = digits > 0 ? 1 : 0;
    this.hasBlank = blanks > 0 ? 1 : 0;
    this.hasMark = sinceMark >= 0 ? 1 : 0;
    this.isNumber = digits > 0 && letters === 0 && to === end;
    // three digits after the last mark are as likely thousands
    this.whole = sinceMark > 0 && sinceMark !== 3 ? before : whole;
    this.lastDigit = last;
    this.isZero = digits > 0 && bits === 0;
  }
}
