/** The shape of a table's rows, and the choice of the one reading of an odd row that fits it. */

// biome-ignore-all lint/style/noNonNullAssertion: rows that are compared have a cell for each column

import { type ColumnProfile, cellFit } from './column-profile.ts';

export interface TableShape {
  width: number;
  profiles: readonly ColumnProfile[];
  /** True if most rows leave out their last cells: then a short row is normal. */
  mostlyShort?: boolean;
  /** How many characters may still be read in search of readings: a limit of the time for hostile files. */
  effort: { left: number };
}

/** One way to read an odd row. */
export interface RowReading {
  cells: string[];
  /** How many cells at the start are unchanged. One of them may fit badly. */
  untouched?: number;
  /** How unlikely the reading's assumption is, in the units of `cellFit`. */
  cost?: number;
  /** The column that it leaves empty. */
  gap?: number;
}

/** A reading must beat the next one by `LEAD`, and no cell may fit worse than `WORST`. */
export const LEAD = 1;
export const WORST = -4;
/** In a row, one of so many cells may fit worse than `WORST`. */
const CELLS_PER_ODD_ONE = 10;
/**
 * How well an empty cell fits a column without empty cells: enough to compete with another reading, never enough to
 * win.
 */
const MISSING = -3.2;

/**
 * The sum of how well the cells fit their columns; -Infinity if one does not. One of the first `lenient` cells may fail, and
 * one in ten of the others.
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

/** The same sum, without the limit `WORST`. */
export function softFit(cells: readonly string[], shape: TableShape): number {
  return cells.reduce((sum, cell, i) => sum + cellFit(cell, shape.profiles[i]!), 0);
}

/** The only reading whose cells fit the columns; null if none does, or if several fit about equally well. */
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
