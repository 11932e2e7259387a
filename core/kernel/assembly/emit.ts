/**
 * Copies sorted rows out of a segment: `emitSome` of `sort/emit.ts`. Lines go one behind the other, where each came from beside them, and
 * entries into a chunk of a sorted run, unless the segment itself is read as one. It stops where one of the three is full, or where
 * the caller samples the next line.
 */
import { place, setState, state, word } from './memory.ts';
import {
  S_ARENA,
  S_ENTRIES,
  S_ENTRIES_MAX,
  S_ENTRIES_USED,
  S_ENTRY_AT,
  S_LINES,
  S_LINES_MAX,
  S_LINES_USED,
  S_NEXT,
  S_NEXT_SAMPLE,
  S_ORDER,
  S_ROWS,
  S_SOURCES,
  S_SOURCES_MAX,
  S_SOURCES_USED,
  S_TOUCHED,
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
  const row = word(place(S_ORDER), i);
  return place(S_ARENA) + <usize>word(place(S_ENTRY_AT), row);
}

/** Reads a little of each of the next rows. */
function touch(from: i32, to: i32): void {
  let sum: u32 = 0;
  for (let i = from; i < to; i++) {
    const entry = entryOf(i);
    sum ^= load<u32>(entry) ^ load<u32>(entry + 64) ^ load<u32>(entry - 64);
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
    const bytes = load<u32>(entry);
    if (used + bytes > most) break;
    copyBytes(out + used, entry, entry + bytes);
    used += bytes;
    next++;
  }
  setState(S_NEXT, next);
  return used;
}

function copyRow(entry: usize): bool {
  const entryBytes = load<u32>(entry);
  const rowNumber = load<u32>(entry + 16);
  const lineBytes = load<u32>(entry + 24);
  const lineAt = entry - ((lineBytes + 7) & ~7);
  const used = place(S_LINES_USED);
  const sources = place(S_SOURCES_USED);
  const entriesMax = state(S_ENTRIES_MAX);
  if (used >= place(S_NEXT_SAMPLE) || used + lineBytes > place(S_LINES_MAX)) return false;
  if (sources >= place(S_SOURCES_MAX)) return false;
  if (entriesMax >= 0 && !copyEntry(entry, entryBytes, entriesMax)) return false;
  const line = place(S_LINES) + used;
  copyBytes(line, lineAt, lineAt + lineBytes);
  const source = place(S_SOURCES) + sources * 12;
  store<u32>(source, rowNumber);
  store<u64>(source + 4, load<u64>(lineAt - 8));
  setState(S_LINES_USED, <i32>(used + lineBytes));
  setState(S_SOURCES_USED, <i32>(sources + 1));
  return true;
}

function copyEntry(entry: usize, bytes: u32, most: i32): bool {
  const used = state(S_ENTRIES_USED);
  if (used + <i32>bytes > most) return false;
  copyBytes(place(S_ENTRIES) + <usize>used, entry, entry + bytes);
  setState(S_ENTRIES_USED, used + <i32>bytes);
  return true;
}
