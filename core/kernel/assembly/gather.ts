/**
 * Merges sorted runs as far as their windows reach: `merge/merge.ts` with `sort/sorted-run-merge.ts`, for whole groups of entries with
 * one SKU. It lists where their entries are, and moves the runs past them.
 *
 * A group is whole once another SKU comes. Where a window ends before that is known, and before a group or an entry that is too
 * large, the runs are put back to the group's start, and the caller goes on entry by entry.
 */
import { entryAt, LISTED_WORDS } from './entries.ts';
import { place, setState, setWord, state, word } from './memory.ts';
import {
  CURSOR_BYTES,
  CURSORS,
  FIRST_OF_GROUP,
  GATHERED_BYTES_MAX,
  GATHERED_MAX,
  HEAP,
  S_GATHERED,
  S_GATHERED_COUNT,
  S_GROUP_MAX,
  S_RUNS,
  S_SKU_OFFSET,
} from './places.ts';

const KEY_BYTES = 8;

let skuOffset: usize = 0;
let runs: i32 = 0;

function cursorOf(run: i32): usize {
  return <usize>(CURSORS + CURSOR_BYTES * run);
}

/** The address of a run's entry. */
function entryOf(run: i32): usize {
  return <usize>load<u32>(cursorOf(run));
}

/** True if all of the entry is in the window. */
function isReady(run: i32): bool {
  const entry = entryOf(run);
  const left = load<u32>(cursorOf(run) + 4) - <u32>entry;
  return left >= 8 && load<u32>(entry) <= left;
}

export function gather(): void {
  skuOffset = place(S_SKU_OFFSET);
  runs = state(S_RUNS);
  heapify();
  const most = state(S_GROUP_MAX);
  let count = 0;
  let group = 0;
  while (count < GATHERED_MAX) {
    const run = word(HEAP, 0);
    const entry = entryOf(run);
    const bytes = load<u32>(entry);
    const isFirst = count === group || !isSameSku(entryAt(count - 1), entry);
    if (isFirst) group = count;
    if (count - group >= most || bytes > <u32>GATHERED_BYTES_MAX) break;
    list(count++, run, entry, isFirst);
    store<u32>(cursorOf(run), <u32>(entry + bytes));
    if (!isReady(run)) break;
    if (runs > 1) siftDown(0);
  }
  putBack(group, count);
  setState(S_GATHERED_COUNT, group);
}

function list(i: i32, run: i32, entry: usize, isFirst: bool): void {
  const gathered = place(S_GATHERED);
  setWord(gathered, LISTED_WORDS * i, <i32>entry);
  setWord(gathered, LISTED_WORDS * i + 1, word(cursorOf(run), 2) | (isFirst ? FIRST_OF_GROUP : 0));
  setWord(gathered, LISTED_WORDS * i + 2, run);
}

/** Takes back the entries of a group that is not known to be whole. */
function putBack(from: i32, to: i32): void {
  for (let i = to - 1; i >= from; i--)
    setWord(cursorOf(word(place(S_GATHERED), LISTED_WORDS * i + 2)), 0, <i32>entryAt(i));
}

function heapify(): void {
  for (let i = (runs >> 1) - 1; i >= 0; i--) siftDown(i);
}

function isSameSku(a: usize, b: usize): bool {
  if (load<u64>(a + 4) !== load<u64>(b + 4)) return false;
  const length = load<u32>(a + 12);
  if (length !== load<u32>(b + 12)) return false;
  for (let i: u32 = KEY_BYTES; i < length; i++) {
    if (load<u8>(a + skuOffset + i) !== load<u8>(b + skuOffset + i)) return false;
  }
  return true;
}

function siftDown(from: i32): void {
  const run = word(HEAP, from);
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= runs) break;
    if (child + 1 < runs && isBefore(word(HEAP, child + 1), word(HEAP, child))) child++;
    if (!isBefore(word(HEAP, child), run)) break;
    setWord(HEAP, at, word(HEAP, child));
    at = child;
  }
  setWord(HEAP, at, run);
}

/** The SKU's first eight bytes as a number. */
function keyOf(entry: usize): u64 {
  return ((<u64>load<u32>(entry + 4)) << 32) | <u64>load<u32>(entry + 8);
}

function isBefore(a: i32, b: i32): bool {
  const entryA = entryOf(a);
  const entryB = entryOf(b);
  const keyA = keyOf(entryA);
  const keyB = keyOf(entryB);
  if (keyA !== keyB) return keyA < keyB;
  const difference = compareRest(entryA, entryB);
  return difference !== 0 ? difference < 0 : word(cursorOf(a), 3) < word(cursorOf(b), 3);
}

function compareRest(a: usize, b: usize): i32 {
  const lengthA = load<u32>(a + 12);
  const lengthB = load<u32>(b + 12);
  const shared = min(lengthA, lengthB);
  for (let i: u32 = KEY_BYTES; i < shared; i++) {
    const difference = <i32>load<u8>(a + skuOffset + i) - <i32>load<u8>(b + skuOffset + i);
    if (difference !== 0) return difference;
  }
  return <i32>lengthA - <i32>lengthB;
}
