/**
 * Opens a sheet for a layout: columns of texts get what their cells show (`SKU-0042`), columns of numbers and times
 * what their cells store. The header says which columns are which, so it is read first.
 */
import { toBytes } from '../../../../core/bytes/text.ts';
import { CANONICAL_COLUMNS, columnKind } from '../../../../core/canonical.ts';
import { vendorCurrency } from '../../../../core/config/vendor-terms.ts';
import { RelayError } from '../../../../core/errors.ts';
import { currencyMarks } from '../../../../core/money/currency-signs.ts';
import { MissingColumns, type ResolvedColumns } from '../../../../core/pipeline/normalize/columns/columns.ts';
import { extraSources } from '../../../../core/pipeline/normalize/columns/extra-columns.ts';
import { FeedStart } from '../../../../core/pipeline/normalize/feed/feed-start.ts';
import type { FeedWarning, Layout, ParserContext } from '../../../../core/plugin.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { scanFeed } from '../../../../core/scan/feed.ts';
import { Scanner } from '../../../../core/scan/scanner.ts';
import { namesOf, type OpenedTable, type ReadSheet } from '../container/container.ts';
import type { SheetColumns } from '../container/workbook/sheet-form.ts';

export interface SheetFeed {
  source: ByteSource;
  /** Complete once the source was read to its end. */
  warnings(): FeedWarning[];
}

export interface SheetFeedOptions {
  layout: Layout;
  /** The sheet that the config names; null for the first. */
  wanted: string | null;
  context: ParserContext;
}

/**
 * Returns text that is no sheet unchanged. Throws `MissingColumns`, with the names of the other sheets, if the header
 * lacks columns.
 */
export async function openSheetFeed(opened: OpenedTable, options: SheetFeedOptions): Promise<SheetFeed> {
  const { sheet, source } = opened;
  if (sheet === null) return { source, warnings: () => [] };
  const left = options.wanted === null ? sheet.others : [];
  const others: FeedWarning[] =
    left.length === 0
      ? []
      : [{ code: 'sheets_not_read', detail: `read ${JSON.stringify(sheet.name)}, not ${namesOf(left)}` }];
  // a vendor's code may move cells between columns
  if (options.layout.row !== undefined) return { source, warnings: () => others };
  const columns = await readColumns(source, options, left);
  if (columns === null) return { source, warnings: () => others };
  const read = sheet.withColumns(columns);
  return { source: read.source, warnings: () => [...others, ...errorsOf(read)] };
}

function errorsOf({ errors, doubts }: ReadSheet): FeedWarning[] {
  const found: FeedWarning[] = [];
  const failed = errors();
  if (failed.count > 0) found.push({ code: 'sheet_errors', detail: `${failed.count}:${failed.examples}` });
  const doubtful = doubts();
  if (doubtful.count > 0)
    found.push({ code: 'sheet_amounts_shown_otherwise', detail: `${doubtful.count}:${doubtful.examples}` });
  return found;
}

/** Null if the feed cannot start: the run will report why. */
async function readColumns(
  source: ByteSource,
  { layout, context: { config, vendor, limits } }: SheetFeedOptions,
  others: readonly string[],
): Promise<SheetColumns | null> {
  const { delimiter, quote, escape: escaping = null, skipLines, header } = layout;
  const dialect = {
    delimiter: toBytes(delimiter),
    quote: quote?.charCodeAt(0) ?? -1,
    escape: escaping?.charCodeAt(0) ?? -1,
  };
  const scanner = new Scanner(dialect, limits.recordBytesMax, limits.recordCellsMax);
  const vendorId = vendor.vendor_id;
  const extras = extraSources(config.extra_columns, vendor.parser.column_map, layout);
  const start = new FeedStart(layout, { vendorId, extras, recordBytesMax: limits.recordBytesMax });
  const options = { windowBytes: limits.windowBytes, skipLines, headerFirst: true };
  try {
    for await (const { window, batch } of scanFeed(source.open(), scanner, options)) {
      const started = start.read(window, batch);
      if (started === null) continue;
      return columnsOf(started.columns, header ? scanner.line - 1 : 0, vendorCurrency(config, vendorId));
    }
  } catch (error) {
    if (!(error instanceof RelayError) || error.recovery === 'retry') throw error;
    if (error instanceof MissingColumns && others.length > 0) throw withSheets(error, source.name, others);
  }
  return null;
}

function withSheets(error: MissingColumns, name: string, others: readonly string[]): RelayError {
  const message = `${error.message}; this is the sheet ${JSON.stringify(name)}, others are ${namesOf(others)}: choose one with the parser's option "sheet"`;
  return new RelayError('missing_required_columns', message, { details: error.details });
}

function columnsOf(resolved: ResolvedColumns, headerLines: number, currency: string): SheetColumns {
  const texts = new Set<number>();
  const values = new Set<number>();
  const amounts = new Set<number>();
  const withoutErrors = new Set<number>();
  const add = (fields: readonly number[], to: Set<number>) => {
    for (const field of fields) if (field >= 0) to.add(field);
  };
  for (const [position, column] of [...CANONICAL_COLUMNS, ...resolved.extras].entries()) {
    const cell = resolved.cells.find((one) => one.position === position);
    const fields = cell?.fields ?? [resolved.index[position] ?? -1];
    const isText = ['text', 'condition'].includes(columnKind(column));
    add(fields, isText ? texts : values);
    if (columnKind(column) === 'money') add(fields, amounts);
    // a declared word may give an error cell a meaning
    const hasWords = cell !== undefined && (cell.fieldWords.length > 0 || cell.source.form?.words !== undefined);
    if (isText && !hasWords) add(fields, withoutErrors);
    add(cell?.adders.map(({ field }) => field) ?? [], texts);
    add(cell?.factorFields ?? [], values);
  }
  for (const { filter, field, whereField } of [...resolved.filters, ...resolved.rules]) {
    add([field, whereField], texts);
    const namesErrors = filter.values.some((value) => value.startsWith('#') || value.startsWith('*'));
    if (namesErrors) withoutErrors.delete(field);
  }
  const keys = resolved.joins.map(({ field }) => field);
  add(keys, texts);
  add(keys, withoutErrors);
  return { headerLines, texts, values, withoutErrors, amounts, currencyMarks: new Set(currencyMarks(currency)) };
}
