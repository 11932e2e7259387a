/**
 * The valid rows of one vendor's feed (or a part of it) in memory, all in one arena: each row's offer entry and, right behind it, its
 * canonical line. `entry.ts` says what a row has. There is no object per row, and copying a row out touches one place in memory.
 */
// biome-ignore-all lint/style/noNonNullAssertion: `rowsMax` bounds the arrays, `hasRoom` the arena
import type { SegmentArrays } from '../../kernel/kernel.ts';
import {
  align8,
  CONDITION_BITS,
  type EntryLayout,
  FILE_SHIFT,
  prefix,
  SKU_APART,
  WORD_BYTES,
  WORD_CONDITION,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_LINE_LENGTH,
  WORD_SKU_LENGTH,
  WORD_TEXTS,
} from './entry.ts';

/** Words of the index per row: the place of its entry, and the first twelve bytes of its SKU, big-endian. It is sorted in place. */
const INDEX_WORDS = 4;
/** The arena's share of the budget; a row takes about 180 bytes there. */
const ARENA_SHARE = 0.9;
/**
 * A segment starts small and grows by this factor, some steps; then it takes the whole budget, since copying it again
 * would cost too much.
 */
const GROWTH = 8;
const ARENA_START = 1 << 16;
const ARENA_STEPS_MAX = 1 << 22;
const ROWS_START = 512;
const ROWS_STEPS_MAX = 1 << 15;

/** 32-bit words of a SKU in the sort key; only rows with equal keys compare the rest of their SKUs. */
export const KEY_WORDS = INDEX_WORDS - 1;

/** Where entries are written: views of the same bytes. */
export interface EntryRoom {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

export class Segment {
  rows = 0;
  /** Bytes of the arena in use; a multiple of 8. */
  used = 0;
  arena: Uint8Array;
  /** Views of the arena. */
  words: Uint32Array;
  numbers: Float64Array;
  /** `INDEX_WORDS` for each row, until they are sorted: then a word for each, the place of its entry. */
  index: Uint32Array;
  readonly layout: EntryLayout;
  #arenaMax: number;
  readonly #rowsMax: number;

  constructor(budgetBytes: number, layout: EntryLayout) {
    const { arenaBytes, rowsMax } = segmentSizes(budgetBytes);
    this.layout = layout;
    this.#arenaMax = arenaBytes;
    this.#rowsMax = rowsMax;
    this.arena = new Uint8Array(Math.min(ARENA_START, this.#arenaMax));
    this.words = new Uint32Array(this.arena.buffer);
    this.numbers = new Float64Array(this.arena.buffer);
    this.index = new Uint32Array(INDEX_WORDS * Math.min(ROWS_START, this.#rowsMax));
  }

  /** The rows that its arrays have room for now. */
  get capacity(): number {
    return this.index.length / INDEX_WORDS;
  }

  clear(): void {
    this.rows = 0;
    this.used = 0;
  }

  /**
   * Moves into arrays of the kernel's memory, which have room for the whole budget; true if it is there now. A segment
   * that has outgrown them, because a row is larger than the budget, does not move.
   */
  moveInto(arrays: SegmentArrays): boolean {
    if (this.arena === arrays.arena) return true;
    if (this.#arenaMax > arrays.arena.length) return false;
    arrays.arena.set(this.arena.subarray(0, this.used));
    arrays.index.set(this.index.subarray(0, INDEX_WORDS * this.rows));
    this.arena = arrays.arena;
    this.words = arrays.words;
    this.numbers = arrays.numbers;
    this.index = arrays.index;
    return true;
  }

  /** True if a row of at most `bytes` fits. A first row always does: the arena grows for it. */
  hasRoom(bytes: number): boolean {
    if (this.rows < this.capacity && this.used + bytes <= this.arena.length) return true;
    return this.#grow(bytes);
  }

  /** False if the budget is used up. */
  #grow(bytes: number): boolean {
    if (this.rows === 0) this.#arenaMax = Math.max(this.#arenaMax, align8(bytes));
    if (this.rows === this.#rowsMax || this.used + bytes > this.#arenaMax) return false;
    if (this.used + bytes > this.arena.length) {
      const size = grown(this.arena.length, ARENA_STEPS_MAX, this.#arenaMax);
      const arena = new Uint8Array(this.used + bytes > size ? this.#arenaMax : size);
      arena.set(this.arena.subarray(0, this.used));
      this.arena = arena;
      this.words = new Uint32Array(arena.buffer);
      this.numbers = new Float64Array(arena.buffer);
    }
    if (this.rows === this.capacity) {
      const index = new Uint32Array(INDEX_WORDS * grown(this.rows, ROWS_STEPS_MAX, this.#rowsMax));
      index.set(this.index);
      this.index = index;
    }
    return true;
  }

  /** Adds a row that is written behind the others, and ends there. */
  addRow(end: number): void {
    const at = this.used;
    const i = INDEX_WORDS * this.rows++;
    this.index[i] = at;
    for (let word = 0; word < KEY_WORDS; word++) this.index[i + 1 + word] = this.keyOf(at, word);
    this.used = end;
  }

  /** The place of a row's entry, until the rows are sorted. */
  entryAt(row: number): number {
    return this.index[INDEX_WORDS * row]!;
  }

  // ---- of a row, by the place of its entry

  /** A word of the sort key. */
  keyOf(at: number, word: number): number {
    if (word < 2) return this.words[(at >> 2) + (word === 0 ? WORD_KEY_HIGH : WORD_KEY_LOW)]!;
    return prefix(this.arena, at + this.layout.skuOffset + 8, this.skuLength(at) - 8);
  }

  skuLength(at: number): number {
    return this.words[(at >> 2) + WORD_SKU_LENGTH]!;
  }

  lineLength(at: number): number {
    return this.words[(at >> 2) + WORD_LINE_LENGTH]!;
  }

  lineAt(at: number): number {
    const isApart = (this.words[(at >> 2) + WORD_CONDITION]! & SKU_APART) !== 0;
    return at + this.layout.skuOffset + (isApart ? this.skuLength(at) : 0);
  }

  fileNumber(at: number): number {
    return this.words[(at >> 2) + WORD_CONDITION]! >>> FILE_SHIFT;
  }

  /** Bytes of the entry in a sorted run. */
  entryBytes(at: number): number {
    return align8(this.layout.skuOffset + this.skuLength(at) + this.#textBytes(at));
  }

  #textBytes(at: number): number {
    const { length } = this.layout.texts;
    let bytes = 0;
    for (let n = 0; n < length; n++) bytes += this.words[(at >> 2) + WORD_TEXTS + n]!;
    return bytes;
  }

  /** Writes the entry as a sorted run has it; `size` are its bytes. A loop over words: it is short. */
  copyEntry(at: number, size: number, { bytes, words }: EntryRoom, to: number): void {
    const from = at >> 2;
    const out = to >> 2;
    const fixed = this.layout.skuOffset + this.skuLength(at);
    const count = (fixed + 3) >> 2;
    for (let i = 0; i < count; i++) words[out + i] = this.words[from + i]!;
    if (this.layout.texts.length > 0) {
      const textsAt = this.lineAt(at) + this.lineLength(at);
      const textBytes = this.#textBytes(at);
      for (let i = 0; i < textBytes; i++) bytes[to + fixed + i] = this.arena[textsAt + i]!;
    }
    words[out + WORD_BYTES] = size;
    words[out + WORD_CONDITION] = words[out + WORD_CONDITION]! & CONDITION_BITS;
  }
}

/** What a budget of so many bytes has room for. */
export function segmentSizes(budgetBytes: number): { arenaBytes: number; rowsMax: number } {
  const arenaBytes = align8(Math.max(256, Math.floor(budgetBytes * ARENA_SHARE)));
  return { arenaBytes, rowsMax: Math.max(2, Math.floor((budgetBytes - arenaBytes) / (4 * INDEX_WORDS))) };
}

function grown(size: number, stepsMax: number, max: number): number {
  return size * GROWTH > stepsMax ? max : Math.min(size * GROWTH, max);
}
