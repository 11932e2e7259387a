/**
 * Finds SKUs that differ only in case (`ab-1`, `AB-1`) or, if they are numbers, only in leading zeros (`7`, `007`). They are
 * different products to the merge, and mostly one article that two vendors, or a spreadsheet, write differently.
 *
 * Called once per SKU, in the order of the merge, which puts capitals before small letters and `0` before other digits. So
 * only SKUs with a capital or a leading zero are kept, and only the others are looked up. What is kept is a hash and the
 * letters' case, 14 bytes, of at most `KEPT_MAX` SKUs; a probe ends after `PROBES` slots, whatever the SKUs are.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's length bounds its SKU, the mask the slots

import { shownSku } from '../../../bytes/signs/sku-signs.ts';
import { toText } from '../../../bytes/text.ts';
import { WARNING_EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { PriceExample } from './price-watch.ts';
import { ASKS, KEEPS, NUMBER, SkuForms, type SkuSighting } from './sku-forms.ts';

/** The most SKUs that are kept. Twins of later SKUs are not found. */
const KEPT_MAX = 1 << 19;
const FIRST_SLOTS = 1 << 10;
const PROBES = 32;

/** Codes of warnings. */
export const SKU_TWINS = ['skus_differ_in_case', 'skus_differ_in_zeros'] as const;

export class SkuTwins extends SkuForms {
  readonly examples: PriceExample[] = [];
  readonly #vendorIds: readonly string[];
  readonly #findings = SKU_TWINS.map((code) => ({ code, count: 0, examples: [] as string[] }));
  #kept = 0;
  /** By slot: the two halves of the hash, the form (see `#look`), and 1 + the vendor's position, 0 for a free slot. */
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  #form = new Uint32Array(FIRST_SLOTS);
  #vendor = new Uint16Array(FIRST_SLOTS);

  constructor(vendorIds: readonly string[], hasSmallSkus: boolean) {
    super(hasSmallSkus);
    this.#vendorIds = vendorIds;
  }

  get keepsNone(): boolean {
    return this.#kept === 0;
  }

  get isFull(): boolean {
    return this.#kept >= KEPT_MAX;
  }

  override see(seen: SkuSighting, form: number, use: number): void {
    const slot = this.#freeOrSame();
    if (slot < 0) return;
    if (this.#vendor[slot] !== 0) {
      if ((use & ASKS) !== 0) this.#note((use & NUMBER) === 0 ? 0 : 1, slot, seen);
      return;
    }
    if ((use & KEEPS) === 0 || this.isFull) return;
    this.#put(slot, form, seen.vendor[0]! + 1);
    this.#kept++;
    if (this.#kept * 2 > this.#vendor.length) this.#grow();
  }

  /** The slot with the hash, or a free one for it; -1 if all its slots are taken. */
  #freeOrSame(): number {
    const [high, low] = [this.hashHigh, this.hashLow];
    const mask = this.#vendor.length - 1;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (high + probe) & mask;
      if (this.#vendor[slot] === 0 || (this.#high[slot] === high && this.#low[slot] === low)) return slot;
    }
    return -1;
  }

  #put(slot: number, form: number, vendor: number): void {
    this.#high[slot] = this.hashHigh;
    this.#low[slot] = this.hashLow;
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
      this.hashHigh = high[i]!;
      this.hashLow = low[i]!;
      const slot = this.#freeOrSame();
      if (slot >= 0) this.#put(slot, form[i]!, vendor[i]!);
    }
  }

  #note(code: 0 | 1, slot: number, { sku: bytes, skuLength, vendor, rowNumber }: SkuSighting): void {
    const finding = this.#findings[code]!;
    finding.count++;
    if (finding.examples.length >= WARNING_EXAMPLES_MAX) return;
    const sku = toText(bytes, 0, skuLength);
    const other = shownSku(code === 0 ? inCase(sku, this.#form[slot]!) : ofLength(sku, this.#form[slot]!));
    const otherVendor = this.#vendorIds[this.#vendor[slot]! - 1]!;
    const vendorId = this.#vendorIds[vendor[0]!]!;
    const shown = shownSku(sku);
    finding.examples.push(`${other} of ${otherVendor} and ${shown} of ${vendorId}`);
    const place = { vendorId, rowNumber: rowNumber[0]!, sku: shown };
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
