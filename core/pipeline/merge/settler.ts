/**
 * Lets the kernel settle the SKUs that it gathered (`kernel/assembly/settle.ts`): all but those of which something must be counted or
 * shown, which `merge-range.ts` settles. The built-in strategy and rules say how they choose and price as numbers; a plugin's do not, and
 * then there is no settler.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the kernel's words and the vendors' counts have their places
import {
  S_COUNTED_FINDINGS,
  S_ENFORCES_MAP,
  S_ORDER_NUMBERS,
  S_OUT_AT,
  S_OUT_ENOUGH,
  S_PAGE_OFFERS,
  S_SETTLED_ROWS,
  S_STEP_NUMBERS,
} from '../../kernel/assembly/places.ts';
import {
  SETTLE_COUNTS,
  SETTLE_COUNTS_OF_VENDOR,
  SETTLE_DECLARED,
  SETTLE_FOUND,
  SETTLE_OF_MICRO,
  SETTLE_OF_UNIT,
  SETTLE_ORDER,
  SETTLE_ORDER_MAX,
  SETTLE_SLACK,
  SETTLE_STEPS,
  SETTLE_STEPS_MAX,
  SETTLE_VENDORS_MAX,
} from '../../kernel/assembly/settle-places.ts';
import { Backoff } from '../../kernel/backoff.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { MICRO_SCALE } from '../../money/money.ts';
import { type EntryLayout, WORD_ROW_NUMBER, WORD_SKU_LENGTH } from '../sort/entry.ts';
import type { PageStarts } from '../sort/page-starts.ts';
import type { Chooser } from './choose.ts';
import type { GatheredOffers } from './gathered.ts';
import { FULL_BYTES, type OutputBuffer } from './output.ts';
import type { PriceDoubtCode, PriceWatch } from './watch/price-watch.ts';
import { SKU_BYTES_MAX, type SkuForms } from './watch/sku-forms.ts';

/** More than a list has. */
const NO_PAGE = 2 ** 30;
const COUNTS_AT = SETTLE_COUNTS >> 3;
const FOUND_AT = SETTLE_FOUND >> 3;
/** By the bit of a finding. */
const FOUND_CODES: readonly PriceDoubtCode[] = [
  'price_below_cost',
  'price_far_below_msrp',
  'used_beats_new',
  'map_of_losing_vendor',
];

export interface SettlerParts {
  gathered: GatheredOffers;
  output: OutputBuffer;
  chooser: Chooser;
  watch: PriceWatch;
  twins: SkuForms | null;
  pages: PageStarts | null;
  layout: EntryLayout;
  /** By vendor position. */
  declaresDuplicates: readonly boolean[];
}

export class Settler {
  readonly #kernel: Kernel;
  readonly #parts: SettlerParts;
  readonly #vendors: number;
  readonly #backoff = new Backoff();
  readonly #skuOffset: number;
  /** A settled SKU. */
  readonly #seen = { sku: new Uint8Array(SKU_BYTES_MAX), skuLength: 0, vendor: [0], rowNumber: [0] };

  private constructor(kernel: Kernel, parts: SettlerParts) {
    this.#kernel = kernel;
    this.#parts = parts;
    this.#vendors = parts.declaresDuplicates.length;
    this.#skuOffset = parts.layout.skuOffset;
  }

  /** Null if the kernel cannot settle SKUs of this merge. */
  static of(kernel: Kernel, parts: SettlerParts): Settler | null {
    const { chooser, output, watch, declaresDuplicates } = parts;
    const { plan } = chooser;
    if (plan === null || output.kernel === null || !watch.figures.countsOnly) return null;
    const { order, prices } = plan;
    const isLong = order.length > SETTLE_ORDER_MAX || prices.numbers.length > SETTLE_STEPS_MAX;
    if (isLong || declaresDuplicates.length > SETTLE_VENDORS_MAX) return null;
    const { state, bytes, merge } = kernel;
    const { settling } = merge;
    settling.fill(0);
    settling.set([watch.slack], SETTLE_SLACK >> 3);
    settling.set([prices.divisorOf(MICRO_SCALE)], SETTLE_OF_MICRO >> 3);
    settling.set([prices.divisorOf(output.decimals)], SETTLE_OF_UNIT >> 3);
    settling.set(prices.numbers, SETTLE_STEPS >> 3);
    settling.set(order, SETTLE_ORDER >> 3);
    bytes.set(declaresDuplicates.map(Number), settling.byteOffset + SETTLE_DECLARED);
    state[S_STEP_NUMBERS] = prices.numbers.length;
    state[S_ORDER_NUMBERS] = order.length;
    state[S_ENFORCES_MAP] = watch.enforcesMap ? 1 : 0;
    return new Settler(kernel, parts);
  }

  /** Settles what is ordinary of the gathered groups, from the next one on; false if nothing is. */
  settle(): boolean {
    const { gathered, output, pages, watch } = this.#parts;
    if (!this.#backoff.isDue() || !output.isInKernel) return false;
    const { state, loops } = this.#kernel;
    const { byteOffset } = output.bytes;
    state[S_PAGE_OFFERS] = Math.min(NO_PAGE, pages?.rowsToNext ?? NO_PAGE);
    state[S_OUT_AT] = byteOffset + output.used;
    state[S_OUT_ENOUGH] = byteOffset + FULL_BYTES + 1;
    let counted = 0;
    for (let bit = 0; bit < FOUND_CODES.length; bit++) if (watch.hasExamplesOf(FOUND_CODES[bit]!)) counted |= 1 << bit;
    state[S_COUNTED_FINDINGS] = counted;
    const from = gathered.listedAt;
    const to = loops.settle(from);
    gathered.listedAt = to;
    const rows = state[S_SETTLED_ROWS]!;
    this.#backoff.took(rows);
    if (rows === 0) return false;
    output.addWritten(rows, state[S_OUT_AT]!);
    pages?.passSome(to - from);
    this.#lookAtSkus(from, to);
    return true;
  }

  /** Looks for twins of the settled SKUs. */
  #lookAtSkus(from: number, to: number): void {
    const { gathered, twins } = this.#parts;
    if (twins === null) return;
    const seen = this.#seen;
    const { place } = gathered;
    const { bytes, words } = place;
    for (let i = from; i < to; i++) {
      if (!gathered.moveTo(i)) continue;
      const at = place.at + this.#skuOffset;
      const length = words[(place.at >> 2) + WORD_SKU_LENGTH]!;
      if (length > SKU_BYTES_MAX || !twins.looksAt(bytes[at]!)) continue;
      for (let n = 0; n < length; n++) seen.sku[n] = bytes[at + n]!;
      seen.skuLength = length;
      seen.vendor[0] = place.owner;
      seen.rowNumber[0] = words[(place.at >> 2) + WORD_ROW_NUMBER]!;
      twins.look(seen);
    }
  }

  /** Takes over what the kernel counted: where a page of rows begins, and at the end. */
  takeCounts(): void {
    const { watch, pages } = this.#parts;
    const { settling } = this.#kernel.merge;
    for (let vendor = 0; vendor < this.#vendors; vendor++) {
      const at = COUNTS_AT + SETTLE_COUNTS_OF_VENDOR * vendor;
      const offers = settling[at]!;
      if (offers === 0) continue;
      pages?.noteVendor(vendor, offers);
      watch.figures.addCounts(vendor, settling, at);
      settling.fill(0, at, at + SETTLE_COUNTS_OF_VENDOR);
    }
    for (const [bit, code] of FOUND_CODES.entries()) {
      const found = settling[FOUND_AT + bit]!;
      if (found > 0) watch.addFound(code, found);
      settling[FOUND_AT + bit] = 0;
    }
  }
}
