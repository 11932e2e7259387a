/** The dialect of a delimited text, as bytes. */
import { toBytes } from '../bytes/text.ts';
import type { Layout } from '../layout.ts';

export interface ScanDialect {
  /** The delimiter's UTF-8 bytes, at least one. */
  delimiter: Uint8Array;
  /** The quote's byte, or -1 where quotes have no meaning. */
  quote: number;
  /** The byte that escapes a following quote, delimiter or escape; -1 for none. */
  escape: number;
}

export function dialectOf(layout: Layout): ScanDialect {
  const { delimiter, quote } = layout;
  return {
    delimiter: toBytes(delimiter),
    quote: quote === null ? -1 : quote.charCodeAt(0),
    escape: layout.escape?.charCodeAt(0) ?? -1,
  };
}
