/**
 * Looks whether a file is UTF-8 as most are: well-formed to its end, without NUL bytes and escape sequences. Then nothing else about its
 * bytes needs to be known, and `auto` spares the survey. It ends at the first byte that says otherwise.
 */
import { IllFormed, utf8Checker } from './decode-utf8.ts';
import { OpinionSample } from './opinion-sample.ts';
import { hasShift } from './shifts.ts';

/** The part of the file for a second opinion, as in `Survey`; null if the file is not so, or may not be. */
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
