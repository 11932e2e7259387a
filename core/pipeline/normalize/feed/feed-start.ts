/** Reads the start of a feed, its header or else its first row, and resolves the columns from it. */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records

import { RelayError } from '../../../errors.ts';
import type { FieldRef, Layout, RowFilter } from '../../../layout.ts';
import { NO_END, RECORD_TOO_LONG, type RecordBatch, TOO_MANY_CELLS, WELL_FORMED } from '../../../scan/batch.ts';
import { recordCells } from '../../../scan/cells.ts';
import { wrappersOf } from '../cells/cell.ts';
import {
  needsValues,
  type ResolvedColumns,
  type ResolvedFilter,
  type ResolveOptions,
  resolveColumns,
} from '../columns/columns.ts';
import { joinHeaders } from '../columns/header.ts';
import { isBlankRecord } from '../rows/blank.ts';
import { RowFilters } from '../rows/filters.ts';

export interface StartedFeed {
  columns: ResolvedColumns;
  /** The names of its columns; empty if it has no header. */
  header: readonly string[];
  /** The first record of the batch that is data. */
  next: number;
  /** Records before it; a header counts as one, even if it spans several. */
  records: number;
  /** The kind of line end after the header, or after the first row. */
  lineEnd: number;
  /** How many of these the filters left out. */
  skipped: number;
}

export class FeedStart {
  /** With the values of the preamble. */
  readonly layout: Layout;
  readonly #options: ResolveOptions;
  readonly #recordBytesMax: number;
  readonly #headerRows: number;
  readonly #header: string[][] = [];
  /**
   * Without a header, the first row that passes the filters gives the number of columns: rows of other kinds may be
   * shorter.
   */
  readonly #filters: RowFilters | null;
  #skipped = 0;

  constructor(layout: Layout, options: ResolveOptions & { recordBytesMax: number }) {
    this.layout = layout;
    this.#options = options;
    this.#recordBytesMax = options.recordBytesMax;
    this.#headerRows = layout.header ? (layout.headerRows ?? 1) : 0;
    const filters = layout.header ? [] : (layout.filters ?? []).filter((filter) => !needsValues(filter));
    this.#filters = filters.length === 0 ? null : new RowFilters(filters.map(byPosition), wrappersOf(layout));
  }

  /** True between the rows of a header, where a row of empty cells is a part of the header. */
  get isInHeader(): boolean {
    return this.#header.length > 0 && this.#header.length < this.#headerRows;
  }

  /** Null if more batches are needed. Throws what `resolveColumns` throws, and `invalid_input` for a malformed header. */
  read(window: Uint8Array, batch: RecordBatch): StartedFeed | null {
    for (let record = 0; record < batch.count; record++) {
      if (this.#headerRows === 0) {
        if (!this.#isLeftOut(window, batch, record)) {
          const fields = batch.firstField[record + 1]! - batch.firstField[record]!;
          return this.#started(fields, record, batch.lineEnd[record]!);
        }
        this.#skipped++;
        continue;
      }
      if (isBlankRecord(window, batch, record)) continue;
      this.#checkHeader(batch, record);
      this.#header.push(recordCells(window, batch, record));
      if (this.#header.length === this.#headerRows) return this.#started(0, record + 1, batch.lineEnd[record]!);
    }
    return null;
  }

  /** For rows whose columns already have names. */
  withHeader(names: readonly string[]): StartedFeed {
    this.#header.push([...names]);
    return this.#started(0, 0, NO_END);
  }

  /**
   * For a feed that ended before its first row, apart from a footer of `footerRows`. Valid if its layout has no header.
   */
  end(footerRows: number): StartedFeed {
    this.#skipped -= footerRows;
    return this.#started(Number.MAX_SAFE_INTEGER, 0, NO_END);
  }

  /** `fields` is the number of cells in the first row; not used with a header. */
  #started(fields: number, next: number, lineEnd: number): StartedFeed {
    const layout = this.layout;
    const skipped = this.#skipped;
    if (!layout.header) {
      const columns = resolveColumns(layout, null, fields, this.#options);
      return { columns, header: [], next, lineEnd, records: skipped, skipped };
    }
    const header = this.#header.length === 0 ? [] : joinHeaders(this.#header);
    const columns = resolveColumns(layout, header, header.length, this.#options);
    return { columns, header, next, lineEnd, records: 1, skipped };
  }

  #isLeftOut(window: Uint8Array, batch: RecordBatch, record: number): boolean {
    return this.#filters !== null && batch.fault[record] === WELL_FORMED && !this.#filters.keeps(window, batch, record);
  }

  #checkHeader(batch: RecordBatch, record: number): void {
    if (batch.fault[record] === WELL_FORMED) return;
    const what =
      batch.fault[record] === RECORD_TOO_LONG
        ? `is longer than ${this.#recordBytesMax} bytes; is this a delimited file?`
        : batch.fault[record] === TOO_MANY_CELLS
          ? 'has more cells than LIMIT_RECORD_CELLS; is this a delimited file?'
          : 'has a quote in the wrong place';
    const { vendorId } = this.#options;
    const message = `vendor ${vendorId}: the header (line ${batch.line[record]}) ${what}`;
    throw new RelayError('invalid_input', message, { details: { vendor_id: vendorId } });
  }
}

/** Without a header, filters name columns by position. A position past a row's end is an empty cell. */
function byPosition(filter: RowFilter): ResolvedFilter {
  return { filter, field: positionIn(filter.fields), whereField: positionIn(filter.where?.fields ?? []) };
}

function positionIn(refs: readonly FieldRef[]): number {
  return refs.find((ref) => 'index' in ref)?.index ?? -1;
}
