/** The bytes of a feed that are in memory, and how far they have been scanned. */
import { LF } from '../bytes/ascii.ts';

export interface ScanCursor {
  /** The window. One spare byte must follow `end`: the scanner overwrites it. */
  bytes: Uint8Array;
  /** The next byte to scan. */
  at: number;
  /** The position after the last byte of the feed in the window. */
  end: number;
  /** True if no bytes of the feed come after `end`. */
  final: boolean;
}

/** The position after the line end at `at`, or -1 if it is a CR and the next chunk may start with its LF. */
export function afterLineEnd({ bytes, end, final }: ScanCursor, at: number): number {
  if (bytes[at] === LF) return at + 1;
  if (at + 1 >= end) return final ? end : -1;
  return bytes[at + 1] === LF ? at + 2 : at + 1;
}
