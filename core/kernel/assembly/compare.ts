/**
 * Writes rows of the merged file, and compares each with what was published before: `ComparedRuns` of `publish/`. Both tables are
 * sorted by SKU, as the merge is. A row is the same if the published feed goes on with its very bytes, and the state of that feed with
 * the SKU, simply published, and its vendors; both are then passed. Neither moves at any other row.
 *
 * Of other rows, those are told that have no quotes and whose line of the state is the same: which cells changed. And SKUs that neither
 * table has. Whatever is not so plain is TypeScript's.
 */
import { number, place, setNumber, setState, setWord, state, word } from './memory.ts';
import { writeRow } from './output.ts';
import {
  C_PRICE,
  C_QUANTITY,
  C_SKU,
  COMPARED_CHANGED,
  COMPARED_NEW,
  COMPARED_OTHER,
  COMPARED_SAME,
  COMPARED_SHORT,
  FEED_CELLS,
  FEED_COLUMNS_MAX,
  N_OUT_QUANTITY,
  N_PUBLISHED_PRICE,
  N_PUBLISHED_QUANTITY,
  OUT_COLUMNS,
  S_CHANGED_COLUMNS,
  S_COMPARED,
  S_ENDINGS,
  S_FEED_AT,
  S_FEED_END,
  S_LINE_BYTES,
  S_OUT_COLUMNS,
  S_OUT_DECIMALS,
  S_SAME_IN_STOCK,
  S_SAME_QUOTED,
  S_SAME_ROWS,
  S_SAME_SKU_END,
  S_SAME_SKU_START,
  S_SKU_OFFSET,
  S_STATES_AT,
  S_STATES_END,
} from './places.ts';
import { needsQuotes, plainEnd } from './write.ts';

const COMMA: u32 = 44;
const LF: u32 = 10;
const QUOTE: i8 = 34;
const POINT: u32 = 46;
/** More digits are TypeScript's. */
const DIGITS_MAX: usize = 15;

/** `ending` is the place in `S_ENDINGS` of what follows the SKU in its line of the state. Returns the address after the row; `S_COMPARED` says what is known of it. */
export function writeCompared(out: usize, entry: usize, owner: i32, ending: i32): usize {
  const end = writeRow(out, entry, owner);
  setState(S_COMPARED, compared(out, end, entry, ending));
  return end;
}

function compared(out: usize, end: usize, entry: usize, ending: i32): i32 {
  const bytes = end - out;
  const feed = place(S_FEED_AT);
  if (feed + bytes > place(S_FEED_END) || !isSame(feed, out, bytes)) return comparedCells(out, end, entry, ending);
  const line = comparedLine(entry, ending);
  if (line !== COMPARED_SAME) return line;
  const lineStart = state(S_STATES_AT);
  setState(S_FEED_AT, <i32>(feed + bytes));
  setState(S_STATES_AT, lineStart + state(S_LINE_BYTES));
  setState(S_SAME_SKU_START, lineStart);
  setState(S_SAME_SKU_END, lineStart + load<i32>(entry + 12));
  setState(S_SAME_ROWS, state(S_SAME_ROWS) + 1);
  if (number(N_OUT_QUANTITY) > 0) setState(S_SAME_IN_STOCK, state(S_SAME_IN_STOCK) + 1);
  if (hasQuotes(out, bytes)) setState(S_SAME_QUOTED, 1);
  return COMPARED_SAME;
}

/** Compares the line of the state: `COMPARED_SAME`, `COMPARED_SHORT` or `COMPARED_OTHER`. */
function comparedLine(entry: usize, ending: i32): i32 {
  const line = place(S_STATES_AT);
  const sku = entry + place(S_SKU_OFFSET);
  const skuBytes = <usize>load<u32>(entry + 12);
  const endings = place(S_ENDINGS);
  const from = <usize>word(endings, 2 * ending);
  const endingBytes = <usize>word(endings, 2 * ending + 1) - from;
  if (line + skuBytes + endingBytes > place(S_STATES_END)) return COMPARED_SHORT;
  if (!isSame(line, sku, skuBytes) || !isSame(line + skuBytes, from, endingBytes)) return COMPARED_OTHER;
  // a cell in quotes is not the SKU's own bytes
  if (needsQuotes(sku, sku + skuBytes)) return COMPARED_OTHER;
  setState(S_LINE_BYTES, <i32>(skuBytes + endingBytes));
  return COMPARED_SAME;
}

/** Compares the row with the published feed's next one, cell by cell. */
function comparedCells(out: usize, end: usize, entry: usize, ending: i32): i32 {
  const columns = state(S_OUT_COLUMNS);
  if (columns > FEED_COLUMNS_MAX) return COMPARED_OTHER;
  const feedEnd = place(S_FEED_END);
  let own = out;
  let feed = place(S_FEED_AT);
  let changed = 0;
  setNumber(N_PUBLISHED_PRICE, -1);
  setNumber(N_PUBLISHED_QUANTITY, -1);
  for (let i = 0; i < columns; i++) {
    const ownEnd = plainEnd(own, end);
    const cell = plainEnd(feed, feedEnd);
    if (cell >= feedEnd) return COMPARED_SHORT;
    const last = i === columns - 1;
    if (ownEnd >= end || !endsCell(ownEnd, last) || !endsCell(cell, last)) return COMPARED_OTHER;
    const column = word(OUT_COLUMNS, i);
    const bytes = cell - feed;
    if (bytes !== ownEnd - own || !isSame(feed, own, bytes)) {
      if (column === C_SKU) return isBelow(own, ownEnd, feed, cell) ? comparedNew(own, ownEnd) : COMPARED_OTHER;
      changed |= 1 << i;
    }
    if (column === C_PRICE && !readNumber(N_PUBLISHED_PRICE, feed, cell, state(S_OUT_DECIMALS))) return COMPARED_OTHER;
    if (column === C_QUANTITY && !readNumber(N_PUBLISHED_QUANTITY, feed, cell, 0)) return COMPARED_OTHER;
    setWord(FEED_CELLS, i, <i32>feed);
    feed = cell + 1;
    own = ownEnd + 1;
  }
  setWord(FEED_CELLS, columns, <i32>feed);
  const line = comparedLine(entry, ending);
  if (line !== COMPARED_SAME) return line;
  setState(S_CHANGED_COLUMNS, changed);
  return COMPARED_CHANGED;
}

/** The SKU is not in the published feed: compares it with the next one of the state. */
function comparedNew(sku: usize, skuEnd: usize): i32 {
  const end = place(S_STATES_END);
  const line = place(S_STATES_AT);
  const cell = plainEnd(line, end);
  if (cell >= end) return COMPARED_SHORT;
  return endsCell(cell, false) && isBelow(sku, skuEnd, line, cell) ? COMPARED_NEW : COMPARED_OTHER;
}

/** True if the byte is a comma, or behind the last cell of a row an LF. */
function endsCell(at: usize, isLast: bool): bool {
  return <u32>load<u8>(at) === (isLast ? LF : COMMA);
}

function isBelow(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  while (a < aEnd && b < bEnd) {
    const difference = <i32>load<u8>(a++) - <i32>load<u8>(b++);
    if (difference !== 0) return difference < 0;
  }
  return aEnd - a < bEnd - b;
}

/** Reads a number as this file writes it, in units of its decimals; false if the cell has another form. */
function readNumber(index: i32, from: usize, to: usize, decimals: i32): bool {
  const fraction: usize = decimals === 0 ? 0 : <usize>(decimals + 1);
  if (to - from > DIGITS_MAX || to - from <= fraction) return false;
  const point = to - fraction;
  if (load<u8>(from) === 48 && point - from > 1) return false;
  let value: u64 = 0;
  for (let at = from; at < to; at++) {
    const byte = <u32>load<u8>(at);
    if (at === point) {
      if (byte !== POINT) return false;
    } else {
      const digit = byte - 48;
      if (digit > 9) return false;
      value = value * 10 + digit;
    }
  }
  setNumber(index, <f64>value);
  return true;
}

/** Compares 16 bytes at a time: up to 15 bytes past both ends are read. */
function isSame(a: usize, b: usize, bytes: usize): bool {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) if (differing(a + i, b + i) !== 0) return false;
  return (differing(a + i, b + i) & ((1 << (<i32>(bytes - i))) - 1)) === 0;
}

/** Reads up to 15 bytes past the end; those may answer for it: more is counted then than needs be. */
function hasQuotes(from: usize, bytes: usize): bool {
  let found = i8x16.eq(v128.load(from), i8x16.splat(QUOTE));
  for (let i: usize = 16; i < bytes; i += 16) found = v128.or(found, i8x16.eq(v128.load(from + i), i8x16.splat(QUOTE)));
  return v128.any_true(found);
}

/** A bit for each of 16 bytes that differs. */
function differing(a: usize, b: usize): i32 {
  return i8x16.bitmask(i8x16.ne(v128.load(a), v128.load(b)));
}
