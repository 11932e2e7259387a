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
  letters,
  OTHER,
  OTHER_TIME,
  readCondition,
  readInteger,
  readMoney,
  readTime,
} from './cells.ts';
import { byte, number, place, setState, setWord, state, word } from './memory.ts';
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
  DITTO_BYTES_MAX,
  KINDS_DOUBTFUL,
  LEAD_TIME_MAX,
  MAPPED_SKU,
  N_NOW,
  NO_VALUE_BYTES_MAX,
  NO_VALUE_MARK_BYTES_MAX,
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
  S_ROWS,
  S_ROWS_MAX,
  S_SKU_BYTES_MAX,
  S_STORES_NUMBERS,
  S_TITLE_LONGEST,
  S_TITLES_TOLD,
  S_TOTAL_ROWS,
  S_USED,
  S_VALID_ROWS,
  SAMPLED_MASK,
  SAMPLED_ROWS,
  STYLE_PLAIN,
  STYLE_QUOTED_DOUBLED,
  TABLE_TEXT_KINDS,
  TEXT_BYTES_MAX,
  TEXT_CONTROL,
  TIME_AHEAD,
  TIME_MIN,
  TITLE_LENGTHS,
  TITLE_LENGTHS_MAX,
} from './places.ts';
import { hasControl, kindsOf, mayBeDate, mayBeWord } from './sku.ts';

/** An amount of 1 in micros. */
const MICROS: i64 = 1000000;

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
/** Characters of the title of a sample; 0 if the row is not sampled. */
let titleChars: i32 = 0;

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
  otherForms = clearForms = 0;
  clearCanonical();
  const written = state(S_MONEY_DECIMALS);
  quantity = readInteger(C_QUANTITY);
  leadTime = readInteger(C_LEAD_TIME);
  cost = readMoney(C_COST, written);
  mapPrice = readMoney(C_MAP_PRICE, written);
  price = readMoney(C_PRICE, written);
  msrp = readMoney(C_MSRP, written);
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

/** False for a number that may be thousands. Three decimals of a number that a sheet stores say nothing. */
function noteForm(column: i32): bool {
  const form = formOf(column);
  if (form === FORM_OTHER) otherForms |= 1 << column;
  if (state(S_STORES_NUMBERS) !== 0 && cellStyle(column) === STYLE_PLAIN) return true;
  if (form === FORM_CLEAR) clearForms |= 1 << column;
  return form !== FORM_DOUBTFUL;
}

export function readRest(): bool {
  condition = readCondition(C_CONDITION);
  hasTime = cellLength(C_UPDATED_AT) > 0;
  if (hasTime) seconds = readTime(C_UPDATED_AT, state(S_HAS_ZONE) !== 0);
  return condition >= 0 && !(hasTime && seconds === OTHER_TIME);
}

/** The bits of `oddBits`. */
export function lookAtValues(): void {
  odd = 0;
  if (quantity > 1 && equalsAmount(quantity * MICROS)) odd |= ODD_SAME;
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

/** Characters of a text in UTF-8: its bytes but those that continue one, eight at a time. */
function charsOf(column: i32): i32 {
  const start = cellStart(column);
  const end = cellEnd(column);
  let at = start;
  let continued: i64 = 0;
  for (; at + 8 <= end; at += 8) {
    const eight = load<i64>(at);
    // biome-ignore lint/correctness/noPrecisionLoss: an i64 in AssemblyScript
    continued += popcnt((eight >> 7) & ~(eight >> 6) & 0x0101010101010101);
  }
  for (; at < end; at++) if ((load<u8>(at) & 0xc0) === 0x80) continued++;
  return <i32>(end - start) - <i32>continued;
}

/** False for a text that `textDoubt` would look at: one with a control character, or what may be an escape. */
function isPlainText(column: i32): bool {
  const from = cellStart(column);
  if (mayBeDitto(from, cellEnd(column)) || isEscapedFormula(from, cellEnd(column))) return false;
  const length = <i32>(cellEnd(column) - from);
  if (mayBeNoText(from, length)) return false;
  const end = min(cellEnd(column), from + TEXT_BYTES_MAX);
  let kinds: i32 = 0;
  for (let at = from; at < end; at++) kinds |= byte(TABLE_TEXT_KINDS, load<u8>(at));
  if (kinds === 0) return true;
  if ((kinds & TEXT_CONTROL) !== 0) return false;
  for (let at = from; at < end; at++) {
    const sign = load<u8>(at);
    // an entity ends in `;`, quoted-printable has `=`, a tag `>`, and C1 begins with C2
    if (sign === 59 || sign === 61 || sign === 62 || sign === 0xc2) return false;
    // `\u00f6`, `%20`
    if (sign === 92 || (sign === 37 && at + 2 < end && isHex(load<u8>(at + 1)) && isHex(load<u8>(at + 2))))
      return false;
    if ((sign === 0xe2 || sign === 0xef) && hidesSign(at, end)) return false;
    // letters that were lost have become question marks inside of words
    if (sign === 63 && at > from && (isLetter(load<u8>(at - 1)) || load<u8>(at - 1) === 63)) return false;
  }
  return true;
}

/** The test of `bytes/text-signs.ts`. */
function hidesSign(at: usize, end: usize): bool {
  if (at + 2 >= end) return false;
  const second = load<u8>(at + 1);
  const third = load<u8>(at + 2);
  if (load<u8>(at) === 0xef) return (second === 0xbb && third === 0xbf) || (second === 0xbf && third >= 0xb9);
  return second === 0x80 ? third === 0x8b || (third >= 0xa8 && third <= 0xae) : second === 0x81 && third >= 0xa0;
}

/** The test of `bytes/text-signs.ts`. */
function isEscapedFormula(from: usize, to: usize): bool {
  if (to - from < 2 || load<u8>(from) !== 0x27) return false;
  const next = load<u8>(from + 1);
  return next === 0x3d || next === 0x2b || next === 0x2d || next === 0x40;
}

/** True for what programs write in place of a text; and for some others that begin and end so. */
function mayBeNoText(from: usize, length: i32): bool {
  if (length < 3 || length > NO_VALUE_BYTES_MAX) return false;
  const first = load<u8>(from);
  const last = load<u8>(from + length - 1);
  if (first === 0x23) return length <= NO_VALUE_MARK_BYTES_MAX;
  if (first === 0x5b) return last === 0x5d;
  if (first === 0x7b || first === 0x24) return last === 0x7d;
  const start = letters(from);
  // null, none, nil, nan, n/a, undefined
  if (length === 4) return start === 0x6c6c756e || start === 0x656e6f6e;
  if (length === 9) return start === 0x65646e75;
  const three = start & 0xffffff;
  return length === 3 && (three === 0x6c696e || three === 0x6e616e || three === 0x612f6e);
}

/** The test of `bytes/text-signs.ts`. */
function mayBeDitto(from: usize, to: usize): bool {
  if (from === to || <i32>(to - from) > DITTO_BYTES_MAX) return false;
  const last = load<u8>(to - 1);
  if (last === 0x22 || last === 0x27 || last === 0x2d) return load<u8>(from) === last;
  if (last === 0x2e) return true;
  if (last >= 0x80) return to - from === 3;
  const first = load<u8>(from) | 32;
  return (first === 0x64 && (last | 32) === 0x6f) || (first === 0x69 && (last | 32) === 0x6d);
}

function isHex(sign: u8): bool {
  const small = sign | 32;
  return (sign >= 48 && sign <= 57) || (small >= 97 && small <= 102);
}

/** True for a byte of letters outside ASCII, too. */
function isLetter(sign: u8): bool {
  const small = sign | 32;
  return sign >= 0x80 || (small >= 97 && small <= 122);
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
