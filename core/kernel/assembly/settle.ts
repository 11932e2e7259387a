/**
 * Settles SKUs: chooses, prices and writes the winner of each group that `gather` listed, as `settleGroup` of `merge/merge-range.ts` does.
 *
 * A SKU is either settled whole or not touched. The loop ends before the first one that the caller must look at: one without a price, one
 * of which something odd is to be shown (`merge/watch/`), and where a page of rows begins. Twins of SKUs are the caller's: it looks
 * at those that were settled.
 */
import { costOf, entryAt, isFirstOfGroup, msrpOf, quantityOf, vendorAt } from './entries.ts';
import { place, setNumber, setState, state } from './memory.ts';
import { isBefore } from './order.ts';
import { writeRow } from './output.ts';
import {
  N_OUT_PRICE,
  N_OUT_QUANTITY,
  S_COUNTED_FINDINGS,
  S_GATHERED_COUNT,
  S_OUT_AT,
  S_OUT_ENOUGH,
  S_PAGE_OFFERS,
  S_SETTLED_ROWS,
  S_SETTLING,
} from './places.ts';
import { divideHalfEven, priceOf } from './price.ts';
import { FOUND_KINDS, SETTLE_COUNTS, SETTLE_FOUND, SETTLE_OF_MICRO, SETTLE_OF_UNIT } from './settle-places.ts';
import { findings, haveOddRows } from './watch.ts';

/** Settles groups from a place in the list on, counted in entries, and returns the place of the next group. */
export function settle(from: i32): i32 {
  const count = state(S_GATHERED_COUNT);
  let left = state(S_PAGE_OFFERS);
  let rows = 0;
  let group = from;
  while (group < count && left > 0 && place(S_OUT_AT) < place(S_OUT_ENOUGH)) {
    const end = endOf(group, count);
    if (!settleGroup(group, end)) break;
    left -= end - group;
    rows++;
    group = end;
  }
  setState(S_SETTLED_ROWS, rows);
  return group;
}

/** The place behind the group's last entry. */
function endOf(group: i32, count: i32): i32 {
  let end = group + 1;
  while (end < count && !isFirstOfGroup(end)) end++;
  return end;
}

function settleGroup(group: i32, end: i32): bool {
  if (haveOddRows(group, end)) return false;
  let winner = group;
  for (let i = group + 1; i < end; i++) if (isBefore(i, winner)) winner = i;
  const entry = entryAt(winner);
  const ofMicro = load<f64>(place(S_SETTLING) + SETTLE_OF_MICRO);
  const price = priceOf(entry, ofMicro);
  // without a price another offer may win
  if (price < 0) return false;
  const found = findings(group, end, winner, divideHalfEven(price, ofMicro));
  if ((found & ~state(S_COUNTED_FINDINGS)) !== 0) return false;
  if (found !== 0) countFound(found);
  setNumber(N_OUT_QUANTITY, quantityOf(entry));
  setNumber(N_OUT_PRICE, divideHalfEven(price, load<f64>(place(S_SETTLING) + SETTLE_OF_UNIT)));
  setState(S_OUT_AT, <i32>writeRow(place(S_OUT_AT), entry, vendorAt(winner)));
  countGroup(group, end, vendorAt(winner));
  return true;
}

function countFound(found: i32): void {
  for (let bit = 0; bit < FOUND_KINDS; bit++) {
    if (((found >> bit) & 1) !== 0) increment(place(S_SETTLING) + SETTLE_FOUND + ((<usize>bit) << 3));
  }
}

function countsOf(vendor: i32): usize {
  return place(S_SETTLING) + SETTLE_COUNTS + ((<usize>vendor) << 5);
}

function increment(counter: usize): void {
  store<f64>(counter, load<f64>(counter) + 1);
}

/** Counts as `VendorFigures` does. */
function countGroup(group: i32, end: i32, winner: i32): void {
  increment(countsOf(winner) + 8);
  for (let i = group; i < end; i++) {
    const counts = countsOf(vendorAt(i));
    const cost = costOf(entryAt(i));
    const msrp = msrpOf(entryAt(i));
    increment(counts);
    if (cost <= 0 || msrp <= 0) continue;
    increment(counts + 16);
    if (cost > msrp) increment(counts + 24);
  }
}
