/** Doubts about what the columns of a feed look like as a whole. */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns, the batch bounds its fields
import { toText } from '../../../../bytes/text.ts';
import { trimEnd, trimStart } from '../../../../bytes/trim.ts';
import { COLUMN } from '../../../../canonical.ts';
import type { RecordBatch } from '../../../../scan/batch.ts';
import type { ResolvedColumns } from '../../columns/columns.ts';
import type { CurrentRow } from '../../current-row.ts';
import type { RowExamples } from '../row-examples.ts';
import { ColumnShapes, SHAPED } from './column-shapes.ts';
import { shapeChanges } from './shape-changes.ts';
import { SkuFormsChange } from './sku-forms-change.ts';
import { SkuLengths } from './sku-lengths.ts';
import { ThousandForms } from './thousand-forms.ts';
import { noStock, sameStock, wholeAmounts, zeroAmounts } from './whole-amounts.ts';

export class FeedForms {
  readonly #rows: RowExamples;
  readonly #currency: string;
  readonly #shapes = new ColumnShapes();
  readonly #lengths = new SkuLengths();
  readonly #skuForms = new SkuFormsChange();
  readonly thousands: ThousandForms;
  /** Positions with a form or a factor of their own, in some file. */
  readonly #declared = new Set<number>();
  #columns: ResolvedColumns | null = null;

  /** `currency` is the one that the vendor's amounts are read in. */
  constructor(currency: string, rows: RowExamples) {
    this.#currency = currency;
    this.#rows = rows;
    this.thousands = new ThousandForms(rows);
  }

  startFile(columns: ResolvedColumns): void {
    this.#columns = columns;
    this.#shapes.file = this.#rows.file;
    this.#shapes.next = 1;
    for (const { position } of columns.cells) this.#declared.add(position);
    this.thousands.startFile(columns);
  }

  /** The number of the next valid row of the file to look at, from 1. */
  get next(): number {
    return this.#shapes.next;
  }

  /** Looks at a valid row. */
  look(row: CurrentRow): void {
    const { file } = this.#rows;
    const { line, source, start, end } = row;
    this.#shapes.look({
      line,
      cells: (take) => {
        for (const position of SHAPED) take(position, source[position]!, start[position]!, end[position]!);
      },
    });
    this.#lookAtSku(source[COLUMN.sku]!, start[COLUMN.sku]!, end[COLUMN.sku]!, { file, line });
  }

  /** The same for a row that the kernel took. */
  lookAt(window: Uint8Array, batch: RecordBatch, record: number): void {
    const { file } = this.#rows;
    const { index } = this.#columns!;
    const line = batch.line[record]!;
    this.#shapes.look({
      line,
      cells: (take) => {
        for (const position of SHAPED) {
          const at = batch.fieldAt(record, index[position]!);
          if (at < 0) continue;
          const end = batch.fieldEnd[at]!;
          const from = trimStart(window, batch.fieldStart[at]!, end);
          const to = trimEnd(window, from, end);
          take(position, window, from, to);
          if (position === COLUMN.sku) this.#lookAtSku(window, from, to, { file, line });
        }
      },
    });
  }

  #lookAtSku(bytes: Uint8Array, from: number, to: number, place: { file: string | null; line: number }): void {
    this.#lengths.look(bytes, from, to, place);
    this.#skuForms.look({ ...place, cell: toText(bytes, from, to) });
  }

  warnings(vendorId: string): string[] {
    const isDeclared = (position: number) => this.#declared.has(position);
    return [
      ...shapeChanges(this.#shapes, this.#rows, vendorId),
      ...wholeAmounts(this.#shapes, { isDeclared, currency: this.#currency, vendorId, rows: this.#rows }),
      ...noStock(this.#shapes, { isDeclared, vendorId, rows: this.#rows }),
      ...sameStock(this.#shapes, { isDeclared, vendorId, rows: this.#rows }),
      ...zeroAmounts(this.#shapes, { isDeclared, vendorId, rows: this.#rows }),
      ...this.#lengths.warnings(vendorId, this.#rows),
      ...this.#skuForms.warnings(vendorId, this.#rows),
      ...this.thousands.warnings(vendorId),
    ];
  }
}
