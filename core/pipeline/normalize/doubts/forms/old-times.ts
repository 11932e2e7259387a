/**
 * Doubts feeds that say of most of their rows that they were last changed years ago: an old file that was sent again, or an export that has
 * stopped. Looks at the rows that `ColumnShapes` takes.
 */
import { toText } from '../../../../bytes/text.ts';
import { looseDate } from '../../../../text/loose-dates.ts';
import type { RowExamples } from '../row-examples.ts';

export const TIMES_OLD = 'updated_at_old';

const OLD = 2 * 365 * 86_400;
/** Of a feed of fewer rows, all must be old. */
const ROWS_MIN = 20;
const ALL_MIN = 5;
const CELL_BYTES_MAX = 35;

export class OldTimes {
  /** In seconds. */
  readonly #now: number;
  #rows = 0;
  #old = 0;
  #first: { file: string | null; line: number; cell: string } | null = null;

  constructor(now: number) {
    this.#now = now;
  }

  /** A trimmed cell of the column `updated_at`. */
  look(bytes: Uint8Array, from: number, to: number, place: { file: string | null; line: number }): void {
    if (to - from > CELL_BYTES_MAX) return;
    const cell = toText(bytes, from, to);
    const day = looseDate(cell);
    if (day === null) return;
    this.#rows++;
    if (day.to >= this.#now - OLD) return;
    this.#old++;
    this.#first ??= { ...place, cell };
  }

  /** As `code:vendor:number:rows that were looked at`. */
  warnings(vendorId: string, rows: RowExamples): string[] {
    const isMost = this.#rows >= ROWS_MIN ? 2 * this.#old >= this.#rows : this.#old === this.#rows;
    if (this.#rows < ALL_MIN || !isMost || this.#first === null) return [];
    const { file, line, cell } = this.#first;
    rows.addAt(TIMES_OLD, { ...(file === null ? {} : { file }), line, column: 'updated_at', cell });
    return [`${TIMES_OLD}:${vendorId}:${this.#old}:${this.#rows}`];
  }
}
