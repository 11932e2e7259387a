/** "Did you mean": the nearest known name, for messages about unknown names. */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the lengths of the rows
/** Longer words get no suggestion: the work grows with the product of the lengths. */
const WORD_CHARS_MAX = 100;
/** At most so many candidates are compared. */
const CANDIDATES_MAX = 2_000;

/** The candidate closest to `name` by edit distance, or null if none is near or the name is longer than 100 characters. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  if (name.length > WORD_CHARS_MAX) return null;
  const wanted = looseName(name);
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > CANDIDATES_MAX) break;
    if (candidate.length > 2 * WORD_CHARS_MAX) continue;
    const distance = editDistance(wanted, looseName(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** As `nearest`, with the same digits but for leading zeros: another number is another article. */
export function nearestSku(sku: string, candidates: readonly string[]): string | null {
  const wanted = numberIn(sku);
  return nearest(
    sku,
    candidates.filter((one) => numberIn(one) === wanted),
  );
}

function numberIn(sku: string): string {
  return sku.replace(/[^0-9]/g, '').replace(/^0+/, '');
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates);
  return near === null ? '' : ` (did you mean "${near}"?)`;
}

/** Letters of unknown names times letters of known ones: a few milliseconds of work. */
const WORK_MAX = 2_000_000;

/** `didYouMean` for many names in a row: once that was much work, further names get no suggestion. */
export function suggestionsFrom(candidates: readonly string[]): (name: string) => string {
  const letters = candidates.reduce((sum, one) => sum + one.length, 0);
  let left = WORK_MAX;
  return (name) => {
    left -= name.length * letters;
    return left < 0 ? '' : didYouMean(name, candidates);
  };
}

/** Lower case, without blanks, hyphens and underscores. */
export function looseName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}

/**
 * The last three rows of the distance table, which are enough. They are four times as long as the longest name:
 * candidates may be twice as long, and folding may double a character.
 */
const ROWS = [0, 1, 2].map(() => new Uint16Array(4 * WORD_CHARS_MAX + 1));
const CODES = new Uint16Array(4 * WORD_CHARS_MAX);

/**
 * Levenshtein distance, with swaps of neighbours; stops early at `limit`. It reuses its arrays, because a request may
 * ask for thousands of distances.
 */
function editDistance(a: string, b: string, limit: number): number {
  const width = b.length;
  if (Math.abs(a.length - width) >= limit) return limit;
  let [before, row, next] = ROWS as [Uint16Array, Uint16Array, Uint16Array];
  for (let j = 0; j < width; j++) CODES[j] = b.charCodeAt(j);
  for (let j = 0; j <= width; j++) row[j] = j;
  let leastBefore = 0;
  for (let i = 1; i <= a.length; i++) {
    const code = a.charCodeAt(i - 1);
    // NaN before the first letter, which equals no letter
    const codeBefore = a.charCodeAt(i - 2);
    next[0] = i;
    let least = i;
    for (let j = 1; j <= width; j++) {
      let d = row[j - 1]! + (code === CODES[j - 1] ? 0 : 1);
      if (next[j - 1]! < d) d = next[j - 1]! + 1;
      if (row[j]! < d) d = row[j]! + 1;
      if (j > 1 && code === CODES[j - 2] && codeBefore === CODES[j - 1] && before[j - 2]! < d) d = before[j - 2]! + 1;
      next[j] = d;
      if (d < least) least = d;
    }
    // a swap reaches back two rows
    if (least >= limit && leastBefore >= limit) return limit;
    leastBefore = least;
    [before, row, next] = [row, next, before];
  }
  return row[width]!;
}
