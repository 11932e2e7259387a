/**
 * Counts values of valid rows that vendors hardly ever mean, with examples, for the summary's warnings: quantities such as 99999 or as long as
 * a barcode, lead times of years, times far in the past or future or with two readings, costs above the list price, and quantities that equal
 * an amount of their row in most rows.
 *
 * `oddBits` is called per row, and compares numbers. The kernel has the same test (`kernel/assembly/row.ts`).
 */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns, the batch bounds its fields
import { trimText } from '../../../bytes/trim.ts';
import { CANONICAL_COLUMNS, COLUMN } from '../../../canonical.ts';
import {
  LEAD_TIME_MAX,
  ODD_COST,
  ODD_LEAD_TIME,
  ODD_QUANTITY,
  ODD_SAME,
  ODD_TIME,
  ODD_TWO_TIMES,
  QUANTITY_MAX,
  QUANTITY_NINES,
  TIME_AHEAD,
  TIME_MIN,
} from '../../../kernel/assembly/places.ts';
import { EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { RecordBatch } from '../../../scan/batch.ts';
import { cellText } from '../../../scan/cells.ts';
import type { IssueLog } from '../../issues.ts';
import type { CurrentRow } from '../current-row.ts';
import type { RowExamples } from './row-examples.ts';

export const ODD_VALUES = [
  'quantity_unlikely',
  'lead_time_unlikely',
  'updated_at_unlikely',
  'cost_above_msrp',
  'quantity_equals_amount',
  'times_ambiguous',
] as const;

/** So many rows, and more than half of them, and quantities that equal an amount are no chance. */
const SAME_ROWS_MIN = 5;
const MICROS = 1_000_000;

const NINES = [99_999, 999_999];

/** By code: its bit, and the column that shows it. */
const KINDS = [
  { bit: ODD_QUANTITY, position: COLUMN.quantity_available },
  { bit: ODD_LEAD_TIME, position: COLUMN.lead_time_days },
  { bit: ODD_TIME, position: COLUMN.updated_at },
  { bit: ODD_COST, position: COLUMN.cost },
  { bit: ODD_SAME, position: COLUMN.quantity_available },
  { bit: ODD_TWO_TIMES, position: COLUMN.updated_at },
] as const;

/** `now` in seconds. */
export function oddBits(row: CurrentRow, now: number): number {
  const { quantity, leadTime, cost, msrp, updatedAt } = row;
  const isQuantity = quantity >= QUANTITY_NINES && (quantity >= QUANTITY_MAX || NINES.includes(quantity));
  const isTime = updatedAt < TIME_MIN || updatedAt > now + TIME_AHEAD;
  return (
    (isQuantity ? ODD_QUANTITY : 0) |
    (quantity > 1 && equalsAmount(row, quantity * MICROS) ? ODD_SAME : 0) |
    (leadTime > LEAD_TIME_MAX ? ODD_LEAD_TIME : 0) |
    (isTime ? ODD_TIME : 0) |
    (row.otherTime ? ODD_TWO_TIMES : 0) |
    (msrp > 0 && cost > msrp ? ODD_COST : 0)
  );
}

function equalsAmount({ cost, mapPrice, price, msrp }: CurrentRow, micros: number): boolean {
  return micros === cost || micros === mapPrice || micros === price || micros === msrp;
}

export class OddValues {
  readonly #rows: RowExamples;
  readonly #counts = new Int32Array(KINDS.length);

  constructor(rows: RowExamples) {
    this.#rows = rows;
  }

  /** Examines a row that has some of the bits. */
  look(bits: number, row: CurrentRow): void {
    const shown = this.#count(bits);
    if (shown !== 0) this.#show(shown, row.line, (position) => row.cellText(position));
  }

  /** The same for a row of a batch; `index` has the field of each column. */
  lookAt(bits: number, window: Uint8Array, batch: RecordBatch, at: { record: number; index: Int32Array }): void {
    const shown = this.#count(bits);
    if (shown !== 0) this.#showAt(shown, window, batch, at);
  }

  /** The bits that examples are wanted for. Every row of a feed may come here, so it makes no objects. */
  #count(bits: number): number {
    let shown = 0;
    for (let kind = 0; kind < KINDS.length; kind++) {
      const { bit } = KINDS[kind]!;
      if ((bits & bit) !== 0 && ++this.#counts[kind]! <= EXAMPLES_MAX) shown |= bit;
    }
    return shown;
  }

  #showAt(bits: number, window: Uint8Array, batch: RecordBatch, at: { record: number; index: Int32Array }): void {
    const { record, index } = at;
    this.#show(bits, batch.line[record]!, (position) =>
      trimText(cellText(window, batch, batch.fieldAt(record, index[position]!))),
    );
  }

  #show(bits: number, line: number, cellOf: (position: number) => string): void {
    for (let kind = 0; kind < KINDS.length; kind++) {
      const { bit, position } = KINDS[kind]!;
      if ((bits & bit) === 0) continue;
      const note = bit === ODD_COST ? `MSRP ${cellOf(COLUMN.msrp)}` : undefined;
      const cell = cellOf(position);
      this.#rows.addAt(ODD_VALUES[kind]!, {
        ...{ line, column: CANONICAL_COLUMNS[position]!, cell },
        ...(note === undefined ? {} : { note }),
      });
    }
  }

  /** As `code:vendor:count`. */
  warn(log: Pick<IssueLog, 'countWarning'>, vendorId: string, validRows: number): void {
    for (const [kind, code] of ODD_VALUES.entries())
      if (this.#counts[kind]! > 0 && (code !== 'quantity_equals_amount' || this.#isMostly(kind, validRows)))
        log.countWarning(code, vendorId, this.#counts[kind]!);
  }

  #isMostly(kind: number, validRows: number): boolean {
    return this.#counts[kind]! >= SAME_ROWS_MIN && 2 * this.#counts[kind]! > validRows;
  }
}
