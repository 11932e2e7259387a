/**
 * Counts rows in stock that say, in a column that nothing reads, that the goods are not to be sold: `discontinued`, `gesperrt`, or `Y` under
 * the header `Blocked`. A column counts if its cells are words of states: short, and few different ones.
 */
import { toText } from '../../../../bytes/text.ts';
import { isNumberOfStock, STATE_CHARS_MAX, type StateFlag, saysGone, stateFlag } from '../../../../text/state-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const STATES_UNREAD = 'states_unread';

/** A column of states has at most so many different cells; one with more holds names or texts. */
const WORDS_MAX = 20;
/** Bytes of a state's word: a letter takes up to four. */
const CELL_BYTES_MAX = 2 * STATE_CHARS_MAX;

interface StateColumn extends UnreadColumn {
  flag: StateFlag;
  /** Its cells by text: true for goods that must not be sold. Null if the column holds other things. */
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
      if (cell === null || words.size === WORDS_MAX || isNumberOfStock(cell, column.flag)) column.words = null;
      else words.set(cell, isGone);
    }
    return isGone ? cell : null;
  }

  /** Columns with few different words are always followed: a state may turn up late. */
  isMeant({ words }: StateColumn): boolean {
    return words !== null;
  }
}
