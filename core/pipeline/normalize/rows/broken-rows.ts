/**
 * Finds rows that a line end inside an unquoted cell broke into parts, such as a bare LF in a feed of CRLF. Such a line
 * end is of another kind than the header's, and the parts, joined in one cell at each break, have exactly the table's
 * number of fields. They become one record with the fault `BROKEN_RECORD`.
 *
 * A complete row may end in either kind of line end. A row with one field beside a complete row counts as a part of it
 * (a break in the first or last cell) only if the line ends before and after both are the header's.
 *
 * A feed with one kind of line end costs one comparison per record. Rows that the next batch may complete are held
 * back.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { toBytes, toText, undoubled } from '../../../bytes/text.ts';
import { BROKEN_PARTS_MAX, BROKEN_RECORD, NO_END, PLAIN, RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';
import { lineEndText } from '../../../scan/cells.ts';
import { copiedRows, type PassedRows } from './copied-rows.ts';

/** Records that make one row. */
interface JoinedRecords {
  from: number;
  to: number;
}

export class BrokenRows {
  readonly #width: number;
  /** The header's. */
  readonly #lineEnd: number;
  readonly #recordBytesMax: number;
  #held: { window: Uint8Array; batch: RecordBatch } | null = null;
  /** True if the previous record ended in another kind of line end. */
  #isAfterOther = false;

  /** Null for a feed that can have no broken rows: of one column, or without a line end after its header. */
  static of({ width, lineEnd }: { width: number; lineEnd: number }, recordBytesMax: number): BrokenRows | null {
    return width < 2 || lineEnd === NO_END ? null : new BrokenRows(width, lineEnd, recordBytesMax);
  }

  constructor(width: number, lineEnd: number, recordBytesMax: number) {
    this.#width = width;
    this.#lineEnd = lineEnd;
    this.#recordBytesMax = recordBytesMax;
  }

  /**
   * The rows of a batch from `first` on, with broken ones joined. Rows that may go on in the next batch are held back.
   */
  pass(window: Uint8Array, batch: RecordBatch, first: number): PassedRows {
    if (this.#held === null) {
      if (!this.#isAfterOther && !this.#hasOther(batch, first)) return { window, batch, first };
      return this.#joined(window, batch, first, false);
    }
    const both = copiedRows([
      { ...this.#held, from: 0, to: this.#held.batch.count },
      { window, batch, from: first, to: batch.count },
    ]);
    this.#held = null;
    return this.#joined(both.window, both.batch, 0, false);
  }

  /** The rows that are held back, at the end of the feed. */
  end(): PassedRows | null {
    if (this.#held === null) return null;
    const { window, batch } = this.#held;
    this.#held = null;
    return this.#joined(window, batch, 0, true);
  }

  #hasOther(batch: RecordBatch, first: number): boolean {
    for (let record = first; record < batch.count; record++) if (this.#endsOtherwise(batch, record)) return true;
    return false;
  }

  #endsOtherwise(batch: RecordBatch, record: number): boolean {
    const end = batch.lineEnd[record]!;
    return end !== this.#lineEnd && end !== NO_END;
  }

  #joined(window: Uint8Array, batch: RecordBatch, first: number, isEnd: boolean): PassedRows {
    const { joins, open } = this.#find(batch, first);
    const to = open < 0 || isEnd ? batch.count : open;
    if (to < batch.count) this.#held = copiedRows([{ window, batch, from: to, to: batch.count }]);
    batch.cutTo(to);
    return joins.length === 0 ? { window, batch, first } : withJoins(window, batch, first, joins);
  }

  /** The joins, and the first record of those that may go on in the next batch, or -1. */
  #find(batch: RecordBatch, first: number): { joins: JoinedRecords[]; open: number } {
    const joins: JoinedRecords[] = [];
    const parts = new RowParts(batch, this.#width, this.#recordBytesMax);
    for (let record = first; record < batch.count; record++) {
      const goesOn = this.#endsOtherwise(batch, record);
      if (!parts.add(record, this.#isAfterOther)) parts.close(joins);
      if (!goesOn) {
        if (batch.lineEnd[record] === this.#lineEnd) parts.finish();
        parts.close(joins);
      }
      this.#isAfterOther = goesOn;
    }
    const open = parts.from;
    // rows that are held back will be seen again
    if (open >= 0) this.#isAfterOther = !parts.isBracketed;
    parts.close(joins);
    return { joins, open };
  }
}

/** The records in a row that may be parts of one. */
class RowParts {
  /** The first part, -1 for none. */
  from = -1;
  /** True if the line end before the first part is the header's. */
  isBracketed = false;
  readonly #batch: RecordBatch;
  readonly #width: number;
  readonly #bytesMax: number;
  #last = -1;
  /** Fields of the parts joined. */
  #fields = 0;
  #bytes = 0;
  /** True if one of the parts, or some of them joined, are a complete row. */
  #isComplete = false;
  #join: JoinedRecords | null = null;

  constructor(batch: RecordBatch, width: number, bytesMax: number) {
    this.#batch = batch;
    this.#width = width;
    this.#bytesMax = bytesMax;
  }

  /** Adds a record; false if nothing can follow it. Gives up earlier parts that cannot belong to it. */
  add(record: number, isAfterOther: boolean): boolean {
    const fields = this.#fieldsOf(record);
    if (this.#batch.fault[record] !== WELL_FORMED || fields > this.#width) {
      this.#startAt(record, 0);
      return false;
    }
    if (this.from < 0) {
      this.#startAt(record, fields);
      this.isBracketed = !isAfterOther;
    } else {
      this.#append(record, fields);
    }
    return !this.#isComplete || this.isBracketed;
  }

  #append(record: number, fields: number): void {
    this.#bytes += this.#bytesOf(record);
    const isTooLong = this.#bytes > this.#bytesMax || record - this.from >= BROKEN_PARTS_MAX;
    if (isTooLong || (this.#isComplete && fields > 1)) {
      this.#startAt(record, fields);
      return;
    }
    this.#last = record;
    this.#fields += fields - 1;
    while (this.#fields > this.#width) {
      this.#fields -= this.#fieldsOf(this.from) - 1;
      this.#bytes -= this.#bytesOf(this.from);
      this.from++;
      this.isBracketed = false;
    }
    if (fields === this.#width) this.#isComplete = true;
    else if (this.#fields === this.#width && !this.#isComplete) {
      this.#isComplete = true;
      this.#join = { from: this.from, to: record };
    }
  }

  /** Call it if the last part ends in the header's line end: then a part beside a complete row belongs to that row. */
  finish(): void {
    const isWhole = this.#isComplete && this.isBracketed && this.#fields === this.#width;
    if (isWhole && this.#last > this.from) this.#join = { from: this.from, to: this.#last };
  }

  /** Ends the parts. */
  close(joins: JoinedRecords[]): void {
    this.#flush(joins);
    this.from = -1;
  }

  #flush(joins: JoinedRecords[]): void {
    for (const join of this.#given) joins.push(join);
    this.#given.length = 0;
    if (this.#join !== null) joins.push(this.#join);
    this.#join = null;
  }

  /** Joins of parts that it gave up. */
  readonly #given: JoinedRecords[] = [];

  #startAt(record: number, fields: number): void {
    if (this.#join !== null) this.#given.push(this.#join);
    this.#join = null;
    this.from = record;
    this.#last = record;
    this.#fields = fields;
    this.#bytes = this.#bytesOf(record);
    this.#isComplete = fields === this.#width;
    this.isBracketed = false;
  }

  #fieldsOf(record: number): number {
    return this.#batch.firstField[record + 1]! - this.#batch.firstField[record]!;
  }

  #bytesOf(record: number): number {
    const { firstField, fieldStart, fieldEnd } = this.#batch;
    const [first, past] = [firstField[record]!, firstField[record + 1]!];
    return past === first ? 0 : fieldEnd[past - 1]! - fieldStart[first]!;
  }
}

/** A copy of the batch with the joined rows, as far as it has them; the cells that were broken lie behind the window's bytes. */
function withJoins(window: Uint8Array, batch: RecordBatch, first: number, joins: readonly JoinedRecords[]): PassedRows {
  const into = new RecordBatch(Math.max(1, batch.count));
  into.quote = batch.quote;
  const added: Uint8Array[] = [];
  let used = window.length;
  let next = 0;
  for (let record = first; record < batch.count; record++) {
    const join = joins[next]?.from === record ? joins[next++]! : { from: record, to: record };
    const firstField = into.fields;
    const isBroken = join.to > record;
    let text = '';
    let faultField = -1;
    for (; record <= join.to; record++) {
      const [from, past] = [batch.firstField[record]!, batch.firstField[record + 1]!];
      for (let field = from; field < past; field++) {
        const isOpen = isBroken && field === past - 1 && record < join.to;
        if (isOpen || text !== '') {
          const cell = toText(window, batch.fieldStart[field]!, batch.fieldEnd[field]!);
          text += undoubled(cell, batch.doubledIn(field));
          if (isOpen) {
            text += lineEndText(batch.lineEnd[record]!);
            continue;
          }
          const bytes = toBytes(text);
          if (faultField < 0) faultField = into.fields - firstField;
          into.addField(used, used + bytes.length, PLAIN);
          used += bytes.length;
          added.push(bytes);
          text = '';
        } else into.addField(batch.fieldStart[field]!, batch.fieldEnd[field]!, batch.fieldStyle[field]!);
      }
    }
    record = join.to;
    const fault = isBroken ? BROKEN_RECORD : batch.fault[record]!;
    const at = isBroken ? Math.max(0, faultField) : batch.faultField[record]!;
    into.addRecord(firstField, batch.line[join.from]!, batch.lineEnd[record]);
    into.setFault(fault, at);
  }
  const out = new Uint8Array(used);
  out.set(window);
  let at = window.length;
  for (const bytes of added) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return { window: out, batch: into, first: 0 };
}
