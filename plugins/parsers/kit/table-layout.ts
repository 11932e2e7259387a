/** Where the table starts in a sample: how many lines stand above it, and how many are its header. */

import { type ColumnProfile, kindOf, profileColumns, strongKind } from './column-profile.ts';
import { readSample } from './sample.ts';
import { countLineEnds, type RecordReading, type TableDialect } from './table-dialect.ts';

/** `dialect` and `width` are the detected ones; what the hints say is not looked for. */
export function layOut(
  sample: string,
  best: { dialect: TableDialect; width: number },
  hints: { skipLines?: number; headerLines?: number },
): { skip: number; headerLines: number; reasons: string[] } {
  const records = readSample(sample, best.dialect);
  const reasons: string[] = [];
  let first = 0;
  if (hints.skipLines === undefined) {
    while (
      first < Math.min(records.length - 1, 40) &&
      isPreamble(
        records[first]!.record,
        best.width,
        records.slice(first + 1).map((r) => r.record),
      )
    )
      first++;
    // Only what stands before rows of the table's width is a preamble.
    if (records[first] !== undefined && records[first]!.record.cells.length !== best.width && first > 0) {
      const later = records.findIndex((r) => r.record.cells.length === best.width);
      if (later > first + 2) first = 0;
    }
  }
  const skip = first === 0 ? 0 : countLineEnds(sample, 0, records[first]!.from);
  if (first > 0) reasons.push(`${first} lines above the table`);
  if (hints.headerLines !== undefined)
    return { skip, headerLines: hints.headerLines, reasons: [...reasons, 'header lines given'] };
  const headerLines = countHeaderLines(
    records.slice(first).map((r) => r.record),
    best.width,
  );
  return { skip, headerLines, reasons: [...reasons, `${headerLines} header lines`] };
}

function isPreamble(record: RecordReading, width: number, rest: readonly RecordReading[]): boolean {
  if (width < 2) return false;
  const filled = record.cells.filter((cell) => cell.trim() !== '').length;
  if (record.cells.length < width) return width === 2 ? record.cells.length === 1 : record.cells.length <= width / 2;
  const next = rest[0];
  return (
    width >= 4 &&
    filled <= 1 &&
    next !== undefined &&
    next.cells.filter((cell) => cell.trim() !== '').length > width / 2
  );
}

/** Cells that stand for "nothing" in columns of numbers, and so are no header. */
const PLACEHOLDER = /^(n\/?a|call|null|none|nan|-+|tbd|unknown|\?|poa)$/i;

/** 0 to 3: rows at the top that are unlike the rows below where the columns have a kind. Without evidence, 1. */
function countHeaderLines(records: readonly RecordReading[], width: number): number {
  const rows = records.filter((record) => record.cells.length === width);
  const first = records[0];
  // A header with a separator too many or too few.
  const ragged = first !== undefined && first.cells.length !== width && first.cells.length > 1;
  if (ragged && first.cells.every((cell) => ['text', 'empty'].includes(kindOf(cell)))) return 1;
  if (rows.length === 0 || rows.length === 1) return rows.length;
  const below = rows.slice(Math.min(3, rows.length - 1), 400);
  const profiles = profileColumns(below, width);
  const strong = profiles.map(strongKind);
  const kinds = strong.filter((kind) => kind !== null).length;
  let lines = 0;
  for (const row of rows.slice(0, Math.min(3, rows.length - 1))) {
    const { matches, misses } = compare(row, profiles, strong);
    const unlike = matches === 0 && misses > 0;
    if (!unlike || (lines > 0 && (kinds < 2 || misses < Math.min(2, kinds)))) break;
    lines++;
  }
  if (lines > 0) return lines;
  const { matches } = compare(rows[0]!, profiles, strong);
  return matches > 0 || looksLikeData(rows[0]!.cells, below) ? 0 : 1;
}

function compare(
  row: RecordReading,
  profiles: readonly ColumnProfile[],
  strong: readonly (string | null)[],
): { matches: number; misses: number } {
  let matches = 0;
  let misses = 0;
  strong.forEach((kind, i) => {
    const cell = row.cells[i]!;
    if (kind === null || cell.trim() === '' || PLACEHOLDER.test(cell.trim())) return;
    const same =
      kind === 'code'
        ? profiles[i]!.shapes.has(cell.replace(/\d/g, '9').replace(/\p{L}+/gu, 'a')) || kindOf(cell) === 'number'
        : kindOf(cell) === kind || kindOf(cell) === 'number';
    if (same) matches++;
    else misses++;
  });
  return { matches, misses };
}

/** A header says each name once and no data; a first row whose cells come again below is a row. */
function looksLikeData(cells: readonly string[], below: readonly RecordReading[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  if (filled.some((cell) => kindOf(cell) !== 'text' && /^\d/.test(cell))) return true;
  const again = cells.filter((cell, i) => cell !== '' && below.some((row) => row.cells[i] === cell)).length;
  return again > 0 && again >= filled.length / 3;
}
