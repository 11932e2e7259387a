/**
 * The fast ways for SKUs whose row is compared where it is written. Unchanged ones: the row equals the published one to the byte, the same
 * vendors offer it, and nothing is held or kept. Then the equality of the rows answers everything that publishing asks, and no cell of the
 * published feed is read. And, where the kernel compares, rows of which it says what changed, and SKUs that were not published.
 *
 * `Publisher` handles every other row. It could handle these too: `conformance/publish/unchanged-rows.test.ts` compares
 * the two.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the winner is one of the group's offers
import { COMPARED_CHANGED, COMPARED_NEW, COMPARED_OTHER, COMPARED_SAME } from '../../kernel/assembly/places.ts';
import type { MoneyDecimals } from '../../money/currencies.ts';
import type { OfferGroup } from '../merge/offer-group.ts';
import { type OutputBuffer, ROW_LEFT, type Units } from '../merge/output.ts';
import { ComparedRuns } from './compared-runs.ts';
import type { PublisherOptions } from './publisher-options.ts';
import { StateReader } from './state/state.ts';
import type { StateLines } from './state/state-lines.ts';
import { isBelowCost } from './tables/cells.ts';
import { FOUND, type SortedRows } from './tables/sorted-rows.ts';

/** Answers of `settle`. Nothing else than the row was written, unless it is settled. */
export const ROW_SETTLED = 0;
/** Only cells of the row changed: `runs` says which. */
export const ROW_CHANGED = 1;
/** The SKU was not published, and has no state. */
export const ROW_NEW = 2;
export const ROW_UNKNOWN = 3;

/** A greater quantity could not be read back from the published feed as a number. */
const QUANTITY_MAX = 1e14;

export interface ComparedParts {
  group: OfferGroup;
  output: OutputBuffer;
  states: StateLines;
  options: PublisherOptions;
}

export class ComparedRows {
  readonly #group: OfferGroup;
  readonly #output: OutputBuffer;
  readonly #states: StateLines;
  readonly #options: PublisherOptions;
  readonly #baseline: SortedRows;
  readonly #decimals: MoneyDecimals;
  readonly #holdsBelowCost: boolean;
  readonly #hasPrice: boolean;
  readonly #hasQuantity: boolean;
  readonly #state: SortedRows | null;
  /** Null if rows are compared here. */
  readonly runs: ComparedRuns | null;
  #rows = 0;
  #inStock = 0;

  private constructor({ group, output, states, options }: ComparedParts, baseline: SortedRows) {
    this.#group = group;
    this.#output = output;
    this.#states = states;
    this.#options = options;
    this.#baseline = baseline;
    this.#decimals = options.format.moneyDecimals;
    this.#holdsBelowCost = options.rules?.belowCost ?? false;
    this.#state = options.state;
    this.#hasPrice = baseline.indexOf('price') >= 0;
    this.#hasQuantity = baseline.indexOf('quantity_available') >= 0;
    const { kernel } = output;
    const { state } = options;
    this.runs = kernel && state && ComparedRuns.of(kernel, group, { feed: baseline, state, states });
  }

  /** Null if rows cannot be compared as bytes. */
  static of(parts: ComparedParts): ComparedRows | null {
    const { baseline, state, differ, format } = parts.options;
    if (baseline === null || !differ.sameColumns || format.format !== 'csv') return null;
    if (state !== null && !new StateReader(state, format.moneyDecimals).isOrdinary) return null;
    return new ComparedRows(parts, baseline);
  }

  /** True if the winner's row can be settled here, provided it equals the published one. */
  takes(winner: number, price: Units): boolean {
    if (this.#group.quantity[winner]! > QUANTITY_MAX) return false;
    return !this.#holdsBelowCost || !isBelowCost(Number(price), this.#group.landed[winner]!, this.#decimals);
  }

  /** Writes the winner's row to the output, and settles the group's SKU if it is unchanged. */
  settle(winner: number, price: Units): number {
    const { runs } = this;
    const start = this.#output.used;
    if (runs?.open()) {
      const compared = this.#output.writeCompared(winner, price, runs.ending());
      if (compared === COMPARED_SAME) return ROW_SETTLED;
      if (compared === COMPARED_CHANGED) return ROW_CHANGED;
      runs.close();
      if (compared === COMPARED_NEW) return ROW_NEW;
      if (compared === COMPARED_OTHER) return ROW_UNKNOWN;
      if (compared === ROW_LEFT) this.#output.writeRow(winner, price);
    } else this.#output.writeRow(winner, price);
    return this.#settleWritten(winner, start) === FOUND ? ROW_SETTLED : ROW_UNKNOWN;
  }

  /** Call it before anything else is done with the tables. */
  leave(): void {
    this.runs?.close();
  }

  #settleWritten(winner: number, start: number): number {
    const output = this.#output;
    const baseline = this.#baseline;
    const found = baseline.startsWith(output.bytes, start, output.used);
    if (found !== FOUND) return found;
    const state = this.#state;
    if (state === null) this.#states.addPublished();
    else {
      const stateFound = this.#states.addUnchanged(state);
      if (stateFound !== FOUND) return stateFound;
    }
    const { sku, skuLength, quantity } = this.#group;
    baseline.pass(output.used - start, sku, skuLength);
    this.#rows++;
    if (quantity[winner]! > 0) this.#inStock++;
    return FOUND;
  }

  /** Adds the SKUs that were settled here to the figures, once. */
  end(): void {
    const { figures, differ } = this.#options;
    this.leave();
    const taken = this.runs?.take() ?? { rows: 0, inStock: 0 };
    const rows = this.#rows + taken.rows;
    const inStock = this.#inStock + taken.inStock;
    figures.same(rows, inStock, { price: this.#hasPrice, quantity: this.#hasQuantity });
    differ.same(rows);
    this.#rows = this.#inStock = 0;
  }
}
