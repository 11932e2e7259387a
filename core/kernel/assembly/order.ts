/** Compares offers of a SKU by criteria: `ColumnOrder` of `column-order.ts`, as `best_offer` has it. */
import { costOf, entryAt, leadTimeOf, quantityOf, secondsOf, vendorAt } from './entries.ts';
import { place, state } from './memory.ts';
import { S_ORDER_NUMBERS, S_SETTLING } from './places.ts';
import {
  ORDER_IN_STOCK,
  ORDER_LANDED,
  ORDER_LEAD_TIME,
  ORDER_NEWEST,
  ORDER_QUANTITY,
  ORDER_VENDOR,
  SETTLE_ORDER,
} from './settle-places.ts';

/** True if the listed entry `a` is better than `b`. */
export function isBefore(a: i32, b: i32): bool {
  let at = place(S_SETTLING) + SETTLE_ORDER;
  const end = at + ((<usize>state(S_ORDER_NUMBERS)) << 3);
  while (at < end) {
    const code = <i32>load<f64>(at);
    const one = rankOf(code, at, a);
    const other = rankOf(code, at, b);
    if (one !== other) return one < other;
    at += code === ORDER_VENDOR ? (2 + <usize>load<f64>(at + 8)) << 3 : code === ORDER_LEAD_TIME ? 16 : 8;
  }
  return false;
}

/** What the criterion at an address says of a listed entry: the lower, the better. */
function rankOf(code: i32, at: usize, i: i32): f64 {
  const entry = entryAt(i);
  if (code === ORDER_IN_STOCK) return quantityOf(entry) > 0 ? 0 : 1;
  if (code === ORDER_LANDED) return costOf(entry) < 0 ? Infinity : costOf(entry);
  if (code === ORDER_QUANTITY) return -quantityOf(entry);
  if (code === ORDER_LEAD_TIME) return leadTimeOf(entry) < 0 ? load<f64>(at + 8) : leadTimeOf(entry);
  if (code === ORDER_VENDOR) return load<f64>(at + 16 + ((<usize>vendorAt(i)) << 3));
  if (code !== ORDER_NEWEST) return 0;
  const seconds = secondsOf(entry);
  // biome-ignore lint/suspicious/noSelfCompare: the offer has no time
  return seconds === seconds ? -seconds : Infinity;
}
