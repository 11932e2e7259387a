/** Which field of a record belongs to which canonical column (contract 3, "Structure"). */

import { trim } from './fields.ts';
import { CANONICAL, Failure, REQUIRED, type VendorConfig } from './types.ts';

export interface Layout {
  /** Field index by column; columns that the feed lacks are absent. */
  at: Partial<Record<string, number>>;
  extras: readonly string[];
  warnings: string[];
}

/** Throws `ambiguous_column` and `missing_required_columns`. */
export function layoutOf(header: readonly string[], vendor: VendorConfig, extras: readonly string[]): Layout {
  const map = vendor.parser.column_map ?? {};
  const layout: Layout = { at: {}, extras, warnings: [] };
  const missing: { column: string; header: string }[] = [];
  const ambiguous: string[] = [];
  const required: readonly string[] = REQUIRED;
  for (const column of [...CANONICAL, ...extras]) {
    // The vendor's id comes from the config, whatever the feed says.
    if (column === 'vendor_id') continue;
    const mapped = map[column] !== undefined;
    const wanted = map[column] ?? column;
    const found = find(header, wanted, mapped || required.includes(column));
    const [first] = found.at;
    if (found.at.length > 1) ambiguous.push(column);
    if (first !== undefined) layout.at[column] = first;
    else if (required.includes(column)) missing.push({ column, header: wanted });
    else if (mapped) layout.warnings.push(`mapped_column_missing:${vendor.vendor_id}:${column}`);
    if (found.loose && found.at.length === 1)
      layout.warnings.push(`header_matched_loosely:${vendor.vendor_id}:${column}`);
  }
  const vendor_id = vendor.vendor_id;
  if (ambiguous.length > 0) throw new Failure('ambiguous_column', { vendor_id, columns: ambiguous });
  if (missing.length > 0) throw new Failure('missing_required_columns', { vendor_id, missing, header });
  return layout;
}

function find(header: readonly string[], wanted: string, mayBeLoose: boolean): { at: number[]; loose: boolean } {
  if (/^#\d+$/.test(wanted)) {
    const index = Number(wanted.slice(1));
    return { at: index < header.length ? [index] : [], loose: false };
  }
  const exact = indexesOf(header, (name) => name === wanted);
  if (exact.length > 0 || !mayBeLoose) return { at: exact, loose: false };
  const fold = (name: string) => trim(name).toLowerCase();
  return { at: indexesOf(header, (name) => fold(name) === fold(wanted)), loose: true };
}

function indexesOf(header: readonly string[], test: (name: string) => boolean): number[] {
  return header.flatMap((name, i) => (test(name) ? [i] : []));
}
