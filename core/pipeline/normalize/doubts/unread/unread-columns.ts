/**
 * The columns of a vendor's files that nothing reads, searched for signs that they matter. In the first rows of a file
 * all of them are examined; later only those that may still matter, so that most rows cost nothing.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { trimEnd, trimStart } from '../../../../bytes/trim.ts';
import { EXAMPLES_MAX } from '../../../../notices/notices.ts';
import type { RecordBatch } from '../../../../scan/batch.ts';
import type { ResolvedColumns } from '../../columns/columns.ts';
import type { RowExamples } from '../row-examples.ts';

/**
 * In the first rows of a file all columns are examined. After each further batch of so many rows, columns without a
 * sign are dropped.
 */
const FIRST_ROWS = 100;
/** The most columns of a vendor's files that are followed. */
const COLUMNS_MAX = 1000;

export interface UnreadColumn {
  field: number;
  name: string;
  /** Rows to warn of. */
  count: number;
  examples: Array<{ file: string | null; line: number; cell: string }>;
}

/** What a row has in the columns that are read; amounts in micros, negative if it has none. */
export interface ReadValues {
  readonly quantity: number;
  readonly cost: number;
  readonly price: number;
  readonly msrp: number;
}

/** One kind of sign to look for. */
export interface UnreadColumnKind<Column extends UnreadColumn> {
  /** `name` is the column's header, or `#3`. */
  open(column: UnreadColumn): Column;
  /** The columns of the file whose rows come next. */
  startFile?(columns: ResolvedColumns): void;
  /** The row whose cells come next. */
  startRow?(values: ReadValues): void;
  /** A trimmed cell that is not empty. The answer is its text if the row is to be warned of. */
  look(column: Column, window: Uint8Array, from: number, to: number): string | null;
  /** True if the column may still matter. */
  isMeant(column: Column): boolean;
}

export class UnreadColumns<Column extends UnreadColumn> {
  readonly #kind: UnreadColumnKind<Column>;
  readonly #rows: RowExamples;
  /** The columns of all files of the vendor, by name. */
  readonly #columns = new Map<string, Column>();
  /** The columns of this file; null until its first row. */
  #current: Column[] | null = null;
  #file: ResolvedColumns | null = null;
  #rowsLeft = 0;

  constructor(kind: UnreadColumnKind<Column>, rows: RowExamples) {
    this.#kind = kind;
    this.#rows = rows;
  }

  startFile(columns: ResolvedColumns): void {
    this.#file = columns;
    this.#kind.startFile?.(columns);
    this.#current = null;
    this.#rowsLeft = FIRST_ROWS;
  }

  /** False if no column of this file may be meant. */
  get wantsRows(): boolean {
    return this.#current === null ? this.#file !== null : this.#current.length > 0;
  }

  /** Looks at a valid row. */
  look(window: Uint8Array, batch: RecordBatch, record: number, values: ReadValues): void {
    this.#kind.startRow?.(values);
    const first = batch.firstField[record]!;
    const fields = batch.firstField[record + 1]! - first;
    this.#current ??= this.#unreadColumns(fields);
    for (const column of this.#current) {
      if (column.field >= fields) continue;
      const end = batch.fieldEnd[first + column.field]!;
      const from = trimStart(window, batch.fieldStart[first + column.field]!, end);
      const to = trimEnd(window, from, end);
      const cell = from === to ? null : this.#kind.look(column, window, from, to);
      if (cell !== null) this.#count(column, batch.line[record]!, cell);
    }
    if (--this.#rowsLeft <= 0) this.#dropSettled();
  }

  #count(column: Column, line: number, cell: string): void {
    column.count++;
    if (column.examples.length < EXAMPLES_MAX) column.examples.push({ file: this.#rows.file, line, cell });
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

  /** The column by name: files of one vendor may have it in different places. Null if too many are followed already. */
  #column(field: number, name: string): Column | null {
    if (this.#columns.size >= COLUMNS_MAX && !this.#columns.has(name)) return null;
    const column = this.#columns.get(name) ?? this.#kind.open({ field, name, count: 0, examples: [] });
    column.field = field;
    this.#columns.set(name, column);
    return column;
  }

  #dropSettled(): void {
    this.#rowsLeft = FIRST_ROWS;
    this.#current = this.#current?.filter((column) => this.#kind.isMeant(column)) ?? null;
  }

  /** As `code:vendor:count:header`. Adds the examples. */
  warnings(code: string, vendorId: string): string[] {
    return [...this.#columns.values()].flatMap((column) => {
      const { name, count, examples } = column;
      if (count === 0 || !this.#kind.isMeant(column)) return [];
      for (const { file, line, cell } of examples) {
        const place = file === null ? {} : { file };
        this.#rows.addAt(code, { ...place, line, column: name, cell });
      }
      return [`${code}:${vendorId}:${count}:${name}`];
    });
  }
}

/** The fields that a column, a filter or a side file reads. */
function fieldsRead({ index, cells, filters, rules, joins }: ResolvedColumns): Set<number> {
  return new Set([
    ...index,
    ...cells.flatMap((cell) => [...cell.fields, ...cell.factorFields, ...cell.adders.map(({ field }) => field)]),
    ...[...filters, ...rules].flatMap(({ field, whereField }) => [field, whereField]),
    ...joins.map(({ field }) => field),
  ]);
}
