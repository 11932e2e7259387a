/** Tells what is odd about a SKU and its winner: what `PriceWatch` and `DuplicateRows` of `merge/watch/` count and show. */
import { conditionOf, costOf, entryAt, mapPriceOf, msrpOf, ownPriceOf, quantityOf, vendorAt } from './entries.ts';
import { place, state } from './memory.ts';
import { S_ENFORCES_MAP, S_SETTLING } from './places.ts';
import {
  CONDITION_NEW,
  FAR_FACTOR,
  FOUND_BELOW_COST,
  FOUND_BELOW_MAP,
  FOUND_FAR_BELOW_MSRP,
  FOUND_OTHER,
  FOUND_USED_BESIDE_NEW,
  LEAST_COST,
  SETTLE_DECLARED,
  SETTLE_SLACK,
} from './settle-places.ts';

const MICROS: f64 = 1000000;

/** True if a vendor has several rows that differ, and nobody said what that means. */
export function haveOddRows(group: i32, end: i32): bool {
  for (let i = group + 1; i < end; i++) {
    const vendor = vendorAt(i);
    if (vendor !== vendorAt(i - 1) || load<u8>(place(S_SETTLING) + SETTLE_DECLARED + <usize>vendor) !== 0) continue;
    if (doDiffer(entryAt(i - 1), entryAt(i))) return true;
  }
  return false;
}

function doDiffer(a: usize, b: usize): bool {
  if (conditionOf(a) !== conditionOf(b)) return false;
  return quantityOf(a) !== quantityOf(b) || costOf(a) !== costOf(b) || ownPriceOf(a) !== ownPriceOf(b);
}

/** What is odd about a SKU whose winner costs so many micros: bits of `FOUND_…`. */
export function findings(group: i32, end: i32, winner: i32, micros: f64): i32 {
  for (let i = group; i < end; i++) if (isOddAmount(amountOf(entryAt(i)))) return FOUND_OTHER;
  const entry = entryAt(winner);
  const msrp = msrpOf(entry);
  if (micros === 0) return FOUND_OTHER;
  let found = 0;
  if (micros + load<f64>(place(S_SETTLING) + SETTLE_SLACK) < costOf(entry)) found |= FOUND_BELOW_COST;
  if (msrp > 0 && micros * FAR_FACTOR < msrp) found |= FOUND_FAR_BELOW_MSRP;
  if (group + 1 === end) return found;
  if (isFar(group, end, winner)) return FOUND_OTHER;
  if (isUsedBesideNew(group, end, entry)) found |= FOUND_USED_BESIDE_NEW;
  return isBelowMap(group, end, winner, micros) ? found | FOUND_BELOW_MAP : found;
}

/** The cost; without one, the feed's own price. */
function amountOf(entry: usize): f64 {
  const cost = costOf(entry);
  return cost < 0 ? ownPriceOf(entry) : cost;
}

/** True for 0, and for what vendors write where a price is on request. */
function isOddAmount(amount: f64): bool {
  if (amount <= LEAST_COST) return amount >= 0;
  if (amount < 9999 * MICROS) return false;
  const whole = Math.floor(amount / MICROS);
  const rest = amount - whole * MICROS;
  if (rest !== 0 && rest !== 900000 && rest !== 990000) return false;
  return (
    whole === 9999 ||
    whole === 99999 ||
    whole === 999999 ||
    whole === 9999999 ||
    whole === 99999999 ||
    whole === 999999999
  );
}

/** True if most rivals are far above the winner, or far below it. */
function isFar(group: i32, end: i32, winner: i32): bool {
  const vendor = vendorAt(winner);
  const ofCost = costOf(entryAt(winner)) >= 0;
  const own = amountOf(entryAt(winner));
  let count = 0;
  let above = 0;
  let below = 0;
  for (let i = group; i < end; i++) {
    const amount = ofCost ? costOf(entryAt(i)) : ownPriceOf(entryAt(i));
    if (vendorAt(i) === vendor || amount <= 0 || amount === LEAST_COST) continue;
    count++;
    if (amount > own * FAR_FACTOR) above++;
    else if (amount * FAR_FACTOR < own) below++;
  }
  return above > count >> 1 || below > count >> 1;
}

function isUsedBesideNew(group: i32, end: i32, winner: usize): bool {
  if (conditionOf(winner) <= CONDITION_NEW) return false;
  for (let i = group; i < end; i++) {
    const entry = entryAt(i);
    if (conditionOf(entry) === CONDITION_NEW && amountOf(entry) >= 0) return true;
  }
  return false;
}

/** True if the price is below the MAP that another vendor gives, and the winner's vendor gives none. */
function isBelowMap(group: i32, end: i32, winner: i32, micros: f64): bool {
  if (state(S_ENFORCES_MAP) === 0 || mapPriceOf(entryAt(winner)) > 0) return false;
  for (let i = group; i < end; i++) {
    if (vendorAt(i) !== vendorAt(winner) && micros < mapPriceOf(entryAt(i))) return true;
  }
  return false;
}
