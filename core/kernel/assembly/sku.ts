/** Looks at the signs of a SKU: the tests of `bytes/sku-signs.ts`, `bytes/sku-words.ts` and `bytes/sku-dates.ts` that are made for each row. */
import { byte, word } from './memory.ts';
import {
  KIND_NUMBER_SIGN,
  KIND_ODD,
  KIND_SMALL,
  KIND_SPACE,
  KINDS_DOUBTFUL,
  TABLE_SKU_KINDS,
  TABLE_SKU_STARTS,
  WORD_BYTES_MAX,
  WORD_START_ANY,
} from './places.ts';

export function kindsOf(from: usize, to: usize): i32 {
  let kinds: i32 = 0;
  for (let at = from; at < to; at++) kinds |= byte(TABLE_SKU_KINDS, load<u8>(at));
  if ((kinds & KIND_SPACE) !== 0) kinds = hasDoubleSpace(from, to) ? kinds | KIND_ODD : kinds & ~KIND_SPACE;
  // a number begins with a digit or its sign
  return (kinds & KINDS_DOUBTFUL) === KIND_NUMBER_SIGN && load<u8>(from) > 0x39 ? kinds & KIND_SMALL : kinds;
}

function hasDoubleSpace(from: usize, to: usize): bool {
  for (let at = from + 1; at < to; at++) if (load<u8>(at) === 32 && load<u8>(at - 1) === 32) return true;
  return false;
}

/** True for a NUL or another control character: C0, DEL, C1. */
export function hasControl(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte < 0x20 || byte === 0x7f) return true;
    if (byte === 0xc2 && at + 1 < to && load<u8>(at + 1) < 0xa0) return true;
  }
  return false;
}

export function mayBeWord(from: usize, to: usize): bool {
  const start = word(TABLE_SKU_STARTS, load<u8>(from));
  if (start === 0 || <i32>(to - from) > WORD_BYTES_MAX) return false;
  if (start === WORD_START_ANY || to - from === 1) return start === WORD_START_ANY || load<u8>(from) === 0x30;
  const second = <u32>load<u8>(from + 1) | 32;
  if (second < 97 || second > 122) return load<u8>(from + 1) === 0x2f;
  return (start & (2 << (second - 97))) !== 0;
}

function isDigit(at: usize): bool {
  const byte = load<u8>(at);
  return byte >= 48 && byte <= 57;
}

/** `-`, `.`, `/` and a space. */
function isMark(at: usize): bool {
  const byte = load<u8>(at);
  return byte === 32 || (byte >= 45 && byte <= 47);
}

export function mayBeDate(from: usize, to: usize): bool {
  const length = to - from;
  if (length < 4 || length > 24) return false;
  // the byte after a SKU of four is not its own, but decides nothing: the caller looks again
  if (isDigit(from)) return isMark(from + 1) || isMark(from + 2) || isMark(from + 4);
  if (load<u8>(from + 1) < 97 || !isDigit(to - 1) || !isDigit(to - 2)) return false;
  return isMark(to - 3) || (length > 4 && isMark(to - 5));
}
