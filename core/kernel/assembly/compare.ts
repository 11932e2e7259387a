/**
 * Writes rows of the merged file, and compares each with what was published before: `UnchangedRuns` of `publish/`. A row is the
 * same if the published feed goes on with its very bytes, and the state of that feed with the SKU, simply published, and its
 * vendors. Both are then passed. Neither moves at any other row.
 */
import { number, place, setState, state, word } from './memory.ts';
import { writeRow } from './output.ts';
import {
  N_OUT_QUANTITY,
  S_COMPARED_SHORT,
  S_ENDINGS,
  S_FEED_AT,
  S_FEED_END,
  S_SAME_IN_STOCK,
  S_SAME_ROWS,
  S_SAME_SKU_END,
  S_SAME_SKU_START,
  S_SKU_OFFSET,
  S_STATES_AT,
  S_STATES_END,
} from './places.ts';
import { needsQuotes } from './write.ts';

/** `ending` is the place in `S_ENDINGS` of what follows the SKU in its line of the state. Returns the address after the row; negative unless it is the same. */
export function writeCompared(out: usize, entry: usize, owner: i32, ending: i32): i32 {
  const end = writeRow(out, entry, owner);
  const bytes = end - out;
  const feed = place(S_FEED_AT);
  setState(S_COMPARED_SHORT, feed + bytes > place(S_FEED_END) ? 1 : 0);
  if (feed + bytes > place(S_FEED_END) || !isSame(feed, out, bytes)) return -(<i32>end);
  const line = place(S_STATES_AT);
  const sku = entry + place(S_SKU_OFFSET);
  const skuBytes = <usize>load<u32>(entry + 12);
  const endings = place(S_ENDINGS);
  const from = <usize>word(endings, 2 * ending);
  const endingBytes = <usize>word(endings, 2 * ending + 1) - from;
  if (line + skuBytes + endingBytes > place(S_STATES_END)) {
    setState(S_COMPARED_SHORT, 1);
    return -(<i32>end);
  }
  if (!isSame(line, sku, skuBytes) || !isSame(line + skuBytes, from, endingBytes)) return -(<i32>end);
  // a cell in quotes is not the SKU's own bytes
  if (needsQuotes(sku, sku + skuBytes)) return -(<i32>end);
  setState(S_FEED_AT, <i32>(feed + bytes));
  setState(S_STATES_AT, <i32>(line + skuBytes + endingBytes));
  setState(S_SAME_SKU_START, <i32>line);
  setState(S_SAME_SKU_END, <i32>(line + skuBytes));
  setState(S_SAME_ROWS, state(S_SAME_ROWS) + 1);
  if (number(N_OUT_QUANTITY) > 0) setState(S_SAME_IN_STOCK, state(S_SAME_IN_STOCK) + 1);
  return <i32>end;
}

/** Compares 16 bytes at a time: up to 15 bytes past both ends are read. */
function isSame(a: usize, b: usize, bytes: usize): bool {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) if (differing(a + i, b + i) !== 0) return false;
  return (differing(a + i, b + i) & ((1 << (<i32>(bytes - i))) - 1)) === 0;
}

/** A bit for each of 16 bytes that differs. */
function differing(a: usize, b: usize): i32 {
  return i8x16.bitmask(i8x16.ne(v128.load(a), v128.load(b)));
}
