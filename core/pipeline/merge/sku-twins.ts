/**
 * Finds SKUs that differ only in case (`ab-1`, `AB-1`) or, if they are numbers, only in leading zeros (`7`, `007`). They are
 * different products to the merge, and mostly one article that two vendors, or a spreadsheet, write differently.
 *
 * Called once per SKU, in the order of the merge, which puts capitals before small letters and `0` before other digits. So
 * only SKUs with a capital or a leading zero are kept, and only the others are looked up. What is kept is a hash and the
 * letters' case, 14 bytes, of at most `KEPT_MAX` SKUs; a probe ends after `PROBES` slots, whatever the SKUs are.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's length bounds its SKU, the mask the slots

import { shownSku } from '../../bytes/sku-signs.ts';
import { toBytes, toText } from '../../bytes/text.ts';
import type { OfferGroup } from './offer-group.ts';
import type { PriceExample } from './price-watch.ts';

/** The most SKUs that are kept. Twins of later SKUs are not found. */
const KEPT_MAX = 1 << 19;
const FIRST_SLOTS = 1 << 10;
const PROBES = 32;
/** Longer SKUs are not looked at. */
const BYTES_MAX = 1000;
const EXAMPLES = 3;

const DIGIT = 1;
const CAPITAL = 2;
const SMALL = 4;
const NOT_ASCII = 8;
const OTHER = 16;
const KINDS = new Uint8Array(256).fill(OTHER);
KINDS.fill(DIGIT, 0x30, 0x3a);
KINDS.fill(CAPITAL, 0x41, 0x5b);
KINDS.fill(SMALL, 0x61, 0x7b);
KINDS.fill(NOT_ASCII, 0x80);

/** Codes of warnings. */
export const SKU_TWINS = ['skus_differ_in_case', 'skus_differ_in_zeros'] as const;

export class SkuTwins {
  readonly examples: PriceExample[] = [];
  readonly #group: OfferGroup;
  readonly #findings = SKU_TWINS.map((code) => ({ code, count: 0, examples: [] as string[] }));
  #kept = 0;
  /** The hash of the SKU that is looked up or moved. */
  #hashHigh = 0;
  #hashLow = 0;
  /** By slot: the two halves of the hash, the form (see `#look`), and 1 + the vendor's position, 0 for a free slot. */
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  #form = new Uint32Array(FIRST_SLOTS);
  #vendor = new Uint16Array(FIRST_SLOTS);

  readonly #hasSmallSkus: boolean;

  /** `hasSmallSkus` is false if all SKUs are in capitals of ASCII: then only numbers are looked at. */
  constructor(group: OfferGroup, hasSmallSkus: boolean) {
    this.#group = group;
    this.#hasSmallSkus = hasSmallSkus;
  }

  /** Looks at the SKU of the group. */
  look(): void {
    const { sku, skuLength } = this.#group;
    if (skuLength > BYTES_MAX || (!this.#hasSmallSkus && KINDS[sku[0]!] !== DIGIT)) return;
    let kinds = 0;
    for (let i = 0; i < skuLength; i++) kinds |= KINDS[sku[i]!]!;
    if (kinds === DIGIT) this.#lookAtNumber(sku, skuLength);
    else if (!this.#hasSmallSkus) return;
    else if ((kinds & NOT_ASCII) !== 0) this.#lookAtText(toText(sku, 0, skuLength));
    else if ((kinds & (CAPITAL | SMALL)) !== 0) this.#lookAtLetters(sku, skuLength, kinds);
  }

  /** Numbers have their length as form. */
  #lookAtNumber(sku: Uint8Array, length: number): void {
    let from = 0;
    while (from < length - 1 && sku[from] === 0x30) from++;
    const hasZero = sku[0] === 0x30;
    if (!hasZero && this.#kept === 0) return;
    this.#hash(sku, from, length, 0);
    this.#look(length, hasZero, true, 1);
  }

  /** SKUs with letters have as form a bit for each of the first 32 characters, set for capitals. */
  #lookAtLetters(sku: Uint8Array, length: number, kinds: number): void {
    if ((kinds & CAPITAL) === 0 && this.#kept === 0) return;
    // a SKU without small letters is never looked up, and no more SKUs are kept
    if ((kinds & SMALL) === 0 && this.#kept >= KEPT_MAX) return;
    let form = 0;
    for (let i = 0; i < length && i < 32; i++) if ((KINDS[sku[i]!]! & CAPITAL) !== 0) form |= 1 << i;
    this.#hash(sku, 0, length, 0x20);
    this.#look(form >>> 0, (kinds & CAPITAL) !== 0, (kinds & SMALL) !== 0, 0);
  }

  #lookAtText(text: string): void {
    const small = text.toLowerCase();
    if (small.length !== text.length) return;
    let form = 0;
    for (let i = 0; i < text.length && i < 32; i++) if (text[i] !== small[i]) form |= 1 << i;
    const bytes = toBytes(small);
    this.#hash(bytes, 0, bytes.length, 0x20);
    // outside ASCII, a capital may sort after its small letter: look up and keep
    this.#look(form >>> 0, true, true, 0);
  }

  /** `fold` is 0x20 to hash capitals as small letters. */
  #hash(bytes: Uint8Array, from: number, to: number, fold: number): void {
    let high = 0x811c9dc5;
    let low = 0x2c1b3c6d;
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      const folded = (KINDS[byte]! & CAPITAL) === 0 ? byte : byte | fold;
      high = Math.imul(high ^ folded, 0x01000193);
      low = Math.imul(low ^ folded, 0x5bd1e995);
      low ^= low >>> 13;
    }
    high ^= high >>> 15;
    this.#hashHigh = Math.imul(high, 0x2c1b3c6d) >>> 0;
    this.#hashLow = low >>> 0;
  }

  #look(form: number, keeps: boolean, asks: boolean, code: 0 | 1): void {
    const slot = this.#freeOrSame();
    if (slot < 0) return;
    if (this.#vendor[slot] !== 0) {
      if (asks) this.#note(code, slot);
      return;
    }
    if (!keeps || this.#kept >= KEPT_MAX) return;
    this.#put(slot, form, this.#group.vendor[0]! + 1);
    this.#kept++;
    if (this.#kept * 2 > this.#vendor.length) this.#grow();
  }

  /** The slot with the hash, or a free one for it; -1 if all its slots are taken. */
  #freeOrSame(): number {
    const [high, low] = [this.#hashHigh, this.#hashLow];
    const mask = this.#vendor.length - 1;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (high + probe) & mask;
      if (this.#vendor[slot] === 0 || (this.#high[slot] === high && this.#low[slot] === low)) return slot;
    }
    return -1;
  }

  #put(slot: number, form: number, vendor: number): void {
    this.#high[slot] = this.#hashHigh;
    this.#low[slot] = this.#hashLow;
    this.#form[slot] = form;
    this.#vendor[slot] = vendor;
  }

  #grow(): void {
    const [high, low, form, vendor] = [this.#high, this.#low, this.#form, this.#vendor];
    const slots = vendor.length * 2;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#form = new Uint32Array(slots);
    this.#vendor = new Uint16Array(slots);
    for (let i = 0; i < vendor.length; i++) {
      if (vendor[i] === 0) continue;
      this.#hashHigh = high[i]!;
      this.#hashLow = low[i]!;
      const slot = this.#freeOrSame();
      if (slot >= 0) this.#put(slot, form[i]!, vendor[i]!);
    }
  }

  #note(code: 0 | 1, slot: number): void {
    const finding = this.#findings[code]!;
    finding.count++;
    if (finding.examples.length >= EXAMPLES) return;
    const group = this.#group;
    const sku = toText(group.sku, 0, group.skuLength);
    const other = shownSku(code === 0 ? inCase(sku, this.#form[slot]!) : ofLength(sku, this.#form[slot]!));
    const otherVendor = group.vendorIds[this.#vendor[slot]! - 1]!;
    const vendorId = group.vendorIds[group.vendor[0]!]!;
    const shown = shownSku(sku);
    finding.examples.push(`${other} of ${otherVendor} and ${shown} of ${vendorId}`);
    const place = { vendorId, rowNumber: group.rowNumber[0]!, sku: shown };
    this.examples.push({
      code: SKU_TWINS[code],
      warnedVendor: null,
      ...place,
      note: `beside ${other} of ${otherVendor}`,
    });
  }

  /** As `code:number:examples`. */
  warnings(): string[] {
    return this.#findings.flatMap(({ code, count, examples }) =>
      count === 0 ? [] : [`${code}:${count}:${examples.join('; ')}`],
    );
  }
}

/** The SKU with the capitals that the form has. */
function inCase(sku: string, form: number): string {
  const small = sku.toLowerCase();
  const head = Array.from({ length: Math.min(32, small.length) }, (_, i) =>
    (form >>> i) & 1 ? small.charAt(i).toUpperCase() : small.charAt(i),
  );
  return head.join('') + sku.slice(32);
}

function ofLength(sku: string, length: number): string {
  return sku.replace(/^0+(?=\d)/, '').padStart(length, '0');
}
