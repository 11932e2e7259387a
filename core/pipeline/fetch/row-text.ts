/** Writes rows in the dialect of a feed. */
import type { Layout } from '../../layout.ts';

export interface RowText {
  /**
   * True if a cell can be written with the bytes that it came in. Not if the dialect has escapes: reading removes them.
   */
  readonly keepsRaw: boolean;
  /** A text as a cell, in quotes if it needs them. */
  cell(text: string): string;
  /** A text that is already in quotes. */
  quoted(raw: string): string;
  /** Cells that are already in their written form, as a row with its line end. */
  joined(cells: readonly string[]): string;
  /** Texts as a row with its line end. */
  line(texts: readonly string[]): string;
}

/** Null is plain CSV. */
export function rowTextOf(layout: Pick<Layout, 'delimiter' | 'quote' | 'escape'> | null, lineEnd = '\n'): RowText {
  const { delimiter, quote } = layout ?? { delimiter: ',', quote: '"' };
  const mark = layout?.escape ?? null;
  const mustQuote = [delimiter, '\n', '\r', ...(quote === null ? [] : [quote]), ...(mark === null ? [] : [mark])];
  const cell = (text: string): string => {
    if (!mustQuote.some((sign) => text.includes(sign))) return text;
    if (quote === null) return text.replaceAll(delimiter, ' ').replace(/[\r\n]+/g, ' ');
    const inner =
      mark === null
        ? text.replaceAll(quote, quote + quote)
        : text.replaceAll(mark, mark + mark).replaceAll(quote, mark + quote);
    return quote + inner + quote;
  };
  const joined = (cells: readonly string[]): string => `${cells.join(delimiter)}${lineEnd}`;
  return {
    keepsRaw: mark === null,
    cell,
    quoted: (raw) => (quote === null ? raw : quote + raw + quote),
    joined,
    line: (texts) => joined(texts.map(cell)),
  };
}
