/**
 * The exact median of many quotients in bounded memory. Quotients of 0 are only counted, since most prices do not
 * change. Others are kept as pairs, and spilled to scratch above a budget. Rounding to floats keeps the order of
 * quotients, so passes over the pairs find the middle by the bits of the floats, 16 at a time; pairs with the same
 * float are compared exactly.
 */
// biome-ignore-all lint/style/noNonNullAssertion: counts bound the arrays
import type { Scratch, ScratchFile } from '../../../ports/engine.ts';
import { compareRatios, type Ratio } from './share.ts';

const PAIRS_IN_MEMORY = 65_536;

export class RatioMedian {
  readonly #scratch: Scratch;
  readonly #pairs = new Float64Array(2 * PAIRS_IN_MEMORY);
  #inMemory = 0;
  #file: ScratchFile | null = null;
  #spilled = 0;
  #zeros = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  get count(): number {
    return this.#zeros + this.#spilled + this.#inMemory;
  }

  /** True if `flush` must be awaited before the next `add`. */
  get isFull(): boolean {
    return this.#inMemory === PAIRS_IN_MEMORY;
  }

  /** Adds `part / whole`; safe integers, 0 or more. */
  add(part: number, whole: number): void {
    if (part === 0) {
      this.#zeros++;
      return;
    }
    this.#pairs[2 * this.#inMemory] = part;
    this.#pairs[2 * this.#inMemory++ + 1] = whole;
  }

  addZeros(count: number): void {
    this.#zeros += count;
  }

  async flush(): Promise<void> {
    this.#file ??= await this.#scratch.create();
    await this.#file.write(new Uint8Array(this.#pairs.buffer, 0, 16 * this.#inMemory));
    this.#spilled += this.#inMemory;
    this.#inMemory = 0;
  }

  /** Null if nothing was added. For an even number, the mean of the middle two. */
  async median(): Promise<Ratio | null> {
    const { count } = this;
    if (count === 0) return null;
    const upper = await this.#at(count >> 1);
    if (count % 2 === 1) return upper;
    const lower = await this.#at((count >> 1) - 1);
    if (lower.denominator === 0n || upper.denominator === 0n) return upper;
    return {
      numerator: lower.numerator * upper.denominator + upper.numerator * lower.denominator,
      denominator: 2n * lower.denominator * upper.denominator,
    };
  }

  async dispose(): Promise<void> {
    await this.#file?.remove();
    this.#file = null;
  }

  /** The quotient at a position in ascending order. */
  async #at(position: number): Promise<Ratio> {
    if (position < this.#zeros) return { numerator: 0n, denominator: 1n };
    let rank = position - this.#zeros;
    let found = 0n;
    for (let shift = 48n; shift >= 0n; shift -= 16n) {
      const counts = new Float64Array(65_536);
      const known = found >> (shift + 16n);
      await this.#each((part, whole) => {
        const bits = bitsOf(part, whole);
        if (bits >> (shift + 16n) === known) counts[Number((bits >> shift) & 0xffffn)]!++;
      });
      let digit = 0;
      while (rank >= counts[digit]!) rank -= counts[digit++]!;
      found |= BigInt(digit) << shift;
    }
    return this.#exactAt(found, rank);
  }

  async #exactAt(bits: bigint, rank: number): Promise<Ratio> {
    const same = new Map<string, { ratio: Ratio; count: number }>();
    await this.#each((part, whole) => {
      if (bitsOf(part, whole) !== bits) return;
      const ratio = reduced(part, whole);
      const key = `${ratio.numerator}/${ratio.denominator}`;
      const entry = same.get(key) ?? { ratio, count: 0 };
      same.set(key, entry);
      entry.count++;
    });
    const sorted = [...same.values()].sort((a, b) => compareRatios(a.ratio, b.ratio));
    let left = rank;
    const at = sorted.find(({ count }) => {
      left -= count;
      return left < 0;
    });
    return at!.ratio;
  }

  async #each(use: (part: number, whole: number) => void): Promise<void> {
    for (let i = 0; i < this.#inMemory; i++) use(this.#pairs[2 * i]!, this.#pairs[2 * i + 1]!);
    if (this.#file === null) return;
    const pairs = new Float64Array(32_768);
    const bytes = new Uint8Array(pairs.buffer);
    for (let at = 0; at < 16 * this.#spilled; ) {
      let read = 0;
      while (read < bytes.length && at + read < 16 * this.#spilled) {
        const count = await this.#file.read(at + read, bytes.subarray(read));
        if (count === 0) throw new Error('assertion failed: the scratch file is shorter than what was written');
        read += count;
      }
      for (let i = 0; i < read / 16; i++) use(pairs[2 * i]!, pairs[2 * i + 1]!);
      at += read;
    }
  }
}

const float = new Float64Array(1);
const word = new BigUint64Array(float.buffer);

/** Floats above 0 sort like their bits. */
function bitsOf(part: number, whole: number): bigint {
  float[0] = part / whole;
  return word[0]!;
}

function reduced(part: number, whole: number): Ratio {
  if (whole === 0) return { numerator: 1n, denominator: 0n };
  let [a, b] = [part, whole];
  while (b > 0) [a, b] = [b, a % b];
  return { numerator: BigInt(part / a), denominator: BigInt(whole / a) };
}
