/** Describes the cells of each column, so that it can be measured how well a row fits its table. */

// biome-ignore-all lint/style/noNonNullAssertion: rows have a cell for each column

export interface ColumnProfile {
  count: number;
  empties: number;
  /** How often each exact shape occurs: `9` for each digit, `a` for a run of letters, other characters as they are. */
  shapes: Map<string, number>;
  /** The same with one `9` for a run of digits. */
  outlines: Map<string, number>;
  /** How often each kind of value occurs. */
  kinds: Map<Kind, number>;
  /** How often each value occurs; null if there are too many values. */
  values: Map<string, number> | null;
  quoted: number;
  lengthMax: number;
  numbers: NumberProfile;
}

/** The plain numbers among a column's cells. */
export interface NumberProfile {
  integers: number;
  /** How many numbers have each number of decimals. */
  decimals: Map<number, number>;
  min: number;
  max: number;
}

export type Kind = 'empty' | 'number' | 'date' | 'time' | 'datetime' | 'url' | 'code' | 'text';

const VALUES_MAX = 24;
/** The fewest cells that prove a column's only shape. */
const FIXED_MIN = 8;
/** The fewest cells of a column of numbers, and the least share of plain numbers among them. */
const TYPED_MIN = 5;
const TYPED_SHARE = 0.97;

export function profileColumns(
  rows: readonly { cells: readonly string[]; quoted: readonly boolean[] }[],
  width: number,
): ColumnProfile[] {
  return Array.from({ length: width }, (_, column) => {
    const profile: ColumnProfile = {
      count: 0,
      empties: 0,
      shapes: new Map(),
      outlines: new Map(),
      kinds: new Map(),
      values: new Map(),
      quoted: 0,
      lengthMax: 0,
      numbers: { integers: 0, decimals: new Map(), min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY },
    };
    for (const row of rows) {
      const cell = row.cells[column];
      if (cell === undefined) continue;
      profile.count++;
      if (row.quoted[column]) profile.quoted++;
      if (cell === '') profile.empties++;
      add(profile.shapes, shapeOf(cell));
      add(profile.outlines, outlineOf(cell));
      add(profile.kinds, cellKind(cell));
      const places = decimalsOf(cell);
      if (places !== null) addNumber(profile.numbers, cell, places);
      profile.lengthMax = Math.max(profile.lengthMax, cell.length);
      if (profile.values !== null) {
        add(profile.values, cell);
        if (profile.values.size > VALUES_MAX) profile.values = null;
      }
    }
    return profile;
  });
}

/** How well a cell fits a column, as a rough natural logarithm: 1 is one of its few words, 0 fits, below -4 does not fit. */
export function cellFit(cell: string, profile: ColumnProfile): number {
  const { count } = profile;
  if (count === 0) return -1;
  if (cell === '') return profile.empties > 0 ? Math.max(-2, Math.log(profile.empties / count)) : -5;
  const filled = count - profile.empties;
  if (filled === 0) return -5;
  const seen = profile.values?.get(cell) ?? 0;
  if (isWordList(profile, filled)) return seen > 1 ? 1 : seen === 1 ? -1 : -3.5;
  if (seen > 0 && count >= 6 && (seen > 1 || filled >= 3)) return 0;
  const number = numberFit(cell, profile, filled);
  if (number !== null) return number;
  const shape = (profile.shapes.get(shapeOf(cell)) ?? 0) / filled;
  if (shape >= 0.2) return 0;
  const outline = (profile.outlines.get(outlineOf(cell)) ?? 0) / filled;
  const kind = cellKind(cell);
  const sameKind = (profile.kinds.get(kind) ?? 0) / filled;
  const regular = Math.max(...profile.outlines.values()) / filled >= 0.9 && filled >= 3;
  const fixed = Math.max(...profile.shapes.values()) / filled >= 0.95 && filled >= 3;
  const prose = kind === 'text' ? proseOf(profile) : null;
  if (prose !== null) return outline >= 0.1 ? -0.5 : prose === 'phrases' ? -1.2 : -3;
  if (fixed && shape === 0) return outline === 0 ? -6 : kind === 'number' ? -1 : filled < FIXED_MIN ? -2.5 : -4.5;
  if (outline >= 0.1) return -0.5;
  if (kind !== 'text' && kind !== 'code' && sameKind >= 0.3) return -0.7;
  if (regular && outline === 0) return -5;
  if (sameKind < 0.02) return -4.5;
  const tooLong = cell.length > profile.lengthMax * 1.5 + 4 ? -1.5 : 0;
  return (sameKind > 0.3 ? -1.2 : -2.5) + tooLong;
}

/** True if the values are from a short list of words that repeat. */
function isWordList({ values, kinds, empties }: ColumnProfile, filled: number): boolean {
  if (values === null || filled < 8 || (values.size - (empties > 0 ? 1 : 0)) * 3 > filled) return false;
  return (kinds.get('text') ?? 0) >= filled * 0.9;
}

/** How well a cell fits a column of numbers; null for other columns. */
function numberFit(cell: string, { numbers }: ColumnProfile, filled: number): number | null {
  const fractions = [...numbers.decimals.values()].reduce((a, b) => a + b, 0);
  if (filled < TYPED_MIN || numbers.integers + fractions < filled * TYPED_SHARE) return null;
  const places = decimalsOf(cell);
  if (places === null) return -6;
  const alike = places === 0 ? numbers.integers : (numbers.decimals.get(places) ?? 0);
  const beyond = isBeyond(numberIn(cell), numbers) ? -2.5 : 0;
  if (alike >= filled * 0.02) return beyond + (/,/.test(cell) ? -0.7 : 0);
  // other decimals fit a little if the column often has decimals; decimals among integers never fit
  return places > 0 && fractions >= filled * 0.02 && !cell.includes(',') ? -1.2 + beyond : -6;
}

/** True if a number is far outside the column's range. */
function isBeyond(value: number, { min, max }: NumberProfile): boolean {
  const margin = Math.max(1, (max - min) / 2);
  return value > max + margin || value < min - margin;
}

function addNumber(numbers: NumberProfile, cell: string, places: number): void {
  if (places === 0) numbers.integers++;
  else add(numbers.decimals, places);
  numbers.min = Math.min(numbers.min, numberIn(cell));
  numbers.max = Math.max(numbers.max, numberIn(cell));
}

function numberIn(cell: string): number {
  return Number(cell.trim().replace(',', '.'));
}

/** Whether a column of text has phrases or single words; null for other columns. */
function proseOf({ kinds, outlines, count, empties }: ColumnProfile): 'phrases' | 'words' | null {
  if ((kinds.get('text') ?? 0) < (count - empties) * 0.8) return null;
  let phrases = 0;
  for (const [outline, n] of outlines) if (/a[ ,]|[ ,]a|…/.test(outline)) phrases += n;
  return phrases >= (count - empties) * 0.5 ? 'phrases' : 'words';
}

/** The number of decimals of a plain number; null for any other cell. */
function decimalsOf(cell: string): number | null {
  const found = /^[-+]?(?:0|[1-9]\d*)(?:[.,](\d+))?$/.exec(cell.trim());
  return found === null ? null : (found[1]?.length ?? 0);
}

/** The kind of at least 80 % of the filled cells; null for a mixture and for text. */
export function strongKind(profile: ColumnProfile): Kind | null {
  const filled = profile.count - profile.empties;
  for (const [kind, n] of profile.kinds) {
    if (kind !== 'empty' && kind !== 'text' && kind !== 'code' && n / filled >= 0.8) return kind;
  }
  const shape = Math.max(0, ...[...profile.shapes].filter(([s]) => /9/.test(s)).map(([, n]) => n));
  return filled >= 3 && shape / filled >= 0.8 ? 'code' : null;
}

export function cellKind(cell: string): Kind {
  const text = cell.trim();
  if (text === '') return 'empty';
  if (/^[-+]?[$€£¥]?\s?[-+]?(\d[\d.,'’ \u00a0\u2009\u202f]*|\.\d+)([eE][-+]?\d+)?\s?[%$€£¥]?$/.test(text))
    return 'number';
  if (/^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4})$/.test(text)) return 'date';
  if (/^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s?[AaPp][Mm])?$/.test(text)) return 'time';
  if (/^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]+\d{1,2}:\d{2}\S*(\s?[AaPp][Mm])?$/.test(text)) return 'datetime';
  if (/^(https?|ftp):\/\/\S+$|^www\.\S+$|^[^\s@]+@[^\s@]+\.\w+$/.test(text)) return 'url';
  if (/^[\w./#-]+$/.test(text) && /\d/.test(text)) return 'code';
  return 'text';
}

function shapeOf(cell: string): string {
  return cell.length > 80 ? '…' : cell.replace(/\d/g, '9').replace(/\p{L}+/gu, 'a');
}

function outlineOf(cell: string): string {
  return cell.length > 80 ? '…' : cell.replace(/\d+/g, '9').replace(/\p{L}+/gu, 'a');
}

function add<K>(map: Map<K, number>, key: K): void {
  // bounds the memory: a column with this many shapes has no typical one
  if (map.size < 512 || map.has(key)) map.set(key, (map.get(key) ?? 0) + 1);
}
