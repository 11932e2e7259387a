/**
 * The valid rows of one vendor's feed (or a part of it) in memory: each row's canonical line and, right behind it, its
 * offer entry, all in one arena, with the sort keys beside it. There is no object per row, and copying a row out touches
 * one place in memory.
 */
// biome-ignore-all lint/style/noNonNullAssertion: `rowsMax` bounds the arrays, `hasRoom` the arena
import { align8, prefix, WORD_LINE_LENGTH, WORD_SKU_LENGTH } from './entry.ts';

/** 32-bit words of a SKU in the sort key; only rows with equal keys compare the rest of their SKUs. */
export const KEY_WORDS = 3;
export const KEY_BYTES = 4 * KEY_WORDS;

/** Bytes per row outside the arena: its offset, and keys and index twice while they are sorted. */
const ROW_BYTES = 4 + 2 * (KEY_BYTES + 4);
/** The arena's share of the budget; a row takes about 170 bytes there. */
const ARENA_SHARE = 0.8;

export class Segment {
  rows = 0;
  /** Bytes of the arena in use; a multiple of 8. */
  used = 0;
  readonly rowsMax: number;
  arena: Uint8Array;
  /** Views of the arena. */
  words: Uint32Array;
  numbers: Float64Array;
  /** Where each row's entry begins. Its line ends there, padded to 8 bytes. */
  readonly entryAt: Uint32Array;
  /** The first bytes of the SKUs, big-endian, one array per word. The sorter reorders them. */
  readonly keys: readonly Uint32Array[];

  /** Allocates the whole budget at once: memory that is never touched costs nothing, and nothing has to grow. */
  constructor(budgetBytes: number) {
    const arenaBytes = align8(Math.max(256, Math.floor(budgetBytes * ARENA_SHARE)));
    this.rowsMax = Math.max(2, Math.floor((budgetBytes - arenaBytes) / ROW_BYTES));
    this.arena = new Uint8Array(arenaBytes);
    this.words = new Uint32Array(this.arena.buffer);
    this.numbers = new Float64Array(this.arena.buffer);
    this.entryAt = new Uint32Array(this.rowsMax);
    this.keys = Array.from({ length: KEY_WORDS }, () => new Uint32Array(this.rowsMax));
  }

  clear(): void {
    this.rows = 0;
    this.used = 0;
  }

  /** True if a row of at most `bytes` fits. A first row always does: the arena grows for it. */
  hasRoom(bytes: number): boolean {
    if (this.rows < this.rowsMax && this.used + bytes <= this.arena.length) return true;
    if (this.rows > 0) return false;
    this.arena = new Uint8Array(align8(bytes));
    this.words = new Uint32Array(this.arena.buffer);
    this.numbers = new Float64Array(this.arena.buffer);
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
