/**
 * Which of a test's many cases run: a quarter in `npm test`, the rest in `npm run test:long`. There, `NAME.long-test.ts` calls
 * `takeTheRest` and then imports `NAME.test.ts`.
 */
const PARTS = 4;

let isRest = false;

export function takeTheRest(): void {
  isRest = true;
}

/** Of cases 0 to `all`, those that run. */
export function shareOf(all: number): { from: number; to: number } {
  const part = Math.ceil(all / PARTS);
  return isRest ? { from: part, to: all } : { from: 0, to: part };
}

/** How many of `all` cases run. */
export function countOf(all: number): number {
  const { from, to } = shareOf(all);
  return to - from;
}

/** Of a list of cases, those that run: every so many-th, so that each kind of neighbouring cases has its share. */
export function someOf<T>(all: readonly T[]): T[] {
  return all.filter((_, i) => (i % PARTS === 0) !== isRest);
}
