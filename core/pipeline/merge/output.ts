/**
 * Writes merged rows into a buffer, as CSV or JSON lines, with the columns that the tenant asked for. Both are written as bytes,
 * without a string per cell.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns, the layout its texts

import { writeCondition } from '../../bytes/condition.ts';
import { JSON_GROWTH, writeJsonText } from '../../bytes/json.ts';
import { writeCents, writeInteger, writeMicros, writeMills } from '../../bytes/numbers.ts';
import { csvLine, toBytes, writeCell } from '../../bytes/text.ts';
import { writeDatetime } from '../../bytes/time/datetime.ts';
import {
  CANONICAL_COLUMNS,
  type CanonicalColumn,
  COLUMN,
  COLUMN_COUNT,
  type ExtraColumn,
  INTEGER_COLUMNS,
  OFFER_TEXTS,
} from '../../canonical.ts';
import { N_OUT_PRICE, N_OUT_QUANTITY, S_COMPARED } from '../../kernel/assembly/places.ts';
import { type Kernel, OUTPUT_BYTES } from '../../kernel/kernel.ts';
import type { MoneyDecimals } from '../../money/currencies.ts';
import { FormulaEscapes } from './formula-escapes.ts';
import { setWrittenRows } from './gathered.ts';
import type { OfferGroup } from './offer-group.ts';
import type { PriceExample } from './watch/price-watch.ts';

export interface OutputFormat {
  format: 'csv' | 'jsonl';
  columns: ReadonlyArray<CanonicalColumn | ExtraColumn>;
  moneyDecimals: MoneyDecimals;
  /** The run's clock, seconds: the time of offers without one. */
  now: number;
  /** The lead time of offers without one; null leaves the cell empty. */
  leadTimeFallbackDays: number | null;
  /** True to write an apostrophe before texts that a spreadsheet would read as formulas. */
  escapeFormulas: boolean;
}

/** An amount in units of `10^-decimals`; a BigInt if it is no safe integer. */
export type Units = number | bigint;

/** In place of an answer of `writeCompared`: the kernel cannot write the row. */
export const ROW_LEFT = -1;

/** With more, the buffer should be written out. */
export const FULL_BYTES = OUTPUT_BYTES / 2;
/** It grows to `OUTPUT_BYTES`. */
const START_BYTES = 16 * 1024;
/** Bytes of a row apart from its text cells. */
const FIXED_BYTES = 512;

export class OutputBuffer {
  bytes: Uint8Array = new Uint8Array(START_BYTES);
  used = 0;
  rows = 0;
  readonly formulas = new FormulaEscapes();
  /** Called before the buffer is emptied. */
  onTake: (() => void) | null = null;

  readonly #group: OfferGroup;
  readonly #format: OutputFormat;
  readonly #positions: Int32Array;
  readonly #vendorIds: readonly Uint8Array[];
  #kernel: Kernel | null = null;
  /** For JSON lines: what comes before the value of each column. */
  #keys: readonly Uint8Array[] = [];
  #keyBytes = 0;

  /** The header is before the first row of the feed: `isFirst` is false for a part that follows another. */
  constructor(group: OfferGroup, format: OutputFormat, { isFirst }: { isFirst: boolean } = { isFirst: true }) {
    this.#group = group;
    this.#format = format;
    const allColumns: ReadonlyArray<CanonicalColumn | ExtraColumn> = [...CANONICAL_COLUMNS, ...group.layout.extras];
    this.#positions = Int32Array.from(format.columns, (column) => allColumns.indexOf(column));
    this.#vendorIds = group.vendorIds.map(toBytes);
    if (format.format === 'jsonl') {
      this.#keys = format.columns.map((name, i) => toBytes(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`));
      this.#keyBytes = this.#keys.reduce((sum, key) => sum + key.length, 0);
    } else if (isFirst) {
      const header = toBytes(csvLine(format.columns));
      this.#ensure(header.length);
      this.bytes.set(header);
      this.used = header.length;
    }
  }

  /** From now on rows of offers in the kernel's memory are written there. Terms of vendors change amounts: not for tenants with those. */
  useKernel(kernel: Kernel): void {
    const { format, escapeFormulas, columns, moneyDecimals: decimals, ...rest } = this.#format;
    if (format !== 'csv' || escapeFormulas) return;
    const { layout } = this.#group;
    const rows = { positions: this.#positions, vendorIds: this.#vendorIds, decimals, layout, ...rest };
    if (setWrittenRows(kernel, rows)) this.#kernel = kernel;
    this.#moveToKernel();
  }

  /** What has outgrown the kernel's buffer stays where it is until it is written out. */
  #moveToKernel(): void {
    const room = this.#kernel?.merge.output;
    if (room === undefined || this.bytes === room || this.used > room.length) return;
    room.set(this.bytes.subarray(0, this.used));
    this.bytes = room;
  }

  /** What writes rows of offers in its memory; null if nothing does. */
  get kernel(): Kernel | null {
    return this.#kernel;
  }

  get decimals(): MoneyDecimals {
    return this.#format.moneyDecimals;
  }

  /** True if the buffer should be written out. */
  get isFull(): boolean {
    return this.used > FULL_BYTES;
  }

  /** The bytes so far, valid until the next row; empties the buffer. */
  take(): Uint8Array {
    this.onTake?.();
    const taken = this.bytes.subarray(0, this.used);
    this.used = 0;
    this.#moveToKernel();
    return taken;
  }

  /** `price` in units of the format's decimals. */
  writeRow(offer: number, price: Units): void {
    this.#reserve(offer);
    this.rows++;
    const at = this.#kernelPlace(offer, price);
    if (at >= 0) {
      const { entryAt, vendor } = this.#group;
      this.used = this.#kernel!.loops.writeRow(at, entryAt[offer]!, vendor[offer]!) - this.bytes.byteOffset;
    } else if (this.#format.format === 'jsonl') this.#writeJson(offer, price);
    else this.#writeCsv(offer, price);
  }

  /** True if the kernel can write behind the rows so far. */
  get isInKernel(): boolean {
    return this.#kernel !== null && this.bytes === this.#kernel.merge.output;
  }

  /** Takes over rows that the kernel wrote behind those so far, up to an address. */
  addWritten(rows: number, end: number): void {
    this.rows += rows;
    this.used = end - this.bytes.byteOffset;
  }

  /** Writes the row and compares it, if the kernel can: what it says, `COMPARED_…`, or `ROW_LEFT`. */
  writeCompared(offer: number, price: Units, ending: number): number {
    this.#reserve(offer);
    const at = this.#kernelPlace(offer, price);
    if (at < 0) return ROW_LEFT;
    const { entryAt, vendor } = this.#group;
    const { loops, state } = this.#kernel!;
    this.used = loops.writeCompared(at, entryAt[offer]!, vendor[offer]!, ending) - this.bytes.byteOffset;
    this.rows++;
    return state[S_COMPARED]!;
  }

  /** Tells the kernel of a row, and returns the address where it is to be written; negative if the kernel cannot. */
  #kernelPlace(offer: number, price: Units): number {
    const kernel = this.#kernel;
    const { isInKernel, quantity } = this.#group;
    if (kernel === null || !isInKernel || this.bytes !== kernel.merge.output || !isPlain(price)) return -1;
    kernel.numbers[N_OUT_QUANTITY] = quantity[offer]!;
    kernel.numbers[N_OUT_PRICE] = price;
    return this.bytes.byteOffset + this.used;
  }

  /** Appends a row that was made elsewhere, with its line end. */
  appendRow(bytes: Uint8Array, from: number, to: number): void {
    this.#ensure(to - from);
    this.bytes.set(bytes.subarray(from, to), this.used);
    this.used += to - from;
    this.rows++;
  }

  /** Takes back the last row, which began at `start`. */
  takeBack(start: number): void {
    this.used = start;
    this.rows--;
  }

  #writeCsv(offer: number, price: Units): void {
    let at = this.used;
    const positions = this.#positions;
    for (let i = 0; i < positions.length; i++) {
      if (i > 0) this.bytes[at++] = 44;
      at = this.#writeCell(at, positions[i]!, offer, price);
    }
    this.bytes[at++] = 10;
    this.used = at;
  }

  #writeCell(at: number, position: number, offer: number, price: Units): number {
    const group = this.#group;
    const out = this.bytes;
    const decimals = this.#format.moneyDecimals;
    switch (position) {
      case COLUMN.sku:
        return this.#escaped(at, writeCell(out, at, group.sku, 0, group.skuLength, 0), position, offer);
      case COLUMN.vendor_id:
        return copy(out, at, this.#vendorIds[group.vendor[offer]!]!);
      case COLUMN.quantity_available:
        return writeInteger(out, at, group.quantity[offer]!);
      case COLUMN.lead_time_days: {
        const days = this.#leadTime(offer);
        return days === null ? at : writeInteger(out, at, days);
      }
      case COLUMN.cost:
        return writeAmount(out, at, group.cost[offer]!, decimals);
      case COLUMN.map_price:
        return writeAmount(out, at, group.mapPrice[offer]!, decimals);
      case COLUMN.msrp:
        return writeAmount(out, at, group.msrp[offer]!, decimals);
      case COLUMN.price:
        if (typeof price !== 'number') return copy(out, at, toBytes(unitsText(price, decimals)));
        return decimals === 2 ? writeCents(out, at, price) : writeMills(out, at, price);
      case COLUMN.condition:
        return writeCondition(out, at, group.condition[offer]!);
      case COLUMN.updated_at:
        return writeDatetime(out, at, this.#seconds(offer));
      default:
        return this.#writeText(at, position, offer);
    }
  }

  #writeText(at: number, position: number, offer: number): number {
    const { layout, textSpans, textBytes } = this.#group;
    const span = 2 * (offer * layout.texts.length + layout.texts.indexOf(position));
    let to = at;
    for (let i = textSpans[span]!; i < textSpans[span + 1]!; i++) this.bytes[to++] = textBytes[i]!;
    return this.#escaped(at, to, position, offer);
  }

  #escaped(from: number, to: number, position: number, offer: number): number {
    if (!this.#format.escapeFormulas) return to;
    return this.formulas.escapeCell(this.bytes, from, to, () => this.#example(position, offer));
  }

  #example(position: number, offer: number): PriceExample {
    const { vendorId, rowNumber, sku } = this.#group.view(offer);
    const note = CANONICAL_COLUMNS[position] ?? this.#group.layout.extras[position - COLUMN_COUNT]!;
    return { code: 'formulas_escaped', warnedVendor: null, vendorId, rowNumber, sku, note };
  }

  /** Numbers as numbers, money as strings (money is exact, JSON numbers are not), empty cells as null. */
  #writeJson(offer: number, price: Units): void {
    let at = this.used;
    for (let i = 0; i < this.#positions.length; i++) {
      const position = this.#positions[i]!;
      at = copy(this.bytes, at, this.#keys[i]!);
      const from = NUMBERS.has(position) ? at : at + 1;
      const to = this.#writeJsonValue(from, position, offer, price);
      at = to > from ? this.#ended(from, to, position, offer) : copy(this.bytes, at, NULL);
    }
    this.bytes[at] = 0x7d;
    this.bytes[at + 1] = 10;
    this.used = at + 2;
  }

  /** As a cell of CSV, without quotes; a text with the escapes of JSON. */
  #writeJsonValue(at: number, position: number, offer: number, price: Units): number {
    const { sku, skuLength, layout, textSpans, textBytes } = this.#group;
    if (position === COLUMN.sku) return writeJsonText(this.bytes, at, sku.subarray(0, skuLength));
    if (!isText(position)) return this.#writeCell(at, position, offer, price);
    const span = 2 * (offer * layout.texts.length + layout.texts.indexOf(position));
    return writeJsonText(this.bytes, at, plainCell(textBytes, textSpans[span]!, textSpans[span + 1]!));
  }

  /** Puts the quotes of a string around a value that was written behind a free byte; returns the end. */
  #ended(from: number, to: number, position: number, offer: number): number {
    if (NUMBERS.has(position)) return to;
    this.bytes[from - 1] = QUOTE;
    const end = isText(position) || position === COLUMN.sku ? this.#escaped(from - 1, to, position, offer) : to;
    this.bytes[end] = QUOTE;
    return end + 1;
  }

  #leadTime(offer: number): number | null {
    const days = this.#group.leadTime[offer]!;
    return days >= 0 ? days : this.#format.leadTimeFallbackDays;
  }

  #seconds(offer: number): number {
    const seconds = this.#group.updatedAt[offer]!;
    return this.#group.layout.updatedAt && !Number.isNaN(seconds) ? seconds : this.#format.now;
  }

  #reserve(offer: number): void {
    const bytes = FIXED_BYTES + 2 * this.#group.skuLength + this.#group.textBytesOf(offer);
    this.#ensure(this.#keys.length === 0 ? bytes : JSON_GROWTH * bytes + this.#keyBytes);
  }

  #ensure(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.used + bytes));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }
}

/** True for a price that the kernel can write. */
function isPlain(price: Units): price is number {
  return typeof price === 'number' && price >= 0;
}

const QUOTE = 0x22;
const NULL = toBytes('null');
const NUMBERS: ReadonlySet<number> = new Set(INTEGER_COLUMNS.map((column) => COLUMN[column]));

function isText(position: number): boolean {
  return position >= COLUMN_COUNT || OFFER_TEXTS.includes(position);
}

/** The text of an output cell. */
function plainCell(bytes: Uint8Array, from: number, to: number): Uint8Array {
  if (bytes[from] !== QUOTE || from === to) return bytes.subarray(from, to);
  const text = new Uint8Array(to - from);
  let used = 0;
  for (let i = from + 1; i < to - 1; i++) {
    text[used++] = bytes[i]!;
    if (bytes[i] === QUOTE) i++;
  }
  return text.subarray(0, used);
}

function copy(out: Uint8Array, at: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) out[at + i] = bytes[i]!;
  return at + bytes.length;
}

function writeAmount(out: Uint8Array, at: number, micros: number, decimals: MoneyDecimals): number {
  return micros < 0 ? at : writeMicros(out, at, micros, decimals);
}

/** Units of `10^-decimals` as `12.34` or `12.345`. */
export function unitsText(units: number | bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ`. */
export function timeText(seconds: number): string {
  const bytes = new Uint8Array(20);
  writeDatetime(bytes, 0, seconds);
  return String.fromCharCode(...bytes);
}
