/**
 * Rows whose number of fields differs from the header's. Counts short ones, with examples; refuses a feed whose rows do
 * not line up with its header.
 */

import { trimText } from '../../../bytes/trim.ts';
import { RelayError } from '../../../errors.ts';
import type { NoticeExample } from '../../../notices/notices.ts';
import type { RecordBatch } from '../../../scan/batch.ts';
import { cellText } from '../../../scan/cells.ts';
import { fieldNames } from '../columns/header.ts';

/** So many rows must start with 0, 1, 2 or 1, 2, 3 to count as numbered. */
const NUMBERED_ROWS = 3;

interface ShortRow {
  file: string | null;
  line: number;
  fields: number;
  /** Fields that the header names. */
  width: number;
  /** True if the file ends with this row, without a line end. */
  isCutOff: boolean;
}

/** The short rows of a vendor's files. */
export class ShortRows {
  /** The file's name if the feed has several; else null. */
  file: string | null = null;
  count = 0;
  #first: ShortRow | null = null;
  #last: ShortRow | null = null;

  add(line: number, fields: number, width: number): void {
    this.count++;
    const row = this.#last;
    if (row === null || row === this.#first) {
      const added = { file: this.file, line, fields, width, isCutOff: false };
      this.#first ??= added;
      this.#last = added;
      return;
    }
    row.file = this.file;
    row.line = line;
    row.fields = fields;
    row.width = width;
    row.isCutOff = false;
  }

  /** Says that a file ends on this line, without a line end. */
  endsWithoutLineEnd(line: number): void {
    if (this.#last?.line === line && this.#last.file === this.file) this.#last.isCutOff = true;
  }

  /** `code:vendor:number:the first and the last of them`; null if there are none. */
  warning(vendorId: string, totalRows: number): string | null {
    if (this.count === 0) return null;
    const every = this.#isEvery(totalRows) ? 'every row; ' : '';
    return `short_rows:${vendorId}:${this.count}:${every}${this.#shown().map(shownRow).join('; ')}`;
  }

  /** The same rows as examples of the notice. */
  examples(totalRows: number): NoticeExample[] {
    const every = this.#isEvery(totalRows) ? '; and every row is short' : '';
    return this.#shown().map((row) => ({
      ...(row.file === null ? {} : { file: row.file }),
      line: row.line,
      note: `${widthText(row)}${every}`,
    }));
  }

  #isEvery(totalRows: number): boolean {
    return this.count === totalRows && this.count > 1;
  }

  #shown(): ShortRow[] {
    return [...new Set([this.#first, this.#last])].filter((row) => row !== null);
  }
}

function shownRow(row: ShortRow): string {
  const place = row.file === null ? '' : `${row.file} `;
  return `${place}line ${row.line} has ${widthText(row)}`;
}

function widthText({ fields, width, isCutOff }: ShortRow): string {
  const end = isCutOff ? ', the last of the file, without a line end: it may be cut off' : '';
  return `${fields} of ${width} fields${end}`;
}

/** The widths of one file's rows. */
export class RowWidths {
  /** The number of fields a row should have; 0 if any number is fine. */
  readonly width: number;
  /** The number of fields up to the last name in the header: a row does not lack the nameless ones after it. */
  readonly #named: number;
  readonly #header: readonly string[];
  readonly #short: ShortRows;
  /** Empty names in the header before its last name. */
  readonly #unnamed: number;
  /** Rows that are shorter than the header by as many fields as it has empty names. */
  #shiftedRows = 0;
  /** Rows that are longer than the header: with content in the extra fields, or with empty ones. */
  #longRows = 0;
  #paddedRows = 0;
  /** The first cells of the first padded rows. */
  readonly #starts: string[] = [];

  constructor(header: readonly string[], width: number, short: ShortRows) {
    this.#header = header;
    this.width = width;
    this.#short = short;
    this.#named = header.length === 0 ? width : header.findLastIndex((name) => trimText(name) !== '') + 1;
    this.#unnamed = header.slice(0, this.#named).filter((name) => trimText(name) === '').length;
  }

  /** Takes a well-formed row whose number of fields is not `width`. */
  add(window: Uint8Array, batch: RecordBatch, record: number, tooMany: boolean): void {
    const first = batch.firstField[record] ?? 0;
    const fields = (batch.firstField[record + 1] ?? 0) - first;
    if (tooMany) this.#longRows++;
    else if (fields > this.width) {
      this.#paddedRows++;
      if (this.#starts.length < NUMBERED_ROWS) this.#starts.push(cellText(window, batch, first).slice(0, 20));
    } else if (fields < this.#named) {
      if (this.#named - fields === this.#unnamed) this.#shiftedRows++;
      this.#short.add(batch.line[record] ?? 0, fields, this.#named);
    }
  }

  /**
   * Warns if every row has one more cell than the header, which is empty. If the rows also start with their number, the
   * writer probably did not name that column; otherwise each row ends in an extra delimiter. Null if neither is so.
   */
  warning(totalRows: number, vendorId: string): string | null {
    const starts = this.#starts.map(Number);
    const isNumbered =
      starts.every((start, i) => start === (starts[0] ?? 0) + i) && (starts[0] === 0 || starts[0] === 1);
    if (!isNumbered || starts.length < NUMBERED_ROWS || this.#paddedRows < totalRows) return null;
    return `header_lacks_name:${vendorId}:every row has an empty cell more than the header, and the first cells are ${this.#starts.join(', ')}`;
  }

  /** Throws `invalid_input` if the rows do not line up with the header: their cells may be those of other columns. */
  check(totalRows: number, vendorId: string): void {
    const most = (rows: number) => rows * 2 > totalRows;
    const unnamed = this.#header.slice(0, this.#named).findIndex((name) => trimText(name) === '');
    if (unnamed >= 0 && most(this.#shiftedRows)) {
      const after = unnamed === 0 ? 'before' : 'after';
      const beside = fieldNames(this.#header)[unnamed === 0 ? 1 : unnamed - 1];
      throw misaligned(
        vendorId,
        `the header has ${this.#header.length} columns, ${this.#unnamed} of them without a name (#${unnamed}, ${after} "${beside}"), and ${this.#shiftedRows} of ${totalRows} rows have ${this.#unnamed} less: if the empty name is one too many, their cells are in other columns. Remove it from the header, or have the cells written`,
      );
    }
    if (this.#paddedRows > 0 && most(this.#longRows)) {
      throw misaligned(
        vendorId,
        `${this.#longRows} of ${totalRows} rows have more cells than the header has columns (${this.width}), so the ${this.#paddedRows} whose last cells are empty may be in other columns, too. The header may lack a name, such as that of a first column of row numbers`,
      );
    }
  }
}

function misaligned(vendorId: string, what: string): RelayError {
  return new RelayError('invalid_input', `vendor ${vendorId}: ${what}`, { details: { vendor_id: vendorId } });
}
