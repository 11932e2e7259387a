/** Keeps the last rows of a table, where a footer may be. */
import { readRecord, type TableDialect } from './dialect.ts';
import type { PlainRun } from './plain-rows.ts';
import { FOOTER_ROWS_MAX, type LastRow } from './shape/footer.ts';

export class LastRows {
  readonly #text: string;
  readonly #dialect: TableDialect;
  /** The cells of a row, or its position: most rows are never needed as cells. */
  #rows: Array<{ cells: readonly string[] | number; line: number }> = [];

  constructor(text: string, dialect: TableDialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  add(cells: readonly string[] | number, line: number): void {
    this.#rows.push({ cells, line });
    if (this.#rows.length > FOOTER_ROWS_MAX) this.#rows.shift();
  }

  /** `line` is that of the run's first row. */
  addRun({ rows, last }: PlainRun, line: number): void {
    for (const [i, from] of last.entries()) this.add(from, line + rows - last.length + i);
  }

  rows(): LastRow[] {
    return this.#rows.map(({ cells, line }) => ({
      cells: typeof cells === 'number' ? readRecord(this.#text, cells, this.#dialect).cells : cells,
      line,
    }));
  }
}
