/**
 * What a thread that merges a part of the SKUs notes of them for `SkuTwins`, which needs all of them in order: five words for a SKU,
 * and the SKU itself if it may be an example.
 */
// biome-ignore-all lint/style/noNonNullAssertion: offsets bound the words
import { ASKS, SkuForms, type SkuSighting } from '../watch/sku-forms.ts';
import type { SkuTwins } from '../watch/sku-twins.ts';
import { areTwinsFull } from './claims.ts';

const WORDS = 5;
/** In the word of the vendor's position. */
const USE_SHIFT = 16;
const LENGTH_SHIFT = 19;
const LEAST_BYTES = 64 * 1024;

export class TwinLog extends SkuForms {
  // what the ranges before keep is not known here
  readonly keepsNone = false;
  readonly #claims: Int32Array;
  #bytes = new Uint8Array(LEAST_BYTES);
  #words = new Uint32Array(this.#bytes.buffer);
  #used = 0;

  constructor(hasSmallSkus: boolean, claims: Int32Array) {
    super(hasSmallSkus);
    this.#claims = claims;
  }

  get isFull(): boolean {
    return areTwinsFull(this.#claims);
  }

  override see({ sku, skuLength, vendor, rowNumber }: SkuSighting, form: number, use: number): void {
    const length = (use & ASKS) === 0 ? 0 : skuLength;
    const end = this.#used + sizeOf(length);
    if (end > this.#bytes.length) this.#grow();
    const word = this.#used >> 2;
    this.#words[word] = this.hashHigh;
    this.#words[word + 1] = this.hashLow;
    this.#words[word + 2] = form;
    this.#words[word + 3] = vendor[0]! | (use << USE_SHIFT) | (length << LENGTH_SHIFT);
    this.#words[word + 4] = rowNumber[0]!;
    const at = this.#used + 4 * WORDS;
    for (let i = 0; i < length; i++) this.#bytes[at + i] = sku[i]!;
    this.#used = end;
  }

  /** What it has, good until the next SKU; then it is empty. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    return taken;
  }

  /** More than a SKU takes. */
  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    this.#words = new Uint32Array(larger.buffer);
  }
}

/** Gives what was logged to the one who compares. */
export function replayTwins(log: Uint8Array, twins: SkuTwins): void {
  const words = new Uint32Array(log.buffer, log.byteOffset, log.length >> 2);
  const vendor = [0];
  const rowNumber = [0];
  for (let at = 0; at < log.length; ) {
    const word = at >> 2;
    const packed = words[word + 3]!;
    const skuLength = packed >>> LENGTH_SHIFT;
    const from = at + 4 * WORDS;
    twins.hashHigh = words[word]!;
    twins.hashLow = words[word + 1]!;
    vendor[0] = packed & 0xffff;
    rowNumber[0] = words[word + 4]!;
    const sku = log.subarray(from, from + skuLength);
    twins.see({ sku, skuLength, vendor, rowNumber }, words[word + 2]!, (packed >>> USE_SHIFT) & 7);
    at += sizeOf(skuLength);
  }
}

function sizeOf(skuLength: number): number {
  return 4 * WORDS + ((skuLength + 3) & ~3);
}
