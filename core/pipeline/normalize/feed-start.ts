/** The start of a feed: its header, or where it has none its first row, and the columns that follow from it. */
import { RelayError } from '../../errors.ts';
import type { FieldRef, Layout, RowFilter } from '../../layout.ts';
import { RECORD_TOO_LONG, type RecordBatch, WELL_FORMED } from '../../scan/batch.ts';
import { recordCells } from '../../scan/cells.ts';
import { type ResolvedColumns, type ResolvedFilter, resolveColumns } from './columns.ts';
import { joinHeaders } from './header.ts';
import { isBlank } from './rows/blank.ts';
import { RowFilters } from './rows/filters.ts';

export interface StartedFeed {
  columns: ResolvedColumns;
  /** The names of its columns; empty where it has no header. */
  header: readonly string[];
  /** The first record of the batch that is data. */
  next: number;
  /** Records before it; a header counts as one, whatever it is made of. */
  records: number;
  /** Of these the rows that the filters left out. */
  skipped: number;
}

export class FeedStart {
  readonly #layout: Layout;
  readonly #vendorId: string;
  readonly #recordBytesMax: number;
  readonly #headerRows: number;
  readonly #header: string[][] = [];
  /** Without a header the first row that stays says how many columns there are: a record of another type may be shorter. */
  readonly #filters: RowFilters | null;
  #skipped = 0;

  constructor(layout: Layout, vendorId: string, recordBytesMax: number) {
    this.#layout = layout;
    this.#vendorId = vendorId;
    this.#recordBytesMax = recordBytesMax;
    this.#headerRows = layout.header ? (layout.headerRows ?? 1) : 0;
    const filters = layout.header ? [] : (layout.filters ?? []);
    this.#filters = filters.length === 0 ? null : new RowFilters(filters.map(byPosition), layout.unwrap === true);
  }

  /** Null while the batch has not enough. Throws what `resolveColumns` does, and `invalid_input` for a bad header. */
  read(window: Uint8Array, batch: RecordBatch): StartedFeed | null {
    for (let record = 0; record < batch.count; record++) {
      if (isBlank(window, batch, record)) continue;
      if (this.#headerRows === 0) {
        if (!this.#isLeftOut(window, batch, record)) {
          return this.#started(batch.firstField[record + 1]! - batch.firstField[record]!, record);
        }
        this.#skipped++;
        continue;
      }
      this.#checkHeader(batch, record);
      this.#header.push(recordCells(window, batch, record));
      if (this.#header.length === this.#headerRows) return this.#started(0, record + 1);
    }
    return null;
  }

  /** The feed is at its end. An empty one without a header to miss has nothing wrong with it. */
  end(): StartedFeed {
    return this.#started(Number.MAX_SAFE_INTEGER, 0);
  }

  /** `fields` is the number of cells in the first row, where there is no header. */
  #started(fields: number, next: number): StartedFeed {
    const layout = this.#layout;
    const skipped = this.#skipped;
    if (!layout.header) {
      const columns = resolveColumns(layout, null, fields, this.#vendorId);
      return { columns, header: [], next, records: skipped, skipped };
    }
    const header = this.#header.length === 0 ? [] : joinHeaders(this.#header);
    const columns = resolveColumns(layout, header, header.length, this.#vendorId);
    return { columns, header, next, records: 1, skipped };
  }

  #isLeftOut(window: Uint8Array, batch: RecordBatch, record: number): boolean {
    return this.#filters !== null && batch.fault[record] === WELL_FORMED && !this.#filters.keeps(window, batch, record);
  }

  #checkHeader(batch: RecordBatch, record: number): void {
    if (batch.fault[record] === WELL_FORMED) return;
    const what =
      batch.fault[record] === RECORD_TOO_LONG
        ? `is longer than ${this.#recordBytesMax} bytes; is this a delimited file?`
        : 'has a quote where none can stand';
    const message = `vendor ${this.#vendorId}: the header (line ${batch.line[record]}) ${what}`;
    throw new RelayError('invalid_input', message, { details: { vendor_id: this.#vendorId } });
  }
}

/** Without a header a filter names its columns by position; one past a row's end is an empty cell. */
function byPosition(filter: RowFilter): ResolvedFilter {
  return { filter, field: positionIn(filter.fields), whereField: positionIn(filter.where?.fields ?? []) };
}

function positionIn(refs: readonly FieldRef[]): number {
  return refs.find((ref) => 'index' in ref)?.index ?? -1;
}
