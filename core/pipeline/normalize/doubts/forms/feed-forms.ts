/** Doubts about what the columns of a feed look like as a whole. */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns, the batch bounds its fields
import { toText } from '../../../../bytes/text.ts';
import { trimEnd, trimStart } from '../../../../bytes/trim.ts';
import { COLUMN } from '../../../../canonical.ts';
import type { RecordBatch } from '../../../../scan/batch.ts';
import type { ResolvedColumns } from '../../columns/columns.ts';
import type { CurrentRow } from '../../current-row.ts';
import type { RowExamples } from '../row-examples.ts';
import { AlikeCells } from './alike-cells.ts';
import { ColumnShapes, SHAPED } from './column-shapes.ts';
import { OldTimes } from './old-times.ts';
import { shapeChanges } from './shape-changes.ts';
import { SkuFormsChange } from './sku-forms-change.ts';
import { SkuLengths } from './sku-lengths.ts';
import { SwappedLimits } from './swapped-limits.ts';
import { ThousandForms } from './thousand-forms.ts';
import { noStock, sameStock, wholeAmounts, zeroAmounts } from './whole-amounts.ts';

/** Cells that are looked at. */
const LOOKED_AT = [...SHAPED, COLUMN.updated_at];

type Take = (position: number, bytes: Uint8Array, from: number, to: number) => void;

export class FeedForms {
  readonly #rows: RowExamples;
  readonly #currency: string;
  readonly #shapes = new ColumnShapes();
  readonly #lengths = new SkuLengths();
  readonly #skuForms = new SkuFormsChange();
  readonly #alike = new AlikeCells();
  readonly #limits = new SwappedLimits();
  readonly #times: OldTimes;
  readonly thousands: ThousandForms;
  /** Positions with a form or a factor of their own, in some file. */
  readonly #declared = new Set<number>();
  #columns: ResolvedColumns | null = null;

  /** `currency` is the one that the vendor's amounts are read in; `now` in seconds. */
  constructor({ currency, now }: { currency: string; now: number }, rows: RowExamples) {
    this.#currency = currency;
    this.#rows = rows;
    this.#times = new OldTimes(now);
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
  look({ line, source, start, end }: CurrentRow): void {
    this.#look(line, (take) => {
      for (const position of LOOKED_AT) take(position, source[position]!, start[position]!, end[position]!);
    });
  }

  /** The same for a row that the kernel took. */
  lookAt(window: Uint8Array, batch: RecordBatch, record: number): void {
    const { index } = this.#columns!;
    this.#look(batch.line[record]!, (take) => {
      for (const position of LOOKED_AT) {
        const at = batch.fieldAt(record, index[position]!);
        if (at < 0) continue;
        const end = batch.fieldEnd[at]!;
        const from = trimStart(window, batch.fieldStart[at]!, end);
        take(position, window, from, trimEnd(window, from, end));
      }
    });
  }

  #look(line: number, cells: (take: Take) => void): void {
    const place = { file: this.#rows.file, line };
    this.#limits.startRow();
    this.#alike.startRow(place.file, line);
    this.#shapes.look({
      line,
      cells: (take) => {
        cells((position, bytes, from, to) => {
          if (position === COLUMN.updated_at) return this.#times.look(bytes, from, to, place);
          take(position, bytes, from, to);
          if (position === COLUMN.sku) this.#lookAtSku(bytes, from, to, place);
          this.#limits.look(position, bytes, from, to);
          this.#alike.look(position, bytes, from, to);
        });
      },
    });
    this.#limits.endRow(place);
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
      ...this.#alike.warnings(vendorId, isDeclared, this.#rows),
      ...this.#limits.warnings(vendorId, this.#rows),
      ...this.#times.warnings(vendorId, this.#rows),
      ...this.#lengths.warnings(vendorId, this.#rows),
      ...this.#skuForms.warnings(vendorId, this.#rows),
      ...this.thousands.warnings(vendorId),
    ];
  }
}
