/**
 * Makes the published feed while the merge runs: a merge-join of settled SKUs with the published feed before it (the baseline), both
 * sorted by SKU. It decides which prices wait, what becomes of SKUs that vanished, and notes what the guardrails and the diff need.
 *
 * `settle` runs once per SKU. It is fast because an unchanged row costs one comparison of bytes: it makes no string and no
 * object unless the SKU is held, has vanished or has changed. All inputs are read in step, each in one window of bounded size.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { csvLine, toBytes, toText } from '../../bytes/text.ts';
import type { PublishConfig, VanishedAction, VanishedReason } from '../../config/schema.ts';
import type { MoneyDecimals } from '../../money/currencies.ts';
import type { ByteSink } from '../../ports/engine.ts';
import { type Chooser, NONE_CHOSEN, UNPRICED } from '../merge/choose.ts';
import type { Outlet } from '../merge/merge.ts';
import type { OfferGroup } from '../merge/offer-group.ts';
import { OutputBuffer, type OutputFormat, type Units, unitsText } from '../merge/output.ts';
import type { SkuListReader } from '../sort/sku-list.ts';
import type { CandidateCopy } from './candidate-copy.ts';
import { integerAt, keptRowJson, NONE, unitsAt } from './cells.ts';
import type { Change, Differ } from './differ.ts';
import type { GuardFigures } from './guard-figures.ts';
import { HeldBelowCost } from './held-below-cost.ts';
import { type Candidate, DecisionReader, type Hold, type HoldRules } from './holds.ts';
import { LineBuffer } from './line-buffer.ts';
import { HOLD_COLUMNS, VANISHED_COLUMNS, writeHold } from './report-lines.ts';
import { FOUND, NEEDS_REFILL, type SortedRows } from './sorted-rows.ts';
import { NO_STATE, type SkuState, STATE_COLUMNS, StateReader } from './state.ts';

/** What follows the vendors of a SKU that is simply published. */
const NO_STATE_CELLS = toBytes(',,,\n');

export interface PublisherSinks {
  delta: ByteSink;
  holds: ByteSink;
  vanished: ByteSink;
  state: ByteSink;
}

export interface PublisherOptions {
  /** Null without `publish` in the config: what vanished is dropped. */
  vanished: PublishConfig['vanished'] | null;
  /** Null if nothing is held. */
  rules: HoldRules | null;
  /** True if what is held below its cost goes out with quantity 0. */
  zeroesBelowCost: boolean;
  format: OutputFormat;
  baseline: SortedRows | null;
  /** Null if the baseline is a feed alone. */
  state: SortedRows | null;
  /** True if the baseline is a run's feed: then a vendor in it is one of the tenant's. */
  namesWinners: boolean;
  decisions: SortedRows | null;
  refused: SkuListReader;
  /** Vendors that were not read. */
  unread: ReadonlySet<string>;
  differ: Differ;
  figures: GuardFigures;
  sinks: PublisherSinks;
  /** Takes the feed as it would be without this stage; null if no limit can keep it from being published. */
  candidate: CandidateCopy | null;
  /** The run's clock. */
  now: number;
}

/** A row as CSV, without its line end. */
interface CsvRow {
  bytes: Uint8Array;
  from: number;
  to: number;
}

export class Publisher implements Outlet {
  readonly held = { count: 0, silent: 0 };
  readonly heldBelowCost: HeldBelowCost;
  readonly vanished: Record<VanishedReason, number> = { removed: 0, rejected: 0, unavailable: 0, unpriced: 0 };
  readonly #options: PublisherOptions;
  readonly #group: OfferGroup;
  readonly #output: OutputBuffer;
  readonly #chooser: Chooser;
  /** The rows as CSV: `output` itself, unless that is JSON lines. */
  readonly #csv: OutputBuffer;
  readonly #decimals: MoneyDecimals;
  readonly #baseline: SortedRows | null;
  readonly #state: SortedRows | null;
  readonly #stateReader: StateReader | null;
  readonly #decisions: SortedRows | null;
  readonly #decisionReader: DecisionReader | null;
  readonly #price: number;
  readonly #quantity: number;
  readonly #vendorIds: readonly Uint8Array[];
  readonly #holds = new LineBuffer();
  readonly #gone = new LineBuffer();
  readonly #states = new LineBuffer();
  readonly #line = new LineBuffer();
  readonly #row = { bytes: new Uint8Array(0), from: 0, to: 0 };
  /** Of the SKU that is settled; one object for all of them. */
  readonly #wanted: Candidate = { price: 0, costMicros: NONE, published: NONE, isNew: false, state: NO_STATE };
  #isDecided = false;
  #hasState = false;
  /** The group's SKU, for those who want its text: no closure for each. */
  readonly #sku = (): string => toText(this.#group.sku, 0, this.#group.skuLength);

  constructor(group: OfferGroup, output: OutputBuffer, chooser: Chooser, options: PublisherOptions) {
    const { baseline, state, decisions, format, now } = options;
    this.#options = options;
    this.heldBelowCost = new HeldBelowCost(group, format.moneyDecimals);
    this.#group = group;
    this.#output = output;
    this.#chooser = chooser;
    this.#decimals = format.moneyDecimals;
    this.#csv = format.format === 'csv' ? output : new OutputBuffer(group, { ...format, format: 'csv' });
    this.#baseline = baseline;
    this.#state = state;
    this.#stateReader = state === null ? null : new StateReader(state, format.moneyDecimals);
    this.#decisions = decisions;
    this.#decisionReader = decisions === null ? null : new DecisionReader(decisions, format.moneyDecimals, now);
    this.#price = baseline?.indexOf('price') ?? -1;
    this.#quantity = baseline?.indexOf('quantity_available') ?? -1;
    this.#vendorIds = group.vendorIds.map(toBytes);
    this.#holds.raw(toBytes(csvLine(HOLD_COLUMNS)));
    this.#gone.raw(toBytes(csvLine(VANISHED_COLUMNS)));
    this.#states.raw(toBytes(csvLine(STATE_COLUMNS)));
    const header = toBytes(csvLine(format.columns));
    if (format.format === 'csv') options.candidate?.add(header, 0, header.length);
  }

  get isFull(): boolean {
    const { differ, figures, candidate } = this.#options;
    return (
      differ.delta.isFull ||
      this.#holds.isFull ||
      this.#gone.isFull ||
      this.#states.isFull ||
      figures.isFull ||
      candidate?.isFull === true
    );
  }

  settle(winner: number): boolean {
    const { sku, skuLength } = this.#group;
    const baseline = this.#baseline;
    if (this.#options.figures.isFull) return false;
    let inBaseline = false;
    while (baseline !== null && !baseline.isEnded) {
      if (!baseline.isReady) return false;
      const order = baseline.compare(sku, skuLength);
      if (order > 0) break;
      if (order === 0) {
        inBaseline = true;
        break;
      }
      if (!this.#vanish(baseline, null)) return false;
      baseline.advance();
    }
    if (winner < 0) return !inBaseline || this.#settleUnsold(baseline!, winner);
    const stateFound = this.#state === null ? 0 : this.#state.seek(sku, skuLength);
    if (stateFound === NEEDS_REFILL) return false;
    const decisionFound = this.#decisions === null ? 0 : this.#decisions.seek(sku, skuLength);
    if (decisionFound === NEEDS_REFILL) return false;
    this.#isDecided = decisionFound === FOUND;
    this.#hasState = stateFound === FOUND;
    this.#publish(winner, inBaseline ? baseline : null);
    if (inBaseline) baseline!.advance();
    return true;
  }

  end(): boolean {
    const baseline = this.#baseline;
    if (this.#options.figures.isFull) return false;
    while (baseline !== null && !baseline.isEnded) {
      if (!baseline.isReady || !this.#vanish(baseline, null)) return false;
      baseline.advance();
    }
    return true;
  }

  async refill(): Promise<void> {
    await this.#baseline?.refill();
    await this.#state?.refill();
    await this.#decisions?.refill();
    await this.#options.refused.refill();
    if (this.#options.figures.isFull) await this.#options.figures.flush();
  }

  async flush(): Promise<void> {
    const { sinks, differ, candidate, figures } = this.#options;
    await sinks.delta.write(differ.delta.take());
    await sinks.holds.write(this.#holds.take());
    await sinks.vanished.write(this.#gone.take());
    await sinks.state.write(this.#states.take());
    await candidate?.flush();
    if (figures.isFull) await figures.flush();
  }

  /** The SKU is offered and has no price, or the merge strategy leaves it out: then the tenant's own rule removes it. */
  #settleUnsold(baseline: SortedRows, winner: number): boolean {
    if (!this.#vanish(baseline, winner)) return false;
    baseline.advance();
    return true;
  }

  #publish(winner: number, baseline: SortedRows | null): void {
    const group = this.#group;
    const candidate = this.#wanted;
    const price = this.#chooser.unitsOf(this.#decimals);
    // above 2^53 units it is not exact; no price is
    candidate.price = Number(price);
    candidate.costMicros = group.cost[winner]!;
    candidate.published = baseline === null ? NONE : unitsAt(baseline, this.#price, this.#decimals);
    candidate.isNew = baseline === null;
    candidate.state = this.#hasState ? this.#stateReader!.row() : NO_STATE;
    const start = this.#output.used;
    this.#output.writeRow(winner, price);
    this.#options.candidate?.add(this.#output.bytes, start, this.#output.used);
    this.#note(baseline, group.quantity[winner]!, candidate);
    const hold = this.#holdOf(candidate, baseline);
    if (hold !== null) {
      this.#hold(winner, hold, { start, baseline, candidate });
      return;
    }
    this.#writeState('', 0, NONE);
    const row = this.#csvRow(winner, price, start);
    if (baseline === null) this.#options.differ.write('added', row, null);
    else this.#compare(row, candidate, baseline);
  }

  #holdOf(candidate: Candidate, baseline: SortedRows | null): Hold | null {
    const { rules } = this.#options;
    if (rules === null) return null;
    const reason = rules.reasonOf(candidate);
    if (reason === null && candidate.state === NO_STATE) return null;
    // a published row without a price has nothing to go out with
    if (baseline !== null && candidate.published === NONE) return null;
    return rules.hold(candidate, reason, this.#isDecided ? this.#decisionReader!.current() : null);
  }

  #hold(
    winner: number,
    { reason, isSilent }: Hold,
    { start, baseline, candidate }: { start: number; baseline: SortedRows | null; candidate: Candidate },
  ): void {
    const { state, runs } = candidate.state;
    const heldRuns = state === 'held' || state === 'new' ? runs + 1 : 1;
    this.#output.takeBack(start);
    this.#writeState(baseline === null ? 'new' : 'held', heldRuns, candidate.price);
    this.held[isSilent ? 'silent' : 'count']++;
    if (!isSilent) this.#reportHold(winner, reason, candidate, heldRuns);
    if (baseline === null) return;
    const quantity = this.#group.quantity[winner]!;
    const losesMoney = this.heldBelowCost.look(winner, candidate.published);
    if (losesMoney && this.#options.zeroesBelowCost) this.#group.quantity[winner] = 0;
    this.#output.writeRow(winner, candidate.published);
    const row = this.#csvRow(winner, candidate.published, start);
    this.#group.quantity[winner] = quantity;
    const { differ } = this.#options;
    differ.differs(baseline, row.bytes, row.from, row.to);
    differ.priceMoved(candidate.published, candidate.published, this.#sku);
    differ.write('held', row, baseline);
    this.#endCsvRow();
  }

  #reportHold(winner: number, reason: string, { price, published, costMicros }: Candidate, heldRuns: number): void {
    const group = this.#group;
    const decimals = this.#decimals;
    const vendorId = group.vendorIds[group.vendor[winner]!]!;
    writeHold(this.#holds, group, { reason, published, price, costMicros, vendorId, heldRuns, decimals });
    const { figures } = this.#options;
    const weight = published > 0 ? Math.abs(price - published) / published : 0;
    figures.worstHeld.add(weight, {
      sku: toText(group.sku, 0, group.skuLength),
      reason,
      published_price: published === NONE ? null : unitsText(published, decimals),
      candidate_price: unitsText(price, decimals),
    });
  }

  /** Compares a row that goes out as it is. */
  #compare(row: CsvRow, { price, published }: Candidate, baseline: SortedRows): void {
    const { differ } = this.#options;
    if (published !== NONE) differ.priceMoved(published, price, this.#sku);
    if (differ.differs(baseline, row.bytes, row.from, row.to)) differ.write('changed', row, baseline);
    else differ.counts.unchanged++;
    this.#endCsvRow();
  }

  /** The row that was just written, as CSV without its line end. */
  #csvRow(winner: number, price: Units, start: number): CsvRow {
    const row = this.#row;
    row.from = start;
    if (this.#csv !== this.#output) {
      this.#csv.used = 0;
      this.#csv.writeRow(winner, price);
      row.from = 0;
    }
    row.bytes = this.#csv.bytes;
    row.to = this.#csv.used - 1;
    return row;
  }

  #endCsvRow(): void {
    if (this.#csv !== this.#output) this.#csv.used = 0;
  }

  /** Figures of the candidate, for the guardrails. */
  #note(baseline: SortedRows | null, quantity: number, { price, published }: Candidate): void {
    const { figures } = this.#options;
    figures.candidate(quantity);
    if (baseline === null) return;
    figures.baseline(integerAt(baseline, this.#quantity));
    if (quantity === 0) figures.outOfStock(integerAt(baseline, this.#quantity), this.#sku);
    if (published !== NONE) figures.price(published, price, this.#sku);
    if (this.#hasState && figures.wantsVendors) this.#noteVendors(baseline);
  }

  /** Notes the vendors that offered the SKU before and do not now. */
  #noteVendors(baseline: SortedRows): void {
    const group = this.#group;
    const reader = this.#stateReader!;
    // most SKUs are offered by the same vendors as before
    this.#line.used = 0;
    this.#writeVendors(this.#line);
    if (reader.vendorsAre(this.#line.bytes, this.#line.used)) return;
    for (const vendor of reader.vendors()) {
      let offers = false;
      for (let i = 0; i < group.count; i++) if (group.vendorIds[group.vendor[i]!] === vendor) offers = true;
      if (!offers) this.#options.figures.vendorLacks(vendor, integerAt(baseline, this.#quantity), this.#sku);
    }
  }

  /** Deals with the baseline's current SKU, which the candidate lacks; false if something must be refilled first. */
  #vanish(baseline: SortedRows, winner: number | null): boolean {
    const { sku, skuStart, skuEnd } = baseline;
    const bytes = skuStart === 0 ? sku : sku.subarray(skuStart, skuEnd);
    const length = skuEnd - skuStart;
    const stateFound = this.#state === null ? 0 : this.#state.seek(bytes, length);
    if (stateFound === NEEDS_REFILL) return false;
    const isRefused = this.#options.refused.has(sku, skuStart, skuEnd);
    if (isRefused === null) return false;
    const state = stateFound === FOUND ? this.#stateReader!.row() : NO_STATE;
    const vendors = stateFound === FOUND ? this.#stateReader!.vendors() : this.#knownVendor(baseline);
    const reason = this.#reasonOf(isRefused, vendors, winner);
    const kept = state.state === 'kept' ? state.runs : 0;
    const action = this.#actionOf(reason, kept);
    const keptRuns = action === 'keep' ? kept + 1 : 0;
    this.vanished[reason]++;
    this.#reportVanished(baseline, { reason, action, keptRuns, hasState: stateFound === FOUND });
    this.#carry(baseline, action);
    if (action === 'keep') this.#carryState(baseline, 'kept', keptRuns, stateFound === FOUND);
    else if (action === 'zero') {
      const zeroed = state.state === 'zeroed' ? state.runs + 1 : 1;
      this.#carryState(baseline, 'zeroed', zeroed, stateFound === FOUND);
    }
    const quantity = integerAt(baseline, this.#quantity);
    const { figures } = this.#options;
    const name = (): string => toText(sku, skuStart, skuEnd);
    figures.baseline(quantity);
    figures.gone(quantity, name);
    if (figures.wantsVendors) for (const vendor of vendors) figures.vendorLacks(vendor, quantity, name);
    return true;
  }

  /** A run from before the tenant turned publishing on has no state: its winners are known at least. */
  #knownVendor(baseline: SortedRows): string[] {
    const { namesWinners } = this.#options;
    const winner = namesWinners && this.#state === null ? baseline.text(baseline.indexOf('vendor_id')) : '';
    return winner === '' ? [] : [winner];
  }

  #reasonOf(isRefused: boolean, vendors: readonly string[], winner: number | null): VanishedReason {
    // offered, and left out by the tenant's own merge rule
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
    const { differ, format } = this.#options;
    const line = this.#line;
    line.used = 0;
    differ.rowOf(baseline, line, action === 'zero');
    const change: Change = action === 'drop' ? 'removed' : action === 'zero' ? 'zeroed' : 'kept';
    differ.write(change, { bytes: line.bytes, from: 0, to: line.used }, baseline);
    if (action === 'drop') return;
    if (action === 'zero') differ.noteZeroed(baseline);
    if (format.format === 'jsonl') {
      const json = toBytes(`${keptRowJson(baseline, this.#options.format.columns, action === 'zero')}\n`);
      this.#output.appendRow(json, 0, json.length);
      return;
    }
    line.byte(0x0a);
    this.#output.appendRow(line.bytes, 0, line.used);
  }

  #reportVanished(
    baseline: SortedRows,
    gone: { reason: VanishedReason; action: VanishedAction; keptRuns: number; hasState: boolean },
  ): void {
    const out = this.#gone;
    out.cell(baseline.sku, baseline.skuStart, baseline.skuEnd);
    out.text(`,${gone.reason},${gone.action},`);
    if (gone.hasState) this.#stateReader!.writeVendors(out);
    out.text(`,${gone.keptRuns}\n`);
  }

  #carryState(baseline: SortedRows, state: SkuState, runs: number, hasState: boolean): void {
    const out = this.#states;
    out.cell(baseline.sku, baseline.skuStart, baseline.skuEnd);
    out.byte(0x2c);
    if (hasState) this.#stateReader!.writeVendors(out);
    out.text(`,${state},${runs},\n`);
  }

  /** The state of a SKU that the candidate has: the vendors that offer it today. */
  #writeState(state: SkuState, runs: number, candidatePrice: number): void {
    const group = this.#group;
    const out = this.#states;
    out.cell(group.sku, 0, group.skuLength);
    out.byte(0x2c);
    this.#writeVendors(out);
    if (state === '') out.raw(NO_STATE_CELLS);
    else out.text(`,${state},${runs},${unitsText(candidatePrice, this.#decimals)}\n`);
  }

  /** The vendors that offer the SKU today, with spaces between. */
  #writeVendors(out: LineBuffer): void {
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
