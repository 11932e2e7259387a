/**
 * Counts numbers such as `1.299` that may be thousands, for a warning in the summary. They have three digits after the
 * point and one to three before it, in a column that also has other forms, but no number such as `0.125` or `1299.500`,
 * which would show that three decimals are meant. The same holds for quantities such as `1.000`, which are read as 1.
 * `CurrentRow` tells the forms apart.
 */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns
import { CANONICAL_COLUMNS, COLUMN, COLUMN_COUNT } from '../../../canonical.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';
import { WARNING_EXAMPLES_MAX } from '../../../notices/notices.ts';
import { PLAIN, type RecordBatch } from '../../../scan/batch.ts';
import { type CurrentRow, THREE_CLEAR } from '../current-row.ts';
import type { RowExamples } from './row-examples.ts';

export const MAY_BE_THOUSANDS = 'decimals_may_be_thousands';

const CELL_CHARS = 40;

export interface DecimalFormsOptions {
  moneyDecimals: MoneyDecimals;
  rows: RowExamples;
}

export class DecimalForms {
  readonly #options: DecimalFormsOptions;
  readonly #counts = new Float64Array(COLUMN_COUNT);
  /** By position: 1 if a number of the column shows that three decimals are meant. */
  readonly #areClear = new Uint8Array(COLUMN_COUNT);
  readonly #examples = new Map<number, Array<{ file?: string; line: number; column: string; cell: string }>>();

  constructor(options: DecimalFormsOptions) {
    this.#options = options;
  }

  /** Looks at a valid row that has such numbers. `isStored` is true for cells that a workbook stores as numbers. */
  look(row: CurrentRow, isStored: (position: number) => boolean): void {
    for (let position = 0; position < COLUMN_COUNT; position++) {
      const form = row.forms[position]!;
      if (form === 0 || isStored(position)) continue;
      if (form === THREE_CLEAR) this.#areClear[position] = 1;
      else this.#count(row, position);
    }
  }

  /** Notes that a column has three decimals beyond doubt. */
  noteClear(position: number): void {
    this.#areClear[position] = 1;
  }

  #count(row: CurrentRow, position: number): void {
    const { moneyDecimals, rows } = this.#options;
    if (moneyDecimals === 3 && position !== COLUMN.quantity_available) return;
    this.#counts[position]!++;
    const examples = this.#examples.get(position) ?? [];
    if (examples.length >= WARNING_EXAMPLES_MAX) return;
    const { file } = rows;
    const cell = row.cellText(position).slice(0, CELL_CHARS);
    const place = { ...(file === null ? {} : { file }), line: row.line, column: CANONICAL_COLUMNS[position]!, cell };
    this.#examples.set(position, [...examples, place]);
  }

  /** As `code:vendor:column:count:examples`. `others` are the positions of columns with numbers in another form. */
  warnings(vendorId: string, others: Uint8Array): string[] {
    return CANONICAL_COLUMNS.flatMap((column, position) => {
      const count = this.#counts[position]!;
      if (count === 0 || this.#areClear[position] === 1 || others[position] === 0) return [];
      const examples = this.#examples.get(position) ?? [];
      for (const place of examples) this.#options.rows.addAt(MAY_BE_THOUSANDS, place);
      const texts = examples.map(
        ({ file, line, cell }) => `${file === undefined ? '' : `${file} `}line ${line} "${cell}"`,
      );
      return [`${MAY_BE_THOUSANDS}:${vendorId}:${column}:${count}:${texts.join('; ')}`];
    });
  }
}

/** For `look`, in the fast lane. */
export function storedIn(batch: RecordBatch, record: number, index: Int32Array): (position: number) => boolean {
  return (position) => {
    const at = batch.fieldAt(record, index[position]!);
    return at >= 0 && batch.fieldStyle[at] === PLAIN;
  };
}
