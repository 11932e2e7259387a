/** Finds where each canonical column stands in a feed, from its layout and its header. */

import { trimText } from '../bytes/trim.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn, REQUIRED_COLUMNS } from '../canonical.ts';
import { RelayError } from '../errors.ts';
import type { Layout } from '../plugin.ts';
import { nearest } from '../text/suggest.ts';
import { AT } from './positions.ts';

export interface ResolvedColumns {
  /** By position in `CANONICAL_COLUMNS`: the field's index, or -1. */
  index: Int32Array;
  /** Fields that a row should have: the header's, or 0 where there is none and any number will do. */
  width: number;
  /** A name for each field in reports: its header, or `#3` where that is empty or not the first of its name. */
  names: string[];
  warnings: string[];
}

/** Thrown when a feed lacks a column that an inventory cannot be without. */
export class MissingColumns extends RelayError {
  constructor(vendorId: string, missing: string[]) {
    super('missing_required_columns', `vendor ${vendorId}: ${missing.join('; ')}`, {
      details: { vendor_id: vendorId },
    });
  }
}

/**
 * `header` is the first record's cells, null where the layout has none or the feed is empty; `fields` the number of
 * cells in the first record. Throws `MissingColumns` and `ambiguous_column`.
 */
export function resolveColumns(
  layout: Layout,
  header: readonly string[] | null,
  fields: number,
  vendorId: string,
): ResolvedColumns {
  const index = new Int32Array(CANONICAL_COLUMNS.length).fill(-1);
  const warnings: string[] = [];
  const missing: string[] = [];
  for (const [position, column] of CANONICAL_COLUMNS.entries()) {
    const source = layout.columns[column];
    if (source === undefined) {
      if (REQUIRED_COLUMNS.includes(column)) missing.push(`${column} has no source`);
      continue;
    }
    if ('index' in source) {
      if (source.index < fields) index[position] = source.index;
      else if (REQUIRED_COLUMNS.includes(column))
        missing.push(`no column #${source.index} for ${column}: the first row has ${fields}, counted from #0`);
      else warnings.push(`mapped_column_missing:${vendorId}:${column}`);
      continue;
    }
    const found = findHeader(header ?? [], source.header, source.match === 'loose', column, vendorId);
    if (found.index >= 0) {
      index[position] = found.index;
      if (!found.exact)
        warnings.push(`header_matched_loosely:${vendorId}:${column}:${header![found.index]!.slice(0, NAME_CHARS)}`);
    } else if (REQUIRED_COLUMNS.includes(column)) missing.push(missingHeader(column, source.header, header ?? []));
    else if (source.expected) warnings.push(`mapped_column_missing:${vendorId}:${column}`);
    else warnings.push(...nearlyRead(header ?? [], source.header, column, vendorId));
  }
  if (missing.length > 0) throw new MissingColumns(vendorId, [...missing, ...headerHints(header ?? [], layout)]);
  if (index[AT.cost]! < 0 && index[AT.price]! < 0) warnings.push(`no_cost_or_price_column:${vendorId}`);
  return { index, width: header?.length ?? 0, names: fieldNames(header ?? []), warnings };
}

function findHeader(
  header: readonly string[],
  wanted: string,
  loose: boolean,
  column: CanonicalColumn,
  vendorId: string,
): { index: number; exact: boolean } {
  let matches = positions(header, (name) => name === wanted);
  const exact = matches.length > 0;
  if (!exact && loose) {
    const folded = fold(wanted);
    matches = positions(header, (name) => fold(name) === folded);
  }
  if (matches.length > 1) {
    const where = matches.map((i) => `#${i}`).join(' and ');
    const message = `vendor ${vendorId}: header "${wanted}" for ${column} occurs more than once (${where}); map the right one by position, e.g. "#${matches[0]}"`;
    throw new RelayError('ambiguous_column', message, { details: { vendor_id: vendorId, column } });
  }
  return { index: matches[0] ?? -1, exact };
}

/** An optional column whose header is there but for its case or spaces is not read: the user should know. */
function nearlyRead(header: readonly string[], wanted: string, column: string, vendorId: string): string[] {
  const warnings: string[] = [];
  for (const name of header.filter((one) => fold(one) === fold(wanted))) {
    warnings.push(`header_not_read:${vendorId}:${column}:${trimText(name).slice(0, NAME_CHARS)}`);
  }
  return warnings;
}

/** What a header that lacks the required columns looks like. */
function headerHints(header: readonly string[], layout: Layout): string[] {
  if (!layout.header) return [];
  if (header.length === 0) return ['the file is empty'];
  const [only] = header;
  const other = [';', '\t', '|', ','].find((delimiter) => delimiter !== layout.delimiter && only!.includes(delimiter));
  if (header.length > 1) return ['map other names in parser.column_map'];
  if (other === undefined)
    return ['the first line is one cell: parser.delimiter, or options.skip_lines for lines above the header?'];
  return [`the first line is one cell: is parser.delimiter ${JSON.stringify(other)}?`];
}

function positions(header: readonly string[], test: (name: string) => boolean): number[] {
  return header.flatMap((name, i) => (test(name) ? [i] : []));
}

function fold(name: string): string {
  return trimText(name).toLowerCase();
}

function missingHeader(column: string, wanted: string, header: readonly string[]): string {
  const names = header.map((name) => trimText(name)).filter((name) => name !== '');
  const near = nearest(wanted, names);
  const hint =
    near === null
      ? `the header has ${names.length === 0 ? 'no names' : names.slice(0, 20).join(', ')}`
      : `nearest: "${near}"`;
  const shown = hint.length > 300 ? `${hint.slice(0, 300)}…` : hint;
  return `no header "${wanted}" for ${column} (${shown})`;
}

/** Characters of a header that name a cell in reports. */
const NAME_CHARS = 200;

function fieldNames(header: readonly string[]): string[] {
  const seen = new Set<string>();
  return header.map((raw, i) => {
    const name = trimText(raw).slice(0, NAME_CHARS);
    if (name === '' || seen.has(name) || /^#\d+$/.test(name)) return `#${i}`;
    seen.add(name);
    return name;
  });
}
