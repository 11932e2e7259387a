/**
 * Patterns: `*` is any number of characters, `?` is one. Not regular expressions, because anyone may write a config.
 *
 * Ordinary patterns are matched by going back to the last star. One for which that takes more steps than a few for each character is cut at
 * its stars, and each part is searched for in one pass: what a pattern costs grows with the text, not with text × pattern.
 */
import { type Part, partOf } from './glob-parts.ts';

/** Steps for each character of text and pattern, after which the parts are searched for. */
const STEPS_EACH = 4;

/** Case does not matter. */
export function globMatcher(pattern: string): (text: string) => boolean {
  const wanted = [...pattern.toLowerCase()];
  let parts: Part[] | null = null;
  return (text) => {
    const given = [...text.toLowerCase()];
    const quick = matches(wanted, given);
    if (quick !== null) return quick;
    parts ??= partsOf(wanted);
    return matchesParts(parts, given);
  };
}

/** True if the pattern has a wildcard. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Null if it takes too many steps. */
function matches(pattern: readonly string[], text: readonly string[]): boolean | null {
  let p = 0;
  let t = 0;
  // where to continue if the characters after the last star do not match
  let star = -1;
  let retry = 0;
  let stepsLeft = STEPS_EACH * (pattern.length + text.length);
  while (t < text.length) {
    if (stepsLeft-- === 0) return null;
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

/** What is between the stars: at least two parts, of which the first and the last may be empty. */
function partsOf(pattern: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (let from = 0, i = 0; i <= pattern.length; i++) {
    if (i < pattern.length && pattern[i] !== '*') continue;
    // stars next to each other are one
    if (i > from || from === 0 || i === pattern.length) parts.push(partOf(pattern.slice(from, i)));
    from = i + 1;
  }
  return parts;
}

function matchesParts(parts: readonly Part[], text: readonly string[]): boolean {
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined || first.length + last.length > text.length) return false;
  const end = text.length - last.length;
  if (!first.isAt(text, 0) || !last.isAt(text, end)) return false;
  let from = first.length;
  // the leftmost place leaves most for the parts that follow
  for (const part of parts.slice(1, -1)) {
    const at = part.find(text, from, end);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
