/** Maps canonical columns to the fields of a feed, from its layout and its header. */

import { trimText } from '../../../bytes/trim.ts';
import {
  CANONICAL_COLUMNS,
  type CanonicalColumn,
  COLUMN,
  columnKind,
  type ExtraColumn,
  isRequiredColumn,
  REQUIRED_COLUMNS,
} from '../../../canonical.ts';
import { RelayError } from '../../../errors.ts';
import {
  type Adder,
  asCellSource,
  type CellForm,
  type CellSource,
  type ColumnSource,
  type FieldPattern,
  type FieldRef,
  type Layout,
  type RowFilter,
  type RowTest,
  type SideFile,
} from '../../../layout.ts';
import { misreadHint } from '../../../text/misread.ts';
import { amountHeaderWarnings } from './amount-headers.ts';
import { FeedHeader, type FoundField, fieldNames, foldHeader, NAME_CHARS, shownHeader } from './header.ts';

export interface ResolvedColumns {
  /** By position, of extra columns too: the field that is read as it is, or -1. */
  index: Int32Array;
  /** The extra columns, whose positions follow. */
  extras: readonly ExtraColumn[];
  /** The columns that are composed or have a declared form, in canonical order. */
  cells: ResolvedCell[];
  /** Filters of cells that keep or drop a row before it is read. */
  filters: ResolvedFilter[];
  /** Filters that test values or refuse rows. They run after the row is read. */
  rules: ResolvedFilter[];
  joins: ResolvedJoin[];
  /** The number of fields a row should have, from the header or the layout; 0 if any number is fine. */
  width: number;
  /** A name for each field in reports: its header, or `#3` if that is empty or a repeated name. */
  names: string[];
  warnings: string[];
}

export interface ResolvedCell {
  column: CanonicalColumn | ExtraColumn;
  /** The column's position in `CANONICAL_COLUMNS`, or after it. */
  position: number;
  source: CellSource;
  /** Fields of the feed; none for constants and side files. */
  fields: number[];
  /** The words of each field; empty if the origin declares none. */
  fieldWords: Array<CellForm['words']>;
  adders: Array<{ adder: Adder; field: number }>;
  /** The field of each factor of the source; -1 for a constant. */
  factorFields: number[];
}

export interface ResolvedFilter {
  filter: RowFilter;
  /** -1 if the filter tests a value. */
  field: number;
  /** The field of the filter's `where`; -1 for none, or for a value. */
  whereField: number;
}

export interface ResolvedJoin {
  file: SideFile;
  /** The field with the key; -1 for the SKU. */
  field: number;
}

/** Thrown if a feed lacks a required column. */
export class MissingColumns extends RelayError {
  constructor(vendorId: string, missing: string[]) {
    super('missing_required_columns', `vendor ${vendorId}: ${missing.join('; ')}`, {
      details: { vendor_id: vendorId },
    });
  }
}

/**
 * `header` has the names of the feed's columns: null if the layout has no header, empty if the feed is empty. `fields` is
 * the number of cells in the first record. Throws `MissingColumns` and `ambiguous_column`.
 */
export function resolveColumns(
  layout: Layout,
  header: readonly string[] | null,
  fields: number,
  { vendorId, extras, currency }: ResolveOptions,
): ResolvedColumns {
  const columns = new Resolver(layout, new FeedHeader(header, fields, vendorId), vendorId).resolve(extras);
  if (currency !== undefined)
    columns.warnings.push(...amountHeaderWarnings(columns, header ?? [], { vendorId, currency }));
  return columns;
}

export interface ResolveOptions {
  vendorId: string;
  /** The currency in which the vendor's amounts are read. If given, headers that name another one are warned of. */
  currency?: string;
  extras: readonly ExtraSource[];
}

/** An extra column, and where the vendor's feed has it. */
export interface ExtraSource {
  column: ExtraColumn;
  source: ColumnSource;
}

class Resolver {
  readonly #layout: Layout;
  readonly #header: FeedHeader;
  readonly #vendorId: string;
  readonly #warnings: string[] = [];
  /** Places in `#warnings`, and for each the field whose header is nearly a column's name. */
  readonly #nearlyRead = new Map<number, number>();
  /** Fields that were found by their names, each with its column. */
  readonly #named = new Map<number, CanonicalColumn | ExtraColumn>();
  readonly #missing: string[] = [];

  constructor(layout: Layout, header: FeedHeader, vendorId: string) {
    this.#layout = layout;
    this.#header = header;
    this.#vendorId = vendorId;
  }

  resolve(extras: readonly ExtraSource[]): ResolvedColumns {
    const { names } = this.#header;
    const index = new Int32Array(CANONICAL_COLUMNS.length + extras.length).fill(-1);
    const cells: ResolvedCell[] = [];
    for (const [position, column] of CANONICAL_COLUMNS.entries()) {
      const source = this.#layout.columns[column];
      if (source === undefined) {
        if (REQUIRED_COLUMNS.includes(column)) this.#missing.push(`${column} has no source`);
        continue;
      }
      this.#place(this.#resolve(position, column, source), index, cells);
    }
    for (const [i, { column, source }] of extras.entries()) {
      this.#place(this.#resolve(CANONICAL_COLUMNS.length + i, column, source), index, cells);
    }
    const isRead = (position: number) => index.at(position) !== -1 || cells.some((cell) => cell.position === position);
    const all = (this.#layout.filters ?? []).flatMap((filter) => this.#filter(filter, isRead));
    const filters = all.filter(({ filter }) => !needsValues(filter));
    const rules = all.filter(({ filter }) => needsValues(filter));
    const joins = (this.#layout.sideFiles ?? []).map((file) => ({ file, field: this.#joinField(file) }));
    if (this.#missing.length > 0) throw new MissingColumns(this.#vendorId, [...this.#missing, ...this.#hints()]);
    if (!isRead(COLUMN.cost) && !isRead(COLUMN.price)) this.#warnings.push(`no_cost_or_price_column:${this.#vendorId}`);
    const width = this.#width();
    this.#forgetRead(index, cells);
    this.#noteTwins();
    return {
      index,
      extras: extras.map(({ column }) => column),
      cells,
      filters,
      rules,
      joins,
      width,
      names: fieldNames(names),
      warnings: this.#warnings,
    };
  }

  #place(cell: ResolvedCell | null, index: Int32Array, cells: ResolvedCell[]): void {
    if (cell === null) return;
    const [field] = cell.fields;
    if (field !== undefined && this.#isPlain(cell)) index[cell.position] = field;
    else cells.push(cell);
  }

  #width(): number {
    const { header, rowFields = 0 } = this.#layout;
    if (header) return this.#header.names.length;
    return rowFields === 'first_row' ? this.#header.fields : rowFields;
  }

  /** True if a column is one field, read as it is. */
  #isPlain(cell: ResolvedCell): boolean {
    const { source, fields } = cell;
    const { origin, form, add, factors } = source;
    const { unwrap, unescapeFormulas } = this.#layout;
    const isOne = fields.length === 1 && !['sum', 'join'].includes(origin.kind) && cell.fieldWords.length === 0;
    return isOne && !form && !add && !factors && unwrap !== true && unescapeFormulas !== true;
  }

  /** Null if the feed has no such column. */
  #resolve(position: number, column: CanonicalColumn | ExtraColumn, given: ColumnSource): ResolvedCell | null {
    const source = asCellSource(given);
    const { origin, add = [] } = source;
    let fields: number[] = [];
    let fieldWords: Array<CellForm['words']> = [];
    if (origin.kind === 'sum') fields = this.#sumFields(column, source, origin.fields);
    else if (origin.kind === 'first_filled') {
      const present = this.#presentFields(column, source, origin.fields);
      fields = present.map(([field]) => field);
      if (origin.fields.some((field) => field.words !== undefined)) fieldWords = present.map(([, words]) => words);
    } else if (origin.kind === 'first_found') fields = this.#oneField(column, source, origin.fields);
    // a joined text that lacks a part would be a different text
    else if (origin.kind === 'join') fields = origin.fields.map((ref) => this.#need([ref], `the join of ${column}`));
    if (fields.length === 0 && 'fields' in origin) return null;
    const adders = add.map((adder) => ({
      adder,
      field: adder.by === null ? -1 : this.#need(adder.by, `an adder to ${column}`),
    }));
    const factorFields = (source.factors ?? []).map(({ by }) =>
      'fields' in by ? this.#need(by.fields, `a factor of ${column}`) : -1,
    );
    return { column, position, source, fields, fieldWords, adders, factorFields };
  }

  #oneField(column: CanonicalColumn | ExtraColumn, source: CellSource, refs: readonly FieldRef[]): number[] {
    const found = this.#header.find(refs, column);
    if (found.index >= 0) {
      this.#noteFound(column, found);
      return [found.index];
    }
    this.#noteAbsent(column, source, refs);
    return [];
  }

  /** Those of the columns that the feed has, with the words of each. */
  #presentFields(
    column: CanonicalColumn | ExtraColumn,
    source: CellSource,
    refs: ReadonlyArray<FieldRef & { words?: CellForm['words'] }>,
  ): Array<[field: number, words: CellForm['words']]> {
    const fields = refs.flatMap((ref): Array<[number, CellForm['words']]> => {
      const found = this.#header.find([ref], column);
      if (found.index >= 0) this.#noteFound(column, found);
      return found.index < 0 ? [] : [[found.index, ref.words ?? {}]];
    });
    if (fields.length === 0) this.#noteAbsent(column, source, refs);
    return fields;
  }

  /**
   * Each column once, in the feed's order. A named column that is absent is only a warning for a quantity: a sum that is too
   * small oversells nothing. For an amount it is an error: the price would be too low.
   */
  #sumFields(
    column: CanonicalColumn | ExtraColumn,
    source: CellSource,
    summed: ReadonlyArray<FieldRef | FieldPattern>,
  ): number[] {
    const named = summed.flatMap((field) => ('pattern' in field ? [] : [field]));
    const patterns = summed.flatMap((field) => ('pattern' in field ? [field] : []));
    const fields = new Set(patterns.flatMap((pattern) => this.#header.matching(pattern)));
    for (const ref of named) {
      const found = this.#header.find([ref], column);
      if (found.index >= 0) this.#noteFound(column, found);
      if (found.index >= 0) fields.add(found.index);
      else if (columnKind(column) === 'money') this.#missing.push(this.#header.missing([ref], `the sum of ${column}`));
      else this.#warnings.push(`sum_column_missing:${this.#vendorId}:${column}:${nameOf(ref)}`);
    }
    if (fields.size === 0) {
      const shown = patterns.map(({ pattern }) => ({ header: pattern, match: 'loose' as const }));
      this.#noteAbsent(column, source, [...named, ...shown]);
    }
    return [...fields].sort((a, b) => a - b);
  }

  #filter(filter: RowFilter, isRead: (position: number) => boolean): ResolvedFilter[] {
    const { where, optional } = filter;
    const tests = where === null ? [filter] : [filter, where];
    const fields = tests.map((test) => this.#testField(test, optional, isRead));
    const absent = tests.find((_test, i) => fields[i] === null);
    if (absent === undefined) return [{ filter, field: fields[0] ?? -1, whereField: fields[1] ?? -1 }];
    const [ref] = absent.fields;
    const name = absent.value ?? (ref === undefined ? '' : nameOf(ref));
    if (optional) this.#warnings.push(`row_filter_column_missing:${this.#vendorId}:${name}`);
    return [];
  }

  /** The field that a filter tests, -1 for a value; null if the feed has it not, which is a problem unless it is `optional`. */
  #testField({ fields, value }: RowTest, optional: boolean, isRead: (position: number) => boolean): number | null {
    if (value === undefined) {
      const field = optional ? this.#header.find(fields, ROW_FILTER).index : this.#need(fields, ROW_FILTER);
      return field < 0 ? null : field;
    }
    if (isRead(COLUMN[value])) return -1;
    if (!optional) this.#missing.push(`${ROW_FILTER} tests ${value}, which the feed does not have`);
    return null;
  }

  #joinField(file: SideFile): number {
    return file.on === null ? -1 : this.#need(file.on, `the side file "${file.name}"`);
  }

  /** Finds a field that the layout cannot do without. */
  #need(refs: readonly FieldRef[], use: string): number {
    const { index } = this.#header.find(refs, use);
    if (index < 0) this.#missing.push(this.#header.missing(refs, use));
    return index;
  }

  #noteFound(column: CanonicalColumn | ExtraColumn, { index, exact, isNamed }: FoundField): void {
    const name = this.#header.names[index];
    if (isNamed) this.#named.set(index, column);
    if (exact || name === undefined) return;
    this.#warnings.push(`header_matched_loosely:${this.#vendorId}:${column}:${name.slice(0, NAME_CHARS)}`);
  }

  /** Warns of columns that look like one that is read, and are not read themselves. */
  #noteTwins(): void {
    const { names } = this.#header;
    const shown = (field: number) => `${shownHeader(names[field] ?? '')} (#${field})`;
    for (const [field, column] of this.#named) {
      const others = this.#header.twins(field).filter((other) => !this.#named.has(other));
      if (others.length === 0) continue;
      const text = `${shown(field)} was taken, not ${others.slice(0, TWINS_MAX).map(shown).join(', ')}`;
      this.#warnings.push(`header_twins:${this.#vendorId}:${column}:${text}`);
    }
  }

  #noteAbsent(column: CanonicalColumn | ExtraColumn, source: CellSource, refs: readonly FieldRef[]): void {
    if (isRequiredColumn(column)) this.#missing.push(this.#header.missing(refs, column));
    else if (source.expected) this.#warnings.push(`mapped_column_missing:${this.#vendorId}:${column}`);
    else this.#noteNearlyRead(column, refs);
  }

  /** Warns if an optional column is not read only because of the case or spaces of its header. */
  #noteNearlyRead(column: CanonicalColumn | ExtraColumn, refs: readonly FieldRef[]): void {
    const wanted = refs.flatMap((ref) => ('header' in ref ? [foldHeader(ref.header)] : []));
    for (const [field, name] of this.#header.names.entries()) {
      if (!wanted.includes(foldHeader(name))) continue;
      this.#nearlyRead.set(this.#warnings.length, field);
      this.#warnings.push(`header_not_read:${this.#vendorId}:${column}:${trimText(name).slice(0, NAME_CHARS)}`);
    }
  }

  /** Takes back the warnings of headers that another column is mapped to: `cost` is read from `Price`, and `price` is absent. */
  #forgetRead(index: Int32Array, cells: readonly ResolvedCell[]): void {
    const read = new Set<number>(index);
    for (const { fields, adders, factorFields } of cells) {
      for (const field of [...fields, ...adders.map((adder) => adder.field), ...factorFields]) read.add(field);
    }
    const kept = this.#warnings.filter((_, place) => !read.has(this.#nearlyRead.get(place) ?? -2));
    this.#warnings.splice(0, this.#warnings.length, ...kept);
  }

  /** Guesses why the header lacks required columns. */
  #hints(): string[] {
    if (!this.#layout.header) return [];
    const { names } = this.#header;
    const [name, second] = names;
    if (name === undefined) return ['the file is empty'];
    const misread = misreadHint(names.join(''));
    if (misread !== null) return [misread];
    if (second !== undefined) return ['map other names in parser.column_map'];
    const others = [';', '\t', '|', ','].filter((delimiter) => delimiter !== this.#layout.delimiter);
    const other = others.find((delimiter) => name.includes(delimiter));
    if (other === undefined)
      return ['the first line is one cell: parser.delimiter, or options.skip_lines for lines above the header?'];
    return [`the first line is one cell: is parser.delimiter ${JSON.stringify(other)}?`];
  }
}

/** The header of the first field that a column is read from; empty if it has none. */
export function headerOf({ index, cells, names }: ResolvedColumns, position: number): string {
  const field = index[position] ?? -1;
  const [first = field] = cells.find((cell) => cell.position === position)?.fields ?? [];
  return names[first] ?? '';
}

const ROW_FILTER = 'a row filter';
/** So many headers that look like one that is read are shown. */
const TWINS_MAX = 3;

/** True if a filter can only be applied to a row that is read. */
export function needsValues({ action, value, where }: RowFilter): boolean {
  return action === 'refuse' || value !== undefined || where?.value !== undefined;
}

function nameOf(ref: FieldRef): string {
  return 'index' in ref ? `#${ref.index}` : ref.header.slice(0, NAME_CHARS);
}
