/** The dialect of a delimited text, as bytes. */

export interface ScanDialect {
  /** The delimiter's UTF-8 bytes, at least one. */
  delimiter: Uint8Array;
  /** The quote's byte, or -1 where quotes have no meaning. */
  quote: number;
  /** The byte that escapes a following quote, delimiter or escape; -1 for none. */
  escape: number;
}
