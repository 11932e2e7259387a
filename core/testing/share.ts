/**
 * Which of a test's many cases run: a twentieth in `npm test`, the rest in `npm run test:long`. There, `NAME.long-test.ts` calls
 * `takeTheRest` and then imports `NAME.test.ts`.
 */
const PARTS = 20;

let isRest = false;

export function takeTheRest(): void {
  isRest = true;
}

/** The cases among 0 to `all` that run. Dear cases are few, and the quick test needs some: its share is one of `parts`. */
export function shareOf(all: number, parts = PARTS): { from: number; to: number } {
  const part = Math.ceil(all / parts);
  return isRest ? { from: part, to: all } : { from: 0, to: part };
}

/** How many of `all` cases run. */
export function countOf(all: number): number {
  const { from, to } = shareOf(all);
  return to - from;
}

/** The cases of a list that run: every n-th, so that each group of neighbouring cases is represented. */
export function someOf<T>(all: readonly T[]): T[] {
  return all.filter((_, i) => (i % PARTS === 0) !== isRest);
}
