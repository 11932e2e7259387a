/** How well a table was loaded, measured as the Pollock benchmark does: ten measures of 0 to 1, added up. */

export interface RobustnessScore {
  /** 0 to 10. */
  sum: number;
  /** Whether every cell of every row is the expected one. */
  exact: boolean;
}

/** `loaded` is null where nothing could be read at all. */
export function scoreOf(expected: readonly string[][], loaded: readonly string[][] | null): RobustnessScore {
  if (loaded === null) return { sum: 0, exact: false };
  const exact = JSON.stringify(loaded) === JSON.stringify(expected);
  if (expected.length === 0) return { sum: 10, exact };
  const records = (rows: readonly string[][]): string[] => rows.slice(1).map((row) => row.join(''));
  const header = agreementOf(expected[0]!, loaded[0] ?? []);
  const record = agreementOf(records(expected), records(loaded));
  const cell = agreementOf(expected.flat(), loaded.flat());
  return { sum: 1 + header + record + cell, exact };
}

/** Precision, recall and F1 of two multisets, added up. */
function agreementOf(expected: readonly string[], loaded: readonly string[]): number {
  if (expected.length === 0) return 3;
  const left = new Map<string, number>();
  for (const value of expected) left.set(value, (left.get(value) ?? 0) + 1);
  let common = 0;
  for (const value of loaded) {
    const n = left.get(value) ?? 0;
    if (n === 0) continue;
    left.set(value, n - 1);
    common++;
  }
  if (common === 0) return 0;
  const precision = common / expected.length;
  const recall = common / loaded.length;
  return precision + recall + (2 * precision * recall) / (precision + recall);
}
