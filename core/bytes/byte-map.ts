/**
 * A hash map from byte strings to byte strings. A look-up takes a slice of a buffer, so that no key becomes a string:
 * that, and open addressing in one typed array, make it fast. It holds at most half as many entries as slots.
 */

// biome-ignore-all lint/style/noNonNullAssertion: slots, spans and bytes are typed arrays indexed below their lengths
export class ByteMap {
  #slots = new Int32Array(64).fill(-1);
  #count = 0;
  /** Per entry: key start, key end, value start, value end in `#bytes`. */
  #spans = new Int32Array(4 * 32);
  #bytes = new Uint8Array(1024);
  #used = 0;
  #valueBytesMax = 0;
  readonly #seed: number;

  /** A seed that the author of a feed cannot know: it prevents keys chosen to collide. */
  constructor(seed = 0) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#count;
  }

  /** The length of the longest value. */
  get valueBytesMax(): number {
    return this.#valueBytesMax;
  }

  /** The bytes that `valueStart` and `valueEnd` point into. Adding an entry may replace them. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  valueStart(entry: number): number {
    return this.#spans[entry * 4 + 2]!;
  }

  valueEnd(entry: number): number {
    return this.#spans[entry * 4 + 3]!;
  }

  /** The entry whose key is `bytes[from, to)`, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash(bytes, from, to, this.#seed) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry < 0 || this.#hasKey(entry, bytes, from, to)) return entry;
    }
  }

  /** Adds or replaces; true if the key was there already. */
  set(key: Uint8Array, value: Uint8Array): boolean {
    return this.setRange(key, 0, key.length, value);
  }

  /** As `set`, for a key that is a slice. */
  setRange(bytes: Uint8Array, from: number, to: number, value: Uint8Array): boolean {
    const found = this.find(bytes, from, to);
    const entry = found < 0 ? this.#append(bytes, from, to) : found;
    const start = this.#reserve(value.length);
    this.#bytes.set(value, start);
    if (value.length > this.#valueBytesMax) this.#valueBytesMax = value.length;
    this.#spans[entry * 4 + 2] = start;
    this.#spans[entry * 4 + 3] = start + value.length;
    return found >= 0;
  }

  #append(bytes: Uint8Array, from: number, to: number): number {
    if ((this.#count + 1) * 2 > this.#slots.length) this.#grow();
    const entry = this.#count++;
    const start = this.#reserve(to - from);
    this.#bytes.set(bytes.subarray(from, to), start);
    this.#spans[entry * 4] = start;
    this.#spans[entry * 4 + 1] = start + to - from;
    this.#insert(entry);
    return entry;
  }

  #insert(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash(this.#bytes, this.#spans[entry * 4]!, this.#spans[entry * 4 + 1]!, this.#seed) & mask;
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const spans = new Int32Array(this.#slots.length * 2);
    spans.set(this.#spans);
    this.#spans = spans;
    for (let entry = 0; entry < this.#count; entry++) this.#insert(entry);
  }

  #reserve(length: number): number {
    const start = this.#used;
    this.#used += length;
    if (this.#used > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#used, this.#bytes.length * 2));
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    return start;
  }

  #hasKey(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#spans[entry * 4]!;
    if (this.#spans[entry * 4 + 1]! - start !== to - from) return false;
    for (let i = from, j = start; i < to; i++, j++) if (bytes[i] !== this.#bytes[j]) return false;
    return true;
  }
}

/** FNV-1a with a final mix, as a non-negative integer. */
function hash(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = from; i < to; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  h ^= h >>> 15;
  return Math.imul(h, 0x2c1b3c6d) >>> 1;
}

/** A seed made from a text such as a run's id. */
export function seedOf(text: string): number {
  let seed = 0;
  for (let i = 0; i < text.length; i++) seed = Math.imul(seed ^ text.charCodeAt(i), 0x01000193);
  return seed | 0;
}
