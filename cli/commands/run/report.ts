/** The text that `relay run` prints: what it did, which rows it refused and why, and where the files are. */
import fs from 'node:fs';
import path from 'node:path';
import { shownSku } from '../../../core/bytes/signs/sku-signs.ts';
import type { RowEntry, VendorEntry } from '../../../core/issue.ts';
import { artifactName } from '../../../core/pipeline/artifact-names.ts';
import { PATHS } from '../../../core/pipeline/artifacts.ts';
import type { RunOutcome } from '../../../core/pipeline/run.ts';
import type { PublishSummary } from '../../../core/pipeline/run-types.ts';
import { counted, grouped } from '../../../core/text/counted.ts';
import { printable } from '../../../core/text/printable.ts';
import { bold, green, lines, red, type Text } from '../../colour.ts';
import { noticeLines } from '../../notice-lines.ts';

/** The most rejected rows that are shown; errors.json has all of them. */
const ROWS_SHOWN = 10;
/** Bytes of errors.json that are read. */
const HEAD_BYTES = 1 << 20;
/** Characters shown of a value. */
const VALUE_CHARS = 80;

/** The files of a run with `publish`, `guardrails` or `expect`. */
const PUBLISH_FILES = [
  PATHS.delta,
  PATHS.publishState,
  PATHS.holds,
  PATHS.vanished,
  PATHS.diff,
  PATHS.guardrails,
  PATHS.expectations,
];

/** The artifacts in a run's folder, by their names in the API. */
export function artifactFiles(root: string): Record<string, string> {
  const files: Record<string, string> = {};
  const add = (name: string, file: string) => {
    if (!fs.existsSync(path.join(root, file))) return;
    // a feed of several files has one artifact per file
    files[name in files ? `${name}:${path.posix.basename(file)}` : name] = file;
  };
  for (const format of ['csv', 'jsonl'] as const) {
    add('merged_inventory', PATHS.merged(format));
    add('candidate_inventory', PATHS.candidate(format));
  }
  for (const file of namesIn(path.join(root, 'outputs', 'exports'))) {
    const name = `outputs/exports/${file}`;
    add(artifactName(name) ?? name, name);
  }
  for (const file of namesIn(path.join(root, 'reports', 'rejects'))) {
    const name = `reports/rejects/${file}`;
    add(artifactName(name) ?? name, name);
  }
  for (const name of PUBLISH_FILES) add(artifactName(name) ?? name, name);
  add('run_summary', PATHS.summary);
  add('errors', PATHS.errors);
  add('input_manifest', PATHS.manifest);
  add('config_snapshot', PATHS.config);
  for (const vendor of namesIn(path.join(root, 'normalized'))) add(`normalized_${vendor}`, PATHS.normalized(vendor));
  for (const vendor of namesIn(path.join(root, 'inbound'))) {
    for (const name of fs.readdirSync(path.join(root, 'inbound', vendor)))
      add(`inbound_${vendor}`, PATHS.inbound(vendor, name));
  }
  for (const vendor of namesIn(path.join(root, 'carried_over'))) {
    for (const name of namesIn(path.join(root, 'carried_over', vendor)))
      add(`carried_over_${vendor}`, PATHS.carriedOver(vendor, name));
  }
  for (const vendor of namesIn(path.join(root, 'side_files'))) {
    for (const name of namesIn(path.join(root, 'side_files', vendor))) {
      for (const file of namesIn(path.join(root, 'side_files', vendor, name)))
        add(`side_file_${vendor}_${name}`, PATHS.sideFile(vendor, name, file));
    }
  }
  return files;
}

function namesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

export function describeOutcome(outcome: RunOutcome, root: string, files: Record<string, string>): Text {
  const { summary } = outcome;
  const status = (outcome.status === 'SUCCEEDED' ? green : red)(outcome.status);
  const shown: Text[] = [[`Run ${summary.run_id} `, status, ` in ${summary.duration_seconds.toFixed(2)} s`]];
  if (outcome.error_code !== null) {
    shown.push(['  ', red(outcome.error_code), ` in ${outcome.failed_stage}: ${outcome.error_message}`]);
  }
  const vendors = Object.entries(summary.vendor_record_counts).map(([id, rows]) => `${id} ${grouped(rows)}`);
  shown.push(`  read ${counted(summary.total_rows, 'row')}, ${grouped(summary.invalid_rows)} of them invalid`);
  if (vendors.length > 0) shown.push(`  valid rows by vendor: ${vendors.join(', ')}`);
  if (outcome.status === 'SUCCEEDED') shown.push(`  merged feed: ${counted(summary.record_count, 'SKU')}`);
  const wins = Object.entries(summary.vendor_figures).map(([id, figure]) => `${id} ${grouped(figure.wins)}`);
  if (wins.length > 1) shown.push(`  SKUs won by vendor: ${wins.join(', ')}`);
  if (summary.publish !== undefined) shown.push(`  against the published feed: ${changesText(summary.publish)}`);
  const { count, skus } = summary.unpriced_skus;
  if (count > 0) {
    const named = skus.slice(0, 5).map((sku) => shownSku(sku));
    const more = count > 5 ? ', …' : '';
    shown.push(`  left out, no cost and no price: ${counted(count, 'SKU')} (${named.join(', ')}${more})`);
  }
  shown.push(...rejectedRows(outcome, root, files), ...titledList('Warnings', noticeLines(summary.notices)));
  shown.push(...titledList(`Files in ${root}`, Object.values(files)));
  return lines(shown);
}

/** Such as `3 added, 1 held`. */
function changesText({ changes, held_silently }: PublishSummary): string {
  const parts = Object.entries(changes).flatMap(([change, count]) => {
    const rejected = change === 'held' && held_silently > 0 ? ` (${grouped(held_silently)} rejected)` : '';
    return count === 0 ? [] : [`${grouped(count)} ${change}${rejected}`];
  });
  return parts.join(', ') || 'nothing';
}

/** Entries of errors.json that neither the outcome nor the warnings repeat. */
function rejectedRows(outcome: RunOutcome, root: string, files: Record<string, string>): Text[] {
  if (files.errors === undefined) return [];
  const listedFirst = firstEntries(path.join(root, files.errors));
  const entries = listedFirst.filter((entry) => !isRepeated(entry, outcome));
  const first = entries.slice(0, ROWS_SHOWN);
  const shown: Text[] = first.map(describeEntry);
  // rows of a file that was not used do not count as invalid rows of the run, but are listed
  const all = Object.values(outcome.summary.error_counts).reduce((sum, count) => sum + count, 0);
  const more = all - (listedFirst.length - entries.length) - first.length;
  if (more > 0) shown.push(`… ${grouped(more)} more in ${files.errors}`);
  return titledList('Rejected', shown);
}

/** errors.json has one entry per line, so the head of a large file is enough. */
function firstEntries(file: string): Array<RowEntry | VendorEntry> {
  const head = Buffer.alloc(HEAD_BYTES);
  const fd = fs.openSync(file, 'r');
  const bytes = fs.readSync(fd, head, 0, HEAD_BYTES, 0);
  fs.closeSync(fd);
  const lines = head.toString('utf8', 0, bytes).split('\n');
  return lines.slice(1, -1).flatMap((line) => (line === ']' ? [] : [JSON.parse(line.replace(/,$/, ''))]));
}

function isRepeated(entry: RowEntry | VendorEntry, outcome: RunOutcome): boolean {
  if ('row_number' in entry) return false;
  return entry.error_message === outcome.error_message || /_VENDOR_MISSING$/.test(entry.error_code);
}

function describeEntry(entry: RowEntry | VendorEntry): Text {
  if (!('row_number' in entry)) {
    const vendor = entry.vendor_id === undefined ? '' : `${entry.vendor_id} `;
    return [vendor, red(entry.error_code), `: ${printable(entry.error_message)}`];
  }
  const where = `${entry.vendor_id} line ${entry.line} (row ${entry.row_number})`;
  const cell = entry.column === null ? '' : ` ${entry.column}`;
  const value = entry.value === null ? '' : ` ${JSON.stringify(shortValue(entry.value))}`;
  const also = entry.problems.length > 1 ? ` (and ${entry.problems.length - 1} more)` : '';
  return [`${where}:${cell}${value} `, red(entry.error_code), `: ${printable(entry.reason)}${also}`];
}

/** errors.json has the whole value. */
function shortValue(value: string): string {
  return value.length > VALUE_CHARS ? `${value.slice(0, VALUE_CHARS)}…` : value;
}

function titledList(title: string, texts: readonly Text[]): Text[] {
  return texts.length === 0 ? [] : [bold(title), ...texts.map((text): Text => ['  ', text])];
}
