/** Reads the rows of a worksheet, and writes them as CSV: one line for each line of the sheet, blank ones too. */
import { csvLine, quotedCell, toBytes } from '../../../../core/bytes/text.ts';
import { RelayError } from '../../../../core/errors.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { isNumberText, type NumberMeaning, numberText, PLAIN_NUMBER } from './cell-text.ts';
import { damaged, tooLargeUnpacked } from './inflate.ts';
import type { ContainerLimits } from './limits.ts';
import { RichText, type SharedStrings, tooLong } from './shared-strings.ts';
import type { SheetInfo, Workbook } from './workbook.ts';
import { type Attributes, streamXml } from './xml.ts';

/** Most rows of a sheet in this format. */
const ROWS_MAX = 1_048_576;
const FLUSH_CHARS = 1 << 16;

export interface SheetRow {
  /** From 1. */
  number: number;
  cells: string[];
  /** By cell: true if the sheet stores a number. */
  numbers: boolean[];
}

export interface SheetForm {
  /** Fewest fields of a row that is not blank. */
  width: number;
  /** True to quote texts but not numbers. */
  quoteTexts: boolean;
}

/** A sheet as RFC 4180 text in UTF-8. */
export function sheetSource(
  workbook: Workbook,
  sheet: SheetInfo,
  limits: ContainerLimits,
  { width, quoteTexts }: SheetForm,
): ByteSource {
  return {
    name: sheet.name,
    size: null,
    async *open() {
      let text = '';
      let next = 1;
      let widest = 0;
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
      for await (const { number, cells, numbers } of sheetRows(workbook, sheet, limits)) {
        for (; next < number; next++) text += '\n';
        next = number + 1;
        while (cells.length > 0 && cells.length < width) cells.push('');
        // a sheet does not store empty cells at the end of a row: such a row is not short
        if (!isBlank(cells)) while (cells.length < widest) cells.push('');
        widest = Math.max(widest, cells.length);
        text += quoteTexts ? typedLine(cells, numbers) : csvLine(cells);
        if (text.length >= FLUSH_CHARS) yield taken();
      }
      if (text !== '') yield taken();
    },
  };
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** Cells of white space are not quoted, so that a row of them is blank. */
function typedLine(cells: readonly string[], numbers: readonly boolean[]): string {
  return `${cells.map((cell, i) => (numbers[i] || cell.trim() === '' ? cell : quotedCell(cell))).join(',')}\n`;
}

/** Number of fields of the widest row. */
export async function sheetWidth(workbook: Workbook, sheet: SheetInfo, limits: ContainerLimits): Promise<number> {
  let width = 0;
  for await (const { cells } of sheetRows(workbook, sheet, limits)) width = Math.max(width, cells.length);
  return width;
}

/** Rows with cells, in order. Throws `invalid_input` if the sheet is damaged, `INPUT_TOO_LARGE` past a limit. */
export async function* sheetRows(
  workbook: Workbook,
  sheet: SheetInfo,
  limits: ContainerLimits,
): AsyncIterable<SheetRow> {
  const part = workbook.part(sheet);
  const values = {
    meanings: await workbook.meanings(),
    strings: await workbook.strings(),
    date1904: workbook.date1904,
  };
  const reader = new RowReader(part.name, values, limits);
  for await (const _ of streamXml(part, reader)) {
    yield* reader.rows;
    reader.rows.length = 0;
  }
}

interface Values {
  meanings: readonly NumberMeaning[];
  strings: SharedStrings;
  date1904: boolean;
}

/** Collects rows from the tags of a sheet part. */
class RowReader {
  readonly rows: SheetRow[] = [];
  readonly #name: string;
  readonly #values: Values;
  readonly #limits: ContainerLimits;
  readonly #rich: RichText;
  #row: SheetRow | null = null;
  #number = 0;
  #column = -1;
  #type = 'n';
  #style = 0;
  /** The element whose text is read: `v` or `f` of a cell. */
  #taking = '';
  #value: string | null = null;
  #formula: string | null = null;
  #inline = false;

  constructor(name: string, values: Values, limits: ContainerLimits) {
    this.#name = name;
    this.#values = values;
    this.#limits = limits;
    this.#rich = new RichText(name, limits.cellCharsMax);
  }

  open(name: string, attributes: Attributes): void {
    if (name === 'c') this.#openCell(attributes);
    else if (name === 'row') this.#openRow(attributes);
    else if (this.#row === null) return;
    else if (name === 'v') {
      this.#taking = 'v';
      this.#value = '';
    } else if (name === 'f') {
      this.#taking = 'f';
      this.#formula = '';
    } else if (name === 'is') {
      this.#inline = true;
      this.#rich.start();
    } else if (this.#inline) this.#rich.open(name);
  }

  text(text: string): void {
    if (this.#taking === 'v') this.#value += text;
    else if (this.#taking === 'f') this.#formula += text;
    else if (this.#inline) this.#rich.add(text);
    else return;
    const taken = (this.#value?.length ?? 0) + (this.#formula?.length ?? 0);
    if (taken > this.#limits.cellCharsMax * 7) throw tooLong(this.#name, this.#limits.cellCharsMax);
  }

  close(name: string): void {
    if (name === 'v' || name === 'f') this.#taking = '';
    else if (name === 'is') {
      this.#inline = false;
      this.#value = this.#rich.end();
    } else if (name === 'c') this.#closeCell();
    else if (name === 'row') this.#closeRow();
    else if (this.#inline) this.#rich.close(name);
  }

  #openRow(attributes: Attributes): void {
    const given = attributes.get('r');
    const number = given === undefined ? this.#number + 1 : Number(given);
    if (!Number.isInteger(number) || number <= this.#number || number > ROWS_MAX) {
      throw damaged(this.#name, `row ${given} stands after row ${this.#number}`);
    }
    this.#number = number;
    this.#column = -1;
    this.#row = { number, cells: [], numbers: [] };
  }

  #openCell(attributes: Attributes): void {
    if (this.#row === null) throw damaged(this.#name, 'a cell stands outside a row');
    const reference = attributes.get('r');
    this.#column = reference === undefined ? this.#column + 1 : this.#columnOf(reference);
    if (this.#column >= this.#limits.sheetColumnsMax) {
      const message = `${this.#name}: row ${this.#number} has more than ${this.#limits.sheetColumnsMax} columns (LIMIT_SHEET_COLUMNS)`;
      throw new RelayError('INPUT_TOO_LARGE', message);
    }
    this.#type = attributes.get('t') ?? 'n';
    this.#style = Number(attributes.get('s') ?? 0);
    this.#value = null;
    this.#formula = null;
    this.#inline = false;
  }

  /** From 0. */
  #columnOf(reference: string): number {
    const [, letters, digits] = /^([A-Z]{1,3})(\d{1,7})$/.exec(reference) ?? [];
    if (letters === undefined || Number(digits) !== this.#number) {
      throw damaged(this.#name, `row ${this.#number} has a cell ${JSON.stringify(reference.slice(0, 20))}`);
    }
    let column = 0;
    for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
    return column - 1;
  }

  #closeCell(): void {
    const text = this.#cellText();
    if (text.length > this.#limits.cellCharsMax) {
      throw tooLong(`${this.#name}: row ${this.#number}`, this.#limits.cellCharsMax);
    }
    if (this.#row === null) throw damaged(this.#name, 'a row ends inside a cell');
    const { cells, numbers } = this.#row;
    if (text === '') return;
    while (cells.length <= this.#column) cells.push('');
    cells[this.#column] = text;
    numbers[this.#column] = this.#type === 'n' && this.#value !== null && isNumberText(text);
  }

  #cellText(): string {
    const { meanings, strings, date1904 } = this.#values;
    // a formula that was never calculated has no value: show it instead of reading an empty cell
    if (this.#value === null) return this.#formula === null ? '' : `=${this.#formula}`;
    switch (this.#type) {
      case 's': {
        const index = /^\s*\d{1,10}\s*$/.test(this.#value) ? Number(this.#value) : -1;
        const text = strings.at(index);
        if (text === undefined) throw damaged(this.#name, `row ${this.#number} asks for a text that is not there`);
        return text;
      }
      case 'b':
        return this.#value.trim() === '0' || this.#value.trim() === 'false' ? 'FALSE' : 'TRUE';
      case 'n':
        return numberText(this.#value, meanings[this.#style] ?? PLAIN_NUMBER, date1904);
      case 'd':
        return this.#value.replace(/T00:00:00(\.0+)?Z?$/, '');
      default:
        // a formula's text, an error such as #N/A, or inline text
        return this.#value;
    }
  }

  #closeRow(): void {
    if (this.#row !== null && this.#row.cells.length > 0) this.rows.push(this.#row);
    this.#row = null;
  }
}
