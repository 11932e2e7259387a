/**
 * Finds columns that say the same in nearly every row of a feed: one cost or one title for all goods, as where a column was filled down in a
 * spreadsheet, or an export wrote one record's value everywhere. Looks at the rows that `ColumnShapes` takes.
 */

import { shownSku } from '../../../../bytes/signs/sku-signs.ts';
import { toText } from '../../../../bytes/text.ts';
import { CANONICAL_COLUMNS, COLUMN } from '../../../../canonical.ts';
import type { RowExamples } from '../row-examples.ts';

export const AMOUNTS_ALIKE = 'amounts_all_alike';
export const TITLES_ALIKE = 'titles_all_alike';

/** A few sizes and colours of one article are as alike. */
const ROWS_MIN = 50;
const NEARLY_ALL = 0.9;
const CELL_BYTES = 200;

interface AlikeColumn {
  rows: number;
  /** How many more rows have the text than other ones, by the algorithm of Boyer and Moore: never more than have it. */
  lead: number;
  text: string;
  file: string | null;
  line: number;
}

export class AlikeCells {
  #file: string | null = null;
  #line = 0;
  readonly #columns = new Map<number, AlikeColumn>(
    [COLUMN.cost, COLUMN.price, COLUMN.title].map((position) => [
      position,
      { rows: 0, lead: 0, text: '', file: null, line: 0 },
    ]),
  );

  /** The row whose cells come next. */
  startRow(file: string | null, line: number): void {
    this.#file = file;
    this.#line = line;
  }

  /** A trimmed cell. */
  look(position: number, bytes: Uint8Array, from: number, to: number): void {
    const found = this.#columns.get(position);
    if (found === undefined || from >= to) return;
    const text = toText(bytes, from, Math.min(to, from + CELL_BYTES));
    found.rows++;
    if (found.lead === 0) Object.assign(found, { file: this.#file, line: this.#line, text, lead: 1 });
    else found.lead += found.text === text ? 1 : -1;
  }

  /** As `code:vendor:cell`, of amounts `code:vendor:column:cell`. `isDeclared` is true for positions with a form of their own. */
  warnings(vendorId: string, isDeclared: (position: number) => boolean, rows: RowExamples): string[] {
    return [...this.#columns].flatMap(([position, { rows: looked, lead, text, file, line }]) => {
      if (looked < ROWS_MIN || lead < NEARLY_ALL * looked || isDeclared(position)) return [];
      const code = position === COLUMN.title ? TITLES_ALIKE : AMOUNTS_ALIKE;
      const column = CANONICAL_COLUMNS[position] ?? '';
      const cell = shownSku(text);
      rows.addAt(code, { ...(file === null ? {} : { file }), line, column, cell });
      return [`${code}:${vendorId}:${position === COLUMN.title ? '' : `${column}:`}${cell}`];
    });
  }
}
