/** Collects the lines of `publish_state.csv`. */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { csvLine, needsQuotes, toBytes } from '../../../bytes/text.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';
import type { OfferGroup } from '../../merge/offer-group.ts';
import { LineBuffer } from '../tables/line-buffer.ts';
import { FOUND, MISSING, NEEDS_REFILL, NOT_IN_WINDOW, type SortedRows } from '../tables/sorted-rows.ts';
import { type SkuState, STATE_COLUMNS, type StateReader } from './state.ts';

const COMMA = 0x2c;
/** The cells after the vendors of a SKU that is simply published. */
const NO_STATE_CELLS = ',,,,\n';
const NO_STATE_BYTES = toBytes(NO_STATE_CELLS);
/** The end of a line without an earlier decision. */
const NO_DECISION_BYTES = toBytes(',\n');

export interface HeldState {
  state: SkuState;
  runs: number;
  price: number;
  decimals: MoneyDecimals;
  earlierDecision: string;
}

/** What follows the SKU that one vendor alone offers, if it is simply published. */
export function endingOf(vendorId: string): Uint8Array {
  return toBytes(`,${vendorId}${NO_STATE_CELLS}`);
}

export class StateLines extends LineBuffer {
  readonly #group: OfferGroup;
  readonly #vendorIds: readonly Uint8Array[];
  /** By vendor position: the end of the line for a SKU that only this vendor offers. */
  readonly #endings: readonly Uint8Array[];
  readonly #built = new LineBuffer();

  constructor(group: OfferGroup) {
    super();
    this.#group = group;
    this.#vendorIds = group.vendorIds.map(toBytes);
    this.#endings = group.vendorIds.map(endingOf);
    this.raw(toBytes(csvLine(STATE_COLUMNS)));
  }

  /** Adds the group's SKU as simply published. */
  addPublished(): void {
    this.#begin();
    this.raw(NO_STATE_BYTES);
  }

  /**
   * Adds the same line if the previous run's state has exactly that line, and moves past it. Adds nothing unless it
   * returns `FOUND`. The table must have today's columns.
   */
  addUnchanged(before: SortedRows): number {
    const { sku, skuLength } = this.#group;
    const ending = this.#ending();
    const length = skuLength + ending.length;
    const at = before.nextAt(length);
    if (at < 0) return at === NOT_IN_WINDOW ? NEEDS_REFILL : MISSING;
    this.ensure(length);
    const out = this.bytes;
    const start = this.used;
    let to = start;
    for (let i = 0; i < skuLength; i++) {
      const byte = sku[i]!;
      // a cell in quotes is not the SKU's own bytes
      if (byte <= COMMA && needsQuotes(byte)) return MISSING;
      out[to++] = byte;
    }
    for (let i = 0; i < ending.length; i++) out[to++] = ending[i]!;
    if (!before.hasAt(at, out, start, to)) return MISSING;
    this.used = to;
    before.pass(length, sku, skuLength);
    return FOUND;
  }

  /** The end of the line for a SKU that is simply published. */
  #ending(): Uint8Array {
    const group = this.#group;
    if (group.count === 1) return this.#endings[group.vendor[0]!]!;
    const built = this.#built;
    built.used = 0;
    this.writeEnding(built);
    return built.bytes.subarray(0, built.used);
  }

  /** Writes what follows the group's SKU if it is simply published. */
  writeEnding(out: LineBuffer): void {
    out.byte(COMMA);
    this.writeVendors(out);
    out.raw(NO_STATE_BYTES);
  }

  /** Adds the group's SKU as held, with its candidate price in units of `10^-decimals`. */
  addHeld({ state, runs, price, decimals, earlierDecision }: HeldState): void {
    this.#begin();
    this.byte(COMMA);
    this.text(state);
    this.byte(COMMA);
    this.integer(runs);
    this.byte(COMMA);
    this.units(price, decimals);
    if (earlierDecision === '') this.raw(NO_DECISION_BYTES);
    else this.text(`,${csvLine([earlierDecision])}`);
  }

  /** Adds the baseline's SKU, which goes out though the run lacks it; `reader` has its previous state, if any. */
  addCarried({ sku, skuStart, skuEnd }: SortedRows, state: SkuState, runs: number, reader: StateReader | null): void {
    this.cell(sku, skuStart, skuEnd);
    this.byte(0x2c);
    reader?.writeVendors(this);
    this.text(`,${state},${runs},,\n`);
  }

  /** Writes the SKU and the vendors that offer it today, separated by spaces. */
  #begin(): void {
    const group = this.#group;
    this.cell(group.sku, 0, group.skuLength);
    this.byte(0x2c);
    this.writeVendors(this);
  }

  /** Writes the vendors that offer the group's SKU today. */
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
