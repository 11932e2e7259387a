/** Whole cells that stand for something, compared trimmed and without regard to case. */
import { ByteMap } from '../../../bytes/byte-map.ts';
import { toBytes } from '../../../bytes/text.ts';
import { trimText } from '../../../bytes/trim.ts';
import type { Cell } from './cell.ts';

/** A table of words by their folded bytes; a look-up makes no string unless the cell has letters beyond ASCII. */
export class Words {
  readonly #map = new ByteMap();
  #folded = new Uint8Array(256);

  /** Adds a word; false where it was there before. */
  add(word: string, value: string): boolean {
    return !this.#map.set(toBytes(fold(word)), toBytes(value));
  }

  /** The word's entry, from 0 in the order of adding, or -1. The cell's doubled quotes are undone. */
  find(cell: Cell): number {
    cell.undouble();
    const { bytes, start, end } = cell;
    const length = end - start;
    if (this.#folded.length < length) this.#folded = new Uint8Array(length * 2);
    const folded = this.#folded;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i]!;
      if (byte >= 0x80) {
        const whole = toBytes(fold(cell.text()));
        return this.#map.find(whole, 0, whole.length);
      }
      folded[i] = byte >= 65 && byte <= 90 ? byte | 32 : byte;
    }
    return this.#map.find(folded, 0, length);
  }

  /** Puts what the word stands for in place of the cell. */
  put(entry: number, cell: Cell): void {
    cell.set(this.#map.bytes, this.#map.valueStart(entry), this.#map.valueEnd(entry));
  }
}

function fold(word: string): string {
  return trimText(word).toLowerCase();
}
