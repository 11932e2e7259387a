/**
 * Finds the cells of a worksheet's ordinary rows in its XML, as places of bytes. It takes whole rows or nothing: before any other
 * row it stops, and `PlainTags` or the complete parser reads this one.
 *
 * Called per row of a sheet. It is fast because a cell costs no string and no object: numbers in typed arrays that are used again
 * say where it is. No byte is read past the end, which would make all reads slow: only rows that end in these bytes are looked at.
 *
 * An ordinary row has cells with the attributes `r`, `s` and `t` in columns that ascend; a cell has a value, a text, or a formula
 * without attributes before its value.
 */
// biome-ignore-all lint/style/noNonNullAssertion: nothing is read past the end of a row, which is in the bytes
import { isBytesAt, PlainText, textStart } from '../xml/plain-text.ts';

export const CELLS_MAX = 1024;
/** A row with more attributes is not ordinary: their names are compared in pairs. */
const ATTRIBUTES_MAX = 12;
const STYLES_MAX = 100_000;
const ROWS_MAX = 1_048_576;
const CUT_BYTES_MAX = 1 << 13;
/** The end of what is incomplete or not ordinary. */
const NONE = -1;
/** Digits of a number that is exact. */
const DIGITS_MAX = 9;

/** What the cell's type makes of its value. */
export const CELL = {
  number: 0,
  /** `from` is the number of a shared string. */
  shared: 1,
  /** The text of a formula, or inline text in `<v>`. */
  text: 2,
  /** Inline text in `<is>`, where `_x000D_` is an escaped character. */
  inline: 3,
  boolean: 4,
  date: 5,
  error: 6,
} as const;

const [TAB, NEWLINE, RETURN, SPACE, QUOTE, AMPERSAND, SLASH, ZERO, NINE] = [
  9, 10, 13, 0x20, 0x22, 0x26, 0x2f, 0x30, 0x39,
];
const [LESS, EQUALS, GREATER, LETTER_A, LETTER_Z, LETTER_B, LETTER_C, LETTER_D, LETTER_E, LETTER_F] = [
  0x3c, 0x3d, 0x3e, 0x41, 0x5a, 0x62, 0x63, 0x64, 0x65, 0x66,
];
const [LETTER_I, LETTER_N, LETTER_R, LETTER_S, LETTER_T, LETTER_V] = [0x69, 0x6e, 0x72, 0x73, 0x74, 0x76];
const bytesOf = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const ROW = bytesOf('<row');
const ROW_END = bytesOf('</row>');
const CELL_END = bytesOf('</c>');
const VALUE_END = bytesOf('</v>');
const FORMULA_END = bytesOf('</f>');
const INLINE = bytesOf('<is><t');
const INLINE_END = bytesOf('</t></is>');
const STRING = bytesOf('str"');
const INLINE_STRING = bytesOf('inlineStr"');

/** The places of the cells with a value, in arrays of which the first `count` entries are valid. */
export class SheetScan {
  /** The row's number, from 1. */
  row = 0;
  count = 0;
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the last row of the bytes ends. */
  #lastEnd = 0;
  /** From 0, ascending. */
  readonly columns = new Int32Array(CELLS_MAX);
  readonly types = new Uint8Array(CELLS_MAX);
  readonly styles = new Int32Array(CELLS_MAX);
  /** Where the value or the text is in `bytes`. */
  readonly from = new Int32Array(CELLS_MAX);
  readonly to = new Int32Array(CELLS_MAX);
  /** 1 for a text with references, or with `_x`. */
  readonly escaped = new Uint8Array(CELLS_MAX);
  readonly #text = new PlainText();
  readonly #names = new Int32Array(2 * ATTRIBUTES_MAX);
  readonly #columnsMax: number;
  readonly #charsMax: number;
  #type: number = CELL.number;
  #style = 0;
  #column = -1;
  #isEmpty = false;
  /** The number that `#digits` has read. */
  #value = 0;

  constructor(limits: { sheetColumnsMax: number; cellCharsMax: number }) {
    this.#columnsMax = limits.sheetColumnsMax;
    this.#charsMax = limits.cellCharsMax;
  }

  /** Reads a row from `at` on, which follows the row `before`. Returns its end; -1 if it is incomplete or not ordinary. */
  read(bytes: Uint8Array, at: number, before: number): number {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.#lastEnd = lastRowEnd(bytes);
    }
    if (at > this.#lastEnd) return NONE;
    this.count = 0;
    this.#column = -1;
    let p = blanksEnd(bytes, at);
    if (!isBytesAt(bytes, p, ROW)) return NONE;
    this.row = before + 1;
    p = this.#rowTag(bytes, p + ROW.length, before);
    if (p < 0 || this.#isEmpty) return p;
    for (;;) {
      p = blanksEnd(bytes, p);
      if (bytes[p] !== LESS) return NONE;
      if (bytes[p + 1] === SLASH) return isBytesAt(bytes, p, ROW_END) ? p + ROW_END.length : NONE;
      if (bytes[p + 1] !== LETTER_C) return NONE;
      p = this.#cell(bytes, p + 2);
      if (p < 0) return NONE;
    }
  }

  /** The end of the row's tag. */
  #rowTag(bytes: Uint8Array, at: number, before: number): number {
    const names = this.#names;
    let count = 0;
    let p = at;
    while (bytes[p] === SPACE) {
      const start = ++p;
      if (!isNameStart(bytes[p]!)) break;
      while (isNamePart(bytes[p]!)) p++;
      if (bytes[p] !== EQUALS || bytes[p + 1] !== QUOTE || count === ATTRIBUTES_MAX) return NONE;
      for (let i = 0; i < count; i++) {
        const [from, to] = [names[2 * i]!, names[2 * i + 1]!];
        if (to - from === p - start && isBytesAt(bytes, from, bytes.subarray(start, p))) return NONE;
      }
      names[2 * count] = start;
      names[2 * count + 1] = p;
      count++;
      p += 2;
      if (bytes[start] === LETTER_R && p === start + 3) {
        p = this.#digits(bytes, p);
        if (p < 0 || bytes[p] !== QUOTE || this.#value <= before) return NONE;
        this.row = this.#value;
      } else while (isValuePart(bytes[p]!)) p++;
      if (bytes[p] !== QUOTE) return NONE;
      p++;
    }
    this.#isEmpty = bytes[p] === SLASH;
    if (this.#isEmpty) p++;
    return bytes[p] === GREATER && this.row <= ROWS_MAX ? p + 1 : NONE;
  }

  /** The end of a cell; `at` follows `<c`. */
  #cell(bytes: Uint8Array, at: number): number {
    this.#column++;
    let p = this.#cellTag(bytes, at);
    if (p < 0 || this.#isEmpty) return p;
    p = blanksEnd(bytes, p);
    if (bytes[p] === LESS && bytes[p + 1] === LETTER_F) {
      if (bytes[p + 2] !== GREATER) return NONE;
      const formula = p + 3;
      p = this.#text.endOf(bytes, formula);
      if (p - formula > this.#charsMax || p < 0 || !isBytesAt(bytes, p, FORMULA_END)) return NONE;
      p = blanksEnd(bytes, p + FORMULA_END.length);
      // without a value it would show the formula
      if (bytes[p + 1] !== LETTER_V) return NONE;
    }
    if (bytes[p] === LESS && bytes[p + 1] === LETTER_V && bytes[p + 2] === GREATER) p = this.#valueOf(bytes, p + 3);
    else if (bytes[p] === LESS && bytes[p + 1] === LETTER_I) p = this.#inlineOf(bytes, p);
    if (p < 0) return NONE;
    p = blanksEnd(bytes, p);
    return isBytesAt(bytes, p, CELL_END) ? p + CELL_END.length : NONE;
  }

  #cellTag(bytes: Uint8Array, at: number): number {
    let p = at;
    let seen = 0;
    this.#type = CELL.number;
    this.#style = 0;
    while (bytes[p] === SPACE) {
      const name = bytes[p + 1]!;
      if (name === SLASH) {
        p++;
        break;
      }
      const bit = name === LETTER_R ? 1 : name === LETTER_S ? 2 : name === LETTER_T ? 4 : 0;
      if (bit === 0 || (seen & bit) !== 0 || bytes[p + 2] !== EQUALS || bytes[p + 3] !== QUOTE) return NONE;
      seen |= bit;
      if (bit === 1) p = this.#address(bytes, p + 4);
      else if (bit === 4) p = this.#typeOf(bytes, p + 4);
      else {
        p = this.#digits(bytes, p + 4);
        this.#style = this.#value;
        if (this.#style > STYLES_MAX) return NONE;
      }
      if (p < 0 || bytes[p] !== QUOTE) return NONE;
      p++;
    }
    this.#isEmpty = bytes[p] === SLASH;
    if (this.#isEmpty) p++;
    return bytes[p] === GREATER && this.#column < this.#columnsMax ? p + 1 : NONE;
  }

  /** An address such as `AB12`: of this row, and in a column after the cells before. */
  #address(bytes: Uint8Array, at: number): number {
    let column = 0;
    let p = at;
    for (; bytes[p]! >= LETTER_A && bytes[p]! <= LETTER_Z; p++) column = column * 26 + bytes[p]! - LETTER_A + 1;
    if (p === at || p > at + 3 || column <= this.#column) return NONE;
    this.#column = column - 1;
    p = this.#digits(bytes, p);
    return this.#value === this.row ? p : NONE;
  }

  #typeOf(bytes: Uint8Array, at: number): number {
    const first = bytes[at];
    if (bytes[at + 1] === QUOTE) {
      if (first === LETTER_S) this.#type = CELL.shared;
      else if (first === LETTER_B) this.#type = CELL.boolean;
      else if (first === LETTER_D) this.#type = CELL.date;
      else if (first === LETTER_E) this.#type = CELL.error;
      else if (first !== LETTER_N) return NONE;
      return at + 1;
    }
    if (isBytesAt(bytes, at, STRING)) {
      this.#type = CELL.text;
      return at + STRING.length - 1;
    }
    if (!isBytesAt(bytes, at, INLINE_STRING)) return NONE;
    this.#type = CELL.inline;
    return at + INLINE_STRING.length - 1;
  }

  /** A value of one digit or more without needless zeros, which are left to others. */
  #digits(bytes: Uint8Array, at: number): number {
    let value = 0;
    let p = at;
    for (; bytes[p]! >= ZERO && bytes[p]! <= NINE; p++) value = value * 10 + bytes[p]! - ZERO;
    this.#value = value;
    return p === at || p > at + DIGITS_MAX || (bytes[at] === ZERO && p > at + 1) ? NONE : p;
  }

  /** The end of a `<v>`. */
  #valueOf(bytes: Uint8Array, at: number): number {
    if (this.#type === CELL.shared) {
      const p = this.#digits(bytes, at);
      if (p < 0 || !isBytesAt(bytes, p, VALUE_END)) return NONE;
      return this.#add(CELL.shared, this.#value, 0) ? p + VALUE_END.length : NONE;
    }
    const p = this.#text.endOf(bytes, at);
    if (p < 0 || !isBytesAt(bytes, p, VALUE_END)) return NONE;
    return this.#add(this.#type === CELL.inline ? CELL.text : this.#type, at, p) ? p + VALUE_END.length : NONE;
  }

  /** The end of an `<is>` with nothing but a text. */
  #inlineOf(bytes: Uint8Array, at: number): number {
    if (this.#type !== CELL.inline || !isBytesAt(bytes, at, INLINE)) return NONE;
    const start = textStart(bytes, at + INLINE.length);
    if (start < 0) return NONE;
    const p = this.#text.endOf(bytes, start);
    if (p < 0 || !isBytesAt(bytes, p, INLINE_END)) return NONE;
    return this.#add(CELL.inline, start, p) ? p + INLINE_END.length : NONE;
  }

  /** False if the row is not ordinary. */
  #add(type: number, from: number, to: number): boolean {
    const i = this.count;
    if (type !== CELL.shared) {
      // cells without a text are no cells; what is empty in another way is rare
      if (from === to) return type <= CELL.inline;
      if (to - from > this.#charsMax) return false;
      this.escaped[i] = this.#text.isEscaped ? 1 : 0;
    } else this.escaped[i] = 0;
    if (i === CELLS_MAX) return false;
    this.columns[i] = this.#column;
    this.types[i] = type;
    this.styles[i] = this.#style;
    this.from[i] = from;
    this.to[i] = to;
    this.count++;
    return true;
  }
}

/** The position of the last `</row>`, or -1. */
function lastRowEnd(bytes: Uint8Array): number {
  let at = bytes.length - ROW_END.length;
  while (at >= 0 && !isBytesAt(bytes, at, ROW_END)) at--;
  return Math.max(at, NONE);
}

/** True for the start of a row that is not there to its end. A long row is not waited for. */
export function isCutRow(bytes: Uint8Array, at: number): boolean {
  if (bytes.length - at > CUT_BYTES_MAX) return false;
  const p = blanksEnd(bytes, at);
  if (!isBytesAt(bytes, p, ROW)) return false;
  for (let end = bytes.indexOf(LESS, p + 1); end >= 0; end = bytes.indexOf(LESS, end + 1)) {
    if (isBytesAt(bytes, end, ROW_END)) return false;
  }
  return true;
}

function blanksEnd(bytes: Uint8Array, at: number): number {
  let p = at;
  for (; p < bytes.length; p++) {
    const byte = bytes[p];
    if (byte !== SPACE && byte !== NEWLINE && byte !== TAB && byte !== RETURN) break;
  }
  return p;
}

function isNameStart(byte: number): boolean {
  return (byte >= LETTER_A && byte <= LETTER_Z) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f;
}

/** A letter, a digit, or one of `.`, `:`, `_` and `-`. */
function isNamePart(byte: number): boolean {
  return isNameStart(byte) || (byte >= ZERO && byte <= 0x3a) || byte === 0x2d || byte === 0x2e;
}

/** ASCII in a value that needs no reading. */
function isValuePart(byte: number): boolean {
  return byte >= SPACE && byte < 0x80 && byte !== QUOTE && byte !== AMPERSAND && byte !== LESS;
}
