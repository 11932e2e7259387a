/**
 * Finds the vendors of a folder of raw feeds: runs `relay suggest` on the newest file of each, and asks the one
 * question that matters most.
 */
import fs from 'node:fs';
import path from 'node:path';
import { REQUIRED_COLUMNS } from '../../../core/canonical.ts';
import { counted } from '../../../core/text/counted.ts';
import { printable } from '../../../core/text/printable.ts';
import type { BaseSettings } from '../../settings.ts';
import { explain } from '../../table-file/explain.ts';
import { entryText, type SuggestedEntry } from '../suggest/entry.ts';
import { isComplete, type SuggestReport, suggestFor } from '../suggest/report.ts';
import type { Ask } from './ask.ts';
import { type LeftOut, type RawFeed, rawFeeds } from './raw-feeds.ts';

export interface FoundVendor {
  id: string;
  /** The path below the folder. */
  file: string;
  /** True if `--input` finds it in its place. */
  isInOwnFolder: boolean;
  /** Feeds beside it in its folder, which are not read. */
  others: readonly string[];
  report: SuggestReport;
  /** The entry for the list `vendors`, with the suggestion's comments. */
  text: string;
}

export interface VendorFolders {
  found: FoundVendor[];
  leftOut: LeftOut[];
}

export interface LookOptions {
  settings: BaseSettings;
  currency: string | null;
  ask: Ask;
}

export async function lookAtVendors(folder: string, options: LookOptions): Promise<VendorFolders> {
  const { feeds, leftOut } = rawFeeds(folder);
  const all: VendorFolders = { found: [], leftOut: [...leftOut] };
  for (const feed of feeds) {
    const one = await lookAt(folder, feed, options);
    if ('why' in one) all.leftOut.push(one);
    else all.found.push(one);
  }
  return all;
}

async function lookAt(folder: string, feed: RawFeed, options: LookOptions): Promise<FoundVendor | LeftOut> {
  const { id, file, isInOwnFolder, others } = feed;
  const below = path.relative(folder, file);
  const name = isInOwnFolder ? id : below;
  if (fs.statSync(file).size === 0) return { name, why: `${path.basename(file)} is empty` };
  const suggest = `see relay suggest ${shellWord(file)}`;
  let report: SuggestReport;
  try {
    report = await suggestFor(
      {
        ...{ file, vendorId: id, encoding: 'auto', delimiter: null, skipLines: null, headerLines: null },
        ...{ currency: options.currency, format: null, member: null, sheet: null, firstBytesMax: null },
      },
      options.settings,
    );
  } catch (error) {
    const { code, message } = explain(error, file);
    if (code === 'internal_error') throw error;
    return { name, why: `${path.basename(file)}: ${code}: ${printable(message)}; ${suggest}` };
  }
  if (!isComplete(report))
    return { name, why: `no column of ${path.basename(file)} is surely ${unsure(report)}; ${suggest}` };
  if (report.read.total_rows === report.read.invalid_rows)
    return { name, why: noRow(report, path.basename(file), { currency: options.currency, suggest }) };
  return await answered({ id, file: below, isInOwnFolder, others, report, text: report.config_text }, options.ask);
}

/** The required columns that were not found, with what may be them. */
function unsure(report: SuggestReport): string {
  const lacking = report.columns.filter(({ column, read }) => !read && REQUIRED_COLUMNS.includes(column));
  return lacking
    .map(({ column, chosen, rivals }) => {
      const [near] = [chosen ?? [], rivals].flat();
      return near === undefined ? column : `${column} (perhaps ${printable(JSON.stringify(near.source))})`;
    })
    .join(' or ');
}

/** Why a feed of which every row is refused is left out: the most frequent refusal, with its first cell. */
function noRow(
  { read, problems }: SuggestReport,
  file: string,
  { currency, suggest }: { currency: string | null; suggest: string },
): string {
  const [code] = Object.entries(read.error_counts).sort(([, a], [, b]) => b - a)[0] ?? [];
  const first = problems.find((problem) => problem.code === code);
  const refused =
    first === undefined ? '' : `: ${[first.column ?? [], code].flat().join(' ')}: ${printable(first.message)}`;
  const cure = code === 'foreign_currency' && currency !== null ? foreignCure(currency) : suggest;
  return `no row of ${file} can be read${refused}; ${cure}`;
}

/** What to do about a vendor whose amounts are not in the tenant's currency. */
export function foreignCure(currency: string): string {
  return `add the entry that relay suggest makes, and its currency with a rate to ${currency} in pricing.vendor_terms`;
}

/** How an answer changes the entry. A no leaves it as it is; null if the answer says neither. */
const ANSWERS: Readonly<
  Record<string, (entry: SuggestedEntry, column: string, answer: string) => SuggestedEntry | null>
> = {
  cost_or_price: (entry, _column, answer) => (isYes(answer) ? withCost(entry) : isNo(answer) ? entry : null),
  gross_amounts: (entry, column, answer) => {
    const rate = /^(\d{1,2}([.,]\d{1,2})?) ?%?$/.exec(answer.trim())?.[1];
    if (rate === undefined) return isNo(answer) ? entry : null;
    return Number(rate.replace(',', '.')) === 0 ? entry : divided(entry, column, rate);
  },
};

const QUESTIONS: Readonly<Record<string, string>> = {
  cost_or_price: 'Is it what you pay? [y/N] ',
  gross_amounts: 'The tax rate in per cent if these amounts include tax, 0 if they do not: ',
};

/** Asks the first question whose answer alone changes the entry. What is not answered becomes a comment in the config. */
async function answered(vendor: FoundVendor, ask: Ask): Promise<FoundVendor> {
  const { report } = vendor;
  const question = report.questions.find(({ code, column }) => code in ANSWERS && column !== null);
  if (ask === null || question === undefined || question.column === null) return vendor;
  const { code, column, message } = question;
  const answer = await ask(`${vendor.id} (${printable(vendor.file)}), ${column}: ${message}\n${QUESTIONS[code]}`);
  const entry = ANSWERS[code]?.(report.config, column, answer) ?? null;
  if (entry === null) return vendor;
  const questions = report.questions.filter((one) => one !== question);
  const above = questions.map((one) => (one.column === null ? one.message : `${one.column}: ${one.message}`));
  return { ...vendor, report: { ...report, config: entry, questions }, text: entryText(entry, { above, columns: [] }) };
}

function isYes(answer: string): boolean {
  return /^\s*y(es)?\s*$/i.test(answer);
}

function isNo(answer: string): boolean {
  return /^\s*no?\s*$/i.test(answer);
}

function withCost(entry: SuggestedEntry): SuggestedEntry {
  const { price, ...map } = entry.parser.column_map ?? {};
  if (price === undefined) return entry;
  return { ...entry, parser: { ...entry.parser, column_map: { ...map, cost: price } } };
}

/** A tax rate of 19 gives `divide_by: "1.19"`. */
function divided(entry: SuggestedEntry, column: string, rate: string): SuggestedEntry {
  const by = String(Number((1 + Number(rate.replace(',', '.')) / 100).toFixed(6)));
  const options = entry.parser.options ?? {};
  const columns = (options.columns ?? {}) as Record<string, object>;
  const own = { ...columns[column], divide_by: by };
  return { ...entry, parser: { ...entry.parser, options: { ...options, columns: { ...columns, [column]: own } } } };
}

/** `acme/feed.csv: 12 rows, 1 refused; utf-8 (bom), delimiter ","`. */
export function vendorNote({ file, report }: FoundVendor): string {
  const { read, encoding, dialect, format } = report;
  const codes = Object.keys(read.error_counts).join(', ');
  const refused = read.invalid_rows === 0 ? '' : `, ${counted(read.invalid_rows, 'row')} refused (${codes})`;
  const how =
    format.id === 'csv'
      ? `${encoding.name} (${encoding.reason}), delimiter ${JSON.stringify(dialect.delimiter)}: ${dialect.reasons[0]}`
      : `${format.id}: ${format.reason}`;
  return printable(`${file}: ${counted(read.total_rows, 'row')}${refused}; ${how}`);
}

/** The arguments that tell a run where the feeds are. */
export function inputArguments(folder: string, vendors: readonly FoundVendor[]): string {
  if (vendors.every(({ isInOwnFolder }) => isInOwnFolder)) return `--input ${shellWord(folder)}`;
  return vendors.map(({ id, file }) => `--vendor ${shellWord(`${id}=${path.join(folder, file)}`)}`).join(' ');
}

export function shellWord(text: string): string {
  const word = printable(text);
  return /^[\w./@:+=,%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
