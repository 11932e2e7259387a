/** Reads one row of a table whose shape is known: literally, or repaired so that it fits the table's other rows. */

// biome-ignore-all lint/style/noNonNullAssertion: these rows are searched for quotes only where the dialect has one

import { lineAt, type PhysicalLine, type RecordReading, readRecord, type TableDialect } from '../dialect.ts';
import { splitName } from '../shape/header-split.ts';
import { LEAD, rowFit, softFit, type TableShape } from '../shape/shape.ts';
import { chooseQuotes, loneFinalQuote, type QuoteReading, readLoosely } from './quote-readings.ts';
import { type Repaired, type RepairKind, repairRow } from './repair.ts';
import { ROW_DELIMITERS, unwrapOtherQuotes } from './row-dialect.ts';

export interface OneRow {
  cells: string[];
  /** The position of the next row. */
  next: number;
  repaired: RepairKind | null;
}

/** A row's place in the text. */
export interface RowPlace {
  text: string;
  /** The row's first physical line. */
  line: PhysicalLine;
  isHeader: boolean;
}

interface RowAndText extends RowPlace {
  /** The text of the line. */
  raw: string;
}

/** The most lines and characters of a damaged record. */
const RECORD_LINES_MAX = 30;
const RECORD_CHARS_MAX = 8000;
/** The most lines with quotes that are tried as the end of such a record. */
const CLOSINGS_MAX = 5;
/** The highest cost (see `readingsOf`) without a missing separator beside a quote. */
const QUOTES_COST = 4;
/** Up to this cost, one or two misplaced quotes in a cell are likelier than a misplaced separator. */
const LIKELY_COST = 5;

export function readRow({ text, line, isHeader }: RowPlace, dialect: TableDialect, shape: TableShape): OneRow {
  const record = readRecord(text, line.from, dialect);
  const lone = loneFinalQuote(text, line, record, dialect);
  if (lone !== null && lone.cells.length === shape.width)
    return { cells: lone.cells, next: lone.next, repaired: 'quotes' };
  const place: RowAndText = { text, line, isHeader, raw: text.slice(line.from, line.end) };
  if (record.sound && record.cells.length === shape.width) return asItIs(place, record, dialect, shape);
  return (
    overLines(place, record, dialect, shape) ??
    byQuotes(place, record, dialect, shape) ??
    bySeparators(place, record, dialect, shape)
  );
}

/** True if the record is sound, and each of its quotes opens or closes a cell. */
export function isWellQuoted({ sound, cells, quoted }: RecordReading, { quote }: TableDialect): boolean {
  return sound && !cells.some((cell, i) => !quoted[i] && quote !== null && cell.includes(quote));
}

/** A sound row of the right width, unless it has that width by accident; else null. */
function asItIs(
  { raw, isHeader }: RowAndText,
  record: RecordReading,
  dialect: TableDialect,
  shape: TableShape,
): OneRow {
  const { next, cells } = record;
  if (isHeader) return { cells, next, repaired: null };
  const other = unwrapOtherQuotes(record, dialect, shape);
  if (other !== null) return { cells: other, next, repaired: 'row dialect' };
  if (!record.multiline && dialect.quote !== null) {
    const better = looseQuotes(raw, record, dialect, shape);
    if (better !== null) return { cells: better, next, repaired: 'separator missing' };
  }
  return { cells, next, repaired: null };
}

/**
 * A row with a cell over several lines, and a separator too many, too few, or of another kind. None of its lines is a
 * row of its own.
 */
function overLines(place: RowAndText, record: RecordReading, dialect: TableDialect, shape: TableShape): OneRow | null {
  const { text, line, raw, isHeader } = place;
  const at = line.from;
  if (isHeader || dialect.quote === null || !raw.includes(dialect.quote)) return null;
  const to = Math.min(text.length, at + RECORD_CHARS_MAX);
  const isWhole = (reading: RecordReading): boolean =>
    reading.sound &&
    reading.multiline &&
    reading.end < to &&
    !holdsRow(text, { from: line.next, to: reading.end }, dialect, shape);
  if (record.sound && record.multiline && isWhole(record)) {
    const whole = repairRow(text.slice(at, record.end), record, dialect, shape);
    if (whole !== null) return { cells: whole.cells, next: record.next, repaired: whole.kind };
  }
  if (record.sound && record.cells.length > shape.width / 2) return null;
  for (const delimiter of ROW_DELIMITERS) {
    if (!raw.includes(delimiter + dialect.quote)) continue;
    const other = readRecord(text, at, { ...dialect, delimiter }, to);
    if (other.cells.length !== shape.width || !isWhole(other)) continue;
    if (rowFit(other.cells, shape) > Number.NEGATIVE_INFINITY)
      return { cells: other.cells, next: other.next, repaired: 'row dialect' };
  }
  return null;
}

/** A row with the wrong width because of its quotes. */
function byQuotes(place: RowAndText, record: RecordReading, dialect: TableDialect, shape: TableShape): OneRow | null {
  const { raw, line } = place;
  if (dialect.quote === null || !raw.includes(dialect.quote)) return null;
  // cells in quotes are never joined
  if (!record.multiline && record.quoted.some(Boolean) && isWellQuoted(record, dialect)) return null;
  const within = chooseQuotes(raw, dialect, shape);
  const take = ({ cells }: QuoteReading): OneRow => ({ cells, next: line.next, repaired: 'quotes' });
  const goesOn = !record.sound || record.multiline || mayGoOn(record, dialect, shape);
  if (within !== null && within.cost <= (goesOn ? QUOTES_COST : LIKELY_COST)) return take(within);
  if (!goesOn) return null;
  const across = acrossLines(place, record, dialect, shape);
  if (across !== null && (within === null || across.cost < within.cost)) return across.row;
  return within === null ? null : take(within);
}

/** A row with other separators, too many or too few; else the row unchanged. */
function bySeparators(place: RowAndText, record: RecordReading, dialect: TableDialect, shape: TableShape): OneRow {
  const { text, line, raw, isHeader } = place;
  const { width } = shape;
  const swallows = record.multiline && raw.includes(dialect.quote ?? '\n') && isRow(text, line.next, dialect, shape);
  const base = record.sound && !swallows ? record : readLoosely(text, line, dialect);
  const { cells, next } = base;
  const repaired = base.multiline
    ? null
    : isHeader
      ? headerRepair(raw, cells, dialect, shape)
      : repairRow(raw, base, dialect, shape);
  if (repaired !== null) return { cells: repaired.cells, next, repaired: repaired.kind };
  // empty cells after the last column are only surplus separators
  if (cells.length > width && cells.slice(width).every((cell) => cell === ''))
    return { cells: cells.slice(0, width), next, repaired: 'separator too many' };
  return { cells, next, repaired: null };
}

/** Repairs a header, which has no column shapes to compare with: another delimiter or quote, or one separator too many or few. */
function headerRepair(
  raw: string,
  cells: readonly string[],
  dialect: TableDialect,
  shape: TableShape,
): Repaired | null {
  const named = cells.filter((cell) => cell !== '');
  if (cells.length === shape.width + 1 && named.length === shape.width)
    return { cells: named, kind: 'separator too many' };
  const split = cells.length === shape.width - 1 ? splitName(cells, shape) : null;
  if (split !== null) return { cells: split, kind: 'separator missing' };
  const none = { ...shape, profiles: shape.profiles.map((profile) => ({ ...profile, count: 0 })) };
  const found = repairRow(raw, { cells, quoted: [] }, dialect, none);
  return found?.kind === 'row dialect' ? found : null;
}

/** `b"c, d"`: the separator before the quote is missing, and the comma inside the quotes makes up for it. */
function looseQuotes(raw: string, record: RecordReading, dialect: TableDialect, shape: TableShape): string[] | null {
  const quote = dialect.quote!;
  const open = record.cells.findIndex((cell, i) => !record.quoted[i] && cell.indexOf(quote) > 0);
  if (open < 0 || !record.cells.some((cell, i) => i > open && !record.quoted[i] && cell.endsWith(quote))) return null;
  let best: string[] | null = null;
  let bestFit = softFit(record.cells, shape) + LEAD;
  for (let at = raw.indexOf(quote, 1); at > 0; at = raw.indexOf(quote, at + 1)) {
    // another delimiter may be in its place
    const before = ROW_DELIMITERS.includes(raw[at - 1]!) && raw[at - 1] !== dialect.delimiter ? at - 1 : at;
    const split = readRecord(raw.slice(0, before) + dialect.delimiter + raw.slice(at), 0, dialect);
    if (!split.sound || split.cells.length !== shape.width) continue;
    const fit = softFit(split.cells, shape);
    if (fit > bestFit) {
      best = split.cells;
      bestFit = fit;
    }
  }
  return best;
}

/** True if a cell of a short row may be two cells, the second one quoted and over several lines. */
function mayGoOn({ cells, quoted }: RecordReading, { quote }: TableDialect, { width }: TableShape): boolean {
  return cells.length < width && cells.some((cell, i) => !quoted[i] && cell.indexOf(quote!) > 0);
}

/** A record with bad quotes over several lines, none of which is a row of its own. */
function acrossLines(
  { text, line: first }: RowAndText,
  strict: RecordReading,
  dialect: TableDialect,
  shape: TableShape,
): { row: OneRow; cost: number } | null {
  const at = first.from;
  let line = first;
  let closings = 0;
  for (let n = 2; n <= RECORD_LINES_MAX && closings < CLOSINGS_MAX && line.next < text.length; n++) {
    if (isRow(text, line.next, dialect, shape)) break;
    const from = line.next;
    line = lineAt(text, from);
    if (line.end - at > RECORD_CHARS_MAX) break;
    if (!text.slice(from, line.end).includes(dialect.quote!)) continue;
    closings++;
    const found = chooseQuotes(text.slice(at, line.end), dialect, shape);
    if (found?.quoted.some(Boolean))
      return { row: { cells: found.cells, next: line.next, repaired: 'quotes' }, cost: found.cost };
    if (strict.sound && strict.multiline && line.next >= strict.next) break;
  }
  return null;
}

/** True if a row of its own starts on a line in a part of the text. */
function holdsRow(
  text: string,
  { from, to }: { from: number; to: number },
  dialect: TableDialect,
  shape: TableShape,
): boolean {
  for (let at = from, n = 0; at < to; at = lineAt(text, at).next)
    if (isRow(text, at, dialect, shape) || ++n > RECORD_LINES_MAX) return true;
  return false;
}

function isRow(text: string, at: number, dialect: TableDialect, { width }: TableShape): boolean {
  if (at >= text.length) return false;
  const next = readRecord(text, at, dialect, Math.min(text.length, at + RECORD_CHARS_MAX));
  return next.sound && next.cells.length === width && width > 1;
}
