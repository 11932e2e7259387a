/**
 * Tests if a file is ordinary UTF-8: well-formed to its end, without NUL bytes and escape sequences. Most files are,
 * and `auto` then needs no survey of their bytes. It stops at the first byte that says otherwise.
 */
import { IllFormed, utf8Checker } from '../decode/decode-utf8.ts';
import { OpinionSample } from './opinion-sample.ts';
import { hasShift } from './shifts.ts';

/** The sample for a second opinion, as in `Survey`; null if the file is not ordinary UTF-8, or may not be. */
export async function plainUtf8(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const checker = utf8Checker();
  const start = new OpinionSample();
  try {
    for await (const chunk of chunks) {
      checker.write(chunk);
      if (chunk.indexOf(0) >= 0 || hasShift(chunk)) return null;
      start.add(chunk);
    }
    checker.end();
    return start.bytes;
  } catch (error) {
    if (error instanceof IllFormed) return null;
    throw error;
  }
}
