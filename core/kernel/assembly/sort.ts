/**
 * Sorts rows by their SKUs, in the order of `sort/radix-sort.ts`. The first bytes of the SKUs become a number, which has room for as many
 * as differ: each position of a SKU counts only the bytes that occur there. Behind it, in the same 64 bits, is the row's place. A
 * least-significant-digit radix sort moves these in the room that places and keys had. Rows whose numbers are equal but for the place are
 * marked, and the caller orders them.
 *
 * Loops over all rows work on `PART_ROWS` a call, in functions that are exported so that the compiler does not put them into their
 * caller: V8 replaces its first, slow code of a function only where the function is called again, and a run may sort only once.
 */
import { place, setState, setWord, state, word } from './memory.ts';
import {
  S_INDEX,
  S_ROWS,
  S_SORT_DEPTH,
  S_SORT_ROOM,
  S_SORT_SAME,
  S_USED,
  SORT_BYTES_SEEN,
  SORT_DIGIT_BITS,
  SORT_KEY_BYTES,
} from './places.ts';

/** What a byte can be. */
const BYTES = 256;
const PART_ROWS = 8192;
/** Numbers have fewer bits, so that none overflows while they are laid out. */
const NUMBER_BITS_MAX = 48;
/** Places are multiples of 8. */
const PLACE_SHIFT = 3;

/** Place and key of each row, then its number, and in the end its place. */
let index: usize = 0;
/** What each byte adds to the number, by its position in the SKU. */
let weights: usize = 0;
/** Where the next row of each digit goes. */
let counters: usize = 0;
let placeBits: u64 = 0;
/** The positions that the number has. */
let depth: i32 = 0;
let previous: u64 = 0;
let same: i32 = 0;

/** Sorts the first `S_ROWS` rows, which end at `S_USED`. */
export function sort(): void {
  const rows = state(S_ROWS);
  index = place(S_INDEX);
  weights = place(S_SORT_ROOM);
  counters = weights + 8 * BYTES * SORT_KEY_BYTES;
  placeBits = <u64>(32 - clz<u32>(<u32>state(S_USED) >> PLACE_SHIFT));
  const bits = layOut(rows);
  // a number takes half of what place and key had
  for (let row = 0; row < rows; row += PART_ROWS) numberSome(row, min(rows, row + PART_ROWS));
  let from = index;
  let to = index + ((<usize>rows) << 3);
  const passes = (bits + SORT_DIGIT_BITS - 1) / SORT_DIGIT_BITS;
  for (let pass = 0; pass < passes; pass++) {
    if (!move(from, to, rows, placeBits + <u64>(pass * SORT_DIGIT_BITS))) continue;
    const moved = to;
    to = from;
    from = moved;
  }
  same = 0;
  for (let row = 0; row < rows; row += PART_ROWS) placeSome(from, row, min(rows, row + PART_ROWS));
  setState(S_SORT_SAME, same);
  setState(S_SORT_DEPTH, depth);
}

/** Decides what bytes add to the number; returns its bits. */
function layOut(rows: i32): i32 {
  memory.fill(SORT_BYTES_SEEN, 0, BYTES * SORT_KEY_BYTES);
  for (let row = 0; row < rows; row += PART_ROWS) seeSome(row, min(rows, row + PART_ROWS));
  const most = (<u64>1) << min(<u64>NUMBER_BITS_MAX, 64 - placeBits);
  let numbers: u64 = 1;
  for (depth = 0; depth < SORT_KEY_BYTES; depth++) {
    const next = numbers * <u64>bytesSeen(depth);
    if (next > most) break;
    numbers = next;
  }
  let unit: u64 = 1;
  for (let position = SORT_KEY_BYTES - 1; position >= 0; position--)
    unit *= weigh(position, position < depth ? unit : 0);
  return 64 - <i32>clz<u64>(numbers - 1);
}

function bytesSeen(position: i32): i32 {
  let seen = 0;
  for (let byte = 0; byte < BYTES; byte++) seen += <i32>load<u8>(SORT_BYTES_SEEN + BYTES * position + byte);
  return seen;
}

/** Gives the bytes of a position multiples of the unit, in their order; returns how many they are, and 1 without a unit. */
function weigh(position: i32, unit: u64): u64 {
  let digit: u64 = 0;
  for (let byte = 0; byte < BYTES; byte++) {
    store<u64>(weights + <usize>(8 * (BYTES * position + byte)), digit * unit);
    digit += <u64>load<u8>(SORT_BYTES_SEEN + BYTES * position + byte);
  }
  return unit === 0 ? 1 : digit;
}

/** Notes the bytes at each position of the keys of the rows `[from, to)`. */
export function seeSome(from: i32, to: i32): void {
  const end = index + ((<usize>to) << 4);
  for (let at = index + ((<usize>from) << 4); at < end; at += 16) {
    seeWord(load<u32>(at + 4), SORT_BYTES_SEEN);
    seeWord(load<u32>(at + 8), SORT_BYTES_SEEN + 4 * BYTES);
    seeWord(load<u32>(at + 12), SORT_BYTES_SEEN + 8 * BYTES);
  }
}

function seeWord(key: u32, seen: usize): void {
  store<u8>(seen + (key >> 24), 1);
  store<u8>(seen + BYTES + ((key >> 16) & 255), 1);
  store<u8>(seen + 2 * BYTES + ((key >> 8) & 255), 1);
  store<u8>(seen + 3 * BYTES + (key & 255), 1);
}

/** Puts numbers in place of the rows `[from, to)`. */
export function numberSome(from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const at = index + ((<usize>row) << 4);
    const number =
      weightOf(load<u32>(at + 4), weights) +
      weightOf(load<u32>(at + 8), weights + 32 * BYTES) +
      weightOf(load<u32>(at + 12), weights + 64 * BYTES);
    store<u64>(index + ((<usize>row) << 3), (number << placeBits) | <u64>(load<u32>(at) >> PLACE_SHIFT));
  }
}

function weightOf(key: u32, table: usize): u64 {
  return (
    load<u64>(table + ((key >> 24) << 3)) +
    load<u64>(table + 8 * BYTES + (((key >> 16) & 255) << 3)) +
    load<u64>(table + 16 * BYTES + (((key >> 8) & 255) << 3)) +
    load<u64>(table + 24 * BYTES + ((key & 255) << 3))
  );
}

/** Moves all numbers by the digit at `shift`; false if they share it. */
function move(from: usize, to: usize, rows: i32, shift: u64): bool {
  memory.fill(counters, 0, 4 << SORT_DIGIT_BITS);
  for (let row = 0; row < rows; row += PART_ROWS) countSome(from, row, min(rows, row + PART_ROWS), shift);
  if (load<i32>(counterOf(load<u64>(from), shift)) === rows) return false;
  let sum = 0;
  for (let digit = 0; digit < 1 << SORT_DIGIT_BITS; digit++) {
    const counted = word(counters, digit);
    setWord(counters, digit, sum);
    sum += counted;
  }
  for (let row = 0; row < rows; row += PART_ROWS)
    moveSome(from + ((<usize>row) << 3), to, min(rows - row, PART_ROWS), shift);
  return true;
}

function counterOf(number: u64, shift: u64): usize {
  return counters + ((<usize>(number >> shift) & ((1 << SORT_DIGIT_BITS) - 1)) << 2);
}

export function countSome(numbers: usize, from: i32, to: i32, shift: u64): void {
  const end = numbers + ((<usize>to) << 3);
  for (let at = numbers + ((<usize>from) << 3); at < end; at += 8) {
    const counter = counterOf(load<u64>(at), shift);
    store<u32>(counter, load<u32>(counter) + 1);
  }
}

/** Moves so many numbers to where their digit's counter says. */
export function moveSome(from: usize, to: usize, count: i32, shift: u64): void {
  const end = from + ((<usize>count) << 3);
  for (let at = from; at < end; at += 8) {
    const number = load<u64>(at);
    const counter = counterOf(number, shift);
    const row = load<u32>(counter);
    store<u32>(counter, row + 1);
    store<u64>(to + ((<usize>row) << 3), number);
  }
}

/** Writes the places of the rows `[from, to)`; the lowest bit says that the number before is the same. */
export function placeSome(numbers: usize, from: i32, to: i32): void {
  const mask = ((<u64>1) << placeBits) - 1;
  for (let row = from; row < to; row++) {
    const number = load<u64>(numbers + ((<usize>row) << 3));
    const isSame = row > 0 && number >> placeBits === previous;
    previous = number >> placeBits;
    same += isSame ? 1 : 0;
    setWord(index, row, <i32>((number & mask) << PLACE_SHIFT) | (isSame ? 1 : 0));
  }
}
