/**
 * Counts rows in stock that say, in a column that nothing reads, that the goods are not to be sold: `discontinued`, `gesperrt`, or `Y` under
 * the header `Blocked`. A column counts if its cells are words of states: short, and few different ones.
 */
import { toText } from '../../bytes/text.ts';
import { STATE_CHARS_MAX, type StateFlag, saysGone, stateFlag } from '../../text/state-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const STATES_UNREAD = 'states_unread';

/** Different cells of a column of states. A column with more is of names or texts. */
const WORDS_MAX = 20;
/** Bytes of a word of a state: letters have up to four. */
const CELL_BYTES_MAX = 2 * STATE_CHARS_MAX;

interface StateColumn extends UnreadColumn {
  flag: StateFlag;
  /** What its cells are, by their text: true for goods that are not to be sold. Null for a column of other things. */
  words: Map<string, boolean> | null;
}

export type StateColumns = UnreadColumns<StateColumn>;

export class UnreadStates implements UnreadColumnKind<StateColumn> {
  open(column: UnreadColumn): StateColumn {
    return { ...column, flag: stateFlag(column.name), words: new Map() };
  }

  look(column: StateColumn, window: Uint8Array, from: number, to: number): string | null {
    const { words } = column;
    if (words === null) return null;
    const cell = to - from > CELL_BYTES_MAX ? null : toText(window, from, to);
    let isGone = cell === null ? undefined : words.get(cell);
    if (isGone === undefined) {
      isGone = cell !== null && saysGone(cell, column.flag);
      if (cell === null || words.size === WORDS_MAX) column.words = null;
      else words.set(cell, isGone);
    }
    return isGone ? cell : null;
  }

  /** A state may turn up late: columns of few words stay. */
  isMeant({ words }: StateColumn): boolean {
    return words !== null;
  }
}
