/** Patterns in which `*` stands for any characters and `?` for one. No regular expression: a config may come from anyone. */

/** Compares without regard to case. Takes at most pattern × text steps. */
export function globMatcher(pattern: string): (text: string) => boolean {
  const wanted = [...pattern.toLowerCase()];
  return (text) => matches(wanted, [...text.toLowerCase()]);
}

/** Whether a pattern is more than a text. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

function matches(pattern: readonly string[], text: readonly string[]): boolean {
  let p = 0;
  let t = 0;
  // where to go on when the characters after the last star turn out not to fit
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
