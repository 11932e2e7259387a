/**
 * `relay suggest`, `relay clean` and a run under `auto` read a file alike: encoding, delimiter, quote, header and end of the table.
 * Each detects these by itself; for everything else the run has the entry that `relay suggest` proposed.
 */
import fs from 'node:fs';
import path from 'node:path';
import Papa from 'papaparse';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CleanedFile } from '../../cli/commands/clean/report.ts';
import type { SuggestReport } from '../../cli/commands/suggest/report.ts';
import { inFolder, relay, writeFileIn } from '../../cli/testing/sandbox.ts';
import { someOf } from '../../core/testing/share.ts';
import { type ReaderCase, readerCases } from './corpus.ts';

const test = suite('readers');

const TENANT = {
  ...{ tenant_id: 'shop', timezone: 'UTC', default_currency: 'EUR', merge: { strategy: 'best_offer' } },
  pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  output: { columns: ['sku'] },
  error_policy: { max_invalid_rows: 1000, max_invalid_row_pct: 1 },
};

/** What a reader found, in the same form for each. */
interface Said {
  encoding: string;
  delimiter: string;
  quote: string | null;
  linesAbove: number;
  headerLines: number;
  header: string[];
  /** The SKUs of the first table's rows, in the order of the file. */
  skus: string[];
}

/** What `relay clean` found, without the footer. */
async function byClean(folder: string, file: string, sku: number): Promise<Said & { report: CleanedFile }> {
  const out = path.join(folder, 'clean');
  const { code, stdout, stderr } = await relay(['clean', file, '--json', '--out', out, '--table', '1']);
  assert.is(code, 0, stderr);
  const [report] = (JSON.parse(stdout) as { files: [CleanedFile] }).files;
  const { data } = Papa.parse<string[]>(fs.readFileSync(path.join(out, 'feed.csv'), 'utf8').replace(/\n$/, ''), {
    delimiter: ',',
    newline: '\n',
  });
  const { delimiter, quote, skipLines, headerLines } = report.dialect;
  const header = headerLines === 0 ? [] : data[0]!;
  const rows = data.slice(headerLines === 0 ? 0 : 1, data.length - report.footer_lines.length);
  const filled = rows.filter((cells) => cells.some((cell) => cell.trim() !== ''));
  const skus = filled.map((cells) => cells[sku]!.trim());
  return {
    ...{ encoding: report.encoding.encoding, delimiter, quote, linesAbove: skipLines, headerLines, header, skus },
    report,
  };
}

interface Ran {
  encoding: string;
  delimiter: string;
  skus: string[];
  invalid: number;
}

async function byRun(folder: string, file: string, { config }: SuggestReport): Promise<Ran> {
  const entry = { ...config, parser: { ...config.parser, delimiter: 'auto', encoding: 'auto' } };
  const tenant = writeFileIn(folder, 'tenant.json', JSON.stringify({ ...TENANT, vendors: [entry] }));
  const out = path.join(folder, 'out');
  const args = ['--config', tenant, '--vendor', `${entry.vendor_id}=${file}`, '--out', out, '--run-id', 'r'];
  const { code, stdout, stderr } = await relay(['run', ...args, '--now', '2026-11-01T06:00:00Z']);
  const at = path.join(out, 'r/tenants/shop');
  assert.is(code, 0, stdout + stderr);
  const summary = JSON.parse(fs.readFileSync(path.join(at, 'reports/run_summary.json'), 'utf8'));
  const manifest = JSON.parse(fs.readFileSync(path.join(at, 'reports/input_manifest.json'), 'utf8'));
  const { encoding, delimiter } = manifest.vendors[entry.vendor_id];
  const normalized = fs.readFileSync(path.join(at, `normalized/${entry.vendor_id}/normalized.csv`), 'utf8');
  const { data } = Papa.parse<{ sku: string }>(normalized, { header: true, skipEmptyLines: true });
  return { encoding, delimiter, skus: data.map(({ sku }) => sku), invalid: summary.invalid_rows };
}

for (const one of someOf(readerCases())) {
  test(one.name, async () => {
    await inFolder(async (folder) => compareReaders(folder, one));
  });
}

async function compareReaders(
  folder: string,
  { bytes, rows, refused = 0, joined = 0, hasMore, unreadable }: ReaderCase,
): Promise<void> {
  const file = writeFileIn(folder, 'feed.csv', bytes);
  const { code, stdout, stderr } = await relay(['suggest', file, '--json', '--vendor', 'acme', '--format', 'csv']);
  assert.is(code, 0, stderr);
  const report = JSON.parse(stdout) as SuggestReport;
  if (report.encoding.readings.length > 0) return assertRefused(folder, file);
  const sku = report.columns.find(({ column }) => column === 'sku')?.chosen?.index;
  assert.ok(sku !== undefined, 'a SKU is found');
  const clean = await byClean(folder, file, sku);
  const { dialect, header, encoding } = report;
  assert.equal(
    {
      ...{ encoding: encoding.name, delimiter: dialect.delimiter, quote: dialect.quote },
      ...{ linesAbove: header.lines_above, headerLines: header.lines, header: header.names },
    },
    {
      ...{ encoding: clean.encoding, delimiter: clean.delimiter, quote: clean.quote },
      ...{ linesAbove: clean.linesAbove, headerLines: clean.headerLines, header: clean.header },
    },
    'suggest and clean',
  );
  // an entry without a quantity is incomplete and cannot run
  if (!report.columns.some(({ column, read }) => column === 'quantity_available' && read)) return;
  if (unreadable !== undefined) {
    assert.ok(report.problems.some(({ code: said }) => said === unreadable));
    return;
  }
  const run = await byRun(folder, file, report);
  assert.equal([run.encoding, run.delimiter], [clean.encoding, clean.delimiter], 'a run and clean');
  if (hasMore) {
    assert.equal(
      clean.skus.filter((code) => !run.skus.includes(code)),
      [],
      'SKUs of the first table',
    );
    return;
  }
  assert.is(run.invalid, refused, 'refused');
  assert.is(run.skus.length, clean.skus.length + joined, 'rows');
  assert.equal(run.skus.filter((code) => clean.skus.includes(code)).sort(), clean.skus.toSorted(), 'SKUs');
  if (rows !== undefined) assert.is(clean.skus.length, rows);
}

/** Asserts that clean and run refuse a file whose encoding is ambiguous. */
async function assertRefused(folder: string, file: string): Promise<void> {
  const { code, stderr } = await relay(['clean', file]);
  assert.is(code, 3);
  assert.match(stderr, 'DECODE_ERROR');
  const entry = { vendor_id: 'acme', inbound: { type: 'local' }, parser: { format: 'csv', encoding: 'auto' } };
  const tenant = writeFileIn(folder, 'tenant.json', JSON.stringify({ ...TENANT, vendors: [entry] }));
  const out = path.join(folder, 'out');
  const run = await relay(['run', '--config', tenant, '--vendor', `acme=${file}`, '--out', out, '--run-id', 'r']);
  assert.is.not(run.code, 0);
  assert.match(run.stdout + run.stderr, 'DECODE_ERROR');
}

test('the corpus has about sixty files', () => {
  assert.ok(readerCases().length >= 60);
});

test.run();
