/** What invented feeds are made of: plain rows, which faults change, and the text of them. */
import type { Random } from '../../oracle/generate/random.ts';

export interface DoubtfulFile {
  name: string;
  text: string;
}

export interface DoubtfulFeed {
  /** What is wrong with it. */
  names: string[];
  files: DoubtfulFile[];
  parser: Record<string, unknown>;
  vendor: Record<string, unknown>;
  config: Record<string, unknown>;
  skuMap: string | null;
}

export type CellsByHeader = Record<string, string>;

export interface FeedDraft {
  random: Random;
  /** Its keys are the header, in order. */
  rows: CellsByHeader[];
  options: Record<string, unknown>;
  feed: DoubtfulFeed;
  /** Each changes the text of the feed, in order. */
  edits: Array<(lines: string[]) => string[]>;
  lineEnd: string;
  delimiter: string;
}

const TITLE_WORDS = 'Lamp oak Rug red Kettle small Desk chair steel with drawer and mirror blue XL set of two'.split(
  ' ',
);
export const title = (random: Random): string =>
  Array.from({ length: random.int(1, 9) }, () => random.pick(TITLE_WORDS)).join(' ');

export function plainRows(random: Random, count: number): CellsByHeader[] {
  const has = (share: number) => random.chance(share);
  const [hasMsrp, hasMap, hasPrice, hasBrand, hasTitle] = [has(0.4), has(0.3), has(0.3), has(0.5), has(0.6)];
  const [hasTime, hasLead, hasCondition, hasVendorSku] = [has(0.4), has(0.4), has(0.3), has(0.2)];
  const isSorted = has(0.5);
  return Array.from({ length: count }, (_, i) => {
    const cents = random.int(150, 29_000);
    const row: CellsByHeader = { sku: `AB-${1000 + (isSorted ? i : (i * 7919) % 1000)}` };
    if (hasVendorSku) row.vendor_sku = random.chance(0.8) ? `V${i}` : '';
    row.quantity_available = String(random.int(0, 50));
    row.cost = (cents / 100).toFixed(2);
    if (hasMsrp) row.msrp = ((cents * random.int(12, 20)) / 1000).toFixed(2);
    if (hasMap) row.map_price = ((cents * 11) / 1000).toFixed(2);
    if (hasPrice) row.price = ((cents * 13) / 1000).toFixed(2);
    if (hasBrand) row.brand = random.pick(['Acme', 'Bolt', 'Oak & Co', '']);
    if (hasTitle) row.title = title(random);
    if (hasTime) row.updated_at = `2026-10-${10 + random.int(0, 19)}${random.pick(['', 'T08:00:00Z', ' 10:30'])}`;
    if (hasLead) row.lead_time_days = String(random.int(0, 30));
    if (hasCondition) row.condition = random.pick(['new', 'New', 'used', 'refurb', '']);
    return row;
  });
}

/** A few rows, at least one. */
export const some = ({ random, rows }: FeedDraft, share = 0.1): CellsByHeader[] => {
  const found = rows.filter(() => random.chance(share));
  return found.length > 0 ? found : [random.pick(rows)];
};
export const setSome = (draft: FeedDraft, column: string, cells: readonly string[], share?: number): void => {
  if (draft.rows[0]![column] === undefined) for (const row of draft.rows) row[column] = '';
  for (const row of some(draft, share)) row[column] = draft.random.pick(cells);
};
export const setAll = (
  { rows }: FeedDraft,
  column: string,
  cellOf: (row: CellsByHeader, i: number) => string,
): void => {
  for (const [i, row] of rows.entries()) row[column] = cellOf(row, i);
};
/** A row from which on something is otherwise. */
export const turn = ({ random, rows }: FeedDraft): number =>
  random.pick([12, 11, rows.length >> 1, rows.length - 12, rows.length - 3]);

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

export function draftText({ rows, delimiter, edits, lineEnd }: FeedDraft): string {
  const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [header, ...rows.map((row) => header.map((name) => quoted(row[name] ?? '', delimiter)))];
  let texts = lines.map((cells) => cells.join(delimiter));
  for (const edit of edits) texts = edit(texts);
  return texts.join(lineEnd);
}
