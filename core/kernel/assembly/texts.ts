/** Looks at the cells of brand and title: how long they are, and whether `bytes/text-signs.ts` must look at them. */
import { cellEnd, cellStart, letters } from './cells.ts';
import { byte } from './memory.ts';
import {
  DITTO_BYTES_MAX,
  NO_VALUE_BYTES_MAX,
  NO_VALUE_MARK_BYTES_MAX,
  TABLE_TEXT_KINDS,
  TEXT_BYTES_MAX,
  TEXT_CONTROL,
} from './places.ts';

/** Characters of a text in UTF-8: its bytes but those that continue one, eight at a time. */
export function charsOf(column: i32): i32 {
  const start = cellStart(column);
  const end = cellEnd(column);
  let at = start;
  let continued: i64 = 0;
  for (; at + 8 <= end; at += 8) {
    const eight = load<i64>(at);
    // biome-ignore lint/correctness/noPrecisionLoss: an i64 in AssemblyScript
    continued += popcnt((eight >> 7) & ~(eight >> 6) & 0x0101010101010101);
  }
  for (; at < end; at++) if ((load<u8>(at) & 0xc0) === 0x80) continued++;
  return <i32>(end - start) - <i32>continued;
}

/** False for a text that `textDoubt` would look at: one with a control character, or what may be an escape. */
export function isPlainText(column: i32): bool {
  const from = cellStart(column);
  if (mayBeDitto(from, cellEnd(column)) || isEscapedFormula(from, cellEnd(column))) return false;
  const length = <i32>(cellEnd(column) - from);
  if (mayBeNoText(from, length)) return false;
  const end = min(cellEnd(column), from + TEXT_BYTES_MAX);
  let kinds: i32 = 0;
  for (let at = from; at < end; at++) kinds |= byte(TABLE_TEXT_KINDS, load<u8>(at));
  if (kinds === 0) return true;
  if ((kinds & TEXT_CONTROL) !== 0) return false;
  for (let at = from; at < end; at++) {
    const sign = load<u8>(at);
    // an entity ends in `;`, quoted-printable has `=`, a tag `>`, and C1 begins with C2
    if (sign === 59 || sign === 61 || sign === 62 || sign === 0xc2) return false;
    // `\u00f6`, `%20`
    if (sign === 92 || (sign === 37 && at + 2 < end && isHex(load<u8>(at + 1)) && isHex(load<u8>(at + 2))))
      return false;
    if ((sign === 0xe2 || sign === 0xef) && hidesSign(at, end)) return false;
    // letters that were lost have become question marks inside of words
    if (sign === 63 && at > from && (isLetter(load<u8>(at - 1)) || load<u8>(at - 1) === 63)) return false;
  }
  return true;
}

/** The test of `bytes/text-signs.ts`. */
function hidesSign(at: usize, end: usize): bool {
  if (at + 2 >= end) return false;
  const second = load<u8>(at + 1);
  const third = load<u8>(at + 2);
  if (load<u8>(at) === 0xef) return (second === 0xbb && third === 0xbf) || (second === 0xbf && third >= 0xb9);
  return second === 0x80 ? third === 0x8b || (third >= 0xa8 && third <= 0xae) : second === 0x81 && third >= 0xa0;
}

/** The test of `bytes/text-signs.ts`. */
function isEscapedFormula(from: usize, to: usize): bool {
  if (to - from < 2 || load<u8>(from) !== 0x27) return false;
  const next = load<u8>(from + 1);
  return next === 0x3d || next === 0x2b || next === 0x2d || next === 0x40;
}

/** True for what programs write in place of a text; and for some others that begin and end so. */
function mayBeNoText(from: usize, length: i32): bool {
  if (length < 3 || length > NO_VALUE_BYTES_MAX) return false;
  const first = load<u8>(from);
  const last = load<u8>(from + length - 1);
  if (first === 0x23) return length <= NO_VALUE_MARK_BYTES_MAX;
  if (first === 0x5b) return last === 0x5d;
  if (first === 0x7b || first === 0x24) return last === 0x7d;
  const start = letters(from);
  // null, none, nil, nan, n/a, undefined
  if (length === 4) return start === 0x6c6c756e || start === 0x656e6f6e;
  if (length === 9) return start === 0x65646e75;
  const three = start & 0xffffff;
  return length === 3 && (three === 0x6c696e || three === 0x6e616e || three === 0x612f6e);
}

/** The test of `bytes/text-signs.ts`. */
function mayBeDitto(from: usize, to: usize): bool {
  if (from === to || <i32>(to - from) > DITTO_BYTES_MAX) return false;
  const last = load<u8>(to - 1);
  if (last === 0x22 || last === 0x27 || last === 0x2d) return load<u8>(from) === last;
  if (last === 0x2e) return true;
  if (last >= 0x80) return to - from === 3;
  const first = load<u8>(from) | 32;
  return (first === 0x64 && (last | 32) === 0x6f) || (first === 0x69 && (last | 32) === 0x6d);
}

function isHex(sign: u8): bool {
  const small = sign | 32;
  return (sign >= 48 && sign <= 57) || (small >= 97 && small <= 102);
}

/** True for a byte of letters outside ASCII, too. */
function isLetter(sign: u8): bool {
  const small = sign | 32;
  return sign >= 0x80 || (small >= 97 && small <= 122);
}
