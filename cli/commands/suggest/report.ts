/** What `relay suggest` found out about one file, in the form that `--json` prints. */
import { statSync } from 'node:fs';
import { REQUIRED_COLUMNS } from '../../../core/canonical.ts';
import type { AnyPlugin } from '../../../core/registry.ts';
import { findForms } from '../../../plugins/parsers/kit/suggest/cell-forms.ts';
import type { FeedColumn } from '../../../plugins/parsers/kit/suggest/header-words.ts';
import { recognizeFormat } from '../../../plugins/parsers/kit/suggest/recognize.ts';
import { readSampleTable, type SampleTable } from '../../../plugins/parsers/kit/suggest/sample-table.ts';
import { scoreColumns } from '../../../plugins/parsers/kit/suggest/score-columns.ts';
import { loadPlugins } from '../../plugins/load.ts';
import type { BaseSettings } from '../../settings.ts';
import { withColumnCurrency } from './currency-columns.ts';
import { columnNotes, csvEntry, type EntryParts, entryText, formatEntry, type SuggestedEntry } from './entry.ts';
import { type FilePart, firstBytes } from './first-bytes.ts';
import { type Problem, suggestionProblems } from './problems.ts';
import { sourceName } from './row-filters.ts';
import { type Sample, sampleFile } from './sample.ts';
import { type Trial, tryEntry } from './trial.ts';

export interface SuggestOptions {
  file: string;
  vendorId: string;
  encoding: string;
  delimiter: string | null;
  /** Null to detect them. */
  skipLines: number | null;
  headerLines: number | null;
  member: string | null;
  sheet: string | null;
  /** The tenant's currency, for signs that several currencies share. */
  currency: string | null;
  /** The parser to use, however the file looks. */
  format: string | null;
  /** Bytes of a large file that an entry is tried on; null for all. */
  firstBytesMax: number | null;
}

interface ReportedCandidate {
  source: string;
  index: number;
  score: number;
  reasons: string[];
}

export interface SuggestReport {
  file: string;
  via: readonly string[];
  sample: { bytes: number; whole: boolean; rows: number };
  encoding: {
    name: string;
    bom: boolean;
    reason: string;
    confidence: number;
    readings: Sample['readings'];
    /** Null if no second detector was asked. */
    second_opinion: Sample['opinion'];
  };
  dialect: {
    delimiter: string;
    quote: string | null;
    escape: string | null;
    line_end: string;
    fields: number;
    confidence: number;
    reasons: string[];
    /** Delimiters that read the file equally well. */
    readings: { delimiter: string; fields: number }[];
  };
  header: { lines_above: number; lines: number; names: string[] };
  format: { id: string; reason: string };
  /** Empty if the parser of a known format reads the file. */
  columns: { column: FeedColumn; chosen: ReportedCandidate | null; read: boolean; rivals: ReportedCandidate[] }[];
  unused: string[];
  rows: Trial['rows'];
  /** The first rows as the file has them, header first; empty if the proposed entry reads rows. */
  sample_rows: string[][];
  /** `bytes` of the file were read; `whole` is true if that is all of it. */
  read: {
    total_rows: number;
    invalid_rows: number;
    error_counts: Record<string, number>;
    bytes: number;
    whole: boolean;
  };
  file_bytes: number;
  problems: Problem[];
  /** The problems that only the user can answer. */
  questions: Pick<Problem, 'code' | 'column' | 'message'>[];
  config: SuggestedEntry;
  config_text: string;
  default_currency: string | null;
}

/** The most rows of a sample, cells per row, and characters per cell. */
const SAMPLE_ROWS = 5;
const SAMPLE_CELLS = 30;
const CELL_CHARS = 60;
const DEFAULT_CURRENCY = 'USD';
/** The parser of a known format is suggested if it reads at least this share of the rows. */
const FORMAT_SHARE = 0.5;

export async function suggestFor(options: SuggestOptions, settings: BaseSettings): Promise<SuggestReport> {
  const { file, member } = options;
  const sample = await sampleFile(file, options);
  // a run reads the first sheet by default
  const sheet = options.sheet ?? (sample.chosenSheet?.isFirst === false ? sample.chosenSheet.name : null);
  const given = sample.isSheet ? ',' : options.delimiter;
  const table = readSampleTable(sample.text, {
    ...(given === null ? {} : { delimiter: given }),
    ...(options.skipLines === null ? {} : { skipLines: options.skipLines }),
    ...(options.headerLines === null ? {} : { headerLines: options.headerLines }),
    ...(sample.isSheet ? { quote: '"', escape: null } : {}),
  });
  const { registry, plugins: loaded } = await loadPlugins(settings.pluginsFile);
  const plugins = loaded.map(({ plugin }) => plugin);
  const parts: EntryParts = {
    vendorId: options.vendorId,
    sample,
    table,
    ...judgeColumns(table, options.currency),
    currency: options.currency,
    container: { ...(member === null ? {} : { member }), ...(sheet === null ? {} : { sheet }) },
  };
  // a part of an archive or workbook cannot be read, and line ends in UTF-16 are not single bytes
  const isCut = sample.via.length === 0 && !sample.isSheet && !/^utf-(16|32)/.test(sample.encoding.encoding);
  const part = firstBytes(file, isCut ? options.firstBytesMax : null, table.dialect.quote);
  const attempt = (entry: SuggestedEntry) =>
    tryEntry(file, entry, { currency: currencyFor(parts, options), registry, settings, part });
  const known = formatFor(options, plugins, table);
  if (known !== null) {
    const entry = formatEntry(parts, known.id);
    const trial = await attempt(entry);
    const valid = trial.totalRows - trial.invalidRows;
    const fits = trial.failure === null && valid > 0 && valid >= trial.totalRows * FORMAT_SHARE;
    if (fits || options.format !== null) return reportOf(options, parts, { entry, trial, known, part });
  }
  const entry = csvEntry(parts);
  return reportOf(options, parts, { entry, trial: await attempt(entry), known: null, part });
}

function judgeColumns(table: SampleTable, currency: string | null): Pick<EntryParts, 'choices' | 'forms'> {
  const choices = scoreColumns(table.header, table.rows, currency);
  const cells = new Map<FeedColumn, string[]>();
  const headers = new Map<FeedColumn, string>();
  for (const { column, chosen } of choices) {
    if (chosen === null) continue;
    const own = table.rows.map((row) => row[chosen.index] ?? '');
    cells.set(column, own);
    headers.set(column, table.header?.[chosen.index] ?? '');
  }
  return { choices, forms: withColumnCurrency(findForms(cells, currency, headers), { table, choices, currency }) };
}

function currencyFor({ forms }: EntryParts, { currency }: SuggestOptions): string {
  return currency ?? forms.currency ?? DEFAULT_CURRENCY;
}

function formatFor(
  { format }: SuggestOptions,
  plugins: readonly AnyPlugin[],
  { header, rows }: SampleTable,
): { id: string; reason: string } | null {
  if (format === 'csv') return null;
  if (format !== null) return { id: format, reason: 'given' };
  const parsers = plugins.flatMap(({ manifest }) => (manifest.kind === 'parser' ? [manifest] : []));
  // the first row of a table without a header may have been mistaken for one
  return recognizeFormat(parsers, header, header === null ? rows : [header, ...rows]);
}

/** The proposal. `known` is the format with a parser of its own; null for the parser `csv`. */
interface Proposal {
  entry: SuggestedEntry;
  trial: Trial;
  known: { id: string; reason: string } | null;
  /** The part of the file that the trial read. */
  part: FilePart;
}

function reportOf(options: SuggestOptions, parts: EntryParts, { entry, trial, known, part }: Proposal): SuggestReport {
  const { sample, table, choices, forms } = parts;
  const { dialect } = table;
  const reported = ({ index, score, reasons }: NonNullable<(typeof choices)[number]['chosen']>) => ({
    source: sourceName(table.header, index),
    ...{ index, score, reasons },
  });
  const used = new Set(choices.map(({ chosen }) => chosen?.index));
  const problems = suggestionProblems(parts, trial, known !== null);
  const above = problems
    .filter(({ declare }) => declare)
    .map(({ column, message }) => (column === null ? message : `${column}: ${message}`));
  const notes = { above, columns: known === null ? columnNotes(table, choices, forms) : [] };
  return {
    file: options.file,
    via: sample.via,
    sample: { bytes: sample.bytes, whole: sample.isWhole, rows: table.rows.length },
    encoding: {
      name: sample.encoding.encoding,
      ...{ bom: sample.encoding.bom, reason: sample.encoding.reason, confidence: sample.encoding.confidence },
      readings: sample.readings,
      second_opinion: sample.opinion,
    },
    dialect: {
      ...{ delimiter: dialect.delimiter, quote: dialect.quote, escape: dialect.escape, line_end: dialect.lineEnd },
      ...{ fields: dialect.width, confidence: dialect.confidence, reasons: dialect.reasons },
      readings: dialect.ambiguous.map((delimiter) => ({
        delimiter,
        fields: dialect.scores.find((one) => one.delimiter === delimiter)?.width ?? dialect.width,
      })),
    },
    header: { lines_above: dialect.skipLines, lines: dialect.headerLines, names: table.header ?? [] },
    format: known ?? { id: entry.parser.format, reason: 'laid out by its columns' },
    columns:
      known !== null
        ? []
        : choices.map(({ column, chosen, rivals }) => ({
            column,
            chosen: chosen === null ? null : reported(chosen),
            read: chosen !== null && !forms.withheld.has(column),
            rivals: rivals.map(reported),
          })),
    unused: known !== null ? [] : (table.header ?? []).filter((_, i) => !used.has(i)),
    rows: trial.rows,
    sample_rows: trial.rows.length > 0 ? [] : sampleRows(table),
    read: {
      ...{ total_rows: trial.totalRows, invalid_rows: trial.invalidRows, error_counts: trial.errorCounts },
      ...{ bytes: part.bytes, whole: part.isWhole },
    },
    file_bytes: statSync(options.file).size,
    problems,
    questions: problems
      .filter(({ question }) => question)
      .map(({ code, column, message }) => ({ code, column, message })),
    config: entry,
    config_text: entryText(entry, notes),
    default_currency: known === null ? forms.currency : null,
  };
}

function sampleRows({ header, rows, dialect }: SampleTable): string[][] {
  const names = header ?? Array.from({ length: dialect.width }, (_, i) => `#${i}`);
  const shown = [names, ...rows.slice(0, SAMPLE_ROWS)];
  return rows.length === 0
    ? []
    : shown.map((row) => row.slice(0, SAMPLE_CELLS).map((cell) => cell.slice(0, CELL_CHARS)));
}

/** True if the entry can be used unchanged. */
export function isComplete({ columns }: SuggestReport): boolean {
  return columns.every(({ column, read }) => read || !REQUIRED_COLUMNS.includes(column));
}
