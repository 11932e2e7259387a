/**
 * Removes the quotes around whole lines. A spreadsheet that did not split a table at its delimiter has each line in one
 * cell. It saves the cell in quotes, and doubles the line's own quotes.
 */
import { lineAt } from './dialect.ts';

/** `text` without these quotes; null unless every filled line is one quoted cell. Line ends stay as they are. */
export function unwrapLines(text: string, quote = '"'): string | null {
  const parts: string[] = [];
  let filled = 0;
  for (let at = 0; at < text.length; ) {
    const { end, next } = lineAt(text, at);
    if (end > at) {
      const inner = innerOf(text, at, end, quote);
      if (inner === null) return null;
      parts.push(inner);
      filled++;
    }
    parts.push(text.slice(end, next));
    at = next;
  }
  return filled === 0 ? null : parts.join('');
}

/** The text inside a line's quotes; null if they are not around the whole line, or if an inner quote is not doubled. */
function innerOf(text: string, from: number, end: number, quote: string): string | null {
  if (end - from < 2 || text[from] !== quote || text[end - 1] !== quote) return null;
  const inner = text.slice(from + 1, end - 1);
  const pair = quote + quote;
  return inner.replaceAll(pair, '').includes(quote) ? null : inner.replaceAll(pair, quote);
}
