/** "Did you mean": the nearest known name, for messages about unknown names. */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the lengths of the rows
/** Longer words have no suggestion: the work grows with the product of the lengths. */
const WORD_CHARS_MAX = 100;
/** Candidates after these are not looked at. */
const CANDIDATES_MAX = 2_000;

/** The candidate closest to `name` by edit distance, or null if none is near or the name is longer than 100 characters. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  if (name.length > WORD_CHARS_MAX) return null;
  const wanted = fold(name);
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > CANDIDATES_MAX) break;
    if (candidate.length > 2 * WORD_CHARS_MAX) continue;
    const distance = editDistance(wanted, fold(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates);
  return near === null ? '' : ` (did you mean "${near}"?)`;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}

/** Levenshtein distance with transpositions of neighbours; stops early at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let leastBefore = 0;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      next.push(d);
      if (d < least) least = d;
    }
    // a transposition reaches back two rows
    if (least >= limit && leastBefore >= limit) return limit;
    leastBefore = least;
    before = row;
    row = next;
  }
  return row[b.length]!;
}
