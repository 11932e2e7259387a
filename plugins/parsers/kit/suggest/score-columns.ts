/**
 * Finds which column of a table is which canonical one. Every pair has a score from its header and its cells. The best pairs
 * are taken first, no column twice, and no pair with a score below `CONVINCING`.
 */

// biome-ignore-all lint/style/noNonNullAssertion: columns and amounts are indexed by positions in the same table, and each canonical column has a choice
import { COLUMN_KINDS, FEED_COLUMNS, REQUIRED_COLUMNS } from '../../../../core/canonical.ts';
import { saysCents, saysPriceUnit, saysTaxRate } from '../../../../core/money/price-basis.ts';
import { type ColumnFacts, factsOf, percent, valueFit } from './cell-evidence.ts';
import { type FeedColumn, type HeaderFit, headerFits } from './header-words.ts';

export interface ColumnCandidate {
  /** The feed's column, from 0. */
  index: number;
  /** 0 to 1, in hundredths. */
  score: number;
  reasons: string[];
}

export interface ColumnChoice {
  column: FeedColumn;
  /** Null if no column is convincing. */
  chosen: ColumnCandidate | null;
  /** Other columns with near scores; if none was chosen, the best of all. */
  rivals: ColumnCandidate[];
}

/** The least score of a pair that is taken. */
export const CONVINCING = 0.5;
/** Scores that differ by less than this are near. */
const NEAR = 0.12;
const RIVALS_MAX = 3;
/** The least score that is reported. */
const REPORTED_MIN = 0.3;
/** Columns that are recognized by their cells alone in a table without a header. */
const BY_VALUE: ReadonlySet<string> = new Set([...REQUIRED_COLUMNS, 'title', 'updated_at', 'condition']);
/** The header's share of a score; and the factors for cells alone, in a table with a header and in one without. */
const HEADER_SHARE = 0.7;
const VALUE_ALONE = 0.42;
const VALUE_WITHOUT_HEADER = 0.75;

interface ColumnPair extends ColumnCandidate {
  column: FeedColumn;
  hasOwnName: boolean;
  byHeader: boolean;
}

/**
 * `header` is null if the table has none. `rows` is a sample, each row with any number of cells. `currency` is the tenant's,
 * if known.
 */
export function scoreColumns(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  currency: string | null = null,
): ColumnChoice[] {
  const width = header?.length ?? Math.max(0, ...rows.map((row) => row.length));
  const facts = Array.from({ length: width }, (_, i) => factsOf(rows.map((row) => row[i] ?? '')));
  const pairs = facts.flatMap((fact, index) => pairsOf(index, header?.[index] ?? null, fact, currency));
  pairs.sort(
    (a, b) =>
      Number(b.hasOwnName) - Number(a.hasOwnName) ||
      b.score - a.score ||
      FEED_COLUMNS.indexOf(a.column) - FEED_COLUMNS.indexOf(b.column) ||
      a.index - b.index,
  );
  const taken = new Map<FeedColumn, ColumnPair>();
  const used = new Set<number>();
  for (const pair of pairs) {
    if (!pair.hasOwnName && pair.score < CONVINCING) continue;
    if (taken.has(pair.column) || used.has(pair.index) || isToss(pair, pairs, used)) continue;
    taken.set(pair.column, pair);
    used.add(pair.index);
  }
  takeOnlyCode(taken, pairs);
  const choices = FEED_COLUMNS.map((column) => choiceOf(column, taken, pairs));
  addMoneyOrder(choices, header, rows);
  return choices;
}

function pairsOf(index: number, header: string | null, facts: ColumnFacts, currency: string | null): ColumnPair[] {
  const fits = header === null ? null : headerFits(header, currency);
  return FEED_COLUMNS.map((column) => pairOf({ column, index, header, fit: fits?.[column] ?? null, facts }));
}

interface PairEvidence {
  column: FeedColumn;
  index: number;
  header: string | null;
  /** How well the header fits; null without a header. */
  fit: HeaderFit | null;
  facts: ColumnFacts;
}

function pairOf({ column, index, header, fit, facts }: PairEvidence): ColumnPair {
  const value = valueFit(column, facts);
  const kind = COLUMN_KINDS[column];
  // its numbers count pieces: they are neither amounts nor stock
  const isUnit = header !== null && saysPriceUnit(header) && kind !== 'text';
  const isRate = header !== null && kind === 'integer' && saysTaxRate(header);
  const word = isUnit ? 0 : (fit?.score ?? 0);
  const hasOwnName = header !== null && header.trim() === column;
  const reasons: string[] = [];
  if (hasOwnName) reasons.push('its own name');
  else if (!isUnit && fit !== null && fit.word !== null) {
    const named = fit.word === header?.trim().toLowerCase() ? 'a name of it' : `header like "${fit.word}"`;
    const against = fit.against === null ? '' : `, but ${JSON.stringify(fit.against)} in it`;
    reasons.push(`${named}${against} (${fit.score.toFixed(2)})`);
  }
  reasons.push(value === null ? 'no cells to judge by' : `${value.reason} (${value.score.toFixed(2)})`);
  const aloneFactor = header === null && BY_VALUE.has(column) ? VALUE_WITHOUT_HEADER : VALUE_ALONE;
  const exact = hasOwnName ? 1 : isRate ? 0 : pairScore(word, value?.score ?? null, aloneFactor);
  return { column, index, score: Math.round(100 * exact) / 100, reasons, hasOwnName, byHeader: word > 0 };
}

/** `word` is the header's score, 0 without a header; `value` is the cells' score, null if all are empty. */
function pairScore(word: number, value: number | null, aloneFactor: number): number {
  // an empty column may still be what its header says
  if (value === null) return word * 0.6;
  if (word === 0) return value * aloneFactor;
  // cells that contradict the name outweigh it
  return value < 0.15 ? word * 0.3 : word * HEADER_SHARE + value * (1 - HEADER_SHARE);
}

/** A vendor's own code is the SKU if no other column is. */
function takeOnlyCode(taken: Map<FeedColumn, ColumnPair>, pairs: readonly ColumnPair[]): void {
  const code = taken.get('vendor_sku');
  if (taken.has('sku') || code === undefined || code.hasOwnName) return;
  const asSku = pairs.find((pair) => pair.column === 'sku' && pair.index === code.index);
  if (asSku === undefined || asSku.score < CONVINCING) return;
  taken.delete('vendor_sku');
  taken.set('sku', asSku);
}

/** True if another column is about as good, and only the cells speak for either: then neither is taken. */
function isToss(pair: ColumnPair, pairs: readonly ColumnPair[], used: ReadonlySet<number>): boolean {
  if (pair.byHeader || pair.hasOwnName) return false;
  return pairs.some(
    (other) =>
      other.column === pair.column &&
      other.index !== pair.index &&
      !used.has(other.index) &&
      other.score >= pair.score - NEAR / 2,
  );
}

function choiceOf(
  column: FeedColumn,
  taken: ReadonlyMap<FeedColumn, ColumnPair>,
  pairs: readonly ColumnPair[],
): ColumnChoice {
  const chosen = taken.get(column) ?? null;
  const elsewhere = new Map([...taken.values()].map((pair) => [pair.index, pair.score]));
  const least = chosen === null ? REPORTED_MIN : Math.max(REPORTED_MIN, chosen.score - NEAR);
  const rivals = pairs
    .filter((pair) => pair.column === column && pair.index !== chosen?.index && pair.score >= least)
    // by cells alone, one amount looks like any other
    .filter((pair) => pair.byHeader || (chosen === null && REQUIRED_COLUMNS.includes(column)))
    .filter((pair) => chosen?.hasOwnName !== true && (elsewhere.get(pair.index) ?? 0) < pair.score + NEAR / 2)
    .slice(0, RIVALS_MAX);
  return { column, chosen: chosen === null ? null : candidateOf(chosen), rivals: rivals.map(candidateOf) };
}

function candidateOf({ index, score, reasons }: ColumnPair): ColumnCandidate {
  return { index, score, reasons: [...reasons] };
}

/** Pairs of amounts of which the first is rarely above the second. */
export const MONEY_ORDER = [
  ['cost', 'price'],
  ['cost', 'msrp'],
  ['price', 'msrp'],
  ['map_price', 'msrp'],
] as const;

/** Unused columns of amounts, lowest first, if they have that order in every row; empty for fewer than two. */
export function orderedAmounts(rows: readonly (readonly string[])[], used: ReadonlySet<number>): number[] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: width }, (_, i) => i).filter((i) => {
    const fit = used.has(i) ? null : valueFit('cost', factsOf(rows.map((row) => row[i] ?? '')));
    return fit !== null && fit.score >= 0.9;
  });
  const amounts = rows.map((row) => columns.map((i) => amountOf(row[i] ?? '') ?? 0));
  const sum = (k: number) => amounts.reduce((all, row) => all + row[k]!, 0);
  const order = columns.map((_, k) => k).sort((a, b) => sum(a) - sum(b) || a - b);
  const holds = amounts.every((row) => order.every((k, i) => i === 0 || row[order[i - 1]!]! <= row[k]!));
  return holds && order.length > 1 ? order.map((k) => columns[k]!) : [];
}

/** The deduction for an amount on the wrong side of another one. */
const OUT_OF_ORDER = 0.15;

/** Checks the order of amounts. It confirms a choice, or counts against it; a choice below `CONVINCING` is dropped. */
function addMoneyOrder(
  choices: readonly ColumnChoice[],
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
): void {
  const inCents = new Set((header ?? []).flatMap((name, i) => (saysCents(name) ? [i] : [])));
  const majorAmount = (row: readonly string[], { index }: ColumnCandidate): number | null => {
    const amount = amountOf(row[index] ?? '');
    return amount === null || !inCents.has(index) ? amount : amount / 100;
  };
  for (const [low, high] of MONEY_ORDER) {
    const pair = [low, high].map((column) => choices.find((choice) => choice.column === column)!);
    const [a, b] = pair.map((choice) => choice.chosen);
    if (a == null || b == null) continue;
    const both = rows.flatMap((row) => {
      const amounts = [majorAmount(row, a), majorAmount(row, b)];
      return amounts.includes(null) ? [] : [amounts as number[]];
    });
    if (both.length === 0) continue;
    const share = both.filter(([x, y]) => x! <= y!).length / both.length;
    const above = share < 0.5;
    a.reasons.push(above ? `above ${high} in ${percent(1 - share)} of rows` : `not above ${high} in ${percent(share)}`);
    if (above) distrust(pair);
  }
}

function distrust(pair: readonly ColumnChoice[]): void {
  const lowered = (one: ColumnCandidate) => Math.max(0, Math.round(100 * (one.score - OUT_OF_ORDER)) / 100);
  const doubtful = pair.filter(({ chosen }) => lowered(chosen!) < CONVINCING);
  // if one of the two is dropped, the other keeps its score
  for (const choice of doubtful.length > 0 ? doubtful : pair) {
    const one = choice.chosen!;
    one.score = lowered(one);
    if (doubtful.length === 0) continue;
    choice.chosen = null;
    choice.rivals = [one, ...choice.rivals].slice(0, RIVALS_MAX);
  }
}

/** The rough size of an amount in any style, to compare it. */
function amountOf(cell: string): number | null {
  const text = cell.replace(/[^\d.,]/g, '');
  if (!/\d/.test(text)) return null;
  const at = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','));
  const isFraction = at >= 0 && text.length - at - 1 !== 3;
  const digits = (part: string) => part.replace(/\D/g, '');
  const value = isFraction ? `${digits(text.slice(0, at))}.${digits(text.slice(at))}` : digits(text);
  return Number(value);
}
