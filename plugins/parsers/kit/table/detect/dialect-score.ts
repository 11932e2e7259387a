/** Scores how consistently a dialect reads a sample. Detection takes the dialect with the best score. */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the length of the record

import { isLineEnd } from '../../../../../core/bytes/ascii.ts';
import type { RecordReading, TableDialect } from '../dialect.ts';
import { cellKind, profileColumns, strongKind } from '../shape/column-profile.ts';
import { runShare, tableWidth } from './blocks.ts';
import { type SampleRecord, sampleRecords } from './sample.ts';

/** The colon is no delimiter if a larger share of the colons is in times and addresses. */
const COLONS_IN_VALUES_MAX = 0.8;
/** The most spaces between a quote and a delimiter. */
export const PADDING_MAX = 16;
/** The most records whose cells are scored. */
const JUDGED_MAX = 500;
/** The factor for delimiters that also occur in prose and values. */
const SOFT_SHARE = 0.85;

/** A dialect, and the sample as it reads it. */
export interface ScoredDialect {
  dialect: TableDialect;
  score: number;
  width: number;
  sampled: SampleRecord[];
  records: RecordReading[];
}

/** 0 to 1. Good: most records have the table's width, cells look like values, quotes are at the ends of cells. */
export function score(sample: string, dialect: TableDialect): ScoredDialect {
  const sampled = sampleRecords(sample, dialect);
  const records = sampled.map(({ record }) => record);
  const width = tableWidth(sampled);
  const fitting = records.filter((record) => record.cells.length === width);
  if (isList(records, fitting, dialect.delimiter)) return { dialect, score: 0, width: 1, sampled, records };
  if (records.length === 0 || width < 2) return { dialect, score: 0, width, sampled, records };
  let good = 0;
  let cells = 0;
  let sound = 0;
  for (const record of fitting.slice(0, JUDGED_MAX)) {
    if (record.sound) sound++;
    record.cells.forEach((cell, i) => {
      cells++;
      good += record.quoted[i] ? 1 : cellQuality(cell);
    });
  }
  const consistency = Math.max(fitting.length / records.length, runShare(records));
  const size = Math.min(fitting.length, JUDGED_MAX);
  const soundness = 0.8 + (0.2 * sound) / size;
  const soft = dialect.delimiter === ' ' || dialect.delimiter === ':' ? SOFT_SHARE : 1;
  const placing = 0.4 + 0.6 * Math.min(placedQuotes(sample, dialect), unlikelyInValues(fitting, dialect.delimiter));
  const quality = (good / cells) * (1 - 0.15 / width) * soundness * soft * placing;
  return { dialect, score: Math.max(0, consistency ** 2 * quality), width, sampled, records };
}

/**
 * True for a list of one column, such as `sku` above `A 1`, `A 2`. Then a space or colon that does not split the name
 * at the top splits the values by accident, unless that makes at least two columns of numbers or dates.
 */
function isList(records: readonly RecordReading[], fitting: readonly RecordReading[], delimiter: string): boolean {
  const [top] = records;
  if (![' ', ':', '::'].includes(delimiter) || top === undefined || top.cells.length !== 1 || fitting.length === 0)
    return false;
  if (!/^[\p{L}_][\p{L}\d_.#/-]*$/u.test(top.cells[0]!.trim())) return false;
  const kinds = profileColumns(fitting.slice(0, JUDGED_MAX), fitting[0]!.cells.length).map(strongKind);
  return kinds.filter((kind) => kind !== null && kind !== 'code').length < 2;
}

/** The share of quotes that are at an end of a cell, or beside another quote. */
function placedQuotes(sample: string, { delimiter, quote, escape: escaping, padded }: TableDialect): number {
  if (quote === null) return 1;
  let quotes = 0;
  let placed = 0;
  for (let at = sample.indexOf(quote); at >= 0; at = sample.indexOf(quote, at + 1)) {
    quotes++;
    const [from, to] = padded === true ? pastSpaces(sample, at) : [at, at + 1];
    const opens =
      from === 0 || isLineEnd(sample.charCodeAt(from - 1)) || sample.startsWith(delimiter, from - delimiter.length);
    const closes = to >= sample.length || isLineEnd(sample.charCodeAt(to)) || sample.startsWith(delimiter, to);
    if (opens || closes || sample[at + 1] === quote || sample[at - 1] === quote || sample[at - 1] === escaping)
      placed++;
    else if (isInchMark(sample, at)) quotes--;
  }
  return quotes === 0 ? 1 : placed / quotes;
}

/** True for inches inside a cell, `17" wheel` or `8"x10"`: they are no quotes. */
function isInchMark(sample: string, at: number): boolean {
  return /\d/.test(sample[at - 1] ?? '') && /[ xX]/.test(sample[at + 1] ?? '');
}

/** The start and the end of the spaces around the quote at `at`. */
function pastSpaces(sample: string, at: number): [number, number] {
  let [from, to] = [at, at + 1];
  while (from > 0 && at - from < PADDING_MAX && sample[from - 1] === ' ') from--;
  while (to - at <= PADDING_MAX && sample[to] === ' ') to++;
  return [from, to];
}

/** The share of separators that are not a colon in a time or an address. */
function unlikelyInValues(records: readonly RecordReading[], delimiter: string): number {
  if (delimiter !== ':') return 1;
  let separators = 0;
  let inValues = 0;
  for (const { cells } of records.slice(0, 200)) {
    for (let i = 1; i < cells.length; i++) {
      separators++;
      if (cells[i]!.startsWith('//') || (/\d$/.test(cells[i - 1]!) && /^\d/.test(cells[i]!))) inValues++;
    }
  }
  const share = separators === 0 ? 0 : inValues / separators;
  return share > COLONS_IN_VALUES_MAX ? Number.NEGATIVE_INFINITY : 1 - share;
}

/** A number with commas between thousands, or one decimal comma. */
const NUMBER_WITH_COMMA = /^[-+]?(\d{1,3}(,\d{3})+(\.\d+)?|\d+,\d+)$/;

/** How much an unquoted cell looks like a single value. Other delimiters and loose quotes in it lower the score. */
function cellQuality(cell: string): number {
  const kind = cellKind(cell);
  if (kind === 'empty') return 0.9;
  if (/^\s|\s$/.test(cell)) return 0.75;
  if (/[;\t|~^\u0001\u001f]/.test(cell) || /^["']|["']$/.test(cell)) return 0.3;
  if (kind !== 'text') return /,/.test(cell) && !NUMBER_WITH_COMMA.test(cell) ? 0.7 : 1;
  return /,/.test(cell) ? 0.6 : 0.95;
}
