/**
 * Sorts rows by their keys: the passes of `sort/radix-sort.ts`, a least-significant-digit radix sort that moves the keys along with
 * the row numbers. One sweep counts all digits, and a digit that all keys share costs no pass. The caller orders rows with equal keys.
 *
 * The loops work on `PART_ROWS` rows a call, in functions that are exported so that the compiler does not put them into their
 * caller: V8 replaces its first, slow code of a function only where the function is called again, and a run may sort only once.
 */
import { place, setState, setWord, state, word } from './memory.ts';
import {
  S_INDEX,
  S_KEYS_0,
  S_KEYS_1,
  S_KEYS_2,
  S_ROWS,
  S_SORT_PASSES,
  S_SPARE_0,
  S_SPARE_1,
  S_SPARE_2,
  S_SPARE_INDEX,
  SORT_COUNTS,
} from './places.ts';

const DIGITS = 256;
const KEY_WORDS = 3;
const PART_ROWS = 8192;

// ---- the arrays that a pass reads, and those that it writes
let keys0: usize = 0;
let keys1: usize = 0;
let keys2: usize = 0;
let index: usize = 0;
let to0: usize = 0;
let to1: usize = 0;
let to2: usize = 0;
let toIndex: usize = 0;

/** Sorts the first `S_ROWS` rows; after an odd number of passes the result is in the spare arrays. */
export function sort(): void {
  const rows = state(S_ROWS);
  keys0 = place(S_KEYS_0);
  keys1 = place(S_KEYS_1);
  keys2 = place(S_KEYS_2);
  index = place(S_INDEX);
  to0 = place(S_SPARE_0);
  to1 = place(S_SPARE_1);
  to2 = place(S_SPARE_2);
  toIndex = place(S_SPARE_INDEX);
  for (let row = 0; row < rows; row++) setWord(index, row, row);
  memory.fill(SORT_COUNTS, 0, 4 * DIGITS * 4 * KEY_WORDS);
  for (let part = 0; part < KEY_WORDS; part++) count(part, rows);
  let passes = 0;
  for (let part = KEY_WORDS - 1; part >= 0; part--) {
    for (let digit = 0; digit < 4; digit++) if (pass(part, digit, rows)) passes++;
  }
  setState(S_SORT_PASSES, passes);
}

function keysOf(part: i32): usize {
  return part === 0 ? keys0 : part === 1 ? keys1 : keys2;
}

/** The counters of a digit of a key's word. */
function countersOf(part: i32, digit: i32): usize {
  return <usize>(SORT_COUNTS + 4 * DIGITS * (4 * part + digit));
}

function increment(counter: usize): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

function count(part: i32, rows: i32): void {
  for (let row = 0; row < rows; row += PART_ROWS) countSome(part, row, min(rows, row + PART_ROWS));
}

/** Counts the four digits of a key's word in the rows `[from, to)`. */
export function countSome(part: i32, from: i32, to: i32): void {
  const keys = keysOf(part);
  const counters = countersOf(part, 0);
  for (let row = from; row < to; row++) {
    const key = <u32>word(keys, row);
    increment(counters + ((key & 255) << 2));
    increment(counters + 4 * DIGITS + (((key >> 8) & 255) << 2));
    increment(counters + 8 * DIGITS + (((key >> 16) & 255) << 2));
    increment(counters + 12 * DIGITS + ((key >> 24) << 2));
  }
}

/** Moves keys and index by one digit; false if all keys share it. */
function pass(part: i32, digit: i32, rows: i32): bool {
  const counters = countersOf(part, digit);
  const keys = keysOf(part);
  const shift = <u32>(8 * digit);
  if (word(counters, (<u32>word(keys, 0) >> shift) & 255) === rows) return false;
  let sum = 0;
  for (let value = 0; value < DIGITS; value++) {
    const counted = word(counters, value);
    setWord(counters, value, sum);
    sum += counted;
  }
  for (let row = 0; row < rows; row += PART_ROWS) moveSome(part, digit, row, min(rows, row + PART_ROWS));
  swap();
  return true;
}

/** Moves the rows `[from, to)` to where their digit's counter says. */
export function moveSome(part: i32, digit: i32, from: i32, to: i32): void {
  const counters = countersOf(part, digit);
  const keys = keysOf(part);
  const shift = <u32>(8 * digit);
  const from0 = keys0;
  const from1 = keys1;
  const from2 = keys2;
  const fromIndex = index;
  const sorted0 = to0;
  const sorted1 = to1;
  const sorted2 = to2;
  const sortedIndex = toIndex;
  for (let row = from; row < to; row++) {
    const value = (<u32>word(keys, row) >> shift) & 255;
    const sorted = word(counters, value);
    setWord(counters, value, sorted + 1);
    setWord(sorted0, sorted, word(from0, row));
    setWord(sorted1, sorted, word(from1, row));
    setWord(sorted2, sorted, word(from2, row));
    setWord(sortedIndex, sorted, word(fromIndex, row));
  }
}

function swap(): void {
  const old0 = keys0;
  const old1 = keys1;
  const old2 = keys2;
  const old = index;
  keys0 = to0;
  keys1 = to1;
  keys2 = to2;
  index = toIndex;
  to0 = old0;
  to1 = old1;
  to2 = old2;
  toIndex = old;
}
