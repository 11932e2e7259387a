/**
 * The valid rows of one vendor's feed (or a part of it) in memory: each row's canonical line and, right behind it, its
 * offer entry, all in one arena, with the sort keys beside it. There is no object per row, and copying a row out touches
 * one place in memory.
 */
// biome-ignore-all lint/style/noNonNullAssertion: `rowsMax` bounds the arrays, `hasRoom` the arena
import type { SegmentArrays } from '../../kernel/kernel.ts';
import { align8, prefix, WORD_LINE_LENGTH, WORD_SKU_LENGTH } from './entry.ts';

/** 32-bit words of a SKU in the sort key; only rows with equal keys compare the rest of their SKUs. */
export const KEY_WORDS = 3;
export const KEY_BYTES = 4 * KEY_WORDS;

/** Bytes per row outside the arena: its offset, and keys and index twice while they are sorted. */
const ROW_BYTES = 4 + 2 * (KEY_BYTES + 4);
/** The arena's share of the budget; a row takes about 170 bytes there. */
const ARENA_SHARE = 0.8;
/**
 * A segment starts small and grows by this factor, some steps; then it takes the whole budget, since copying it again
 * would cost too much.
 */
const GROWTH = 8;
const ARENA_START = 1 << 16;
const ARENA_STEPS_MAX = 1 << 22;
const ROWS_START = 512;
const ROWS_STEPS_MAX = 1 << 15;

export class Segment {
  rows = 0;
  /** Bytes of the arena in use; a multiple of 8. */
  used = 0;
  arena: Uint8Array;
  /** Views of the arena. */
  words: Uint32Array;
  numbers: Float64Array;
  /** Where each row's entry begins. Its line ends there, padded to 8 bytes. */
  entryAt: Uint32Array;
  /** The first bytes of the SKUs, big-endian, one array per word. The sorter reorders them. */
  keys: readonly Uint32Array[];
  #arenaMax: number;
  readonly #rowsMax: number;

  constructor(budgetBytes: number) {
    const { arenaBytes, rowsMax } = segmentSizes(budgetBytes);
    this.#arenaMax = arenaBytes;
    this.#rowsMax = rowsMax;
    this.arena = new Uint8Array(Math.min(ARENA_START, this.#arenaMax));
    this.words = new Uint32Array(this.arena.buffer);
    this.numbers = new Float64Array(this.arena.buffer);
    this.entryAt = new Uint32Array(Math.min(ROWS_START, this.#rowsMax));
    this.keys = Array.from({ length: KEY_WORDS }, () => new Uint32Array(this.entryAt.length));
  }

  /** The rows that its arrays have room for now. */
  get capacity(): number {
    return this.entryAt.length;
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
    arrays.entryAt.set(this.entryAt.subarray(0, this.rows));
    for (const [word, key] of this.keys.entries()) arrays.keys[word]?.set(key.subarray(0, this.rows));
    this.arena = arrays.arena;
    this.words = arrays.words;
    this.numbers = arrays.numbers;
    this.entryAt = arrays.entryAt;
    this.keys = arrays.keys;
    return true;
  }

  /** True if a row of at most `bytes` fits. A first row always does: the arena grows for it. */
  hasRoom(bytes: number): boolean {
    if (this.rows < this.entryAt.length && this.used + bytes <= this.arena.length) return true;
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
    if (this.rows === this.entryAt.length) {
      const size = grown(this.rows, ROWS_STEPS_MAX, this.#rowsMax);
      this.entryAt = copied(this.entryAt, size);
      this.keys = this.keys.map((key) => copied(key, size));
    }
    return true;
  }

  /** Adds a row whose line and entry are written; the SKU's bytes are at `skuAt`. */
  addRow(entryAt: number, skuAt: number, end: number): void {
    const row = this.rows++;
    const length = this.words[(entryAt >> 2) + WORD_SKU_LENGTH]!;
    this.entryAt[row] = entryAt;
    this.keys[0]![row] = prefix(this.arena, skuAt, length);
    this.keys[1]![row] = prefix(this.arena, skuAt + 4, length - 4);
    this.keys[2]![row] = prefix(this.arena, skuAt + 8, length - 8);
    this.used = end;
  }

  lineLength(row: number): number {
    return this.words[(this.entryAt[row]! >> 2) + WORD_LINE_LENGTH]!;
  }

  lineAt(row: number): number {
    return this.entryAt[row]! - align8(this.lineLength(row));
  }
}

/** What a budget of so many bytes has room for. */
export function segmentSizes(budgetBytes: number): { arenaBytes: number; rowsMax: number } {
  const arenaBytes = align8(Math.max(256, Math.floor(budgetBytes * ARENA_SHARE)));
  return { arenaBytes, rowsMax: Math.max(2, Math.floor((budgetBytes - arenaBytes) / ROW_BYTES)) };
}

function grown(size: number, stepsMax: number, max: number): number {
  return size * GROWTH > stepsMax ? max : Math.min(size * GROWTH, max);
}

function copied(from: Uint32Array, size: number): Uint32Array {
  const to = new Uint32Array(size);
  to.set(from);
  return to;
}
