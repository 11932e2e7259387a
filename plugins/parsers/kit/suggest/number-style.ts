/** The number style that a column's cells prove. A cell that could mean two numbers proves nothing. */
import { NumberReader } from '../../../../core/bytes/number-form.ts';
import { toBytes, toText } from '../../../../core/bytes/text.ts';
import type { NumberForm } from '../../../../core/layout.ts';
import { CURRENCIES } from '../../../../core/money/currencies.ts';
import { currencyMarks, isCurrencyMark } from '../../../../core/money/currency-signs.ts';

export interface NumberStyle {
  decimal: '.' | ',';
  thousands: NumberForm['thousands'];
}

export interface StyleFinding {
  /** Null if the cells prove nothing: they are plain, or have both readings. */
  proven: NumberStyle | null;
  /** The first cells that a decimal point and a decimal comma read as two different numbers. */
  ambiguous: string[];
  ambiguousCount: number;
  /** True if some cells prove a decimal point and others a decimal comma. */
  mixed: boolean;
  /** How often each sign or code of a currency is beside digits. */
  marks: Map<string, number>;
}

const EXAMPLES_MAX = 3;
/** If currencies share a sign, the first in this list is taken, unless the user names another. */
const COMMON = 'USD EUR GBP CHF JPY CNY SEK PLN CZK HUF RON BGN INR RUB TRY KRW BRL ZAR'.split(' ');

/** With `isWhole`, only readings that are whole numbers count. */
export function findStyle(cells: readonly string[], isWhole: boolean): StyleFinding {
  const finding: StyleFinding = { proven: null, ambiguous: [], ambiguousCount: 0, mixed: false, marks: new Map() };
  const spaced = cells.some((cell) => /\d[ \u00a0\u202f]\d{3}/.test(cell)) ? ' ' : null;
  const group = spaced ?? (cells.some((cell) => /\d['’]\d{3}/.test(cell)) ? "'" : null);
  // any decimals, because both readings of `19.999` count here: a point reader that refused it as doubtful would make it
  // prove a decimal comma
  const decimals = Number.MAX_SAFE_INTEGER;
  const point = readerOf({ decimal: '.', thousands: group ?? ',', decimals }, isWhole);
  const comma = readerOf({ decimal: ',', thousands: group ?? '.', decimals }, isWhole);
  let points = 0;
  let commas = 0;
  for (const cell of cells) {
    const number = withoutMarks(cell, finding.marks);
    if (!/[.,'’\s]/.test(number) || !/\d/.test(number)) continue;
    const [a, b] = [point(number), comma(number)];
    if (a === b) continue;
    if (b === null) points++;
    else if (a === null) commas++;
    else if (Number(a) !== Number(b)) {
      finding.ambiguousCount++;
      if (finding.ambiguous.length < EXAMPLES_MAX && !finding.ambiguous.includes(cell)) finding.ambiguous.push(cell);
    }
  }
  finding.mixed = points > 0 && commas > 0;
  const has = (mark: string) => cells.some((cell) => cell.includes(mark));
  if (commas > points) finding.proven = { decimal: ',', thousands: group ?? (has('.') ? '.' : null) };
  else if (points > 0) finding.proven = { decimal: '.', thousands: group ?? (has(',') ? ',' : null) };
  else if (group !== null) finding.proven = { decimal: has(',') ? ',' : '.', thousands: group };
  return finding;
}

/** Reads a cell as the engine would; null if the engine would refuse it. */
export function readerOf(style: NumberStyle & Partial<NumberForm>, isWhole: boolean): (cell: string) => string | null {
  const reader = new NumberReader({ currency: null, atLeast: false, zeroBelow: false, ...style });
  return (cell) => {
    const bytes = toBytes(cell.trim());
    if (bytes.length === 0) return null;
    const length = reader.read(bytes, 0, bytes.length);
    if (length < 0) return null;
    const text = toText(reader.out, 0, length);
    return isWhole && !/^[-+]?\d+(\.0*)?$/.test(text) ? null : text;
  };
}

/** The currency with the most marks; null if there are none. */
export function markedCurrency(marks: ReadonlyMap<string, number>, wanted: string | null): string | null {
  let best: string | null = null;
  let most = 0;
  for (const currency of new Set([...(wanted === null ? [] : [wanted]), ...COMMON, ...CURRENCIES])) {
    const own = new Set(currencyMarks(currency));
    const count = [...marks].reduce((sum, [mark, n]) => sum + (own.has(mark.toLowerCase()) ? n : 0), 0);
    if (count > most) {
      best = currency;
      most = count;
    }
  }
  return best;
}

const NUMBER_CHARS_MAX = 100;

function withoutMarks(cell: string, marks: Map<string, number>): string {
  const text = cell.trim();
  // a longer cell is no number, and the pattern tries every way to split it
  if (text.length > NUMBER_CHARS_MAX) return text;
  const found = /^([-+]?)\s*(\D*?)\s*([-+]?[\d.,].*?)\s*([^\d\s]*)$/u.exec(text);
  if (found === null) return text;
  const [, sign, before, number, after] = found as unknown as [string, string, string, string, string];
  for (const mark of [before, after]) {
    if (mark === '') continue;
    if (!isCurrencyMark(mark)) return text;
    marks.set(mark, (marks.get(mark) ?? 0) + 1);
  }
  return sign + number;
}
