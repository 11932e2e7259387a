/** The condition column: its three words, in any case, as a small number. */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the lengths of the words
import { CONDITIONS } from '../canonical.ts';
import { toBytes } from './text.ts';

const WORDS = CONDITIONS.map(toBytes);

/** 1 + the position in `CONDITIONS`, 0 for an empty cell, -1 for any other word. */
export function conditionAt(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to) return 0;
  for (let w = 0; w < WORDS.length; w++) {
    const word = WORDS[w]!;
    if (word.length !== to - from) continue;
    let i = 0;
    while (i < word.length && (bytes[from + i]! | 32) === word[i]) i++;
    if (i === word.length) return w + 1;
  }
  return -1;
}

export function writeCondition(out: Uint8Array, at: number, condition: number): number {
  if (condition <= 0) return at;
  const word = WORDS[condition - 1]!;
  for (let i = 0; i < word.length; i++) out[at + i] = word[i]!;
  return at + word.length;
}
