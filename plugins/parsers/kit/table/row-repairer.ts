/** The `repair` option of a run: learns the shape of the rows from the top of a feed, and repairs odd rows by it. */
import type { Repair } from '../../../../core/layout.ts';
import { lineAt, type TableDialect } from './dialect.ts';
import { readRow } from './repair/read-row.ts';
import { learnShape } from './table-reader.ts';

/** The most characters of odd rows that are read over a whole feed. Later rows are not repaired. */
const EFFORT_CHARS = 200_000_000;

export interface RepairSettings {
  dialect: TableDialect;
  /** Physical lines before the header. */
  skipLines: number;
  headerLines: number;
}

/** Null if the top of the feed shows no table. */
export function repairerFor(top: string, { dialect, skipLines, headerLines }: RepairSettings): Repair | null {
  const learnt = learnShape(top, { dialect, skipLines, headerLines });
  if (learnt.width < 2 || learnt.profiles.every(({ count }) => count === 0)) return null;
  const shape = { ...learnt, effort: { left: EFFORT_CHARS } };
  return {
    width: shape.width,
    mend: (text) => {
      const { cells, next, repaired } = readRow({ text, line: lineAt(text, 0), isHeader: false }, dialect, shape);
      return repaired !== null && next === text.length ? cells : null;
    },
  };
}
