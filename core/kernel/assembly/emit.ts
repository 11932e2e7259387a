/**
 * Copies sorted rows out of a segment: `emitSome` of `sort/emit.ts`. Lines go one behind the other, where each came from beside them, and
 * entries into a chunk of a sorted run, unless the segment itself is read as one. It stops where one of the three is full, or where
 * the caller samples the next line.
 */
import { place, setState, state, word } from './memory.ts';
import {
  ENTRY_CONDITION_BITS,
  ENTRY_FILE_SHIFT,
  ENTRY_SKU_APART,
  S_ARENA,
  S_ENTRIES,
  S_ENTRIES_MAX,
  S_ENTRIES_USED,
  S_LINES,
  S_LINES_MAX,
  S_LINES_USED,
  S_NEXT,
  S_NEXT_SAMPLE,
  S_ORDER,
  S_ROWS,
  S_SKU_OFFSET,
  S_SOURCES,
  S_SOURCES_MAX,
  S_SOURCES_USED,
  S_TEXTS,
  S_TOUCHED,
  WRITE_PAST,
} from './places.ts';
import { copyBytes } from './write.ts';

/** Rows that are looked at together, so that their cache misses overlap. */
const AHEAD = 16;

/** Copies rows from `S_NEXT` on, and moves it past them. */
export function emit(): void {
  const rows = state(S_ROWS);
  let next = state(S_NEXT);
  const from = next;
  while (next < rows) {
    if ((next - from) % AHEAD === 0) touch(next, min(next + AHEAD, rows));
    if (!copyRow(entryOf(next))) break;
    next++;
  }
  setState(S_NEXT, next);
}

/** The address of the entry of a row, by its place in the order. */
function entryOf(i: i32): usize {
  return place(S_ARENA) + <usize>word(place(S_ORDER), i);
}

/** Reads a little of each of the next rows. */
function touch(from: i32, to: i32): void {
  let sum: u32 = 0;
  for (let i = from; i < to; i++) {
    const entry = entryOf(i);
    sum ^= load<u32>(entry) ^ load<u32>(entry + 64) ^ load<u32>(entry + 128);
  }
  setState(S_TOUCHED, sum);
}

/** Copies entries from row `S_NEXT` on to an address, as many as fit; returns their bytes. */
export function gatherEntries(out: usize, most: u32): u32 {
  const rows = state(S_ROWS);
  const from = state(S_NEXT);
  let next = from;
  let used: u32 = 0;
  while (next < rows) {
    if ((next - from) % AHEAD === 0) touch(next, min(next + AHEAD, rows));
    const entry = entryOf(next);
    const bytes = entryBytes(entry);
    if (used + bytes + WRITE_PAST > most) break;
    copyEntry(out + used, entry, bytes);
    used += bytes;
    next++;
  }
  setState(S_NEXT, next);
  return used;
}

/** Bytes of the carried texts. */
function textBytes(entry: usize): u32 {
  const texts = state(S_TEXTS);
  let bytes = 0;
  for (let n = 0; n < texts; n++) bytes += word(entry + 28, n);
  return bytes;
}

/** Bytes of the entry in a sorted run. */
function entryBytes(entry: usize): u32 {
  return (<u32>state(S_SKU_OFFSET) + load<u32>(entry + 12) + textBytes(entry) + 7) & ~7;
}

function lineOf(entry: usize): usize {
  const skuAt = entry + place(S_SKU_OFFSET);
  return (load<u32>(entry + 20) & ENTRY_SKU_APART) === 0 ? skuAt : skuAt + <usize>load<u32>(entry + 12);
}

/** Writes an entry as a sorted run has it. */
function copyEntry(out: usize, entry: usize, bytes: u32): void {
  const textsAt = copyBytes(out, entry, entry + place(S_SKU_OFFSET) + <usize>load<u32>(entry + 12));
  const texts = textBytes(entry);
  if (texts > 0) {
    const from = lineOf(entry) + <usize>load<u32>(entry + 24);
    copyBytes(textsAt, from, from + texts);
  }
  store<u32>(out, bytes);
  store<u32>(out + 20, load<u32>(entry + 20) & ENTRY_CONDITION_BITS);
}

function copyRow(entry: usize): bool {
  const lineBytes = load<u32>(entry + 24);
  const used = place(S_LINES_USED);
  const sources = place(S_SOURCES_USED);
  if (used >= place(S_NEXT_SAMPLE) || used + lineBytes > place(S_LINES_MAX)) return false;
  if (sources >= place(S_SOURCES_MAX)) return false;
  if (state(S_ENTRIES_MAX) >= 0 && !addEntry(entry)) return false;
  const line = lineOf(entry);
  copyBytes(place(S_LINES) + used, line, line + lineBytes);
  const source = place(S_SOURCES) + sources * 12;
  store<u32>(source, load<u32>(entry + 16));
  store<u32>(source + 4, load<u32>(entry));
  store<u32>(source + 8, load<u32>(entry + 20) >> ENTRY_FILE_SHIFT);
  setState(S_LINES_USED, <i32>(used + lineBytes));
  setState(S_SOURCES_USED, <i32>(sources + 1));
  return true;
}

function addEntry(entry: usize): bool {
  const used = state(S_ENTRIES_USED);
  const bytes = entryBytes(entry);
  if (used + <i32>bytes > state(S_ENTRIES_MAX)) return false;
  copyEntry(place(S_ENTRIES) + <usize>used, entry, bytes);
  setState(S_ENTRIES_USED, used + <i32>bytes);
  return true;
}
