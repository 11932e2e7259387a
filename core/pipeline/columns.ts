/** Finds where each canonical column stands in a feed, from its layout and its header. */

import { trimText } from '../bytes/trim.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn, REQUIRED_COLUMNS } from '../canonical.ts';
import { RelayError } from '../errors.ts';
import type { Layout } from '../plugin.ts';
import { nearest } from '../text/suggest.ts';

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
        missing.push(`column #${source.index} for ${column} (there are ${fields})`);
      else warnings.push(`mapped_column_missing:${vendorId}:${column}`);
      continue;
    }
    const found = findHeader(header ?? [], source.header, source.match === 'loose', column, vendorId);
    if (found.index >= 0) {
      index[position] = found.index;
      if (!found.exact) warnings.push(`header_matched_loosely:${vendorId}:${column}:${header![found.index]}`);
    } else if (REQUIRED_COLUMNS.includes(column)) missing.push(missingHeader(column, source.header, header ?? []));
    else if (source.expected) warnings.push(`mapped_column_missing:${vendorId}:${column}`);
  }
  if (missing.length > 0) throw new MissingColumns(vendorId, missing);
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
  return `no header "${wanted}" for ${column} (${hint})`;
}

function fieldNames(header: readonly string[]): string[] {
  const seen = new Set<string>();
  return header.map((raw, i) => {
    const name = trimText(raw);
    if (name === '' || seen.has(name)) return `#${i}`;
    seen.add(name);
    return name;
  });
}
