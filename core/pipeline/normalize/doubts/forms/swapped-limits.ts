/**
 * Doubts feeds whose MAP is above the list price (MSRP) in most rows: the columns are probably swapped, and every price would be held up to the
 * list price. Looks at the rows that `ColumnShapes` takes.
 */
import { toText } from '../../../../bytes/text.ts';
import { COLUMN } from '../../../../canonical.ts';
import type { RowExamples } from '../row-examples.ts';
import { CellShape } from './cell-shape.ts';

export const MAP_ABOVE_MSRP = 'map_above_msrp';

/** So many rows, and more than half of them, and it is no chance. */
const ROWS_MIN = 5;

export class SwappedLimits {
  readonly #shape = new CellShape();
  #rows = 0;
  #above = 0;
  #map = 0;
  #msrp = 0;
  #mapCell = '';
  #msrpCell = '';
  #first: { file: string | null; line: number; cell: string; note: string } | null = null;

  startRow(): void {
    this.#map = 0;
    this.#msrp = 0;
  }

  /** A trimmed cell of the row. */
  look(position: number, bytes: Uint8Array, from: number, to: number): void {
    if (position !== COLUMN.map_price && position !== COLUMN.msrp) return;
    this.#shape.read(bytes, from, to);
    const whole = this.#shape.isNumber ? this.#shape.whole : 0;
    if (position === COLUMN.msrp) {
      this.#msrp = whole;
      if (this.#first === null) this.#msrpCell = toText(bytes, from, to);
    } else {
      this.#map = whole;
      if (this.#first === null) this.#mapCell = toText(bytes, from, to);
    }
  }

  endRow(place: { file: string | null; line: number }): void {
    if (this.#map === 0 || this.#msrp === 0) return;
    this.#rows++;
    if (this.#map <= this.#msrp) return;
    this.#above++;
    this.#first ??= { ...place, cell: this.#mapCell, note: `MSRP ${this.#msrpCell}` };
  }

  /** As `code:vendor:number:rows that were looked at`. */
  warnings(vendorId: string, rows: RowExamples): string[] {
    if (this.#above < ROWS_MIN || 2 * this.#above <= this.#rows || this.#first === null) return [];
    const { file, ...shown } = this.#first;
    rows.addAt(MAP_ABOVE_MSRP, { ...(file === null ? {} : { file }), ...shown, column: 'map_price' });
    return [`${MAP_ABOVE_MSRP}:${vendorId}:${this.#above}:${this.#rows}`];
  }
}
