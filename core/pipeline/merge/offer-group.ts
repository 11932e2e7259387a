/**
 * All offers for one SKU, held as columns, and the views of them that plugins compare and price. One group serves the whole
 * merge: `clear` forgets the offers and keeps the memory. Views are made once per position, in a few sets that take turns: a plugin
 * that keeps an offer of an earlier SKU has a view of another turn, which throws, and no view is made for each offer.
 */
// biome-ignore-all lint/style/noNonNullAssertion: `count` bounds the columns, the entry layout the words and texts

import { toText } from '../../bytes/text.ts';
import { type CanonicalColumn, COLUMN, CONDITIONS, type Condition } from '../../canonical.ts';
import { refuseUnknownMembers } from '../../known-members.ts';
import type { Money } from '../../money/money.ts';
import type { Offer } from '../../plugin.ts';
import { moneyOf } from '../normalize/checks/row-view.ts';
import {
  type EntryLayout,
  NUMBER_COST,
  NUMBER_LEAD_TIME,
  NUMBER_MAP_PRICE,
  NUMBER_OPTIONAL,
  NUMBER_PRICE,
  NUMBER_QUANTITY,
  WORD_BYTES,
  WORD_CONDITION,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
  WORD_TEXTS,
} from '../sort/entry.ts';
import type { EntryPlace } from './gathered.ts';

/** Sets of views: an offer that is kept for fewer SKUs than this is noticed for certain. */
export const TURNS = 8;

/** Who offers a SKU that another thread has settled, and which of them is known. */
interface GroupVendors {
  known: number;
  /** Positions of vendors, from a place on. */
  vendors: Uint32Array;
  from: number;
  count: number;
  isInKernel: boolean;
}

export class OfferGroup {
  count = 0;
  /** The SKU of the group. */
  sku: Uint8Array = new Uint8Array(256);
  skuLength = 0;

  vendor: Int32Array = new Int32Array(16);
  rowNumber: Int32Array = new Int32Array(16);
  condition: Uint8Array = new Uint8Array(16);
  quantity: Float64Array = new Float64Array(16);
  leadTime: Float64Array = new Float64Array(16);
  cost: Float64Array = new Float64Array(16);
  mapPrice: Float64Array = new Float64Array(16);
  price: Float64Array = new Float64Array(16);
  msrp: Float64Array = new Float64Array(16);
  updatedAt: Float64Array = new Float64Array(16);
  /** The cost with the vendor's terms. The same array as the cost, unless the tenant has terms. */
  landed: Float64Array = this.cost;
  /** The quantity that an offer represents once rows of its vendor are summed; its own at first. */
  sum: Float64Array = new Float64Array(16);
  /** Addresses of the entries in the kernel's memory, while they are there: see `isInKernel`. */
  entryAt: Uint32Array = new Uint32Array(16);
  isInKernel = false;

  readonly vendorIds: readonly string[];
  readonly layout: EntryLayout;
  /** Columns that plugins may read from an offer, beyond those that every offer has. */
  readonly reads: ReadonlySet<CanonicalColumn>;
  /** The number of groups before this one. */
  turn = 0;
  readonly #sets: OfferView[][] = Array.from({ length: TURNS }, () => []);
  #views: OfferView[] = this.#sets[0]!;
  readonly #numbersOffset: number;
  readonly #skuOffset: number;
  #keyHigh = 0;
  #keyLow = 0;
  #textSpans: Int32Array;
  #textBytes: Uint8Array = new Uint8Array(1024);
  #textUsed = 0;
  #kernelPlace: EntryPlace | null = null;
  /** Where entries are whose texts were not copied; null once they are. */
  #textsIn: EntryPlace | null = null;

  constructor(layout: EntryLayout, vendorIds: readonly string[], reads: ReadonlySet<CanonicalColumn>) {
    this.layout = layout;
    this.vendorIds = vendorIds;
    this.reads = reads;
    this.#textSpans = new Int32Array(16 * 2 * layout.texts.length);
    this.#numbersOffset = layout.numbersOffset;
    this.#skuOffset = layout.skuOffset;
  }

  /** From now on landed costs differ from costs and need an array of their own. */
  separateLanded(): void {
    this.landed = new Float64Array(this.cost.length);
  }

  clear(): void {
    this.count = 0;
    this.isInKernel = false;
    this.#textUsed = 0;
    this.#textsIn = null;
    this.turn++;
    this.#views = this.#sets[this.turn % TURNS]!;
  }

  /** True if the cursor's entry is for the group's SKU. */
  holds(cursor: EntryPlace): boolean {
    const word = cursor.at >> 2;
    const { words, bytes } = cursor;
    if (words[word + WORD_KEY_LOW] !== this.#keyLow || words[word + WORD_KEY_HIGH] !== this.#keyHigh) return false;
    if (words[word + WORD_SKU_LENGTH] !== this.skuLength) return false;
    const at = cursor.at + this.#skuOffset;
    for (let i = 8; i < this.skuLength; i++) if (bytes[at + i] !== this.sku[i]) return false;
    return true;
  }

  /** Adds the cursor's entry; the first one sets the group's SKU. */
  add(cursor: EntryPlace): void {
    this.#addNumbers(cursor);
    if (this.layout.texts.length > 0) this.#addTexts(cursor, this.count - 1);
  }

  /** Adds an entry in the kernel's memory, where it stays until `clear`: few groups need their texts here. */
  addInKernel(place: EntryPlace): void {
    this.isInKernel = true;
    this.#kernelPlace = place;
    this.#textsIn = place;
    this.#addNumbers(place);
  }

  /** Where the entries at `entryAt` are; null once they are in memory no longer. */
  get entryPlace(): EntryPlace | null {
    return this.isInKernel ? this.#kernelPlace : null;
  }

  /** Makes it the group of so many vendors' offers, of which only that of the known place is looked at: the entry's. */
  addAmong(place: EntryPlace, { known, vendors, from, count, isInKernel }: GroupVendors): void {
    while (this.vendor.length < count) this.#grow();
    if (known > 0) this.#setSku(place);
    this.count = known;
    this.#addNumbers(place);
    for (let i = 0; i < count; i++) {
      this.vendor[i] = vendors[from + i]!;
      this.entryAt[i] = place.at;
    }
    this.count = count;
    this.isInKernel = isInKernel;
    this.#textsIn = place;
  }

  #addNumbers(cursor: EntryPlace): void {
    if (this.count === 0) this.#setSku(cursor);
    if (this.count === this.vendor.length) this.#grow();
    const i = this.count++;
    const word = cursor.at >> 2;
    const { words, numbers } = cursor;
    let number = (cursor.at + this.#numbersOffset) >> 3;
    this.vendor[i] = cursor.owner;
    this.entryAt[i] = cursor.at;
    this.rowNumber[i] = words[word + WORD_ROW_NUMBER]!;
    this.condition[i] = words[word + WORD_CONDITION]!;
    this.quantity[i] = numbers[number + NUMBER_QUANTITY]!;
    this.sum[i] = this.quantity[i]!;
    this.leadTime[i] = numbers[number + NUMBER_LEAD_TIME]!;
    this.cost[i] = numbers[number + NUMBER_COST]!;
    this.mapPrice[i] = numbers[number + NUMBER_MAP_PRICE]!;
    this.price[i] = numbers[number + NUMBER_PRICE]!;
    number += NUMBER_OPTIONAL;
    if (this.layout.msrp) this.msrp[i] = numbers[number++]!;
    if (this.layout.updatedAt) this.updatedAt[i] = numbers[number]!;
  }

  /** Texts as output cells: start and end in `textBytes` for each carried text of each offer. */
  get textSpans(): Int32Array {
    if (this.#textsIn !== null) this.#copyTexts(this.#textsIn);
    return this.#textSpans;
  }

  get textBytes(): Uint8Array {
    if (this.#textsIn !== null) this.#copyTexts(this.#textsIn);
    return this.#textBytes;
  }

  #copyTexts({ owner, words, bytes, numbers }: EntryPlace): void {
    this.#textsIn = null;
    if (this.layout.texts.length === 0) return;
    for (let i = 0; i < this.count; i++) this.#addTexts({ owner, words, bytes, numbers, at: this.entryAt[i]! }, i);
  }

  /** Bytes of the i-th offer's texts, or somewhat more. */
  textBytesOf(i: number): number {
    if (this.#textsIn !== null) return this.#textsIn.words[(this.entryAt[i]! >> 2) + WORD_BYTES]!;
    const texts = this.layout.texts.length;
    return texts === 0 ? 0 : this.#textSpans[2 * (i + 1) * texts - 1]! - this.#textSpans[2 * i * texts]!;
  }

  /** The view of the i-th offer; the same object until `clear`. */
  view(i: number): OfferView {
    while (this.#views.length <= i) this.#views.push(new OfferView(this, this.#views.length));
    const view = this.#views[i]!;
    view.turn = this.turn;
    return view;
  }

  msrpOf(i: number): Money | null {
    return this.layout.msrp ? moneyOf(this.msrp[i]!) : null;
  }

  /** The value of a carried text column, by its position in `CANONICAL_COLUMNS`. */
  textOf(i: number, position: number): string | null {
    const { texts } = this.layout;
    const n = texts.indexOf(position);
    if (n < 0) return null;
    const span = 2 * (i * texts.length + n);
    const cell = toText(this.textBytes, this.textSpans[span]!, this.textSpans[span + 1]!);
    if (cell === '') return null;
    return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
  }

  /** Bytes of the offers' texts. */
  get textBytesUsed(): number {
    return this.#textUsed;
  }

  /** Keeps only the offers at these positions, in ascending order, and moves them to the front. */
  keep(positions: readonly number[]): void {
    const columns = [
      this.vendor,
      this.rowNumber,
      this.condition,
      this.quantity,
      this.leadTime,
      this.cost,
      this.mapPrice,
    ];
    columns.push(this.price, this.msrp, this.updatedAt, this.sum);
    if (this.landed !== this.cost) columns.push(this.landed);
    for (const column of columns) for (const [to, from] of positions.entries()) column[to] = column[from]!;
    this.count = positions.length;
    const spans = 2 * this.layout.texts.length;
    let used = 0;
    for (let i = 0; i < positions.length * spans; i += 2) {
      const from = positions[Math.floor(i / spans)]! * spans + (i % spans);
      const start = this.textSpans[from]!;
      const end = this.textSpans[from + 1]!;
      this.textBytes.copyWithin(used, start, end);
      this.textSpans[i] = used;
      used += end - start;
      this.textSpans[i + 1] = used;
    }
    this.#textUsed = used;
  }

  #setSku(cursor: EntryPlace): void {
    const word = cursor.at >> 2;
    this.#keyHigh = cursor.words[word + WORD_KEY_HIGH]!;
    this.#keyLow = cursor.words[word + WORD_KEY_LOW]!;
    const length = cursor.words[word + WORD_SKU_LENGTH]!;
    if (this.sku.length < length) this.sku = new Uint8Array(length * 2);
    const at = cursor.at + this.#skuOffset;
    for (let i = 0; i < length; i++) this.sku[i] = cursor.bytes[at + i]!;
    this.skuLength = length;
  }

  #addTexts(cursor: EntryPlace, offer: number): void {
    const word = (cursor.at >> 2) + WORD_TEXTS;
    const texts = this.layout.texts.length;
    let from = cursor.at + this.#skuOffset + this.skuLength;
    for (let n = 0; n < texts; n++) {
      const length = cursor.words[word + n]!;
      this.#reserveText(length);
      const span = 2 * (offer * texts + n);
      this.#textSpans[span] = this.#textUsed;
      for (let i = 0; i < length; i++) this.#textBytes[this.#textUsed++] = cursor.bytes[from++]!;
      this.#textSpans[span + 1] = this.#textUsed;
    }
  }

  #reserveText(length: number): void {
    if (this.#textUsed + length <= this.#textBytes.length) return;
    const larger = new Uint8Array(Math.max(this.#textBytes.length * 2, this.#textUsed + length));
    larger.set(this.#textBytes);
    this.#textBytes = larger;
  }

  #grow(): void {
    const size = this.vendor.length * 2;
    const numbers = (from: Float64Array) => copied(from, new Float64Array(size));
    this.vendor = copied(this.vendor, new Int32Array(size));
    this.entryAt = copied(this.entryAt, new Uint32Array(size));
    this.rowNumber = copied(this.rowNumber, new Int32Array(size));
    this.condition = copied(this.condition, new Uint8Array(size));
    this.quantity = numbers(this.quantity);
    this.leadTime = numbers(this.leadTime);
    const isOneCost = this.landed === this.cost;
    this.cost = numbers(this.cost);
    this.landed = isOneCost ? this.cost : numbers(this.landed);
    this.mapPrice = numbers(this.mapPrice);
    this.price = numbers(this.price);
    this.msrp = numbers(this.msrp);
    this.updatedAt = numbers(this.updatedAt);
    this.sum = numbers(this.sum);
    this.#textSpans = copied(this.#textSpans, new Int32Array(size * 2 * this.layout.texts.length));
  }
}

function copied<T extends Float64Array | Int32Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Fields of an offer that exist only if a manifest's `reads` names the column. */
export const DECLARED_FIELDS = {
  msrp: 'msrp',
  condition: 'condition',
  vendorSku: 'vendor_sku',
  brand: 'brand',
  title: 'title',
  updatedAt: 'updated_at',
} as const satisfies Partial<Record<keyof Offer, CanonicalColumn>>;

/**
 * Throws. A null would look like an empty cell, and reading the field would only work if the output happens to carry
 * the column.
 */
export function undeclaredField(field: keyof typeof DECLARED_FIELDS): Error {
  const column = DECLARED_FIELDS[field];
  return new Error(`it uses "${field}" of an offer, but its manifest's reads does not name "${column}": add it there`);
}

export class OfferView implements Offer {
  readonly index: number;
  /** The turn of the group that it shows. */
  turn = 0;
  readonly #ownGroup: OfferGroup;

  constructor(group: OfferGroup, index: number) {
    this.#ownGroup = group;
    this.index = index;
  }

  get #group(): OfferGroup {
    if (this.turn === this.#ownGroup.turn) return this.#ownGroup;
    throw new Error(
      'it uses an offer of an earlier call: an offer is good during the call that gets it, copy what is needed',
    );
  }

  get sku(): string {
    return toText(this.#group.sku, 0, this.#group.skuLength);
  }

  get vendorId(): string {
    return this.#group.vendorIds[this.#group.vendor[this.index]!]!;
  }

  get rowNumber(): number {
    return this.#group.rowNumber[this.index]!;
  }

  get quantity(): number {
    return this.#group.quantity[this.index]!;
  }

  get leadTimeDays(): number | null {
    return orNull(this.#group.leadTime[this.index]!);
  }

  get cost(): Money | null {
    return moneyOf(this.#group.cost[this.index]!);
  }

  get mapPrice(): Money | null {
    return moneyOf(this.#group.mapPrice[this.index]!);
  }

  get price(): Money | null {
    return moneyOf(this.#group.price[this.index]!);
  }

  get costMicros(): number | null {
    return orNull(this.#group.cost[this.index]!);
  }

  get landedCost(): Money | null {
    return moneyOf(this.#group.landed[this.index]!);
  }

  get landedCostMicros(): number | null {
    return orNull(this.#group.landed[this.index]!);
  }

  get mapPriceMicros(): number | null {
    return orNull(this.#group.mapPrice[this.index]!);
  }

  get priceMicros(): number | null {
    return orNull(this.#group.price[this.index]!);
  }

  get msrp(): Money | null {
    this.#declared('msrp');
    return this.#group.msrpOf(this.index);
  }

  get condition(): Condition | null {
    this.#declared('condition');
    return CONDITIONS[this.#group.condition[this.index]! - 1] ?? null;
  }

  get vendorSku(): string | null {
    this.#declared('vendorSku');
    return this.#group.textOf(this.index, COLUMN.vendor_sku);
  }

  get brand(): string | null {
    this.#declared('brand');
    return this.#group.textOf(this.index, COLUMN.brand);
  }

  get title(): string | null {
    this.#declared('title');
    return this.#group.textOf(this.index, COLUMN.title);
  }

  get updatedAt(): number | null {
    this.#declared('updatedAt');
    const seconds = this.#group.updatedAt[this.index]!;
    return Number.isNaN(seconds) ? null : seconds;
  }

  #declared(field: keyof typeof DECLARED_FIELDS): void {
    if (!this.#group.reads.has(DECLARED_FIELDS[field])) throw undeclaredField(field);
  }
}

refuseUnknownMembers('an offer', OfferView);

/** A negative number means none. */
function orNull(value: number): number | null {
  return value < 0 ? null : value;
}
