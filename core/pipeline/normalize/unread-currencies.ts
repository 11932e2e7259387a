/**
 * Counts rows whose currency, in a column that nothing reads, is not the tenant's: their amounts are read as if it were. A column
 * counts if its name says currency, or if the first row has a code there and some row the tenant's own.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { toBytes, toText } from '../../bytes/text.ts';
import { trimEnd, trimStart } from '../../bytes/trim.ts';
import { CURRENCIES } from '../../money/currencies.ts';
import { EXAMPLES_MAX } from '../../notices/notices.ts';
import type { RecordBatch } from '../../scan/batch.ts';
import type { ResolvedColumns } from './columns.ts';
import type { RowExamples } from './row-examples.ts';

export const CURRENCIES_UNREAD = 'currencies_unread';

const NAME = /^(?:currency|curr|ccy|w(?:ä|ae)hrung|devise|divisa|moneda|valuta|waluta)(?:[ _-]?(?:code|key|iso))?\.?$/i;
const CODE_BYTES = 3;

interface Column {
  field: number;
  name: string;
  isNamed: boolean;
  hasOwn: boolean;
  others: number;
  examples: Array<{ file: string | null; line: number; cell: string }>;
}

export class UnreadCurrencies {
  readonly #rows: RowExamples;
  readonly #own: number;
  /** Codes seen, by their bytes as one number. */
  readonly #known = new Map<number, boolean>();
  /** Of all files of the vendor, by name. */
  readonly #columns = new Map<string, Column>();
  /** Of this file; null until its first row. */
  #current: Column[] | null = null;
  #file: ResolvedColumns | null = null;

  constructor(rows: RowExamples, currency: string) {
    this.#rows = rows;
    this.#own = numberOf(toBytes(currency), 0);
  }

  startFile(columns: ResolvedColumns): void {
    this.#file = columns;
    this.#current = null;
  }

  /** False if no column of this file may have currencies. */
  get wantsRows(): boolean {
    return this.#current === null ? this.#file !== null : this.#current.length > 0;
  }

  /** Looks at a valid row. */
  look(window: Uint8Array, batch: RecordBatch, record: number): void {
    this.#current ??= this.#candidates(window, batch, record);
    if (this.#current.length === 0) return;
    const first = batch.firstField[record]!;
    const fields = batch.firstField[record + 1]! - first;
    for (const column of this.#current) {
      const { field } = column;
      if (field < fields)
        this.#lookAt(
          column,
          window,
          [batch.fieldStart[first + field]!, batch.fieldEnd[first + field]!],
          batch.line[record]!,
        );
    }
  }

  #lookAt(column: Column, window: Uint8Array, [start, end]: [number, number], line: number): void {
    const from = trimStart(window, start, end);
    if (trimEnd(window, from, end) - from !== CODE_BYTES) return;
    const code = numberOf(window, from);
    if (code === this.#own) column.hasOwn = true;
    else if (this.#isCurrency(code, window, from)) {
      column.others++;
      const { examples } = column;
      if (examples.length < EXAMPLES_MAX)
        examples.push({ file: this.#rows.file, line, cell: toText(window, from, from + CODE_BYTES) });
    }
  }

  #isCurrency(code: number, window: Uint8Array, from: number): boolean {
    let known = this.#known.get(code);
    if (known === undefined) {
      known = CURRENCIES.has(toText(window, from, from + CODE_BYTES).toUpperCase());
      // bytes of any kind may be there
      if (this.#known.size < CURRENCIES.size) this.#known.set(code, known);
    }
    return known;
  }

  #candidates(window: Uint8Array, batch: RecordBatch, record: number): Column[] {
    const file = this.#file;
    if (file === null) return [];
    const read = fieldsRead(file);
    const first = batch.firstField[record]!;
    const found: Column[] = [];
    for (let field = 0; field < batch.firstField[record + 1]! - first; field++) {
      if (read.has(field)) continue;
      const name = file.names[field] ?? `#${field}`;
      const from = trimStart(window, batch.fieldStart[first + field]!, batch.fieldEnd[first + field]!);
      const to = trimEnd(window, from, batch.fieldEnd[first + field]!);
      const isNamed = NAME.test(name);
      const hasCode = to - from === CODE_BYTES && this.#isCurrency(numberOf(window, from), window, from);
      if (isNamed || hasCode) found.push(this.#column(field, name, isNamed));
    }
    return found;
  }

  /** Files of one vendor may have it in different places. */
  #column(field: number, name: string, isNamed: boolean): Column {
    const column = this.#columns.get(name) ?? { field, name, isNamed, hasOwn: false, others: 0, examples: [] };
    column.field = field;
    this.#columns.set(name, column);
    return column;
  }

  /** As `code:vendor:count:header`. */
  warnings(vendorId: string): string[] {
    return [...this.#columns.values()].flatMap(({ name, isNamed, hasOwn, others, examples }) => {
      if (others === 0 || !(isNamed || hasOwn)) return [];
      for (const { file, line, cell } of examples) {
        const place = file === null ? {} : { file };
        this.#rows.addAt(CURRENCIES_UNREAD, { ...place, line, column: name, cell });
      }
      return [`${CURRENCIES_UNREAD}:${vendorId}:${others}:${name}`];
    });
  }
}

/** The three bytes of a code, in capitals. */
function numberOf(bytes: Uint8Array, from: number): number {
  return ((bytes[from]! & 0xdf) << 16) | ((bytes[from + 1]! & 0xdf) << 8) | (bytes[from + 2]! & 0xdf);
}

/** Fields that a column, a filter or a side file reads. */
function fieldsRead({ index, cells, filters, rules, joins }: ResolvedColumns): Set<number> {
  return new Set([
    ...index,
    ...cells.flatMap((cell) => [...cell.fields, ...cell.factorFields, ...cell.adders.map(({ field }) => field)]),
    ...[...filters, ...rules].flatMap(({ field, whereField }) => [field, whereField]),
    ...joins.map(({ field }) => field),
  ]);
}
