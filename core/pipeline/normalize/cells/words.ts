/** Declared words: whole cells with a meaning, compared trimmed and without regard to case. */
// biome-ignore-all lint/style/noNonNullAssertion: the cell's range bounds the bytes, and each known cell has an entry
import { ByteMap } from '../../../bytes/byte-map.ts';
import { toBytes } from '../../../bytes/text.ts';
import { foldHeader } from '../columns/header.ts';
import type { Cell } from './cell.ts';

/** Longer words count as that long. */
const LENGTHS_MAX = 64;
/** So many different cells with letters beyond ASCII are remembered. */
const KNOWN_MAX = 256;

/** Words by their folded bytes. A look-up makes a string only of a cell with bytes beyond ASCII, the first time. */
export class Words {
  readonly #map = new ByteMap();
  #folded = new Uint8Array(256);
  /** 1 for each length that a word has: most cells have another one, and are no words. */
  readonly #lengths = new Uint8Array(LENGTHS_MAX + 1);
  /** Cells with bytes beyond ASCII, as they came, and by their entries what `find` found. */
  #known = new ByteMap();
  readonly #found: number[] = [];

  /** Adds a word; false if it is in the table already. */
  add(word: string, value: string): boolean {
    const folded = toBytes(foldHeader(word));
    this.#lengths[Math.min(folded.length, LENGTHS_MAX)] = 1;
    this.#known = new ByteMap();
    return !this.#map.set(folded, toBytes(value));
  }

  /** The word's entry, from 0 in the order of adding, or -1. Undoubles the cell's quotes. */
  find(cell: Cell): number {
    cell.undouble();
    const { bytes, start, end } = cell;
    for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return this.#findBeyondAscii(cell);
    const length = end - start;
    if (this.#lengths[Math.min(length, LENGTHS_MAX)] === 0) return -1;
    if (this.#folded.length < length) this.#folded = new Uint8Array(length * 2);
    const folded = this.#folded;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i]!;
      folded[i] = byte >= 65 && byte <= 90 ? byte | 32 : byte;
    }
    return this.#map.find(folded, 0, length);
  }

  #findBeyondAscii(cell: Cell): number {
    const { bytes, start, end } = cell;
    const known = this.#known.find(bytes, start, end);
    if (known >= 0) return this.#found[known]!;
    const whole = toBytes(foldHeader(cell.text()));
    const found = this.#map.find(whole, 0, whole.length);
    if (this.#known.size === KNOWN_MAX || end - start > LENGTHS_MAX) return found;
    this.#found[this.#known.size] = found;
    this.#known.setRange(bytes, start, end, NOTHING);
    return found;
  }

  /** Sets the cell to the word's value. */
  put(entry: number, cell: Cell): void {
    cell.set(this.#map.bytes, this.#map.valueStart(entry), this.#map.valueEnd(entry));
  }
}

const NOTHING = new Uint8Array(0);
