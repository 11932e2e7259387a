/** Converts a cell from the form that a layout declares to the canonical form, which the plain readers read. */

import { NOT_IN_FORM, NumberReader, OTHER_CURRENCY } from '../../../bytes/number-form.ts';
import { toBytes, toText } from '../../../bytes/text.ts';
import { readDatetime } from '../../../bytes/time/datetime.ts';
import { timeReader } from '../../../bytes/time/datetime-form.ts';
import type { ColumnKind } from '../../../canonical.ts';
import type { CellForm } from '../../../layout.ts';
import type { Cell } from './cell.ts';
import { Words } from './words.ts';

/** Results of reading a cell. */
export const READ = 0;
/** The cell has none of the declared forms. */
export const UNREAD = 1;
export const FOREIGN = 2;

export class CellReader {
  /** Looked up in this order. */
  readonly #words: readonly Words[];
  readonly #numbers: NumberReader | null;
  /** For cells that are canonical numbers already. */
  readonly #plain: NumberReader | null;
  readonly #times: ReadonlyArray<(text: string) => string | null>;
  /** True if the last cell is another time in another of the declared forms, such as `03/04/2026`. */
  isAmbiguous = false;

  /** `ownWords` are looked up before the words of the form. */
  constructor(form: Partial<CellForm>, kind: ColumnKind, ownWords: CellForm['words'] = {}) {
    this.#words = [ownWords, form.words ?? {}].flatMap(wordsOf);
    const isNumber = kind === 'integer' || kind === 'money';
    this.#numbers = isNumber && form.numbers ? new NumberReader(form.numbers) : null;
    this.#plain = isNumber && form.numbers ? new NumberReader({ ...form.numbers, ...PLAIN_MARKS }) : null;
    this.#times = kind === 'datetime' ? (form.times ?? []).map(timeReader) : [];
  }

  /** Converts the cell in place. Its bytes are valid until the next cell is read. */
  read(cell: Cell): number {
    this.isAmbiguous = false;
    for (const words of this.#words) {
      const word = words.find(cell);
      if (word < 0) continue;
      words.put(word, cell);
      return READ;
    }
    if (cell.isEmpty) return READ;
    const numbers = cell.isNumber ? this.#plain : this.#numbers;
    if (numbers !== null) return this.#number(cell, numbers);
    return this.#times.length === 0 ? READ : this.#time(cell);
  }

  #number(cell: Cell, numbers: NumberReader): number {
    const length = numbers.read(cell.bytes, cell.start, cell.end);
    if (length === OTHER_CURRENCY) return FOREIGN;
    if (length === NOT_IN_FORM) return UNREAD;
    cell.set(numbers.out, 0, length);
    return READ;
  }

  #time(cell: Cell): number {
    if (!Number.isNaN(readDatetime(cell.bytes, cell.start, cell.end, null))) return READ;
    const text = cell.text();
    let first: Uint8Array | null = null;
    for (const read of this.#times) {
      const plain = read(text);
      if (plain === null) continue;
      const bytes = toBytes(plain);
      // a month of 25 is the day of another form
      if (first === null && isTime(bytes)) first = bytes;
      else if (first !== null && plain !== toText(first, 0, first.length) && isTime(bytes)) this.isAmbiguous = true;
    }
    if (first === null) return UNREAD;
    cell.set(first, 0, first.length);
    return READ;
  }
}

function isTime(bytes: Uint8Array): boolean {
  return !Number.isNaN(readDatetime(bytes, 0, bytes.length, null));
}

const PLAIN_MARKS = { decimal: '.', thousands: null, currency: null, atLeast: false, units: [] } as const;

/** The words of a form; an empty table gives no list, so that no look-up is made. */
function wordsOf(table: CellForm['words']): Words[] {
  const words = new Words();
  for (const [word, value] of Object.entries(table)) words.add(word, value ?? '');
  return Object.keys(table).length === 0 ? [] : [words];
}
