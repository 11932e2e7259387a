/** Writes rows in the dialect of a feed. */
import type { Layout } from '../../layout.ts';

export interface RowText {
  /** True if a cell can be written as it came; an escape is gone once a row is read. */
  readonly keepsRaw: boolean;
  /** A text as a cell, in quotes if it needs them. */
  cell(text: string): string;
  /** Text that stands in quotes already. */
  quoted(raw: string): string;
  /** Cells that are written already, as a row with its line end. */
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
