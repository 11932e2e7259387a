/**
 * A batch of scanned records: where each field of each record lies in the window of bytes.
 *
 * It consists of typed arrays, one per property, with no object per record. This keeps the engine fast and its memory
 * flat.
 */

// biome-ignore-all lint/style/noNonNullAssertion: callers give records below the count
import { QUOTE } from '../bytes/ascii.ts';
import type { BatchArrays } from '../kernel/kernel.ts';

/** How a field is written. A `QUOTED_DOUBLED` field contains pairs of quotes, each of which means one quote. */
export const PLAIN = 0;
export const QUOTED = 1;
export const QUOTED_DOUBLED = 2;

/** The fault of a record as a whole. */
export const WELL_FORMED = 0;
export const MALFORMED_QUOTE = 1;
export const RECORD_TOO_LONG = 2;
/** Not a fault: a filter or the row hook of the layout left the record out. It still counts as a record. */
export const FILTERED_OUT = 3;
/** Parts of a row that an odd line end had split, joined again: see `rows/broken-rows.ts`. */
export const BROKEN_RECORD = 4;
/** The most parts of one. */
export const BROKEN_PARTS_MAX = 256;
/** The parser's own code refused the record, and gave a reason. */
export const REFUSED = 5;
/** The record has more cells than the limit; those past it are cut off. */
export const TOO_MANY_CELLS = 6;

/** How a record ends. `NO_END` is the end of the feed, or unknown. */
export const NO_END = 0;
export const LF_END = 1;
export const CR_END = 2;
export const CRLF_END = 3;

/** Room for fields at the start; it grows. Most feeds are small, and each has a batch. */
const FIELDS_START = 2048;

export class RecordBatch {
  /** The quote that is doubled in `QUOTED_DOUBLED` fields. */
  quote = QUOTE;
  /** Records in the batch. */
  count = 0;
  /** Fields of all records together. */
  fields = 0;

  /** Per field: its first byte and the byte after its last, inside any quotes; and how it is written. */
  fieldStart: Int32Array;
  fieldEnd: Int32Array;
  fieldStyle: Uint8Array;

  /** Per record: its first field (and, at `count`, the end), its physical line (from 1), and its fault. */
  readonly firstField: Int32Array;
  readonly line: Int32Array;
  readonly fault: Uint8Array;
  /** Per record: the field with the fault, counted from the record's first. */
  readonly faultField: Int32Array;
  /** Per record: the kind of its line end, `NO_END`, `LF_END`, `CR_END` or `CRLF_END`. */
  readonly lineEnd: Uint8Array;

  readonly recordsMax: number;

  /** `arrays` have room for all records, and for some fields. */
  constructor(recordsMax = 2048, arrays: BatchArrays = arraysFor(recordsMax)) {
    this.recordsMax = recordsMax;
    this.firstField = arrays.firstField;
    this.line = arrays.line;
    this.fault = arrays.fault;
    this.faultField = arrays.faultField;
    this.lineEnd = arrays.lineEnd;
    this.fieldStart = arrays.fieldStart;
    this.fieldEnd = arrays.fieldEnd;
    this.fieldStyle = arrays.fieldStyle;
  }

  /** The field at `index` of a record; -1 if it has none. */
  fieldAt(record: number, index: number): number {
    const field = this.firstField[record]! + index;
    return index >= 0 && field < this.firstField[record + 1]! ? field : -1;
  }

  /** The quote that is doubled in this field, or 0. */
  doubledIn(field: number): number {
    return this.fieldStyle[field] === QUOTED_DOUBLED ? this.quote : 0;
  }

  clear(): void {
    this.count = 0;
    this.fields = 0;
  }

  addField(start: number, end: number, style: number): void {
    if (this.fields === this.fieldStart.length) this.growFields();
    this.fieldStart[this.fields] = start;
    this.fieldEnd[this.fields] = end;
    this.fieldStyle[this.fields++] = style;
  }

  /** Adds a well-formed record of the fields from `firstField` on. */
  addRecord(firstField: number, line: number, lineEnd = NO_END): void {
    const record = this.count++;
    this.firstField[record] = firstField;
    this.firstField[record + 1] = this.fields;
    this.line[record] = line;
    this.fault[record] = WELL_FORMED;
    this.faultField[record] = 0;
    this.lineEnd[record] = lineEnd;
  }

  /** Gives the last record a fault, in the field at `faultField`. */
  setFault(fault: number, faultField: number): void {
    this.fault[this.count - 1] = fault;
    this.faultField[this.count - 1] = faultField;
  }

  /** Moves a record to an earlier place, its fields behind those of the record before it. */
  moveRecord(from: number, to: number): void {
    const start = this.firstField[from]!;
    const end = this.firstField[from + 1]!;
    const at = this.firstField[to]!;
    this.fieldStart.copyWithin(at, start, end);
    this.fieldEnd.copyWithin(at, start, end);
    this.fieldStyle.copyWithin(at, start, end);
    this.firstField[to + 1] = at + end - start;
    this.line[to] = this.line[from]!;
    this.fault[to] = this.fault[from]!;
    this.faultField[to] = this.faultField[from]!;
    this.lineEnd[to] = this.lineEnd[from]!;
  }

  /** Keeps the first records only. */
  cutTo(records: number): void {
    this.count = records;
    this.fields = records === 0 ? 0 : this.firstField[records]!;
  }

  growFields(): void {
    this.fieldStart = doubled(this.fieldStart, new Int32Array(this.fieldStart.length * 2));
    this.fieldEnd = doubled(this.fieldEnd, new Int32Array(this.fieldEnd.length * 2));
    this.fieldStyle = doubled(this.fieldStyle, new Uint8Array(this.fieldStyle.length * 2));
  }
}

function arraysFor(recordsMax: number): BatchArrays {
  const fields = Math.min(FIELDS_START, recordsMax * 16);
  return {
    firstField: new Int32Array(recordsMax + 1),
    line: new Int32Array(recordsMax),
    fault: new Uint8Array(recordsMax),
    faultField: new Int32Array(recordsMax),
    lineEnd: new Uint8Array(recordsMax),
    fieldStart: new Int32Array(fields),
    fieldEnd: new Int32Array(fields),
    fieldStyle: new Uint8Array(fields),
  };
}

function doubled<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
