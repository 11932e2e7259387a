/** The age of a vendor's files at the run's clock. */

export function newestOf<T extends { last_modified: string }>(inputs: readonly T[]): T | null {
  return inputs.reduce<T | null>(
    (best, one) => (best === null || one.last_modified >= best.last_modified ? one : best),
    null,
  );
}

/** Negative for a file from after the run's clock. */
export function ageSeconds(lastModified: string, now: number): number {
  return now - Math.floor(Date.parse(lastModified) / 1000);
}

/** With two decimals. */
export function hoursOf(seconds: number): number {
  return Math.round(seconds / 36) / 100;
}
