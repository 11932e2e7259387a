/** Scores columns by their cells: how well they fit each canonical column. */
import { cellKind } from '../table/shape/column-profile.ts';
import { conditionWord, daysIn, quantityWord, unitOf } from './cell-words.ts';
import type { FeedColumn } from './header-words.ts';

/** Counts over a column's cells. */
export interface ColumnFacts {
  rows: number;
  filled: number;
  distinct: number;
  /** Plain whole numbers without leading zeros; and those of them below zero. */
  integers: number;
  negatives: number;
  /** Numbers in any style, also with currency signs; and those of them with decimals or a currency sign. */
  numbers: number;
  fractions: number;
  /** `50+`, `>100`, `12 pcs`. */
  atLeast: number;
  /** Short cells without spaces that have a digit, or only capitals. */
  codes: number;
  /** Digits with the check digit of an EAN, UPC or GTIN. */
  barcodes: number;
  times: number;
  quantityWords: number;
  conditionWords: number;
  days: number;
  spaced: number;
  characters: number;
  /** True for running numbers: each whole number is the one before it plus one. */
  counts: boolean;
  /** The median of the whole numbers. */
  middle: number;
}

export interface ValueFit {
  /** 0 to 1. */
  score: number;
  reason: string;
}

/** A number, also with a sign, a currency or marks between thousands. */
const NUMBER =
  /^[-+]?\s*(?:[A-Z]{3}|\p{Sc}|[A-Z]{1,2}\$|kr\.?|zł|Kč|Fr\.)?\s*[-+]?\d[\d.,'’ \u00a0\u202f]*\s*(?:[A-Z]{3}|\p{Sc}|kr\.?|zł|Kč|,-)?$/u;
/** `30.10.2026`, `2026-10-30T06:00:00Z`: not a number, despite its points. */
const DATE = /^(\d{1,2}[./-]\d{1,2}[./-]\d{2}(\d{2})?|\d{4}[./-]\d{1,2}[./-]\d{1,2})([T ].*)?$/;
const AT_LEAST = /^(?:\d+\+|(?:>=?|≥) ?\d+)$/;
const WRAPPED = /^="([^"]*)"$/;

export function factsOf(cells: readonly string[]): ColumnFacts {
  const facts: ColumnFacts = {
    ...{ rows: cells.length, filled: 0, distinct: 0, integers: 0, negatives: 0, numbers: 0, fractions: 0, atLeast: 0 },
    ...{ codes: 0, times: 0, quantityWords: 0, conditionWords: 0, days: 0, spaced: 0, characters: 0 },
    ...{ counts: true, middle: 0, barcodes: 0 },
  };
  /** Cells often repeat, so each text is analysed once. */
  const known = new Map<string, CellFacts>();
  const whole: number[] = [];
  for (const raw of cells) {
    const cell = unwrapped(raw.trim());
    if (cell === '') continue;
    let cellFacts = known.get(cell);
    if (cellFacts === undefined) {
      cellFacts = cellFactsOf(cell);
      known.set(cell, cellFacts);
    }
    facts.filled++;
    facts.characters += cell.length;
    for (const name of cellFacts.counted) facts[name]++;
    const { integer } = cellFacts;
    if (integer === null) continue;
    const before = whole.at(-1);
    if (before !== undefined && integer !== before + 1) facts.counts = false;
    whole.push(integer);
  }
  facts.distinct = known.size;
  facts.counts &&= whole.length > 2;
  facts.middle = whole.sort((a, b) => a - b)[whole.length >> 1] ?? 0;
  return facts;
}

type Counted =
  | 'spaced'
  | 'codes'
  | 'barcodes'
  | 'times'
  | 'quantityWords'
  | 'conditionWords'
  | 'days'
  | 'atLeast'
  | 'integers'
  | 'negatives'
  | 'numbers'
  | 'fractions';

interface CellFacts {
  /** The counts of its column that it adds to. */
  counted: Counted[];
  /** Its value if it is a whole number. */
  integer: number | null;
}

function cellFactsOf(cell: string): CellFacts {
  const counted: Counted[] = [];
  if (/\s/.test(cell)) counted.push('spaced');
  if (/^[^\s]{1,40}$/.test(cell) && /\d|^[A-Z-]+$/.test(cell)) counted.push('codes');
  if (isBarcode(cell)) counted.push('barcodes');
  const isTime = DATE.test(cell) || ['date', 'datetime'].includes(cellKind(cell));
  if (isTime) counted.push('times');
  if (quantityWord(cell) !== null) counted.push('quantityWords');
  if (conditionWord(cell) !== null) counted.push('conditionWords');
  if (daysIn(cell) !== null) counted.push('days');
  if (AT_LEAST.test(cell) || unitOf(cell) !== null) counted.push('atLeast');
  const isInteger = /^[-+]?(?:0|[1-9]\d{0,14})(?:\.0+)?$/.test(cell);
  if (isInteger) counted.push('integers');
  if (isInteger && cell.startsWith('-')) counted.push('negatives');
  if (!isTime && NUMBER.test(cell) && !/^0\d/.test(cell)) {
    counted.push('numbers');
    if (/[.,]\d{1,6}\D*$|\p{Sc}/u.test(cell)) counted.push('fractions');
  }
  return { counted, integer: isInteger ? Number(cell) : null };
}

/** How well the cells fit a canonical column; null if all are empty. */
export function valueFit(column: FeedColumn, facts: ColumnFacts): ValueFit | null {
  if (facts.filled === 0) return null;
  return FITS[column](facts, (count) => count / facts.filled);
}

type Fit = (facts: ColumnFacts, share: (count: number) => number) => ValueFit;

const money: Fit = (facts, share) => {
  const numeric = share(facts.numbers);
  const decimal = share(facts.fractions);
  if (areBarcodes(facts)) return { score: 0, reason: 'EANs by their check digits' };
  const worth = decimal >= 0.3 ? 1 : facts.counts ? 0.2 : facts.middle > 1e6 ? 0.3 : 0.65;
  return { score: numeric * worth, reason: `${percent(decimal)} have decimals, ${percent(numeric)} are numbers` };
};

const code: Fit = (facts, share) => {
  const unlike = facts.distinct / facts.filled;
  const coded = share(facts.codes);
  const whole = facts.filled / facts.rows;
  const isNumber = share(facts.fractions) > 0.3 || share(facts.times) > 0.3 ? 0.05 : 1;
  const one = unlike >= 0.99 ? 1 : unlike >= 0.9 ? 0.75 : unlike >= 0.5 ? 0.4 : 0.1;
  // running numbers, and small numbers that happen to differ, are rarely codes
  const small = facts.counts || (facts.integers === facts.filled && facts.middle < 1000) ? 0.6 : 1;
  // a vendor's own code is a better SKU than a barcode
  const barcode = areBarcodes(facts) ? 0.7 : 1;
  const score = one * (coded >= 0.9 ? 1 : 0.3 + 0.6 * coded) * whole * isNumber * small * barcode;
  const also = barcode < 1 ? ', EANs by their check digits' : '';
  return { score, reason: `${percent(unlike)} differ, ${percent(coded)} look like codes${also}` };
};

const FITS: Readonly<Record<FeedColumn, Fit>> = {
  sku: code,
  vendor_sku: (facts, share) => {
    const coded = share(facts.codes);
    const isNumber = share(facts.fractions) > 0.3 || share(facts.times) > 0.3 ? 0.05 : 1;
    const varied = facts.distinct / facts.filled >= 0.3 ? 1 : 0.3;
    const barcode = areBarcodes(facts) ? 0.7 : 1;
    return { score: coded * isNumber * varied * barcode * 0.9, reason: `${percent(coded)} look like codes` };
  },
  quantity_available: (facts, share) => {
    const good = share(facts.integers - facts.negatives + facts.atLeast + facts.quantityWords);
    const big = facts.middle > 100_000 ? 0.2 : 1;
    if (areBarcodes(facts)) return { score: 0, reason: 'EANs by their check digits' };
    // a column with only `Y` has no quantities
    const counted = facts.integers + facts.atLeast > 0 ? 1 : 0.5;
    const score = Math.min(1, good) * big * counted * (facts.counts ? 0.5 : 1);
    const words = facts.quantityWords + facts.atLeast;
    const also = words > 0 ? `, ${percent(share(words))} words such as CALL, 50+ or 12 pcs` : '';
    return { score, reason: `${percent(share(facts.integers - facts.negatives))} whole numbers of 0 or more${also}` };
  },
  lead_time_days: (facts, share) => {
    const good = share(facts.integers - facts.negatives + facts.days);
    return {
      score: Math.min(1, good) * (facts.middle <= 400 ? 1 : 0.1),
      reason: `${percent(Math.min(1, good))} are numbers of days`,
    };
  },
  cost: money,
  map_price: money,
  price: money,
  msrp: money,
  condition: (facts, share) => {
    const known = share(facts.conditionWords);
    const few = facts.distinct <= 8 ? 0.4 : 0;
    return { score: Math.max(known, few), reason: `${percent(known)} are conditions, ${facts.distinct} different` };
  },
  brand: (facts, share) => {
    const text = 1 - share(facts.numbers + facts.times);
    const repeated = facts.distinct / facts.filled;
    const score = Math.max(0, text) * (repeated <= 0.5 || facts.filled < 6 ? 1 : 0.6);
    return { score, reason: `${facts.distinct} different in ${facts.filled} rows` };
  },
  title: (facts, share) => {
    const text = Math.max(0, 1 - share(facts.numbers + facts.times));
    const length = facts.characters / facts.filled;
    const worded = 0.5 + 0.5 * share(facts.spaced);
    return { score: text * worded * (length >= 6 ? 1 : 0.6), reason: `text of ${Math.round(length)} characters` };
  },
  updated_at: (facts, share) => ({
    score: share(facts.times),
    reason: `${percent(share(facts.times))} are dates or times`,
  }),
};

/** The least share of barcodes in a column of them. By chance, one number in ten has the right check digit. */
const BARCODES_SHARE = 0.8;

function areBarcodes({ barcodes, filled }: ColumnFacts): boolean {
  return barcodes >= 2 && barcodes >= filled * BARCODES_SHARE;
}

/** True for an EAN-8, UPC-A, EAN-13 or GTIN-14: the digits, every other one times three from the right, add up to tens. */
export function isBarcode(cell: string): boolean {
  if (!/^(?:\d{8}|\d{12,14})$/.test(cell) || /^0+$/.test(cell)) return false;
  let sum = 0;
  for (let i = 0; i < cell.length; i++) sum += Number(cell[cell.length - 1 - i]) * (i % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}

/** `="007"` as spreadsheets read it: `007`. */
export function unwrapped(cell: string): string {
  return WRAPPED.exec(cell)?.[1] ?? cell;
}

/** Rounded down, so that 100 % means all. */
export function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}
