/**
 * Turns records into canonical rows: `normalize/normalizer.ts` and `normalize/row-writer.ts` for rows that are ordinary in every
 * respect. It writes the same lines, entries and keys into the arrays of the same `Segment`.
 *
 * A row is either taken whole or not touched. All is read and checked first; only then is it written. At the first record
 * that is not ordinary the loop ends, and the caller reads that one: with its reports, examples and warnings. Rows that are
 * valid but must be looked at again, such as one whose SKU may be a date, are listed in `NOTES`.
 *
 * `Segment.hasRoom`, asked as `hasRoom` here, bounds all writes of a row.
 */

import { acceptRow, keepsRow, mapSku } from './caller.ts';
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
  isCanonical,
  locate,
  OTHER,
  OTHER_TIME,
  readCondition,
  readInteger,
  readMoney,
  readTime,
  useFields,
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
  FAULT_FILTERED_OUT,
  FAULT_NONE,
  KINDS_DOUBTFUL,
  LINE_CELL_END,
  LINE_CELL_START,
  MAPPED_SKU,
  N_MSRP,
  N_NOW,
  N_QUANTITY,
  N_UPDATED_AT,
  NOT_MAPPED,
  NOTE_DATE,
  NOTE_SAMPLE,
  NOTE_SKU,
  NOTES,
  NUMBERS,
  ROW_FIXED_BYTES,
  ROW_SOURCE_BYTES,
  S_ANY_SHIFT,
  S_ARENA,
  S_ARENA_BYTES,
  S_BATCH_QUOTE,
  S_CLEAR_FORMS,
  S_COLUMNS,
  S_EMPTY_EXAMPLES,
  S_EMPTY_QUANTITIES,
  S_ENTRY_AT,
  S_EXAMPLES,
  S_EXTRA_BYTES_MAX,
  S_FAULT,
  S_FIELD_END,
  S_FIELD_START,
  S_FIELD_STYLE,
  S_FILE_NUMBER,
  S_FIRST_FIELD,
  S_FROM,
  S_HAS_CHECKS,
  S_HAS_FILTERS,
  S_HAS_MSRP,
  S_HAS_SKU_MAP,
  S_HAS_TIME,
  S_HAS_ZONE,
  S_KEYS_0,
  S_KEYS_1,
  S_KEYS_2,
  S_LINE,
  S_MAPPED_BYTES_MAX,
  S_MAPPED_ROWS,
  S_MONEY_DECIMALS,
  S_NOTES,
  S_NOTES_SAMPLES,
  S_NUMBERS_OFFSET,
  S_OTHER_FORMS,
  S_RECORDS,
  S_ROW_CONDITION,
  S_ROW_IS_MAPPED,
  S_ROW_LINE,
  S_ROW_NUMBER,
  S_ROW_SKU_END,
  S_ROW_SKU_KINDS,
  S_ROW_SKU_START,
  S_ROWS,
  S_ROWS_MAX,
  S_SHIFT,
  S_SKIPPED_ROWS,
  S_SKU_BYTES_MAX,
  S_SKU_KINDS,
  S_SKU_OFFSET,
  S_TEXTS,
  S_TO,
  S_TOTAL_ROWS,
  S_USED,
  S_VALID_ROWS,
  S_VENDOR_ID_LENGTH,
  S_WIDTH,
  S_WINDOW,
  SAMPLED_MASK,
  SAMPLED_ROWS,
  STYLE_QUOTED_DOUBLED,
  TABLE_TEXT_KINDS,
  TEXT_BYTES_MAX,
  TEXT_COLUMNS,
  TEXT_CONTROL,
  VENDOR_ID,
} from './places.ts';
import { hasControl, kindsOf, mayBeDate, mayBeWord } from './sku.ts';
import { copyBytes, writeCell, writeInteger, writeMicros, writeTime } from './write.ts';

// ---- the values of the current row
let quantity: i64 = 0;
let leadTime: i64 = 0;
let cost: i64 = 0;
let mapPrice: i64 = 0;
let price: i64 = 0;
let msrp: i64 = 0;
let condition: i32 = 0;
let hasTime: bool = false;
let seconds: i64 = 0;
/** By column, a bit: what its number's form is. */
let otherForms: i32 = 0;
let clearForms: i32 = 0;
let skuKinds: i32 = 0;
/** The kinds of the SKU and of what it is mapped to. */
let allKinds: i32 = 0;
/** The SKU, after the map. */
let skuStart: usize = 0;
let skuEnd: usize = 0;
let isMapped: bool = false;
/** Flags of the row's note. */
let note: i32 = 0;

/** Takes rows from `S_FROM` on, and moves it past them. */
export function rows(): void {
  useFields(place(S_FIELD_START), place(S_FIELD_END), place(S_FIELD_STYLE), place(S_WINDOW));
  const to = state(S_TO);
  let record = state(S_FROM);
  while (record < to) {
    const fault = load<u8>(place(S_FAULT) + <usize>record);
    if (fault === FAULT_FILTERED_OUT) setState(S_RECORDS, state(S_RECORDS) + 1);
    else if (fault !== FAULT_NONE || !takeRow(record)) break;
    record++;
  }
  setState(S_FROM, record);
}

/** Takes the record as a row if it is ordinary. */
function takeRow(record: i32): bool {
  if (state(S_HAS_FILTERS) !== 0 && keepsRow(record) === 0) return leaveOut();
  const first = word(place(S_FIRST_FIELD), record);
  const fields = word(place(S_FIRST_FIELD), record + 1) - first;
  const width = state(S_WIDTH);
  if (width > 0 && fields !== width) return false;
  const line = word(place(S_LINE), record);
  const rowNumber = state(S_RECORDS) + 1;
  if (state(S_ANY_SHIFT) === 0 && line - rowNumber !== state(S_SHIFT)) return false;
  locate(first, fields, state(S_COLUMNS));
  note = 0;
  if (!readSku() || !readNumbers() || !readRest() || !lookAtSample() || !extrasFit() || !hasRoom()) return false;
  const isAccepted = state(S_HAS_CHECKS) === 0 || isAcceptedByCaller(record, line, rowNumber);
  count(rowNumber, line);
  if (!isAccepted) return true;
  countValid();
  if (note !== 0) addNote(record);
  append(line, rowNumber);
  return true;
}

/** Leaves a record out that filters do not keep. The caller shows the first ones. */
function leaveOut(): bool {
  const skipped = state(S_SKIPPED_ROWS);
  if (skipped < state(S_EXAMPLES)) return false;
  setState(S_SKIPPED_ROWS, skipped + 1);
  setState(S_RECORDS, state(S_RECORDS) + 1);
  return true;
}

function isAcceptedByCaller(record: i32, line: i32, rowNumber: i32): bool {
  writeValues(NUMBERS + 8 * N_QUANTITY);
  store<f64>(NUMBERS + 8 * N_MSRP, <f64>msrp);
  store<f64>(NUMBERS + 8 * N_UPDATED_AT, hasTime ? <f64>seconds : NaN);
  setState(S_ROW_CONDITION, condition);
  setState(S_ROW_NUMBER, rowNumber);
  setState(S_ROW_LINE, line);
  setState(S_ROW_SKU_START, <i32>skuStart);
  setState(S_ROW_SKU_END, <i32>skuEnd);
  setState(S_ROW_IS_MAPPED, isMapped ? 1 : 0);
  setState(S_ROW_SKU_KINDS, skuKinds);
  return acceptRow(record) !== 0;
}

function readSku(): bool {
  skuStart = cellStart(C_SKU);
  skuEnd = cellEnd(C_SKU);
  isMapped = false;
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

function readNumbers(): bool {
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

/** False for a number that may be thousands. */
function noteForm(column: i32): bool {
  const form = formOf(column);
  if (form === FORM_OTHER) otherForms |= 1 << column;
  if (form === FORM_CLEAR) clearForms |= 1 << column;
  return form !== FORM_DOUBTFUL;
}

function readRest(): bool {
  condition = readCondition(C_CONDITION);
  hasTime = cellLength(C_UPDATED_AT) > 0;
  if (hasTime) seconds = readTime(C_UPDATED_AT, state(S_HAS_ZONE) !== 0);
  return condition >= 0 && !(hasTime && seconds === OTHER_TIME);
}

/** Of the first rows, and of some later ones, brand and title are looked at. */
function lookAtSample(): bool {
  const valid = state(S_VALID_ROWS) + 1;
  if (valid > SAMPLED_ROWS && (valid & SAMPLED_MASK) !== 0) return true;
  if (state(S_NOTES_SAMPLES) !== 0) note |= NOTE_SAMPLE;
  return isPlainText(C_BRAND) && isPlainText(C_TITLE);
}

/** False for a text that `textDoubt` would look at: one with a control character, or what may be an escape. */
function isPlainText(column: i32): bool {
  const from = cellStart(column);
  const end = min(cellEnd(column), from + TEXT_BYTES_MAX);
  let kinds: i32 = 0;
  for (let at = from; at < end; at++) kinds |= byte(TABLE_TEXT_KINDS, load<u8>(at));
  if (kinds === 0) return true;
  if ((kinds & TEXT_CONTROL) !== 0) return false;
  for (let at = from; at < end; at++) {
    const sign = load<u8>(at);
    // an entity ends in `;`, quoted-printable has `=`, and C1 begins with C2
    if (sign === 59 || sign === 61 || sign === 0xc2) return false;
  }
  return true;
}

function extrasFit(): bool {
  for (let column = C_EXTRA; column < state(S_COLUMNS); column++) {
    if (cellLength(column) > state(S_EXTRA_BYTES_MAX)) return false;
  }
  return true;
}

/** The bound of `Normalizer` for what a row may take. */
function hasRoom(): bool {
  let texts = cellLength(C_VENDOR_SKU) + cellLength(C_BRAND) + cellLength(C_TITLE) + 2 * cellLength(C_SKU);
  if (state(S_HAS_SKU_MAP) !== 0) texts += state(S_MAPPED_BYTES_MAX);
  for (let column = C_EXTRA; column < state(S_COLUMNS); column++) texts += cellLength(column) + 1;
  const bytes = <usize>(4 * texts + ROW_FIXED_BYTES);
  return state(S_ROWS) < state(S_ROWS_MAX) && place(S_USED) + bytes <= place(S_ARENA_BYTES);
}

function addNote(record: i32): void {
  const notes = state(S_NOTES);
  setWord(NOTES, 2 * notes, record);
  setWord(NOTES, 2 * notes + 1, note | (state(S_ROWS) << 4));
  setState(S_NOTES, notes + 1);
}

function count(rowNumber: i32, line: i32): void {
  setState(S_ROW_NUMBER, rowNumber);
  setState(S_ROW_LINE, line);
  setState(S_RECORDS, rowNumber);
  setState(S_TOTAL_ROWS, state(S_TOTAL_ROWS) + 1);
  if (isMapped) setState(S_MAPPED_ROWS, state(S_MAPPED_ROWS) + 1);
  setState(S_SKU_KINDS, state(S_SKU_KINDS) | allKinds);
  setState(S_OTHER_FORMS, state(S_OTHER_FORMS) | otherForms);
}

function countValid(): void {
  setState(S_VALID_ROWS, state(S_VALID_ROWS) + 1);
  if (quantity === EMPTY) setState(S_EMPTY_QUANTITIES, state(S_EMPTY_QUANTITIES) + 1);
  setState(S_CLEAR_FORMS, state(S_CLEAR_FORMS) | clearForms);
}

function align8(bytes: usize): usize {
  return (bytes + 7) & ~7;
}

/** Writes the row's source, line, entry and keys behind the rows before it. */
function append(line: i32, rowNumber: i32): void {
  const source = place(S_ARENA) + place(S_USED);
  store<i32>(source, line);
  store<i32>(source + 4, state(S_FILE_NUMBER));
  const lineAt = source + ROW_SOURCE_BYTES;
  const lineEnd = writeLine(lineAt);
  const entry = align8(lineEnd);
  const skuAt = entry + place(S_SKU_OFFSET);
  const end = writeTexts(entry, copyBytes(skuAt, skuStart, skuEnd));
  // the SKU was copied with what follows it, and the texts after it may be none: keys are masked by its length
  const length = <i32>(skuEnd - skuStart);
  store<i32>(entry, <i32>(end - entry));
  store<u32>(entry + 4, prefix(skuAt, length));
  store<u32>(entry + 8, prefix(skuAt + 4, length - 4));
  store<i32>(entry + 12, length);
  store<i32>(entry + 16, rowNumber);
  store<i32>(entry + 20, condition);
  store<i32>(entry + 24, <i32>(lineEnd - lineAt));
  writeEntryNumbers(entry + place(S_NUMBERS_OFFSET));
  addKeys(entry, skuAt, length);
  setState(S_USED, <i32>(end - place(S_ARENA)));
}

/** Four bytes, big-endian; bytes past the length count as zero. */
function prefix(at: usize, length: i32): u32 {
  if (length <= 0) return 0;
  const four = bswap<u32>(load<u32>(at));
  return length >= 4 ? four : four & ((<u32>0xffffffff) << ((4 - length) << 3));
}

function addKeys(entry: usize, skuAt: usize, length: i32): void {
  const row = state(S_ROWS);
  setWord(place(S_ENTRY_AT), row, <i32>(entry - place(S_ARENA)));
  setWord(place(S_KEYS_0), row, prefix(skuAt, length));
  setWord(place(S_KEYS_1), row, prefix(skuAt + 4, length - 4));
  setWord(place(S_KEYS_2), row, prefix(skuAt + 8, length - 8));
  setState(S_ROWS, row + 1);
}

function comma(at: usize): usize {
  store<u8>(at, 44);
  return at + 1;
}

function writeLine(lineAt: usize): usize {
  let at = writeCell(lineAt, skuStart, skuEnd, 0);
  at = writeVendorSku(comma(at));
  at = copyBytes(comma(at), VENDOR_ID, VENDOR_ID + state(S_VENDOR_ID_LENGTH));
  at = writeNumbers(comma(at));
  at = writeText(at, C_BRAND);
  at = writeText(comma(at), C_TITLE);
  at = writeUpdatedAt(comma(at));
  for (let column = C_EXTRA; column < state(S_COLUMNS); column++) at = writeText(comma(at), column);
  store<u8>(at, 10);
  return at + 1;
}

/** Quantity to condition, each followed by a comma. */
function writeNumbers(out: usize): usize {
  let at = comma(writeCount(out, C_QUANTITY, quantity === EMPTY ? 0 : quantity));
  at = writeCount(at, C_LEAD_TIME, leadTime);
  at = writeMoney(comma(at), C_COST, cost);
  at = writeMoney(comma(at), C_MAP_PRICE, mapPrice);
  at = writeMoney(comma(at), C_PRICE, price);
  at = comma(writeMoney(comma(at), C_MSRP, msrp));
  return comma(writeCondition(at));
}

/** Most numbers are written in the feed as they are here: copying is faster than writing digits. */
function writeCount(out: usize, column: i32, value: i64): usize {
  if (isCanonical(column)) return copyBytes(out, cellStart(column), cellEnd(column));
  return value === EMPTY ? out : writeInteger(out, value);
}

function writeMoney(out: usize, column: i32, micros: i64): usize {
  if (isCanonical(column)) return copyBytes(out, cellStart(column), cellEnd(column));
  return micros === EMPTY ? out : writeMicros(out, micros, state(S_MONEY_DECIMALS));
}

/** The cell's word, in small letters. */
function writeCondition(out: usize): usize {
  const from = cellStart(C_CONDITION);
  const to = cellEnd(C_CONDITION);
  let at = out;
  for (let source = from; source < to; source++) store<u8>(at++, load<u8>(source) | 32);
  return at;
}

/** Copies a time in the canonical form, 20 bytes with `T` and `Z`; writes others anew. */
function writeUpdatedAt(out: usize): usize {
  const from = cellStart(C_UPDATED_AT);
  if (!hasTime) return writeTime(out, <i64>Math.floor(number(N_NOW)));
  const isCopied = cellLength(C_UPDATED_AT) === 20 && load<u8>(from + 10) === 84 && load<u8>(from + 19) === 90;
  return isCopied ? copyBytes(out, from, from + 20) : writeTime(out, seconds);
}

/** A mapped SKU stands for the feed's own, which is then the vendor's. */
function writeVendorSku(out: usize): usize {
  const isOwn = isMapped && cellLength(C_VENDOR_SKU) === 0;
  return isOwn ? writeTextAs(out, C_SKU, C_VENDOR_SKU) : writeText(out, C_VENDOR_SKU);
}

function writeText(out: usize, column: i32): usize {
  return writeTextAs(out, column, column);
}

/** Writes the cell of one column as the text cell of another, and notes where it is in the line. */
function writeTextAs(out: usize, column: i32, target: i32): usize {
  const doubled = cellStyle(column) === STYLE_QUOTED_DOUBLED ? state(S_BATCH_QUOTE) : 0;
  const end = writeCell(out, cellStart(column), cellEnd(column), doubled);
  setWord(LINE_CELL_START, target, <i32>out);
  setWord(LINE_CELL_END, target, <i32>end);
  return end;
}

/** Copies the carried texts from the line to behind the SKU, with their lengths; returns the entry's end. */
function writeTexts(entry: usize, from: usize): usize {
  const texts = state(S_TEXTS);
  let at = from;
  for (let n = 0; n < texts; n++) {
    const column = word(TEXT_COLUMNS, n);
    const start = <usize>word(LINE_CELL_START, column);
    const end = <usize>word(LINE_CELL_END, column);
    setWord(entry + 28, n, <i32>(end - start));
    at = copyBytes(at, start, end);
  }
  return align8(at);
}

function writeEntryNumbers(out: usize): void {
  writeValues(out);
  let at = out + 40;
  if (state(S_HAS_MSRP) !== 0) {
    store<f64>(at, <f64>msrp);
    at += 8;
  }
  if (state(S_HAS_TIME) !== 0) store<f64>(at, hasTime ? <f64>seconds : NaN);
}

/** The five numbers that all entries have. */
function writeValues(out: usize): void {
  store<f64>(out, quantity === EMPTY ? 0 : <f64>quantity);
  store<f64>(out + 8, <f64>leadTime);
  store<f64>(out + 16, <f64>cost);
  store<f64>(out + 24, <f64>mapPrice);
  store<f64>(out + 32, <f64>price);
}
