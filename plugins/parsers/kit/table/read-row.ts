/** Reads one row of a table whose shape is known: as it stands, or as the table's other rows demand. */

import { lineAt, type RecordReading, readRecord, type TableDialect } from './dialect.ts';
import { splitName } from './header-split.ts';
import { chooseQuotes, type QuoteReading, readLoosely } from './quote-readings.ts';
import { type Repaired, type RepairKind, repairRow } from './repair.ts';
import { ROW_DELIMITERS, unwrapOtherQuotes } from './row-dialect.ts';
import { LEAD, rowFit, softFit, type TableShape } from './shape.ts';

export interface OneRow {
  cells: string[];
  /** Where the next row starts. */
  next: number;
  repaired: RepairKind | null;
}

interface Line {
  end: number;
  next: number;
}

/** A row's place in the text: where it starts, and its first physical line. */
interface Place {
  text: string;
  at: number;
  line: Line;
  raw: string;
  isHeader: boolean;
}

/** Lines and characters that one record may run over where it is not as it should be. */
const RECORD_LINES_MAX = 30;
const RECORD_CHARS_MAX = 8000;
/** Lines with quotes that the end of such a record is looked for on. */
const CLOSINGS_MAX = 5;
/** Quotes out of place, without a separator that is missing beside them (see `readingsOf`). */
const QUOTES_COST = 4;
/** Quotes out of place that are likelier than a separator out of place: one or two in a cell. */
const LIKELY_COST = 5;

/** The row at `at`, whose first physical line is `line`. */
export function readRow(
  text: string,
  at: number,
  line: Line,
  dialect: TableDialect,
  shape: TableShape,
  isHeader: boolean,
): OneRow {
  const record = readRecord(text, at, dialect);
  const place: Place = { text, at, line, raw: text.slice(at, line.end), isHeader };
  if (record.sound && record.cells.length === shape.width) return asItIs(place, record, dialect, shape);
  // Where each quote is in its place, a separator is out of it.
  if (!isHeader && !record.multiline && isWellQuoted(record, dialect)) {
    const repaired = repairRow(place.raw, record.cells, dialect, shape, record.quoted);
    if (repaired !== null) return { cells: repaired.cells, next: record.next, repaired: repaired.kind };
  }
  return (
    overLines(place, record, dialect, shape) ??
    byQuotes(place, record, dialect, shape) ??
    bySeparators(place, record, dialect, shape)
  );
}

/** Whether every quote of a sound record opens or closes a cell. */
export function isWellQuoted({ sound, cells, quoted }: RecordReading, { quote }: TableDialect): boolean {
  return sound && !cells.some((cell, i) => !quoted[i] && quote !== null && cell.includes(quote));
}

/** A sound row of the right width, unless it has that by accident. */
function asItIs({ raw, isHeader }: Place, record: RecordReading, dialect: TableDialect, shape: TableShape): OneRow {
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

/** A row with a cell over several lines, none of which is a row, that has a separator too many or few or other ones. */
function overLines(place: Place, record: RecordReading, dialect: TableDialect, shape: TableShape): OneRow | null {
  const { text, at, line, raw, isHeader } = place;
  if (isHeader || dialect.quote === null || !raw.includes(dialect.quote)) return null;
  const to = Math.min(text.length, at + RECORD_CHARS_MAX);
  const isWhole = (reading: RecordReading): boolean =>
    reading.sound && reading.multiline && reading.end < to && !holdsRow(text, line.next, reading.end, dialect, shape);
  if (record.sound && record.multiline && isWhole(record)) {
    const whole = repairRow(text.slice(at, record.end), record.cells, dialect, shape);
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

/** A row whose quotes explain why it has not the right width. */
function byQuotes(place: Place, record: RecordReading, dialect: TableDialect, shape: TableShape): OneRow | null {
  const { raw, line } = place;
  if (dialect.quote === null || !raw.includes(dialect.quote)) return null;
  const within = chooseQuotes(raw, dialect, shape);
  const take = ({ cells }: QuoteReading): OneRow => ({ cells, next: line.next, repaired: 'quotes' });
  const goesOn = !record.sound || record.multiline || mayGoOn(record, dialect, shape);
  if (within !== null && within.cost <= (goesOn ? QUOTES_COST : LIKELY_COST)) return take(within);
  if (!goesOn) return null;
  const across = acrossLines(place, record, dialect, shape);
  if (across !== null && (within === null || across.cost < within.cost)) return across.row;
  return within === null ? null : take(within);
}

/** A row that has other separators, too many of them or too few; or else as it is. */
function bySeparators(place: Place, record: RecordReading, dialect: TableDialect, shape: TableShape): OneRow {
  const { text, at, line, raw, isHeader } = place;
  const { width } = shape;
  const swallows = record.multiline && raw.includes(dialect.quote ?? '\n') && isRow(text, line.next, dialect, shape);
  const base = record.sound && !swallows ? record : readLoosely(text, at, line, dialect);
  const { cells, next } = base;
  const repaired = base.multiline
    ? null
    : isHeader
      ? headerRepair(raw, cells, dialect, shape)
      : repairRow(raw, cells, dialect, shape, base.quoted);
  if (repaired !== null) return { cells: repaired.cells, next, repaired: repaired.kind };
  // Separators with nothing between them are no cells.
  if (cells.length > width && cells.slice(width).every((cell) => cell === ''))
    return { cells: cells.slice(0, width), next, repaired: 'separator too many' };
  return { cells, next, repaired: null };
}

/** A header has no shapes to go by: only another delimiter or quote, or one name too few for its separators, explains it. */
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
  const found = repairRow(raw, cells, dialect, none);
  return found?.kind === 'row dialect' ? found : null;
}

/** `b"c, d"` where the separator before the quote is missing, and the comma in the quotes makes up the number of fields. */
function looseQuotes(raw: string, record: RecordReading, dialect: TableDialect, shape: TableShape): string[] | null {
  const quote = dialect.quote!;
  const open = record.cells.findIndex((cell, i) => !record.quoted[i] && cell.indexOf(quote) > 0);
  if (open < 0 || !record.cells.some((cell, i) => i > open && !record.quoted[i] && cell.endsWith(quote))) return null;
  let best: string[] | null = null;
  let bestFit = softFit(record.cells, shape) + LEAD;
  for (let at = raw.indexOf(quote, 1); at > 0; at = raw.indexOf(quote, at + 1)) {
    // Another delimiter may stand there in its stead.
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

/** Whether a cell of a row that is too short may be two, the second of them quoted and over several lines. */
function mayGoOn({ cells, quoted }: RecordReading, { quote }: TableDialect, { width }: TableShape): boolean {
  return cells.length < width && cells.some((cell, i) => !quoted[i] && cell.indexOf(quote!) > 0);
}

/** A record with bad quotes that runs over several lines, none of which is a row of its own. */
function acrossLines(
  { text, at, line: first }: Place,
  strict: RecordReading,
  dialect: TableDialect,
  shape: TableShape,
): { row: OneRow; cost: number } | null {
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

/** Whether a row of its own starts on a line from `from` to `end`. */
function holdsRow(text: string, from: number, end: number, dialect: TableDialect, shape: TableShape): boolean {
  for (let at = from, n = 0; at < end; at = lineAt(text, at).next)
    if (isRow(text, at, dialect, shape) || ++n > RECORD_LINES_MAX) return true;
  return false;
}

function isRow(text: string, at: number, dialect: TableDialect, { width }: TableShape): boolean {
  if (at >= text.length) return false;
  const next = readRecord(text, at, dialect, Math.min(text.length, at + RECORD_CHARS_MAX));
  return next.sound && next.cells.length === width && width > 1;
}
