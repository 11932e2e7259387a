/** Finds out how a text is delimited: every dialect is tried on the whole sample, and the most consistent one wins. */

import { type ColumnProfile, kindOf, profileColumns, strongKind } from './column-profile.ts';
import { readLoosely } from './repair.ts';
import { countLineEnds, isBlank, lineAt, type RecordReading, readRecord, type TableDialect } from './table-dialect.ts';

export interface DialectHints {
  delimiter?: string;
  /** null = quotes mean nothing. */
  quote?: string | null;
  escape?: string | null;
  /** Physical lines before the table. */
  skipLines?: number;
  headerLines?: number;
}

export interface DetectedDialect extends TableDialect {
  lineEnd: '\n' | '\r\n' | '\r' | 'mixed';
  /** Physical lines before the table. */
  skipLines: number;
  /** 0 to 3. */
  headerLines: number;
  /** Fields of most rows. */
  width: number;
  /** 0 to 1, of the delimiter that was chosen. */
  confidence: number;
  reasons: string[];
  /** Delimiters by score, best first. */
  scores: { delimiter: string; score: number; width: number }[];
  /** The delimiters that read the sample equally well and differently; empty where one is best. */
  ambiguous: string[];
}

export const DELIMITERS: readonly string[] = [
  ',',
  ';',
  '\t',
  '|',
  '~',
  '^',
  ':',
  ' ',
  ', ',
  '; ',
  ' | ',
  '||',
  '|~|',
  '~|~',
  '^|^',
  '::',
  ';;',
  '\u0001',
  '\u001f',
  '¦',
  '§',
];
const SAMPLE_CHARS_MAX = 256 * 1024;
const RECORDS_MAX = 3000;
/** Scores that differ by less than this share are equal. */
const TIE = 0.02;

interface Scored {
  dialect: TableDialect;
  score: number;
  width: number;
  records: RecordReading[];
}

/** Detects the dialect of a decoded text, as far as `hints` leave it open. Never throws; see `ambiguous`. */
export function detectDialect(text: string, hints: DialectHints = {}): DetectedDialect {
  const start = skipLines(text, hints.skipLines ?? 0);
  const sample = text.slice(start, sampleEnd(text, start));
  const quotes = hints.quote === undefined ? ['"', "'"] : [hints.quote];
  const delimiters = hints.delimiter === undefined ? DELIMITERS.filter((d) => sample.includes(d)) : [hints.delimiter];
  const scored: Scored[] = [];
  for (const delimiter of delimiters) {
    const tries = quotes
      .map((quote) => ({
        delimiter,
        quote,
        escape: hints.escape === undefined ? escapeOf(sample, delimiter, quote) : hints.escape,
      }))
      .filter((dialect, i) => i === 0 || wraps(sample, dialect) > 0)
      .map((dialect) => score(sample, dialect));
    // `'` must be the better reading, not as good a one.
    const better = tries.sort(
      (a, b) => b.score - a.score || quotes.indexOf(a.dialect.quote) - quotes.indexOf(b.dialect.quote),
    )[0]!;
    scored.push(better);
  }
  scored.sort(
    (a, b) => b.score - a.score || delimiters.indexOf(a.dialect.delimiter) - delimiters.indexOf(b.dialect.delimiter),
  );
  const best =
    chooseLonger(scored) ??
    score(sample, {
      delimiter: hints.delimiter ?? ',',
      quote: hints.quote === undefined ? '"' : hints.quote,
      escape: hints.escape ?? null,
    });
  const rivals = scored.filter(
    (other) =>
      other !== best &&
      other.width > 1 &&
      best.width > 1 &&
      other.score >= best.score * (1 - TIE) &&
      !nested(best.dialect.delimiter, other.dialect.delimiter),
  );
  const second = scored.find((other) => other !== best && !nested(best.dialect.delimiter, other.dialect.delimiter));
  const layout = layOut(sample, best, hints);
  const single = best.width <= 1 && hints.delimiter === undefined;
  return {
    ...best.dialect,
    delimiter: single ? ',' : best.dialect.delimiter,
    lineEnd: lineEndOf(sample),
    skipLines: (hints.skipLines ?? 0) + layout.skip,
    headerLines: layout.headerLines,
    width: best.width,
    confidence:
      hints.delimiter !== undefined
        ? 1
        : Math.round(100 * Math.max(0, Math.min(1, best.score - (second?.score ?? 0) / 2))) / 100,
    reasons: [
      hints.delimiter !== undefined
        ? 'delimiter given'
        : single
          ? 'one column'
          : `${best.width} fields in ${Math.round(share(best) * 100)} % of the records`,
      ...layout.reasons,
    ],
    scores: scored.slice(0, 6).map((one) => ({
      delimiter: one.dialect.delimiter,
      score: Math.round(one.score * 1000) / 1000,
      width: one.width,
    })),
    ambiguous:
      hints.delimiter !== undefined || rivals.length === 0 ? [] : [best, ...rivals].map((one) => one.dialect.delimiter),
  };
}

export interface SampleRecord {
  record: RecordReading;
  /** Where in the sample it starts. */
  from: number;
  afterBlank: boolean;
}

/** Reads up to `RECORDS_MAX` records of the sample; blank lines left out. Bad quotes take the others' number of fields. */
export function readSample(sample: string, dialect: TableDialect): SampleRecord[] {
  const out: SampleRecord[] = [];
  let afterBlank = false;
  for (let i = 0; i < sample.length && out.length < RECORDS_MAX; ) {
    const line = lineAt(sample, i);
    if (isBlank(sample, i, line.end)) {
      i = line.next;
      afterBlank = true;
      continue;
    }
    let record = readRecord(sample, i, dialect);
    if (!record.sound) record = readLoosely(sample, i, line, dialect);
    out.push({ record, from: i, afterBlank });
    afterBlank = false;
    i = Math.max(record.next, i + 1);
  }
  const sound = out.filter(({ record }) => record.sound).map(({ record }) => record);
  if (sound.length === 0 || sound.length === out.length) return out;
  const width = commonWidth(sound);
  return out.map((one) => {
    if (one.record.sound || one.record.cells.length === width) return one;
    return { ...one, record: readLoosely(sample, one.from, lineAt(sample, one.from), dialect, width) };
  });
}

/** The number of fields of the first table: blank lines end a table where another width follows. */
export function tableWidth(records: readonly SampleRecord[]): number {
  const common = commonWidth(records.map(({ record }) => record));
  const blocks: RecordReading[][] = [];
  for (const { record, afterBlank } of records) {
    if (afterBlank || blocks.length === 0) blocks.push([]);
    blocks.at(-1)!.push(record);
  }
  for (const [i, block] of blocks.entries()) {
    const width = commonWidth(block);
    const fitting = block.filter((record) => record.cells.length === width).length;
    if (width < 2 || block.length < 2 || fitting < block.length * 0.7) continue;
    const rest = blocks.slice(i + 1).flat();
    const later = commonWidth(rest);
    const aside = block.length <= 5 && width <= later / 2 && rest.length >= block.length * 3;
    if (!aside) return width;
  }
  return common;
}

/** The most common number of fields; of two equally common, the larger. */
export function commonWidth(records: readonly RecordReading[]): number {
  const widths = new Map<number, number>();
  for (const record of records) widths.set(record.cells.length, (widths.get(record.cells.length) ?? 0) + 1);
  let best = 1;
  let most = 0;
  for (const [width, n] of widths) {
    if (n > most || (n === most && width > best)) {
      best = width;
      most = n;
    }
  }
  return best;
}

function score(sample: string, dialect: TableDialect): Scored {
  const sampled = readSample(sample, dialect);
  const records = sampled.map(({ record }) => record);
  const width = tableWidth(sampled);
  const fitting = records.filter((record) => record.cells.length === width);
  if (records.length === 0 || width < 2) return { dialect, score: 0, width, records };
  let good = 0;
  let cells = 0;
  let sound = 0;
  for (const record of fitting.slice(0, 500)) {
    if (record.sound) sound++;
    record.cells.forEach((cell, i) => {
      cells++;
      good += record.quoted[i] ? 1 : cellQuality(cell);
    });
  }
  const consistency = fitting.length / records.length;
  const size = Math.min(fitting.length, 500);
  const soundness = 0.8 + (0.2 * sound) / size;
  const space = dialect.delimiter === ' ' || dialect.delimiter === ':' ? 0.85 : 1;
  return { dialect, score: consistency ** 2 * (good / cells) * (1 - 0.15 / width) * soundness * space, width, records };
}

/** How much an unquoted cell looks like one value: what holds another delimiter, or a loose quote, does so less. */
function cellQuality(cell: string): number {
  const kind = kindOf(cell);
  if (kind === 'empty') return 0.9;
  if (/^\s|\s$/.test(cell)) return 0.75;
  if (/[;\t|~^\u0001\u001f]/.test(cell) || /^["']|["']$/.test(cell)) return 0.3;
  if (kind !== 'text') return /,/.test(cell) && !/^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(cell) ? 0.7 : 1;
  return /,/.test(cell) ? 0.6 : 0.95;
}

/** `, ` rather than `,` where both split every record alike. */
function chooseLonger(scored: readonly Scored[]): Scored | undefined {
  const best = scored[0];
  if (best === undefined) return undefined;
  const longer = scored.find(
    (other) =>
      other.dialect.delimiter.length > best.dialect.delimiter.length &&
      nested(best.dialect.delimiter, other.dialect.delimiter) &&
      other.width === best.width &&
      share(other) >= share(best) * (1 - TIE),
  );
  return longer ?? best;
}

function nested(a: string, b: string): boolean {
  return a.includes(b) || b.includes(a);
}

function share(one: Scored): number {
  return one.records.length === 0
    ? 1
    : one.records.filter((record) => record.cells.length === one.width).length / one.records.length;
}

/** How many cells stand in this quote from end to end. */
function wraps(sample: string, dialect: TableDialect): number {
  if (dialect.quote === null) return 0;
  let n = 0;
  for (const { record } of readSample(sample, dialect))
    if (record.sound) for (const quoted of record.quoted) if (quoted) n++;
  return n;
}

/** `\` where it stands before quotes inside cells, and quotes are not doubled there. */
function escapeOf(sample: string, delimiter: string, quote: string | null): string | null {
  if (quote === null || !sample.includes(`\\${quote}`)) return null;
  let escaped = 0;
  let doubled = 0;
  for (let at = sample.indexOf(quote); at >= 0; at = sample.indexOf(quote, at + 1)) {
    const after = at + 1;
    const ends = after >= sample.length || sample.startsWith(delimiter, after) || '\r\n'.includes(sample[after]!);
    if (sample[at - 1] === '\\' && sample[at - 2] !== '\\' && !ends) escaped++;
    else if (
      sample[after] === quote &&
      !sample.startsWith(delimiter, at + 2) &&
      !sample.endsWith(delimiter, at) &&
      !'\r\n'.includes(sample[at + 2] ?? '\n')
    )
      doubled++;
  }
  return escaped > doubled ? '\\' : null;
}

function layOut(
  sample: string,
  best: Scored,
  hints: DialectHints,
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
export function countHeaderLines(records: readonly RecordReading[], width: number): number {
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

function skipLines(text: string, count: number): number {
  let at = 0;
  for (let n = 0; n < count && at < text.length; n++) at = lineAt(text, at).next;
  return at;
}

function sampleEnd(text: string, start: number): number {
  if (text.length - start <= SAMPLE_CHARS_MAX) return text.length;
  const end = text.lastIndexOf('\n', start + SAMPLE_CHARS_MAX);
  return end > start ? end + 1 : start + SAMPLE_CHARS_MAX;
}

function lineEndOf(sample: string): DetectedDialect['lineEnd'] {
  const crlf = sample.includes('\r\n');
  const lf = /(^|[^\r])\n/.test(sample);
  const cr = /\r(?!\n)/.test(sample);
  if (Number(crlf) + Number(lf) + Number(cr) > 1) return 'mixed';
  return crlf ? '\r\n' : cr ? '\r' : '\n';
}
