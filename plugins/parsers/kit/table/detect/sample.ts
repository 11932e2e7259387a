/** The top of a text, read in one dialect as far as detection needs. */

import {
  isBlankLine,
  lineAt,
  type PhysicalLine,
  type RecordReading,
  readRecord,
  type TableDialect,
} from '../dialect.ts';
import { loneFinalQuote, readLoosely } from '../repair/quote-readings.ts';

const SAMPLE_CHARS_MAX = 256 * 1024;
const RECORDS_MAX = 3000;

export interface SampleRecord {
  record: RecordReading;
  /** The position in the sample. */
  from: number;
  afterBlank: boolean;
}

/** Reads up to `RECORDS_MAX` records without blank lines. Records with bad quotes take the others' number of fields. */
export function sampleRecords(sample: string, dialect: TableDialect): SampleRecord[] {
  const out: SampleRecord[] = [];
  let afterBlank = false;
  for (let i = 0; i < sample.length && out.length < RECORDS_MAX; ) {
    const line = lineAt(sample, i);
    if (isBlankLine(sample, i, line.end)) {
      i = line.next;
      afterBlank = true;
      continue;
    }
    const record = readLine(sample, line, dialect);
    out.push({ record, from: i, afterBlank });
    afterBlank = false;
    i = Math.max(record.next, i + 1);
  }
  const sound = out.filter(({ record }) => record.sound).map(({ record }) => record);
  if (sound.length === 0 || sound.length === out.length) return out;
  const width = commonWidth(sound);
  return out.map((one) => {
    if (one.record.sound || one.record.cells.length === width) return one;
    return { ...one, record: readLoosely(sample, lineAt(sample, one.from), dialect, width) };
  });
}

/** The record that starts on this line; one with bad quotes ends on it. */
export function readLine(text: string, line: PhysicalLine, dialect: TableDialect): RecordReading {
  const record = readRecord(text, line.from, dialect);
  const lone = loneFinalQuote(text, line, record, dialect);
  return lone ?? (record.sound ? record : readLoosely(text, line, dialect));
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

/** The position after so many physical lines. */
export function afterLines(text: string, count: number): number {
  let at = 0;
  for (let n = 0; n < count && at < text.length; n++) at = lineAt(text, at).next;
  return at;
}

/** The end of the sample that starts at `start`: after a line end, if there is one. */
export function sampleEnd(text: string, start: number): number {
  if (text.length - start <= SAMPLE_CHARS_MAX) return text.length;
  const end = text.lastIndexOf('\n', start + SAMPLE_CHARS_MAX);
  return end > start ? end + 1 : start + SAMPLE_CHARS_MAX;
}
