/**
 * Patterns: `*` is any number of characters, `?` is one. Not regular expressions, because anyone may write a config.
 */

/** Case does not matter. Takes at most pattern × text steps. */
export function globMatcher(pattern: string): (text: string) => boolean {
  const wanted = [...pattern.toLowerCase()];
  return (text) => matches(wanted, [...text.toLowerCase()]);
}

/** True if the pattern has a wildcard. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

function matches(pattern: readonly string[], text: readonly string[]): boolean {
  let p = 0;
  let t = 0;
  // where to continue if the characters after the last star do not match
  let star = -1;
  let retry = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++retry;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
