/** Writes a row of the merged file as CSV, from the winner's entry: `OutputBuffer` of `merge/output.ts`, for rows without escapes. */
import { conditionOf, costOf, leadTimeOf, mapPriceOf, msrpOf, secondsOf } from './entries.ts';
import { number, place, state, word } from './memory.ts';
import {
  C_CONDITION,
  C_COST,
  C_LEAD_TIME,
  C_MAP_PRICE,
  C_MSRP,
  C_PRICE,
  C_QUANTITY,
  C_SKU,
  C_UPDATED_AT,
  C_VENDOR_ID,
  CONDITION_BYTES,
  CONDITION_WORDS,
  N_OUT_LEAD_TIME,
  N_OUT_NOW,
  N_OUT_PRICE,
  N_OUT_QUANTITY,
  OUT_COLUMNS,
  OUT_TEXTS,
  S_OUT_COLUMNS,
  S_OUT_DECIMALS,
  S_SKU_OFFSET,
  S_VENDORS,
} from './places.ts';
import { copyBytes, writeCell, writeInteger, writeMicros, writeTime, writeUnits } from './write.ts';

/** What the entry does not say, or no more. */
let vendor: i32 = 0;
let quantity: f64 = 0;
/** In units of the file's decimals. */
let price: f64 = 0;

/** Writes the row of the winner that `N_OUT_…` says more of; returns the address after it. The caller has seen to it that there is room. */
export function writeRow(out: usize, entry: usize, owner: i32): usize {
  vendor = owner;
  quantity = number(N_OUT_QUANTITY);
  price = number(N_OUT_PRICE);
  const columns = state(S_OUT_COLUMNS);
  let at = out;
  for (let i = 0; i < columns; i++) {
    if (i > 0) store<u8>(at++, 44);
    at = writeColumn(at, entry, word(OUT_COLUMNS, i));
  }
  store<u8>(at, 10);
  return at + 1;
}

function writeColumn(out: usize, entry: usize, column: i32): usize {
  if (column >= OUT_TEXTS) return writeText(out, entry, column - OUT_TEXTS);
  if (column === C_SKU) return writeSku(out, entry);
  if (column === C_QUANTITY) return writeInteger(out, <u64>quantity);
  if (column === C_PRICE) return writeUnits(out, <u64>price, state(S_OUT_DECIMALS));
  if (column === C_VENDOR_ID) return writeVendorId(out);
  if (column === C_UPDATED_AT) return writeUpdatedAt(out, entry);
  if (column === C_LEAD_TIME) return writeLeadTime(out, leadTimeOf(entry));
  if (column === C_CONDITION) return writeCondition(out, conditionOf(entry));
  if (column === C_COST) return writeMoney(out, costOf(entry));
  if (column === C_MAP_PRICE) return writeMoney(out, mapPriceOf(entry));
  if (column === C_MSRP) return writeMoney(out, msrpOf(entry));
  return out;
}

function writeSku(out: usize, entry: usize): usize {
  const sku = entry + place(S_SKU_OFFSET);
  return writeCell(out, sku, sku + load<u32>(entry + 12), 0);
}

function writeVendorId(out: usize): usize {
  const ids = place(S_VENDORS);
  return copyBytes(out, <usize>word(ids, 2 * vendor), <usize>word(ids, 2 * vendor + 1));
}

function writeUpdatedAt(out: usize, entry: usize): usize {
  const seconds = secondsOf(entry);
  // biome-ignore lint/suspicious/noSelfCompare: the offer has no time
  return writeTime(out, <i64>Math.floor(seconds === seconds ? seconds : number(N_OUT_NOW)));
}

function writeLeadTime(out: usize, own: f64): usize {
  const days = own >= 0 ? own : number(N_OUT_LEAD_TIME);
  return days < 0 ? out : writeInteger(out, <u64>days);
}

function writeCondition(out: usize, condition: i32): usize {
  if (condition <= 0) return out;
  const at = <usize>(CONDITION_WORDS + CONDITION_BYTES * (condition - 1));
  return copyBytes(out, at + 4, at + 4 + load<u32>(at));
}

function writeMoney(out: usize, micros: f64): usize {
  return micros < 0 ? out : writeMicros(out, <u64>micros, state(S_OUT_DECIMALS));
}

/** Texts are cells already. */
function writeText(out: usize, entry: usize, text: i32): usize {
  let from = entry + place(S_SKU_OFFSET) + load<u32>(entry + 12);
  for (let n = 0; n < text; n++) from += <usize>word(entry + 28, n);
  return copyBytes(out, from, from + <usize>word(entry + 28, text));
}
