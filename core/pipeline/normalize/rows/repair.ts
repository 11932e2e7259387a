/**
 * Repairs records of a batch by the layout's rule: records with a malformed quote, with too many or too few fields, or
 * broken in two.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { toBytes, toText } from '../../../bytes/text.ts';
import { trimText } from '../../../bytes/trim.ts';
import type { Repair } from '../../../layout.ts';
import { BROKEN_RECORD, MALFORMED_QUOTE, PLAIN, QUOTED, RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';
import { recordCells } from '../../../scan/cells.ts';

/** Line numbers that the warning names. */
const LINES_NAMED = 20;

export interface RepairDialect {
  delimiter: string;
  quote: string | null;
  escape: string | null;
}

export class RowRepair {
  /** Repaired records. */
  count = 0;
  /** The physical lines of the first of them. */
  readonly lines: number[] = [];
  readonly #repair: Repair;
  readonly #dialect: RepairDialect;
  readonly #skuFields: readonly number[];

  /** `skuFields` are the fields that make up the SKU: a line end inside one of them is not repaired. */
  constructor(repair: Repair, dialect: RepairDialect, skuFields: readonly number[]) {
    this.#skuFields = skuFields;
    this.#repair = repair;
    this.#dialect = dialect;
  }

  /** The batch with its records repaired from `from` on, and its bytes; the same batch if nothing was repaired. */
  apply(window: Uint8Array, batch: RecordBatch, from: number): [Uint8Array, RecordBatch] {
    const mended = new Map<number, Uint8Array[]>();
    let bytes = 0;
    for (let record = from; record < batch.count; record++) {
      if (!this.#isOdd(batch, record)) continue;
      const cells = this.#mend(window, batch, record);
      if (cells === null) continue;
      mended.set(record, cells);
      for (const cell of cells) bytes += cell.length;
      if (this.lines.length < LINES_NAMED) this.lines.push(batch.line[record]!);
      this.count++;
    }
    return mended.size === 0 ? [window, batch] : rewritten(window, batch, mended, bytes);
  }

  #isOdd(batch: RecordBatch, record: number): boolean {
    const fields = batch.firstField[record + 1]! - batch.firstField[record]!;
    if (batch.fault[record] === MALFORMED_QUOTE || batch.fault[record] === BROKEN_RECORD) return true;
    return batch.fault[record] === WELL_FORMED && fields !== this.#repair.width;
  }

  #mend(window: Uint8Array, batch: RecordBatch, record: number): Uint8Array[] | null {
    const cells = recordCells(window, batch, record);
    if (batch.fault[record] === BROKEN_RECORD) return this.#onOneLine(batch, record, cells);
    const isWellFormed = batch.fault[record] === WELL_FORMED;
    // the scanner removed the escapes of a well-formed record, so they are written again
    const text = isWellFormed ? this.#write(batch, record, cells) : textOf(window, batch, record);
    const mended = this.#repair.mend(text);
    if (mended === null || mended.length !== this.#repair.width) return null;
    // empty fields that are missing at the end need no repair
    if (isWellFormed && mended.every((cell, i) => cell === (cells[i] ?? ''))) return null;
    return mended.map(toBytes);
  }

  /** The cells of a broken row, with a space in place of each line end; null if one is inside the SKU. */
  #onOneLine(batch: RecordBatch, record: number, cells: readonly string[]): Uint8Array[] | null {
    const first = batch.firstField[record]!;
    const joined: Uint8Array[] = [];
    for (const [i, cell] of cells.entries()) {
      const isBroken = batch.fieldStyle[first + i] === PLAIN;
      const lines = isBroken ? cell.split(/[\r\n]/).map(trimText) : [cell];
      const texts = lines.filter((line) => line !== '');
      if (texts.length > 1 && this.#skuFields.includes(i)) return null;
      joined.push(toBytes(texts.join(' ')));
    }
    return joined;
  }

  #write(batch: RecordBatch, record: number, cells: readonly string[]): string {
    const { delimiter, quote, escape: escaping } = this.#dialect;
    const first = batch.firstField[record]!;
    const written = cells.map((cell, i) => {
      const text = escaping === null ? cell : cell.replaceAll(escaping, escaping + escaping);
      const isQuoted = quote !== null && batch.fieldStyle[first + i]! >= QUOTED;
      if (isQuoted) return quote + text.replaceAll(quote, quote + quote) + quote;
      return escaping === null ? text : text.replaceAll(delimiter, escaping + delimiter);
    });
    return written.join(delimiter);
  }
}

/** The record as the feed has it, with its quotes. */
function textOf(window: Uint8Array, batch: RecordBatch, record: number): string {
  const first = batch.firstField[record]!;
  const last = batch.firstField[record + 1]! - 1;
  const start = batch.fieldStart[first]! - (batch.fieldStyle[first]! >= QUOTED ? 1 : 0);
  const end = batch.fieldEnd[last]!;
  const isClosed = batch.fieldStyle[last]! >= QUOTED && window[end] === batch.quote;
  return toText(window, start, isClosed ? end + 1 : end);
}

/** A copy of the batch in which these records have new cells, whose bytes follow those of the window. */
function rewritten(
  window: Uint8Array,
  batch: RecordBatch,
  mended: ReadonlyMap<number, Uint8Array[]>,
  bytes: number,
): [Uint8Array, RecordBatch] {
  const out = new Uint8Array(window.length + bytes);
  out.set(window);
  const into = new RecordBatch(batch.recordsMax);
  into.quote = batch.quote;
  let used = window.length;
  for (let record = 0; record < batch.count; record++) {
    const firstField = into.fields;
    const cells = mended.get(record);
    if (cells === undefined) {
      for (let field = batch.firstField[record]!; field < batch.firstField[record + 1]!; field++)
        into.addField(batch.fieldStart[field]!, batch.fieldEnd[field]!, batch.fieldStyle[field]!);
      into.addRecord(firstField, batch.line[record]!);
      into.setFault(batch.fault[record]!, batch.faultField[record]!);
      continue;
    }
    for (const cell of cells) {
      out.set(cell, used);
      into.addField(used, used + cell.length, PLAIN);
      used += cell.length;
    }
    into.addRecord(firstField, batch.line[record]!);
  }
  return [out, into];
}
