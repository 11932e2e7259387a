/** The blocks between the blank lines of a text: which of them are tables, and where the first table ends. */

// biome-ignore-all lint/style/noNonNullAssertion: blocks are found by positions in the same list, and each delimiter has a view

import { DELIMITERS, type RecordReading, type TableDialect } from '../dialect.ts';
import { cellKind, profileColumns, strongKind } from '../shape/column-profile.ts';
import { commonWidth, type SampleRecord, sampleRecords } from './sample.ts';

/** The longest block above the table that is taken for text, if it is narrower than the block after it. */
const ASIDE_RECORDS = 5;
/** The fewest consecutive records of one width that are a table of their own, and their least share of all records. */
const RUN_RECORDS_MIN = 4;
const RUN_SHARE = 0.15;
/** The cost of each such width after the first, as a share of the records. */
const RUN_COST = 0.05;
/** Delimiters that also occur in prose. */
const PROSE_DELIMITERS = /^[ :]|^:+$| $/;

interface Block {
  /** The position in the sample. */
  from: number;
  records: RecordReading[];
}

/** The sample as one delimiter reads it. */
interface View {
  sampled: SampleRecord[];
  blocks: Block[];
}

/** Hard delimiters are tried on lines that show no other sign of being delimited; soft ones need more evidence. */
export const HARD_DELIMITERS: readonly string[] = DELIMITERS.filter((d) => !PROSE_DELIMITERS.test(d));
export const SOFT_DELIMITERS: readonly string[] = DELIMITERS.filter((d) => PROSE_DELIMITERS.test(d));

/** The number of fields of the first table. Blank lines end a table if another width follows them. */
export function tableWidth(sampled: readonly SampleRecord[]): number {
  const blocks = blocksOf(sampled);
  for (const [i, { records }] of blocks.entries()) {
    const width = looseAgreement(records);
    if (width === 0) continue;
    const rest = blocks.slice(i + 1).flatMap((block) => block.records);
    if (!isAside(records, width, rest.length, commonWidth(rest) / 2)) return width;
  }
  return firstRun(sampled) ?? commonWidth(sampled.map(({ record }) => record));
}

/** The width of the first of two tables without a blank line between them; null if there are not two. */
function firstRun(sampled: readonly SampleRecord[]): number | null {
  const runs = runsOf(sampled.map(({ record }) => record)).filter(
    ({ width, count }) => width > 1 && count >= Math.max(RUN_RECORDS_MIN, sampled.length * RUN_SHARE),
  );
  const widths = new Set(runs.map(({ width }) => width));
  const first = runs[0]?.width ?? null;
  return widths.size === 2 && runs.findLastIndex(({ width }) => width === first) === 0 ? first : null;
}

/** The share of the records that are in a long run of one width. */
export function runShare(records: readonly RecordReading[]): number {
  const min = Math.max(RUN_RECORDS_MIN, records.length * RUN_SHARE);
  const runs = runsOf(records).filter(({ width, count }) => width > 1 && count >= min);
  const inRuns = runs.reduce((sum, { count }) => sum + count, 0);
  return inRuns / records.length - RUN_COST * (new Set(runs.map(({ width }) => width)).size - 1);
}

function runsOf(records: readonly RecordReading[]): { width: number; count: number }[] {
  const runs: { width: number; count: number }[] = [];
  for (const { cells } of records) {
    const last = runs.at(-1);
    if (last?.width === cells.length) last.count++;
    else runs.push({ width: cells.length, count: 1 });
  }
  return runs;
}

/** The end of the first table, whatever its delimiter and that of the next table; the sample's length if there is one table. */
export function firstTableEnd(sample: string, firsts: readonly string[], quote: string | null): number {
  if (!/\n *\r?\n|\r *\r/.test(sample)) return sample.length;
  const view = (delimiter: string): View => {
    const sampled = sampleRecords(sample, { delimiter, quote, escape: null });
    return { sampled, blocks: blocksOf(sampled) };
  };
  const present = HARD_DELIMITERS.filter((delimiter) => sample.includes(delimiter));
  const views = new Map([...new Set([...firsts, ...present])].map((delimiter) => [delimiter, view(delimiter)]));
  const all = [...views.values()];
  const widthAfter = (at: number): number =>
    Math.max(1, ...all.map(({ sampled }) => commonWidth(recordsFrom(sampled, at))));
  const starts: { view: View; at: number; width: number }[] = [];
  for (const delimiter of firsts) {
    const one = views.get(delimiter)!;
    const at = one.blocks.findIndex(({ records }, i) => {
      const width = looseAgreement(records);
      if (width === 0 || isProse(records)) return false;
      const next = one.blocks[i + 1]?.from ?? sample.length;
      return !isAside(records, width, recordsFrom(one.sampled, next).length, widthAfter(next) - 1);
    });
    if (at >= 0) starts.push({ view: one, at, width: looseAgreement(one.blocks[at]!.records) });
  }
  const from = Math.min(...starts.map(({ view, at }) => view.blocks[at]!.from));
  const ends = starts
    .filter(({ view, at }) => view.blocks[at]!.from === from)
    .map(({ view, at, width }) => {
      const other = view.blocks.slice(at + 1).find(({ from: start, records }) => {
        if (records.filter((record) => record.cells.length === width).length * 2 >= records.length) return false;
        return all.some(({ blocks }) => {
          const block = blocks.find((one) => one.from === start);
          return block !== undefined && agreement(untitled(block.records)) > 0 && !isProse(block.records);
        });
      });
      return other?.from ?? sample.length;
    });
  return ends.length === 0 ? sample.length : Math.max(...ends);
}

/** The number of fields that all records have; 0 if they differ, have one field, or if there is only one record. */
export function agreement(records: readonly { cells: readonly string[] }[]): number {
  const width = records[0]?.cells.length ?? 0;
  return width > 1 && records.length > 1 && records.every(({ cells }) => cells.length === width) ? width : 0;
}

/** The records without a title line above them. */
export function untitled<T extends { cells: readonly string[] }>(records: readonly T[]): readonly T[] {
  return records[0]?.cells.length === 1 ? records.slice(1) : records;
}

/** True for sentences that happen to have the same number of commas, each followed by a space. */
export function isProse(records: readonly { cells: readonly string[] }[]): boolean {
  return records.every(({ cells }) =>
    cells.every((cell, i) => (i === 0 || /^\s/.test(cell)) && ['text', 'empty'].includes(cellKind(cell))),
  );
}

export function looksLikeHeader(head: readonly string[], below: readonly (readonly string[])[]): boolean {
  if (head.some((cell) => !['text', 'empty', 'code'].includes(cellKind(cell)) || /^\d/.test(cell.trim()))) return false;
  if (new Set(head).size < head.length) return false;
  const bodyKinds = below.flat().map(cellKind);
  return (
    bodyKinds.some((kind) => kind !== 'text' && kind !== 'empty') ||
    below.every((row) => row.every((cell, i) => cell !== head[i]))
  );
}

/** True for a header above at least two rows that have a column of numbers, dates or the like. */
export function isHeaded(records: readonly RecordReading[], width: number): boolean {
  const [head, ...below] = records.filter((record) => record.cells.length === width);
  if (head === undefined || below.length < 2) return false;
  const rows = below.map(({ cells }) => cells);
  return (
    looksLikeHeader(head.cells, rows) && profileColumns(below, width).some((p) => (strongKind(p) ?? 'code') !== 'code')
  );
}

export function dialectWith(dialect: TableDialect, delimiter: string): TableDialect {
  return delimiter === dialect.delimiter ? dialect : { ...dialect, delimiter };
}

/** The number of fields of most records of a block, or 0. */
function looseAgreement(records: readonly RecordReading[]): number {
  const width = commonWidth(records);
  const fitting = records.filter((record) => record.cells.length === width).length;
  return width < 2 || records.length < 2 || fitting < records.length * 0.7 ? 0 : width;
}

/** True for a few lines above the table, such as `Vendor,ACME`: few and narrow, and no header over typed columns. */
function isAside(records: readonly RecordReading[], width: number, following: number, widest: number): boolean {
  // titles padded with the separators of the rows below
  const filled = Math.max(...records.map(filledWidth));
  if (records.length <= ASIDE_RECORDS && filled <= width / 2 && filled <= Math.max(1, width / 3) && following >= 2)
    return true;
  return (
    records.length <= ASIDE_RECORDS && width <= widest && following >= records.length * 3 && !isHeaded(records, width)
  );
}

/** The number of cells up to the last filled one. */
export function filledWidth({ cells }: { cells: readonly string[] }): number {
  return cells.findLastIndex((cell) => cell.trim() !== '') + 1;
}

function recordsFrom(sampled: readonly SampleRecord[], at: number): RecordReading[] {
  return sampled.filter(({ from }) => from >= at).map(({ record }) => record);
}

function blocksOf(sampled: readonly SampleRecord[]): Block[] {
  const blocks: Block[] = [];
  for (const { record, from, afterBlank } of sampled) {
    if (afterBlank || blocks.length === 0) blocks.push({ from, records: [] });
    blocks.at(-1)?.records.push(record);
  }
  return blocks;
}
