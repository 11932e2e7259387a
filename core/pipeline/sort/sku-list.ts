/**
 * A list of SKUs in any order (those of refused rows), to be read back sorted, in bounded memory. A feed without
 * refused rows costs nothing.
 */
// biome-ignore-all lint/style/noNonNullAssertion: offsets bound the bytes
import { align8, prefix, WORD_BYTES, WORD_KEY_HIGH, WORD_KEY_LOW, WORD_SKU_LENGTH } from './entry.ts';
import { type SortedRun, SortedRunWriter, type SpillPool } from './sorted-run.ts';
import { SortedRunMerge } from './sorted-run-merge.ts';

/** Bytes of an entry before its SKU: the words that every entry begins with. */
const SKU_OFFSET = 16;
const SPILL_BYTES = 1 << 20;

export class SkuList {
  readonly #pool: SpillPool;
  #bytes = new Uint8Array(4096);
  #used = 0;
  #ends: number[] = [];
  /** What was spilled so far. */
  readonly runs: SortedRun[] = [];

  constructor(pool: SpillPool) {
    this.#pool = pool;
  }

  /** True if `spill` is due. More may still be added. */
  get isFull(): boolean {
    return this.#used > SPILL_BYTES;
  }

  add(sku: Uint8Array, from: number, to: number): void {
    const end = this.#used + to - from;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, end));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    for (let i = from; i < to; i++) this.#bytes[this.#used++] = sku[i]!;
    this.#ends.push(this.#used);
  }

  async spill(): Promise<void> {
    if (this.#ends.length === 0) return;
    const writer = new SortedRunWriter(this.#pool);
    for (const [start, end] of this.#sorted()) {
      const length = end - start;
      const size = align8(SKU_OFFSET + length);
      if (!writer.hasRoom(size)) await writer.flush(size);
      const word = writer.at >> 2;
      writer.words[word + WORD_BYTES] = size;
      writer.words[word + WORD_KEY_HIGH] = prefix(this.#bytes, start, length);
      writer.words[word + WORD_KEY_LOW] = prefix(this.#bytes, start + 4, length - 4);
      writer.words[word + WORD_SKU_LENGTH] = length;
      writer.bytes.set(this.#bytes.subarray(start, end), writer.at + SKU_OFFSET);
      writer.at += size;
    }
    this.runs.push(await writer.finish(0));
    this.#used = 0;
    this.#ends = [];
  }

  #sorted(): Array<[number, number]> {
    const bytes = this.#bytes;
    const spans = this.#ends.map((end, i): [number, number] => [i === 0 ? 0 : this.#ends[i - 1]!, end]);
    return spans.sort(([a, aEnd], [b, bEnd]) => {
      const shared = Math.min(aEnd - a, bEnd - b);
      for (let i = 0; i < shared; i++) if (bytes[a + i] !== bytes[b + i]) return bytes[a + i]! - bytes[b + i]!;
      return aEnd - a - (bEnd - b);
    });
  }

  /** All SKUs in code point order, for one pass. */
  async open(budgetBytes: number): Promise<SkuListReader> {
    await this.spill();
    return new SkuListReader(await SortedRunMerge.open(this.runs, SKU_OFFSET, { budgetBytes }));
  }
}

export class SkuListReader {
  readonly #merge: SortedRunMerge;
  #needsRefill = false;

  constructor(merge: SortedRunMerge) {
    this.#merge = merge;
  }

  /** Whether the list has the SKU; null if `refill` is due. Ask for SKUs in ascending order. */
  has(sku: Uint8Array, from: number, to: number): boolean | null {
    for (;;) {
      if (this.#needsRefill) return null;
      const cursor = this.#merge.top;
      if (cursor === undefined) return false;
      const length = cursor.words[(cursor.at >> 2) + WORD_SKU_LENGTH]!;
      const at = cursor.at + SKU_OFFSET;
      const shared = Math.min(length, to - from);
      let order = 0;
      for (let i = 0; i < shared && order === 0; i++) order = cursor.bytes[at + i]! - sku[from + i]!;
      if (order === 0) order = length - (to - from);
      if (order >= 0) return order === 0;
      this.#needsRefill = !this.#merge.advance();
    }
  }

  async refill(): Promise<void> {
    if (this.#needsRefill) await this.#merge.refill();
    this.#needsRefill = false;
  }
}
