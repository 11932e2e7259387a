/** What the kit makes of invented files, a line for each. `readings.test.ts` compares the lines with those in `said/`. */
import { createHash } from 'node:crypto';
import { RelayError } from '../../core/errors.ts';
import { numberText } from '../../plugins/parsers/kit/container/workbook/cell-text.ts';
import { formatOf } from '../../plugins/parsers/kit/container/workbook/number-format.ts';
import { codeText, shownNumber, shownText } from '../../plugins/parsers/kit/container/workbook/shown.ts';
import { chooseEncoding, DEFAULT_CANDIDATES } from '../../plugins/parsers/kit/encoding/choice/choice.ts';
import { rankReadings } from '../../plugins/parsers/kit/encoding/choice/detect.ts';
import { type Survey, surveyBytes } from '../../plugins/parsers/kit/encoding/choice/survey.ts';
import { EncodingWatch } from '../../plugins/parsers/kit/encoding/doubts/watch.ts';
import { encodingInfo } from '../../plugins/parsers/kit/encoding/names.ts';
import { findForms } from '../../plugins/parsers/kit/suggest/cell-forms.ts';
import type { FeedColumn } from '../../plugins/parsers/kit/suggest/header-words.ts';
import { scoreColumns } from '../../plugins/parsers/kit/suggest/score-columns.ts';
import { detectDialect } from '../../plugins/parsers/kit/table/detect/sniff.ts';
import { readTable } from '../../plugins/parsers/kit/table/table-reader.ts';
import { catalogue } from './invented/catalogues.ts';
import { messyTable } from './invented/messy.ts';
import { numberFormat, storedNumbers } from './invented/number-formats.ts';
import { spoiledBytes } from './invented/spoiled-bytes.ts';
import { AWS_COUNT, ofAws } from './said-of-aws.ts';
import { BROKEN_COUNT, ofBrokenRows } from './said-of-broken-rows.ts';
import { ofCells } from './said-of-cells.ts';
import { NEAR_COUNT, ofColumns, ofNearCells } from './said-of-columns.ts';
import { ofConfigValue, VALUE_COUNT } from './said-of-config-values.ts';
import { ofConfig } from './said-of-configs.ts';
import { ofFeed } from './said-of-feeds.ts';
import { HISTORY_COUNT, ofHistory } from './said-of-histories.ts';
import { ofLayout, ofPlugin, PLUGIN_COUNT } from './said-of-layouts.ts';
import { OBJECTS_COUNT, ofObjects } from './said-of-objects.ts';
import { ofDeclared, ofOddTable } from './said-of-odd-tables.ts';
import { ofLaidOutReceipts, ofReceipt } from './said-of-receipts.ts';
import { CELL_COUNT, ofCell, ofRow } from './said-of-rows.ts';
import { ofRun } from './said-of-runs.ts';
import { ofFile, ofXml } from './said-of-sheets.ts';
import { ofShop, SHOP_COUNT } from './said-of-shops.ts';
import { ENCODING_COUNT, ofEncoding, ofSign, READ_SIGNS } from './said-of-signs.ts';
import { ofSpoiledRun, SPOILED_COUNT } from './said-of-spoiled-runs.ts';
import { ofStarts, START_COUNT } from './said-of-starts.ts';
import { ofStores, STORES_COUNT } from './said-of-stores.ts';
import { ofSweeps, SWEEP_COUNT } from './said-of-sweeps.ts';
import { ofWestern, WESTERN_COUNT } from './said-of-western.ts';
import { ofWorkers, WORKER_COUNT } from './said-of-workers.ts';

/** Stands for what is too long to show. */
const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
const line = (number: number, name: string, ...facts: string[]): string => `${number} ${name}: ${facts.join(' · ')}`;

function ofTable(number: number): string {
  const { spoiled, text } = messyTable(number);
  const found = detectDialect(text);
  const { delimiter, quote, escape: escaping, skipLines, headerLines, width, confidence, reasons, ambiguous } = found;
  const options = { dialect: found, skipLines, headerLines, joined: number % 3 === 0, ...(width > 1 ? { width } : {}) };
  const table = readTable(text, options);
  const rows = [...table.rows];
  const repaired = rows.flatMap((row) => (row.repaired === null ? [] : [`${row.line} ${row.repaired}`]));
  const others = table.otherTables.map(({ firstLine, lastLine }) => `${firstLine}-${lastLine}`);
  const lists = Object.entries({ repaired, footer: table.footer, others, ambiguous });
  const inBulk = [...readTable(text, options).parts];
  const { headersAgain, underlines } = table;
  return line(
    number,
    spoiled.join(', ') || 'as it should be',
    JSON.stringify([delimiter, quote, escaping, found.lineEnd]),
    `${skipLines} above, ${headerLines} header, ${rows.length} rows of ${table.width}`,
    ...lists.flatMap(([name, list]) => (list.length === 0 ? [] : [`${name} ${JSON.stringify(list)}`])),
    digest([
      rows.map((row) => [row.line, ...row.cells]),
      confidence.toFixed(2),
      reasons,
      headersAgain,
      underlines,
      inBulk,
    ]),
  );
}

function ofCatalogue(number: number): string {
  const { name, header, rows, currency } = catalogue(number);
  const choices = scoreColumns(header, rows, currency);
  const chosen = choices.flatMap(({ column, chosen: one }) => (one === null ? [] : [{ column, index: one.index }]));
  const cells = new Map(chosen.map(({ column, index }) => [column, rows.map((row) => row[index] ?? '')]));
  const names = new Map<FeedColumn, string>(chosen.map(({ column, index }) => [column, header?.[index] ?? '']));
  const { options, currency: marked, findings, withheld } = findForms(cells, currency, names);
  return line(
    number,
    name,
    chosen.map(({ column, index }) => `${column} ${index}`).join(', '),
    JSON.stringify(options),
    [marked ?? '-', ...findings.map(({ code, column, count }) => `${code} ${column} ${count}`)].join(', '),
    [...withheld.keys()].join(', '),
    digest([choices, findings, [...withheld]]),
  );
}

function ofFormat(number: number): string {
  const code = numberFormat(number) ?? '';
  const format = formatOf(number, numberFormat(number));
  if (format === null)
    return line(
      number,
      'as it is',
      storedNumbers(number)
        .map((one) => numberText(one, null, false))
        .join(' | '),
    );
  const { currency, isPercent, hasDates, hasCodes, hasTextMark } = format;
  const signs = Object.entries({ isPercent, hasDates, hasCodes, hasTextMark }).flatMap(([name, has]) =>
    has ? [name] : [],
  );
  const shown = storedNumbers(number).map((stored) => {
    const all = [
      shownNumber(stored, format, number % 5 === 0),
      numberText(stored, format, false),
      codeText(stored, format),
    ];
    return [...new Set(all)].map((text) => text ?? '-').join(' = ');
  });
  return line(number, code, [currency ?? '-', ...signs].join(', '), shown.join(' | '), shownText('a "b"', format));
}

/** How likely each encoding is. */
async function rankingOf(open: () => AsyncIterable<Uint8Array>, survey: Survey): Promise<unknown> {
  if (survey.words.length === 0) return [];
  const candidates = DEFAULT_CANDIDATES.flatMap((label) => encodingInfo(label) ?? []);
  const ranked = await rankReadings(open, survey, candidates);
  return ranked.map(({ name, words, score, perSize, absurd, isLone }) => [
    ...[name, words, score.toFixed(2), perSize.toFixed(2), absurd, isLone],
  ]);
}

async function ofBytes(number: number): Promise<string> {
  const { name, bytes, declared } = spoiledBytes(number);
  const open = async function* (): AsyncGenerator<Uint8Array> {
    const size = number % 4 === 0 ? 7 : 1 << 16;
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const survey = await surveyBytes(open());
  const facts = digest([
    survey,
    survey.words.map((word) => [...word]),
    number % 3 === 0 ? await rankingOf(open, survey) : [],
  ]);
  try {
    const { sample, ...choice } = await chooseEncoding(open, { declared });
    const watch = new EncodingWatch({ ...choice, ...(sample === undefined ? {} : { sample }) });
    const parts: Uint8Array[] = [];
    for await (const chunk of watch.decode(open(), open)) parts.push(chunk.slice());
    const { encoding, reason, confidence, over, likely } = choice;
    const said = [`${encoding} by ${reason}`, confidence.toFixed(2), over ?? '-', likely ?? '-'].join(', ');
    return line(
      number,
      name,
      said,
      watch.warnings().join(', '),
      digest([watch.reports(), Buffer.concat(parts).toString()]),
      facts,
    );
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return line(number, name, error.code, digest(error.message), facts);
  }
}

export interface SaidList {
  count: number;
  lineOf(number: number): string | Promise<string>;
  /** A line also has a digest of so many further ones: for lists whose lines take little time. */
  more?: number;
  /** Only the long tests read it. */
  isSlow?: boolean;
  /** The quick tests read every n-th of its lines, in place of every 61st: for lists whose lines take little time. */
  step?: number;
}

/** The lists by their names. */
export const LISTS: Record<string, SaidList> = {
  tables: { count: 1200, lineOf: ofTable },
  'table-starts': { count: START_COUNT, lineOf: ofStarts },
  'declared-tables': { count: 80, lineOf: ofDeclared, isSlow: true },
  'broken-rows': { count: BROKEN_COUNT, lineOf: ofBrokenRows, step: 12 },
  'odd-tables': { count: 900, lineOf: ofOddTable },
  columns: { count: 540, lineOf: ofCatalogue },
  'near-cells': { count: NEAR_COUNT, lineOf: ofNearCells },
  'odd-columns': { count: 400, lineOf: ofColumns },
  'number-formats': { count: 420, lineOf: ofFormat, more: 7 },
  signs: { count: READ_SIGNS.length, lineOf: ofSign, step: 4 },
  'western-words': { count: WESTERN_COUNT, lineOf: ofWestern },
  'encoding-names': { count: ENCODING_COUNT, lineOf: ofEncoding, step: 1 },
  cells: { count: CELL_COUNT, lineOf: ofCell, step: 7 },
  rows: { count: 900, lineOf: ofRow, more: 4, step: 19 },
  files: { count: 840, lineOf: ofFile },
  'sheet-xml': { count: 800, lineOf: ofXml },
  plugins: { count: PLUGIN_COUNT, lineOf: ofPlugin },
  layouts: { count: 900, lineOf: ofLayout, step: 37 },
  feeds: { count: 500, lineOf: ofFeed, step: 31 },
  receipts: { count: 420, lineOf: ofReceipt, step: 6 },
  'receipts-of-layouts': { count: 225, lineOf: ofLaidOutReceipts, step: 37 },
  // of six kinds, one after another
  'single-cells': { count: 300, lineOf: ofCells, step: 13 },
  configs: { count: 500, lineOf: ofConfig, step: 29 },
  'config-values': { count: VALUE_COUNT, lineOf: ofConfigValue },
  histories: { count: HISTORY_COUNT, lineOf: ofHistory, isSlow: true },
  runs: { count: 45, lineOf: ofRun, step: 16 },
  shops: { count: SHOP_COUNT, lineOf: ofShop, step: 13 },
  workers: { count: WORKER_COUNT, lineOf: ofWorkers },
  sweeps: { count: SWEEP_COUNT, lineOf: ofSweeps },
  objects: { count: OBJECTS_COUNT, lineOf: ofObjects, step: 16 },
  stores: { count: STORES_COUNT, lineOf: ofStores, step: 11 },
  'spoiled-runs': { count: SPOILED_COUNT, lineOf: ofSpoiledRun, isSlow: true },
  // each call in a few lines
  aws: { count: AWS_COUNT, lineOf: ofAws, step: 4 },
  encodings: { count: 480, lineOf: ofBytes },
};

/** A line of a list, as it is in its file. */
export async function saidLine({ count, lineOf, more = 0 }: SaidList, number: number): Promise<string> {
  const said = await lineOf(number);
  if (more === 0) return said;
  const further: string[] = [];
  for (let i = 0; i < more; i++) further.push(await lineOf(count + number * more + i));
  return `${said} · ${digest(further)}`;
}

export function listFile(name: string): URL {
  return new URL(`said/${name}.txt`, import.meta.url);
}
