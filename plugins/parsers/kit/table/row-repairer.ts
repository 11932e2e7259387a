/** The `repair` option of a run: what the top of a feed shows of its rows, and the odd rows read by that. */
import type { Repair } from '../../../../core/layout.ts';
import { lineAt, type TableDialect } from './dialect.ts';
import { readRow } from './read-row.ts';
import { learnShape } from './table-reader.ts';

/** Characters of odd rows that are looked at in search of readings, over a whole feed. Rows after that stay as they are. */
const EFFORT_CHARS = 200_000_000;

export interface RepairSettings {
  dialect: TableDialect;
  /** Physical lines before the header. */
  skipLines: number;
  headerLines: number;
}

/** Null where the top of the feed shows no table. */
export function repairerFor(top: string, { dialect, skipLines, headerLines }: RepairSettings): Repair | null {
  const learnt = learnShape(top, { dialect, skipLines, headerLines });
  if (learnt.width < 2 || learnt.profiles.every(({ count }) => count === 0)) return null;
  const shape = { ...learnt, effort: { left: EFFORT_CHARS } };
  return {
    width: shape.width,
    mend: (text) => {
      const { cells, next, repaired } = readRow(text, 0, lineAt(text, 0), dialect, shape, false);
      return repaired !== null && next === text.length ? cells : null;
    },
  };
}
