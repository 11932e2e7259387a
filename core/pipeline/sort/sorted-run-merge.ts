/**
 * Merges sorted runs by SKU: a loser tree over cursors, each with a window on its run.
 *
 * This is the inner loop of the merge stage, once per offer. It is fast because a cursor reads entries in place through
 * typed views of its window, and because one number, the SKU's first six bytes, decides most comparisons. SKUs that
 * begin alike are compared by the position where they differ from the SKU before them (offset-value coding: Knuth, The
 * Art of Computer Programming 3, 5.4.1): shared bytes are read once per entry, not once per comparison. `advance` is
 * synchronous and says when `refill` is due; an `await` per entry, or an object per entry, would cost more than the
 * merge itself.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the number of runs bounds the tree's indexes, `isReady` those of the window
import { CURSOR_BYTES, CURSORS, CURSORS_MAX, HEAP, S_RUNS } from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { WORD_BYTES, WORD_KEY_HIGH, WORD_KEY_LOW, WORD_SKU_LENGTH } from './entry.ts';
import type { SortedRun } from './sorted-run.ts';

/** A window that moves over a run, entry by entry. */
export class SortedRunCursor {
  readonly owner: number;
  /** Byte offset of the current entry in the window; a multiple of 8. */
  at = 0;
  bytes: Uint8Array;
  words: Uint32Array;
  numbers: Float64Array;
  readonly #run: SortedRun;
  #limit = 0;
  #ended = false;

  /** `room`: the memory for the window, if it fits there. */
  constructor(run: SortedRun, windowBytes: number, room: Uint8Array | null = null) {
    this.#run = run;
    this.owner = run.owner;
    const bytes = Math.max(64, Math.ceil(Math.min(windowBytes, run.bytes) / 8) * 8);
    this.bytes = room !== null && bytes <= room.length ? room.subarray(0, bytes) : new Uint8Array(bytes);
    const { buffer, byteOffset } = this.bytes;
    this.words = new Uint32Array(buffer, byteOffset, bytes >> 2);
    this.numbers = new Float64Array(buffer, byteOffset, bytes >> 3);
  }

  /** Where its entries end in the window. */
  get limit(): number {
    return this.#limit;
  }

  /** True if all of the entry at `at` is in the window. */
  get isReady(): boolean {
    const left = this.#limit - this.at;
    return left >= 8 && this.words[this.at >> 2]! <= left;
  }

  /** Moves to the next entry. */
  advance(): void {
    this.at += this.words[(this.at >> 2) + WORD_BYTES]!;
  }

  /** Moves the window on until it holds the entry at `at`; false at the end of the run. */
  async fill(): Promise<boolean> {
    const left = this.#limit - this.at;
    this.bytes.copyWithin(0, this.at, this.#limit);
    this.#limit = left;
    this.at = 0;
    while (!this.isReady && !this.#ended) {
      if (this.#limit === this.bytes.length) this.#grow();
      const count = await this.#run.read(this.bytes.subarray(this.#limit));
      if (count === 0) this.#ended = true;
      this.#limit += count;
    }
    return this.isReady;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.words[0]!));
    larger.set(this.bytes);
    this.bytes = larger;
    this.words = new Uint32Array(larger.buffer);
    this.numbers = new Float64Array(larger.buffer);
  }
}

/** Bytes of a SKU in its key: as many as a number holds exactly. */
const KEY_BYTES = 6;
/** Sorts after every key: the key of a run that has ended. */
const ENDED = Number.POSITIVE_INFINITY;

// Codes say how a SKU differs from its predecessor. The lower of two codes belongs to the lower SKU.
/** The SKUs are the same. */
const SAME = 0;
/** Their keys differ. */
const OTHER_KEY = Number.POSITIVE_INFINITY;
/** Above the length of every SKU. */
const OFFSETS = 2 ** 40;

/** The code of a SKU that differs from its predecessor at this byte, which the predecessor may lack. */
function codeOf(offset: number, byte: number): number {
  return (OFFSETS - offset) * 256 + byte;
}

function offsetOf(code: number): number {
  return OFFSETS - Math.floor(code / 256);
}

/** So much of a merge's windows is in the kernel's memory, with spare bytes between them. */
const KERNEL_BYTES_MAX = 64 << 20;
const KERNEL_SLACK = 1 << 16;

/** What a kernel's memory has for the windows of a merge that may take so many bytes. */
export function mergeWindowsBytes(budgetBytes: number): number {
  return Math.min(budgetBytes, KERNEL_BYTES_MAX) + KERNEL_SLACK;
}

/** Space between windows in the kernel's memory: copies may write past the end of one. */
const COPY_PAST = 64;
const CURSOR_WORDS = CURSOR_BYTES / 4;

/** `skuOffset`: bytes of an entry before its SKU. */
export class SortedRunMerge {
  /** Among equal SKUs, earlier cursors come first. */
  readonly #cursors: readonly SortedRunCursor[];
  readonly #skuOffset: number;
  /** By cursor: the first bytes of its SKU as a number. */
  readonly #keys: Float64Array;
  /** By cursor: the code of its SKU, relative to the SKU that last beat it or that preceded it in its run. */
  readonly #codes: Float64Array;
  /**
   * The tree: the children of node `n` are `2n` and `2n + 1`; below them, cursor `i` is at `i` plus the number of
   * cursors.
   */
  readonly #losers: Int32Array;
  #winner = 0;
  #top: SortedRunCursor | undefined;
  /** The SKU of the entry that a run's window moves past. */
  #passed: Uint8Array = new Uint8Array(64);
  #passedLength = 0;

  private constructor(cursors: readonly SortedRunCursor[], skuOffset: number) {
    this.#cursors = cursors;
    this.#skuOffset = skuOffset;
    this.#keys = new Float64Array(cursors.length);
    this.#codes = new Float64Array(cursors.length).fill(OTHER_KEY);
    this.#losers = new Int32Array(cursors.length);
  }

  /** With a kernel, the windows are in its memory as far as they fit. */
  static async open(
    runs: readonly SortedRun[],
    skuOffset: number,
    { budgetBytes, kernel = null }: { budgetBytes: number; kernel?: Kernel | null },
  ): Promise<SortedRunMerge> {
    const windowBytes = Math.min(1 << 18, Math.floor(budgetBytes / Math.max(1, runs.length)));
    const step = Math.ceil(windowBytes / 64) * 64 + COPY_PAST;
    const cursors = runs.map((run, i) => {
      const room = kernel?.merge.windows.subarray(i * step, (i + 1) * step - COPY_PAST);
      return new SortedRunCursor(run, windowBytes, room);
    });
    const merge = new SortedRunMerge(cursors, skuOffset);
    for (const [i, cursor] of cursors.entries()) merge.#keys[i] = (await cursor.fill()) ? skuKey(cursor) : ENDED;
    merge.#crown(cursors.length > 1 ? merge.#play(1) : 0);
    return merge;
  }

  /** The cursor at the lowest entry; undefined once all runs are at their end. */
  get top(): SortedRunCursor | undefined {
    return this.#top;
  }

  /** Moves past the lowest entry; false if `refill` must be called before anything else. */
  advance(): boolean {
    const cursor = this.#top!;
    const { at } = cursor;
    cursor.advance();
    if (!cursor.isReady) {
      this.#keepSku(cursor, at);
      return false;
    }
    if (this.#losers.length === 1) return true;
    const key = skuKey(cursor);
    const isSame = key === this.#keys[this.#winner];
    this.#replay(
      key,
      isSame ? this.#codeAfter(cursor.bytes, at + this.#skuOffset, skuLengthAt(cursor, at)) : OTHER_KEY,
    );
    return true;
  }

  /** Tells the kernel where the runs are; false if a window is not in its memory, or no run is left. */
  sendTo({ bytes, state }: Kernel): boolean {
    const cursors = new Uint32Array(bytes.buffer, CURSORS, CURSOR_WORDS * CURSORS_MAX);
    const heap = new Uint32Array(bytes.buffer, HEAP, CURSORS_MAX);
    let count = 0;
    for (const [i, cursor] of this.#cursors.entries()) {
      if (this.#keys[i] === ENDED) continue;
      if (cursor.bytes.buffer !== bytes.buffer || count === CURSORS_MAX) return false;
      const { byteOffset } = cursor.bytes;
      cursors[CURSOR_WORDS * count] = byteOffset + cursor.at;
      cursors[CURSOR_WORDS * count + 1] = byteOffset + cursor.limit;
      cursors[CURSOR_WORDS * count + 2] = cursor.owner;
      cursors[CURSOR_WORDS * count + 3] = i;
      heap[count] = count;
      count++;
    }
    state[S_RUNS] = count;
    return count > 0;
  }

  /** Moves the runs to where the kernel has stopped. */
  takeFrom({ bytes, state }: Kernel): void {
    const cursors = new Uint32Array(bytes.buffer, CURSORS, CURSOR_WORDS * CURSORS_MAX);
    for (let run = 0; run < state[S_RUNS]!; run++) {
      const i = cursors[CURSOR_WORDS * run + 3]!;
      const cursor = this.#cursors[i]!;
      cursor.at = cursors[CURSOR_WORDS * run]! - cursor.bytes.byteOffset;
      this.#keys[i] = skuKey(cursor);
    }
    this.#codes.fill(OTHER_KEY);
    this.#crown(this.#cursors.length > 1 ? this.#play(1) : 0);
  }

  async refill(): Promise<void> {
    const cursor = this.#cursors[this.#winner]!;
    const key = (await cursor.fill()) ? skuKey(cursor) : ENDED;
    const isSame = key === this.#keys[this.#winner];
    this.#replay(key, isSame ? this.#codeAfter(this.#passed, 0, this.#passedLength) : OTHER_KEY);
  }

  #keepSku(cursor: SortedRunCursor, entryAt: number): void {
    const from = entryAt + this.#skuOffset;
    this.#passedLength = skuLengthAt(cursor, entryAt);
    if (this.#passedLength > this.#passed.length) this.#passed = new Uint8Array(this.#passedLength * 2);
    this.#passed.set(cursor.bytes.subarray(from, from + this.#passedLength));
  }

  /**
   * The code of the winner's SKU relative to the one before it in its run, given by these bytes. Their keys are the
   * same.
   */
  #codeAfter(bytes: Uint8Array, from: number, length: number): number {
    const cursor = this.#cursors[this.#winner]!;
    const own = cursor.bytes;
    const at = cursor.at + this.#skuOffset;
    let i = length < KEY_BYTES ? length : KEY_BYTES;
    while (i < length && own[at + i] === bytes[from + i]) i++;
    return i === length && skuLengthAt(cursor, cursor.at) === length ? SAME : codeOf(i, own[at + i]!);
  }

  /** Finds the new winner after the old one has moved on, by playing against those that lost to it. */
  #replay(key: number, code: number): void {
    const losers = this.#losers;
    const keys = this.#keys;
    let winner = this.#winner;
    let winnerKey = key;
    keys[winner] = key;
    this.#codes[winner] = code;
    for (let node = (winner + losers.length) >> 1; node > 0; node >>= 1) {
      const other = losers[node]!;
      const otherKey = keys[other]!;
      if (otherKey > winnerKey || (otherKey === winnerKey && !this.#leavesBefore(other, winner))) continue;
      losers[node] = winner;
      winner = other;
      winnerKey = otherKey;
    }
    this.#crown(winner);
  }

  #crown(winner: number): void {
    this.#winner = winner;
    this.#top = this.#keys[winner]! < ENDED ? this.#cursors[winner] : undefined;
  }

  /** The winner among the cursors below a node. */
  #play(node: number): number {
    const count = this.#losers.length;
    if (node >= count) return node - count;
    const left = this.#play(2 * node);
    const right = this.#play(2 * node + 1);
    const isLeft = this.#isBefore(left, right);
    this.#losers[node] = isLeft ? right : left;
    return isLeft ? left : right;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#keys[a]! - this.#keys[b]!;
    return difference === 0 ? this.#leavesBefore(a, b) : difference < 0;
  }

  /**
   * True if cursor `a` comes before `b`, which has the same key. Both codes are relative to the same SKU; afterwards,
   * the later cursor's code is relative to the other's SKU.
   */
  #leavesBefore(a: number, b: number): boolean {
    const codes = this.#codes;
    const code = codes[a]!;
    // the later one differs from the earlier one at the same byte as from the SKU before both
    if (code !== codes[b]) return code < codes[b]!;
    const order =
      code === SAME || this.#keys[a] === ENDED
        ? 0
        : this.#compareFrom(a, b, code === OTHER_KEY ? KEY_BYTES : offsetOf(code) + 1);
    if (order === 0) codes[a < b ? b : a] = SAME;
    return order === 0 ? a < b : order < 0;
  }

  /** Compares two SKUs that are equal up to an offset, and sets the code of the later one. */
  #compareFrom(a: number, b: number, offset: number): number {
    const [one, two] = [this.#cursors[a]!, this.#cursors[b]!];
    const lengthA = skuLengthAt(one, one.at);
    const lengthB = skuLengthAt(two, two.at);
    const shared = lengthA < lengthB ? lengthA : lengthB;
    const atA = one.at + this.#skuOffset;
    const atB = two.at + this.#skuOffset;
    let i = offset < shared ? offset : shared;
    while (i < shared && one.bytes[atA + i] === two.bytes[atB + i]) i++;
    const order = i < shared ? one.bytes[atA + i]! - two.bytes[atB + i]! : lengthA - lengthB;
    if (order > 0) this.#codes[a] = codeOf(i, one.bytes[atA + i]!);
    else if (order < 0) this.#codes[b] = codeOf(i, two.bytes[atB + i]!);
    return order;
  }
}

/** The first bytes of the SKU at the cursor, as a number. */
function skuKey({ words, at }: SortedRunCursor): number {
  return words[(at >> 2) + WORD_KEY_HIGH]! * 65_536 + (words[(at >> 2) + WORD_KEY_LOW]! >>> 16);
}

function skuLengthAt({ words }: SortedRunCursor, entryAt: number): number {
  return words[(entryAt >> 2) + WORD_SKU_LENGTH]!;
}
