/** Writes cells: the forms of `bytes/text.ts`, `bytes/numbers.ts` and `bytes/datetime.ts`. A writer returns the address after what it wrote. */

const QUOTE: u8 = 34;

/** Copies bytes, 16 at a time: up to 15 bytes past both ends are read and written, where both have room. */
export function copyBytes(out: usize, from: usize, to: usize): usize {
  let at = out;
  for (let source = from; source < to; source += 16) {
    v128.store(at, v128.load(source));
    at += 16;
  }
  return out + (to - from);
}

/** A bit for each of 16 bytes that needs quotes. */
function quoteBits(bytes: v128): i32 {
  const comma = i8x16.eq(bytes, i8x16.splat(44));
  const quote = i8x16.eq(bytes, i8x16.splat(34));
  const lf = i8x16.eq(bytes, i8x16.splat(10));
  const cr = i8x16.eq(bytes, i8x16.splat(13));
  return i8x16.bitmask(v128.or(v128.or(comma, quote), v128.or(lf, cr)));
}

/** Reads like `copyBytes`. */
export function needsQuotes(from: usize, to: usize): bool {
  for (let source = from; source < to; source += 16) {
    const left = to - source;
    const counted = left >= 16 ? 0xffff : (1 << (<i32>left)) - 1;
    if ((quoteBits(v128.load(source)) & counted) !== 0) return true;
  }
  return false;
}

/** The first byte from here on that a cell without quotes cannot have; `to` if there is none before. Reads up to 15 bytes past that. */
export function plainEnd(from: usize, to: usize): usize {
  for (let at = from; at < to; at += 16) {
    const bits = quoteBits(v128.load(at));
    if (bits === 0) continue;
    const found = at + <usize>ctz(bits);
    return found < to ? found : to;
  }
  return to;
}

/** Copies a cell, quoted if it must be; `doubled` is the quote of which a pair means one, 0 for none. Reads and writes like `copyBytes`. */
export function writeCell(out: usize, from: usize, to: usize, doubled: i32): usize {
  if (doubled !== 0) return writeUndoubled(out, from, to, doubled);
  let at = out;
  for (let source = from; source < to; source += 16) {
    const bytes = v128.load(source);
    const left = to - source;
    const counted = left >= 16 ? 0xffff : (1 << (<i32>left)) - 1;
    if ((quoteBits(bytes) & counted) !== 0) return writeQuoted(out, from, to, 0);
    v128.store(at, bytes);
    at += 16;
  }
  return out + (to - from);
}

function isPair(at: usize, to: usize, doubled: i32): bool {
  return <i32>load<u8>(at) === doubled && at + 1 < to && <i32>load<u8>(at + 1) === doubled;
}

function writeUndoubled(out: usize, from: usize, to: usize, doubled: i32): usize {
  let at = out;
  for (let source = from; source < to; source++) {
    const byte = load<u8>(source);
    if (byte === 44 || byte === QUOTE || byte === 10 || byte === 13) return writeQuoted(out, from, to, doubled);
    store<u8>(at++, byte);
    if (isPair(source, to, doubled)) source++;
  }
  return at;
}

function writeQuoted(out: usize, from: usize, to: usize, doubled: i32): usize {
  let at = out;
  store<u8>(at++, QUOTE);
  for (let source = from; source < to; source++) {
    const byte = load<u8>(source);
    store<u8>(at++, byte);
    if (byte === QUOTE) store<u8>(at++, QUOTE);
    if (isPair(source, to, doubled)) source++;
  }
  store<u8>(at++, QUOTE);
  return at;
}

function digitsOf(value: u64): usize {
  let digits: usize = 1;
  for (let limit: u64 = 10; value >= limit; limit *= 10) digits++;
  return digits;
}

/** Writes an integer below 10^16. */
export function writeInteger(out: usize, value: u64): usize {
  const end = out + digitsOf(value);
  let at = end;
  let rest = value;
  // most are small: 32-bit divisions are faster
  while (rest > 0xffffffff) {
    store<u8>(--at, <u8>(48 + (rest % 10)));
    rest /= 10;
  }
  let small = <u32>rest;
  do {
    store<u8>(--at, <u8>(48 + (small % 10)));
    small /= 10;
  } while (at > out);
  return end;
}

/** Writes micros with two or three decimals, half to even. */
export function writeMicros(out: usize, micros: u64, decimals: i32): usize {
  if (micros < 0xffffffff) return writeSmallMicros(out, <u32>micros, decimals);
  const divisor: u64 = decimals === 2 ? 10000 : 1000;
  let units = micros / divisor;
  const rest = (micros - units * divisor) * 2;
  if (rest > divisor || (rest === divisor && (units & 1) === 1)) units++;
  return writeUnits(out, units, decimals);
}

/** As `writeMicros`, with 32-bit divisions, which are much faster. */
function writeSmallMicros(out: usize, micros: u32, decimals: i32): usize {
  const divisor: u32 = decimals === 2 ? 10000 : 1000;
  let units = decimals === 2 ? micros / 10000 : micros / 1000;
  const rest = (micros - units * divisor) * 2;
  if (rest > divisor || (rest === divisor && (units & 1) === 1)) units++;
  if (decimals === 2) return writeSmallCents(out, units);
  const end = writeSmallCents(out, units / 10);
  store<u8>(end, <u8>(48 + (units % 10)));
  return end + 1;
}

/** Writes units of 10^-2 or 10^-3. */
export function writeUnits(out: usize, units: u64, decimals: i32): usize {
  if (decimals === 2) return writeCents(out, units);
  const end = writeCents(out, units / 10);
  store<u8>(end, <u8>(48 + (units % 10)));
  return end + 1;
}

function writeCents(out: usize, cents: u64): usize {
  if (cents < 0xffffffff) return writeSmallCents(out, <u32>cents);
  const whole = cents / 100;
  const point = writeInteger(out, whole);
  store<u8>(point, 46);
  writeTwo(point + 1, <u32>(cents - whole * 100));
  return point + 3;
}

function writeSmallCents(out: usize, cents: u32): usize {
  const whole = cents / 100;
  const point = writeInteger(out, whole);
  store<u8>(point, 46);
  writeTwo(point + 1, cents - whole * 100);
  return point + 3;
}

function writeTwo(out: usize, value: u32): void {
  store<u8>(out, <u8>(48 + value / 10));
  store<u8>(out + 1, <u8>(48 + (value % 10)));
}

/** Writes `YYYY-MM-DDTHH:MM:SSZ`, for a year from 1 to 9999. */
export function writeTime(out: usize, seconds: i64): usize {
  const days = <i32>((seconds + 62135596800) / 86400) - 719162;
  const clock = <u32>(seconds - <i64>days * 86400);
  // days → civil date in the proleptic Gregorian calendar, by eras of 400 years = 146,097 days
  const shifted = days + 719468;
  const era = shifted / 146097;
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const monthShifted = (5 * dayOfYear + 2) / 153;
  const day = dayOfYear - (153 * monthShifted + 2) / 5 + 1;
  const month = monthShifted < 10 ? monthShifted + 3 : monthShifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  writeTwo(out, year / 100);
  writeTwo(out + 2, year % 100);
  store<u8>(out + 4, 45);
  writeTwo(out + 5, month);
  store<u8>(out + 7, 45);
  writeTwo(out + 8, day);
  store<u8>(out + 10, 84);
  writeTwo(out + 11, clock / 3600);
  store<u8>(out + 13, 58);
  writeTwo(out + 14, (clock / 60) % 60);
  store<u8>(out + 16, 58);
  writeTwo(out + 17, clock % 60);
  store<u8>(out + 19, 90);
  return out + 20;
}
