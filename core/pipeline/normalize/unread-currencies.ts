/**
 * Counts rows whose currency, in a column that nothing reads, is not the one that the vendor's amounts are read in. A column counts if its
 * name says currency, if some row names the right one there, or if every cell is the code or the sign of a currency.
 *
 * The first rows tell which columns may be meant; later rows cost a look at those, and nothing if there are none.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { toText } from '../../bytes/text.ts';
import { trimEnd, trimStart } from '../../bytes/trim.ts';
import { currenciesOf } from '../../money/currency-signs.ts';
import { isAlsoWord, saysCurrency } from '../../money/currency-words.ts';
import { EXAMPLES_MAX } from '../../notices/notices.ts';
import type { RecordBatch } from '../../scan/batch.ts';
import type { ResolvedColumns } from './columns.ts';
import type { RowExamples } from './row-examples.ts';

export const CURRENCIES_UNREAD = 'currencies_unread';

/** Rows of a file in which all columns are looked at. */
const FIRST_ROWS = 100;
/** Bytes of a code, or of a sign. */
const CELL_BYTES_MAX = 4;
/** Columns of a vendor's files that are kept. */
const COLUMNS_MAX = 1000;
/** Cells whose kind is remembered. */
const KNOWN_MAX = 1000;
/** What a cell is. */
const NO_CURRENCY = 0;
const OWN = 1;
const OTHER = 2;
/** Another currency, or a word. */
const WORD = 3;

interface Column {
  field: number;
  name: string;
  isNamed: boolean;
  hasOwn: boolean;
  hasText: boolean;
  hasCode: boolean;
  others: number;
  examples: Array<{ file: string | null; line: number; cell: string }>;
}

export class UnreadCurrencies {
  readonly #rows: RowExamples;
  readonly #own: string;
  /** What cells are, by their bytes as one number. */
  readonly #kinds = new Map<number, number>();
  /** Of all files of the vendor, by name. */
  readonly #columns = new Map<string, Column>();
  /** Of this file; null until its first row. */
  #current: Column[] | null = null;
  #file: ResolvedColumns | null = null;
  #rowsLeft = 0;

  /** `currency` is the one that the vendor's amounts are in. */
  constructor(rows: RowExamples, currency: string) {
    this.#rows = rows;
    this.#own = currency;
  }

  startFile(columns: ResolvedColumns): void {
    this.#file = columns;
    this.#current = null;
    this.#rowsLeft = FIRST_ROWS;
  }

  /** False if no column of this file may have currencies. */
  get wantsRows(): boolean {
    return this.#current === null ? this.#file !== null : this.#current.length > 0;
  }

  /** Looks at a valid row. */
  look(window: Uint8Array, batch: RecordBatch, record: number): void {
    const first = batch.firstField[record]!;
    const fields = batch.firstField[record + 1]! - first;
    this.#current ??= this.#unreadColumns(fields);
    for (const column of this.#current) {
      const { field } = column;
      if (field >= fields) continue;
      const cell: [number, number] = [batch.fieldStart[first + field]!, batch.fieldEnd[first + field]!];
      this.#lookAt(column, window, cell, batch.line[record]!);
    }
    if (this.#rowsLeft > 0 && --this.#rowsLeft === 0) this.#endFirstRows();
  }

  #lookAt(column: Column, window: Uint8Array, [start, end]: [number, number], line: number): void {
    const from = trimStart(window, start, end);
    const to = trimEnd(window, from, end);
    if (from === to) return;
    const kind = this.#kindOf(window, from, to);
    if (kind === NO_CURRENCY) column.hasText = true;
    else if (kind === OWN) column.hasOwn = true;
    else {
      if (kind === OTHER) column.hasCode = true;
      column.others++;
      const { examples } = column;
      if (examples.length < EXAMPLES_MAX)
        examples.push({ file: this.#rows.file, line, cell: toText(window, from, to) });
    }
  }

  #kindOf(window: Uint8Array, from: number, to: number): number {
    if (to - from > CELL_BYTES_MAX) return NO_CURRENCY;
    let key = to - from;
    for (let at = from; at < to; at++) key = key * 256 + window[at]!;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      kind = kindOf(toText(window, from, to), this.#own);
      // bytes of any kind may be there
      if (this.#kinds.size < KNOWN_MAX) this.#kinds.set(key, kind);
    }
    return kind;
  }

  #unreadColumns(fields: number): Column[] {
    const file = this.#file;
    if (file === null) return [];
    const read = fieldsRead(file);
    const found: Column[] = [];
    for (let field = 0; field < fields; field++) {
      const column = read.has(field) ? null : this.#column(field, file.names[field] ?? `#${field}`);
      if (column !== null) found.push(column);
    }
    return found;
  }

  /** Files of one vendor may have it in different places. Null beyond what is kept. */
  #column(field: number, name: string): Column | null {
    if (this.#columns.size >= COLUMNS_MAX && !this.#columns.has(name)) return null;
    const column = this.#columns.get(name) ?? {
      ...{ field, name, isNamed: saysCurrency(name), hasOwn: false, hasText: false, hasCode: false },
      ...{ others: 0, examples: [] },
    };
    column.field = field;
    this.#columns.set(name, column);
    return column;
  }

  /** Later rows are looked at only in columns that may still be meant. */
  #endFirstRows(): void {
    if (this.#current === null) return;
    this.#current = this.#current.filter((column) => column.isNamed || column.hasOwn || isOfCurrencies(column));
  }

  /** As `code:vendor:count:header`. */
  warnings(vendorId: string): string[] {
    return [...this.#columns.values()].flatMap(({ name, others, examples, ...column }) => {
      if (others === 0 || !isOfCurrencies(column)) return [];
      for (const { file, line, cell } of examples) {
        const place = file === null ? {} : { file };
        this.#rows.addAt(CURRENCIES_UNREAD, { ...place, line, column: name, cell });
      }
      return [`${CURRENCIES_UNREAD}:${vendorId}:${others}:${name}`];
    });
  }
}

function isOfCurrencies({ isNamed, hasOwn, hasText, hasCode }: Omit<Column, 'name' | 'others' | 'examples'>): boolean {
  return isNamed || hasOwn || (hasCode && !hasText);
}

function kindOf(cell: string, own: string): number {
  const currencies = currenciesOf(cell);
  if (currencies === null) return NO_CURRENCY;
  if (currencies.includes(own)) return OWN;
  return isAlsoWord(cell) ? WORD : OTHER;
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
