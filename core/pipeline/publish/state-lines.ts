/** Collects the lines of `publish_state.csv`. */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { csvLine, toBytes } from '../../bytes/text.ts';
import type { OfferGroup } from '../merge/offer-group.ts';
import { LineBuffer } from './line-buffer.ts';
import { FOUND, type SortedRows } from './sorted-rows.ts';
import { type SkuState, STATE_COLUMNS, type StateReader } from './state.ts';

/** What follows the vendors of a SKU that is simply published. */
const NO_STATE_CELLS = toBytes(',,,\n');

export class StateLines extends LineBuffer {
  readonly #group: OfferGroup;
  readonly #vendorIds: readonly Uint8Array[];

  constructor(group: OfferGroup) {
    super();
    this.#group = group;
    this.#vendorIds = group.vendorIds.map(toBytes);
    this.raw(toBytes(csvLine(STATE_COLUMNS)));
  }

  /** The group's SKU, simply published. */
  addPublished(): number {
    this.#begin();
    this.raw(NO_STATE_CELLS);
    return FOUND;
  }

  /**
   * The same if it is just what the state of the run before says, with the same vendors: then goes past that row. Unless it is `FOUND`,
   * nothing is added. Its columns must be those of today.
   */
  addUnchanged(before: SortedRows): number {
    const start = this.used;
    this.addPublished();
    const found = before.startsWith(this.bytes, start, this.used);
    if (found === FOUND) before.pass(this.used - start, this.#group.sku, this.#group.skuLength);
    else this.used = start;
    return found;
  }

  /** The group's SKU, which is held; its price as it is written. */
  addHeld(state: SkuState, runs: number, candidatePrice: string): void {
    this.#begin();
    this.text(`,${state},${runs},${candidatePrice}\n`);
  }

  /** The baseline's SKU, which goes out though the run lacks it; `reader` has its state, if there is one. */
  addCarried({ sku, skuStart, skuEnd }: SortedRows, state: SkuState, runs: number, reader: StateReader | null): void {
    this.cell(sku, skuStart, skuEnd);
    this.byte(0x2c);
    reader?.writeVendors(this);
    this.text(`,${state},${runs},\n`);
  }

  /** The SKU, and the vendors that offer it today with spaces between. */
  #begin(): void {
    const group = this.#group;
    this.cell(group.sku, 0, group.skuLength);
    this.byte(0x2c);
    this.writeVendors(this);
  }

  /** The vendors that offer the group's SKU today. */
  writeVendors(out: LineBuffer): void {
    const group = this.#group;
    let last = -1;
    for (let i = 0; i < group.count; i++) {
      const vendor = group.vendor[i]!;
      if (vendor === last) continue;
      if (last >= 0) out.byte(0x20);
      out.raw(this.#vendorIds[vendor]!);
      last = vendor;
    }
  }
}
