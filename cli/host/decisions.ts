/** The command line's file of decisions on held SKUs: a CSV that people may edit. Runs get it sorted by SKU. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { csvLine, toBytes } from '../../core/bytes/text.ts';
import { readDatetime } from '../../core/bytes/time/datetime.ts';
import { RelayError } from '../../core/errors.ts';
import { Money } from '../../core/money/money.ts';
import type { ByteSource } from '../../core/ports/engine.ts';
import { DECISION_COLUMNS, type Decisions } from '../../core/ports/publishing.ts';
import { recordCells } from '../../core/scan/cells.ts';
import { scanFeed } from '../../core/scan/feed.ts';
import { Scanner } from '../../core/scan/scanner.ts';
import { fileSink, fileSource } from './files.ts';

export type DecisionRow = Record<(typeof DECISION_COLUMNS)[number], string>;

/** By SKU; of several decisions on a SKU, the last counts. Throws `invalid_input`. */
export async function readDecisions(file: string): Promise<Map<string, DecisionRow>> {
  const decisions = new Map<string, DecisionRow>();
  for await (const { row, line } of csvRows(fileSource(file), ['sku', 'decision', 'price'])) {
    const decision = Object.fromEntries(DECISION_COLUMNS.map((column) => [column, row[column]?.trim() ?? '']));
    const problem = problemOf(decision as DecisionRow);
    if (problem !== null) throw new RelayError('invalid_input', `${file} line ${line}: ${problem}`);
    decisions.set(decision.sku ?? '', decision as DecisionRow);
  }
  return decisions;
}

function problemOf({ sku, decision, price, expires_at }: DecisionRow): string | null {
  if (sku === '') return 'it names no SKU';
  if (decision !== 'accept' && decision !== 'reject') return `decision must be accept or reject, not "${decision}"`;
  if (Money.parse(price) === null) return `price must be the candidate's price, not "${price}"`;
  if (expires_at !== '' && !isExpiry(expires_at)) return `expires_at must be a time in UTC, not "${expires_at}"`;
  return null;
}

export function isExpiry(text: string): boolean {
  const bytes = toBytes(text);
  return !Number.isNaN(readDatetime(bytes, 0, bytes.length, null));
}

/** The decisions in the form that a run gets. */
export async function localDecisions(file: string): Promise<Decisions> {
  const bytes = toBytes(decisionsText(await readDecisions(file)));
  const source: ByteSource = {
    name: path.basename(file),
    size: bytes.length,
    async *open() {
      yield bytes.slice();
    },
  };
  return { key: file, etag: null, sha256: createHash('sha256').update(bytes).digest('hex'), source };
}

export async function writeDecisions(file: string, decisions: ReadonlyMap<string, DecisionRow>): Promise<void> {
  const sink = fileSink(file);
  try {
    await sink.write(toBytes(decisionsText(decisions)));
    await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** Sorted by SKU in code point order. */
function decisionsText(decisions: ReadonlyMap<string, DecisionRow>): string {
  const sorted = [...decisions.values()].sort((a, b) => Buffer.compare(Buffer.from(a.sku), Buffer.from(b.sku)));
  const rows = sorted.map((one) => csvLine(DECISION_COLUMNS.map((column) => one[column])));
  return csvLine(DECISION_COLUMNS) + rows.join('');
}

/** The decisions in a file; none if it is not there yet. */
export async function readDecisionsIfThere(file: string): Promise<Map<string, DecisionRow>> {
  return fs.existsSync(file) ? readDecisions(file) : new Map();
}

/**
 * The rows of a CSV, with cells by name. Throws `invalid_input` if a name that is needed is missing from its header.
 */
export async function* csvRows(
  source: ByteSource,
  needed: readonly string[],
): AsyncGenerator<{ row: Record<string, string>; line: number }> {
  const dialect = { delimiter: toBytes(','), quote: 0x22, escape: -1 };
  let header: string[] | null = null;
  for await (const { window, batch } of scanFeed(source.open(), new Scanner(dialect, 1 << 20), {
    windowBytes: 1 << 16,
    skipLines: 0,
  })) {
    for (let record = 0; record < batch.count; record++) {
      const cells = recordCells(window, batch, record);
      if (header === null) {
        header = cells.map((cell) => cell.replace(/^\ufeff/, '').trim());
        const missing = needed.find((name) => !header?.includes(name));
        if (missing !== undefined) throw new RelayError('invalid_input', `${source.name} has no column ${missing}`);
        continue;
      }
      yield { row: Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])), line: batch.line[record] ?? 0 };
    }
  }
}
