/** Writes the current row behind the rows of the segment: its entry and its line, as `RowWriter` and `Segment.addRow` do. */
import { cellEnd, cellLength, cellStart, cellStyle, EMPTY, isCanonical } from './cells.ts';
import { number, place, setState, setWord, state, word } from './memory.ts';
import {
  C_BRAND,
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
  ENTRY_FILE_SHIFT,
  ENTRY_SKU_APART,
  LINE_CELL_END,
  LINE_CELL_START,
  N_NOW,
  S_ARENA,
  S_BATCH_QUOTE,
  S_COLUMNS,
  S_FILE_NUMBER,
  S_HAS_MSRP,
  S_HAS_TIME,
  S_INDEX,
  S_MONEY_DECIMALS,
  S_NUMBERS_OFFSET,
  S_ROWS,
  S_SKU_OFFSET,
  S_TEXTS,
  S_USED,
  S_VENDOR_ID_LENGTH,
  STYLE_QUOTED_DOUBLED,
  TEXT_COLUMNS,
  VENDOR_ID,
} from './places.ts';
import {
  condition,
  cost,
  hasTime,
  isMapped,
  leadTime,
  mapPrice,
  msrp,
  price,
  quantity,
  seconds,
  skuEnd,
  skuStart,
  writeValues,
} from './row.ts';
import { copyBytes, writeCell, writeInteger, writeMicros, writeTime } from './write.ts';

function align8(bytes: usize): usize {
  return (bytes + 7) & ~7;
}

/** Writes the row behind the rows before it. */
export function append(line: i32, rowNumber: i32): void {
  const entry = place(S_ARENA) + place(S_USED);
  const skuAt = entry + place(S_SKU_OFFSET);
  const length = <i32>(skuEnd - skuStart);
  // the line begins with the SKU, so that it is there once, unless the line has it in quotes
  let lineAt = skuAt;
  let cellEnd = writeCell(lineAt, skuStart, skuEnd, 0);
  const isApart = <i32>(cellEnd - lineAt) !== length;
  if (isApart) {
    lineAt = copyBytes(skuAt, skuStart, skuEnd);
    cellEnd = writeCell(lineAt, skuStart, skuEnd, 0);
  }
  const lineEnd = writeLine(cellEnd);
  const end = writeTexts(entry, lineEnd);
  store<i32>(entry, line);
  store<u32>(entry + 4, prefix(skuAt, length));
  store<u32>(entry + 8, prefix(skuAt + 4, length - 4));
  store<i32>(entry + 12, length);
  store<i32>(entry + 16, rowNumber);
  store<i32>(entry + 20, condition | (isApart ? ENTRY_SKU_APART : 0) | (state(S_FILE_NUMBER) << ENTRY_FILE_SHIFT));
  store<i32>(entry + 24, <i32>(lineEnd - lineAt));
  writeEntryNumbers(entry + place(S_NUMBERS_OFFSET));
  addToIndex(entry, skuAt, length);
  setState(S_USED, <i32>(end - place(S_ARENA)));
}

/** Four bytes, big-endian; bytes past the length count as zero. */
function prefix(at: usize, length: i32): u32 {
  if (length <= 0) return 0;
  const four = bswap<u32>(load<u32>(at));
  return length >= 4 ? four : four & ((<u32>0xffffffff) << ((4 - length) << 3));
}

/** The row's place, and its key: the SKU's first bytes. */
function addToIndex(entry: usize, skuAt: usize, length: i32): void {
  const row = state(S_ROWS);
  const at = place(S_INDEX) + ((<usize>row) << 4);
  store<u32>(at, <u32>(entry - place(S_ARENA)));
  store<u32>(at + 4, prefix(skuAt, length));
  store<u32>(at + 8, prefix(skuAt + 4, length - 4));
  store<u32>(at + 12, prefix(skuAt + 8, length - 8));
  setState(S_ROWS, row + 1);
}

function comma(at: usize): usize {
  store<u8>(at, 44);
  return at + 1;
}

/** What follows the SKU's cell. */
function writeLine(from: usize): usize {
  let at = writeVendorSku(comma(from));
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

function writeCondition(out: usize): usize {
  if (condition === 0) return out;
  // `new`, `used`, and `refu` of `refurb`
  store<u32>(out, condition === 1 ? 0x77656e : condition === 2 ? 0x64657375 : 0x75666572);
  if (condition < 3) return out + 2 + condition;
  store<u16>(out + 4, 0x6272);
  return out + 6;
}

/** Copies a time in the canonical form, 20 bytes with `T` and `Z`; writes others anew. */
function writeUpdatedAt(out: usize): usize {
  const from = cellStart(C_UPDATED_AT);
  if (!hasTime) return writeTime(out, <i64>Math.floor(number(N_NOW)));
  // a prepared one has no cell
  const isCopied = cellLength(C_UPDATED_AT) === 20 && load<u8>(from + 10) === 84 && load<u8>(from + 19) === 90;
  return isCopied ? copyBytes(out, from, from + 20) : writeTime(out, seconds);
}

/** A mapped SKU replaces the feed's own, which then is the vendor's SKU. */
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

/** Copies the carried texts from the line to behind it, with their lengths; returns the row's end. */
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
