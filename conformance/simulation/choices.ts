/**
 * The source of a history's choices: a seed, or the list of an earlier history. Zero is always the plain choice: go on,
 * and nothing goes wrong. So a list of choices shrinks by setting parts of it to zero.
 */
const RANGE = 1 << 16;

/** Numbers below 1 from a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class Choices {
  /** What was chosen so far. */
  readonly made: number[] = [];
  readonly #next: () => number;

  /** After the end of a list, all choices are zero. */
  constructor(source: number | readonly number[]) {
    if (typeof source === 'number') {
      const random = randomOf(source);
      this.#next = () => Math.floor(random() * RANGE);
    } else {
      this.#next = () => source[this.made.length] ?? 0;
    }
  }

  /** One of the values; the first one is the plain choice. */
  pick<const T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  below(count: number): number {
    return Math.floor((this.#draw() * count) / RANGE);
  }

  chance(share: number): boolean {
    return this.#draw() >= RANGE * (1 - share);
  }

  #draw(): number {
    const value = this.#next();
    this.made.push(value);
    return value;
  }
}

/** Shrinks a list of choices with which `fails` holds: finds as few non-zero ones as `triesMax` tries allow. */
export async function shrink(
  choices: readonly number[],
  fails: (choices: readonly number[]) => Promise<boolean>,
  triesMax: number,
): Promise<number[]> {
  let best = trimmed(choices);
  let tries = 0;
  const attempt = async (candidate: number[]) => {
    tries++;
    if (!(await fails(candidate))) return false;
    best = trimmed(candidate);
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.length && tries < triesMax; at += size) {
      if (best.slice(at, at + size).every((value) => value === 0)) continue;
      await attempt(best.map((value, i) => (i >= at && i < at + size ? 0 : value)));
    }
    if (tries >= triesMax) break;
  }
  return best;
}

function trimmed(choices: readonly number[]): number[] {
  let end = choices.length;
  while (end > 0 && choices[end - 1] === 0) end--;
  return choices.slice(0, end);
}
