/**
 * Forms of texts: literal parts and places for values, such as `Total: ` and a number. Not regular expressions, because
 * anyone may write a config. Case and the width of white space do not matter.
 */

/** A literal text, or null for a place. */
export type FormPart = string | null;

/** Trimmed, in lower case, with single spaces. */
export function foldText(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ');
}

/**
 * The texts in the places of the form, in order; null if the text has another form. A place ends where the next literal
 * part first occurs, so the time is proportional to the text. Two places need a literal part between them.
 */
export function placesOf(parts: readonly FormPart[], text: string): string[] | null {
  const folded = foldText(text);
  const literals = parts.map((part) => (part === null ? null : part.toLowerCase().replace(/\s+/g, ' ')));
  const places: string[] = [];
  let at = 0;
  for (const [i, literal] of literals.entries()) {
    if (literal !== null) {
      const wanted = edgeTrimmed(literal, i === 0, i === literals.length - 1);
      if (!folded.startsWith(wanted, at)) return null;
      at += wanted.length;
      continue;
    }
    const next = literals[i + 1];
    const end =
      next === undefined || next === null ? folded.length : endOfPlace(folded, at, next, i + 2 === literals.length);
    if (end < 0) return null;
    places.push(folded.slice(at, end).trim());
    at = end;
  }
  return at === folded.length ? places : null;
}

function edgeTrimmed(literal: string, isFirst: boolean, isLast: boolean): string {
  const start = isFirst ? literal.trimStart() : literal;
  return isLast ? start.trimEnd() : start;
}

/** If the form ends in a literal part, that part must be at the end of the text. */
function endOfPlace(text: string, from: number, next: string, isLast: boolean): number {
  if (!isLast) return text.indexOf(next, from);
  const wanted = next.trimEnd();
  const end = text.length - wanted.length;
  return end >= from && text.endsWith(wanted) ? end : -1;
}
