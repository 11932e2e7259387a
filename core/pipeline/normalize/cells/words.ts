/** Declared words: whole cells with a meaning, compared trimmed and without regard to case. */
import { ByteMap } from '../../../bytes/byte-map.ts';
import { toBytes } from '../../../bytes/text.ts';
import { foldHeader } from '../columns/header.ts';
import type { Cell } from './cell.ts';

/** Words by their folded bytes. A look-up makes a string only if the cell has bytes beyond ASCII. */
export class Words {
  readonly #map = new ByteMap();
  #folded = new Uint8Array(256);

  /** Adds a word; false if it is in the table already. */
  add(word: string, value: string): boolean {
    return !this.#map.set(toBytes(foldHeader(word)), toBytes(value));
  }

  /** The word's entry, from 0 in the order of adding, or -1. Undoubles the cell's quotes. */
  find(cell: Cell): number {
    cell.undouble();
    const { bytes, start, end } = cell;
    const length = end - start;
    if (this.#folded.length < length) this.#folded = new Uint8Array(length * 2);
    const folded = this.#folded;
    for (let i = 0; i < length; i++) {
      // biome-ignore lint/style/noNonNullAssertion: the cell's range bounds the bytes
      const byte = bytes[start + i]!;
      if (byte >= 0x80) {
        const whole = toBytes(foldHeader(cell.text()));
        return this.#map.find(whole, 0, whole.length);
      }
      folded[i] = byte >= 65 && byte <= 90 ? byte | 32 : byte;
    }
    return this.#map.find(folded, 0, length);
  }

  /** Sets the cell to the word's value. */
  put(entry: number, cell: Cell): void {
    cell.set(this.#map.bytes, this.#map.valueStart(entry), this.#map.valueEnd(entry));
  }
}
