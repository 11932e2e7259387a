/** Reads offers' entries (`sort/entry.ts`), and the list of them that `gather` makes. Numbers are 64-bit floats; negative means none. */
import { place, state, word } from './memory.ts';
import { FIRST_OF_GROUP, S_GATHERED, S_HAS_MSRP, S_NUMBERS_OFFSET } from './places.ts';

/** Words that are listed for an entry. */
export const LISTED_WORDS = 3;

export function entryAt(i: i32): usize {
  return <usize>word(place(S_GATHERED), LISTED_WORDS * i);
}

/** The position of the vendor of a listed entry. */
export function vendorAt(i: i32): i32 {
  return word(place(S_GATHERED), LISTED_WORDS * i + 1) & ~FIRST_OF_GROUP;
}

export function isFirstOfGroup(i: i32): bool {
  return (word(place(S_GATHERED), LISTED_WORDS * i + 1) & FIRST_OF_GROUP) !== 0;
}

/** 0 for none, else 1 + its position in `CONDITIONS`. */
export function conditionOf(entry: usize): i32 {
  return load<i32>(entry + 20);
}

/** A number, by its place: see `NUMBER_…` of `sort/entry.ts`. */
function numberOf(entry: usize, place_: usize): f64 {
  return load<f64>(entry + place(S_NUMBERS_OFFSET) + (place_ << 3));
}

export function quantityOf(entry: usize): f64 {
  return numberOf(entry, 0);
}

export function leadTimeOf(entry: usize): f64 {
  return numberOf(entry, 1);
}

export function costOf(entry: usize): f64 {
  return numberOf(entry, 2);
}

export function mapPriceOf(entry: usize): f64 {
  return numberOf(entry, 3);
}

export function ownPriceOf(entry: usize): f64 {
  return numberOf(entry, 4);
}

/** 0 if entries have none. */
export function msrpOf(entry: usize): f64 {
  return state(S_HAS_MSRP) === 0 ? 0 : numberOf(entry, 5);
}

/** Seconds since 1970, NaN for none. Entries must have it. */
export function secondsOf(entry: usize): f64 {
  return numberOf(entry, 5 + <usize>state(S_HAS_MSRP));
}
