/** Reads one vendor's file into valid rows and row errors (contract 3). */

import { joinBroken } from './broken.ts';
import { decode, lineEnds } from './decode.ts';
import { below, type EdgeOptions, kept, moneyReader, preambleOf, withoutFooter } from './edges.ts';
import { isWhite, type Read, readCondition, readInt, readTimestamp, trim, trimSku } from './fields.ts';
import { type Layout, layoutOf } from './header.ts';
import type { SkuMap } from './skumap.ts';
import { detectDelimiter, readTable, type TableRecord } from './table.ts';
import { type Column, Failure, type Problem, type Row, type RowError, type VendorConfig } from './types.ts';

export interface VendorRows {
  rows: Row[];
  errors: RowError[];
  /** The readable SKUs of refused rows. */
  refused: string[];
  /** The number of data rows, invalid ones included. */
  total: number;
  warnings: string[];
}

const REASONS: Record<string, string> = {
  too_many_fields: 'the row has more fields than the header',
  broken_record: 'a line end inside a cell breaks the row in two',
  malformed_quote: 'a quote is out of place',
  invalid_sku: 'a control character is in the SKU',
  missing_value: 'a value is required',
  invalid_int: 'not a whole number',
  invalid_decimal: 'not a plain decimal below 1,000,000,000',
  negative_value: 'below zero',
  invalid_condition: 'not new, used or refurb',
  invalid_datetime: 'not a timestamp of a known form',
  duplicate_sku: 'an earlier row of this vendor has this SKU',
};

export interface ReadOptions {
  map: SkuMap | undefined;
  now: number;
  extras?: readonly string[];
}

/** Throws a Failure for a file that cannot be read as a whole. */
export function readVendor(
  bytes: Uint8Array,
  vendor: VendorConfig,
  { map, now, extras = [] }: ReadOptions,
): VendorRows {
  const { vendor_id, parser } = vendor;
  const decoded = decode(bytes, parser.encoding ?? 'utf-8');
  if (!('text' in decoded)) {
    const refused = refusedBefore(bytes.subarray(0, decoded.offset), vendor, { map, now, extras });
    throw Object.assign(new Failure('DECODE_ERROR', { vendor_id, ...decoded }), { refused });
  }
  const edges: EdgeOptions = parser.options ?? {};
  const values = preambleOf(decoded.text, edges, vendor_id);
  const text = below(decoded.text, edges.skip_lines ?? 0);
  const linesAbove = lineEnds(decoded.text) - lineEnds(text);
  const declared = parser.delimiter ?? ',';
  const delimiter = declared === 'auto' ? detectDelimiter(text) : declared;
  const table = readTable(text, delimiter);
  const [header, ...lines] = table.records;
  if (header?.malformed) throw new Failure('invalid_input', { vendor_id, line: header.line });
  const names = header?.fields ?? [];
  const layout = layoutOf(names, vendor, extras);
  const keptOf = (some: readonly TableRecord[]) => kept(some, names, edges, vendor_id).length;
  const all = withoutFooter(joinBroken(lines, names.length, header?.end ?? ''), edges, { vendor_id, keptOf });
  const places = kept(all, names, edges, vendor_id);
  const records = places.map(({ record }) => ({ ...record, line: record.line + linesAbove }));

  const result: VendorRows = {
    rows: [],
    errors: [],
    refused: [],
    total: records.length,
    warnings: [...layout.warnings],
  };
  const taken = new Set<string>();
  let rounded = 0;
  records.forEach((record, i) => {
    const { row_number } = places[i]!;
    const reader = new RowReader(record, layout, { width: names.length, edges, values });
    const row = reader.read(vendor_id, row_number, map, now);
    rounded += reader.rounded;
    if (row && vendor.duplicate_sku === 'error' && taken.has(row.sku)) {
      reader.report('duplicate_sku', 'sku', reader.cell('sku'));
    }
    if (row && reader.problems.length === 0) {
      taken.add(row.sku);
      result.rows.push(row);
    } else {
      const own = reader.cell('sku');
      if (own !== null) result.refused.push(map?.skus.get(own) ?? own);
      result.errors.push(toError(reader.problems, record, names, { vendor_id, row_number }));
    }
  });
  checkWidths(records, names, vendor_id);
  if (table.emptyRows > 0) result.warnings.push(`rows_blank:${vendor_id}:${table.emptyRows}`);
  if (rounded > 0) result.warnings.push(`money_rounded:${vendor_id}:${rounded}`);
  return result;
}

/** SKUs refused before a decoding error: of whole lines in UTF-8, where no quoted cell over several lines is generated. */
function refusedBefore(bytes: Uint8Array, vendor: VendorConfig, options: ReadOptions): string[] {
  try {
    return readVendor(bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1), vendor, options).refused;
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

/**
 * Fails a feed whose rows do not line up with its header: most rows are shorter by as many cells as the header has empty names
 * before its last name, so those names may be surplus; or most rows are longer than the header, so that even a longer row whose
 * last cells are empty may be shifted.
 */
function checkWidths(records: readonly TableRecord[], names: readonly string[], vendor_id: string): void {
  const sound = records.filter((record) => !record.malformed && record.broken === undefined);
  const named = names.findLastIndex((name) => !isWhite(name)) + 1;
  const unnamed = names.slice(0, named).filter(isWhite).length;
  const lacking = sound.filter(({ fields }) => fields.length === named - unnamed).length;
  const wider = sound.filter(({ fields }) => fields.length > names.length);
  const padded = wider.filter(({ fields }) => fields.slice(names.length).every(isWhite)).length;
  const isOff =
    (unnamed > 0 && lacking * 2 > records.length) || (padded > 0 && (wider.length - padded) * 2 > records.length);
  if (isOff) throw new Failure('invalid_input', { vendor_id });
}

/** What all rows of a feed share. */
interface FeedFrame {
  width: number;
  edges: EdgeOptions;
  /** The values above the header. */
  values: ReadonlyMap<string, string>;
}

class RowReader {
  readonly problems: Problem[] = [];
  rounded = 0;
  private readonly record: TableRecord;
  private readonly layout: Layout;
  private readonly width: number;
  private readonly edges: EdgeOptions;
  private readonly values: ReadonlyMap<string, string>;

  constructor(record: TableRecord, layout: Layout, { width, edges, values }: FeedFrame) {
    this.record = record;
    this.layout = layout;
    this.width = width;
    this.edges = edges;
    this.values = values;
  }

  report(error_code: string, column: Column | null, value: string | null): void {
    this.problems.push({ error_code, column, value, reason: REASONS[error_code]! });
  }

  /** The trimmed cell; null if empty, absent or past the end of the row. */
  cell(column: Column | string): string | null {
    const above = this.edges.columns?.[column]?.preamble;
    if (above !== undefined) return this.values.get(above) ?? null;
    const at = this.layout.at[column];
    const text = at === undefined ? '' : (this.record.fields[at] ?? '');
    return (column === 'sku' ? trimSku(text) : trim(text)) || null;
  }

  /** The row; undefined when it has problems. */
  read(vendor_id: string, row_number: number, map: SkuMap | undefined, now: number): Row | undefined {
    if (this.record.broken !== undefined) {
      this.report('broken_record', null, null);
      return undefined;
    }
    if (this.record.malformed) {
      this.report('malformed_quote', null, null);
      return undefined;
    }
    const extra = this.record.fields.slice(this.width);
    if (!extra.every(isWhite)) this.report('too_many_fields', null, null);

    const ownSku = this.cell('sku');
    if (ownSku === null) this.report('missing_value', 'sku', null);
    else if (/\p{Cc}/u.test(ownSku)) this.report('invalid_sku', 'sku', ownSku);
    const mappedSku = ownSku === null ? undefined : map?.skus.get(ownSku);
    const money = (column: Column) => {
      const read = this.typed(column, moneyReader(this.edges, column));
      if (read?.rounded) this.rounded++;
      return read?.amount ?? null;
    };
    // In canonical order, in which problems are listed.
    const row: Row = {
      sku: mappedSku ?? ownSku ?? '',
      vendor_sku: this.cell('vendor_sku') ?? (mappedSku === undefined ? null : ownSku),
      vendor_id,
      quantity_available: this.typed('quantity_available', readInt) ?? 0n,
      lead_time_days: this.typed('lead_time_days', readInt),
      cost: money('cost'),
      map_price: money('map_price'),
      price: money('price'),
      msrp: money('msrp'),
      condition: this.typed('condition', readCondition),
      brand: this.cell('brand'),
      title: this.cell('title'),
      extras: Object.fromEntries(this.layout.extras.map((name) => [name, this.cell(name)])),
      updated_at: this.typed('updated_at', readTimestamp) ?? now,
      dated: this.cell('updated_at') !== null,
      row_number,
    };
    return this.problems.length === 0 ? row : undefined;
  }

  private typed<T>(column: Column, read: (cell: string) => Read<T>): T | null {
    const cell = this.cell(column);
    if (cell === null) return null;
    const result = read(cell);
    if ('value' in result) return result.value;
    this.report(result.code, column, cell);
    return null;
  }
}

function toError(
  problems: Problem[],
  record: TableRecord,
  header: readonly string[],
  at: Pick<RowError, 'vendor_id' | 'row_number'>,
): RowError {
  const first = problems[0]!;
  const row_data = record.malformed ? null : rowData(record.fields, header);
  return { ...first, ...at, line: record.line, row_data, problems };
}

/** The raw cells by header. Cells without a unique header name are under `#<index>`. */
function rowData(fields: readonly string[], header: readonly string[]): Record<string, string> {
  const data: Record<string, string> = {};
  for (let i = 0; i < Math.max(fields.length, header.length); i++) {
    const name = header[i];
    data[name && header.indexOf(name) === i ? name : `#${i}`] = fields[i] ?? '';
  }
  return data;
}

/** Every code that a row can have, for a test that all of them occur. */
export const ROW_CODES: readonly string[] = Object.keys(REASONS);
