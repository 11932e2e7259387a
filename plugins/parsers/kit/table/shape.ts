/** What a table's rows are like, and the choice of the one reading of an odd row that fits them. */

import { type ColumnProfile, cellFit } from './column-profile.ts';

export interface TableShape {
  width: number;
  profiles: readonly ColumnProfile[];
  /** Characters that may still be looked at in search of readings: hostile files must end too. */
  effort: { left: number };
}

/** One way to read an odd row. */
export interface RowReading {
  cells: string[];
  /** Cells at its start that are as the file has them: one of these may be a value of its own kind. */
  untouched?: number;
  /** What the reading supposes that is unlikely in itself, in the units of `cellFit`. */
  cost?: number;
  /** Column that it leaves empty. */
  gap?: number;
}

/** A reading must beat the next one by this much, and have no cell that fits worse than `WORST`. */
export const LEAD = 1;
export const WORST = -4;
/** Of so many cells of a row one may be a value of its own kind. */
const CELLS_PER_ODD_ONE = 10;
/** How an empty cell fits a column that has none: as a rival reading, never as one to take. */
const MISSING = -3.2;

/**
 * The sum over the row's cells of how they fit the columns; -Infinity where one does not, but for one of the first so many,
 * and one of ten.
 */
export function rowFit(cells: readonly string[], shape: TableShape, lenient = 0): number {
  let sum = 0;
  let odd = 0;
  let oddFirst = 0;
  for (let i = 0; i < cells.length; i++) {
    const fit = cellFit(cells[i]!, shape.profiles[i]!);
    sum += fit;
    if (fit >= WORST) continue;
    if (i < lenient && oddFirst++ === 0) continue;
    if (++odd > cells.length / CELLS_PER_ODD_ONE) return Number.NEGATIVE_INFINITY;
  }
  return sum;
}

/** The same for a row of which nothing is in doubt but a few cells. */
export function softFit(cells: readonly string[], shape: TableShape): number {
  return cells.reduce((sum, cell, i) => sum + cellFit(cell, shape.profiles[i]!), 0);
}

/** The one reading whose cells fit the columns; null where none does or several do about equally. */
export function onlyReading(readings: readonly RowReading[], shape: TableShape): string[] | null {
  let best: RowReading | null = null;
  let bestFit = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  for (const reading of readings) {
    const fit = fitOf(reading, shape);
    if (fit <= second || (best !== null && sameCells(best.cells, reading.cells) && fit <= bestFit)) continue;
    if (fit > bestFit) {
      if (best === null || !sameCells(best.cells, reading.cells)) second = bestFit;
      best = reading;
      bestFit = fit;
    } else second = fit;
  }
  if (best === null || bestFit - second < LEAD) return null;
  const isMissing = best.gap !== undefined && shape.profiles[best.gap]!.empties === 0;
  return isMissing ? null : best.cells;
}

function fitOf({ cells, untouched = 0, cost = 0, gap }: RowReading, shape: TableShape): number {
  if (gap === undefined) return rowFit(cells, shape, untouched) - cost;
  const rest = { ...shape, profiles: shape.profiles.filter((_, i) => i !== gap) };
  const filled = cells.filter((_, i) => i !== gap);
  const { empties, count } = shape.profiles[gap]!;
  return rowFit(filled, rest) + (empties > 0 ? Math.max(-2, Math.log(empties / count)) : MISSING) - cost;
}

function sameCells(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((cell, i) => cell === b[i]);
}
