/** Handles SKUs of the published feed that the candidate lacks: why, and what happens to each. */
import { csvLine, toBytes, toText } from '../../bytes/text.ts';
import type { VanishedAction, VanishedReason } from '../../config/publish.ts';
import { NONE_CHOSEN, UNPRICED } from '../merge/choose.ts';
import type { OutputBuffer } from '../merge/output.ts';
import type { Change } from './diff/differ.ts';
import { VANISHED_COLUMNS } from './holds/report-lines.ts';
import type { PublisherOptions } from './publisher-options.ts';
import { RenamedSkus } from './renamed-skus.ts';
import { NO_STATE, type StateReader } from './state/state.ts';
import type { StateLines } from './state/state-lines.ts';
import { keptRowJson } from './tables/cells.ts';
import { LineBuffer } from './tables/line-buffer.ts';
import { publishedPrice, publishedQuantity } from './tables/published-cells.ts';
import { FOUND, NEEDS_REFILL, type SortedRows } from './tables/sorted-rows.ts';

export class VanishedSkus {
  readonly counts: Record<VanishedReason, number> = { removed: 0, rejected: 0, unavailable: 0, unpriced: 0 };
  /** `vanished.csv` */
  readonly lines = new LineBuffer();
  /** Compares those that their vendors no longer have with new ones. */
  readonly renamed = new RenamedSkus();
  readonly #options: PublisherOptions;
  readonly #output: OutputBuffer;
  readonly #states: StateLines;
  readonly #stateReader: StateReader | null;
  readonly #row = new LineBuffer();

  constructor(
    output: OutputBuffer,
    states: StateLines,
    { options, stateReader }: { options: PublisherOptions; stateReader: StateReader | null },
  ) {
    this.#options = options;
    this.#output = output;
    this.#states = states;
    this.#stateReader = stateReader;
    this.lines.raw(toBytes(csvLine(VANISHED_COLUMNS)));
  }

  /**
   * Handles the baseline's current SKU, which the candidate lacks. `winner` is null if it has no offer. False if
   * something must be refilled first.
   */
  settle(baseline: SortedRows, winner: number | null): boolean {
    const { sku, skuStart, skuEnd } = baseline;
    const { state: states, decided, refused, figures } = this.#options;
    const bytes = skuStart === 0 ? sku : sku.subarray(skuStart, skuEnd);
    if (decided?.seek(bytes, skuEnd - skuStart) === NEEDS_REFILL) return false;
    const stateFound = states === null ? 0 : states.seek(bytes, skuEnd - skuStart);
    if (stateFound === NEEDS_REFILL) return false;
    const isRefused = refused.has(sku, skuStart, skuEnd);
    if (isRefused === null) return false;
    const reader = stateFound === FOUND ? this.#stateReader : null;
    const state = reader?.row() ?? NO_STATE;
    const vendors = reader?.vendors() ?? this.#knownVendor(baseline);
    const reason = this.#reasonOf(isRefused, vendors, winner);
    const kept = state.state === 'kept' ? state.runs : 0;
    const action = this.#actionOf(reason, kept);
    const keptRuns = action === 'keep' ? kept + 1 : 0;
    this.counts[reason]++;
    if (reason === 'removed') this.renamed.gone(sku, skuStart, skuEnd);
    this.#report(baseline, { reason, action, keptRuns, reader });
    this.#carry(baseline, action);
    if (action === 'keep') this.#states.addCarried(baseline, 'kept', keptRuns, reader);
    else if (action === 'zero') {
      const zeroed = state.state === 'zeroed' ? state.runs + 1 : 1;
      this.#states.addCarried(baseline, 'zeroed', zeroed, reader);
    }
    // it must be a price, though nothing is compared with it
    publishedPrice(baseline, this.#options.format.moneyDecimals);
    const quantity = publishedQuantity(baseline);
    const name = (): string => toText(sku, skuStart, skuEnd);
    figures.baseline(quantity, state.state);
    figures.gone(quantity, name);
    if (figures.wantsVendors) for (const vendor of vendors) figures.vendorLacks(vendor, quantity, name);
    if (reader !== null) states?.advance();
    return true;
  }

  /**
   * The vendors that offered it. A run from before publishing was turned on has no state, but its winners are known.
   */
  #knownVendor(baseline: SortedRows): string[] {
    const { namesWinners, state } = this.#options;
    const winner = namesWinners && state === null ? baseline.text(baseline.indexOf('vendor_id')) : '';
    return winner === '' ? [] : [winner];
  }

  #reasonOf(isRefused: boolean, vendors: readonly string[], winner: number | null): VanishedReason {
    // offered, but left out by the tenant's own merge rule
    if (winner === NONE_CHOSEN) return 'removed';
    if (isRefused) return 'rejected';
    if (vendors.some((vendor) => this.#options.unread.has(vendor))) return 'unavailable';
    return winner === UNPRICED ? 'unpriced' : 'removed';
  }

  #actionOf(reason: VanishedReason, kept: number): VanishedAction {
    const { vanished } = this.#options;
    if (vanished === null) return 'drop';
    const action = vanished[reason];
    return action === 'keep' && kept >= vanished.keep_runs ? vanished.then : action;
  }

  /** Writes the baseline's row, if it stays, and its line of the delta. */
  #carry(baseline: SortedRows, action: VanishedAction): void {
    const { differ, format, candidate } = this.#options;
    const line = this.#row;
    line.used = 0;
    differ.rowOf(baseline, line, action === 'zero');
    const change: Change = action === 'drop' ? 'removed' : action === 'zero' ? 'zeroed' : 'kept';
    differ.write(change, { bytes: line.bytes, from: 0, to: line.used }, baseline);
    if (action === 'drop') return;
    if (action === 'zero') differ.noteZeroed(baseline);
    candidate?.take(this.#output);
    if (format.format === 'jsonl') {
      const json = toBytes(`${keptRowJson(baseline, format.columns, action === 'zero')}\n`);
      this.#output.appendRow(json, 0, json.length);
    } else {
      line.byte(0x0a);
      this.#output.appendRow(line.bytes, 0, line.used);
    }
    candidate?.skip(this.#output);
  }

  #report(
    { sku, skuStart, skuEnd }: SortedRows,
    gone: { reason: VanishedReason; action: VanishedAction; keptRuns: number; reader: StateReader | null },
  ): void {
    const out = this.lines;
    out.cell(sku, skuStart, skuEnd);
    out.text(`,${gone.reason},${gone.action},`);
    gone.reader?.writeVendors(out);
    out.text(`,${gone.keptRuns}\n`);
  }
}
