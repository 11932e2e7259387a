/** Detects how a text is delimited: tries every dialect on the whole sample, and takes the most consistent one. */

// biome-ignore-all lint/style/noNonNullAssertion: positions are inside the sample, and each delimiter has a dialect to try

import { DELIMITERS, lineAt, type RecordReading, type TableDialect } from '../dialect.ts';
import { firstTableEnd, HARD_DELIMITERS } from './blocks.ts';
import { PADDING_MAX, type ScoredDialect, score } from './dialect-score.ts';
import { afterLines, sampleEnd } from './sample.ts';
import { findTableStart } from './table-start.ts';

export interface DialectHints {
  delimiter?: string;
  /** Null if quotes have no meaning. */
  quote?: string | null;
  escape?: string | null;
  /** Physical lines before the table. */
  skipLines?: number;
  headerLines?: number;
}

export interface DetectedDialect extends TableDialect {
  lineEnd: '\n' | '\r\n' | '\r' | 'mixed';
  /** Physical lines before the table. */
  skipLines: number;
  /** How many of these were detected: neither asked for, nor a `sep=` line. */
  preambleLines: number;
  /** 0 to 3. */
  headerLines: number;
  /** Fields of most rows. */
  width: number;
  /** 0 to 1, for the chosen delimiter. */
  confidence: number;
  reasons: string[];
  /** Delimiters by score, best first. */
  scores: { delimiter: string; score: number; width: number }[];
  /** The delimiters that read the sample equally well and differently; empty if one is best. */
  ambiguous: string[];
}

/** Scores that differ by less than this share are equal. */
const TIE = 0.02;

/** Detects the dialect of a decoded text, as far as `hints` leave it open. Never throws; see `ambiguous`. */
export function detectDialect(text: string, asked: DialectHints = {}): DetectedDialect {
  // a quote that escapes itself is a doubled quote, which is always understood
  const given = asked.escape === (asked.quote ?? '"') ? { ...asked, escape: null } : asked;
  const declaration = declaredDelimiter(text, given.skipLines ?? 0);
  const skipped = Math.max(given.skipLines ?? 0, declaration?.line ?? 0);
  const start = afterLines(text, skipped);
  const whole = text.slice(start, sampleEnd(text, start));
  const declared = given.delimiter === undefined && declaration !== null && whole.includes(declaration.delimiter);
  const hints = declared ? { ...given, delimiter: declaration.delimiter } : given;
  const firsts = hints.delimiter === undefined ? HARD_DELIMITERS.filter((d) => whole.includes(d)) : [hints.delimiter];
  const sample = whole.slice(0, firstTableEnd(whole, firsts, hints.quote === undefined ? '"' : hints.quote));
  const quotes = hints.quote === undefined ? ['"', "'"] : [hints.quote];
  const delimiters = hints.delimiter === undefined ? DELIMITERS.filter((d) => sample.includes(d)) : [hints.delimiter];
  const scored: ScoredDialect[] = [];
  for (const delimiter of delimiters) {
    const tries = quotes
      .flatMap((quote) => variants(sample, delimiter, quote, hints))
      .map((dialect) => score(sample, dialect))
      .filter(({ dialect, records }) => dialect.quote === quotes[0] || countQuoted(records) > 0);
    // `'` must be better than `"`, not equally good
    const better = tries.sort(
      (a, b) => b.score - a.score || quotes.indexOf(a.dialect.quote) - quotes.indexOf(b.dialect.quote),
    )[0]!;
    scored.push(better);
  }
  scored.sort(
    (a, b) => b.score - a.score || delimiters.indexOf(a.dialect.delimiter) - delimiters.indexOf(b.dialect.delimiter),
  );
  const best =
    chooseLonger(scored) ??
    score(sample, {
      delimiter: hints.delimiter ?? ',',
      quote: hints.quote === undefined ? '"' : hints.quote,
      escape: hints.escape ?? null,
    });
  const rivals = scored.filter(
    (other) =>
      other.width > 1 &&
      best.width > 1 &&
      other.score >= best.score * (1 - TIE) &&
      !nested(best.dialect.delimiter, other.dialect.delimiter),
  );
  const second = scored.find((other) => !nested(best.dialect.delimiter, other.dialect.delimiter));
  const layout = findTableStart(sample, best, hints);
  const single = best.width <= 1 && hints.delimiter === undefined;
  return {
    ...best.dialect,
    delimiter: single ? ',' : best.dialect.delimiter,
    lineEnd: lineEndOf(sample),
    skipLines: skipped + layout.skip,
    preambleLines: layout.skip,
    headerLines: layout.headerLines,
    width: best.width,
    confidence:
      hints.delimiter !== undefined
        ? 1
        : Math.round(100 * Math.max(0, Math.min(1, best.score - (second?.score ?? 0) / 2))) / 100,
    reasons: [
      hints.delimiter !== undefined
        ? declared
          ? 'delimiter declared by "sep="'
          : 'delimiter given'
        : single
          ? 'one column'
          : `${best.width} fields in ${Math.round(share(best) * 100)} % of the records`,
      ...layout.reasons,
    ],
    scores: scored.slice(0, 6).map((one) => ({
      delimiter: one.dialect.delimiter,
      score: Math.round(one.score * 1000) / 1000,
      width: one.width,
    })),
    ambiguous:
      hints.delimiter !== undefined || rivals.length === 0 ? [] : [best, ...rivals].map((one) => one.dialect.delimiter),
  };
}

/** The delimiter that Excel's line `sep=;` declares at the top of the text, or after the skipped lines; and its line. */
function declaredDelimiter(text: string, skip: number): { delimiter: string; line: number } | null {
  for (const lines of new Set([0, skip])) {
    const at = afterLines(text, lines);
    const found = /^"?sep=([^"\r\n])\1*"?\1* *$/i.exec(text.slice(at, Math.min(lineAt(text, at).end, at + 64)));
    if (found !== null) return { delimiter: found[1]!, line: lines + 1 };
  }
  return null;
}

/** Prefers `, ` to `,` if both split every record alike, and `||` to `|` if every other cell would be empty. */
function chooseLonger(scored: readonly ScoredDialect[]): ScoredDialect | undefined {
  const best = scored[0];
  if (best === undefined) return undefined;
  const repeated = scored.find(
    ({ dialect: { delimiter }, width }) =>
      delimiter === best.dialect.delimiter.repeat(2) && best.width === 2 * width - 1 && width > 1,
  );
  if (repeated !== undefined && share(repeated) >= share(best) * (1 - TIE)) return repeated;
  const longer = scored.find(
    (other) =>
      other.dialect.delimiter.length > best.dialect.delimiter.length &&
      nested(best.dialect.delimiter, other.dialect.delimiter) &&
      other.width === best.width &&
      share(other) >= share(best) * (1 - TIE),
  );
  if (longer !== undefined) return longer;
  // a comma that separates the header and every row is the delimiter, even if spaces follow some of them
  const shorter = scored.find(
    (other) =>
      best.dialect.delimiter.trim() === other.dialect.delimiter &&
      best.dialect.delimiter !== other.dialect.delimiter &&
      other.width > best.width &&
      other.records[0]?.cells.length === other.width &&
      share(other) >= share(best),
  );
  return shorter ?? best;
}

/** True if one is a part of the other, or they are the same. */
function nested(a: string, b: string): boolean {
  return a.includes(b) || b.includes(a);
}

function share(one: ScoredDialect): number {
  return one.records.length === 0
    ? 1
    : one.records.filter((record) => record.cells.length === one.width).length / one.records.length;
}

/** The dialects with this delimiter and quote that are worth trying on the sample, the simplest first. */
function variants(sample: string, delimiter: string, quote: string | null, hints: DialectHints): TableDialect[] {
  const escapes = hints.escape === undefined ? [escapeOf(sample, delimiter, quote)] : [hints.escape];
  if (hints.escape === undefined && escapes[0] === null && sample.includes(`\\${delimiter}`)) escapes.push('\\');
  const dialects = escapes.map((escaping): TableDialect => {
    const padded = quote !== null && isPadded(sample, delimiter, quote);
    return { delimiter, quote, escape: escaping, ...(padded ? { padded } : {}) };
  });
  return delimiter === ' ' && sample.includes('  ')
    ? [...dialects, ...dialects.map((dialect) => ({ ...dialect, merged: true }))]
    : dialects;
}

/** True if most quotes are separated from their delimiter by spaces. */
function isPadded(sample: string, delimiter: string, quote: string): boolean {
  if (delimiter.includes(' ') || (!sample.includes(` ${quote}`) && !sample.includes(`${quote} `))) return false;
  let padded = 0;
  let tight = 0;
  for (let at = sample.indexOf(quote); at >= 0; at = sample.indexOf(quote, at + 1)) {
    const before = sample.slice(Math.max(0, at - PADDING_MAX), at);
    const after = sample.slice(at + 1, at + 1 + PADDING_MAX);
    if (before.endsWith(delimiter) || after.startsWith(delimiter)) tight++;
    else if (before.trimEnd().endsWith(delimiter) && / $/.test(before)) padded++;
    else if (/^ +[\r\n]/.test(after) || (/^ /.test(after) && after.trimStart().startsWith(delimiter))) padded++;
  }
  return padded * 2 > tight;
}

/** The number of quoted cells, without `''`, which some exporters write for an empty cell. */
function countQuoted(records: readonly RecordReading[]): number {
  return records.reduce(
    (n, { sound, quoted, cells }) => n + (sound ? quoted.filter((is, i) => is && cells[i] !== '').length : 0),
    0,
  );
}

/** `\` if it precedes quotes inside cells, which are not doubled there; `"` if it is doubled in a table with another quote. */
function escapeOf(sample: string, delimiter: string, quote: string | null): string | null {
  if (quote === "'" && sample.includes('""') && !/(?<!")"(?:"")*(?!")/.test(sample)) return '"';
  if (quote === null || !sample.includes(`\\${quote}`)) return null;
  let escaped = 0;
  let doubled = 0;
  for (let at = sample.indexOf(quote); at >= 0; at = sample.indexOf(quote, at + 1)) {
    const after = at + 1;
    const ends = sample.startsWith(delimiter, after) || '\r\n'.includes(sample[after] ?? '\n');
    if (sample[at - 1] === '\\' && sample[at - 2] !== '\\' && !ends) escaped++;
    else if (
      sample[after] === quote &&
      !sample.startsWith(delimiter, at + 2) &&
      !sample.endsWith(delimiter, at) &&
      !'\r\n'.includes(sample[at + 2] ?? '\n')
    )
      doubled++;
  }
  return escaped > doubled ? '\\' : null;
}

function lineEndOf(sample: string): DetectedDialect['lineEnd'] {
  const crlf = sample.includes('\r\n');
  const lf = /(?<!\r)\n/.test(sample);
  const cr = /\r(?!\n)/.test(sample);
  if (Number(crlf) + Number(lf) + Number(cr) > 1) return 'mixed';
  return crlf ? '\r\n' : cr ? '\r' : '\n';
}
