/**
 * Writes a worksheet as CSV, with one line for each line of the sheet, even blank ones. Without `columns`, a number is
 * written as stored, a date in ISO form, and a code (`00042`) as shown. With `columns`, columns of texts get what their
 * cells show.
 */
import { csvLine, quotedCell, toBytes } from '../../../../core/bytes/text.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { isNumberText } from './cell-text.ts';
import { tooLargeUnpacked } from './inflate.ts';
import type { ContainerLimits } from './limits.ts';
import type { NumberFormat } from './number-format.ts';
import { tooLong } from './shared-strings.ts';
import type { SheetErrors } from './sheet-errors.ts';
import { EMPTY_CELL, EmptyCells, type SheetCell, type SheetRow, sheetRows } from './sheet-rows.ts';
import { codeText, shownNumber, shownText } from './shown.ts';
import type { SheetInfo, Workbook } from './workbook.ts';

const FLUSH_CHARS = 1 << 16;

/** How the fields of a sheet are read, by their numbers from 0. */
export interface SheetColumns {
  /** The lines up to the end of the header: they are written as if `columns` were absent. */
  headerLines: number;
  /** Read as texts: they get what the cell shows. */
  texts: ReadonlySet<number>;
  /** Read as numbers or times: they get what the cell stores. */
  values: ReadonlySet<number>;
  /** Fields in which an error, or a formula without a value, is an empty cell. */
  withoutErrors: ReadonlySet<number>;
  /** The fields among `values` that are amounts. A number format may show a currency, in lower case one of these. */
  amounts: ReadonlySet<number>;
  currencyMarks: ReadonlySet<string>;
}

export interface SheetForm {
  /** The fewest fields of a row that is not blank. */
  width: number;
  /** True to quote texts but not numbers. */
  quoteTexts: boolean;
  columns: SheetColumns | null;
  /** Counts errors written as empty cells; without `columns`, all errors. */
  errors: SheetErrors;
  /** Counts amounts that are shown in another currency, or as percentages. */
  doubts: SheetErrors;
}

/** A sheet as RFC 4180 text in UTF-8. */
export function sheetSource(
  workbook: Workbook,
  sheet: SheetInfo,
  limits: ContainerLimits,
  form: SheetForm,
): ByteSource {
  const { width, quoteTexts } = form;
  return {
    name: sheet.name,
    size: null,
    async *open() {
      form.errors.clear();
      form.doubts.clear();
      const writer = new CellWriter(
        form,
        workbook.date1904,
        (row) => tooLong(`${sheet.name}: row ${row}`, limits.cellCharsMax),
        limits.cellCharsMax,
      );
      let text = '';
      let next = 1;
      let widest = 0;
      const empty = new EmptyCells(sheet.name, limits.sheetEmptyCellsMax);
      let bytes = 0;
      const taken = (): Uint8Array => {
        const out = toBytes(text);
        text = '';
        bytes += out.length;
        if (bytes > limits.vendorFileBytesMax) {
          throw tooLargeUnpacked(JSON.stringify(sheet.name), limits.vendorFileBytesMax);
        }
        return out;
      };
      for await (const row of sheetRows(workbook, sheet, limits)) {
        for (; next < row.number; next++) {
          text += '\n';
          writer.lines++;
        }
        next = row.number + 1;
        const isPast = writer.isPastHeader;
        const cells = writer.texts(row);
        while (cells.length < width) cells.push('');
        // sheets do not store empty cells at the end of a row, so such a row is not short
        const stored = cells.length;
        if (!isBlank(cells)) while (cells.length < widest) cells.push('');
        if (cells.length > stored) empty.take(stored, cells.length);
        widest = Math.max(widest, cells.length);
        const line = quoteTexts ? typedLine(cells, row.cells) : csvLine(cells);
        if (!isPast) writer.countLines(line);
        text += line;
        if (text.length >= FLUSH_CHARS) yield taken();
      }
      if (text !== '') yield taken();
    },
  };
}

class CellWriter {
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
    return cells.map((cell, field) => {
      if (cell.format === null && cell.kind !== 'error' && cell.kind !== 'formula') return cell.plain;
      const text = this.#text(cell, field, number, columns);
      if (text.length > this.#charsMax) throw this.#tooLong(number);
      return text;
    });
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
    { currency, isPercent }: NumberFormat,
    { field, row, columns }: { field: number; row: number; columns: SheetColumns },
  ): void {
    if (kind !== 'number') return;
    const isForeign = currency !== null && !columns.currencyMarks.has(currency.toLowerCase());
    if (isForeign) this.#form.doubts.add({ plain: `${plain} in ${currency}` }, row, field);
    else if (isPercent) this.#form.doubts.add({ plain: `${plain} as a percentage` }, row, field);
  }
}

/** What the cell shows. */
export function shownCell({ kind, plain, stored, format }: SheetCell, date1904: boolean): string {
  if (format === null) return plain;
  return kind === 'number' ? shownNumber(stored, format, date1904) : shownText(plain, format);
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** Does not quote cells of white space, so that a row of them is blank. */
function typedLine(texts: readonly string[], cells: readonly SheetCell[]): string {
  const written = texts.map((text, i) => {
    const isPlain = text.trim() === '' || ((cells[i] ?? EMPTY_CELL).kind === 'number' && isNumberText(text));
    return isPlain ? text : quotedCell(text);
  });
  return `${written.join(',')}\n`;
}

/** Number of fields of the widest row. */
export async function sheetWidth(workbook: Workbook, sheet: SheetInfo, limits: ContainerLimits): Promise<number> {
  let width = 0;
  for await (const { cells } of sheetRows(workbook, sheet, limits)) width = Math.max(width, cells.length);
  return width;
}
