/** Finds where a table ends because another one begins, and lists the tables that follow. */

// biome-ignore-all lint/style/noNonNullAssertion: a header has as many cells as the table has columns

import { isBlankLine, lineAt, type RecordReading, type TableDialect } from '../dialect.ts';
import type { RepairKind } from '../repair/repair.ts';
import { cellKind, strongKind } from '../shape/column-profile.ts';
import type { TableShape } from '../shape/shape.ts';
import {
  agreement,
  dialectWith,
  HARD_DELIMITERS,
  isHeaded,
  isProse,
  looksLikeHeader,
  SOFT_DELIMITERS,
  untitled,
} from './blocks.ts';
import { readLine } from './sample.ts';

export interface OtherTable {
  /** Physical lines, from 1, inclusive. */
  firstLine: number;
  lastLine: number;
}

/** The next row, which may be the first of another table. */
export interface NextRow {
  cells: string[];
  repaired: RepairKind | null;
  afterBlank: boolean;
}

/** The table that is being read. */
export interface TableSoFar {
  dialect: TableDialect;
  shape: TableShape;
  /** Its first header record; null without a header. */
  header: readonly string[] | null;
}

/** The records of a block that are read ahead. */
const AHEAD = 6;

/** True if another table begins here: the header again, another header, or rows of another shape after blank lines. */
export function startsTable(text: string, at: number, row: NextRow, { dialect, shape, header }: TableSoFar): boolean {
  if (header !== null && (isHeaderAgain(row.cells, header) || isHeaderOtherwise(row.cells, header))) return true;
  const { afterBlank } = row;
  if (!afterBlank && (row.cells.length === shape.width || isShortRow(row.cells, shape))) return false;
  if (shape.width < 2 && row.cells.length < 2) return false;
  if (!afterBlank && row.repaired !== null) return false;
  const ahead = lookAhead(text, at, dialect);
  if (afterBlank && row.repaired === null && row.cells.length !== shape.width) {
    if (isOfAnotherShape(ahead, shape)) return true;
    if (isDelimitedOtherwise(text, at, dialect)) return true;
  }
  const block = (afterBlank ? untitled(ahead) : ahead).map(({ cells }) => cells);
  const head = block[0];
  if (head === undefined || block.length < 2 || head.length < 2) return false;
  if (!looksLikeHeader(head, block.slice(1))) return false;
  if (head.length === shape.width) return afterBlank && unlikeBody(head, shape);
  const alike = block.filter((cells) => cells.length === head.length).length;
  return alike === block.length && (afterBlank || block.length >= 3);
}

/** Names of a header as they are compared: files that are joined may each have a byte order mark, and capitals of their own. */
const plainName = (cell: string): string =>
  cell
    .replace(/^\ufeff/, '')
    .trim()
    .toLowerCase();

function withoutMark([first = '', ...more]: readonly string[]): string[] {
  return [first.replace(/^\ufeff/, ''), ...more];
}

/** The names in a header, kept because it is compared with many rows. */
const NAMES = new WeakMap<readonly string[], ReadonlySet<string>>();

function namesOf(header: readonly string[]): ReadonlySet<string> {
  const names = NAMES.get(header) ?? new Set(header.map(plainName));
  NAMES.set(header, names);
  return names;
}

/** True for three names or more of the header in other capitals, or in another order. Most rows are told by their first cell. */
function isHeaderOtherwise(cells: readonly string[], header: readonly string[]): boolean {
  if (cells.length !== header.length || cells.length < 3) return false;
  const names = namesOf(header);
  if (!names.has(plainName(cells[0]!)) || names.size < header.length) return false;
  const own = new Set(cells.map(plainName));
  return own.size === names.size && [...own].every((name) => names.has(name));
}

/** True if a row is the header again, perhaps with one name more or less. */
function isHeaderAgain(cells: readonly string[], header: readonly string[]): boolean {
  const shared = Math.min(cells.length, header.length);
  if (shared < 2 || header.filter((name) => name !== '').length < 2) return false;
  if (cells.length === header.length) return withoutMark(cells).every((cell, i) => cell === header[i]);
  return shared >= header.length / 2 && cells.slice(0, shared).every((cell, i) => cell !== '' && cell === header[i]);
}

/** True if a row has the names of a header row, of which there are several. */
export function isSameHeader(cells: readonly string[], header: readonly string[]): boolean {
  if (cells.length !== header.length || header.filter((name) => name.trim() !== '').length < Math.min(2, cells.length))
    return false;
  const names = withoutMark(cells);
  return names.every(
    (cell, i) => cell === header[i] || (cells.length > 2 && plainName(cell) === plainName(header[i]!)),
  );
}

/** Adds the rest of the text to `others`, a table for each block between blank lines. */
export function nameTables(text: string, at: number, firstLine: number, others: OtherTable[]): void {
  let line = firstLine;
  let current: OtherTable | null = null;
  let blank = false;
  for (let i = at; i < text.length; line++) {
    const physical = lineAt(text, i);
    if (isBlankLine(text, i, physical.end)) blank = true;
    else {
      if (current === null || blank) {
        current = { firstLine: line, lastLine: line };
        others.push(current);
      }
      current.lastLine = line;
      blank = false;
    }
    i = physical.next;
  }
}

/** True for a row that leaves out its last cells, as most rows of its table do. */
function isShortRow(cells: readonly string[], { width, mostlyShort = false }: TableShape): boolean {
  return mostlyShort && cells.length > 1 && cells.length < width;
}

/** True for records that agree with each other but are not rows of this table with fields missing or left over. */
function isOfAnotherShape(ahead: readonly RecordReading[], shape: TableShape): boolean {
  const block = untitled(ahead);
  const width = agreement(block);
  return (
    width > 0 && width !== shape.width && !isProse(block) && !block.every(({ cells }) => isPartOfRow(cells, shape))
  );
}

/** True if the lines agree in another delimiter than the table's. Spaces and colons prove nothing without a header. */
function isDelimitedOtherwise(text: string, at: number, dialect: TableDialect): boolean {
  const others = (delimiters: readonly string[]): RecordReading[][] =>
    delimiters
      .filter((delimiter) => delimiter !== dialect.delimiter)
      .map((delimiter) => [...untitled(lookAhead(text, at, dialectWith(dialect, delimiter)))])
      .filter((block) => agreement(block) > 0);
  return (
    others(HARD_DELIMITERS).some((block) => !isProse(block)) ||
    others(SOFT_DELIMITERS).some((block) => block.length >= 3 && isHeaded(block, agreement(block)))
  );
}

/** True if the cells fit their columns, and at least one of these columns has a kind. */
function isPartOfRow(cells: readonly string[], shape: TableShape): boolean {
  let proofs = 0;
  for (const [i, cell] of cells.entries()) {
    const profile = shape.profiles[i];
    const kind = profile === undefined ? null : strongKind(profile);
    if (kind === null || cell.trim() === '') continue;
    if (cellKind(cell) !== kind) return false;
    proofs++;
  }
  return proofs > 0;
}

/** The next records up to a blank line. A blank line right after the first record, as after a title, is skipped. */
function lookAhead(text: string, at: number, dialect: TableDialect): RecordReading[] {
  const out: RecordReading[] = [];
  for (let i = at; i < text.length && out.length < AHEAD; ) {
    const line = lineAt(text, i);
    const blank = isBlankLine(text, i, line.end);
    if (blank && out.length > 1) break;
    const record = readLine(text, line, dialect);
    if (!blank) out.push(record);
    i = blank ? line.next : Math.max(record.next, i + 1);
  }
  return out;
}

/** True if one of the names is above a column of numbers, dates or the like: names never look like those. */
function unlikeBody(head: readonly string[], shape: TableShape): boolean {
  return shape.profiles.some((profile, i) => head[i]!.trim() !== '' && (strongKind(profile) ?? 'code') !== 'code');
}
