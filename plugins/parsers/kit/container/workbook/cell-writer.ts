/** Writes the cells of a sheet as texts: as they are stored or as they show, by the column that they are in. */
import type { NumberFormat } from './number-format.ts';
import type { SheetColumns, SheetForm } from './sheet-form.ts';
import type { SheetCell, SheetRow } from './sheet-rows.ts';
import { codeText, shownNumber, shownText } from './shown.ts';

/** Makes the texts of cells. It knows which rows are the header's. */
export class CellWriter {
  /** Lines written so far, counted up to the end of the header. */
  lines = 0;
  readonly #form: SheetForm;
  readonly #date1904: boolean;
  readonly #tooLong: (row: number) => Error;
  readonly #charsMax: number;

  constructor(form: SheetForm, date1904: boolean, tooLongIn: (row: number) => Error, charsMax: number) {
    this.#form = form;
    this.#date1904 = date1904;
    this.#tooLong = tooLongIn;
    this.#charsMax = charsMax;
  }

  get isPastHeader(): boolean {
    return this.lines >= (this.#form.columns?.headerLines ?? 0);
  }

  countLines(line: string): void {
    for (let i = 0; i < line.length; i++) {
      const sign = line.charCodeAt(i);
      if (sign === 10 || (sign === 13 && line.charCodeAt(i + 1) !== 10)) this.lines++;
    }
  }

  texts({ cells, number }: SheetRow): string[] {
    const columns = this.isPastHeader ? this.#form.columns : null;
    return cells.map((cell, field) => this.#checked(cell, field, number, columns));
  }

  /** The text of a cell below the header. */
  text(cell: SheetCell, field: number, row: number): string {
    return this.#checked(cell, field, row, this.#form.columns);
  }

  /** True if a number below the header that has this format is written as it is stored, without a doubt. */
  isAsStored(format: NumberFormat, field: number): boolean {
    const { columns } = this.#form;
    if (format.hasDates) return false;
    if (columns?.values.has(field) !== true) return columns?.texts.has(field) !== true && !format.hasCodes;
    return !columns.amounts.has(field) || !(format.isPercent || isForeign(format, columns));
  }

  /** True if a date or time below the header is written as it is stored. */
  isTime(field: number): boolean {
    const { columns } = this.#form;
    return columns?.values.has(field) === true && !columns.amounts.has(field);
  }

  #checked(cell: SheetCell, field: number, row: number, columns: SheetColumns | null): string {
    if (cell.format === null && cell.kind !== 'error' && cell.kind !== 'formula') return cell.plain;
    const text = this.#text(cell, field, row, columns);
    if (text.length > this.#charsMax) throw this.#tooLong(row);
    return text;
  }

  #text(cell: SheetCell, field: number, row: number, columns: SheetColumns | null): string {
    const { kind, plain, format } = cell;
    if (kind === 'error' || kind === 'formula') {
      const isEmptied = columns?.withoutErrors.has(field) === true;
      if (isEmptied || this.#form.columns === null) this.#form.errors.add(cell, row, field);
      return isEmptied ? '' : plain;
    }
    if (format === null) return plain;
    if (columns?.values.has(field) === true) {
      if (columns.amounts.has(field)) this.#lookAtFormat(cell, format, { field, row, columns });
      return plain;
    }
    if (columns?.texts.has(field) === true) return shownCell(cell, this.#date1904);
    if (kind === 'number') return codeText(plain, format) ?? plain;
    return format.hasTextMark ? shownText(plain, format) : plain;
  }

  #lookAtFormat(
    { kind, plain }: SheetCell,
    format: NumberFormat,
    { field, row, columns }: { field: number; row: number; columns: SheetColumns },
  ): void {
    if (kind !== 'number') return;
    if (isForeign(format, columns)) this.#form.doubts.add({ plain: `${plain} in ${format.currency}` }, row, field);
    else if (format.isPercent) this.#form.doubts.add({ plain: `${plain} as a percentage` }, row, field);
  }
}

function isForeign({ currency }: NumberFormat, { currencyMarks }: SheetColumns): boolean {
  return currency !== null && !currencyMarks.has(currency.toLowerCase());
}

/** What the cell shows. */
export function shownCell({ kind, plain, stored, format }: SheetCell, date1904: boolean): string {
  if (format === null) return plain;
  return kind === 'number' ? shownNumber(stored, format, date1904) : shownText(plain, format);
}
