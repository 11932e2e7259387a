/** What `relay run` tells a person: what it did, what it refused and why, and where the files are. */
import fs from 'node:fs';
import path from 'node:path';
import type { RowEntry, VendorEntry } from '../core/issue.ts';
import { PATHS } from '../core/pipeline/artifacts.ts';
import type { RunOutcome } from '../core/pipeline/run.ts';
import { counted } from './config-file.ts';

/** Rejected rows that are shown; the rest are in errors.json. */
const ROWS_SHOWN = 10;

/** The artifacts below a run's folder by their names in the API. */
export function artifactFiles(root: string): Record<string, string> {
  const files: Record<string, string> = {};
  const add = (name: string, file: string) => {
    if (fs.existsSync(path.join(root, file))) files[name] = file;
  };
  for (const format of ['csv', 'jsonl'] as const) add('merged_inventory', PATHS.merged(format));
  add('run_summary', PATHS.summary);
  add('errors', PATHS.errors);
  add('input_manifest', PATHS.manifest);
  add('config_snapshot', PATHS.config);
  for (const vendor of foldersIn(path.join(root, 'normalized'))) add(`normalized_${vendor}`, PATHS.normalized(vendor));
  for (const vendor of foldersIn(path.join(root, 'inbound'))) {
    for (const name of fs.readdirSync(path.join(root, 'inbound', vendor)))
      add(`inbound_${vendor}`, PATHS.inbound(vendor, name));
  }
  return files;
}

function foldersIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

export function describeOutcome(outcome: RunOutcome, root: string, files: Record<string, string>): string {
  const { summary } = outcome;
  const lines = [`Run ${summary.run_id} ${outcome.status} in ${summary.duration_seconds.toFixed(2)} s`];
  if (outcome.error_code !== null) {
    lines.push(`  ${outcome.error_code} in ${outcome.failed_stage}: ${outcome.error_message}`);
  }
  const vendors = Object.entries(summary.vendor_record_counts).map(
    ([id, rows]) => `${id} ${rows.toLocaleString('en-US')}`,
  );
  lines.push(
    `  read ${counted(summary.total_rows, 'row')}, ${summary.invalid_rows.toLocaleString('en-US')} of them invalid`,
  );
  if (vendors.length > 0) lines.push(`  valid rows by vendor: ${vendors.join(', ')}`);
  if (outcome.status === 'SUCCEEDED') lines.push(`  merged feed: ${counted(summary.record_count, 'SKU')}`);
  const { count, skus } = summary.unpriced_skus;
  if (count > 0) {
    const more = count > 5 ? ', …' : '';
    lines.push(
      `  left out for want of a cost or price: ${counted(count, 'SKU')} (${skus.slice(0, 5).join(', ')}${more})`,
    );
  }
  lines.push(...rejectedRows(root, files), ...listed('Warnings', summary.warnings));
  lines.push(`Files in ${root}`, ...Object.values(files).map((file) => `  ${file}`));
  return `${lines.join('\n')}\n`;
}

function rejectedRows(root: string, files: Record<string, string>): string[] {
  if (files.errors === undefined) return [];
  const entries = JSON.parse(fs.readFileSync(path.join(root, files.errors), 'utf8')) as Array<RowEntry | VendorEntry>;
  const shown = entries.slice(0, ROWS_SHOWN).map(describeEntry);
  const more = entries.length - shown.length;
  if (more > 0) shown.push(`… ${counted(more, 'more entry').replace('entrys', 'entries')} in ${files.errors}`);
  return listed('Rejected', shown);
}

function describeEntry(entry: RowEntry | VendorEntry): string {
  if (!('row_number' in entry)) return `${entry.vendor_id ?? ''} ${entry.error_code}: ${entry.error_message}`.trim();
  const where = `${entry.vendor_id} line ${entry.line} (row ${entry.row_number})`;
  const cell = entry.column === null ? '' : ` ${entry.column}`;
  const value = entry.value === null ? '' : ` ${JSON.stringify(entry.value)}`;
  const also = entry.problems.length > 1 ? ` (and ${entry.problems.length - 1} more)` : '';
  return `${where}:${cell}${value} ${entry.error_code}: ${entry.reason}${also}`;
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}
