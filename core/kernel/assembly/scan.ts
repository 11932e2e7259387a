/**
 * Finds the fields of delimited records, 64 bytes at a time: `scan/scanner.ts` in SIMD, for a delimiter of one byte, a quote or
 * none, and no escapes. It writes into the arrays of the same `RecordBatch`.
 *
 * Each block of 64 bytes becomes four masks: a bit for each delimiter, LF, CR and quote. A running exclusive or of the quotes
 * tells what is inside quotes; what is left of the others separates fields, and a loop goes from bit to bit.
 *
 * It reads only records that are beyond doubt. It stops before a record with a quote that has no place there, a CR inside quotes,
 * more bytes or cells than the limits, or an end that is not in the window; the caller reads that one. Nothing is carried
 * from call to call: each begins at the start of a record.
 */
import { place, setState, setWord, state } from './memory.ts';
import {
  END_CR,
  END_CRLF,
  END_LF,
  FAULT_NONE,
  S_BATCH_COUNT,
  S_BATCH_FIELDS,
  S_DELIMITER,
  S_FAULT,
  S_FAULT_FIELD,
  S_FIELD_END,
  S_FIELD_START,
  S_FIELD_STYLE,
  S_FIELDS_MAX,
  S_FIRST_FIELD,
  S_LINE,
  S_LINE_END,
  S_QUOTE,
  S_RECORD_BYTES_MAX,
  S_RECORD_CELLS_MAX,
  S_SCAN_AT,
  S_SCAN_END,
  S_SCAN_LINE,
  S_SCAN_MOST,
  S_WINDOW,
  STYLE_PLAIN,
  STYLE_QUOTED,
  STYLE_QUOTED_DOUBLED,
} from './places.ts';

const BLOCK: usize = 64;
const LF: u32 = 10;
const CR: u32 = 13;

// ---- the window and the batch, as addresses
let end: usize = 0;
let fieldStarts: usize = 0;
let fieldEnds: usize = 0;
let fieldStyles: usize = 0;
let window: usize = 0;
let quote: i32 = -1;

// ---- the record that is being read
/** Fields in the batch, with those of this record. */
let fields: i32 = 0;
let firstField: i32 = 0;
let recordStart: usize = 0;
let fieldStart: usize = 0;
/** Line ends inside its quotes. */
let innerLines: i32 = 0;
/** True if the current field has pairs of quotes in earlier blocks. */
let hasPair: bool = false;

// ---- the batch and the line so far
let records: i32 = 0;
let line: i32 = 0;

// ---- the block: bits of bytes
let separators: u64 = 0;
let lineEnds: u64 = 0;
let innerLfs: u64 = 0;
let pairs: u64 = 0;
/** True once a record is not for this scanner. */
let isOdd: bool = false;

// ---- from block to block
/** All ones inside quotes. */
let insideCarry: u64 = 0;
/** 1 if the byte before the block separates fields or closes a quote: a quote may open. */
let openCarry: u64 = 0;
/** 1 if the byte before the block closes a quote. */
let closeCarry: u64 = 0;
/** 1 if the block begins with the LF of a CRLF. */
let lfCarry: u64 = 0;

/** Adds whole records to the batch, and moves `S_SCAN_AT` past them. */
export function scan(): void {
  window = place(S_WINDOW);
  end = window + place(S_SCAN_END);
  fieldStarts = place(S_FIELD_START);
  fieldEnds = place(S_FIELD_END);
  fieldStyles = place(S_FIELD_STYLE);
  quote = state(S_QUOTE);
  fields = state(S_BATCH_FIELDS);
  records = state(S_BATCH_COUNT);
  line = state(S_SCAN_LINE);
  isOdd = false;
  insideCarry = closeCarry = lfCarry = 0;
  openCarry = 1;
  beginRecord(window + place(S_SCAN_AT));
  const fieldsMax = state(S_FIELDS_MAX) - <i32>BLOCK;
  for (let block = recordStart; block < end && fields <= fieldsMax; block += BLOCK) {
    readBlock(block);
    if (!takeBlock(block)) break;
  }
  setState(S_SCAN_AT, <i32>(recordStart - window));
  setState(S_SCAN_LINE, line);
  setState(S_BATCH_COUNT, records);
  setState(S_BATCH_FIELDS, firstField);
}

function beginRecord(at: usize): void {
  recordStart = fieldStart = at;
  firstField = fields;
  innerLines = 0;
  hasPair = false;
}

/** A bit for each of the 32 bytes in two vectors that is `byte`. */
function bits(low: v128, high: v128, byte: v128): u64 {
  const lowBits = <u32>i8x16.bitmask(i8x16.eq(low, byte));
  const highBits = <u32>i8x16.bitmask(i8x16.eq(high, byte));
  return <u64>lowBits | ((<u64>highBits) << 16);
}

/** Makes the masks of a block. Bytes past the end may be left from before: they have no bits. */
function readBlock(block: usize): void {
  const a = v128.load(block);
  const b = v128.load(block, 16);
  const c = v128.load(block, 32);
  const d = v128.load(block, 48);
  const valid: u64 = end - block >= BLOCK ? ~(<u64>0) : ((<u64>1) << (<u64>(end - block))) - 1;
  const cr = i8x16.splat(<i8>CR);
  const lf = i8x16.splat(<i8>LF);
  const delimiter = i8x16.splat(<i8>state(S_DELIMITER));
  const opening = i8x16.splat(<i8>quote);
  const crs = (bits(a, b, cr) | (bits(c, d, cr) << 32)) & valid;
  const lfs = (bits(a, b, lf) | (bits(c, d, lf) << 32)) & valid;
  const delimiters = (bits(a, b, delimiter) | (bits(c, d, delimiter) << 32)) & valid;
  const quotes = quote < 0 ? <u64>0 : (bits(a, b, opening) | (bits(c, d, opening) << 32)) & valid;
  lineEnds = lfs | crs;
  separators = delimiters | lineEnds;
  pairs = innerLfs = 0;
  if ((quotes | insideCarry | closeCarry) !== 0) readQuotes(quotes, lfs, crs, valid);
  else openCarry = separators >> 63;
  separators &= ~lfCarry;
  lfCarry = 0;
}

/** Takes what is inside quotes out of the separators, and leaves those before the first quote that is out of place. */
function readQuotes(quotes: u64, lfs: u64, crs: u64, valid: u64): void {
  let inside = quotes;
  inside ^= inside << 1;
  inside ^= inside << 2;
  inside ^= inside << 4;
  inside ^= inside << 8;
  inside ^= inside << 16;
  inside ^= inside << 32;
  inside ^= insideCarry;
  const opens = quotes & inside;
  const closes = quotes & ~inside;
  separators &= ~inside;
  const afterClose = (closes << 1) | closeCarry;
  pairs = opens & afterClose;
  innerLfs = lfs & inside;
  // a quote opens at the start of a field, or right after one that closes: a pair; what closes comes before a separator
  const misplaced = opens & ~((separators << 1) | afterClose | openCarry);
  const unfinished = afterClose & ~(separators | opens) & valid;
  const odd = misplaced | unfinished | (crs & inside);
  insideCarry = <u64>(<i64>inside >> 63);
  closeCarry = closes >> 63;
  openCarry = (separators | closes) >> 63;
  if (odd === 0) return;
  isOdd = true;
  separators &= (odd & -odd) - 1;
}

/** Takes the fields that end in the block; false if the scan ends here. */
function takeBlock(block: usize): bool {
  while (separators !== 0) {
    const bit = ctz(separators);
    separators &= separators - 1;
    const at = block + <usize>bit;
    const isLineEnd = ((lineEnds >> bit) & 1) !== 0;
    if (isLineEnd && at === recordStart) {
      if (!skipBlankLine(at, bit)) return false;
      continue;
    }
    addField(at, bit);
    fieldStart = at + 1;
    if (isLineEnd && !endRecord(at, bit)) return false;
  }
  if (innerLfs !== 0) innerLines += <i32>popcnt(innerLfs);
  if (pairs !== 0) hasPair = true;
  return !isOdd;
}

function addField(at: usize, bit: u64): void {
  const offset = (<usize>fields) << 2;
  if (<i32>load<u8>(fieldStart) === quote && at > fieldStart) {
    store<i32>(fieldStarts + offset, <i32>(fieldStart + 1 - window));
    store<i32>(fieldEnds + offset, <i32>(at - 1 - window));
    store<u8>(fieldStyles + <usize>fields, <u8>quotedStyle(bit));
  } else {
    store<i32>(fieldStarts + offset, <i32>(fieldStart - window));
    store<i32>(fieldEnds + offset, <i32>(at - window));
    store<u8>(fieldStyles + <usize>fields, STYLE_PLAIN);
  }
  fields++;
}

function quotedStyle(bit: u64): i32 {
  const before = ((<u64>1) << bit) - 1;
  const isDoubled = hasPair || (pairs & before) !== 0;
  pairs &= ~before;
  hasPair = false;
  return isDoubled ? STYLE_QUOTED_DOUBLED : STYLE_QUOTED;
}

/** 0 if the line end is not whole: its LF may be in the next window. */
function lineEndBytes(at: usize): i32 {
  if (load<u8>(at) === LF) return 1;
  if (at + 1 >= end) return 0;
  return load<u8>(at + 1) === LF ? 2 : 1;
}

/** Leaves the LF of a CRLF out of the separators to come. */
function passLf(bit: u64): void {
  if (bit === 63) lfCarry = 1;
  else separators &= ~((<u64>2) << bit);
}

function skipBlankLine(at: usize, bit: u64): bool {
  const bytes = lineEndBytes(at);
  if (bytes === 0) return false;
  if (bytes === 2) passLf(bit);
  line++;
  beginRecord(at + <usize>bytes);
  return true;
}

/** False if the record is not taken, or was the last one that was wanted. */
function endRecord(at: usize, bit: u64): bool {
  const bytes = lineEndBytes(at);
  const isTooLarge = at - recordStart > place(S_RECORD_BYTES_MAX) || fields - firstField > state(S_RECORD_CELLS_MAX);
  if (bytes === 0 || isTooLarge) return false;
  if (bytes === 2) passLf(bit);
  if (innerLfs !== 0) countInnerLines(bit);
  setWord(place(S_FIRST_FIELD), records, firstField);
  setWord(place(S_FIRST_FIELD), records + 1, fields);
  setWord(place(S_LINE), records, line);
  store<u8>(place(S_FAULT) + <usize>records, FAULT_NONE);
  setWord(place(S_FAULT_FIELD), records, 0);
  const kind = bytes === 2 ? END_CRLF : load<u8>(at) === LF ? END_LF : END_CR;
  store<u8>(place(S_LINE_END) + <usize>records, <u8>kind);
  records++;
  line += 1 + innerLines;
  beginRecord(at + <usize>bytes);
  return records < state(S_SCAN_MOST);
}

function countInnerLines(bit: u64): void {
  const before = ((<u64>1) << bit) - 1;
  innerLines += <i32>popcnt(innerLfs & before);
  innerLfs &= ~before;
}
