/** Searches for a part of a pattern, which has no stars, in one pass over a text. */

export interface Part {
  readonly length: number;
  isAt(text: readonly string[], at: number): boolean;
  /** The first place from `from` on where it is, and ends at `end` at the latest; -1 if there is none. */
  find(text: readonly string[], from: number, end: number): number;
}

export function partOf(chars: readonly string[]): Part {
  const isAt = (text: readonly string[], at: number) => chars.every((char, i) => char === '?' || char === text[at + i]);
  const search = chars.includes('?') ? withMarks(chars) : plain(chars);
  return { length: chars.length, isAt, find: search };
}

type Find = Part['find'];

/** Knuth, Morris and Pratt: of what matched so far, the longest part that may begin again is known. */
function plain(chars: readonly string[]): Find {
  const again = new Int32Array(chars.length);
  for (let i = 1, k = 0; i < chars.length; i++) {
    while (k > 0 && chars[i] !== chars[k]) k = again[k - 1] ?? 0;
    if (chars[i] === chars[k]) k++;
    again[i] = k;
  }
  return (text, from, end) => {
    for (let t = from, k = 0; t < end; t++) {
      while (k > 0 && text[t] !== chars[k]) k = again[k - 1] ?? 0;
      if (text[t] === chars[k]) k++;
      if (k === chars.length) return t + 1 - k;
    }
    return -1;
  };
}

const BITS = 32;

/**
 * Shift-And: a bit for each prefix of the part that ends at this character, 32 of them at a step. A character has the bits of its places and
 * of all marks. One of few places has a list of them: all masks together take no more memory than some times the part.
 */
function withMarks(chars: readonly string[]): Find {
  const words = Math.ceil(chars.length / BITS);
  const marks = new Uint32Array(words);
  const lists = new Map<string, number[]>();
  for (const [i, char] of chars.entries()) {
    const list = lists.get(char);
    if (char === '?') setBit(marks, i);
    else if (list === undefined) lists.set(char, [i]);
    else list.push(i);
  }
  const masks = new Map<string, Uint32Array>();
  for (const [char, list] of lists) {
    if (list.length <= words) continue;
    const mask = marks.slice();
    for (const i of list) setBit(mask, i);
    masks.set(char, mask);
    lists.delete(char);
  }
  return (text, from, end) => {
    const state = new Uint32Array(words);
    const longer = new Uint32Array(words);
    for (let t = from; t < end; t++) {
      const char = text[t] ?? '';
      const mask = masks.get(char) ?? marks;
      makeLonger(state, longer);
      for (let w = 0; w < words; w++) state[w] = (longer[w] ?? 0) & (mask[w] ?? 0);
      for (const i of lists.get(char) ?? NONE) if (hasBit(longer, i)) setBit(state, i);
      if (hasBit(state, chars.length - 1)) return t + 1 - chars.length;
    }
    return -1;
  };
}

const NONE: readonly number[] = [];

/** Each prefix by one character, and the first one. */
function makeLonger(state: Uint32Array, longer: Uint32Array): void {
  let carry = 1;
  for (let w = 0; w < state.length; w++) {
    const bits = state[w] ?? 0;
    longer[w] = (bits << 1) | carry;
    carry = bits >>> 31;
  }
}

function setBit(bits: Uint32Array, i: number): void {
  bits[i >> 5] = (bits[i >> 5] ?? 0) | (1 << (i & 31));
}

function hasBit(bits: Uint32Array, i: number): boolean {
  return (((bits[i >> 5] ?? 0) >>> (i & 31)) & 1) === 1;
}
