/**
 * The physical line of each row of a file, by row number. It keeps only the few places where line less row number
 * changes.
 */

/** The most places that are kept: a feed with a line end inside every other row has many. */
const CHANGES_MAX = 4096;

/** As plain data, for another thread. */
export interface RowLinesState {
  shift: number;
  rowNumbers: number[];
  shifts: number[];
  end: number;
}

export class RowLines {
  /** Line less row number, of the last row. */
  shift = 0;
  readonly #rowNumbers: number[] = [];
  readonly #shifts: number[] = [];
  /** The first row whose line is not known any more. */
  #end = Number.POSITIVE_INFINITY;

  /** True if it can keep no more places. */
  get isFull(): boolean {
    return this.#end !== Number.POSITIVE_INFINITY;
  }

  /** Call it for a row whose `shift` differs from that of the row before. */
  note(rowNumber: number, line: number): void {
    if (this.#rowNumbers.length === CHANGES_MAX) {
      this.#end = Math.min(this.#end, rowNumber);
      return;
    }
    this.shift = line - rowNumber;
    this.#rowNumbers.push(rowNumber);
    this.#shifts.push(this.shift);
  }

  state(): RowLinesState {
    return { shift: this.shift, rowNumbers: this.#rowNumbers, shifts: this.#shifts, end: this.#end };
  }

  static from({ shift, rowNumbers, shifts, end }: RowLinesState): RowLines {
    const lines = new RowLines();
    lines.shift = shift;
    for (const [i, rowNumber] of rowNumbers.entries()) {
      lines.#rowNumbers.push(rowNumber);
      lines.#shifts.push(shifts[i] ?? 0);
    }
    lines.#end = end;
    return lines;
  }

  /** Null if the line is not known. */
  lineOf(rowNumber: number): number | null {
    if (rowNumber >= this.#end) return null;
    const at = this.#rowNumbers.findLastIndex((first) => first <= rowNumber);
    return rowNumber + (this.#shifts[at] ?? 0);
  }
}
