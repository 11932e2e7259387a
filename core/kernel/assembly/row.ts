/**
 * Reads and checks one record: its values are those of the current row, as in `CurrentRow`. Each step is false for a row that is not
 * ordinary. Nothing is written to the segment here.
 */
import { mapSku } from './caller.ts';
import {
  cellEnd,
  cellLength,
  cellStart,
  cellStyle,
  clearCanonical,
  EMPTY,
  FORM_CLEAR,
  FORM_DOUBTFUL,
  FORM_OTHER,
  formOf,
  OTHER,
  OTHER_TIME,
  readCondition,
  readInteger,
  readMoney,
  readTime,
} from './cells.ts';
import { number, place, setState, setWord, state, word } from './memory.ts';
import {
  C_BRAND,
  C_CONDITION,
  C_COST,
  C_EXTRA,
  C_LEAD_TIME,
  C_MAP_PRICE,
  C_MSRP,
  C_PRICE,
  C_QUANTITY,
  C_SKU,
  C_TITLE,
  C_UPDATED_AT,
  C_VENDOR_SKU,
  KINDS_DOUBTFUL,
  LEAD_TIME_MAX,
  MAPPED_SKU,
  N_NOW,
  NOT_MAPPED,
  NOTE_DATE,
  NOTE_SAMPLE,
  NOTE_SKU,
  NOTE_TITLE,
  ODD_COST,
  ODD_LEAD_TIME,
  ODD_QUANTITY,
  ODD_SAME,
  ODD_TIME,
  QUANTITY_MAX,
  QUANTITY_NINES,
  ROW_FIXED_BYTES,
  S_ARENA_BYTES,
  S_COLUMNS,
  S_EMPTY_EXAMPLES,
  S_EMPTY_QUANTITIES,
  S_EXAMPLES,
  S_EXTRA_BYTES_MAX,
  S_HAS_SKU_MAP,
  S_HAS_ZONE,
  S_MAPPED_BYTES_MAX,
  S_MONEY_DECIMALS,
  S_NOTES_SAMPLES,
  S_PREPARED,
  S_ROWS,
  S_ROWS_MAX,
  S_SKU_BYTES_MAX,
  S_STORES_NUMBERS,
  S_TITLE_LONGEST,
  S_TITLES_TOLD,
  S_TOTAL_ROWS,
  S_USED,
  S_VALID_ROWS,
  S_VALUES,
  SAMPLED_MASK,
  SAMPLED_ROWS,
  STYLE_PLAIN,
  STYLE_QUOTED_DOUBLED,
  TIME_AHEAD,
  TIME_MIN,
  TITLE_LENGTHS,
  TITLE_LENGTHS_MAX,
  VALUES_PER_RECORD,
} from './places.ts';
import { hasControl, kindsOf, mayBeDate, mayBeWord } from './sku.ts';
import { charsOf, isPlainText } from './texts.ts';

/** An amount of 1 in micros. */
const MICROS: i64 = 1000000;
/** Amounts are below this. */
const AMOUNTS_END: i64 = 1000000000;

// ---- the values of the current row
export let quantity: i64 = 0;
export let leadTime: i64 = 0;
export let cost: i64 = 0;
export let mapPrice: i64 = 0;
export let price: i64 = 0;
export let msrp: i64 = 0;
export let condition: i32 = 0;
export let hasTime: bool = false;
export let seconds: i64 = 0;
/** By column, a bit: what its number's form is. */
export let otherForms: i32 = 0;
export let clearForms: i32 = 0;
export let skuKinds: i32 = 0;
/** The kinds of the SKU and of what it is mapped to. */
export let allKinds: i32 = 0;
/** The SKU, after the map. */
export let skuStart: usize = 0;
export let skuEnd: usize = 0;
export let isMapped: bool = false;
/** Flags of the row's note. */
export let note: i32 = 0;
/** `ODD_…` bits: what is odd about its values. */
export let odd: i32 = 0;
/** Where the prepared values of the record are. */
let values: usize = 0;
/** Characters of the title of a sample; 0 if the row is not sampled. */
let titleChars: i32 = 0;

export function useValues(record: i32): void {
  values = place(S_VALUES) + <usize>(record * VALUES_PER_RECORD * 8);
}

/** True if the caller has read the column's cell. */
function isPrepared(column: i32): bool {
  return ((state(S_PREPARED) >> column) & 1) !== 0;
}

function preparedOf(column: i32): f64 {
  return load<f64>(values + ((<usize>(column - C_QUANTITY)) << 3));
}

export function readSku(): bool {
  skuStart = cellStart(C_SKU);
  skuEnd = cellEnd(C_SKU);
  isMapped = false;
  note = 0;
  if (skuStart === skuEnd || cellStyle(C_SKU) === STYLE_QUOTED_DOUBLED) return false;
  if (load<u8>(skuStart) >= 0x80 || load<u8>(skuEnd - 1) >= 0x80) return false;
  allKinds = 0;
  if (!readKinds() || (state(S_HAS_SKU_MAP) !== 0 && !readMapped())) return false;
  if (<i32>(skuEnd - skuStart) > state(S_SKU_BYTES_MAX)) return false;
  if ((skuKinds & KINDS_DOUBTFUL) !== 0 || mayBeWord(skuStart, skuEnd)) note |= NOTE_SKU;
  if (mayBeDate(skuStart, skuEnd)) note |= NOTE_DATE;
  return true;
}

/** False if the SKU has a control character. */
function readKinds(): bool {
  skuKinds = kindsOf(skuStart, skuEnd);
  allKinds |= skuKinds;
  return (skuKinds & KINDS_DOUBTFUL) === 0 || !hasControl(skuStart, skuEnd);
}

/** Puts what the SKU is mapped to in its place. The caller shows the first rows, if they are not in the map. */
function readMapped(): bool {
  const length = mapSku(skuStart, skuEnd);
  if (length === NOT_MAPPED) return state(S_TOTAL_ROWS) >= state(S_EXAMPLES);
  if (length <= 0) return false;
  isMapped = true;
  skuStart = MAPPED_SKU;
  skuEnd = MAPPED_SKU + length;
  return readKinds();
}

export function readNumbers(): bool {
  otherForms = 0;
  clearForms = state(S_PREPARED) === 0 ? 0 : <i32>preparedOf(C_BRAND);
  clearCanonical();
  const written = state(S_MONEY_DECIMALS);
  quantity = integerOf(C_QUANTITY);
  leadTime = integerOf(C_LEAD_TIME);
  cost = moneyOf(C_COST, written);
  mapPrice = moneyOf(C_MAP_PRICE, written);
  price = moneyOf(C_PRICE, written);
  msrp = moneyOf(C_MSRP, written);
  if (quantity === EMPTY && state(S_EMPTY_QUANTITIES) < state(S_EMPTY_EXAMPLES)) return false;
  const isRead =
    quantity !== OTHER &&
    leadTime !== OTHER &&
    cost !== OTHER &&
    mapPrice !== OTHER &&
    price !== OTHER &&
    msrp !== OTHER;
  return (
    isRead && noteForm(C_QUANTITY) && noteForm(C_COST) && noteForm(C_MAP_PRICE) && noteForm(C_PRICE) && noteForm(C_MSRP)
  );
}

function integerOf(column: i32): i64 {
  return isPrepared(column) ? <i64>preparedOf(column) : readInteger(column);
}

function moneyOf(column: i32, written: i32): i64 {
  return isPrepared(column) ? <i64>preparedOf(column) : readMoney(column, written);
}

/** False for a number that may be thousands. Three decimals of a number that a sheet stores say nothing. */
function noteForm(column: i32): bool {
  const form = formOf(column);
  if (form === FORM_OTHER) otherForms |= 1 << column;
  if (state(S_STORES_NUMBERS) !== 0 && cellStyle(column) === STYLE_PLAIN) return true;
  if (form === FORM_CLEAR) clearForms |= 1 << column;
  return form !== FORM_DOUBTFUL;
}

export function readRest(): bool {
  condition = isPrepared(C_CONDITION) ? <i32>preparedOf(C_CONDITION) : readCondition(C_CONDITION);
  if (isPrepared(C_UPDATED_AT)) readPreparedTime();
  else {
    hasTime = cellLength(C_UPDATED_AT) > 0;
    if (hasTime) seconds = readTime(C_UPDATED_AT, state(S_HAS_ZONE) !== 0);
  }
  return condition >= 0 && !(hasTime && seconds === OTHER_TIME);
}

function readPreparedTime(): void {
  const value = preparedOf(C_UPDATED_AT);
  // NaN is no time
  hasTime = value > <f64>OTHER_TIME;
  if (hasTime) seconds = <i64>value;
}

/** The bits of `oddBits`. */
export function lookAtValues(): void {
  odd = 0;
  // a product of more digits than an i64 has could be any amount
  if (quantity > 1 && quantity < AMOUNTS_END && equalsAmount(quantity * MICROS)) odd |= ODD_SAME;
  if (quantity >= QUANTITY_NINES && (quantity >= QUANTITY_MAX || quantity === 99999 || quantity === 999999))
    odd |= ODD_QUANTITY;
  if (leadTime > LEAD_TIME_MAX) odd |= ODD_LEAD_TIME;
  if (hasTime && (seconds < TIME_MIN || <f64>seconds > number(N_NOW) + TIME_AHEAD)) odd |= ODD_TIME;
  if (msrp > 0 && cost > msrp) odd |= ODD_COST;
}

function equalsAmount(micros: i64): bool {
  return micros === cost || micros === mapPrice || micros === price || micros === msrp;
}

/** Brand and title are looked at in the first rows and in some later ones. */
export function lookAtSample(): bool {
  const valid = state(S_VALID_ROWS) + 1;
  titleChars = 0;
  if (valid > SAMPLED_ROWS && (valid & SAMPLED_MASK) !== 0) return true;
  titleChars = min(charsOf(C_TITLE), TITLE_LENGTHS_MAX - 1);
  if (state(S_NOTES_SAMPLES) !== 0) note |= NOTE_SAMPLE;
  return isPlainText(C_BRAND) && isPlainText(C_TITLE);
}

/** Counts the title of a row that was taken, and notes the first ones of the longest. */
export function countTitle(): void {
  if (titleChars === 0) return;
  setWord(TITLE_LENGTHS, titleChars, word(TITLE_LENGTHS, titleChars) + 1);
  if (titleChars < state(S_TITLE_LONGEST)) return;
  const told = titleChars > state(S_TITLE_LONGEST) ? 0 : state(S_TITLES_TOLD);
  setState(S_TITLE_LONGEST, titleChars);
  setState(S_TITLES_TOLD, told + 1);
  if (told < state(S_EXAMPLES)) note |= NOTE_TITLE;
}

export function extrasFit(): bool {
  for (let column = C_EXTRA; column < state(S_COLUMNS); column++) {
    if (cellLength(column) > state(S_EXTRA_BYTES_MAX)) return false;
  }
  return true;
}

/** The bound of `Normalizer` for what a row may take. */
export function hasRoom(): bool {
  let texts = cellLength(C_VENDOR_SKU) + cellLength(C_BRAND) + cellLength(C_TITLE) + 2 * cellLength(C_SKU);
  if (state(S_HAS_SKU_MAP) !== 0) texts += state(S_MAPPED_BYTES_MAX);
  for (let column = C_EXTRA; column < state(S_COLUMNS); column++) texts += cellLength(column) + 1;
  const bytes = <usize>(4 * texts + ROW_FIXED_BYTES);
  return state(S_ROWS) < state(S_ROWS_MAX) && place(S_USED) + bytes <= place(S_ARENA_BYTES);
}

/** The five numbers that all entries have. */
export function writeValues(out: usize): void {
  store<f64>(out, quantity === EMPTY ? 0 : <f64>quantity);
  store<f64>(out + 8, <f64>leadTime);
  store<f64>(out + 16, <f64>cost);
  store<f64>(out + 24, <f64>mapPrice);
  store<f64>(out + 32, <f64>price);
}
