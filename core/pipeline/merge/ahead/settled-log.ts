/**
 * What a thread that merges ahead says of each SKU: the winner's entry with its price, and who offers the SKU. That is all that joining
 * it with the published feed needs (`settled-replay.ts`).
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns, the layout its texts
import { toBytes } from '../../../bytes/text.ts';
import type { ByteSink } from '../../../ports/engine.ts';
import {
  align8,
  type EntryLayout,
  NUMBER_COST,
  NUMBER_LEAD_TIME,
  NUMBER_MAP_PRICE,
  NUMBER_OPTIONAL,
  NUMBER_PRICE,
  NUMBER_QUANTITY,
  prefix,
  WORD_BYTES,
  WORD_CONDITION,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_LINE_LENGTH,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
  WORD_TEXTS,
} from '../../sort/entry.ts';
import type { Chooser } from '../choose.ts';
import type { EntryPlace } from '../gathered.ts';
import type { Outlet, OutletMaker } from '../merge-range.ts';
import type { OfferGroup } from '../offer-group.ts';

// the words of a record; its numbers, its vendors, the text of its price and its entry follow
export const RECORD_BYTES = 0;
/** The answer of `choose` if there is no winner, else the place of its vendor among those of the SKU. */
export const RECORD_ANSWER = 1;
export const RECORD_VENDORS = 2;
/** Bytes of the price as text, which one has that is a BigInt. */
export const RECORD_PRICE_BYTES = 3;
export const RECORD_PRICE = 2;
export const RECORD_LANDED = 3;
/** Bytes before the vendors. */
export const RECORD_HEAD = 32;

const NO_TEXT = new Uint8Array(0);
const START_BYTES = 64 * 1024;
/** Each part is a message, which wakes the run's own thread. */
const FULL_BYTES = 900 * 1024;

/** `sink` gets whole records. */
export function settledLog(sink: ByteSink): OutletMaker {
  return (group, output, chooser) => new SettledLog(group, chooser, { decimals: output.decimals, sink });
}

class SettledLog implements Outlet {
  readonly #group: OfferGroup;
  readonly #chooser: Chooser;
  readonly #decimals: number;
  readonly #sink: ByteSink;
  readonly #entries: EntryWriter;
  #used = 0;
  #bytes = new Uint8Array(START_BYTES);
  #words = new Uint32Array(this.#bytes.buffer);
  #numbers = new Float64Array(this.#bytes.buffer);
  #views: EntryViews = { bytes: this.#bytes, words: this.#words, numbers: this.#numbers };

  constructor(group: OfferGroup, chooser: Chooser, { decimals, sink }: { decimals: number; sink: ByteSink }) {
    this.#group = group;
    this.#chooser = chooser;
    this.#decimals = decimals;
    this.#sink = sink;
    this.#entries = new EntryWriter(group);
  }

  get isFull(): boolean {
    return this.#used > FULL_BYTES;
  }

  settle(winner: number): boolean {
    if (this.isFull) return false;
    const group = this.#group;
    const offer = winner < 0 ? 0 : winner;
    const price = winner < 0 ? 0 : this.#chooser.unitsOf(this.#decimals);
    const priceText = typeof price === 'number' ? NO_TEXT : toBytes(price.toString());
    const most = RECORD_HEAD + align8(4 * group.count) + align8(priceText.length) + this.#entries.bytesOf(offer);
    if (this.#used + most > this.#bytes.length) this.#grow(most);
    const at = this.#used;
    const word = at >> 2;
    const vendors = this.#writeVendors((at + RECORD_HEAD) >> 2, winner);
    this.#words[word + RECORD_VENDORS] = vendors;
    this.#words[word + RECORD_PRICE_BYTES] = priceText.length;
    this.#numbers[(at >> 3) + RECORD_PRICE] = typeof price === 'number' ? price : 0;
    this.#numbers[(at >> 3) + RECORD_LANDED] = group.landed[offer]!;
    const textAt = at + RECORD_HEAD + align8(4 * vendors);
    if (priceText.length > 0) this.#bytes.set(priceText, textAt);
    const entryAt = textAt + align8(priceText.length);
    this.#used = entryAt + this.#entries.write(offer, entryAt, this.#views);
    this.#words[word + RECORD_BYTES] = this.#used - at;
    return true;
  }

  /** Each once, though it may have several offers. Returns how many, and notes the answer. */
  #writeVendors(to: number, winner: number): number {
    const { count, vendor } = this.#group;
    const answer = (this.#used >> 2) + RECORD_ANSWER;
    this.#words[answer] = winner;
    let vendors = 0;
    for (let i = 0; i < count; i++) {
      if (i === 0 || vendor[i] !== vendor[i - 1]) this.#words[to + vendors++] = vendor[i]!;
      if (i === winner) this.#words[answer] = vendors - 1;
    }
    return vendors;
  }

  #grow(most: number): void {
    const larger = new Uint8Array(align8(Math.max(this.#bytes.length * 2, this.#used + most)));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    this.#words = new Uint32Array(larger.buffer);
    this.#numbers = new Float64Array(larger.buffer);
    this.#views = { bytes: larger, words: this.#words, numbers: this.#numbers };
  }

  end(): boolean {
    return true;
  }

  async refill(): Promise<void> {}

  async flush(): Promise<void> {
    if (this.#used > 0) await this.#sink.write(this.#bytes.subarray(0, this.#used));
    this.#used = 0;
  }
}

type EntryViews = Pick<EntryPlace, 'bytes' | 'words' | 'numbers'>;

/** Writes entries of a group's offers, with the numbers that the offers have now. */
class EntryWriter {
  readonly #group: OfferGroup;
  readonly #layout: EntryLayout;

  constructor(group: OfferGroup) {
    this.#group = group;
    this.#layout = group.layout;
  }

  /** Bytes of the entry, or somewhat more. */
  bytesOf(offer: number): number {
    const { skuOffset } = this.#layout;
    return align8(skuOffset + this.#group.skuLength + this.#group.textBytesOf(offer));
  }

  /** Returns its bytes. */
  write(offer: number, at: number, to: EntryViews): number {
    const group = this.#group;
    const { entryPlace } = group;
    const bytes =
      entryPlace === null ? this.#build(offer, at, to) : copyWords(entryPlace, group.entryAt[offer]!, at, to);
    let number = (at + this.#layout.numbersOffset) >> 3;
    to.numbers[number + NUMBER_QUANTITY] = group.quantity[offer]!;
    to.numbers[number + NUMBER_LEAD_TIME] = group.leadTime[offer]!;
    to.numbers[number + NUMBER_COST] = group.cost[offer]!;
    to.numbers[number + NUMBER_MAP_PRICE] = group.mapPrice[offer]!;
    to.numbers[number + NUMBER_PRICE] = group.price[offer]!;
    number += NUMBER_OPTIONAL;
    if (this.#layout.msrp) to.numbers[number++] = group.msrp[offer]!;
    if (this.#layout.updatedAt) to.numbers[number] = group.updatedAt[offer]!;
    return bytes;
  }

  /** All but the numbers of an entry that is in memory no longer. */
  #build(offer: number, at: number, { bytes, words }: EntryViews): number {
    const { sku, skuLength, rowNumber, condition, textSpans, textBytes } = this.#group;
    const { texts, skuOffset } = this.#layout;
    const word = at >> 2;
    words[word + WORD_KEY_HIGH] = prefix(sku, 0, skuLength);
    words[word + WORD_KEY_LOW] = prefix(sku, 4, skuLength - 4);
    words[word + WORD_SKU_LENGTH] = skuLength;
    words[word + WORD_ROW_NUMBER] = rowNumber[offer]!;
    words[word + WORD_CONDITION] = condition[offer]!;
    words[word + WORD_LINE_LENGTH] = 0;
    let end = at + skuOffset;
    bytes.set(sku.subarray(0, skuLength), end);
    end += skuLength;
    for (let n = 0; n < texts.length; n++) {
      const span = 2 * (offer * texts.length + n);
      const text = textBytes.subarray(textSpans[span]!, textSpans[span + 1]!);
      words[word + WORD_TEXTS + n] = text.length;
      bytes.set(text, end);
      end += text.length;
    }
    words[word + WORD_BYTES] = align8(end - at);
    return align8(end - at);
  }
}

/** A loop: entries are short. */
function copyWords({ words: from }: EntryPlace, fromAt: number, at: number, { words }: EntryViews): number {
  const source = fromAt >> 2;
  const to = at >> 2;
  const bytes = from[source + WORD_BYTES]!;
  for (let i = 0; i < bytes >> 2; i++) words[to + i] = from[source + i]!;
  return bytes;
}
