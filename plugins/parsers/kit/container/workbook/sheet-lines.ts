/**
 * Writes the rows of a sheet as lines of CSV, in UTF-8. An ordinary row is copied from the XML and the shared strings, byte by byte;
 * a cell that must be looked at, such as a date, and any other row become strings first, by the same rules.
 */
// biome-ignore-all lint/style/noNonNullAssertion: cells of a scan are below its count, positions below the lengths of texts
import { csvLine, quotedCell, toText, writeCell } from '../../../../../core/bytes/text.ts';
import { RelayError } from '../../../../../core/errors.ts';
import { tooLargeUnpacked } from '../inflate.ts';
import type { ContainerLimits } from '../limits.ts';
import { withCharacters } from '../xml/plain-tags.ts';
import { isNumberText } from './cell-text.ts';
import { CellWriter } from './cell-writer.ts';
import { SERIAL_CHARS_MAX, serialSeconds, writeSerial } from './serial-time.ts';
import { tooLong, unescaped } from './shared-strings.ts';
import type { SheetForm } from './sheet-form.ts';
import {
  type CellValues,
  cellOf,
  EMPTY_CELL,
  EmptyCells,
  type RowSink,
  type SheetCell,
  type SparseRow,
  withEmptyCells,
} from './sheet-rows.ts';
import { CELL, type SheetScan } from './sheet-scan.ts';

/** Lines are passed on in pieces of at least so many bytes. */
const FLUSH_BYTES = 1 << 16;
/** Once so many bytes wait, further rows wait as cells: many may share one long text. */
const WAITING_MAX = 1 << 20;
/** The longest number that is surely exact: see `decimalText`. */
const DIGITS = 15;
const [COMMA, NEWLINE, QUOTE, POINT, ZERO, NINE] = [0x2c, 10, 0x22, 0x2e, 0x30, 0x39];
/** The types of cells as sheets write them, in the order of `CELL`. */
const TYPES = ['n', 's', 'str', 'str', 'b', 'd', 'e'];

const encoder = new TextEncoder();

export class SheetLines implements RowSink {
  readonly #name: string;
  readonly #form: SheetForm;
  readonly #limits: ContainerLimits;
  readonly #cells: CellWriter;
  readonly #empty: EmptyCells;
  #out = new Uint8Array(2 * FLUSH_BYTES);
  #at = 0;
  /** Rows that wait for room. */
  #waiting: SparseRow[] = [];
  /** The number of the next line. */
  #next = 1;
  #widest = 0;
  #bytes = 0;

  constructor(name: string, limits: ContainerLimits, form: SheetForm, date1904: boolean) {
    this.#name = name;
    this.#form = form;
    this.#limits = limits;
    const tooLongIn = (row: number) => tooLong(`${name}: row ${row}`, limits.cellCharsMax);
    this.#cells = new CellWriter(form, date1904, tooLongIn, limits.cellCharsMax);
    this.#empty = new EmptyCells(name, limits.sheetEmptyCellsMax);
  }

  row(row: SparseRow): void {
    if (this.#at > WAITING_MAX) this.#waiting.push(row);
    else this.#write(row);
  }

  scanned(scan: SheetScan, values: CellValues): boolean {
    if (this.#at > WAITING_MAX || !this.#cells.isPastHeader) return false;
    const start = this.#at;
    const { errors, doubts } = this.#form;
    const before = { errors: errors.count, doubts: doubts.count };
    for (let line = this.#next; line < scan.row; line++) this.#sign(NEWLINE);
    let isBlank = true;
    let column = 0;
    for (let i = 0; i < scan.count; i++) {
      for (; column < scan.columns[i]!; column++) this.#sign(COMMA);
      const written = this.#cell(scan, i, values);
      if (written === REFUSED || this.#at > WAITING_MAX) {
        this.#at = start;
        errors.back(before.errors);
        doubts.back(before.doubts);
        return false;
      }
      if (written === TEXT) isBlank = false;
    }
    const stored = Math.max(column + 1, this.#form.width);
    const width = isBlank ? stored : Math.max(stored, this.#widest);
    for (; column + 1 < width; column++) this.#sign(COMMA);
    this.#sign(NEWLINE);
    if (width > stored) this.#empty.take(stored, width);
    this.#widest = Math.max(this.#widest, width);
    this.#next = scan.row + 1;
    return true;
  }

  /** What can be passed on. */
  *full(): Iterable<Uint8Array> {
    if (this.#at >= FLUSH_BYTES) yield this.#taken();
    for (const row of this.#waiting) {
      this.#write(row);
      if (this.#at >= FLUSH_BYTES) yield this.#taken();
    }
    this.#waiting = [];
  }

  *rest(): Iterable<Uint8Array> {
    yield* this.full();
    if (this.#at > 0) yield this.#taken();
  }

  #taken(): Uint8Array {
    const out = this.#out.slice(0, this.#at);
    this.#at = 0;
    this.#bytes += out.length;
    if (this.#bytes > this.#limits.vendorFileBytesMax) {
      throw tooLargeUnpacked(JSON.stringify(this.#name), this.#limits.vendorFileBytesMax);
    }
    return out;
  }

  #write(sparse: SparseRow): void {
    const row = withEmptyCells(sparse);
    for (; this.#next < row.number; this.#next++) {
      this.#sign(NEWLINE);
      this.#cells.lines++;
    }
    this.#next = row.number + 1;
    const isPast = this.#cells.isPastHeader;
    const cells = this.#cells.texts(row);
    while (cells.length < this.#form.width) cells.push('');
    // sheets do not store empty cells at the end of a row, so such a row is not short
    const stored = cells.length;
    if (!isBlank(cells)) while (cells.length < this.#widest) cells.push('');
    if (cells.length > stored) this.#empty.take(stored, cells.length);
    this.#widest = Math.max(this.#widest, cells.length);
    const line = this.#form.quoteTexts ? typedLine(cells, row.cells) : csvLine(cells);
    if (!isPast) this.#cells.countLines(line);
    this.#string(line);
  }

  /** Writes a cell of a scanned row. */
  #cell(scan: SheetScan, i: number, values: CellValues): typeof REFUSED | typeof BLANK | typeof TEXT {
    const type = scan.types[i]!;
    const format = values.formats[scan.styles[i]!] ?? null;
    const field = scan.columns[i]!;
    let { bytes } = scan;
    let from = scan.from[i]!;
    let to = scan.to[i]!;
    if (type === CELL.number) {
      if (format?.hasOnlyDays === true && this.#cells.isTime(field) && this.#time(scan, i, values)) return TEXT;
      if (isShortest(bytes, from, to) && (format === null || this.#cells.isAsStored(format, field))) {
        this.#room(to - from);
        const out = this.#out;
        let at = this.#at;
        for (let p = from; p < to; p++) out[at++] = bytes[p]!;
        this.#at = at;
        return TEXT;
      }
    } else if (type <= CELL.inline && scan.escaped[i] === 0 && (format === null || format.text === null)) {
      if (type === CELL.shared) {
        if (!values.strings.find(from)) return REFUSED;
        ({ bytes, from, to } = values.strings);
      }
      if (from < to && isSeen(bytes[from]!)) {
        this.#text(bytes, from, to);
        return TEXT;
      }
    }
    const cell = scannedCell(scan, i, values);
    // another reader refuses it, or leaves it out
    if (cell === null || cell.plain === '' || cell.plain.length > this.#limits.cellCharsMax) return REFUSED;
    const text = this.#shown(cell, field, scan.row);
    if (text === null) return REFUSED;
    this.#string(this.#form.quoteTexts ? typedCell(text, cell) : csvLine([text]).slice(0, -1));
    return text.trim() === '' ? BLANK : TEXT;
  }

  /** False for a number that must be looked at. */
  #time({ bytes, from, to }: SheetScan, i: number, { date1904 }: CellValues): boolean {
    const seconds = serialSeconds(bytes, from[i]!, to[i]!);
    if (seconds < 0 || this.#limits.cellCharsMax < SERIAL_CHARS_MAX) return false;
    // it is written with its zone first
    this.#room(SERIAL_CHARS_MAX + 3);
    if (this.#form.quoteTexts) this.#sign(QUOTE);
    this.#at = writeSerial(this.#out, this.#at, seconds, date1904);
    if (this.#form.quoteTexts) this.#sign(QUOTE);
    return true;
  }

  /** Null if the cell cannot be shown: of several faults of a row, the other reader names the first that it meets. */
  #shown(cell: SheetCell, field: number, row: number): string | null {
    try {
      return this.#cells.text(cell, field, row);
    } catch (error) {
      if (error instanceof RelayError) return null;
      throw error;
    }
  }

  #text(bytes: Uint8Array, from: number, to: number): void {
    this.#room(2 * (to - from) + 2);
    const out = this.#out;
    if (!this.#form.quoteTexts) {
      this.#at = writeCell(out, this.#at, bytes, from, to, 0);
      return;
    }
    let at = this.#at;
    out[at++] = QUOTE;
    for (let p = from; p < to; p++) {
      const byte = bytes[p]!;
      out[at++] = byte;
      if (byte === QUOTE) out[at++] = QUOTE;
    }
    out[at++] = QUOTE;
    this.#at = at;
  }

  #string(text: string): void {
    this.#room(3 * text.length);
    this.#at += encoder.encodeInto(text, this.#out.subarray(this.#at)).written;
  }

  #sign(byte: number): void {
    if (this.#at === this.#out.length) this.#room(1);
    this.#out[this.#at++] = byte;
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#out.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#out.length));
    larger.set(this.#out.subarray(0, this.#at));
    this.#out = larger;
  }
}

/** What became of a cell. */
const REFUSED = 0;
const BLANK = 1;
const TEXT = 2;

function scannedCell(scan: SheetScan, i: number, values: CellValues): SheetCell | null {
  const type = scan.types[i]!;
  const written = type === CELL.shared ? String(scan.from[i]) : toText(scan.bytes, scan.from[i], scan.to[i]);
  const text = scan.escaped[i] === 1 ? withCharacters(written) : written;
  const value = type === CELL.inline ? unescaped(text) : text;
  return cellOf({ type: TYPES[type]!, style: scan.styles[i]!, value, formula: null }, values);
}

/** True for a character that no reader takes for a blank. */
function isSeen(byte: number): boolean {
  return byte > 0x20 && byte < 0x80;
}

/** True for a short number that `decimalText` would not change. Others may be: this is for the numbers of most cells. */
function isShortest(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > DIGITS) return false;
  let points = 0;
  for (let p = from; p < to; p++) {
    if (bytes[p] === POINT) points++;
    else if (!isDigit(bytes[p]!)) return false;
  }
  // no point at the start, and none or a zero at the end
  return points === 0 || (points === 1 && bytes[from] !== POINT && bytes[to - 1]! > ZERO);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** Does not quote cells of white space, so that a row of them is blank. */
function typedLine(texts: readonly string[], cells: readonly SheetCell[]): string {
  return `${texts.map((text, i) => typedCell(text, cells[i] ?? EMPTY_CELL)).join(',')}\n`;
}

function typedCell(text: string, { kind }: SheetCell): string {
  const isPlain = text.trim() === '' || (kind === 'number' && isNumberText(text));
  return isPlain ? text : quotedCell(text);
}
